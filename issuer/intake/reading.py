"""The two ends of reading any file: a table with what is certain mended, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from issuer.intake.classes import mend_classes
from issuer.intake.dates import mend_dates
from issuer.intake.fonts import mend_fonts
from issuer.intake.layout import BIRTH, CLASS, CODE, PERSONAL_NO, Layout
from issuer.intake.mending import Column, mend_codes, mend_personal_numbers, mend_texts
from issuer.intake.rows import Reading
from issuer.intake.table import Table, read_table

_Row = TypeVar("_Row")


def prepared(
    data: bytes, layouts: Sequence[Layout], given: Mapping[str, str] | None = None
) -> Table:
    """The table of a file by one of the layouts, mended. Raises InputError as `read_table`."""
    return mended(read_table(data, layouts, given))


def mended(table: Table) -> Table:
    """The table with what is certain mended in its cells."""
    keys = {key for row in table.rows[:1] for key in row.cells} | set(table.header.places)
    columns = {key: Column(key, table.rows, table.findings) for key in keys}
    mend_fonts(list(columns.values()))
    for column in columns.values():
        mend_texts(column)
    mend_codes(columns[CODE])
    if PERSONAL_NO in columns:
        mend_personal_numbers(columns[PERSONAL_NO])
    mend_dates(columns[BIRTH], table.epoch)
    mend_classes(columns[CLASS])
    return table


def settled(table: Table, rows: Sequence[_Row]) -> Reading[_Row]:
    """What the table says, faults and notices in the order of rows."""
    findings, header = table.findings, table.header
    return Reading(
        layout=table.layout.name,
        rows=tuple(rows),
        notices=tuple(sorted(findings.notices, key=lambda notice: notice.row or 0)),
        faults=tuple(sorted(findings.faults, key=lambda fault: fault.row or 0)),
        sheet=table.place,
        header_row=header.row,
        columns={key: (places[0], header.heading(key)) for key, places in header.places.items()},
    )
