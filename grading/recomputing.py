"""What follows from the rules for a transcript, against what it says.

Used at intake and at verification alike. A difference proves no forgery: a school may have judged
by a decision that the transcript does not carry (a summer examination, a specialised class, a
pupil with a disability). So it is named, and decides nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential.errors import SogocError
from credential.model import CourseResult
from grading.averages import year_average, year_rating
from grading.circular22 import CIRCULAR_22
from grading.explaining import Remark
from grading.levels import judge
from grading.marks import format_tenths
from grading.rules import rules_for
from grading.ruleset import RuleSet
from grading.subjects import is_whole_programme

_TERMS = ("HK1", "HK2", "CN")


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What came of recomputing a transcript.

    `differences` have `subject` (for the level of study none), `found` and `expected`. `compared`
    counts the year results that two semesters led to. `level` says whether the level of study was
    recomputed too: only of results that are all there.
    """

    circular: str
    compared: int
    level: bool
    differences: tuple[Remark, ...]


def recompute(
    grade: int,
    school_year: str,
    results: Sequence[CourseResult],
    study: str | None,
    *,
    complete: bool | None = None,
) -> Recomputation:
    """Recompute every year result and the level of study.

    `complete` says whether `results` are all that there are; None: judge by the subjects of the
    programme. A half year's transcript has its semester's results and level. Raises
    RefusedError ``rules.not_covered``, FormatError ``school_year.invalid``, ``rating.invalid``.
    """
    rules = rules_for(school_year, grade)
    rows = {(row.subject, row.term): row for row in results}
    subjects = dict.fromkeys(row.subject for row in results)
    triples = [
        tuple(rows[subject, term] for term in _TERMS)
        for subject in subjects
        if all((subject, term) in rows for term in _TERMS)
    ]
    differences = [remark for triple in triples if (remark := _of_year(*triple))]
    term = next((each for each in reversed(_TERMS) if any(row.term == each for row in results)), "")
    last = [row for row in results if row.term == term]
    if complete is None:
        keys = {row.subject for row in last}
        complete = rules is CIRCULAR_22 and is_whole_programme(grade, keys)
    level = complete and study is not None and bool(last)
    if level and study is not None and (remark := _of_level(rules, last, study)):
        differences.append(remark)
    return Recomputation(rules.circular, len(triples), level, tuple(differences))


def remarks(found: Recomputation) -> tuple[Remark, ...]:
    """What to tell about a recomputation: each difference, or that there is none."""
    shared = {"count": found.compared, "circular": found.circular}
    if found.differences:
        return found.differences
    if found.level:
        return (Remark("recomputed.agrees" if found.compared else "recomputed.level", shared),)
    return (Remark("recomputed.averages_agree", shared),) if found.compared else ()


def remarks_on(
    grade: int,
    school_year: str,
    results: Sequence[CourseResult],
    study: str | None,
    *,
    complete: bool | None = None,
) -> tuple[Remark, ...]:
    """As `remarks`; that no rules are known is a remark too."""
    try:
        return remarks(recompute(grade, school_year, results, study, complete=complete))
    except SogocError as error:
        return (Remark(error.code, error.params),)


def _of_year(first: CourseResult, second: CourseResult, year: CourseResult) -> Remark | None:
    if first.mark is not None and second.mark is not None and year.mark is not None:
        expected = year_average(first.mark, second.mark)
        if year.mark != expected:
            marks = {"found": format_tenths(year.mark), "expected": format_tenths(expected)}
            return Remark("mark.year_average", {"subject": year.name, **marks})
    elif second.rating is not None and year.rating is not None:
        rating = year_rating(second.rating)
        if year.rating != rating:
            found = {"found": year.rating, "expected": str(rating)}
            return Remark("rating.year", {"subject": year.name, **found})
    return None


def _of_level(rules: RuleSet, results: Sequence[CourseResult], study: str) -> Remark | None:
    expected = judge(rules, results).level
    if study == expected:
        return None
    return Remark("study.differs", {"found": study, "expected": str(expected)})
