"""The person's own sheet with what has to be mended in it: a workbook to work in.

Every cell stands where it stood, so rows and letters are the same and the mended sheet can be
handed in as it is. Faulty cells are red, mended ones yellow, what is said of them in a comment and
in two columns at the end. Columns that are not kept come back blank; nothing is a formula
(`api.spreadsheet`).
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.comments.comments import Comment
from openpyxl.styles.fills import PatternFill
from openpyxl.utils.cell import column_index_from_string, get_column_letter
from openpyxl.workbook.workbook import Workbook

from api.spreadsheet import tame
from credential.errors import Fault
from issuer.intake.mending import shown
from issuer.intake.rows import Reading
from issuer.intake.workbook import Cell, sheets
from web import messages

_RED, _YELLOW = "FFFFC7CE", "FFFFEB9C"
_TEXT = "@"  # number format: nothing is taken for a date or a number
_LONGEST = 2_000  # characters of a comment

Said = Mapping[int, Sequence[Fault]]


def annotated(data: bytes, reading: Reading[Any], faults: Iterable[Fault]) -> bytes:
    """The sheet that the reading is of, with those faults and the reading's notices in it."""
    said = (_by_row(faults), _by_row(reading.notices))
    places = {place for place, _ in reading.columns.values()}
    width = max(places, default=0) + 1
    book: Any = Workbook(write_only=True)  # type: ignore[no-untyped-call]
    page = _page(book, reading.header_row, width)
    with closing(sheets(data)) as opened:
        last = 0
        for number, values in next(islice(opened, reading.sheet, None)).rows:
            for _ in range(last + 1, number):  # rows that a text table leaves out
                page.append([])
            last = number
            kept = range(width) if number <= reading.header_row else places
            cells = [values[n] if n in kept and n < len(values) else None for n in range(width)]
            page.append(_row(page, number, cells, said, reading.header_row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _page(book: Any, header_row: int, width: int) -> Any:
    page = book.create_sheet("Sổ Gốc")
    page.freeze_panes = f"A{header_row + 1}"
    for place in (width + 1, width + 2):
        page.column_dimensions[get_column_letter(place)].width = 60
    return page


def _row(
    page: Any, number: int, cells: Sequence[Cell], said: tuple[Said, Said], header_row: int
) -> list[Any]:
    """The cells of a row with their marks, then what to mend and what was mended."""
    row = [_cell(page, cell) for cell in cells]
    to_mend, mended = (each.get(number, ()) for each in said)
    _mark(row, mended, _YELLOW)
    _mark(row, to_mend, _RED)
    if number == header_row:
        texts = [_both("importing.to_mend"), _both("importing.mended")]
    else:
        texts = [_sentences(to_mend), _sentences(mended)]
    return [*row, *(_cell(page, text or None) for text in texts)]


def _by_row(found: Iterable[Fault]) -> Said:
    rows: dict[int, list[Fault]] = defaultdict(list)
    for fault in found:
        rows[fault.row or 1].append(fault)
    return rows


def _cell(page: Any, value: Cell) -> Any:
    if isinstance(value, datetime | date | time | timedelta | bool):
        value = shown(value)
    text = tame(value) if isinstance(value, str) else value
    cell: Any = WriteOnlyCell(page, text)  # type: ignore[no-untyped-call]
    if isinstance(text, str):
        cell.number_format = _TEXT
        cell.data_type = "s"
    return cell


def _mark(row: Sequence[Any], said: Sequence[Fault], colour: str) -> None:
    for fault in said:
        place = column_index_from_string(fault.letter) - 1 if fault.letter else len(row)
        if place < len(row):
            cell = row[place]
            cell.fill = PatternFill("solid", fgColor=colour)  # type: ignore[no-untyped-call]
            cell.comment = Comment(_sentences([fault])[:_LONGEST], "Sổ Gốc")  # type: ignore[no-untyped-call]


def _sentences(said: Sequence[Fault]) -> str:
    return "\n".join(
        f"{fault.letter or '–'}: {_both(fault.code, **fault.params)}" for fault in said
    )


def _both(code: str, **params: object) -> str:
    return " / ".join(messages.both(code, **params).values())
