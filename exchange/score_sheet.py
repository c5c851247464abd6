"""The ministry's score sheet ("Bảng tổng kết") of secondary pupils, one row per record.

The layout that intake reads (`grading.headings`); ours opens there again. Texts are text cells
with the quote prefix that spreadsheet programs know, so none is a formula and none is changed. What
a selection hides is said in its cell; intake refuses such a row, as it should.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from openpyxl.styles.fonts import Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook

from credential.errors import RefusedError
from credential.model import TERMS, CourseResult, TermOutcome
from exchange.record import RESULTS, Record
from exchange.table import NOT_SHOWN
from grading.headings import (
    ABSENCES,
    BIRTH,
    CLASS,
    CODE,
    COMPLETION,
    CONDUCT,
    EXEMPT,
    NAME,
    PROMOTION,
    STUDY,
    TITLE,
    heading,
)
from grading.headings import TERMS as PRINTED
from grading.subjects import PRIMARY, UPPER_SECONDARY, Subject, programme_of

Cell = str | int | Decimal | None
_OUTCOME = {"study": STUDY, "conduct": CONDUCT, "absences": ABSENCES}
_OF_YEAR = {"promotion": PROMOTION, "title": TITLE, "completion": COMPLETION}
_MARK, _TEXT = "0.0", "@"  # number formats
_WIDTHS = (6, 24, 30, 14, 10)  # characters, of the first columns
_WIDTH = 12


def to_score_sheet(rows: Sequence[tuple[str, Record]]) -> bytes:
    """An .xlsx of pupils' codes and records.

    A code that is not known is empty; intake needs one. Raises RefusedError
    ``exchange.not_in_sheet`` (found) for a diploma, primary school, another level of school than
    the first record's, a subject that the sheet has no columns for, or another scale.
    """
    records = [record for _, record in rows]
    programme = next(map(_programme, records), UPPER_SECONDARY)
    for record in records:
        _check(record, programme)
    terms = _terms(records)
    taught = [subject for subject in programme if _has_columns(subject, records)]
    more = list(_outcome_columns(records, terms))
    columns = [heading(subject, term) for subject in taught for term in terms]
    columns += [title for title, _, _ in more]
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    page = book.active
    page.title = "Bang tong ket"
    _write(page, ("STT", CODE, NAME, BIRTH, CLASS, *columns), 1)
    for number, (code, record) in enumerate(rows, 1):
        outcomes = (_outcome(record, term, name) for _, term, name in more)
        _write(page, (number, code, *_cells(record, taught, terms), *outcomes), number + 1)
    _dress(page)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _programme(record: Record) -> tuple[Subject, ...]:
    return UPPER_SECONDARY if record.grade is None else programme_of(record.grade)


def _check(record: Record, programme: Sequence[Subject]) -> None:
    found = _programme(record)
    if not record.type.has_results or found is PRIMARY or found is not programme:
        raise RefusedError("exchange.not_in_sheet", found=str(record.grade or record.type.key))
    keys = {subject.key for subject in programme}
    for result in record.results:
        plain = result.letter is None and result.points is None
        if result.subject not in keys or not plain:
            raise RefusedError("exchange.not_in_sheet", found=result.name)


def _terms(records: Sequence[Record]) -> tuple[str, ...]:
    """All terms; of records to date, semester I alone."""
    shown = {result.term for record in records for result in record.results}
    return TERMS[:1] if shown == {TERMS[0]} else TERMS


def _has_columns(subject: Subject, records: Sequence[Record]) -> bool:
    taken = any(result.subject == subject.key for each in records for result in each.results)
    return subject.compulsory or taken


def _cells(record: Record, taught: Sequence[Subject], terms: Sequence[str]) -> Iterator[Cell]:
    hidden = record.hidden
    for name, text in (
        ("name", record.name),
        ("birth", record.birth.printed() if record.birth else None),
        ("class_name", record.class_name),
    ):
        yield NOT_SHOWN if name in hidden else text
    results = {(result.subject, result.term): result for result in record.results}
    for subject in taught:
        yield from _of_subject(subject, results, terms, partial=RESULTS in hidden)


def _outcome_columns(
    records: Sequence[Record], terms: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Heading, term and name of each column of outcomes; those of the last term always."""
    shown = {outcome.term for record in records for outcome in record.outcomes}
    for name, printed in _OUTCOME.items():
        yield printed, terms[-1], name
    for term in terms[:-1]:
        if term in shown:
            yield from ((f"{printed} {PRINTED[term]}", term, name)
                        for name, printed in _OUTCOME.items())  # fmt: skip
    for name, printed in _OF_YEAR.items():
        if any(getattr(record, name) is not None for record in records):
            yield printed, "", name


def _outcome(record: Record, term: str, name: str) -> Cell:
    of_terms = {each.term: each for each in record.outcomes}
    found: Cell = getattr(of_terms.get(term, TermOutcome(term)) if term else record, name)
    return NOT_SHOWN if found is None and RESULTS in record.hidden else found


def _of_subject(
    subject: Subject,
    results: Mapping[tuple[str, str], CourseResult],
    terms: Sequence[str],
    *,
    partial: bool,
) -> Iterator[Cell]:
    """The results of a subject; exempted where a compulsory one has none at all."""
    found = [results.get((subject.key, term)) for term in terms]
    exempt = subject.compulsory and not partial and not any(found)
    for result in found:
        if result is None:
            yield NOT_SHOWN if partial else EXEMPT if exempt else None
        else:
            yield result.rating if result.mark is None else Decimal(result.mark) / 10


def _write(page: Any, cells: Sequence[Cell], row: int) -> None:
    for column, value in enumerate(cells, 1):
        cell = page.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type, cell.number_format, cell.quotePrefix = "s", _TEXT, True
        elif isinstance(value, Decimal):
            cell.number_format = _MARK


def _dress(page: Any) -> None:
    page.freeze_panes = "F2"
    for cell in page[1]:
        cell.font = Font(bold=True)  # type: ignore[no-untyped-call]
        place = cell.column
        width = _WIDTHS[place - 1] if place <= len(_WIDTHS) else _WIDTH
        page.column_dimensions[get_column_letter(place)].width = width
