"""What is mended before a cell is read, because what is meant is certain; each mend is noticed.

One cell at a time here: text composed, spaces and invisible characters, look-alike letters, zeros
that a number lost. What only a column as a whole can show is in `dates`, `classes` and `fonts`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from credential.personalno import LENGTH
from credential.text import nfc
from issuer.intake.findings import Findings
from issuer.intake.table import TableRow
from issuer.intake.workbook import Cell

FAULTY: Final = "\x00"
"""A cell whose fault has been recorded already; no file can hold it."""

_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff]")
_LOOK_ALIKE = str.maketrans({"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"})
_PARTING = re.compile(r"[\s.\u2019'-]")
_WITHOUT_ZEROS, _OLD_CARD = (10, 11), 9  # digits
_PROVINCES = ("01", "02", "04", "06", "08")  # whose codes begin with a zero


@dataclass(frozen=True, slots=True)
class Column:
    """One field of all rows, to be mended in place."""

    key: str
    rows: Sequence[TableRow]
    findings: Findings

    def filled(self) -> Iterator[tuple[TableRow, Cell]]:
        """Rows with a cell that is not blank, and the cell."""
        for row in self.rows:
            cell = row.cells.get(self.key)
            if cell is not None and cell is not FAULTY:
                yield row, cell

    def texts(self) -> Iterator[tuple[TableRow, str]]:
        """Those whose cell is text."""
        key = self.key
        for row in self.rows:
            cell = row.cells.get(key)
            if isinstance(cell, str) and cell is not FAULTY:
                yield row, cell

    def take(self, row: TableRow, code: str, value: Cell) -> None:
        """Take `value` for what stands there, and notice it."""
        found = shown(row.cells[self.key])
        self.findings.notice(row.number, self.key, code, found=found, taken=shown(value))
        row.cells[self.key] = value

    def blame(self, row: TableRow, code: str, **params: object) -> None:
        """Record a fault, once and for all, with what stands there."""
        found = shown(row.cells[self.key])
        self.findings.fault(row.number, self.key, code, found=found, **params)
        row.cells[self.key] = FAULTY


def shown(cell: Cell) -> str:
    """A cell as a person would read it."""
    if isinstance(cell, datetime | date):
        return f"{cell.day:02d}/{cell.month:02d}/{cell.year}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def mend_texts(column: Column) -> None:
    """Text composed (NFC), without zero-width characters, with single spaces and Vietnamese Đ."""
    for row, cell in column.texts():
        for code, mended in _mends(cell):
            column.take(row, code, mended or None)
        if row.cells[column.key] == "":
            row.cells[column.key] = None


@lru_cache(maxsize=4096)  # classes, levels and ratings come again and again
def _mends(cell: str) -> tuple[tuple[str, str], ...]:
    """What to take for a cell, step by step; nothing for most."""
    composed = nfc(cell)
    visible = _ZERO_WIDTH.sub("", composed)
    single = " ".join(visible.split())
    steps = {
        "text.composed": composed,
        "text.zero_width": visible,
        "text.single_spaces": single,
        "text.look_alike": single.translate(_LOOK_ALIKE),
    }
    before = (cell, *steps.values())
    return tuple(step for old, step in zip(before, steps.items(), strict=False) if step[1] != old)


def mend_codes(column: Column) -> None:
    """The zero that a pupil's code lost when it was made a number: the code has ten digits."""
    for row, cell in column.filled():
        if isinstance(cell, bool) or not isinstance(cell, int | float):
            continue
        digits = "0" + shown(cell)
        if len(digits) == 10 and digits.isdecimal() and digits.startswith(_PROVINCES):
            column.take(row, "code.leading_zero", digits)


def mend_personal_numbers(column: Column) -> None:
    """Personal numbers parted by spaces or dots, or without the zeros that a number loses.

    The nine digits of an identity card of before 2016 are left out. What stands there is not told.
    """
    for row, cell in column.filled():
        text = shown(cell)
        digits = _PARTING.sub("", text)
        if not isinstance(cell, str) and len(digits) in _WITHOUT_ZEROS:
            digits = digits.zfill(LENGTH)
        if digits.isdecimal() and digits != text:
            column.findings.notice(row.number, column.key, "personal_no.mended")
            row.cells[column.key] = digits
        if digits.isdecimal() and len(digits) == _OLD_CARD:
            column.findings.notice(row.number, column.key, "personal_no.old_card")
            row.cells[column.key] = None
