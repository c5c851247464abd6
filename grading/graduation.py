"""The graduation score of upper secondary school (điểm xét tốt nghiệp), in hundredths.

Circular 24/2024/TT-BGDĐT art. 44 from 2025, Circular 15/2020/TT-BGDĐT art. 41 for 2020–2024.
Every number is a whole number of hundredths; each rounded value is rounded half up, once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from credential.errors import FormatError, RefusedError
from grading.explaining import Remark, Source
from grading.marks import format_hundredths, half_up

_MOST = 1000  # hundredths: 10 points
_NEW, _OLD = "24/2024/TT-BGDĐT", "15/2020/TT-BGDĐT"


@dataclass(frozen=True, slots=True)
class GraduationRules:
    """The weights of one circular: examinations against school years, and the years' own.

    `years` are weights by grade; `of_averages` says that a year's mean is `year_mean` of its
    subjects rather than what its transcript says. A candidate passes with no examination at or
    under `failing` and a score of at least `passing` (hundredths).
    """

    circular: str
    exams: int
    school: int
    years: Mapping[int, int]
    failing: int
    passing: int
    of_averages: bool
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The score in hundredths, whether it passes, and how it was computed."""

    score: int
    passed: bool
    steps: tuple[Remark, ...]


_FROM_2025 = GraduationRules(
    circular=_NEW, exams=1, school=1, years={10: 1, 11: 2, 12: 3}, failing=100, passing=500,
    of_averages=True,
    sources=(
        Source(_NEW, "42", "priority: 0,25 or 0,5, the highest only", about="graduation"),
        Source(
            _NEW, "44", "half examinations, half school years",
            verified=False, about="graduation",
            note="the shares, the means and their two decimals were read; the formula itself is a "
            "picture that was not seen, nor where extra points stand in it",
        ),
        Source(
            _NEW, "44", "pass: score at least 5,0, every examination above 1,0",
            verified=False, note="from memory",
        ),
    ),
)  # fmt: skip
_FROM_2020 = GraduationRules(
    circular=_OLD, exams=7, school=3, years={12: 1}, failing=100, passing=500,
    of_averages=False,
    sources=(
        Source(
            _OLD, "41", "70 % examinations, 30 % grade 12; pass: 5,0 and every paper above 1,0",
            verified=False, about="graduation",
            note="read in a newspaper; continuing education differed and is not covered",
        ),
    ),
)  # fmt: skip
RULES = {2020: _FROM_2020, 2025: _FROM_2025}  # by the first year in which they hold


def rules_for(year: int) -> GraduationRules:
    """The rules for those who sit the examination in that year.

    Raises RefusedError ``graduation.not_covered`` (year) before 2020.
    """
    first = max((each for each in RULES if each <= year), default=None)
    if first is None:
        raise RefusedError("graduation.not_covered", year=year)
    return RULES[first]


def year_mean(averages: Sequence[int]) -> int:
    """Mean of a year's scored subjects (tenths) in hundredths, as art. 44 rounds it.

    Raises FormatError ``mark.count`` without any.
    """
    if not averages:
        raise FormatError("mark.count", found=0, expected="≥ 1")
    return half_up(10 * sum(averages), len(averages))


def score(
    rules: GraduationRules,
    exams: Sequence[int],
    years: Mapping[int, int],
    extra: int = 0,
    priority: int = 0,
) -> Score:
    """The score of one candidate; every number in hundredths.

    `exams` are the papers that count (a combined paper of old by its mean), `years` the means by
    grade, `extra` the encouragement points (khuyến khích), `priority` the points for priority.
    Raises FormatError ``mark.count`` without papers, ``mark.year_missing`` (grade) and
    ``mark.invalid`` off the scale.
    """
    _checked(rules, exams, years)
    school = half_up(
        sum(years[grade] * weight for grade, weight in rules.years.items()),
        sum(rules.years.values()),
    )
    sat = Fraction(sum(exams) + extra, len(exams))
    both = rules.exams + rules.school
    weighted = Fraction(sat * rules.exams + school * rules.school, both)
    total = weighted + priority
    result = half_up(total.numerator, total.denominator)
    steps = (
        Remark("grading.school_years", {
            "years": ", ".join(
                f"{grade}: {format_hundredths(years[grade])} × {weight}"
                for grade, weight in rules.years.items()
            ),
            "average": format_hundredths(school),
        }),
        Remark("grading.exams", {
            "marks": " + ".join(map(format_hundredths, exams)),
            "extra": format_hundredths(extra), "count": len(exams),
        }),
        Remark("grading.score", {
            "exams": rules.exams, "school": rules.school,
            "priority": format_hundredths(priority), "score": format_hundredths(result),
        }),
        *(
            Remark("grading.exam_failed", {"found": format_hundredths(mark)})
            for mark in exams
            if mark <= rules.failing
        ),
    )  # fmt: skip
    passed = result >= rules.passing and all(mark > rules.failing for mark in exams)
    return Score(result, passed, steps)


def _checked(rules: GraduationRules, exams: Sequence[int], years: Mapping[int, int]) -> None:
    if not exams:
        raise FormatError("mark.count", found=0, expected="≥ 1")
    for grade in rules.years:
        if grade not in years:
            raise FormatError("mark.year_missing", grade=grade)
    for mark in (*exams, *years.values()):
        if not 0 <= mark <= _MOST:
            raise FormatError("mark.invalid", found=str(mark), expected="0–10")
