"""Tables of numbers and birth dates: which columns there are, and what each row asks for.

Headings are found in Vietnamese and English, whatever the case and the marks; all other columns
are left alone. A row with faults keeps its place, so that the others go on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any

from api.births import birth
from credential import lookup
from credential.errors import Fault, FormatError, InputError
from credential.text import fold_plain
from issuer.intake.headings import HEADER_WITHIN
from issuer.intake.workbook import Cell, sheets
from verifier import numbers

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "serial": ("số hiệu", "số hiệu văn bằng", "số hiệu bằng", "serial", "serial number",
               "serial no"),
    "register_no": ("số vào sổ", "số vào sổ gốc", "số vào sổ gốc cấp văn bằng",
                    "số vào sổ cấp bằng", "register number", "register no"),
    "code": ("mã tra cứu", "look-up code", "lookup code"),
    "born": ("ngày sinh", "ngày tháng năm sinh", "ngày, tháng, năm sinh", "năm sinh", "birth date",
             "birthdate", "date of birth", "born"),
}  # fmt: skip
_EXPECTED = "Số hiệu / Số vào sổ / Mã tra cứu, Ngày sinh"
_SAME_NUMBER = 2  # birth dates that one list may give for a number: more are guesses
_BLANK = 1000  # rows after the last that is filled; spreadsheets may hold a million blank ones
_LONGEST = 200  # characters of a cell that is shown again

Line = tuple[int, str, Mapping[str, Any], Fault | None]
"""Row number, label, what is to be verified, fault."""
_Rows = Iterable[tuple[int, Sequence[Cell]]]


def _plain(heading: Cell) -> str:
    return " ".join(re.sub(r"[^a-z]+", " ", fold_plain(str(heading or ""))).split())


_NAMES = {_plain(spelling): name for name, found in _HEADINGS.items() for spelling in found}


@dataclass(slots=True)
class _Table:
    """A table whose header was found: column by name, headings as they stand there."""

    columns: Mapping[str, int]
    headings: Mapping[str, str]
    epoch: datetime
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    born_of: dict[str, int] = field(default_factory=dict)


def lines(data: bytes, most: int) -> list[Line]:
    """The rows of the first sheet that has the columns, at most so many.

    Raises InputError: ``list.columns`` (expected), ``column.twice``, ``sheet.no_rows``,
    ``file.too_many_rows``, what `issuer.intake.workbook.sheets` raises.
    """
    with closing(sheets(data)) as found:
        return _of_sheets(((sheet.rows, sheet.epoch) for sheet in found), most)


def _of_sheets(found: Iterable[tuple[_Rows, datetime]], most: int) -> list[Line]:
    for numbered, epoch in found:
        rows = iter(numbered)
        top = list(islice(rows, HEADER_WITHIN))
        for place, (row, cells) in enumerate(top):
            table = _header(row, cells, epoch)
            if table is not None:
                return _lines(table, chain(top[place + 1 :], rows), most)
    raise InputError([Fault("list.columns", params={"expected": _EXPECTED})])


def _header(row: int, cells: Sequence[Cell], epoch: datetime) -> _Table | None:
    """The columns of a row that is a header: a look-up code, or a number with a birth date."""
    named = [(_NAMES.get(_plain(cell)), place, str(cell)) for place, cell in enumerate(cells)]
    known = [(name, place, text.strip()) for name, place, text in named if name]
    names = {name for name, _, _ in known}
    if "code" not in names and not ("born" in names and len(names) > 1):
        return None
    if len(names) < len(known):
        text = next(text for at, (name, _, text) in enumerate(known)
                    if name in {earlier for earlier, _, _ in known[:at]})  # fmt: skip
        raise InputError([Fault("column.twice", row, text, {"expected": text})])
    return _Table({n: place for n, place, _ in known}, {n: text for n, _, text in known}, epoch)


def _lines(table: _Table, rows: _Rows, most: int) -> list[Line]:
    found: list[Line] = []
    blank = 0
    for row, cells in rows:
        values = {name: _text(cells[at]) for name, at in table.columns.items() if at < len(cells)}
        blank = 0 if any(values.values()) else blank + 1
        if blank > _BLANK:
            break
        if blank or _plain(values.get("born", "")) in _NAMES:  # a header repeated on each page
            continue
        if len(found) == most:
            raise InputError([Fault("file.too_many_rows", params={"limit": most})])
        born = cells[table.columns["born"]] if "born" in values else None
        found.append(_line(table, row, values, born))
    if not found:
        raise InputError([Fault("sheet.no_rows")])
    return found


def _line(table: _Table, row: int, values: Mapping[str, str], born: Cell) -> Line:
    kind = next((name for name in ("serial", "register_no", "code") if values.get(name)), "")
    label = values.get(kind, "")[:_LONGEST]
    try:
        given = _given(table, row, kind, label, born)
    except _FaultyError as error:
        return row, label, {}, error.fault
    return row, label, given, None


class _FaultyError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def _given(table: _Table, row: int, kind: str, label: str, born: Cell) -> dict[str, Any]:
    """What the row asks for. Raises _FaultyError."""
    if not kind:
        columns = [table.headings[name] for name in _HEADINGS if name in table.headings]
        raise _FaultyError(Fault("cell.empty", row, columns[0]))
    column = table.headings[kind]
    day = _born(table, row, born) if _text(born) or kind != "code" else ""
    folded = label if kind == "code" else numbers.fold(label)
    if len(folded) > numbers.MOST:
        raise _FaultyError(Fault("text.too_long", row, column, {"limit": numbers.MOST}))
    if kind == "code":
        folded = _code(row, column, label)
    first = table.seen.setdefault((folded, day), row)
    if first != row:
        raise _FaultyError(Fault("list.twice", row, column, {"found": label, "other_row": first}))
    table.born_of[folded] = table.born_of.get(folded, 0) + 1
    if table.born_of[folded] > _SAME_NUMBER:
        raise _FaultyError(Fault("list.guessed", row, column, {"found": label}))
    return {"code": folded, "born": day} if kind == "code" else {"number": folded, "born": day}


def _born(table: _Table, row: int, cell: Cell) -> str:
    column = table.headings.get("born", "Ngày sinh")
    if not _text(cell):
        raise _FaultyError(Fault("cell.empty", row, column))
    try:
        return birth(cell, table.epoch).iso()
    except FormatError as error:
        params = {name: str(value)[:_LONGEST] for name, value in error.params.items()}
        raise _FaultyError(Fault(error.code, row, column, params)) from None


def _code(row: int, column: str, label: str) -> str:
    try:
        return lookup.parse(label)
    except FormatError as error:
        raise _FaultyError(Fault(error.code, row, column, {"found": label})) from None


def _text(cell: Cell) -> str:
    """A cell as a person would read it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def sample() -> Iterator[tuple[str, ...]]:
    """The rows of a table that teaches the form."""
    yield "Số hiệu", "Ngày sinh"
    yield "SG000001", "07/02/2008"
    yield "SG000002", "15/11/2008"
