"""Old registers typed into a sheet: one row per line of the book, with the columns that books have.

What stands there is kept as it was written (NFC): names in capitals, "Trung bình", numbers with
slashes; births known to the year alone stay so. Only fonts and dates are mended, as in any file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from credential.errors import FormatError
from credential.lines import OldLine
from credential.text import check_text
from issuer.intake.cells import RowReader, one_of, person_name
from issuer.intake.dates import birth_date, mend_dates
from issuer.intake.fonts import mend_fonts
from issuer.intake.layout import BIRTH, CODE, FAMILY, GIVEN, NAME, Field, Layout
from issuer.intake.mending import Column, mend_texts, shown
from issuer.intake.reading import settled
from issuer.intake.rows import Reading
from issuer.intake.table import read_table
from issuer.intake.workbook import Cell

PAGE, SCAN, YEAR, ISSUED, SERIAL = "page", "scan", "year", "issued", "serial"
_YEARS = range(1900, 2200)
_LONGEST = {CODE: 40, PAGE: 20, SERIAL: 32}


def _written(limit: int = 100) -> Any:
    def read(cell: Cell) -> str:
        text = shown(cell)
        check_text(text, limit)
        return text

    return read


def _year(cell: Cell) -> int:
    text = shown(cell)
    if not text.isdecimal() or int(text) not in _YEARS:
        raise FormatError("digitise.year", found=text)
    return int(text)


BOOK = Layout(
    "register-book",
    (
        Field(CODE, ("Số vào sổ", "Số vào sổ gốc", "Số vào sổ cấp bằng", "Số thứ tự trong sổ"),
              _written(_LONGEST[CODE])),
        Field(PAGE, ("Trang", "Trang sổ", "Số trang"), _written(_LONGEST[PAGE])),
        Field(NAME, ("Họ và tên", "Họ tên", "Họ và tên học sinh", "Họ tên người được cấp"),
              person_name),
        Field(FAMILY, ("Họ đệm", "Họ và chữ đệm", "Họ"), person_name, needed=False),
        Field(GIVEN, ("Tên",), person_name, needed=False),
        Field(BIRTH, ("Ngày sinh", "Ngày tháng năm sinh", "Sinh ngày", "Năm sinh"), birth_date),
        Field("birth_place", ("Nơi sinh",), _written()).optional(),
        Field("sex", ("Giới tính", "Phái", "Nam/Nữ"), one_of("Nam", "Nữ")).optional(),
        Field("ethnicity", ("Dân tộc",), _written()).optional(),
        Field(YEAR, ("Năm tốt nghiệp", "Năm TN", "Khóa thi", "Khóa"), _year),
        Field("classification", ("Xếp loại", "Xếp loại tốt nghiệp", "Xếp loại TN"),
              _written()).optional(),
        Field(ISSUED, ("Ngày cấp", "Ngày cấp bằng", "Ngày tháng năm cấp"), birth_date),
        Field(SERIAL, ("Số hiệu", "Số hiệu văn bằng", "Số hiệu bằng"),
              _written(_LONGEST[SERIAL])).optional(),
        Field("signer", ("Người ký", "Họ tên người ký"), person_name).optional(),
        Field("note", ("Ghi chú",), _written(200)).optional(),
        Field(SCAN, ("Tệp quét", "Ảnh quét", "Tên tệp quét"), _written(200)).optional(),
    ),
    depth=2,
)  # fmt: skip
"""The columns of a register of diplomas, with the page and, where named, the file of its scan."""


@dataclass(frozen=True, slots=True)
class BookRow:
    """A line of an old book as typed, its scan not known yet (""); `row` is the sheet's.

    `scan` names the file of its page's scan, if the sheet has such a column.
    """

    row: int
    line: OldLine
    scan: str | None = None


def read_book(data: bytes, given: Mapping[str, str] | None = None) -> Reading[BookRow]:
    """The lines of a sheet.

    Faults are in the reading: those of `cells`, ``digitise.number_twice`` and ``serial.twice``
    (found, other_row), ``digitise.year``. Raises InputError as `table.read_table`.
    """
    table = read_table(data, [BOOK], given)
    keys = {key for row in table.rows[:1] for key in row.cells} | set(table.header.places)
    columns = {key: Column(key, table.rows, table.findings) for key in keys}
    mend_fonts(list(columns.values()))
    for column in columns.values():
        mend_texts(column)
    for key in (BIRTH, ISSUED):
        mend_dates(columns[key], table.epoch)
    rows = []
    for line in table.rows:
        reader = RowReader(line, table.findings)
        fields = _fields(reader)
        if reader.sound:
            named = fields.pop(SCAN)
            rows.append(BookRow(line.number, OldLine(scan="", **fields), named))
    return settled(table, rows)


def _fields(reader: RowReader) -> dict[str, Any]:
    fields = {
        field.key: reader.field(field) for field in BOOK.fields if field.key not in {FAMILY, GIVEN}
    }
    reader.once(CODE, "digitise.number_twice", fields[CODE])
    reader.once(SERIAL, "serial.twice", fields[SERIAL])
    fields["number"] = fields.pop(CODE)
    return fields
