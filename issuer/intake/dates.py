"""Dates of birth: how a cell may hold one, and what a whole column shows of how it was made.

A single date such as 05/03/2008 never shows whether its day stands first; a column may: in one
that has months above 12 and no days above 12, the months are days.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from credential.dates import PartialDate
from credential.errors import FormatError
from issuer.intake.mending import Column, shown
from issuer.intake.table import TableRow
from issuer.intake.workbook import Cell

DATE_FORM = "dd/mm/yyyy"

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000  # 1954–2064; other numbers are no birthdays
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]{1,12})?")
_YEARS = range(1900, 2100)
_DAY_MONTH_YEAR = re.compile(r"(?:(?:([0-9]{1,2})[/.-])?([0-9]{1,2})[/.-])?([0-9]{4})", re.ASCII)
_PROOF = 3  # dates that can only be month first, to believe it of the others
_TURNED = 8  # Excel's dates, none with a day above 12: by chance one column in 1,500


def birth_date(cell: Cell, epoch: datetime = WINDOWS_EPOCH) -> PartialDate:
    """A date as dd/mm/yyyy, mm/yyyy, yyyy (``00`` for what is unknown), Excel date or serial.

    Raises FormatError ``date.swapped`` for a month above 12 that would do as a day, and
    ``date.invalid`` for every other date that does not exist (found, expected).
    """
    day = serial_day(cell, epoch)
    if day is not None:
        return PartialDate.from_date(day)
    if isinstance(cell, datetime | date):
        return PartialDate(cell.year, cell.month, cell.day)
    text = shown(cell)
    first, second, year = _parts(text) or (0, 0, 0)
    if first <= 12 < second <= 31 and first:
        swapped = f"{second:02d}/{first:02d}/{year}"
        raise FormatError("date.swapped", found=text, expected=swapped)
    try:
        if year not in _YEARS:
            raise FormatError("date.invalid")
        return PartialDate(year, second or None, first or None)
    except FormatError as error:
        raise FormatError("date.invalid", found=text, expected=DATE_FORM) from error


def serial_day(cell: Cell, epoch: datetime) -> date | None:
    """The day that a serial number stands for, or None for anything else."""
    text = shown(cell) if isinstance(cell, str | int | float) else ""
    if not _SERIAL.fullmatch(text) or not _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        return None
    moment: datetime = from_excel(int(float(text)), epoch)  # type: ignore[no-untyped-call]
    return moment.date()


def mend_dates(column: Column, epoch: datetime) -> None:
    """Serial numbers as dates; day and month of the column where it shows that they are swapped."""
    swapped = _month_first(column)
    turned = [] if swapped else _turned(column)
    for row, cell in list(column.filled()):
        if (day := serial_day(cell, epoch)) is not None:
            column.take(row, "date.serial", day)
        elif swapped and isinstance(cell, str) and (parts := _parts(cell)) and _differs(parts):
            column.take(row, "date.month_first", f"{parts[1]:02d}/{parts[0]:02d}/{parts[2]}")
    for row, moment in turned:
        if moment.day == moment.month:
            continue
        column.take(row, "date.turned", date(moment.year, moment.day, moment.month))


def _differs(parts: tuple[int, int, int]) -> bool:
    return parts[0] != parts[1] and parts[0] > 0


def _month_first(column: Column) -> bool:
    """Whether the texts of the column can only be month/day/year."""
    found = [parts for _, text in column.texts() if (parts := _parts(text))]
    later = sum(first <= 12 < second <= 31 and first > 0 for first, second, _ in found)
    return later >= _PROOF and not any(first > 12 for first, _, _ in found)


def _turned(column: Column) -> Sequence[tuple[TableRow, datetime]]:
    """Dates that an English Excel made of day/month texts, month first where it could.

    It could for days up to 12; the others it left as texts. So no text has such a day, and no date
    has a day above 12.
    """
    moments = [(row, cell) for row, cell in column.filled() if isinstance(cell, datetime)]
    texts = [parts for _, text in column.texts() if (parts := _parts(text)) and parts[0]]
    if len(moments) < _TURNED or len(texts) < _PROOF or any(cell.day > 12 for _, cell in moments):
        return []
    return moments if all(first > 12 >= second for first, second, _ in texts) else []


def _parts(text: str) -> tuple[int, int, int] | None:
    """First, second and year of a date as people write it, with zeros for what is not there."""
    match = _DAY_MONTH_YEAR.fullmatch(text)
    if match is None:
        return None
    first, second, year = (int(part or 0) for part in match.groups())
    return first, second, year
