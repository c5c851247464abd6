"""A pupil's two semesters as a small text table: subject, HKI, HKII; one subject a line.

Or a student's courses: course, credits, mark.

Marks as papers write them, comment-only subjects Đ or CĐ. The first line is the heading; cells are
separated by semicolons, tabs or commas, whichever that line uses.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from credential.errors import Fault, FormatError, InputError
from credential.text import fold
from grading import university
from grading.marks import parse_tenths
from grading.ruleset import Rating
from grading.subjects import LOWER_SECONDARY, UPPER_SECONDARY
from grading.years import Course
from issuer.intake.delimited import lines

_MOST = 200  # lines
_COLUMNS = ("Môn", "HKI", "HKII")
_UNIVERSITY = ("Học phần", "Số tín chỉ", "Điểm")
_MOST_CREDITS = 30  # of a course
_NUMBER = re.compile(r"[0-9]{1,2}")
_FIRST_LANGUAGE = "foreign_language_1"
_LANGUAGES = frozenset(map(fold, (  # others that may be the first (General Education Programme)
    "Tiếng Pháp", "Tiếng Nga", "Tiếng Trung", "Tiếng Trung Quốc", "Tiếng Nhật", "Tiếng Đức",
    "Tiếng Hàn",
)))  # fmt: skip
_KEYS = {fold(subject.name): subject.key for subject in (*LOWER_SECONDARY, *UPPER_SECONDARY)} | {
    fold(name): _FIRST_LANGUAGE for name in ("Ngoại ngữ", "Tiếng Anh", "Anh văn")
}
_RATINGS = {fold(rating): rating for rating in Rating} | {
    fold("Đạt"): Rating.PASSED,
    fold("Chưa đạt"): Rating.NOT_PASSED,
}


def read(data: bytes) -> list[Course]:
    """The courses of a table. Raises InputError with every fault, and what `lines` raises."""
    rows = _table(data, _COLUMNS, subject_key, lambda cells: (
        (rating if is_rating(cells[1]) else parse_tenths,) * 2
    ))  # fmt: skip
    keys = subject_keys([name for name, *_ in rows])
    return [Course(key, *row) for key, row in zip(keys, rows, strict=True)]


def read_university(data: bytes) -> list[university.Course]:
    """The courses of a student's table. Raises as `read`."""
    rows = _table(data, _UNIVERSITY, fold, lambda _: (_credits, parse_tenths))
    return [university.Course(name, *values) for name, *values in rows]


def subject_key(name: str) -> str:
    """The key of a subject by its printed name; a name of no programme is its own key."""
    return _KEYS.get(fold(name), name)


def subject_keys(names: Sequence[str]) -> list[str]:
    """The keys of all subjects of one pupil: a language that is the only foreign one is the first.

    Of several without English nobody can tell by their names which is.
    """
    keys = [subject_key(name) for name in names]
    other = [place for place, name in enumerate(names) if fold(name) in _LANGUAGES]
    if _FIRST_LANGUAGE not in keys and len(other) == 1:
        keys[other[0]] = _FIRST_LANGUAGE
    return keys


def key_among(name: str, keys: Mapping[str, str]) -> str:
    """The key of a subject of one pupil, whose subjects have these `keys` by printed name."""
    return {fold(each): key for each, key in keys.items()}.get(fold(name), subject_key(name))


def is_rating(cell: str) -> bool:
    """Whether a cell holds a comment's result rather than a mark."""
    return fold(cell) in _RATINGS


def rating(cell: str) -> str:
    """``Đ`` or ``CĐ`` of how people write it. Raises FormatError ``rating.invalid``."""
    if fold(cell) not in _RATINGS:
        raise FormatError("rating.invalid", found=cell, expected="Đ, CĐ")
    return str(_RATINGS[fold(cell)])


def _credits(cell: str) -> int:
    if not _NUMBER.fullmatch(cell) or not 1 <= int(cell) <= _MOST_CREDITS:
        raise FormatError("credits.invalid", found=cell, expected=f"1–{_MOST_CREDITS}")
    return int(cell)


def _table(
    data: bytes,
    columns: Sequence[str],
    key: Callable[[str], str],
    readers: Callable[[list[str]], Sequence[Callable[[str], Any]]],
) -> list[tuple[Any, ...]]:
    """Name and values of each line; no two names may have the same key."""
    faults: list[Fault] = []
    rows: dict[str, tuple[Any, ...]] = {}
    for number, cells in list(lines(data, _MOST))[1:]:
        if len(cells) != len(columns):
            params = {"found": len(cells), "expected": len(columns)}
            faults.append(Fault("row.cells", number, None, params))
        elif key(cells[0]) in rows:
            faults.append(Fault("subject.twice", number, columns[0], {"found": cells[0]}))
        else:
            found = zip(columns[1:], cells[1:], readers(cells), strict=True)
            rows[key(cells[0])] = (cells[0], *_values(number, found, faults))
    if not rows and not faults:
        faults.append(Fault("row.none", None, None, {}))
    if faults:
        raise InputError(faults)
    return list(rows.values())


def _values(
    number: int, cells: Iterable[tuple[str, str, Callable[[str], Any]]], faults: list[Fault]
) -> Iterator[Any]:
    """What the readers make of a line's cells; a fault for each that they refuse."""
    for column, cell, reader in cells:
        try:
            yield reader(cell)
        except FormatError as error:
            faults.append(Fault(error.code, number, column, error.params))
