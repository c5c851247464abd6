"""What intake hands on: rows with the fields that issuing needs, and no others.

Phone numbers, addresses, parents, ID cards and everything else a list may hold have no place
in these values (data minimisation, Law 91/2025/QH15).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Generic, TypeVar

import orjson
from openpyxl.utils.cell import get_column_letter

from credential.dates import PartialDate
from credential.errors import Fault, InputError
from credential.model import CourseResult, TermOutcome

_Row = TypeVar("_Row")

course_result = lru_cache(maxsize=16_384)(CourseResult)
"""A `CourseResult` by its fields in order; of 185,000 in a school's file 4,000 are different."""


@dataclass(frozen=True, slots=True)
class Notice(Fault):
    """Something done or left out while reading, in the shape of a fault; nothing to mend."""


@dataclass(frozen=True, slots=True)
class PupilRow:
    """One pupil of a class list. `row` is the spreadsheet's row, `code` the ministry's code.

    `name`, `ethnicity`, `birth_place` (the province part) and `class_name` are NFC with single
    spaces. What a list does not say is None; `serial` is the số hiệu, `personal_no` the number
    that only the registry keeps (`credential.personalno`).
    """

    row: int
    code: str
    name: str
    birth: PartialDate
    sex: str | None
    ethnicity: str | None
    birth_place: str | None
    class_name: str
    grade: int
    serial: str | None = None
    classification: str | None = None
    personal_no: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ResultsRow:
    """One pupil's results of a school year, in the words of a `Transcript`.

    `results` are in the order of `grading.subjects`, each subject by HK1, HK2, CN.
    """

    row: int
    code: str
    name: str
    birth: PartialDate
    class_name: str
    results: tuple[CourseResult, ...]
    outcomes: tuple[TermOutcome, ...] = ()
    promotion: str | None = None
    title: str | None = None
    completion: str | None = None


@dataclass(frozen=True, slots=True)
class Reading(Generic[_Row]):
    """What a file says by a layout: its sound rows, what was done, what must be mended.

    `sheet` is the place of the sheet among the file's, `columns` maps fields to the places and
    headings of the columns that were read, places from 0; `header_row` is the row's number.
    """

    layout: str
    rows: tuple[_Row, ...]
    notices: tuple[Notice, ...]
    faults: tuple[Fault, ...]
    sheet: int
    header_row: int
    columns: Mapping[str, tuple[int, str]]

    def fault(self, code: str, row: int, key: str, **params: object) -> Fault:
        """A fault that others find in a row, in the column of that field."""
        place, heading = self.columns.get(key, (None, key))
        letter = None if place is None else get_column_letter(place + 1)
        return Fault(code, row, heading, params, letter)

    def accepted(self) -> "Reading[_Row]":
        """The same, if there is nothing to mend. Raises InputError with every fault."""
        if self.faults:
            raise InputError(self.faults)
        return self


def content_digest(rows: Sequence[PupilRow | ResultsRow]) -> str:
    """SHA-256 (hex) of what the rows say, wherever they stand and whoever saved the file.

    The JSON of the rows by pupil code, fields in the order above, `row` set to zero. The personal
    number is left out: it is in nothing that is issued, and a digest would not hide it.
    """
    kinds = sorted({type(row).__name__ for row in rows})
    content = [_content(row) for row in sorted(rows, key=lambda row: row.code)]
    return hashlib.sha256(orjson.dumps([kinds, content])).hexdigest()


def _content(row: PupilRow | ResultsRow) -> Mapping[str, object]:
    names = (each.name for each in fields(row) if each.name != "personal_no")
    return {name: getattr(row, name) for name in names} | {"row": 0}
