"""The register as a printed book, and as a table for spreadsheet programs.

Decides the texts; `book.typ` decides the layout. What is printed has a digest: SHA-256 of the JSON
of its heading and rows, which stands on the opening and on the closing page and in the audit trail,
so that it can be told later whether a printed book is the one that was taken from the register.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api import spreadsheet
from api.book.notes import notes, printed, sentence
from credential.errors import RefusedError
from credential.model import Lane
from issuer.paper.press import print_pdf
from registry.book import Asked, Book, BookLine, Contents, Gap, Order
from web import messages

MOST = 3000
"""Versions in one printed volume."""

_TEMPLATE = Path(__file__).parent / "book.typ"
_COLUMNS = (
    "number", "version", "register_no", "serial", "name", "birth", "birth_place", "sex",
    "ethnicity", "class_name", "classification", "decision", "issued", "signer", "state", "notes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Volume:
    """What is printed: of which book and school, which lines, by whom and when (seconds)."""

    book: Book
    school: str
    authority: str
    contents: Contents
    asked: Asked
    lines: Sequence[BookLine]
    by: str
    at: int
    specimen: bool

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of what is printed of the register."""
        heading = [self.book.type.key, self.book.school, self.book.year, self.school]
        rows = [list(_row(line).values()) for line in self.lines]
        text = json.dumps([heading, rows], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def as_pdf(volume: Volume) -> bytes:
    """The book as a PDF/A-3b file.

    Raises RefusedError ``register_book.too_long`` and what `issuer.paper.press.print_pdf` raises.
    """
    if len(volume.lines) > MOST:
        raise RefusedError("register_book.too_long", found=len(volume.lines), limit=MOST)
    return print_pdf(_TEMPLATE, _content(volume), datetime.fromtimestamp(volume.at, UTC))


def as_csv(lines: Sequence[BookLine]) -> bytes:
    """All of it in columns; nothing is a formula."""
    headings = [messages.text("vi", f"register_book.column_{name}") for name in _COLUMNS]
    return spreadsheet.as_csv(headings, map(_cells, lines))


def state(lang: str, line: BookLine) -> str:
    """How a version stands, in a word."""
    return messages.text(lang, f"record.{Lane(line.lane).name.lower()}")


def gaps(found: Sequence[Gap]) -> str:
    """Numbers that no line has: ``4–7, 12``."""
    return ", ".join(
        str(gap.first) if gap.first == gap.last else f"{gap.first}–{gap.last}" for gap in found
    )


def _cells(line: BookLine) -> spreadsheet.Row:
    return [
        line.number, line.version, line.register_no, line.serial, line.name, printed(line.birth),
        line.birth_place, line.sex, line.ethnicity, line.class_name, line.classification,
        _decision(line), printed(line.issued), line.signer, state("vi", line), _notes(line),
    ]  # fmt: skip


def _decision(line: BookLine) -> str:
    return f"{line.decision_no} ({printed(line.decision_on)})" if line.decision_no else ""


def _notes(line: BookLine) -> str:
    return " ".join(sentence("vi", note) for note in notes(line))


def _row(line: BookLine) -> Mapping[str, str]:
    """What a row of the printed book says."""
    return {
        "number": str(line.number) if line.version == 1 else f"{line.number}.{line.version}",
        "name": line.name,
        "birth": printed(line.birth),
        "birth_place": line.birth_place or "",
        "sex": line.sex or "",
        "ethnicity": line.ethnicity or "",
        "classification": line.classification or "",
        "serial": line.serial or "",
        "register_no": line.register_no,
        "notes": _notes(line),
        "decision": line.decision_no or "",
        "decided": printed(line.decision_on),
    }


def _content(volume: Volume) -> dict[str, object]:
    book, contents = volume.book, volume.contents
    kind = messages.text("vi", f"kind.{book.type.key}")
    low = kind[0].lower() + kind[1:]
    return {
        "title": messages.text("vi", "register_book.title", kind=low),
        "kind": kind,
        "school": volume.school,
        "above": volume.authority,
        "year": str(book.year),
        "rows": [
            dict(_row(line), stands=line.lane in (Lane.ACTIVE, Lane.SUSPENDED))
            for line in volume.lines
        ],
        "facts": [
            {"label": messages.text("vi", f"register_book.{name}"), "value": value}
            for name, value in _facts(volume)
        ],
        "whole": len(volume.lines) == sum(contents.states.values()),
        "count": str(len(volume.lines)),
        "digest": volume.digest,
        "by": volume.by,
        "at": messages.local_time(volume.at),
        "specimen": volume.specimen,
        "words": {
            name: messages.text("vi", f"register_book.{name}")
            for name in ("part", "opening", "closing", "versions_hint")
        },
    }


def _facts(volume: Volume) -> Iterator[tuple[str, str]]:
    """What the opening page says of the book, and of what of it is printed."""
    contents = volume.contents
    yield "fact_lines", str(contents.lines)
    yield "fact_last", str(contents.last)
    for lane, number in sorted(contents.states.items()):
        yield f"fact_{lane.name.lower()}", str(number)
    yield "fact_gaps", gaps(contents.gaps) or messages.text("vi", "register_book.no_gaps")
    yield "fact_printed", str(len(volume.lines))
    by_name = volume.asked.order is Order.NAME
    yield "fact_order", messages.text("vi", f"register_book.by_{'name' if by_name else 'number'}")
    if volume.asked.class_name is not None:
        yield "fact_class", volume.asked.class_name
    if volume.asked.first is not None or volume.asked.last is not None:
        first, last = volume.asked.first or 1, volume.asked.last or contents.last
        yield "fact_numbers", f"{first}–{last}"
