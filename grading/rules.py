"""Which assessment rules govern a grade in a school year.

Decides by date only; the rules themselves stand in one module per circular. Rules not yet
written here are refused, never replaced by the nearest ones.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from credential.errors import FormatError, RefusedError
from grading import circular22

_SCHOOL_YEAR = re.compile(r"(20[0-9]{2})-(20[0-9]{2})")

# Roll-out in the closing article of Circular 22/2021: the first calendar year of each grade's
# first school year under it. Before, Circulars 58/2011 and 26/2020 hold: not covered yet.
_CIRCULAR_22_FROM = {6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024}


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one circular; every mark is in tenths. See the module named for each."""

    source: str
    semester_average: Callable[[Sequence[int], int, int], int]
    year_average: Callable[[int, int], int]
    study_level: Callable[[Sequence[int], Sequence[str]], circular22.Level]
    conduct_year: Callable[[circular22.Level, circular22.Level], circular22.Level]


CIRCULAR_22 = RuleSet(
    source="22/2021/TT-BGDĐT",
    semester_average=circular22.semester_average,
    year_average=circular22.year_average,
    study_level=circular22.study_level,
    conduct_year=circular22.conduct_year,
)


def rules_for(school_year: str, grade: int) -> RuleSet:
    """The rule set of a grade in a school year written ``2025-2026``.

    Raises FormatError ``school_year.invalid`` (found) and RefusedError ``rules.not_covered``
    (school_year, grade) for grades and years whose rules are not written here yet.
    """
    match = _SCHOOL_YEAR.fullmatch(school_year)
    if match is None or int(match[2]) != int(match[1]) + 1:
        raise FormatError("school_year.invalid", found=school_year)
    if grade not in _CIRCULAR_22_FROM or int(match[1]) < _CIRCULAR_22_FROM[grade]:
        raise RefusedError("rules.not_covered", school_year=school_year, grade=grade)
    return CIRCULAR_22
