"""Cells of mark sheets: what is read as a mark, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import FormatError
from grading.marks import format_tenths, half_up, parse_tenths

READ = {
    "a decimal comma": ("8,5", 85),
    "a decimal point": ("8.5", 85),
    "a whole number as text": ("8", 80),
    "a whole number": (8, 80),
    "a float": (8.5, 85),
    "a whole float": (8.0, 80),
    "a float that a formula left a little off": (7.800000000000001, 78),
    "zero": (0, 0),
    "ten": (10, 100),
    "ten with a zero decimal": ("10,0", 100),
    "a trailing zero": ("8,50", 85),
    "spaces around": (" 7,2 ", 72),
}
REFUSED = {
    "85 for 8,5": 85,
    "85 for 8,5 as text": "85",
    "85.0 for 8,5": 85.0,
    "more than ten": "10,1",
    "eleven": 11,
    "negative": -1,
    "negative text": "-1",
    "two decimals": "8,25",
    "two decimals as a float": 8.25,
    "both separators": "1.000,5",
    "a comma and nothing after it": "8,",
    "nothing before the comma": ",5",
    "empty": "",
    "letters": "tám",
    "a formula error": "#DIV/0!",
    "a truth value": True,
    "not a number": float("nan"),
    "infinity": float("inf"),
    "a huge number": 10**300,
    "full-width digits": "８",
    "Arabic digits": "٨",
}


@pytest.mark.parametrize(("cell", "tenths"), READ.values(), ids=READ.keys())
def test_a_mark_is_read_as_integer_tenths(cell: str | int | float, tenths: int) -> None:
    assert parse_tenths(cell) == tenths


@pytest.mark.parametrize("cell", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_mark_is_refused_with_what_was_found(cell: str | int | float) -> None:
    with pytest.raises(FormatError) as refused:
        parse_tenths(cell)
    assert refused.value.code == "mark.invalid"
    assert refused.value.params == {"found": str(cell), "expected": "0–10"}


@given(st.integers(0, 100))
def test_every_mark_survives_printing_and_storing(tenths: int) -> None:
    assert parse_tenths(format_tenths(tenths)) == tenths
    assert parse_tenths(tenths / 10) == tenths


@given(st.text() | st.integers() | st.floats())
def test_any_cell_gives_a_mark_on_the_scale_or_a_format_error(cell: str | int | float) -> None:
    try:
        assert 0 <= parse_tenths(cell) <= 100
    except FormatError as refused:
        assert refused.code == "mark.invalid"


@pytest.mark.parametrize(
    ("numerator", "denominator", "nearest"),
    [(5, 2, 3), (4, 3, 1), (5, 3, 2), (0, 7, 0), (7, 14, 1)],
)
def test_ties_go_up(numerator: int, denominator: int, nearest: int) -> None:
    assert half_up(numerator, denominator) == nearest
