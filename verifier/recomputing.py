"""What is noticed about a transcript beside the verdict: its results computed again by the rules.

No step of verification: a difference may rest on what the transcript does not carry
(`grading.recomputing`, `docs/decisions/0018`), so it is told and changes nothing.
"""

from typing import Any

from credential.model import TERMS, CourseResult, TermOutcome
from grading.explaining import Remark
from grading.recomputing import Said, remarks_on
from verifier.artefact import Artefact, outcome_name

_OUTCOMES = ("study", "conduct", "absences")


def observations(artefact: Artefact) -> tuple[Remark, ...]:
    """What recomputing says; nothing where the artefact shows no results.

    Of a selection a level of study is only recomputed if the whole programme is shown. Rows on
    scales that the rules do not know are passed over: they were signed, and are shown as they are.
    """
    shown: Any = artefact.document
    if not artefact.type.has_results or "results" not in shown:
        return ()
    outcomes = [
        TermOutcome(term, *(shown.get(outcome_name(name, term)) for name in _OUTCOMES))
        for term in TERMS
    ]
    return remarks_on(
        Said(
            grade=shown["grade"],
            school_year=shown["school_year"],
            results=[CourseResult(**row) for row in shown["results"]],
            outcomes=[each for each in outcomes if each != TermOutcome(each.term)],
            title=shown.get("title"),
            promotion=shown.get("promotion"),
            complete=None if artefact.partial else True,
        )
    )
