"""The 25-column class list: what is accepted, what is dropped, what each fault says."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from api import sample
from api.sample.sheets import FAKE_PHONE, FILLER
from credential.dates import PartialDate
from credential.errors import Fault, InputError
from issuer.intake import read_class_list

CODE, NAME, BIRTH = "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh"

Saved = Callable[[Any], bytes]
Column = Callable[[Any, str], int]


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as refused:
        read_class_list(data)
    return refused.value.faults


def test_the_sample_list_is_read_as_the_pupils_it_was_written_from(
    class_list: Any, saved: Saved
) -> None:
    rows = read_class_list(saved(class_list)).rows
    pupils = sample.pupils()[:12]
    assert [row.row for row in rows] == list(range(5, 17))
    for row, pupil in zip(rows, pupils, strict=True):
        for field in ("code", "name", "birth", "sex", "ethnicity", "birth_place", "class_name"):
            assert getattr(row, field) == getattr(pupil, field), field
        assert (row.grade, row.serial) == (12, sample.serial_number(pupil))
        assert row.classification is None


def test_nothing_of_the_dropped_columns_is_in_any_value(
    class_list: Any, saved: Saved, column: Column
) -> None:
    everything = repr(read_class_list(saved(class_list)))
    class_list.active.cell(6, column(class_list, BIRTH), "hôm qua")
    with pytest.raises(InputError) as refused:
        read_class_list(saved(class_list))
    everything += repr(refused.value.faults)
    for trace in (FILLER, FAKE_PHONE, "Phường Mẫu", "1900", "cha", "mẹ"):
        assert trace not in everything, trace


ACCEPTED = {
    "a name in NFD": (NAME, unicodedata.normalize("NFD", "Đỗ Thị Thuý"), "name", "Đỗ Thị Thuý"),
    "double spaces and a line break": (NAME, " Đỗ  Thị\nThuý ", "name", "Đỗ Thị Thuý"),
    "a no-break space": (NAME, "Đỗ\u00a0Thị Thuý", "name", "Đỗ Thị Thuý"),
    "Icelandic Ð for Đ": (NAME, "Ðỗ Thị Thuý", "name", "Đỗ Thị Thuý"),
    "a zero-width space": (NAME, "Đỗ Thị\u200b Thuý", "name", "Đỗ Thị Thuý"),
    "a byte order mark": (NAME, "\ufeffĐỗ Thị Thuý", "name", "Đỗ Thị Thuý"),
    "capitals": (NAME, "ĐỖ THỊ THUÝ", "name", "ĐỖ THỊ THUÝ"),
    "an Ê-đê name": (NAME, "H'Mai Êban", "name", "H'Mai Êban"),
    "a name of six words": (NAME, "Công Tằng Tôn Nữ Minh Anh", "name", "Công Tằng Tôn Nữ Minh Anh"),
    "a date as text": (BIRTH, "07/02/2008", "birth", PartialDate(2008, 2, 7)),
    "a date without leading zeros": (BIRTH, "7/2/2008", "birth", PartialDate(2008, 2, 7)),
    "a date with hyphens": (BIRTH, "07-02-2008", "birth", PartialDate(2008, 2, 7)),
    "an Excel date": (BIRTH, datetime(2008, 2, 7), "birth", PartialDate(2008, 2, 7)),  # noqa: DTZ001
    "a serial date": (BIRTH, 44096, "birth", PartialDate(2020, 9, 22)),
    "a serial date as text": (BIRTH, "44096", "birth", PartialDate(2020, 9, 22)),
    "a serial date with a time": (BIRTH, 44096.5, "birth", PartialDate(2020, 9, 22)),
    "a leap day": (BIRTH, "29/02/2008", "birth", PartialDate(2008, 2, 29)),
    "a year only": (BIRTH, "2008", "birth", PartialDate(2008)),
    "a year only as a number": (BIRTH, 2008, "birth", PartialDate(2008)),
    "a year with zeros for day and month": (BIRTH, "00/00/1965", "birth", PartialDate(1965)),
    "month and year": (BIRTH, "05/1985", "birth", PartialDate(1985, 5)),
    "a code stored as a number": (CODE, 7912345678, "code", "7912345678"),
    "a class 12.10 as text": ("Lớp học", "12.10", "class_name", "12.10"),
    "a class 12.1 as a number among its own": ("Lớp học", 12.1, "class_name", "12.1"),
    "a class with a letter": ("Lớp học", "12Đ-CT1", "class_name", "12Đ-CT1"),
    "a class of twelve characters": ("Lớp học", "12CHUYÊN-TIN", "class_name", "12CHUYÊN-TIN"),
    "a grade in words": ("Khối học", "Khối 12", "grade", 12),
    "a province alone": ("Nơi sinh chi tiết", "Sông Bé", "birth_place", "Sông Bé"),
    "a province with a dash": (
        "Nơi sinh chi tiết",
        "Trạm y tế, Phường 1, Bà Rịa – Vũng Tàu",
        "birth_place",
        "Bà Rịa – Vũng Tàu",
    ),
    "an ethnicity with hyphens": ("Dân tộc", "Ê-đê", "ethnicity", "Ê-đê"),
    "sex in small letters": ("Giới tính", "nữ", "sex", "Nữ"),
    "a status in capitals": ("Trạng thái", "ĐANG HỌC", "grade", 12),
    "no serial": ("Số hiệu", None, "serial", None),
}


@pytest.mark.parametrize(
    ("heading", "cell", "field", "value"), ACCEPTED.values(), ids=ACCEPTED.keys()
)
def test_a_harmless_spelling_is_accepted(
    class_list: Any,
    saved: Saved,
    column: Column,
    heading: str,
    cell: object,
    field: str,
    value: object,
) -> None:
    class_list.active.cell(6, column(class_list, heading)).value = cell
    row = read_class_list(saved(class_list)).rows[1]
    assert (row.row, getattr(row, field)) == (6, value)


FAULTS = {
    "no code": (CODE, None, "cell.empty", {}),
    "a blank code": (CODE, "  ", "cell.empty", {}),
    "a code of nine digits": (CODE, "791234567", "code.invalid", {"expected": 10}),
    "a code with a letter": (CODE, "79A2345678", "code.invalid", {"found": "79A2345678"}),
    "a code in full-width digits": (CODE, "７９１２３４５６７８", "code.invalid", {}),
    "no name": (NAME, None, "cell.empty", {}),
    "a right-to-left override": (NAME, "Đỗ \u202eThuý", "text.invisible", {"found": "U+202E"}),
    "a soft hyphen": (NAME, "Đỗ Thu\u00adý", "text.invisible", {"found": "U+00AD"}),
    "a Cyrillic letter": (NAME, "Đỗ Thị Аnh", "text.unprintable", {}),
    "a TCVN3 leftover": (
        NAME,
        "NguyÔn V¨n An",
        "text.legacy",
        {"found": "NguyÔn V¨n An", "expected": "Nguyễn Văn An", "encoding": "TCVN3"},
    ),
    "a VNI leftover": (
        NAME,
        "Ñoã Troïng Nghóa",
        "text.legacy",
        {"expected": "Đỗ Trọng Nghĩa", "encoding": "VNI"},
    ),
    "a digit in a name": (NAME, "Đỗ Thị Thuý 2", "text.not_a_letter", {"found": "U+0032"}),
    "a formula in a name": (NAME, "+1+1", "text.not_a_letter", {}),
    "a name too long": (NAME, "Đỗ " * 50, "text.too_long", {"limit": 100}),
    "a very long cell": (NAME, "Đ" * 30_000, "text.too_long", {"limit": 200}),
    "no date of birth": (BIRTH, None, "cell.empty", {}),
    "a 30th of February": (BIRTH, "30/02/2008", "date.invalid", {"found": "30/02/2008"}),
    "a leap day of a common year": (BIRTH, "29/02/2007", "date.invalid", {}),
    "day and month swapped": (
        BIRTH,
        "05/13/2008",
        "date.swapped",
        {"found": "05/13/2008", "expected": "13/05/2008"},
    ),
    "a year of two digits": (BIRTH, "07/02/08", "date.invalid", {"expected": "dd/mm/yyyy"}),
    "a date in ISO form": (BIRTH, "2008-02-07", "date.invalid", {"found": "2008-02-07"}),
    "a day without a month": (BIRTH, "07/00/2008", "date.invalid", {}),
    "a serial out of range": (BIRTH, 19_999, "date.invalid", {"found": "19999"}),
    "a date in words": (BIRTH, "hôm qua", "date.invalid", {"found": "hôm qua"}),
    "a formula error": (BIRTH, "#VALUE!", "date.invalid", {}),
    "a truth value for a date": (BIRTH, True, "date.invalid", {}),
    "a sex not known": ("Giới tính", "X", "choice.invalid", {"found": "X", "expected": "Nam, Nữ"}),
    "no ethnicity": ("Dân tộc", None, "cell.empty", {}),
    "no status": ("Trạng thái", None, "cell.empty", {}),
    "no place of birth": ("Nơi sinh chi tiết", None, "cell.empty", {}),
    "a place that ends in a house number": (
        "Nơi sinh chi tiết",
        "Quận 10",
        "text.not_a_letter",
        {"found": "U+0031"},
    ),
    "a place that ends in a comma": ("Nơi sinh chi tiết", "Phường Mẫu,", "text.empty", {}),
    "a class as a number that no neighbour explains": (
        "Lớp học",
        12.5,
        "class.not_text",
        {"found": "12.5"},
    ),
    "a class turned into a date": (
        "Lớp học",
        datetime(2026, 2, 1),  # noqa: DTZ001
        "class.not_text",
        {"found": "01/02/2026"},
    ),
    "a class in words": (
        "Lớp học",
        "Lớp 12.1",
        "class.invalid",
        {"found": "Lớp 12.1", "expected": "12.1, 12A3"},
    ),
    "a class without its grade": ("Lớp học", "A1", "class.invalid", {"found": "A1"}),
    "a class of a lower school": ("Lớp học", "9.2", "class.invalid", {"found": "9.2"}),
    "a class with a space": ("Lớp học", "12 A3", "class.invalid", {}),
    "a class in full-width digits": ("Lớp học", "１２A3", "text.unprintable", {}),
    "a class with a sign": ("Lớp học", "12×3", "class.invalid", {}),
    "a class of thirteen characters": ("Lớp học", "12CHUYÊN-TIN1", "class.invalid", {}),
    "a class of three digits of another grade": (
        "Lớp học",
        "111",
        "class.not_of_grade",
        {"found": "111", "expected": 12},
    ),
    "a grade of another school": ("Khối học", 9, "grade.invalid", {"expected": "10–12"}),
    "a class of another grade": (
        "Lớp học",
        "11A2",
        "class.not_of_grade",
        {"found": "11A2", "expected": 12},
    ),
    "a serial as a number": ("Số hiệu", 12345678, "serial.invalid", {"found": "12345678"}),
    "a serial with a space": ("Số hiệu", "T79 12345", "serial.invalid", {}),
    "a classification that does not exist": ("Xếp loại", "Rất giỏi", "choice.invalid", {}),
}


@pytest.mark.parametrize(("heading", "cell", "code", "params"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_its_row_its_column_and_what_was_found(
    class_list: Any,
    saved: Saved,
    column: Column,
    heading: str,
    cell: object,
    code: str,
    params: dict[str, object],
) -> None:
    sheet = class_list.active
    if heading == "Xếp loại":
        sheet.cell(4, sheet.max_column + 1, heading)
    sheet.cell(9, column(class_list, heading)).value = cell
    [fault] = faults_of(saved(class_list))
    assert (fault.code, fault.row, fault.column) == (code, 9, heading)
    assert params.items() <= dict(fault.params).items()


def test_all_faults_are_reported_at_once_in_the_order_of_rows(
    class_list: Any, saved: Saved, column: Column
) -> None:
    sheet = class_list.active
    sheet.cell(15, column(class_list, BIRTH), "31/04/2008")
    sheet.cell(7, column(class_list, NAME), "Đỗ Thị Thuý 2")
    sheet.cell(7, column(class_list, "Giới tính"), "?")
    sheet.cell(12, column(class_list, CODE), sheet.cell(5, column(class_list, CODE)).value)
    found = [(f.row, f.column, f.code) for f in faults_of(saved(class_list))]
    assert found == [
        (7, NAME, "text.not_a_letter"),
        (7, "Giới tính", "choice.invalid"),
        (12, CODE, "pupil.twice"),
        (15, BIRTH, "date.invalid"),
    ]


@pytest.mark.parametrize(("heading", "code"), [(CODE, "pupil.twice"), ("Số hiệu", "serial.twice")])
def test_a_repeated_code_or_serial_names_both_rows(
    class_list: Any, saved: Saved, column: Column, heading: str, code: str
) -> None:
    sheet = class_list.active
    place = column(class_list, heading)
    for row in (10, 14):
        sheet.cell(row, place, sheet.cell(6, place).value)
    found = [(f.code, f.row, f.params["other_row"]) for f in faults_of(saved(class_list))]
    assert found == [(code, 10, 6), (code, 14, 6)]


def test_a_faulty_row_still_counts_when_its_code_is_repeated(
    class_list: Any, saved: Saved, column: Column
) -> None:
    sheet = class_list.active
    sheet.cell(6, column(class_list, BIRTH), "?")
    sheet.cell(8, column(class_list, CODE), sheet.cell(6, column(class_list, CODE)).value)
    assert [(f.row, f.code) for f in faults_of(saved(class_list))] == [
        (6, "date.invalid"),
        (8, "pupil.twice"),
    ]


def test_pupils_who_left_are_noticed_and_their_rows_not_judged(
    class_list: Any, saved: Saved, column: Column
) -> None:
    sheet = class_list.active
    sheet.cell(8, column(class_list, "Trạng thái"), "Chuyển đi")
    sheet.cell(8, column(class_list, BIRTH)).value = None
    result = read_class_list(saved(class_list))
    assert 8 not in [row.row for row in result.rows]
    assert ("pupil.not_enrolled", 8, {"found": "Chuyển đi"}) in [
        (n.code, n.row, dict(n.params)) for n in result.notices
    ]


def test_what_was_mended_or_skipped_is_noticed(class_list: Any, saved: Saved) -> None:
    notices = read_class_list(saved(class_list)).notices
    assert [(n.code, n.row, n.column) for n in notices] == [
        ("date.serial", 5, BIRTH),
        ("text.composed", 7, NAME),
        ("text.single_spaces", 11, NAME),
        ("date.serial", 15, BIRTH),
        ("row.skipped", 18, None),  # signatures; the total stands outside the columns read
    ]


def test_columns_may_be_in_any_order_and_headings_in_any_spelling(
    class_list: Any, saved: Saved
) -> None:
    expected = read_class_list(saved(class_list)).rows
    sheet = class_list.active
    for row in sheet.iter_rows(min_row=4, max_row=16):
        values = [cell.value for cell in row]
        for cell, value in zip(row, reversed(values), strict=True):
            cell.value = value
    for cell in sheet[4]:
        broken = str(cell.value).upper().replace(" ", "\n ", 1)
        cell.value = unicodedata.normalize("NFD", broken)
    assert read_class_list(saved(class_list)).rows == expected


def test_the_fault_shows_the_heading_as_the_sheet_spells_it(
    class_list: Any, saved: Saved, column: Column
) -> None:
    class_list.active.cell(4, column(class_list, NAME), "HỌ  TÊN")
    class_list.active.cell(9, 3).value = None
    [fault] = faults_of(saved(class_list))
    assert (fault.code, fault.column) == ("cell.empty", "HỌ TÊN")


def test_the_list_may_stand_on_a_later_sheet_below_more_titles(
    class_list: Any, saved: Saved
) -> None:
    expected = [row.code for row in read_class_list(saved(class_list)).rows]
    class_list.active.insert_rows(1, 6)
    class_list.create_sheet("Hướng dẫn", 0).append(["Điền vào trang sau"])
    rows = read_class_list(saved(class_list)).rows
    assert [row.code for row in rows] == expected
    assert rows[0].row == 11


def test_a_pupil_far_below_keeps_the_row_number_that_the_program_shows(
    class_list: Any, saved: Saved
) -> None:
    sheet = class_list.active
    for place in range(1, sheet.max_column + 1):
        sheet.cell(60_000, place, sheet.cell(16, place).value)
        sheet.cell(16, place).value = None
    assert read_class_list(saved(class_list)).rows[-1].row == 60_000
