"""Sheets of old books as schools type them: the lines, mends and faults that come out of each.

Made as those of `tests.intake.messy`: two lines of 1985 in the disorders that lists of pupils have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from credential.legacy import TCVN3, VNI
from issuer.intake.register_books import read_book
from tests.intake.messy import in_font, text, xls, xlsx
from tests.old_book import HEADINGS

LINES = (
    ("0041", "14", "NGUYỄN THỊ KHÁNH", "00/00/1965", "Sông Bé", "Nữ", "Kinh",
     1985, "Khá", "15/08/1985", "A 012345", "Lê Văn Xưa", None),
    ("0042", "15", "Lê Hữu Phước", "00/02/1966", "Quận 9", "Nam", "Hoa",
     1985, "Trung bình", "16/08/1985", None, "Lê Văn Xưa", None),
)  # fmt: skip
PLAIN = [HEADINGS, *LINES]
TITLES = [["SỞ GIÁO DỤC"], [], ["SỔ GỐC CẤP BẰNG TỐT NGHIỆP, QUYỂN 3"], ["Trang 14 đến trang 15"]]
SIGNED = [["Tổng số: 2 bằng"], [None, None, "NGƯỜI LẬP", None, "GIÁM ĐỐC"]]
FIRST = ("0041", "14", "NGUYỄN THỊ KHÁNH", "1965", "15/08/1985", "Khá", "A 012345")
SECOND = ("0042", "15", "Lê Hữu Phước", "02/1966", "16/08/1985", "Trung bình", None)


@dataclass(frozen=True)
class Case:
    """A sheet; the rows of both lines (None: faulty), what was mended, what is to be mended."""

    data: bytes
    rows: tuple[int | None, int | None] = (2, 3)
    mended: Sequence[tuple[Any, ...]] = ()
    faults: Sequence[tuple[Any, ...]] = ()


def issued(*days: Any) -> list[list[Any]]:
    """The lines with other cells for the day of issue."""
    return [[*line[:9], day, *line[10:]] for line, day in zip(LINES, days, strict=True)]


def fonts(khanh: str, phuoc: str) -> list[tuple[Any, ...]]:
    """Some of what is mended of an old font: the names."""
    return [("text.font", 2, "C", khanh, FIRST[2]), ("text.font", 3, "C", phuoc, SECOND[2])]


TCVN3_NAMES = fonts("NGUYÔN THÞ KH¸NH", "Lª H÷u Ph\u00adíc")
VNI_NAMES = fonts("NGUYEÃN THÒ KHAÙNH", "Leâ Höõu Phöôùc")

CASES = {
    "a tidy workbook": Case(xlsx(PLAIN)),
    "an old workbook in TCVN3": Case(xls(in_font(PLAIN, TCVN3)), mended=TCVN3_NAMES),
    "a text in VNI": Case(
        text(in_font(PLAIN, VNI), "latin-1", ";"),
        mended=[("file.read_as", None, None, "VNI", None), *VNI_NAMES],
    ),
    "titles, the header again on the next page, a total, signatures": Case(
        xlsx([*TITLES, HEADINGS, LINES[0], HEADINGS, LINES[1], *SIGNED]),
        (6, 8),
        [("row.skipped", 9, None, None, None), ("row.skipped", 10, None, None, None)],
    ),
    "columns in another order, and one too many": Case(
        xlsx([[*row[::-1], "thừa"] for row in PLAIN])
    ),
    "headings as other books have them": Case(
        xlsx([
            ["SỐ VÀO SỔ\n(gốc)", "Trang\nsổ", "Họ và\ntên *", "NGÀY SINH", "Nơi sinh", "Phái",
             "Dân tộc", "Khóa thi", "Xếp loại TN", "Ngày cấp bằng", "Số hiệu bằng", "Người ký"],
            *LINES,
        ])
    ),
    "serial dates": Case(
        xlsx([HEADINGS, *issued(31274, 31275)]),
        mended=[
            ("date.serial", 2, "J", "31274", "15/08/1985"),
            ("date.serial", 3, "J", "31275", "16/08/1985"),
        ],
    ),
    "dates that Excel knows": Case(
        xlsx([HEADINGS, *issued(datetime(1985, 8, 15), datetime(1985, 8, 16))])  # noqa: DTZ001
    ),
    "one date with the month first": Case(
        xlsx([HEADINGS, *issued("08/15/1985", "16/08/1985")]),
        (None, 3),
        faults=[("date.swapped", 2, "J")],
    ),
    "the same number and serial twice": Case(
        xlsx([HEADINGS, LINES[0], [*LINES[0][:2], *LINES[1][2:10], "A 012345"]]),
        (2, None),
        faults=[("digitise.number_twice", 3, "A"), ("serial.twice", 3, "K")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_messy_sheet_gives_exactly_this(case: Case) -> None:
    found = read_book(case.data)
    expected = [(row, *line) for row, line in zip(case.rows, (FIRST, SECOND), strict=True) if row]
    assert expected == [
        (row.row, line.number, line.page, line.name, line.birth.printed(), line.issued.printed(),
         line.classification, line.serial)
        for row in found.rows
        for line in [row.line]
    ]  # fmt: skip
    assert [(f.code, f.row, f.letter) for f in found.faults] == list(case.faults)
    said = {
        (n.code, n.row, n.letter, n.params.get("found"), n.params.get("taken"))
        for n in found.notices
        if n.code != "text.font" or n.letter == "C"
    }
    assert said == set(case.mended)
