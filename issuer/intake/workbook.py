"""From an .xlsx to the wanted columns of the one sheet that has them.

Finds the header row by its headings, drops every column that was not asked for, and skips
blank, title, repeated header, total and signature rows. What the cells mean is left to `cells`.
"""

import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any

from openpyxl.reader.excel import load_workbook

from credential.errors import Fault, InputError
from credential.text import fold, nfc
from issuer.intake.archive import safe_archive
from issuer.intake.rows import Notice

MAX_ROWS = 20_000  # pupils of one file
MAX_COLUMNS = 100
HEADER_WITHIN = 15  # rows: titles, dates and the school's name stand above the header

_LAST_ROW = 1_048_576  # of any spreadsheet program
_RECOGNISED = 3  # headings that make a row a header, though perhaps a wrong one

Cell = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Columns:
    """Headings to look for. A pupil's row has at least three of the four `identifying` ones."""

    identifying: tuple[str, str, str, str]  # the pupil's code first
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its number in the spreadsheet and its cells by heading (blank ones are None)."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of a sheet.

    `headings` maps each heading found to its spelling in the sheet, `epoch` is day 0 of its
    serial dates.
    """

    header_row: int
    headings: Mapping[str, str]
    rows: tuple[TableRow, ...]
    notices: tuple[Notice, ...]
    epoch: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands: numbered rows of cells, to be read once; day 0 of its serial dates."""

    rows: Iterator[tuple[int, Sequence[Cell]]]
    epoch: datetime


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    positions: Mapping[str, tuple[int, ...]]
    spelling: Mapping[str, str]


def read_table(data: bytes, columns: Columns) -> Table:
    """The rows of the first sheet that has all required headings.

    Raises InputError: what `safe_archive` raises, ``file.damaged``, ``file.too_many_rows``,
    ``sheet.blank``, ``sheet.not_found`` (no header row), ``sheet.no_rows``, and one
    ``column.missing`` or ``column.twice`` per heading.
    """
    nearest, blank = None, True
    with closing(sheets(data)) as found:
        for sheet in found:
            top = list(islice(sheet.rows, HEADER_WITHIN))
            blank = blank and not any(any(values) for _, values in top)
            header = _header(top, columns)
            if header and all(len(header.positions.get(h, ())) == 1 for h in columns.required):
                rows = chain(top[header.row :], sheet.rows)
                return _table(header, rows, columns, sheet.epoch)
            if header and (nearest is None or len(header.positions) > len(nearest.positions)):
                nearest = header
    raise InputError(_header_faults(nearest, columns, blank))


def sheets(data: bytes) -> Generator[Sheet, None, None]:
    """The sheets of an .xlsx, one after another; close it to let the file go.

    Raises InputError: what `safe_archive` raises and ``file.damaged``, also while rows are read.
    """
    archive = safe_archive(data)
    with _damage_reported():
        book = _load(archive)
    try:
        for sheet in book.worksheets:
            yield Sheet(_numbered(sheet), book.epoch)
    finally:
        book.close()


def first_column(data: bytes, limit: int) -> list[tuple[int, str]]:
    """What stands in the first column of the first sheet, with row numbers; blank cells left out.

    Raises InputError: what `safe_archive` raises, ``file.damaged``, ``file.too_many_rows``.
    """
    archive = safe_archive(data)
    with _damage_reported():
        book = _load(archive)
    found: list[tuple[int, str]] = []
    try:
        for number, values in _numbered(book.worksheets[0]):
            if values and (text := nfc(str(values[0] or "")).strip()):
                found.append((number, text))
            if number > _LAST_ROW or len(found) > limit:
                raise InputError([Fault("file.too_many_rows", params={"limit": limit})])
    finally:
        book.close()
    return found


def _load(archive: bytes) -> Any:
    """A workbook whose sheets are read row by row; values only, no links, no macros."""
    return load_workbook(  # type: ignore[no-untyped-call]
        io.BytesIO(archive), read_only=True, data_only=True, keep_links=False, keep_vba=False
    )


@contextmanager
def _damage_reported() -> Iterator[None]:
    """Hostile or broken parts make openpyxl raise whatever its code runs into."""
    try:
        yield
    except Exception as error:
        raise InputError([Fault("file.damaged")]) from error


def _numbered(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers, gaps included; the sheet's own claim of its size is ignored."""
    sheet.reset_dimensions()
    with _damage_reported():
        yield from enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1)


def _header(top: Iterable[tuple[int, Sequence[Cell]]], columns: Columns) -> _Header | None:
    """The row with the most wanted headings, if it has enough of them to be a header."""
    wanted = {fold(heading): heading for heading in columns.required + columns.optional}
    best = None
    for number, values in top:
        positions: dict[str, tuple[int, ...]] = {}
        spelling: dict[str, str] = {}
        for position, value in enumerate(values):
            heading = wanted.get(fold(value)) if isinstance(value, str) else None
            if heading:
                positions[heading] = (*positions.get(heading, ()), position)
                spelling[heading] = " ".join(nfc(str(value)).split())
        if len(positions) >= max(_RECOGNISED, len(best.positions) + 1 if best else 0):
            best = _Header(number, positions, spelling)
    return best


def _header_faults(header: _Header | None, columns: Columns, blank: bool) -> list[Fault]:
    if header is None:
        expected = ", ".join(columns.identifying)
        return [Fault("sheet.blank" if blank else "sheet.not_found", params={"expected": expected})]
    return [
        Fault(
            "column.twice" if heading in header.positions else "column.missing",
            header.row,
            heading,
            {"expected": heading},
        )
        for heading in columns.required
        if len(header.positions.get(heading, ())) != 1
    ]


def _table(
    header: _Header,
    rows: Iterable[tuple[int, Sequence[Cell]]],
    columns: Columns,
    epoch: datetime,
) -> Table:
    repeated = [h for h in columns.optional if len(header.positions.get(h, ())) > 1]
    if repeated:
        raise InputError([Fault("column.twice", header.row, h, {"expected": h}) for h in repeated])
    places = [(heading, found[0]) for heading, found in header.positions.items()]
    entries: list[TableRow] = []
    notices: list[Notice] = []
    for number, values in rows:
        cells = {heading: _cell(values[place]) for heading, place in places if place < len(values)}
        if number > _LAST_ROW or len(entries) > MAX_ROWS:
            raise InputError([Fault("file.too_many_rows", params={"limit": MAX_ROWS})])
        if _is_header(cells, columns.identifying):
            continue
        if _is_entry(cells, columns.identifying):
            entries.append(TableRow(number, cells))
        elif any(cell is not None for cell in cells.values()):
            notices.append(Notice("row.skipped", number))
    if not entries:
        raise InputError([Fault("sheet.no_rows", header.row)])
    return Table(header.row, header.spelling, tuple(entries), tuple(notices), epoch)


def _cell(value: Cell) -> Cell:
    return value.strip() or None if isinstance(value, str) else value


def _is_entry(cells: Mapping[str, Cell], identifying: Sequence[str]) -> bool:
    """Whether a row speaks of a pupil: totals and signatures fill fewer of these cells."""
    code = cells.get(identifying[0])
    filled = sum(cells.get(heading) is not None for heading in identifying)
    return filled >= 3 or (isinstance(code, str) and code.isdecimal())


def _is_header(cells: Mapping[str, Cell], identifying: Sequence[str]) -> bool:
    """Whether a row repeats the header, as printed lists do on each page."""
    found = ((cells.get(heading), heading) for heading in identifying)
    return all(isinstance(cell, str) and fold(cell) == fold(heading) for cell, heading in found)
