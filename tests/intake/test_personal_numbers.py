"""Personal numbers in lists: taken where a layout has them, compared, and told to nobody."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from api import sample
from credential.dates import PartialDate
from credential.records import PupilRecord
from issuer.intake import read_pupils
from issuer.intake.differences import Change, compare
from issuer.intake.rows import content_digest
from tests.intake.messy import HEADER, PUPILS, xlsx

NUMBER, OTHER = "079308123456", "079308654321"  # both of a girl born in 2008, as `PUPILS[0]` is
FULL = (*HEADER, "Số định danh cá nhân")
SCHOOL = 7
FIRST = PupilRecord(
    "7900000001",
    "Nguyễn Thị Ánh",
    PartialDate(2008, 2, 7),
    SCHOOL,
    "12.9",
    "Nữ",
    None,
    None,
    NUMBER,
)


def reading(cell: Any, **more: Any) -> Any:
    rows = [[*PUPILS[0], cell], *([*PUPILS[2], other] for other in more.values())]
    return read_pupils(xlsx([FULL, *rows]))


READ: Mapping[str, tuple[Any, str | None, list[str], list[str]]] = {
    "as it is": (NUMBER, NUMBER, [], []),
    "nothing": (None, None, [], []),
    "in groups": ("079 308 123 456", NUMBER, ["personal_no.mended"], []),
    "a number without its zero": (79308123456, NUMBER, ["personal_no.mended"], []),
    "an old card": ("024681357", None, ["personal_no.old_card"], []),
    "an old card as a number": (246813579, None, ["personal_no.old_card"], []),
    "of another sex": ("079208123456", None, [], ["personal_no.sex"]),
    "of another year": ("079309123456", None, [], ["personal_no.year"]),
    "of an unknown province": ("000308123456", "000308123456", [], []),
    "born abroad": ("901308123456", "901308123456", [], []),
    "eleven digits": ("79308123456", None, [], ["personal_no.invalid"]),
    "words": ("chưa có", None, [], ["personal_no.invalid"]),
}


@pytest.mark.parametrize(("cell", "number", "notices", "faults"), READ.values(), ids=READ)
def test_a_cell_with(cell: Any, number: str | None, notices: list[str], faults: list[str]) -> None:
    found = reading(cell)
    assert [row.personal_no for row in found.rows] == ([] if faults else [number])
    assert [notice.code for notice in found.notices] == notices
    assert [(fault.code, fault.row, fault.letter) for fault in found.faults] == [
        (code, 2, "H") for code in faults
    ]


def test_two_pupils_with_one_number() -> None:
    [fault] = reading(NUMBER, more=NUMBER).faults
    assert (fault.code, fault.row, fault.params["other_row"]) == ("personal_no.twice", 3, 2)


KNOWN: Mapping[str, tuple[PupilRecord | None, Mapping[str, PupilRecord], str, list[Any]]] = {
    "nobody": (None, {}, "new", []),
    "the same": (FIRST, {NUMBER: FIRST}, "unchanged", []),
    "somebody without a number": (
        replace(FIRST, personal_no=None), {}, "changed",
        [Change("personal_no", "", "079*******56")],
    ),
    "somebody with a number that cannot be theirs": (
        replace(FIRST, personal_no="079208123456"), {}, "changed",
        [Change("personal_no", "079*******56", "079*******56")],
    ),
    "somebody with another number": (
        replace(FIRST, personal_no=OTHER), {}, "faults", ["personal_no.differs"],
    ),
    "another pupil's number": (
        None, {NUMBER: replace(FIRST, code="7900000009")}, "faults", ["personal_no.taken"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("record", "numbered", "group", "told"), KNOWN.values(), ids=KNOWN)
def test_against_the_registry_it_is(
    record: PupilRecord | None, numbered: Mapping[str, PupilRecord], group: str, told: list[Any]
) -> None:
    known = {FIRST.code: record} if record else {}
    found = compare(reading(NUMBER), known, SCHOOL, numbered)
    assert len(getattr(found, group)) == 1
    if group == "changed":
        assert list(found.changed[0].changes) == told
    if group == "faults":
        assert [fault.code for fault in found.faults] == told


def test_a_list_without_the_number_is_held_against_the_one_that_is_known() -> None:
    moved = replace(FIRST, birth=PartialDate(2009, 2, 7), personal_no="079309123456")
    [fault] = compare(reading(None), {FIRST.code: moved}, SCHOOL).faults
    assert (fault.code, fault.row) == ("personal_no.year", 2)


def test_no_sentence_and_no_value_shows_a_whole_number() -> None:
    for cell in ("079208123456", "079 308 123 456", NUMBER):
        found = reading(cell, more=NUMBER)
        taken = compare(found, {}, SCHOOL, {NUMBER: replace(FIRST, code="7900000009")})
        said = repr((found, taken))
        assert NUMBER not in said
        assert cell not in said


def test_an_order_over_the_same_list_is_the_same_order_with_and_without_numbers() -> None:
    assert content_digest(reading(NUMBER).rows) == content_digest(reading(None).rows)


def test_the_sample_pupils_have_numbers_of_their_own() -> None:
    numbers = {pupil.personal_no for pupil in sample.pupils()}
    assert len(numbers) == len(sample.pupils())
