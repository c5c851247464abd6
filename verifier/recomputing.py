"""What is noticed about a transcript beside the verdict: its results computed again by the rules.

No step of verification: a difference may rest on what the transcript does not carry
(`grading.recomputing`, `docs/decisions/0018`), so it is told and changes nothing.
"""

from collections.abc import Iterator, Mapping

from credential.model import CourseResult
from grading.explaining import Remark
from grading.recomputing import remarks_on
from verifier.artefact import Artefact


def observations(artefact: Artefact) -> tuple[Remark, ...]:
    """What recomputing says; nothing where the artefact shows no results, grade or school year.

    Of a selection the level of study is only recomputed if the whole programme is shown. Rows
    that nobody's rules could read are passed over: they were signed, and are shown as they are.
    """
    shown = artefact.document
    grade, school_year, study = (shown.get(name) for name in ("grade", "school_year", "study"))
    rows = list(_rows(shown.get("results")))
    if not artefact.type.has_results or not rows:
        return ()
    if not isinstance(grade, int) or not isinstance(school_year, str):
        return ()
    return remarks_on(
        grade,
        school_year,
        rows,
        study if isinstance(study, str) else None,
        complete=None if artefact.partial else True,
    )


def _rows(results: object) -> Iterator[CourseResult]:
    for row in results if isinstance(results, list) else ():
        if not isinstance(row, Mapping):
            continue
        subject, name, term = (row.get(key) for key in ("subject", "name", "term"))
        mark, rating = row.get("mark"), row.get("rating")
        if not (isinstance(subject, str) and isinstance(name, str) and isinstance(term, str)):
            continue
        if isinstance(mark, int) and rating is None:
            yield CourseResult(subject, name, term, mark=mark)
        elif isinstance(rating, str) and mark is None:
            yield CourseResult(subject, name, term, rating=rating)
