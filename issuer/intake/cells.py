"""What one cell may hold: codes, names, dates, classes, and which faults it may have.

Each reader takes a cell's value and returns the value meant or raises `FormatError`;
`RowReader` turns those into faults with row and heading, so that all are reported at once.
Which columns there are is left to the layouts (`class_list`, `score_sheet`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from openpyxl.utils.datetime import from_excel

from credential.dates import PartialDate
from credential.errors import Fault, FormatError, InputError
from credential.text import check_name, check_text, fold, nfc
from issuer.intake.rows import Notice
from issuer.intake.workbook import Cell, Table, TableRow

CODE = "Mã định danh Bộ GD&ĐT"
NAME = "Họ tên"
BIRTH = "Ngày sinh"

DATE_FORM = "dd/mm/yyyy"

_Value = TypeVar("_Value")

_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000  # 1954–2064; other numbers are no birthdays
_SERIAL_DATE = re.compile(r"[0-9]{5}(?:\.[0-9]{1,12})?")
_LONGEST = 200  # characters of any cell that is read
_YEARS = range(1900, 2100)
_DAY_MONTH_YEAR = re.compile(r"(?:(?:([0-9]{1,2})[/.-])?([0-9]{1,2})[/.-])?([0-9]{4})", re.ASCII)
_PUPIL_CODE = re.compile(r"[0-9]{10}")
_CLASS = re.compile(
    r"1[0-2][0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff./-]{0,10}"
)
_GRADE = re.compile(r"(?:(?:khối|lớp) )?(10|11|12)")
_CLASSES = "12.1, 12A3"  # what a class may look like
_SERIAL = re.compile(r"(?=.*[0-9])[0-9A-ZĐ][0-9A-ZĐ./-]{2,31}")


@dataclass(slots=True)
class Findings:
    """Faults and notices of a whole sheet, and where each unique value was seen first."""

    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def settle(self) -> tuple[Notice, ...]:
        """The notices by row. Raises InputError with all faults if there is any."""
        if self.faults:
            raise InputError(sorted(self.faults, key=lambda fault: fault.row or 0))
        return tuple(sorted(self.notices, key=lambda notice: notice.row or 0))


class RowReader:
    """Reads the cells of one row; a fault is recorded and reads as None."""

    def __init__(self, table: Table, row: TableRow, findings: Findings) -> None:
        self.row = row.number
        self._table = table
        self._cells = row.cells
        self._findings = findings
        self._faults_before = len(findings.faults)

    @property
    def sound(self) -> bool:
        """Whether no fault of this row has been recorded."""
        return len(self._findings.faults) == self._faults_before

    def cell(self, heading: str) -> Cell:
        """The cell's value as the file has it; None if blank or the column is absent."""
        return self._cells.get(heading)

    def fault(self, code: str, heading: str, **params: object) -> None:
        """Record a fault of this row."""
        column = self._table.headings.get(heading, heading)
        self._findings.faults.append(Fault(code, self.row, column, params))

    def notice(self, code: str, heading: str, **params: object) -> None:
        """Record a notice on this row."""
        column = self._table.headings.get(heading, heading)
        self._findings.notices.append(Notice(code, self.row, column, params))

    def read(self, heading: str, reader: Callable[[Cell], _Value]) -> _Value | None:
        """The value meant, or None after a fault: ``cell.empty`` or what `reader` raises."""
        cell = self._tidy(heading)
        if cell is None:
            self.fault("cell.empty", heading)
            return None
        if isinstance(cell, str) and len(cell) > _LONGEST:
            self.fault("text.too_long", heading, limit=_LONGEST)
            return None
        try:
            return reader(cell)
        except FormatError as error:
            self.fault(error.code, heading, **error.params)
            return None

    def read_optional(self, heading: str, reader: Callable[[Cell], _Value]) -> _Value | None:
        """As `read`, but a blank cell is no fault."""
        return None if self.cell(heading) is None else self.read(heading, reader)

    def read_birth(self) -> PartialDate | None:
        """The pupil's date of birth; serial dates count from the workbook's own day 0."""
        return self.read(BIRTH, lambda cell: birth_date(cell, self._table.epoch))

    def seen_before(self, heading: str, value: str | None) -> int | None:
        """The earlier row that has the same value in that column, if there is one."""
        if value is None:
            return None
        first = self._findings.seen.setdefault((heading, value), self.row)
        return None if first == self.row else first

    def _tidy(self, heading: str) -> Cell:
        """Text composed (NFC) and with single spaces, which is noticed and no fault."""
        cell = self.cell(heading)
        if not isinstance(cell, str) or (cell.isascii() and " ".join(cell.split()) == cell):
            return cell
        composed = nfc(cell)
        if composed != cell:
            self.notice("text.composed", heading)
        single = " ".join(composed.split())
        if single != composed:
            self.notice("text.single_spaces", heading)
        return single


