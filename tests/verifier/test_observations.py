"""What is noticed about a transcript beside the verdict, and that it changes no verdict."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from credential import sdjwt
from credential.model import TERMS, CourseResult, Credential, Lane, TermOutcome
from credential.selecting import outline, present
from grading.explaining import Remark
from grading.subjects import UPPER_SECONDARY
from tests.simulator import HOLDERS, World, diploma, transcript
from verifier.verdict import Verdict
from verifier.verify import Answer, Verifier

ELECTIVES = ("physics", "chemistry", "geography", "technology")
CIRCULAR = "22/2021/TT-BGDĐT"


def rows(changed: str = "", year: int = 80) -> tuple[CourseResult, ...]:
    """A whole programme of 80s and Đ; the year of one subject may say something else."""
    found: list[CourseResult] = []
    for subject in UPPER_SECONDARY:
        if not subject.compulsory and subject.key not in ELECTIVES:
            continue
        for term in ("HK1", "HK2", "CN"):
            mark = year if (subject.key, term) == (changed, "CN") else 80
            value = {"mark": mark} if subject.scored else {"rating": "Đ"}
            found.append(CourseResult(subject.key, subject.name, term, **value))  # type: ignore[arg-type]
    return tuple(found)


def issued(study: str = "Tốt", school_year: str = "2025-2026", **more: object) -> Credential:
    whole = transcript(0, HOLDERS[0])
    assert whole.transcript is not None
    results = rows(**more)  # type: ignore[arg-type]
    body = replace(
        whole.transcript,
        outcomes=(TermOutcome("CN", study, "Tốt", 1),),
        school_year=school_year,
        results=results,
    )
    return replace(whole, transcript=body)


def verify(world: World, thing: str) -> Answer:
    verifier = Verifier(world.deployment, world, world, world, limit=5)
    try:
        return verifier.verify(thing)
    finally:
        verifier.close()


def observed(credential: Credential) -> tuple[Verdict, Sequence[Remark]]:
    world = World([credential])
    answer = verify(world, world.sd_jwt(0))
    return answer.conclusion.verdict, answer.reports[0].observations


CASES: dict[str, tuple[Credential, list[tuple[str, dict[str, object]]]]] = {
    "all agrees": (issued(), [("recomputed.agrees", {"count": 12, "circular": CIRCULAR})]),
    "a year average does not follow": (
        issued(changed="mathematics", year=81),
        [("mark.year_average", {"subject": "Toán", "found": "8,1", "expected": "8,0"})],
    ),
    "the level does not follow": (
        issued(study="Khá"), [("study.differs", {"found": "Khá", "expected": "Tốt"})],
    ),
    "a level of the circular before": (
        issued(study="Giỏi"), [("study.differs", {"found": "Giỏi", "expected": "Tốt"})],
    ),
    "no rules for that year": (
        issued(school_year="2009-2010"),
        [("rules.not_covered", {"school_year": "2009-2010", "grade": 12})],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("credential", "expected"), CASES.values(), ids=CASES.keys())
def test_what_differs_is_named_and_the_verdict_stays(
    credential: Credential, expected: list[object]
) -> None:
    verdict, observations = observed(credential)
    assert verdict is Verdict.VALID
    assert [(one.code, dict(one.params)) for one in observations] == expected


def shown(text: str, kept: str) -> str:
    """A selection: all but the results, of which only those of one subject."""
    paths = [each.path for each in outline(sdjwt.parse(text))]
    rest = [path for path in paths if path.startswith("outcome") or "/" not in path]
    kept_rows = [path for path in paths if path.endswith(f"/{kept}")]
    return present(text, [*set(rest).difference(TERMS), *kept_rows])


def test_of_a_selection_only_what_is_shown_is_compared() -> None:
    world = World([issued(study="Chưa đạt")])
    answer = verify(world, shown(world.sd_jwt(0), "history"))
    [one] = answer.reports[0].observations
    assert (one.code, one.params["count"]) == ("recomputed.averages_agree", 1)
    assert verify(world, shown(world.sd_jwt(0), "none")).reports[0].observations == ()


def test_of_a_revoked_transcript_it_is_told_too() -> None:
    world = World([issued(study="Khá")])
    world.lanes[0] = Lane.REVOKED
    answer = verify(world, world.sd_jwt(0))
    assert answer.conclusion.verdict is Verdict.INVALID
    assert [one.code for one in answer.reports[0].observations] == ["study.differs"]


def test_of_what_no_school_signed_nothing_is_told() -> None:
    world, other = World([issued(study="Khá")]), World([issued(study="Khá")])
    other.deployment = world.deployment
    answer = verify(world, other.sd_jwt(0))
    assert answer.conclusion.verdict is Verdict.INVALID
    assert answer.reports[0].observations == ()


def test_a_qr_code_and_a_diploma_have_no_results_to_compare() -> None:
    world = World([issued(study="Khá")])
    assert verify(world, world.link(0)).reports[0].observations == ()
    assert observed(diploma(0, HOLDERS[0]))[1] == ()


@pytest.mark.parametrize(
    "row",
    [
        CourseResult("x", "x", "CN", mark=50, rating="Đ"),
        CourseResult("x", "x", "CN", rating="Z"),
        CourseResult("x", "x", "CN", letter="B+", points=350),
    ],
    ids=["both", "no such rating", "another scale"],
)
def test_rows_that_no_rules_know_break_nothing(row: CourseResult) -> None:
    whole = issued()
    assert whole.transcript is not None
    results = (*whole.transcript.results, row)
    odd = replace(whole, transcript=replace(whole.transcript, results=results))
    verdict, observations = observed(odd)
    assert verdict is Verdict.VALID
    assert len(observations) == 1
