"""What people type into a calculator, read strictly; every fault is kept, beside its field.

The `column` of a fault is the member's path in the request: ``courses.3.second``.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from api import coursetable
from credential.errors import Fault, FormatError, InputError
from grading.marks import parse_hundredths, parse_tenths
from grading.ruleset import RuleSet

_MOST_ABSENCES = 400  # sessions; a school year has fewer
_PRIORITIES = (0, 25, 50)  # hundredths (Circular 24/2024 art. 42)
_T = TypeVar("_T")


class Typed:
    """Reads cells; an empty one is None, one that is wrong is None and a fault."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def refuse(self) -> None:
        """Raises InputError with every fault so far, if there is any."""
        if self._faults:
            raise InputError(self._faults)

    def fault(self, code: str, at: str, **params: object) -> None:
        """Note a fault of the field at that path."""
        self._faults.append(Fault(code, None, at, params))

    def mark(self, cell: str, at: str) -> int | None:
        """A mark in tenths."""
        return self._read(parse_tenths, cell, at)

    def marks(self, cells: Sequence[str], at: str) -> list[int]:
        """The marks of a row of cells, of which some may be empty."""
        read = (self.mark(cell, f"{at}.{place}") for place, cell in enumerate(cells))
        return [mark for mark in read if mark is not None]

    def score(self, cell: str, at: str) -> int | None:
        """A score in hundredths."""
        return self._read(parse_hundredths, cell, at)

    def priority(self, cell: str, at: str) -> int:
        """Points for priority in hundredths; none where nothing is typed."""
        found = self.score(cell, at) or 0
        if found not in _PRIORITIES:
            self.fault("choice.invalid", at, found=cell.strip(), expected="0; 0,25; 0,5")
        return found

    def rating(self, cell: str, at: str) -> str | None:
        """``Đ`` or ``CĐ``."""
        return self._read(coursetable.rating, cell, at)

    def conduct(self, rules: RuleSet, cell: str, at: str) -> StrEnum | None:
        """A level of conduct as these rules print it."""
        return self._read(lambda text: rules.conduct_level(text.strip()), cell, at)

    def absences(self, cell: str, at: str) -> int | None:
        """How many sessions were missed."""
        return self._read(_absences, cell, at)

    def _read(self, read: Callable[[str], _T], cell: str, at: str) -> _T | None:
        if not cell.strip():
            return None
        try:
            return read(cell)
        except FormatError as error:
            self.fault(error.code, at, **error.params)
            return None


def _absences(cell: str) -> int:
    text = cell.strip()
    whole = text.isascii() and text.isdecimal() and len(text) <= len(str(_MOST_ABSENCES))
    if not whole or int(text) > _MOST_ABSENCES:
        raise FormatError("absences.invalid", found=text, expected=f"0–{_MOST_ABSENCES}")
    return int(text)
