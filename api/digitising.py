"""From a typed sheet and the scans of its pages to lines of an old book, with all that is wrong.

Used by the command line and the pages alike. A line without the scan of its page is not entered:
nobody could check it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from credential.errors import Fault
from credential.lines import HeldLine, OldBook, OldLine
from issuer.intake.layout import CODE, NAME
from issuer.intake.register_books import PAGE, SCAN, SERIAL, BookRow
from issuer.intake.rows import Notice, Reading
from registry.oldbooks import OldBooks

_DIGITS = re.compile(r"[0-9]+")
_COLUMNS = {"number": CODE, "serial": SERIAL}  # of faults that the registry finds


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet comes to: its sound lines by row of the sheet, faults and notices."""

    rows: Sequence[tuple[int, OldLine]]
    faults: Sequence[Fault]
    notices: Sequence[Notice]

    @property
    def lines(self) -> list[OldLine]:
        """The sound lines, in the order of the sheet."""
        return [line for _, line in self.rows]


def preview(
    found: Reading[BookRow], book: OldBook, scans: Mapping[str, str], books: OldBooks
) -> Preview:
    """A sheet against a book. `scans` are the digests of the scans at hand, by file name.

    A page's scan is the file that its row names, or the one whose last number is the page's.
    """
    by_page = _by_page(scans)
    rows, faults = [], list(found.faults)
    for row in found.rows:
        digest = scans.get(row.scan) if row.scan else by_page.get(_page(row.line.page))
        if not digest:
            key = SCAN if row.scan and SCAN in found.columns else PAGE
            faults.append(found.fault("digitise.scan_missing", row.row, key, found=row.line.page))
            continue
        rows.append((row.row, replace(row.line, scan=digest)))
    lines = [line for _, line in rows]
    places = [row for row, _ in rows]
    for fault in books.faults(book, lines):
        key = _COLUMNS[fault.column or "number"]
        faults.append(found.fault(fault.code, places[(fault.row or 1) - 1], key, **fault.params))
    notices = [*found.notices, *_alike(found, lines, places, book, books)]
    return Preview(
        rows,
        sorted(faults, key=lambda fault: fault.row or 0),
        sorted(notices, key=lambda notice: notice.row or 0),
    )


def code_of(lines: Sequence[HeldLine]) -> str:
    """Twelve digits that stand for what lines say, in their order, for who types what they saw."""
    whole = "".join(one.line.digest for one in lines)
    return hashlib.sha256(whole.encode()).hexdigest()[:12]


def _alike(
    found: Reading[BookRow],
    lines: Sequence[OldLine],
    places: Sequence[int],
    book: OldBook,
    books: OldBooks,
) -> Iterator[Notice]:
    for at, other in books.alike(book, lines):
        fault = found.fault(
            "digitise.alike", places[at], NAME, found=lines[at].name, register_no=other
        )
        yield Notice(fault.code, fault.row, fault.column, fault.params, fault.letter)


def _by_page(scans: Mapping[str, str]) -> dict[str, str]:
    """Scans by the last number in their names; of two with the same number, neither."""
    found: dict[str, str] = {}
    for name, digest in scans.items():
        if numbers := _DIGITS.findall(name.rpartition(".")[0] or name):
            page = _page(numbers[-1])
            found[page] = digest if page not in found else ""
    return found


def _page(text: str) -> str:
    return text.lstrip("0") or "0"
