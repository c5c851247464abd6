"""From bytes that may be hostile to the sheets in them: .xlsx, .xls and text tables alike.

Which of the rows are data and what the cells mean is left to `table` and `cells`.
"""

import io
import unicodedata
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from openpyxl.reader.excel import load_workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH

from credential.errors import Fault, FormatError, InputError
from credential.text import nfc
from issuer.intake import delimited, oldbook
from issuer.intake.archive import MAX_FILE, safe_archive

MAX_COLUMNS = 100
LAST_ROW = 1_048_576  # of any spreadsheet program
MAX_TEXT = 300  # characters of a cell that are handed on: more than any reader takes
_MARKS = 4  # accents on one letter that are handed on; to sort longer runs takes their square

Cell = str | int | float | bool | datetime | date | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it stands: numbered rows of cells, to be read once; day 0 of its serial dates.

    `encoding` names what a text was read in, where that had to be found out.
    """

    rows: Iterator[tuple[int, Sequence[Cell]]]
    epoch: datetime
    encoding: str | None = None


def sheets(data: bytes) -> Generator[Sheet, None, None]:
    """The sheets of a file, one after another; close it to let the file go.

    A hidden sheet keeps its place and has no rows: nobody saw what they would have handed in.

    Raises InputError, also while rows are read: ``file.empty``, ``file.too_large``,
    ``file.damaged``, ``file.too_many_rows`` and what `safe_archive`, `oldbook.open_old` and
    `delimited.decoded` raise.
    """
    if not data:
        raise InputError([Fault("file.empty")])
    if len(data) > MAX_FILE:
        raise InputError([Fault("file.too_large", params={"limit": MAX_FILE})])
    if data.startswith(oldbook.OLE2):
        yield from _old_sheets(data)
    elif data.startswith(b"PK"):
        yield from _new_sheets(data)
    else:
        with _faults_reported():
            text, encoding = delimited.decoded(data)
        yield Sheet(_text_rows(text), WINDOWS_EPOCH, encoding)


def first_column(data: bytes, limit: int) -> list[tuple[int, str]]:
    """What stands in the first column of the first sheet, with row numbers; blank cells left out.

    Raises InputError: what `sheets` raises, ``file.too_many_rows``.
    """
    found: list[tuple[int, str]] = []
    opened = sheets(data)
    try:
        for number, values in next(opened).rows:
            if values and (text := nfc(str(values[0] or "")).strip()):
                found.append((number, text))
            if number > LAST_ROW or len(found) > limit:
                raise InputError([Fault("file.too_many_rows", params={"limit": limit})])
    finally:
        opened.close()
    return found


def _new_sheets(data: bytes) -> Generator[Sheet, None, None]:
    archive = safe_archive(data)
    with _damage_reported():
        book: Any = load_workbook(  # type: ignore[no-untyped-call]
            io.BytesIO(archive), read_only=True, data_only=True, keep_links=False, keep_vba=False
        )
    try:
        for sheet in book.worksheets:
            shown = sheet.sheet_state == "visible"
            yield Sheet(_numbered(sheet) if shown else iter(()), book.epoch)
    finally:
        book.close()


def _old_sheets(data: bytes) -> Generator[Sheet, None, None]:
    book = oldbook.open_old(data)
    try:
        for place in range(book.nsheets):
            yield Sheet(_old_rows(book, place), oldbook.epoch(book))
            with _damage_reported():
                book.unload_sheet(place)
    finally:
        book.release_resources()


@contextmanager
def _damage_reported() -> Iterator[None]:
    """Hostile or broken parts make the libraries raise whatever their code runs into."""
    try:
        yield
    except Exception as error:
        raise InputError([Fault("file.damaged")]) from error


@contextmanager
def _faults_reported() -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise InputError([Fault(error.code, params=error.params)]) from error


def _numbered(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows with their numbers, gaps included; the sheet's own claim of its size is ignored."""
    sheet.reset_dimensions()
    with _damage_reported():
        rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
        for number, row in enumerate(rows, start=1):
            yield number, _bounded_row(row) if any(row) else ()


def _old_rows(book: Any, place: int) -> Iterator[tuple[int, Sequence[Cell]]]:
    with _damage_reported():
        for number, row in oldbook.numbered(book, place, MAX_COLUMNS):
            yield number, _bounded_row(row)


def _text_rows(text: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    with _faults_reported():
        for number, cells in delimited.rows(text, LAST_ROW):
            yield number, [_bounded(cell) or None for cell in cells[:MAX_COLUMNS]]


def _bounded_row(row: Sequence[Cell]) -> list[Cell]:
    return [_bounded(cell) if type(cell) is str else cell for cell in row]


def _bounded(cell: Cell) -> Cell:
    """The cell; of text so much that whatever is done with it takes little time (UAX #15, 13)."""
    if not isinstance(cell, str) or (len(cell) <= MAX_TEXT and cell.isascii()):
        return cell
    text, marks = cell[:MAX_TEXT], 0
    kept: list[str] = []
    if not any(map(unicodedata.combining, text)):
        return text
    for char in text:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MARKS:
            kept.append(char)
    return "".join(kept)
