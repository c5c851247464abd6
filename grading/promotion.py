"""The end of a year: conduct, promotion, what is mended in summer, titles.

Circular 22/2021 art. 8, 12–15; Circular 58/2011 art. 15–18. What a school decides by judgement
(pupils with disabilities, merits) is not computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum

from credential.errors import RefusedError
from credential.model import CourseResult
from grading.averages import year_rating
from grading.explaining import Remark
from grading.marks import format_tenths
from grading.ruleset import Rating, RuleSet


class Outcome(Enum):
    """What becomes of a pupil at the end of the year. SUMMER: open until the summer is over."""

    PROMOTED = "promoted"
    SUMMER = "summer"
    RETAINED = "retained"


PRINTED = {
    Outcome.PROMOTED: "Được lên lớp",
    Outcome.SUMMER: "Kiểm tra, đánh giá lại",
    Outcome.RETAINED: "Không được lên lớp",
}
"""How school records write it (Circular 22/2021 art. 12–14)."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """The outcome; `steps` are its grounds, and what is still to be done when it is SUMMER."""

    outcome: Outcome
    steps: tuple[Remark, ...]


def conduct_year(rules: RuleSet, first: StrEnum, second: StrEnum) -> StrEnum | None:
    """Conduct of the year from that of its semesters, or None where it is judged as a whole."""
    if rules.conduct_year is None:
        return None
    return rules.conduct_year[second][rules.conduct.index(first)]


def promote(
    rules: RuleSet,
    study: StrEnum,
    conduct: StrEnum,
    absences: int,
    *,
    after_summer: bool = False,
) -> Promotion:
    """Whether the pupil goes up; `absences` counts sessions (buổi) of the whole year.

    `study` and `conduct` are the year's or, `after_summer`, what they came to then.
    """
    if absences > rules.absences:
        params = {"found": absences, "limit": rules.absences}
        return Promotion(Outcome.RETAINED, (Remark("grading.absent", params),))
    weak_study = not _at_least(rules.study, study, rules.passing[0])
    weak_conduct = not _at_least(rules.conduct, conduct, rules.passing[1])
    lacking = []
    if weak_study:
        lacking.append(_lacks("grading.study_low", study, rules.passing[0]))
    if weak_conduct:
        lacking.append(_lacks("grading.conduct_low", conduct, rules.passing[1]))
    if not lacking:
        return Promotion(Outcome.PROMOTED, (Remark("grading.promoted", {"limit": rules.absences}),))
    hopeless = study == rules.hopeless or (weak_study and weak_conduct and not rules.both)
    if after_summer or hopeless:
        return Promotion(Outcome.RETAINED, tuple(lacking))
    if weak_study:
        lacking.append(Remark("grading.retake", {"needed": format_tenths(rules.retaken_below)}))
    if weak_conduct:
        lacking.append(Remark("grading.training"))
    return Promotion(Outcome.SUMMER, tuple(lacking))


def retakable(rules: RuleSet, results: Sequence[CourseResult]) -> tuple[CourseResult, ...]:
    """The year's results that may be examined again: marks under 5,0 and comments not passed."""
    return tuple(
        result
        for result in results
        if result.rating == Rating.NOT_PASSED
        or (result.mark is not None and result.mark < rules.retaken_below)
    )


def after_retakes(
    rules: RuleSet, results: Sequence[CourseResult], retaken: Mapping[str, int | str]
) -> tuple[CourseResult, ...]:
    """The year's results with those examined again in their place, whether better or worse.

    `retaken` holds marks in tenths or ratings by subject key. Only for deciding on promotion: the
    marks of the year stand as they are. Raises RefusedError ``subject.not_retaken`` (found) for a
    subject that may not be examined again, or with a mark for a rating;
    FormatError ``rating.invalid``.
    """
    allowed = {result.subject: result for result in retakable(rules, results)}
    for key, value in retaken.items():
        if key not in allowed or isinstance(value, int) != (allowed[key].mark is not None):
            raise RefusedError("subject.not_retaken", found=key)
    return tuple(_with(result, retaken.get(result.subject)) for result in results)


def title(
    rules: RuleSet, study: StrEnum, conduct: StrEnum, results: Sequence[CourseResult]
) -> str | None:
    """The title at the end of the year, as certificates print it, or None."""
    marks = [result.mark for result in results if result.mark is not None]
    for each in rules.titles:
        high = each.high is None or sum(mark >= each.high for mark in marks) >= rules.counted
        fits = _at_least(rules.study, study, each.study) and _at_least(
            rules.conduct, conduct, each.conduct
        )
        if high and fits:
            return each.name
    return None


def _at_least(levels: Sequence[StrEnum], level: StrEnum, wanted: StrEnum) -> bool:
    return levels.index(level) <= levels.index(wanted)


def _lacks(code: str, found: StrEnum, needed: StrEnum) -> Remark:
    return Remark(code, {"level": str(found), "wanted": str(needed)})


def _with(result: CourseResult, value: int | str | None) -> CourseResult:
    if isinstance(value, int):
        return replace(result, mark=value)
    return replace(result, rating=year_rating(value)) if value is not None else result
