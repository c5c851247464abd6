"""Tables for other people's spreadsheet programs: CSV and XLSX in which nothing is a formula.

A text that a program could take for one ("=", "+", "-", "@" first, or a tab or line end) keeps an
apostrophe before it in CSV and is marked as text in XLSX (OWASP, "CSV Injection").
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl.styles.alignment import Alignment
from openpyxl.styles.fonts import Font
from openpyxl.workbook.workbook import Workbook

ENDINGS = (".csv", ".xlsx")
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDTH = 24  # characters of a column


def write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table to a file of one of `ENDINGS`, whole or not at all. Raises OSError."""
    draft = path.with_name(f"{path.name}.tmp")
    kind = _write_csv if path.suffix.lower() == ".csv" else _write_xlsx
    kind(draft, headings, rows)
    draft.replace(path)


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet program could take the text for a formula."""
    return text.lstrip(" \u00a0").startswith(_STARTS)


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # With the byte order mark Excel reads it as UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, quoting=csv.QUOTE_ALL)
        out.writerow(headings)
        for row in rows:
            out.writerow([f"'{text}" if looks_like_formula(text) else text for text in row])


def _write_xlsx(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    book: Any = Workbook()  # type: ignore[no-untyped-call]
    wrapped: Any = Alignment(wrap_text=True, vertical="top")  # type: ignore[no-untyped-call]
    bold: Any = Font(bold=True)  # type: ignore[no-untyped-call]
    sheet = book.worksheets[0]
    for number, row in enumerate((headings, *rows), 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column)
            cell.value = text
            cell.data_type = "s"  # never a formula
            cell.quotePrefix = looks_like_formula(text)
            cell.alignment = wrapped
            if number == 1:
                cell.font = bold
    for column in range(1, len(headings) + 1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = _WIDTH
    sheet.freeze_panes = "A2"
    book.save(path)
