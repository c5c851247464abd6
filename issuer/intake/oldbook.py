"""An old Excel workbook (.xls, BIFF 5 and 8) as sheets of cells, by xlrd: values only.

Macros, pictures and links are never looked at. What the archive of an .xlsx is checked for cannot
be in it: cells take their place in the file, so its size bounds them.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH
from xlrd import biffh, open_workbook
from xlrd.xldate import xldate_as_datetime

from credential.errors import Fault, InputError

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")  # container of .xls and of encrypted .xlsx
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # stream name, [MS-OFFCRYPTO] 2.3.4.4
_LARGEST = 2**53  # a float beyond it is no whole number that was typed


def open_old(data: bytes) -> Any:
    """The workbook.

    Raises InputError ``file.encrypted``, ``file.not_a_table`` or ``file.damaged``.
    """
    if _ENCRYPTED in data:
        raise InputError([Fault("file.encrypted")])
    try:
        return open_workbook(  # type: ignore[no-untyped-call]
            file_contents=data, logfile=io.StringIO(), on_demand=True, ragged_rows=True
        )
    except Exception as error:  # whatever its code runs into in a hostile file
        raise InputError([_fault(str(error))]) from error


def _fault(said: str) -> Fault:
    if "encrypted" in said:
        return Fault("file.encrypted")
    return Fault("file.not_a_table" if "find workbook" in said else "file.damaged")


def epoch(book: Any) -> datetime:
    """Day 0 of its serial dates."""
    return MAC_EPOCH if book.datemode else WINDOWS_EPOCH


def numbered(book: Any, place: int, most: int) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of a sheet with their numbers, so many columns at most; of a hidden one none."""
    sheet = book.sheet_by_index(place)
    if sheet.visibility:
        return
    for row in range(sheet.nrows):
        kinds, values = sheet.row_types(row, 0, most), sheet.row_values(row, 0, most)
        yield row + 1, [_cell(*cell, book) for cell in zip(kinds, values, strict=True)]


def _cell(kind: int, value: Any, book: Any) -> Any:
    """What openpyxl would give for the same cell."""
    match kind:
        case biffh.XL_CELL_EMPTY | biffh.XL_CELL_BLANK:
            return None
        case biffh.XL_CELL_DATE:
            return _moment(value, book)
        case biffh.XL_CELL_NUMBER:
            return int(value) if value.is_integer() and abs(value) < _LARGEST else value
        case biffh.XL_CELL_BOOLEAN:
            return bool(value)
        case biffh.XL_CELL_ERROR:
            return biffh.error_text_from_code.get(value, "#VALUE!")
    return value


def _moment(value: float, book: Any) -> Any:
    try:
        return xldate_as_datetime(value, book.datemode)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        return value
