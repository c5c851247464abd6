"""What a list would change, told row by row; and the same sheet with what is to be mended in it."""

import io
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from api.annotating import annotated
from credential.dates import PartialDate
from credential.records import PupilRecord
from issuer.intake import read_pupils
from issuer.intake.differences import Change, compare
from tests.intake.messy import HEADER, PHONE, PUPILS, pupils, text, xls, xlsx

SCHOOL = 7
FIRST = PupilRecord(
    "7900000001", "Nguyễn Thị Ánh", PartialDate(2008, 2, 7), SCHOOL, "12.9", "Nữ", "Kinh", "Hà Nội"
)
KNOWN: dict[str, tuple[PupilRecord | None, str, list[Change]]] = {
    "nobody": (None, "new", []),
    "the same": (FIRST, "unchanged", []),
    "in another class": (
        replace(FIRST, class_name="12.10"), "moved", [Change("class_name", "12.10", "12.9")],
    ),
    "with another name": (
        replace(FIRST, name="Nguyễn Thị Anh"), "changed",
        [Change("name", "Nguyễn Thị Anh", "Nguyễn Thị Ánh")],
    ),
    "known by the year only": (
        replace(FIRST, birth=PartialDate(2008)), "changed",
        [Change("birth", "2008", "07/02/2008")],
    ),
    "of another sex and class": (
        replace(FIRST, sex=None, class_name="11.9"), "changed",
        [Change("sex", "", "Nữ"), Change("class_name", "11.9", "12.9")],
    ),
    "at another school": (replace(FIRST, school=8), "faults", []),
}  # fmt: skip


@pytest.mark.parametrize(("record", "group", "changes"), KNOWN.values(), ids=KNOWN.keys())
def test_a_pupil_who_is_known_as(
    record: PupilRecord | None, group: str, changes: list[Change]
) -> None:
    reading = read_pupils(xlsx([HEADER, PUPILS[0]]))
    found = compare(reading, {record.code: record} if record else {}, SCHOOL)
    sizes = {
        name: len(getattr(found, name))
        for name in ("new", "changed", "moved", "unchanged", "faults")
    }
    assert sizes == {name: int(name == group) for name in sizes}
    if changes:
        assert list(getattr(found, group)[0].changes) == changes
    for fault in found.faults:
        assert (fault.code, fault.row, fault.letter) == ("pupil.other_school", 2, "B")


def test_what_the_list_does_not_say_is_left_as_it_is_known() -> None:
    reading = read_pupils(xlsx([HEADER, PUPILS[0]]))
    [changed] = compare(reading, {FIRST.code: replace(FIRST, class_name="12.8")}, SCHOOL).moved
    assert (changed.row.ethnicity, changed.row.birth_place) == ("Kinh", "Hà Nội")


FAULTY = [
    ["Tiêu đề, có dấu phẩy"],
    HEADER,
    *pupils(name=["Nguyễn  Thị Ánh", "+1+1"], birth=["07/02/2008", "31/02/2008"]),
]
MENDED = [FAULTY[0], HEADER, *PUPILS]


@pytest.mark.parametrize("made", [xlsx, xls, text], ids=lambda made: made.__name__)
def test_the_marked_sheet_has_every_cell_in_its_place(made: Any) -> None:
    data = made(FAULTY)
    reading = read_pupils(data)
    assert [(f.row, f.letter) for f in reading.faults] == [(4, "C"), (4, "D")]
    again = annotated(data, reading, reading.faults)
    sheet = load_workbook(io.BytesIO(again)).active
    assert [sheet.cell(2, place).value for place in range(1, 7)] == list(HEADER[:6])
    assert sheet["C4"].value == "'+1+1"
    assert sheet["C4"].fill.fgColor.rgb == sheet["D4"].fill.fgColor.rgb == "FFFFC7CE"
    assert sheet["C3"].fill.fgColor.rgb == "FFFFEB9C"
    assert "31/02/2008" in sheet["D4"].comment.text
    assert sheet["G4"].value.startswith("C: ")
    assert sheet["B4"].comment is None
    assert PHONE not in {cell.value for row in sheet for cell in row}


def test_the_marked_sheet_can_be_handed_in_again() -> None:
    data = xlsx(FAULTY)
    reading = read_pupils(data)
    again = read_pupils(annotated(data, reading, reading.faults))
    assert again.rows == reading.rows
    assert [(f.code, f.row, f.letter) for f in again.faults] == [
        (f.code, f.row, f.letter) for f in reading.faults
    ]


def test_nothing_in_the_marked_sheet_is_a_formula() -> None:
    data = xlsx([HEADER, *pupils(name=["@SUM(A1)", "+1", "-1", "\t=1"])])
    reading = read_pupils(data)
    sheet = load_workbook(io.BytesIO(annotated(data, reading, reading.faults))).active
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert {str(sheet.cell(row, 3).value)[0] for row in range(2, 6)} == {"'"}
