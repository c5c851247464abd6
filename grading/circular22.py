"""Circular 22/2021/TT-BGDĐT: assessment of lower and upper secondary pupils.

Its numbers only. When it applies is left to `grading.rules`.
"""

from enum import StrEnum

from grading.explaining import Source
from grading.ruleset import Bar, RuleSet, Title

_NAME = "22/2021/TT-BGDĐT"


class Level(StrEnum):
    """One of the four levels of study and conduct (art. 8 and 9), as papers print it."""

    GOOD = "Tốt"
    FAIR = "Khá"
    PASSED = "Đạt"
    NOT_PASSED = "Chưa đạt"


CIRCULAR_22 = RuleSet(
    circular=_NAME,
    study=tuple(Level),
    conduct=tuple(Level),
    regular=(2, 4),
    periodic=(1, 1),
    bars=(
        Bar(Level.GOOD, lowest=65, high=80, failed=0),
        Bar(Level.FAIR, lowest=50, high=65, failed=0),
        Bar(Level.PASSED, lowest=35, high=50, failed=1),
    ),
    raised=(Level.GOOD, Level.FAIR),
    conduct_year={  # by semester II, then by semester I from Tốt down to Chưa đạt
        Level.GOOD: (Level.GOOD, Level.GOOD, Level.FAIR, Level.FAIR),
        Level.FAIR: (Level.FAIR, Level.FAIR, Level.FAIR, Level.PASSED),
        Level.PASSED: (Level.FAIR, Level.PASSED, Level.PASSED, Level.PASSED),
        Level.NOT_PASSED: (Level.NOT_PASSED,) * 4,
    },
    passing=(Level.PASSED, Level.PASSED),
    hopeless=None,
    both=True,
    titles=(
        Title("Học sinh Xuất sắc", Level.GOOD, Level.GOOD, high=90),
        Title("Học sinh Giỏi", Level.GOOD, Level.GOOD),
    ),
    sources=(
        Source(_NAME, "5.3", "which subjects have marks; marks to one decimal, rounded"),
        Source(_NAME, "6.2", "2, 3 or 4 regular marks for up to 35, up to 70, more periods a year"),
        Source(
            _NAME, "7", "a missing assessment is made up, or counts 0 or Chưa đạt",
            verified=False, note="from memory: the wording and its clause were not read",
        ),
        Source(_NAME, "8.2", "conduct of the year from its two semesters", about="conduct"),
        Source(_NAME, "9.1", "averages of a semester and of the year", about="average"),
        Source(
            _NAME, "9.1", "ties are rounded up",
            verified=False, note="the circular says 'rounded' and no more; half up is the custom",
        ),
        Source(_NAME, "9.2", "the four levels of study", about="study"),
        Source(
            _NAME, "9.3", "a level lowered by one subject alone goes up by one",
            verified=False, about="study",
            note="the wording was read; 'because of one subject alone' is read as: with the best "
            "result there and all else unchanged it would be Tốt or Khá (decision 0018)",
        ),
        Source(_NAME, "12", "promotion, at most 45 sessions missed", about="promotion"),
        Source(_NAME, "13", "training in the summer holidays", about="promotion"),
        Source(
            _NAME, "14", "subjects examined again in the summer holidays",
            verified=False, about="promotion",
            note="the wording was read; that a pupil may mend conduct and study in the same "
            "summer follows an answer of the ministry of which only an excerpt was read",
        ),
        Source(_NAME, "15.1", "titles: Học sinh Xuất sắc, Học sinh Giỏi", about="title"),
        Source(_NAME, "21", "the school years from which it holds"),
    ),
)  # fmt: skip
