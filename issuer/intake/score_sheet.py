"""The year's results of upper-secondary pupils: "Bảng tổng kết cả năm", one row per pupil.

After STT, code, name, birth and class come three columns per subject ("Toán HKI", "Toán
HKII", "Toán CN"), then Kết quả học tập, Kết quả rèn luyện, Số buổi nghỉ. A sheet carries every
compulsory subject and those electives that the school teaches; electives that a pupil does
not take are blank, exemptions are "M". Decides what a cell may hold and whether the year
follows from its semesters; the rules themselves are in `grading`.
"""

from collections.abc import Callable
from typing import Any

from credential.errors import Fault, FormatError, InputError
from credential.model import CourseResult
from credential.text import fold
from grading.circular22 import Level, Rating, study_level, year_average, year_rating
from grading.marks import format_tenths, parse_tenths
from grading.subjects import UPPER_SECONDARY, Subject
from issuer.intake.cells import (
    BIRTH,
    CODE,
    NAME,
    Findings,
    RowReader,
    class_name,
    one_of,
    person_name,
    pupil_code,
)
from issuer.intake.rows import ResultsRow, ScoreSheet
from issuer.intake.workbook import Cell, Columns, Table, read_table

CLASS = "Lớp"
STUDY, CONDUCT, ABSENCES = "Kết quả học tập", "Kết quả rèn luyện", "Số buổi nghỉ"
TERMS = {"HK1": "HKI", "HK2": "HKII", "CN": "CN"}  # in `CourseResult` → in the heading


def heading(subject: Subject, term: str) -> str:
    """The heading of a subject's column in a term of `TERMS`."""
    return f"{subject.name} {TERMS[term]}"


def _headings(compulsory: bool) -> tuple[str, ...]:
    chosen = [subject for subject in UPPER_SECONDARY if subject.compulsory == compulsory]
    return tuple(heading(subject, term) for subject in chosen for term in TERMS)


COLUMNS = Columns(
    identifying=(CODE, NAME, BIRTH, CLASS),
    required=(CODE, NAME, BIRTH, CLASS, *_headings(True), STUDY, CONDUCT, ABSENCES),
    optional=_headings(False),
)

_level = one_of(*Level)
_rating = one_of(*Rating, aliases={"Đạt": Rating.PASSED, "Chưa đạt": Rating.NOT_PASSED})
_EXEMPT = {fold("M"), fold("Miễn")}
_MOST_ABSENCES = 400  # sessions: two a day would be a whole school year


def read_score_sheet(data: bytes) -> ScoreSheet:
    """The results in a score sheet (.xlsx bytes).

    Raises InputError with every fault of the file: those of `workbook.read_table` and
    `cells`, ``pupil.twice``, ``mark.invalid``, ``absences.invalid``, and
    ``mark.year_average`` and ``rating.year`` (subject, found, expected: what follows from the
    semesters). A study level other than the one that follows is noticed (``study.differs``):
    a summer re-assessment may have changed it.
    """
    table = read_table(data, COLUMNS)
    taught = _taught(table)
    findings = Findings()
    rows = []
    for line in table.rows:
        reader = RowReader(table, line, findings)
        fields = _fields(reader, taught)
        if reader.sound:
            rows.append(ResultsRow(row=line.number, **fields))
            _notice_study(reader, rows[-1])
    return ScoreSheet(tuple(rows), table.notices + findings.settle())


def _taught(table: Table) -> list[Subject]:
    """Subjects with columns. Raises InputError if one has some of its columns only."""
    taught, faults = [], []
    for subject in UPPER_SECONDARY:
        headings = [heading(subject, term) for term in TERMS]
        missing = [wanted for wanted in headings if wanted not in table.headings]
        if not missing:
            taught.append(subject)
        elif len(missing) < len(headings):
            faults += [
                Fault("column.missing", table.header_row, wanted, {"expected": wanted})
                for wanted in missing
            ]
    if faults:
        raise InputError(faults)
    return taught


def _fields(reader: RowReader, taught: list[Subject]) -> dict[str, Any]:
    """The fields of a `ResultsRow`; None where a fault was recorded."""
    fields: dict[str, Any] = {
        "code": reader.read(CODE, pupil_code),
        "name": reader.read(NAME, person_name),
        "birth": reader.read_birth(),
        "class_name": reader.read(CLASS, class_name),
        "study": reader.read(STUDY, _level),
        "conduct": reader.read(CONDUCT, _level),
        "absences": reader.read(ABSENCES, _absences),
    }
    fields["results"] = tuple(result for subject in taught for result in _results(reader, subject))
    if first := reader.seen_before(CODE, fields["code"]):
        reader.fault("pupil.twice", CODE, found=fields["code"], other_row=first)
    return fields


def _results(reader: RowReader, subject: Subject) -> list[CourseResult]:
    """The subject's results by term; none if it is not taken, exempted or faulty."""
    headings = [heading(subject, term) for term in TERMS]
    cells = [reader.cell(column) for column in headings]
    if not subject.compulsory and cells == [None] * len(cells):
        return []
    if all(isinstance(cell, str) and fold(cell) in _EXEMPT for cell in cells):
        reader.notice("subject.exempt", headings[-1], subject=subject.name)
        return []
    values = _values(reader, subject, headings)
    kind = "mark" if subject.scored else "rating"
    return [
        CourseResult(subject.key, subject.name, term, **{kind: value})
        for term, value in zip(TERMS, values, strict=False)
    ]


def _values(reader: RowReader, subject: Subject, headings: list[str]) -> list[Any]:
    """Marks in tenths, or ratings, by term; empty after a fault."""
    read: Callable[[Cell], int | str] = _mark if subject.scored else _rating
    values: list[Any] = [reader.read(column, read) for column in headings]
    if None in values:
        return []
    hk1, hk2, year = values
    if subject.scored and year != (average := year_average(hk1, hk2)):
        params = {"found": format_tenths(year), "expected": format_tenths(average)}
        reader.fault("mark.year_average", headings[-1], subject=subject.name, **params)
    if not subject.scored and year != (rating := year_rating(hk2)):
        params = {"found": year, "expected": str(rating)}
        reader.fault("rating.year", headings[-1], subject=subject.name, **params)
    return values


def _mark(cell: Cell) -> int:
    if not isinstance(cell, str | int | float):
        raise FormatError("mark.invalid", found=str(cell), expected="0–10")
    return parse_tenths(cell)


def _absences(cell: Cell) -> int:
    """Sessions missed, a whole number. Raises FormatError ``absences.invalid``."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if not text.isascii() or not text.isdecimal() or int(text) > _MOST_ABSENCES:
        raise FormatError("absences.invalid", found=text, expected=f"0–{_MOST_ABSENCES}")
    return int(text)


def _notice_study(reader: RowReader, row: ResultsRow) -> None:
    year = [result for result in row.results if result.term == "CN"]
    marks = [result.mark for result in year if result.mark is not None]
    ratings = [result.rating for result in year if result.rating is not None]
    expected = study_level(marks, ratings)
    if row.study != expected:
        reader.notice("study.differs", STUDY, found=row.study, expected=str(expected))
