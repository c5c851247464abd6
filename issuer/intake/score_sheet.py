"""The year's results of secondary pupils: "Bảng tổng kết cả năm", one row per pupil.

After STT, code, name, birth and class come three columns per subject ("Toán HKI", "Toán
HKII", "Toán CN"), then Kết quả học tập, Kết quả rèn luyện, Số buổi nghỉ; where a sheet has them,
the same of each semester ("Kết quả học tập HKI") and Lên lớp, Danh hiệu, Hoàn thành chương trình.
A sheet carries every compulsory subject of its level, lower or upper secondary school, and those
electives that the school teaches; electives that a pupil does not take are blank, exemptions are
"M". A sheet to date ("Bảng tổng kết học kỳ I") has the columns of semester I alone; levels and
absences are that semester's. Decides what a cell may hold and whether the year follows from its
semesters; the rules are in `grading`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from credential.errors import Fault, FormatError, InputError, RefusedError
from credential.model import CourseResult, TermOutcome
from credential.text import check_text
from grading.explaining import Remark
from grading.marks import parse_tenths
from grading.promotion import PRINTED, Outcome
from grading.recomputing import Said, recompute
from grading.rules import rules_for
from grading.ruleset import Rating, RuleSet
from grading.subjects import Subject, programme_of
from issuer.intake.cells import LOWER, UPPER, RowReader, class_of, grade_of, one_of
from issuer.intake.layout import CLASS, CODE, IDENTIFYING, Field, Layout
from issuer.intake.mending import shown
from issuer.intake.pupil_lists import IDENTITY
from issuer.intake.reading import settled
from issuer.intake.rows import Reading, ResultsRow, course_result
from issuer.intake.table import Table
from issuer.intake.workbook import Cell

STUDY, CONDUCT, ABSENCES = "Kết quả học tập", "Kết quả rèn luyện", "Số buổi nghỉ"
PROMOTION, TITLE, COMPLETION = "Lên lớp", "Danh hiệu", "Hoàn thành chương trình"
TERMS = {"HK1": "HKI", "HK2": "HKII", "CN": "CN"}  # in `CourseResult` → in the heading


def heading(subject: Subject, term: str) -> str:
    """The heading of a subject's column in a term of `TERMS`."""
    return f"{subject.name} {TERMS[term]}"


_HALF, _REST = ("HK1",), ("HK2", "CN")
_rating = one_of(*Rating, aliases={"Đạt": Rating.PASSED, "Chưa đạt": Rating.NOT_PASSED})
_EXEMPT = {"m", "miễn"}
_MOST_ABSENCES = 400  # sessions: two a day would be a whole school year


@lru_cache(maxsize=1024, typed=True)  # thousands of cells, some hundred marks
def _mark(cell: Cell) -> int:
    if not isinstance(cell, str | int | float):
        raise FormatError("mark.invalid", found=str(cell), expected="0–10")
    return parse_tenths(cell)


def absences(cell: Cell) -> int:
    """Sessions missed, a whole number. Raises FormatError ``absences.invalid``."""
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if not text.isascii() or not text.isdecimal() or int(text) > _MOST_ABSENCES:
        raise FormatError("absences.invalid", found=text, expected=f"0–{_MOST_ABSENCES}")
    return int(text)


_promotion = one_of(*PRINTED.values(), aliases={
    "Lên lớp": PRINTED[Outcome.PROMOTED], "Ở lại lớp": PRINTED[Outcome.RETAINED],
    "Thi lại": PRINTED[Outcome.SUMMER],
})  # fmt: skip


def _words(cell: Cell) -> str:
    text = shown(cell)
    check_text(text)
    return text


OF_YEAR = tuple(
    Field(name, (name,), read, needed=False, blank=True)
    for name, read in ((PROMOTION, _promotion), (TITLE, _words), (COMPLETION, _words))
)


def _courses(programme: Iterable[Subject], needed: Collection[str]) -> Iterator[Field]:
    """A column for each subject and term; compulsory ones must be there for the terms `needed`."""
    for subject in programme:
        for term in TERMS:
            name = heading(subject, term)
            must = subject.compulsory and term in needed
            yield Field(name, (name,), _mark if subject.scored else _rating, needed=must)


def _layout(name: str, grades: range, needed: Collection[str]) -> Layout:
    of_class = Field(CLASS, ("Lớp", "Lớp học", "Tên lớp"), class_of(grades))
    courses = _courses(programme_of(grades[0]), needed)
    outcome = (Field(STUDY, (STUDY,), str), Field(CONDUCT, (CONDUCT,), str),
               Field(ABSENCES, (ABSENCES,), absences))  # fmt: skip
    halves = (
        each.called(f"{each.key} {TERMS[term]}") for term in ("HK1", "HK2") for each in outcome
    )
    more = (replace(each, key=each.headings[0]).optional() for each in halves)
    return Layout(name, (*IDENTITY, of_class, *courses, *outcome, *more, *OF_YEAR))


YEAR_RESULTS = _layout("year-results", UPPER, tuple(TERMS))
LOWER_YEAR_RESULTS = _layout("year-results-lower", LOWER, tuple(TERMS))
TO_DATE = _layout("results-to-date", UPPER, _HALF)
LOWER_TO_DATE = _layout("results-to-date-lower", LOWER, _HALF)


