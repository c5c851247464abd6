"""What one cell may hold: codes, names, dates, classes, and which faults it may have.

Each reader takes a cell's value and returns the value meant or raises `FormatError`;
`RowReader` turns those into faults with row and heading, so that all are reported at once.
What has to be mended first is mended (`mending`); which columns there are is left to the layouts.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from credential.errors import FormatError
from credential.personalno import check_shape
from credential.text import check_name, check_text, fold
from issuer.intake.findings import Findings
from issuer.intake.layout import Field
from issuer.intake.mending import FAULTY, shown
from issuer.intake.table import TableRow
from issuer.intake.workbook import Cell

_Value = TypeVar("_Value")

_LONGEST = 200  # characters of any cell that is read
_PUPIL_CODE = re.compile(r"[0-9]{10}")
_CLASS = re.compile(
    r"(?!.*/[0-9]{4})(1[0-2]|[1-9](?![0-9]))[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff./-]{0,10}"
)
_GRADE = re.compile(r"(?:(?:khối|lớp) )?(1[0-2]|[1-9])")
LOWER, UPPER = range(6, 10), range(10, 13)  # grades of secondary school
ALL_GRADES = range(1, 13)
_SERIAL = re.compile(r"(?=.*[0-9])[0-9A-ZĐ][0-9A-ZĐ./-]{2,31}")


class RowReader:
    """Reads the cells of one row; a fault is recorded and reads as None."""

    def __init__(self, row: TableRow, findings: Findings) -> None:
        self.row = row.number
        self._cells = row.cells
        self._findings = findings

    @property
    def sound(self) -> bool:
        """Whether no fault of this row has been recorded."""
        return self.row not in self._findings.faulty

    def cell(self, key: str) -> Cell:
        """The cell's value as the file has it; None if blank or the column is absent."""
        return self._cells.get(key)

    def has(self, key: str) -> bool:
        """Whether the sheet has that column."""
        return key in self._findings.header.places

    def fault(self, code: str, key: str, **params: object) -> None:
        """Record a fault of this row."""
        self._findings.fault(self.row, key, code, **params)

    def notice(self, code: str, key: str, **params: object) -> None:
        """Record a notice on this row."""
        self._findings.notice(self.row, key, code, **params)

    def read(
        self, key: str, reader: Callable[[Cell], _Value], *, blank: bool = False
    ) -> _Value | None:
        """The value meant, or None after a fault: ``cell.empty`` or what `reader` raises.

        With `blank` an empty cell is no fault.
        """
        cell = self.cell(key)
        if cell is None and not blank:
            self.fault("cell.empty", key)
        if cell is None or cell is FAULTY:
            return None
        if isinstance(cell, str) and len(cell) > _LONGEST:
            self.fault("text.too_long", key, limit=_LONGEST)
            return None
        try:
            return reader(cell)
        except FormatError as error:
            self.fault(error.code, key, **error.params)
            return None

    def field(self, field: Field) -> Any:
        """The value of a layout's column."""
        return self.read(field.key, field.read, blank=field.blank)

    def seen_before(self, key: str, value: str | None) -> int | None:
        """The earlier row that has that value too, if there is one."""
        return self._findings.seen_before(self.row, key, value)

    def once(self, key: str, code: str, value: str | None) -> None:
        """Record the fault `code` (found, other_row) if an earlier row has that value too."""
        if first := self.seen_before(key, value):
            self.fault(code, key, found=value, other_row=first)


def pupil_code(cell: Cell) -> str:
    """The ministry's 10-digit code. Raises FormatError ``code.invalid``."""
    text = shown(cell)
    if not _PUPIL_CODE.fullmatch(text):
        raise FormatError("code.invalid", found=text, expected=10)
    return text


def personal_number(cell: Cell) -> str:
    """A personal number of 12 digits. Raises FormatError ``personal_no.invalid``, masked."""
    text = shown(cell)
    check_shape(text)
    return text


def person_name(cell: Cell) -> str:
    """A name as printed. Raises FormatError ``text.*`` (see `credential.text.check_name`)."""
    text = shown(cell)
    check_name(text)
    return text


def province(cell: Cell) -> str:
    """The province of a place: what follows the last comma. Raises FormatError ``text.*``."""
    name = re.split("[,;]", shown(cell))[-1].strip()
    check_name(name.replace("–", "-"))
    return name


def class_of(grades: Collection[int]) -> Callable[[Cell], str]:
    """A reader of classes such as ``12.10``: the grade, then letters, digits, ``. / -``.

    At most 12 characters, and text, for as a number it would read 12.1. It raises FormatError
    ``class.not_text``, ``class.invalid`` (found, expected) or ``text.*``.
    """
    last = max(grades)
    expected = f"{last}.1, {last}A3"

    def read(cell: Cell) -> str:
        if not isinstance(cell, str):
            raise FormatError("class.not_text", found=shown(cell))
        check_text(cell)
        if not _CLASS.fullmatch(cell) or grade_of(cell) not in grades:
            raise FormatError("class.invalid", found=cell, expected=expected)
        return cell

    return read


def grade_of(name: str) -> int:
    """The grade that a class of that name belongs to: ``1A2`` is of 1, ``12.1`` and ``111`` not."""
    return int(_CLASS.fullmatch(name)[1])  # type: ignore[index]  # its reader has seen to it


def grade_among(grades: Collection[int]) -> Callable[[Cell], int]:
    """A reader of grades. It raises FormatError ``grade.invalid`` (found, expected)."""

    def read(cell: Cell) -> int:
        match = _GRADE.fullmatch(shown(cell).lower())
        if match is None or int(match[1]) not in grades:
            expected = f"{min(grades)}–{max(grades)}"
            raise FormatError("grade.invalid", found=shown(cell), expected=expected)
        return int(match[1])

    return read


def serial_number(cell: Cell) -> str:
    """A số hiệu: capitals, digits, ``. / -``; text, so that leading zeros survive.

    Raises FormatError ``serial.invalid``.
    """
    if not isinstance(cell, str) or not _SERIAL.fullmatch(cell):
        raise FormatError("serial.invalid", found=shown(cell))
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
        text = shown(cell)
        value = spellings.get(text) or folded.get(fold(text))
        if value is None:
            raise FormatError("choice.invalid", found=text, expected=expected)
        return value

    return read