def pupil_code(cell: Cell) -> str:
    """The ministry's 10-digit code. Raises FormatError ``code.invalid``."""
    text = _shown(cell)
    if not _PUPIL_CODE.fullmatch(text):
        raise FormatError("code.invalid", found=text, expected=10)
    return text


def person_name(cell: Cell) -> str:
    """A name as printed. Raises FormatError ``text.*`` (see `credential.text.check_name`)."""
    text = _shown(cell)
    check_name(text)
    return text


def province(cell: Cell) -> str:
    """The province of a place: what follows the last comma. Raises FormatError ``text.*``."""
    name = re.split("[,;]", _shown(cell))[-1].strip()
    check_name(name.replace("–", "-"))
    return name


def class_name(cell: Cell) -> str:
    """A class such as ``12.10``: its grade, then letters, digits, ``. / -``; 12 characters in all.

    It must be text, for as a number it would read 12.1. Raises FormatError ``class.not_text``,
    ``class.invalid`` (found, expected) or ``text.*``.
    """
    if not isinstance(cell, str):
        raise FormatError("class.not_text", found=_shown(cell))
    check_text(cell)
    if not _CLASS.fullmatch(cell):
        raise FormatError("class.invalid", found=cell, expected=_CLASSES)
    return cell


def grade_of(name: str) -> int:
    """The grade that a class of that name belongs to."""
    return int(re.match(r"[0-9]{1,2}", name)[0])  # type: ignore[index]  # `class_name` has seen to it


def grade(cell: Cell) -> int:
    """Grade 10, 11 or 12. Raises FormatError ``grade.invalid``."""
    match = _GRADE.fullmatch(_shown(cell).lower())
    if match is None:
        raise FormatError("grade.invalid", found=_shown(cell), expected="10–12")
    return int(match[1])


def serial_number(cell: Cell) -> str:
    """A số hiệu: capitals, digits, ``. / -``; text, so that leading zeros survive.

    Raises FormatError ``serial.invalid``.
    """
    if not isinstance(cell, str) or not _SERIAL.fullmatch(cell):
        raise FormatError("serial.invalid", found=_shown(cell))
    return cell


def one_of(*values: str, aliases: Mapping[str, str] | None = None) -> Callable[[Cell], str]:
    """A reader of a closed list; `aliases` are further spellings of its values.

    Case, tone placement and i/y do not matter. It raises FormatError ``choice.invalid``.
    """
    spellings = {str(value): str(value) for value in values}
    spellings |= {spelling: str(value) for spelling, value in (aliases or {}).items()}
    folded = {fold(spelling): value for spelling, value in spellings.items()}
    expected = ", ".join(values)

    def read(cell: Cell) -> str:
        text = _shown(cell)
        value = spellings.get(text) or folded.get(fold(text))
        if value is None:
            raise FormatError("choice.invalid", found=text, expected=expected)
        return value

    return read


def birth_date(cell: Cell, epoch: datetime) -> PartialDate:
    """A date as dd/mm/yyyy, mm/yyyy, yyyy (``00`` for what is unknown), Excel date or serial.

    Raises FormatError ``date.swapped`` for a month above 12 that would do as a day, and
    ``date.invalid`` for every other date that does not exist (found, expected).
    """
    if isinstance(cell, datetime | date):
        return PartialDate(cell.year, cell.month, cell.day)
    text = _shown(cell)
    if _SERIAL_DATE.fullmatch(text) and _FIRST_SERIAL <= float(text) <= _LAST_SERIAL:
        shown: datetime = from_excel(int(float(text)), epoch)  # type: ignore[no-untyped-call]
        return PartialDate.from_date(shown.date())
    match = _DAY_MONTH_YEAR.fullmatch(text)
    day, month, year = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    if day <= 12 < month <= 31 and day:
        swapped = f"{month:02d}/{day:02d}/{year}"
        raise FormatError("date.swapped", found=text, expected=swapped)
    try:
        if year not in _YEARS:
            raise FormatError("date.invalid")
        return PartialDate(year, month or None, day or None)
    except FormatError as error:
        raise FormatError("date.invalid", found=text, expected=DATE_FORM) from error


def _shown(cell: Cell) -> str:
    """A cell as a person would read it."""
    if isinstance(cell, datetime | date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
