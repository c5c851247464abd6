"""A pupil's two semesters as a small text table: subject, HKI, HKII; one subject a line.

Marks as papers write them, comment-only subjects Đ or CĐ. The first line is the heading; cells are
separated by semicolons, tabs or commas, whichever that line uses.
"""

from collections.abc import Iterator

from credential.errors import Fault, FormatError, InputError
from credential.text import fold
from grading.marks import parse_tenths
from grading.ruleset import Rating
from grading.subjects import LOWER_SECONDARY, UPPER_SECONDARY
from grading.years import Course
from issuer.intake.delimited import lines

_MOST = 60  # lines
_COLUMNS = ("Môn", "HKI", "HKII")
_KEYS = {fold(subject.name): subject.key for subject in (*LOWER_SECONDARY, *UPPER_SECONDARY)} | {
    fold(name): "foreign_language_1" for name in ("Ngoại ngữ", "Tiếng Anh", "Anh văn")
}
_RATINGS = {fold(rating): rating for rating in Rating} | {
    fold("Đạt"): Rating.PASSED,
    fold("Chưa đạt"): Rating.NOT_PASSED,
}


def read(data: bytes) -> list[Course]:
    """The courses of a table. Raises InputError with every fault, and what `lines` raises."""
    faults: list[Fault] = []
    courses: dict[str, Course] = {}
    for number, cells in list(lines(data, _MOST))[1:]:
        if len(cells) != len(_COLUMNS):
            params = {"found": len(cells), "expected": len(_COLUMNS)}
            faults.append(Fault("row.cells", number, None, params))
            continue
        values = list(_values(number, cells, faults))
        key = subject_key(cells[0])
        if key in courses:
            faults.append(Fault("subject.twice", number, _COLUMNS[0], {"found": cells[0]}))
        elif len(values) == 2:
            courses[key] = Course(key, cells[0], *values)
    if not courses and not faults:
        faults.append(Fault("row.none", None, None, {}))
    if faults:
        raise InputError(faults)
    return list(courses.values())


def subject_key(name: str) -> str:
    """The key of a subject by its printed name; a name of no programme is its own key."""
    return _KEYS.get(fold(name), name)


def is_rating(cell: str) -> bool:
    """Whether a cell holds a comment's result rather than a mark."""
    return fold(cell) in _RATINGS


def rating(cell: str) -> str:
    """``Đ`` or ``CĐ`` of how people write it. Raises FormatError ``rating.invalid``."""
    if fold(cell) not in _RATINGS:
        raise FormatError("rating.invalid", found=cell, expected="Đ, CĐ")
    return str(_RATINGS[fold(cell)])


def _values(number: int, cells: list[str], faults: list[Fault]) -> Iterator[int | str]:
    """Both semesters of a line, of one kind; a fault for each that is none."""
    rated = is_rating(cells[1])
    for column, cell in zip(_COLUMNS[1:], cells[1:], strict=True):
        try:
            yield rating(cell) if rated else parse_tenths(cell)
        except FormatError as error:
            faults.append(Fault(error.code, number, column, error.params))
