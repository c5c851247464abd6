"""How people write a birth date: as papers do, as ISO 8601 does, as spreadsheet programs do."""

from datetime import datetime

from openpyxl.utils.datetime import WINDOWS_EPOCH

from credential.dates import PartialDate
from credential.errors import FormatError
from issuer.intake.dates import birth_date
from issuer.intake.workbook import Cell


def birth(cell: Cell, epoch: datetime = WINDOWS_EPOCH) -> PartialDate:
    """A birth date to the precision in which it is written; `epoch` is day 0 of serial dates.

    Raises FormatError ``date.invalid`` and ``date.swapped`` (found, expected).
    """
    if isinstance(cell, str):
        try:
            return PartialDate.from_iso(cell.strip())
        except FormatError:
            cell = cell.strip()
    return birth_date(cell, epoch)
