"""The result of a list for people and their programs: a workbook and a text table, cell for cell.

No cell begins with what a spreadsheet program would take for a formula, whatever stood in a list
or in a forged document (`api.spreadsheet`).
"""

from collections.abc import Iterable

from api import spreadsheet
from api.lists import sheet
from api.lists.outcomes import Outcome
from web import messages

_COLUMNS = (  # heading (of both languages, by `list.column_…`), width in characters
    ("row", 8), ("label", 22), ("verdict", 16), ("said", 48), ("said_en", 48), ("school", 32),
    ("name", 26), ("serial", 14), ("register_no", 20), ("type", 22), ("block", 12), ("time", 18),
    ("next", 60), ("next_en", 60), ("field", 16), ("found", 22), ("expected", 22), ("others", 10),
)  # fmt: skip


def headings() -> list[str]:
    """The headings, Vietnamese and English in one cell each."""
    return [" / ".join(messages.both(f"list.column_{name}").values()) for name, _ in _COLUMNS]


def cells(found: Outcome) -> list[spreadsheet.Cell]:
    """The cells of one row of the result."""
    said = messages.both(found.said, **found.params)
    following = messages.both(found.next)
    kind = " / ".join(messages.both(f"kind.{found.type}").values()) if found.type else ""
    document = found.document
    return [
        found.row,
        *(found.label, found.kind, said["vi"], said["en"], found.school),
        *(document.get(name, "") for name in ("name", "serial", "register_no")),
        kind,
        found.block,
        messages.local_time(found.time) if found.time else "",
        *(following["vi"], following["en"], found.column),
        *(_param(found, "found"), _param(found, "expected")),
        found.others or None,
    ]  # fmt: skip


def as_csv(found: Iterable[Outcome]) -> bytes:
    """RFC 4180, in UTF-8 with the mark by which Excel knows it."""
    return spreadsheet.as_csv(headings(), map(cells, found))


def as_xlsx(found: Iterable[Outcome]) -> bytes:
    """A workbook whose first row stays in view."""
    widths = [width for _, width in _COLUMNS]
    return spreadsheet.as_xlsx(headings(), widths, map(cells, found))


def sample_xlsx() -> bytes:
    """A list that teaches the form: its cells are text, so that leading zeros stay."""
    head, *rows = sheet.sample()
    return spreadsheet.as_xlsx(head, [18, 18], rows)


def _param(found: Outcome, name: str) -> str:
    value = found.params.get(name)
    return "" if value is None else str(value)
