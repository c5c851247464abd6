"""Circular 22/2021/TT-BGDĐT: assessment of lower and upper secondary pupils.

Decides averages, the study level and the conduct level of a year. When this rule set applies
is left to `grading.rules`, reading and writing marks to `grading.marks`.
"""

from collections.abc import Sequence
from enum import StrEnum

from credential.errors import FormatError
from grading.marks import HIGHEST, half_up


class Level(StrEnum):
    """One of the four levels of study and conduct (art. 8 and 9), as papers print it."""

    GOOD = "Tốt"
    FAIR = "Khá"
    PASSED = "Đạt"
    NOT_PASSED = "Chưa đạt"


class Rating(StrEnum):
    """The result of a subject assessed by comments only (art. 9 cl. 1 pt. a)."""

    PASSED = "Đ"
    NOT_PASSED = "CĐ"


_BEST_FIRST = tuple(Level)
_CONDUCT_YEAR = {  # by semester II, then by semester I from Tốt down to Chưa đạt
    Level.GOOD: (Level.GOOD, Level.GOOD, Level.FAIR, Level.FAIR),
    Level.FAIR: (Level.FAIR, Level.FAIR, Level.FAIR, Level.PASSED),
    Level.PASSED: (Level.FAIR, Level.PASSED, Level.PASSED, Level.PASSED),
    Level.NOT_PASSED: (Level.NOT_PASSED,) * 4,
}
_COUNTED = 6  # subjects that must reach the higher mark (art. 9 cl. 2)


def semester_average(tx: Sequence[int], gk: int, ck: int) -> int:
    """Semester average of a subject, ĐTBmhk (art. 9 cl. 1 pt. b), all in tenths.

    (sum of the regular marks `tx` + 2 · midterm `gk` + 3 · final `ck`) / (how many `tx` + 5).
    Raises FormatError ``mark.count`` unless there are 2 to 4 regular marks (art. 6 cl. 3).
    """
    if not 2 <= len(tx) <= 4:
        raise FormatError("mark.count", found=len(tx), expected="2–4")
    return half_up(sum(tx) + 2 * gk + 3 * ck, len(tx) + 5)


def year_average(hk1: int, hk2: int) -> int:
    """Year average of a subject, ĐTBmcn = (HKI + 2 · HKII) / 3 (art. 9 cl. 1 pt. b), in tenths."""
    return half_up(hk1 + 2 * hk2, 3)


def year_rating(hk2: str) -> Rating:
    """Year result of a comment-only subject: that of semester II (art. 9 cl. 1 pt. a).

    Raises FormatError ``rating.invalid`` (found, expected) for anything but ``Đ`` and ``CĐ``.
    """
    try:
        return Rating(hk2)
    except ValueError as error:
        raise FormatError("rating.invalid", found=hk2, expected="Đ, CĐ") from error


def study_level(averages: Sequence[int], ratings: Sequence[str] = ()) -> Level:
    """Study level of a semester or a year (art. 9 cl. 2 and 3).

    `averages` are those of the scored subjects in tenths, `ratings` (``Đ``/``CĐ``) those of
    the comment-only ones. Clause 3: when one single subject alone keeps the pupil two or more
    levels below Tốt or Khá, the level is raised by one. "Alone" is read as: with the best
    result in that subject and all else unchanged, the level would be Tốt or Khá. Raises
    FormatError ``rating.invalid``.
    """
    passed = [year_rating(rating) is Rating.PASSED for rating in ratings]
    level = _clause_2(averages, passed)
    drop = _BEST_FIRST.index(level) - _BEST_FIRST.index(_best_but_for_one(averages, passed))
    return _BEST_FIRST[_BEST_FIRST.index(level) - 1] if drop >= 2 else level


def conduct_year(hk1: Level, hk2: Level) -> Level:
    """Conduct level of a year from those of its semesters (art. 8 cl. 2)."""
    return _CONDUCT_YEAR[hk2][_BEST_FIRST.index(hk1)]


def _clause_2(averages: Sequence[int], passed: Sequence[bool]) -> Level:
    lowest = min(averages, default=HIGHEST)
    failed = passed.count(False)

    def reaching(tenths: int) -> int:
        return sum(average >= tenths for average in averages)

    if not failed and lowest >= 65 and reaching(80) >= _COUNTED:
        return Level.GOOD
    if not failed and lowest >= 50 and reaching(65) >= _COUNTED:
        return Level.FAIR
    if failed <= 1 and lowest >= 35 and reaching(50) >= _COUNTED:
        return Level.PASSED
    return Level.NOT_PASSED


def _best_but_for_one(averages: Sequence[int], passed: Sequence[bool]) -> Level:
    """The best level that mending one single subject would give.

    Mending the lowest average, or one failed comment subject, is never worse than any other.
    """
    mended = [_clause_2(averages, passed)]
    if averages:
        mended.append(_clause_2([*sorted(averages)[1:], HIGHEST], passed))
    if False in passed:
        failed = passed.count(False)
        mended.append(_clause_2(averages, [False] * (failed - 1) + [True]))
    return min(mended, key=_BEST_FIRST.index)
