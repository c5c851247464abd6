"""The result of a list for people and their programs: a workbook and a text table, cell for cell.

No cell begins with what a spreadsheet program would take for a formula, whatever stood in a list
or in a forged document.
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

from api.lists import sheet
from api.lists.outcomes import Outcome
from web import messages

Text = str | int | None

_COLUMNS = (  # heading (of both languages, by `list.column_…`), width in characters
    ("row", 8), ("label", 22), ("verdict", 16), ("said", 48), ("said_en", 48), ("school", 32),
    ("name", 26), ("serial", 14), ("register_no", 20), ("type", 22), ("block", 12), ("time", 18),
    ("next", 60), ("next_en", 60), ("field", 16), ("found", 22), ("expected", 22), ("others", 10),
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_TEXT = "@"  # number format: nothing is taken for a date or a number


def headings() -> list[str]:
    """The headings, Vietnamese and English in one cell each."""
    return [" / ".join(messages.both(f"list.column_{name}").values()) for name, _ in _COLUMNS]


def cells(found: Outcome) -> list[Text]:
    """The cells of one row of the result."""
    said = messages.both(found.said, **found.params)
    following = messages.both(found.next)
    kind = " / ".join(messages.both(f"kind.{found.type}").values()) if found.type else ""
    document = found.document
    return [
        found.row,
        *map(
            tame,
            (
                found.label, found.kind, said["vi"], said["en"], found.school,
                document.get("name", ""), document.get("serial", ""),
                document.get("register_no", ""), kind,
            ),
        ),
        found.block,
        messages.local_time(found.time) if found.time else "",
        *map(
            tame,
            (
                following["vi"], following["en"], found.column, _param(found, "found"),
                _param(found, "expected"),
            ),
        ),
        found.others or None,
    ]  # fmt: skip


def tame(text: str) -> str:
    """A text that no spreadsheet program takes for a formula and every one can hold."""
    kept = "".join(char for char in text if char.isprintable() or char == " ")
    return f"'{kept}" if text.lstrip().startswith(_FORMULA) or kept.startswith(_FORMULA) else kept


def as_csv(found: Iterable[Outcome]) -> bytes:
    """RFC 4180, in UTF-8 with the mark by which Excel knows it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings())
    writer.writerows(map(cells, found))
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(found: Iterable[Outcome]) -> bytes:
    """A workbook whose first row stays in view."""
    return _workbook(headings(), [width for _, width in _COLUMNS], map(cells, found))


def sample_xlsx() -> bytes:
    """A list that teaches the form: its cells are text, so that leading zeros stay."""
    head, *rows = sheet.sample()
    return _workbook(head, [18, 18], rows)


def _workbook(head: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[Text]]) -> bytes:
    book: Any = Workbook(write_only=True)  # type: ignore[no-untyped-call]
    page = book.create_sheet("Sổ Gốc")
    page.freeze_panes = "A2"
    for place, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(place)].width = width
    page.append([_cell(page, text, bold=True) for text in head])
    for row in rows:
        page.append([_cell(page, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, text: Text, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(page, text)  # type: ignore[no-untyped-call]
    if bold:
        cell.font = Font(bold=True)  # type: ignore[no-untyped-call]
        cell.alignment = Alignment(wrap_text=True, vertical="top")  # type: ignore[no-untyped-call]
    elif isinstance(text, str):
        cell.number_format = _TEXT
    return cell


def _param(found: Outcome, name: str) -> str:
    value = found.params.get(name)
    return "" if value is None else str(value)