def year_results_of(table: Table, school_year: str) -> Reading[ResultsRow]:
    """The results in a table by one of the layouts here, of a school year such as ``2025-2026``.

    Faults of rows are in the reading: those of `cells`, ``pupil.twice``, ``mark.invalid``,
    ``absences.invalid``, ``rules.not_covered``. What does not follow by the rules of that year and
    grade is noticed and no fault, since a summer examination or a decision may stand behind it: the
    remarks of `grading.recomputing`.
    """
    later = [heading(s, term) for s in _programme(table) if s.compulsory for term in _REST]
    to_date = table.layout in (TO_DATE, LOWER_TO_DATE)
    half = to_date and not any(wanted in table.header.places for wanted in later)
    terms = _HALF if half else tuple(TERMS)
    taught = _taught(table, terms)
    rows = []
    for line in table.rows:
        reader = RowReader(line, table.findings)
        fields = _fields(reader, table.layout, taught, school_year, terms)
        if reader.sound:
            rows.append(ResultsRow(row=line.number, **fields))
            for key, remark in remarks_of(rows[-1], school_year):
                reader.notice(remark.code, key, **remark.params)
    return settled(table, rows)


def _programme(table: Table) -> tuple[Subject, ...]:
    lower = table.layout in (LOWER_YEAR_RESULTS, LOWER_TO_DATE)
    return programme_of((LOWER if lower else UPPER)[0])


@dataclass(frozen=True, slots=True)
class _Taught:
    """A subject with columns: their headings by term."""

    subject: Subject
    headings: tuple[str, ...]

    @property
    def read(self) -> Callable[[Cell], int | str]:
        """The reader of its cells."""
        return _mark if self.subject.scored else _rating


def _taught(table: Table, terms: Sequence[str]) -> list[_Taught]:
    """Subjects with columns. Raises InputError if one has some of its columns only."""
    taught, faults = [], []
    for subject in _programme(table):
        headings = tuple(heading(subject, term) for term in terms)
        missing = [wanted for wanted in headings if wanted not in table.header.places]
        if not missing:
            taught.append(_Taught(subject, headings))
        elif len(missing) < len(headings):
            faults += [
                Fault("column.missing", table.header.row, wanted, {"expected": wanted})
                for wanted in missing
            ]
    if faults:
        raise InputError(faults)
    return taught


def _fields(
    reader: RowReader,
    layout: Layout,
    taught: Sequence[_Taught],
    school_year: str,
    terms: Sequence[str],
) -> dict[str, Any]:
    """The fields of a `ResultsRow`; None where a fault was recorded."""
    fields: dict[str, Any] = {
        field.key: reader.field(field) for field in layout.fields if field.key in IDENTIFYING
    }
    name = fields["class_name"]
    rules = _rules(reader, school_year, name) if name else None
    earlier = (_outcome(reader, rules, term, f" {TERMS[term]}") for term in terms[:-1])
    fields["outcomes"] = (
        *(each for each in earlier if each != TermOutcome(each.term)),
        _outcome(reader, rules, terms[-1], ""),
    )
    if terms[-1] == "CN":
        fields["promotion"], fields["title"], fields["completion"] = map(reader.field, OF_YEAR)
    fields["results"] = tuple(result for each in taught for result in _results(reader, each, terms))
    reader.once(CODE, "pupil.twice", fields[CODE])
    return fields


@lru_cache
def _level(levels: tuple[str, ...]) -> Callable[[Cell], str]:
    """A reader of a level by the rules of a year; there are few."""
    return one_of(*levels)


def _outcome(reader: RowReader, rules: RuleSet | None, term: str, suffix: str) -> TermOutcome:
    """What a term came to; only the last one's cells, which have no suffix, must be filled."""
    blank = bool(suffix)
    found = TermOutcome(term, absences=reader.read(ABSENCES + suffix, absences, blank=blank))
    if rules is None:
        return found
    study = reader.read(STUDY + suffix, _level(rules.study), blank=blank)
    conduct = reader.read(CONDUCT + suffix, _level(rules.conduct), blank=blank)
    return replace(found, study=study, conduct=conduct)


def _results(reader: RowReader, taught: _Taught, terms: Sequence[str]) -> list[CourseResult]:
    """The subject's results by term; none if it is not taken, exempted or faulty."""
    subject, headings = taught.subject, taught.headings
    cells = [reader.cell(column) for column in headings]
    if not subject.compulsory and cells == [None] * len(cells):
        return []
    if all(isinstance(cell, str) and cell.lower() in _EXEMPT for cell in cells):
        reader.notice("subject.exempt", headings[-1], subject=subject.name)
        return []
    values: list[Any] = [reader.read(column, taught.read) for column in headings]
    if None in values:
        return []
    before = () if subject.scored else (None,)  # a rating has no mark
    return [
        course_result(subject.key, subject.name, term, *before, value)
        for term, value in zip(terms, values, strict=True)
    ]


def _rules(reader: RowReader, school_year: str, name: str) -> RuleSet | None:
    try:
        return rules_for(school_year, grade_of(name))
    except RefusedError as error:
        reader.fault(error.code, CLASS, **error.params)
        return None


def remarks_of(row: ResultsRow, school_year: str) -> Iterator[tuple[str, Remark]]:
    """What does not follow by the rules, each under the heading of the column that it is about.

    That is the year's result of a subject, or a level. Raises what `recompute` raises.
    """
    found = recompute(
        Said(
            grade_of(row.class_name), school_year, row.results, row.outcomes,
            row.title, row.promotion, complete=True,
        )
    )  # fmt: skip
    for remark in found.differences:
        subject, term = remark.params.get("subject"), remark.params.get("term")
        key = _COLUMN.get(remark.code, f"{subject} {TERMS['CN']}" if subject else STUDY)
        yield (f"{key} {TERMS[str(term)]}" if term else key), remark


_COLUMN = {
    "study.differs": STUDY, "study.term_differs": STUDY, "conduct.differs": CONDUCT,
    "title.differs": TITLE, "promotion.differs": PROMOTION,
}  # fmt: skip
