"""The mark books of one class put together: from sheets of subjects and semesters to its year.

A workbook has a sheet for each subject and semester (`mark_books`) and one of conduct and absences
("Tổng hợp"). What the year comes to follows by the rules; what is missing is named by pupil and
subject, and no year is made up of what is there. Primary schools hand in `primary_results`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from credential.errors import Fault, InputError, SogocError
from credential.model import CourseResult, TermOutcome
from credential.text import fold
from grading.averages import year_average, year_rating
from grading.levels import level_of
from grading.rules import rules_for
from grading.subjects import Subject, programme_of
from issuer.intake.cells import LOWER, UPPER, RowReader, class_of, grade_of, one_of
from issuer.intake.layout import CLASS, CODE, IDENTIFYING, Field, Layout
from issuer.intake.mark_books import BOOK_1, BOOK_2, COMMENT_BOOK, book_of, subject_of, term_of
from issuer.intake.pupil_lists import IDENTITY
from issuer.intake.reading import mended, settled
from issuer.intake.rows import Notice, Reading, ResultsRow
from issuer.intake.score_sheet import (
    ABSENCES,
    CONDUCT,
    OF_YEAR,
    STUDY,
    TERMS,
    absences,
    remarks_of,
)
from issuer.intake.table import Table, read_tables

_Found = TypeVar("_Found", bound=Fault)
_HALVES = ("HK1", "HK2")
_TITLE = 100  # characters, by which a sheet is named that does not say what it is of
SUMMARY = Layout(
    "sodiem-tonghop",
    (
        *IDENTITY,
        Field(CLASS, ("Lớp", "Lớp học", "Tên lớp"), class_of(range(LOWER[0], UPPER[-1] + 1))),
        Field(CONDUCT, (CONDUCT, "Rèn luyện", "KQRL"), str),
        Field(ABSENCES, (ABSENCES, "Số ngày nghỉ"), absences),
        Field(STUDY, (STUDY, "Học tập", "KQHT"), str).optional(),
        *OF_YEAR,
    ),
    depth=2,
)
"""What the books of subjects do not say of a year."""
SHEETS = (BOOK_1, BOOK_2, COMMENT_BOOK)
YEAR_BOOKS = "sodiem-ca-nam"
"""The name of the layout that comes out."""


@dataclass
class _Books:
    """What the books of subjects say, by pupil; `exempt` are subjects and terms of a pupil."""

    results: dict[str, dict[tuple[str, str], CourseResult]] = field(default_factory=dict)
    exempt: set[tuple[str, str, str]] = field(default_factory=set)
    there: set[tuple[str, str, str]] = field(default_factory=set)  # class, subject, term
    people: dict[str, ResultsRow] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def add(self, table: Table) -> None:
        """Take in a book of one subject and semester."""
        try:
            subject, term = subject_of(table), term_of(table)
        except InputError as error:
            title = " · ".join(table.titles)[:_TITLE]
            self.faults += [replace(one, column=title) for one in error.faults]
            return
        read, label = book_of(table), f"{subject.name} {TERMS[term]}"
        self.faults += [_elsewhere(one, label) for one in read.faults]
        self.notices += [_elsewhere(one, label) for one in read.notices]
        exempt = {one.row for one in read.notices if one.code == "subject.exempt"}
        for row in read.rows:
            at = f"{label}!{row.row}"
            self.same_person(row, at)
            self.there.add((row.class_name, subject.key, term))
            if row.row in exempt:
                self.exempt.add((row.code, subject.key, term))
            held = self.results.setdefault(row.code, {})
            for result in row.results:
                if (subject.key, term) in held:
                    params = {"name": row.name, "subject": label}
                    self.faults.append(Fault("book.twice", None, at, params))
                held[subject.key, term] = result

    def same_person(self, row: ResultsRow, at: str) -> None:
        """Whoever has that code is the same in every sheet."""
        first = self.people.setdefault(row.code, row)
        for one, other in (
            (row.name, first.name), (row.class_name, first.class_name),
            (row.birth.printed(), first.birth.printed()),
        ):  # fmt: skip
            if fold(one) != fold(other):
                params = {"code": row.code, "found": one, "expected": other}
                self.faults.append(Fault("book.differs", None, at, params))


def read_year_books(
    data: bytes, school_year: str, given: Mapping[str, str] | None = None
) -> Reading[ResultsRow]:
    """The year of every pupil out of a workbook of mark books, faults in the reading.

    Rows are those of the sheet of conduct and absences; what is said of another sheet names it in
    its column ("Toán HKI!F7"). Faults are those of the books, ``book.no_sheet``, ``book.missing``
    (pupil, subject), ``book.twice``, ``book.differs``. Raises InputError as `table.read_tables`,
    ``book.subject``, ``book.term`` and ``book.no_summary``.
    """
    books, summary = _Books(), None
    for table in read_tables(data, (*SHEETS, SUMMARY), given):
        if table.layout is SUMMARY:
            if summary is not None:
                raise InputError([Fault("book.two_summaries")])
            summary = mended(table)
        else:
            books.add(mended(table))
    if summary is None:
        raise InputError([*books.faults, Fault("book.no_summary")])
    rows = list(_years(summary, books, school_year))
    found = settled(summary, rows)
    return replace(
        found,
        layout=YEAR_BOOKS,
        faults=(*found.faults, *books.faults),
        notices=(*found.notices, *books.notices),
    )


def _elsewhere(one: _Found, label: str) -> _Found:
    """What was found in another sheet than that of the rows."""
    place = f"{one.letter or ''}{one.row or ''}"
    where = " · ".join(part for part in (f"{label}!{place}", one.column) if part)
    return replace(one, row=None, column=where, letter=None)


def _years(summary: Table, books: _Books, school_year: str) -> Iterator[ResultsRow]:
    told: set[tuple[str, str, str]] = set()  # sheets that are not there, once each
    seen = set()
    for line in summary.rows:
        reader = RowReader(line, summary.findings)
        found = {each.key: reader.field(each) for each in summary.layout.fields
                 if reader.has(each.key) or each.needed}  # fmt: skip
        reader.once(CODE, "pupil.twice", found[CODE])
        seen.add(found[CODE])
        if not reader.sound:
            continue
        row = ResultsRow(line.number, results=(), **{key: found[key] for key in IDENTIFYING})
        books.same_person(row, f"!{row.row}")
        results = tuple(_of_pupil(reader, row, books, told))
        outcome = _outcome(reader, found, results, school_year)
        if reader.sound and outcome is not None:
            promotion, title, completion = (found.get(each.key) for each in OF_YEAR)
            whole = replace(
                row, results=results, outcomes=(outcome,), promotion=promotion, title=title,
                completion=completion,
            )  # fmt: skip
            for key, remark in remarks_of(whole, school_year):
                reader.notice(remark.code, key, **remark.params)
            yield whole
    for code, who in books.people.items():
        if code not in seen:
            params = {"name": who.name, "subject": f"{CONDUCT}, {ABSENCES}"}
            books.faults.append(Fault("book.missing", None, None, params))


def _of_pupil(
    reader: RowReader, row: ResultsRow, books: _Books, told: set[tuple[str, str, str]]
) -> Iterator[CourseResult]:
    """The pupil's subjects by term and of the year; what is missing is a fault."""
    held = books.results.get(row.code, {})
    for subject in programme_of(grade_of(row.class_name)):
        exempt = [(row.code, subject.key, term) in books.exempt for term in _HALVES]
        taken = [held.get((subject.key, term)) for term in _HALVES]
        if all(exempt) or not (subject.compulsory or any(taken)):
            continue
        for term, one in zip(_HALVES, taken, strict=True):
            if one is None:
                _missing(reader, row, books, told, subject, term)
        if taken[0] and taken[1]:
            yield from (taken[0], taken[1], _of_year(taken[0], taken[1]))


