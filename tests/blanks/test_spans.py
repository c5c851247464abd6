"""Serials, series and spans: pure."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.blanks import (
    Fate,
    Series,
    Span,
    Why,
    between,
    grouped,
    merged,
    spans,
    split,
    without,
)
from credential.errors import FormatError
from credential.model import CredentialType

DIPLOMA = CredentialType.THPT_DIPLOMA
SERIALS = {
    "T00001234": ("T", 8, 1234),
    "0000000001": ("", 10, 1),
    "TP.HCM-2026/000123": ("TP.HCM-2026/", 6, 123),
    "A12B0007": ("A12B", 4, 7),
    "ĐP 0099": ("ĐP ", 4, 99),
}
NO_SERIALS = ["", "T", "T12X", "1234567890123", "T٣٤", "x" * 21 + "1", "T\x001", "T1\n"]


@pytest.mark.parametrize("serial", SERIALS)
def test_a_serial_is_a_series_and_a_number(serial):
    prefix, digits, number = SERIALS[serial]
    series, found = split(DIPLOMA, serial)
    assert (series, found) == (Series(DIPLOMA, prefix, digits), number)
    assert series.serial(found) == serial


@pytest.mark.parametrize("serial", NO_SERIALS)
def test_what_is_no_serial_is_refused(serial):
    with pytest.raises(FormatError, match=r"blanks\.serial"):
        split(DIPLOMA, serial)


FAULTY = {
    "backwards": ("T0005", "T0004", "blanks.range"),
    "another prefix": ("T0001", "S0005", "blanks.range"),
    "another length": ("T0001", "T00005", "blanks.range"),
    "too many": ("T00000001", "T10000001", "blanks.too_many"),
    "no number": ("T0001", "T", "blanks.serial"),
}


@pytest.mark.parametrize("case", FAULTY)
def test_what_is_no_range_is_refused(case):
    first, last, code = FAULTY[case]
    with pytest.raises(FormatError) as caught:
        between(DIPLOMA, first, last)
    assert caught.value.code == code


def test_a_span_is_written_as_people_do():
    series, span = between(DIPLOMA, "T0001", "T0005")
    assert (series.written(span), span.size) == ("T0001–T0005", 5)
    assert series.written(Span(3, 3)) == "T0003"


def test_serials_of_an_order_are_few_spans():
    asked = ["T0003", "T0001", "T0002", "S7", "T0009"]
    assert grouped(DIPLOMA, asked) == {
        Series(DIPLOMA, "T", 4): [Span(1, 3), Span(9, 9)],
        Series(DIPLOMA, "S", 1): [Span(7, 7)],
    }


NUMBERS = st.sets(st.integers(0, 40))


@given(NUMBERS)
def test_spans_hold_exactly_the_numbers_and_do_not_touch(numbers):
    found = spans(numbers)
    assert [n for span in found for n in range(span.first, span.last + 1)] == sorted(numbers)
    assert all(a.last + 1 < b.first for a, b in pairwise(found))


@given(st.integers(0, 40), st.integers(0, 40), NUMBERS)
def test_what_is_taken_out_of_a_span_is_gone_and_nothing_else(first, size, numbers):
    span = Span(first, first + size)
    left = set()
    for piece in without(span, spans(numbers)):
        left |= set(range(piece.first, piece.last + 1))
    assert left == set(range(span.first, span.last + 1)) - numbers


def test_only_what_touches_and_is_alike_is_joined():
    held = [(Span(4, 5), "a"), (Span(1, 3), "a"), (Span(6, 6), "b"), (Span(8, 9), "b")]
    assert merged(held) == [(Span(1, 5), "a"), (Span(6, 6), "b"), (Span(8, 9), "b")]


WHY = {
    "received without a decision": (Fate.ON_HAND, {}, "blanks.document"),
    "spoiled without a reason": (Fate.SPOILED, {"document": "1/BB"}, "blanks.reason"),
    "destroyed without minutes": (Fate.DESTROYED, {"council": "Hội đồng"}, "blanks.document"),
    "destroyed without a council": (Fate.DESTROYED, {"document": "1/BB"}, "blanks.council"),
    "a reason of two lines": (Fate.SPOILED, {"reason": "a\nb"}, "text.invisible"),
    "an empty name": (Fate.USED, {"by": ""}, "text.empty"),
}


@pytest.mark.parametrize("case", WHY)
def test_each_fate_needs_what_the_circular_asks_for(case):
    fate, said, code = WHY[case]
    with pytest.raises(FormatError) as caught:
        Why(**({"by": "Trần Thị Hoa", "on": date(2026, 5, 4)} | said)).check(fate)
    assert caught.value.code == code
