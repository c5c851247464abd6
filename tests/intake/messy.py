"""Files as schools really have them, each with exactly what must come out of it.

Made when the tests run: `HEADER` and a few pupils in every encoding, program and disorder that was
met. A case says which rows come out (row, code, name, birth, class), what was mended (code, row,
letter, found, taken) and what has to be mended (code, row, letter).
"""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import xlwt
from openpyxl import Workbook

HEADER = ("STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Lớp", "Giới tính", "SĐT cha")
PHONE = "0909 000 111"  # of nobody; must be in nothing that comes out
PUPILS = (
    (1, "7900000001", "Nguyễn Thị Ánh", "07/02/2008", "12.9", "Nữ", PHONE),
    (2, "7900000002", "Đỗ Trọng Nghĩa", "15/11/2008", "12.9", "Nam", PHONE),
    (3, "7900000003", "Trần Thuý Hoà", "29/02/2008", "12.9", "Nữ", PHONE),
    (4, "7900000004", "Lê Hữu Phước", "01/12/2008", "12.9", "Nam", PHONE),
)
Row = Sequence[Any]


@dataclass(frozen=True)
class Case:
    """A file and what comes of it. `first` is the row of the first pupil of `PUPILS` in it."""

    data: bytes
    rows: Sequence[tuple[Any, ...]]
    mended: Sequence[tuple[Any, ...]] = ()
    faults: Sequence[tuple[Any, ...]] = ()
    layout: str = "pupils"
    given: Mapping[str, str] = field(default_factory=dict)


def xlsx(
    rows: Sequence[Row], sheets: Sequence[tuple[str, Sequence[Row]]] = (), state: str = "visible"
) -> bytes:
    """A workbook; further sheets stand before the one with the rows, visible or hidden."""
    book = Workbook()
    book.remove(book.active)
    for name, content in (*sheets, ("DS", rows)):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state if name != "DS" else "visible"
        for row in content:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Sequence[Row], hidden: Sequence[Row] = ()) -> bytes:
    """The same as Excel 97 wrote it, with a hidden sheet before."""
    book = xlwt.Workbook(encoding="utf-8")
    if hidden:
        before = book.add_sheet("AN")
        before.visibility = 1
        for number, row in enumerate(hidden):
            for place, cell in enumerate(row):
                before.write(number, place, cell)
    sheet = book.add_sheet("DS")
    book.set_active_sheet(len(hidden) > 0)
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, datetime):
                sheet.write(number, place, cell, day)
            elif cell is not None:
                sheet.write(number, place, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Sequence[Row], encoding: str = "utf-8", separator: str = ",") -> bytes:
    """The same as a CSV file in an encoding."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    if encoding == "cp1258":  # that code page writes tones behind their letters
        return "".join(map(_for_1258, out.getvalue())).encode("cp1258")
    return out.getvalue().encode(encoding)


def _for_1258(char: str) -> str:
    try:
        char.encode("cp1258")
    except UnicodeEncodeError:
        *base, tone = unicodedata.normalize("NFD", char)
        return unicodedata.normalize("NFC", "".join(base)) + tone
    return char


def in_font(rows: Sequence[Row], letters: Mapping[str, str]) -> list[list[Any]]:
    """Rows typed with an old font: `letters` maps what it holds to what it shows.

    A capital that the font has not was typed small.
    """
    held = {shown: kept for kept, shown in letters.items()}
    return [
        [
            "".join(held.get(char, held.get(char.lower(), char)) for char in cell)
            if isinstance(cell, str)
            else cell
            for cell in row
        ]
        for row in rows
    ]


def pupils(**changes: Sequence[Any]) -> list[list[Any]]:
    """`PUPILS` with whole columns changed: by field, in order; shorter lists change the first."""
    places = {"code": 1, "name": 2, "birth": 3, "class_name": 4, "sex": 5}
    rows = [list(row) for row in PUPILS]
    for key, values in changes.items():
        for row, value in zip(rows, values, strict=False):
            row[places[key]] = value
    return rows


def out(first: int = 2, **changes: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What comes out of `PUPILS` from that row on: row, code, name, birth (as printed), class."""
    rows = [(first + place, *row[1:5]) for place, row in enumerate(pupils(**changes))]
    return [tuple(row) for row in rows]


def only(rows: Sequence[tuple[Any, ...]], *kept: int) -> list[tuple[Any, ...]]:
    """Those of the rows whose number is named."""
    return [row for row in rows if row[0] in kept]
