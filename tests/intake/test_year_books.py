"""Mark books of a class put together: messy workbooks, each with what must come out."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from api import sample
from api.desk import samples
from credential.errors import InputError
from issuer.intake.results import read_whole_year

YEAR = sample.SCHOOL_YEAR
BOOKS = samples.sample("so-diem-lop-12")
NAMES = [pupil.name for pupil in sample.pupils()[:8]]
TITLES = {sheet.title: sheet["A1"].value for sheet in load_workbook(io.BytesIO(BOOKS))}
MATH_1 = next(name for name, title in TITLES.items() if "TOÁN - HỌC KỲ I" in title.upper()
              and not title.endswith("II"))  # fmt: skip
PE_2 = next(name for name, title in TITLES.items() if "thể chất - HỌC KỲ II" in title)
Change = Callable[[Any], None]


def changed(change: Change) -> bytes:
    book = load_workbook(io.BytesIO(BOOKS))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell(sheet: str, place: str, value: Any) -> Change:
    def change(book: Any) -> None:
        book[sheet][place] = value

    return change


def without(sheet: str, row: int) -> Change:
    return lambda book: book[sheet].delete_rows(row)


def removed(sheet: str) -> Change:
    return lambda book: book.remove(book[sheet])


def copied(book: Any) -> None:
    book.copy_worksheet(book[MATH_1])


def exempt(book: Any) -> None:
    for name, title in TITLES.items():
        if "thể chất" in title:
            book[name]["F3"] = "M"


def reordered(book: Any) -> None:
    book._sheets.reverse()


def with_notes(book: Any) -> None:
    book.create_sheet("Ghi chú", 0).append(["Giáo viên chủ nhiệm: không có"])


# what was changed, how many pupils come out, the faults (code, row, column begins)
MESSY: dict[str, tuple[Change, int, list[tuple[str, int | None, str | None]]]] = {
    "nothing wrong": (lambda _book: None, 8, []),
    "sheets in another order": (reordered, 8, []),
    "a sheet of notes before": (with_notes, 8, []),
    "one subject of a semester is not there": (
        removed(MATH_1), 8, [("book.no_sheet", None, None)],
    ),
    "one pupil is not in a sheet": (without(MATH_1, 4), 7, [("book.missing", 4, "Mã")]),
    "no mark yet": (cell(MATH_1, "I3", None), 7,
                    [("cell.empty", None, "Toán HKI!I3"), ("book.missing", 3, "Mã")]),
    "85 for 8,5": (cell(MATH_1, "I3", 85), 7,
                   [("mark.invalid", None, "Toán HKI!I3"), ("book.missing", 3, "Mã")]),
    "another name under the code": (
        cell(MATH_1, "D3", "Đỗ Tên Khác"), 8, [("book.differs", None, None)],
    ),
    "one subject in two sheets": (copied, 8, [("book.twice", None, None)] * 8),
    "an exempted pupil": (exempt, 8, []),
    "a sheet that says no semester": (
        cell(MATH_1, "A1", "SỔ ĐIỂM MÔN Toán"), 8,
        [("book.term", None, "SỔ ĐIỂM"), ("book.no_sheet", None, None)],
    ),
    "a level of conduct that there is not": (
        cell("Tổng hợp", "F3", "Trung bình"), 7, [("choice.invalid", 3, "Kết quả")],
    ),
    "a pupil whose conduct is not said": (without("Tổng hợp", 10), 7,
                                          [("book.missing", None, None)]),
    "absences in words": (cell("Tổng hợp", "G3", "không"), 7, [("absences.invalid", 3, "Số")]),
    "a comment that is none": (cell(PE_2, "F3", "tốt"), 7,
                               [("choice.invalid", None, "Giáo dục thể chất HKII!F3"),
                                ("book.missing", 3, "Mã")]),
}  # fmt: skip


@pytest.mark.parametrize(("change", "count", "faults"), MESSY.values(), ids=MESSY.keys())
def test_books_with(
    change: Change, count: int, faults: list[tuple[str, int | None, str | None]]
) -> None:
    found = read_whole_year(changed(change), YEAR)
    told = [(one.code, one.row) for one in found.faults]
    assert sorted(told, key=str) == sorted([(code, row) for code, row, _ in faults], key=str)
    for code, row, column in faults:
        columns = [one.column or "" for one in found.faults if (one.code, one.row) == (code, row)]
        assert any(each.startswith(column or "") for each in columns)
    assert len(found.rows) == count


def test_the_year_follows_from_its_semesters() -> None:
    found = read_whole_year(BOOKS, YEAR)
    for row, pupil in zip(found.rows, sample.pupils(), strict=False):
        year = sample.year_results(pupil)
        assert set(row.results) == set(year.results)
        assert row.outcomes[-1] == year.outcomes[-1]
        assert row.promotion == year.promotion
    assert found.notices == ()


def test_what_is_missing_is_named_by_pupil_and_subject() -> None:
    [fault] = read_whole_year(changed(without(MATH_1, 4)), YEAR).faults
    assert fault.params == {"name": NAMES[1], "subject": "Toán HKI"}


@pytest.mark.parametrize(
    ("change", "code"),
    [(removed("Tổng hợp"), "book.no_summary"),
     (lambda book: book.copy_worksheet(book["Tổng hợp"]), "book.two_summaries")],
)  # fmt: skip
def test_a_workbook_whose_year_is_not_said(change: Change, code: str) -> None:
    with pytest.raises(InputError) as refused:
        read_whole_year(changed(change), YEAR)
    assert [one.code for one in refused.value.faults] == [code]
