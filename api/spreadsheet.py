"""Tables for other people's spreadsheet programs: CSV and XLSX in which nothing is a formula.

A text that a program could take for one ("=", "+", "-", "@" first, or a tab or line end) gets an
apostrophe before it (OWASP, "CSV Injection"), in both kinds of file, so that they are the same
cell for cell and one that is saved as the other stays harmless.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.cell.cell import WriteOnlyCell
from openpyxl.styles.alignment import Alignment
from openpyxl.styles.fonts import Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook

Cell = str | int | None
Row = Sequence[Cell]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TEXT = "@"  # number format: nothing is taken for a date or a number


def tame(text: str) -> str:
    """A text that no program takes for a formula and every one can hold; lines stay lines."""
    kept = text if text.isprintable() else "".join(c for c in text if c.isprintable() or c == "\n")
    starts = (text.lstrip(), text, kept.lstrip(), kept)
    return f"'{kept}" if any(start.startswith(_FORMULA) for start in starts) else kept


def as_csv(headings: Sequence[str], rows: Iterable[Row]) -> bytes:
    """RFC 4180, in UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(map(_tamed, (headings, *rows)))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(headings: Sequence[str], widths: Sequence[int], rows: Iterable[Row]) -> bytes:
    """A workbook whose first row stays in view; widths are in characters."""
    book: Any = Workbook(write_only=True)  # type: ignore[no-untyped-call]
    page = book.create_sheet("Sổ Gốc")
    page.freeze_panes = "A2"
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_cell(page, text, bold=True) for text in _tamed(headings)])
    for row in rows:
        page.append([_cell(page, text) for text in _tamed(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tamed(row: Row) -> list[Cell]:
    return [tame(cell) if isinstance(cell, str) else cell for cell in row]


def _cell(page: Any, text: Cell, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(page, text)  # type: ignore[no-untyped-call]
    if bold:
        cell.font = Font(bold=True)  # type: ignore[no-untyped-call]
        cell.alignment = Alignment(wrap_text=True, vertical="top")  # type: ignore[no-untyped-call]
    elif isinstance(text, str):
        cell.number_format = _TEXT
    return cell