def _missing(
    reader: RowReader, row: ResultsRow, books: _Books, told: set[tuple[str, str, str]],
    subject: Subject, term: str,
) -> None:  # fmt: skip
    """One fault for a sheet that is not there, or one for each pupil who is not in it."""
    sheet, label = (row.class_name, subject.key, term), f"{subject.name} {TERMS[term]}"
    if sheet in books.there:
        reader.fault("book.missing", CODE, name=row.name, subject=label)
    elif sheet not in told:
        told.add(sheet)
        params = {"subject": label, "class_name": row.class_name}
        books.faults.append(Fault("book.no_sheet", None, None, params))


def _of_year(first: CourseResult, second: CourseResult) -> CourseResult:
    if first.mark is not None and second.mark is not None:
        return replace(second, term="CN", mark=year_average(first.mark, second.mark))
    return replace(second, term="CN", rating=str(year_rating(second.rating or "")))


def _outcome(
    reader: RowReader, found: Mapping[str, Any], results: Sequence[CourseResult], school_year: str
) -> TermOutcome | None:
    """What the year came to: the level that the sheet says, or else that follows."""
    try:
        rules = rules_for(school_year, grade_of(found[CLASS]))
    except SogocError as error:
        reader.fault(error.code, CLASS, **error.params)
        return None
    conduct = reader.read(CONDUCT, one_of(*rules.conduct))
    study = reader.read(STUDY, one_of(*rules.study), blank=True)
    if not reader.sound:
        return None
    if study is None:
        study = str(level_of(rules, [one for one in results if one.term == "CN"]))
    return TermOutcome("CN", study=study, conduct=conduct, absences=found[ABSENCES])
