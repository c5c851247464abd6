"""Lines of an order given up before it was sent: out again, and only if they are the last."""

import dataclasses
from datetime import date

import pytest

from credential.errors import ConflictError
from credential.model import Lane
from credential.records import AwardLine


def test_they_go_whole_and_the_next_order_gets_their_numbers(desk, awards):
    first = awards("first")
    numbers = desk.enter(first)
    assert desk.take_back("first-unknown") == 0
    assert desk.take_back(first.ref) == len(numbers)
    assert desk.take_back(first.ref) == 0
    assert desk.enter(awards("second")) == numbers


def test_lines_that_others_came_after_stay(desk, awards):
    one, two = awards("one", (0,)), awards("two", (1,))
    desk.enter(one)
    desk.enter(two)
    with pytest.raises(ConflictError, match=r"award\.not_last"):
        desk.take_back(one.ref)
    assert desk.take_back(two.ref) == 1
    assert desk.take_back(one.ref) == 1


def test_what_they_replaced_stands_again(desk, awards):
    first = awards("first", (0,))
    (number,) = desk.enter(first)
    line = AwardLine(first.type, first.school, number)
    again = dataclasses.replace(
        first, ref="again", reason="Nhập sai", issued=date(2026, 7, 3),
        entries=(dataclasses.replace(first.entries[0], replaces=line),),
    )  # fmt: skip
    desk.enter(again)
    pupil = first.entries[0].pupil
    assert desk.awarded(first.type, first.year, [pupil])[pupil].line.version == 2
    desk.take_back("again")
    held = desk.awarded(first.type, first.year, [pupil])[pupil]
    assert (held.ref, held.line, held.lane) == (first.ref, line, Lane.ACTIVE)
