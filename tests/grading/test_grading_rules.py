"""Which circular governs which grade in which school year."""

import pytest

from credential.errors import FormatError, RefusedError
from grading.rules import CIRCULAR_22, rules_for

ROLL_OUT = {6: 2021, 7: 2022, 8: 2023, 9: 2024, 10: 2022, 11: 2023, 12: 2024}


@pytest.mark.parametrize(("grade", "first"), ROLL_OUT.items())
def test_circular_22_holds_from_its_first_year_on_and_not_before(grade: int, first: int) -> None:
    assert rules_for(f"{first}-{first + 1}", grade) is CIRCULAR_22
    assert rules_for("2025-2026", grade) is CIRCULAR_22
    with pytest.raises(RefusedError) as refused:
        rules_for(f"{first - 1}-{first}", grade)
    assert refused.value.code == "rules.not_covered"
    assert refused.value.params == {"school_year": f"{first - 1}-{first}", "grade": grade}


@pytest.mark.parametrize("grade", [0, 1, 5, 13])
def test_other_grades_are_not_covered(grade: int) -> None:
    with pytest.raises(RefusedError):
        rules_for("2025-2026", grade)


@pytest.mark.parametrize("text", ["2025", "2025-2027", "2025–2026", "25-26", "", "2026-2025"])
def test_a_school_year_is_two_following_years(text: str) -> None:
    with pytest.raises(FormatError) as refused:
        rules_for(text, 12)
    assert refused.value.code == "school_year.invalid"
