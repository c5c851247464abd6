"""Where people are told: a school's table of pupils' codes with mail addresses and phone numbers.

The table is used once and not kept; what is not an address of the usual kind is a fault with its
row and column, all at once. Other columns are never looked at.
"""

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from openpyxl.utils.cell import get_column_letter

from credential.errors import Fault, InputError
from credential.text import fold_plain
from issuer.intake.headings import HEADER_WITHIN
from issuer.intake.workbook import Cell, sheets
from store.recipients import Channel, Recipient

MOST = 20_000
"""Rows of one table."""

_CODE = ("ma hoc sinh", "ma dinh danh bo gd dt", "ma dinh danh", "ma hs", "pupil")
_WAYS = {
    Channel.MAIL: ("email", "e mail", "thu dien tu", "mail"),
    Channel.SMS: ("dien thoai", "so dien thoai", "sdt", "phone", "di dong"),
}
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_PHONE = re.compile(r"(?:\+84|84|0)([35789]\d{8})")  # mobile numbers since 2018


@dataclass(frozen=True, slots=True)
class _Column:
    at: int
    heading: str


_Columns = dict[str | Channel, _Column]


def recipients(data: bytes) -> list[Recipient]:
    """Who is to be told by which way, in order of rows; a row may have both ways or none.

    Raises InputError: what `issuer.intake.workbook.sheets` raises, ``notice.no_columns``,
    ``notice.address`` for each that is none, ``file.too_many_rows``.
    """
    faults: list[Fault] = []
    found: list[Recipient] = []
    with closing(sheets(data)) as held:
        for sheet in held:
            rows = list(islice(sheet.rows, MOST + HEADER_WITHIN + 1))
            start, columns = _header(rows)
            if not columns:
                continue
            if len(rows) > start + MOST:
                raise InputError([Fault("file.too_many_rows", params={"limit": MOST})])
            for number, cells in rows[start:]:
                _read(number, cells, columns, found, faults)
            if faults:
                raise InputError(faults)
            return found
    raise InputError([Fault("notice.no_columns")])


def _header(rows: Sequence[tuple[int, Sequence[Cell]]]) -> tuple[int, _Columns]:
    wanted: list[tuple[str | Channel, tuple[str, ...]]] = [("code", _CODE), *_WAYS.items()]
    for place, (_, cells) in enumerate(rows[:HEADER_WITHIN], 1):
        plain = [_plain(cell) for cell in cells]
        columns: _Columns = {}
        for key, names in wanted:
            at = next((at for at, heading in enumerate(plain) if heading in names), None)
            if at is not None:
                columns[key] = _Column(at, str(cells[at]).strip())
        if "code" in columns and len(columns) > 1:
            return place, columns
    return 0, {}


def _read(
    number: int,
    cells: Sequence[Cell],
    columns: _Columns,
    found: list[Recipient],
    faults: list[Fault],
) -> None:
    code = _text(cells, columns["code"].at)
    for way in Channel:
        column = columns.get(way)
        given = _text(cells, column.at) if column else ""
        if column is None or not (code and given):
            continue
        address = _address(way, given)
        if address:
            found.append(Recipient(code, way, address))
        else:
            letter = get_column_letter(column.at + 1)
            faults.append(Fault("notice.address", number, column.heading, letter=letter))


def _address(way: Channel, given: str) -> str:
    if way is Channel.MAIL:
        return given if _MAIL.fullmatch(given) else ""
    plain = _PHONE.fullmatch(re.sub(r"[ .()-]", "", given))
    return f"+84{plain[1]}" if plain else ""


def _text(cells: Sequence[Cell], at: int) -> str:
    value = cells[at] if at < len(cells) else None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip() if value is not None else ""
    # A spreadsheet takes the zero before a phone number for nothing.
    return f"0{text}" if re.fullmatch(r"[35789]\d{8}", text) else text


def _plain(heading: Cell) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", fold_plain(str(heading or ""))).split())
