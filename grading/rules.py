"""Which assessment rules govern a grade in a school year.

Decides by date only; what the rules settle stands in one module per circular. Years before the
oldest rules written here are refused, never judged by the nearest ones.
"""

import re

from credential.errors import FormatError, RefusedError
from grading.circular22 import CIRCULAR_22
from grading.circular58 import CIRCULAR_26, CIRCULAR_58
from grading.primary import CIRCULAR_27, PrimaryRules
from grading.ruleset import RuleSet

_SCHOOL_YEAR = re.compile(r"(20[0-9]{2})-(20[0-9]{2})")

# The calendar year in which the first school year of each grade under the rules began; newest
# rules first. The source of each date is in `RuleSet.sources`.
_PRIMARY: tuple[tuple[PrimaryRules, dict[int, int]], ...] = (
    (CIRCULAR_27, {1: 2020, 2: 2021, 3: 2022, 4: 2023, 5: 2024}),
)
_SECONDARY: tuple[tuple[RuleSet, dict[int, int]], ...] = (
    (CIRCULAR_22, {6: 2021, 7: 2022, 10: 2022, 8: 2023, 11: 2023, 9: 2024, 12: 2024}),
    (CIRCULAR_26, dict.fromkeys(range(6, 13), 2020)),
    (CIRCULAR_58, dict.fromkeys(range(6, 13), 2011)),
)


def rules_for(school_year: str, grade: int) -> RuleSet:
    """The rule set of a secondary grade (6–12) in a school year written ``2025-2026``.

    Raises FormatError ``school_year.invalid`` (found) and RefusedError ``rules.not_covered``
    (school_year, grade) for grades and years whose rules are not written here.
    """
    first = first_year(school_year)
    for rules, since in _SECONDARY:
        if first >= since.get(grade, first + 1):
            return rules
    raise RefusedError("rules.not_covered", school_year=school_year, grade=grade)


def primary_rules_for(school_year: str, grade: int) -> PrimaryRules:
    """As `rules_for`, for grades 1–5."""
    first = first_year(school_year)
    for rules, since in _PRIMARY:
        if first >= since.get(grade, first + 1):
            return rules
    raise RefusedError("rules.not_covered", school_year=school_year, grade=grade)


def first_year(school_year: str) -> int:
    """The calendar year in which it begins. Raises FormatError ``school_year.invalid`` (found)."""
    match = _SCHOOL_YEAR.fullmatch(school_year)
    if match is None or int(match[2]) != int(match[1]) + 1:
        raise FormatError("school_year.invalid", found=school_year)
    return int(match[1])
