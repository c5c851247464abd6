"""Files of results: which layouts there are, and the one way to read any of them."""

from collections.abc import Mapping, Sequence

from credential.errors import InputError
from issuer.intake.layout import Layout
from issuer.intake.mark_books import BOOKS, book_of
from issuer.intake.primary_results import C1_RESULTS, C1_TO_DATE, primary_results_of
from issuer.intake.reading import prepared
from issuer.intake.rows import Reading, ResultsRow
from issuer.intake.score_sheet import (
    LOWER_TO_DATE,
    LOWER_YEAR_RESULTS,
    TO_DATE,
    YEAR_RESULTS,
    year_results_of,
)
from issuer.intake.table import Table, read_table
from issuer.intake.year_books import SHEETS, read_year_books

WHOLE_YEARS = (YEAR_RESULTS, LOWER_YEAR_RESULTS, C1_RESULTS)
"""Files of which transcripts are made."""
TO_DATE_LAYOUTS = (TO_DATE, LOWER_TO_DATE, C1_TO_DATE)
"""Files of which records for a transfer are made."""
RESULTS = (*WHOLE_YEARS, *BOOKS)


def results_of(
    table: Table, school_year: str, term: str | None = None, subject: str | None = None
) -> Reading[ResultsRow]:
    """The results in a table by any of the layouts; `term`, `subject` where no title says them."""
    if table.layout in (C1_RESULTS, C1_TO_DATE):
        return primary_results_of(table, school_year, term)
    if table.layout in BOOKS:
        return book_of(table, subject, term)
    return year_results_of(table, school_year)


def read_results(
    data: bytes,
    school_year: str,
    layouts: Sequence[Layout] = RESULTS,
    given: Mapping[str, str] | None = None,
) -> Reading[ResultsRow]:
    """The results in a file of a school year such as ``2025-2026``, faults in the reading.

    `given` maps headings of the layout to the sheet's. Raises InputError for a file that cannot
    be read at all, as `table.read_table`.
    """
    return results_of(prepared(data, layouts, given), school_year)


def read_whole_year(
    data: bytes,
    school_year: str,
    layouts: Sequence[Layout] = WHOLE_YEARS,
    given: Mapping[str, str] | None = None,
) -> Reading[ResultsRow]:
    """The results in one sheet of the year or to date, or else those in a workbook of mark books.

    Raises InputError as `read_results`, and for a workbook of mark books as `read_year_books`.
    """
    try:
        return read_results(data, school_year, layouts, given)
    except InputError:
        if tuple(layouts) != WHOLE_YEARS or not _has_books(data):
            raise
    return read_year_books(data, school_year, given)


def _has_books(data: bytes) -> bool:
    """Whether any sheet is a mark book of a secondary school."""
    try:
        read_table(data, SHEETS)
    except InputError:
        return False
    return True


def read_score_sheet(
    data: bytes, school_year: str, *, to_date: bool = False
) -> Reading[ResultsRow]:
    """The results of which transcripts are made. Raises InputError for every fault.

    `to_date` also takes a sheet of semester I alone.
    """
    layouts = TO_DATE_LAYOUTS if to_date else WHOLE_YEARS
    return read_whole_year(data, school_year, layouts).accepted()
