"""The rows of a sheet that speak of pupils, with the columns that a layout keeps and no others.

Finds the sheet and its header, drops every other column, and skips blank, title, repeated header,
class, total and signature rows. What the cells mean is left to `cells`.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice

from credential.errors import Fault, InputError
from issuer.intake.findings import Findings
from issuer.intake.headings import HEADER_WITHIN, Header, find_header, heading_key, heading_keys
from issuer.intake.layout import CLASS, CODE, FAMILY, GIVEN, IDENTIFYING, NAME, Field, Layout
from issuer.intake.rows import Notice
from issuer.intake.workbook import LAST_ROW, Cell, sheets

MAX_ROWS = 20_000  # pupils of one file
_SECTION = re.compile(r"(?:.*\s)?lớp\s*:?\s*([1-9]\S{0,11})\s*(?:\(.*\))?", re.IGNORECASE)

Cells = dict[str, Cell]


@dataclass(slots=True)
class TableRow:
    """One row: its number in the spreadsheet and its cells by field (blank ones are None)."""

    number: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Table:
    """The wanted columns of the sheet at `place` among the file's, and what was found so far."""

    place: int
    header: Header
    titles: tuple[str, ...]
    rows: tuple[TableRow, ...]
    epoch: datetime
    findings: Findings

    @property
    def layout(self) -> Layout:
        """The layout that it is of."""
        return self.header.layout


def read_table(
    data: bytes, layouts: Sequence[Layout], given: Mapping[str, str] | None = None
) -> Table:
    """The rows of the first sheet that has all the columns of one of the layouts.

    Raises what `read_tables` raises.
    """
    with closing(read_tables(data, layouts, given)) as found:
        return next(found)


def read_tables(
    data: bytes, layouts: Sequence[Layout], given: Mapping[str, str] | None = None
) -> Generator[Table, None, None]:
    """The rows of every sheet that has all the columns of one of the layouts, in their order.

    Raises InputError: what `workbook.sheets` raises, ``file.too_many_rows``, ``sheet.blank``,
    ``sheet.not_found`` (no header row), ``sheet.no_rows``, and one ``column.missing`` or
    ``column.twice`` per heading.
    """
    nearest: Header | None = None
    blank, some = True, False
    with closing(sheets(data)) as found:
        for place, sheet in enumerate(found):
            top = list(islice(sheet.rows, HEADER_WITHIN))
            blank = blank and not any(any(values) for _, values in top)
            headers = [find_header(top, layout, given or {}) for layout in layouts]
            known = [header for header in headers if header]
            header = min(known, key=_lacking, default=None)
            if header and not header.missing:
                findings = Findings(header)
                if sheet.encoding:
                    findings.notices.append(
                        Notice("file.read_as", params={"found": sheet.encoding})
                    )
                above = [row for row in top if row[0] <= header.row]
                below = chain((row for row in top if row[0] > header.row), sheet.rows)
                titles = tuple(text for row in above for text in _texts(row[1]))
                rows = tuple(_rows(header, titles, below, findings))
                yield Table(place, header, titles, rows, sheet.epoch, findings)
                some = True
            elif header and (nearest is None or len(header.places) > len(nearest.places)):
                nearest = header
    if not some:
        raise InputError(_header_faults(nearest, layouts, blank))


def _lacking(header: Header) -> tuple[int, int]:
    """What makes one layout fit a sheet worse than another."""
    return len(header.missing), -len(header.places)


def _header_faults(header: Header | None, layouts: Sequence[Layout], blank: bool) -> list[Fault]:
    if header is None:
        params = {"expected": layouts[-1].expected}
        return [Fault("sheet.blank" if blank else "sheet.not_found", params=params)]
    return [
        Fault(
            "column.twice" if field.key in header.places else "column.missing",
            header.row,
            field.headings[0],
            {"expected": field.headings[0]},
        )
        for field in header.missing
    ]


def _rows(
    header: Header,
    titles: Sequence[str],
    rows: Iterable[tuple[int, Sequence[Cell]]],
    findings: Findings,
) -> Iterator[TableRow]:
    places = [(key, found[0]) for key, found in header.places.items()]
    sections = header.layout.sections and CLASS not in header.places
    section = next(filter(None, map(_section, titles)), None) if sections else None
    count = 0
    for number, values in rows:
        if number > LAST_ROW:
            raise InputError([Fault("file.too_many_rows", params={"limit": MAX_ROWS})])
        if not any(values):  # programs write up to a million of these
            continue
        cells = {
            key: cell.strip() or None if type(cell := values[place]) is str else cell
            for key, place in places
            if place < len(values)
        }
        if _is_header(cells, header.layout):
            continue
        if _is_entry(cells):
            count += 1
            if count > MAX_ROWS:
                raise InputError([Fault("file.too_many_rows", params={"limit": MAX_ROWS})])
            if sections and not section:
                raise InputError([_missing(header, CLASS)])
            if sections:
                cells[CLASS] = section
            yield TableRow(number, _joined(cells))
        elif named := next(filter(None, map(_section, _texts(values))), None):
            section = named
        elif any(cell is not None for cell in cells.values()):
            findings.notices.append(Notice("row.skipped", number))
    if not count:
        raise InputError([Fault("sheet.no_rows", header.row)])


def _missing(header: Header, key: str) -> Fault:
    heading = header.heading(key)
    return Fault("column.missing", header.row, heading, {"expected": heading})


def _texts(values: Sequence[Cell]) -> list[str]:
    return [" ".join(value.split()) for value in values if isinstance(value, str) and value.strip()]


def _section(text: str) -> str | None:
    """The class that a row of its own names, such as "LỚP 10A1" or "Danh sách lớp: 10A1"."""
    found = _SECTION.fullmatch(text[:80])
    return found[1] if found else None


def _joined(cells: Cells) -> Cells:
    """A name that stands in two columns, in one."""
    if cells.get(NAME) is None and FAMILY in cells:
        parts = [str(cells[key]) for key in (FAMILY, GIVEN) if cells.get(key) is not None]
        cells[NAME] = " ".join(parts) or None
    return cells


def _is_entry(cells: Mapping[str, Cell]) -> bool:
    """Whether a row speaks of a pupil: totals and signatures fill fewer of these cells."""
    code = cells.get(CODE)
    named = cells.get(NAME) if NAME in cells else cells.get(FAMILY)
    filled = [named, *(cells.get(key) for key in IDENTIFYING if key != NAME)]
    return sum(cell is not None for cell in filled) >= 3 or (
        isinstance(code, str) and code.isdecimal()
    )


def _is_header(cells: Mapping[str, Cell], layout: Layout) -> bool:
    """Whether a row repeats the header, as printed lists do on each page."""
    found = 0
    for field in layout.fields:
        cell = cells.get(field.key) if field.key in (*IDENTIFYING, FAMILY) else None
        if cell is None:
            continue
        if not isinstance(cell, str) or cell[0].isdigit():
            return False
        if not heading_keys(cell) & _own_keys(field):
            return False
        found += 1
    return found >= 3


@lru_cache
def _own_keys(field: Field) -> frozenset[str]:
    """The keys of the lowest headings of a column."""
    return frozenset(heading_key(heading.split(">")[-1]) for heading in field.headings)
