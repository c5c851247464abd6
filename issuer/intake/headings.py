"""Where the header of a sheet is, and which of its columns a layout means.

Headings meet whatever their case, marks, spaces, line breaks, asterisks and remarks in brackets;
also in TCVN3 and VNI. A header of several rows is read as paths: a heading spans the blank cells
to its right, as merged cells do.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from openpyxl.utils.cell import get_column_letter

from credential.legacy import DECODERS
from credential.text import fold_plain, nfc
from issuer.intake.layout import CLASS, FAMILY, GIVEN, NAME, Field, Layout
from issuer.intake.workbook import Cell

HEADER_WITHIN = 15  # rows: titles, dates and the school's name stand above the header
_RECOGNISED = 3  # headings that make a row a header, though perhaps a wrong one
_BRACKETS = re.compile(r"\([^()]*\)")
_LONGEST = 120  # characters of a heading

Top = Sequence[tuple[int, Sequence[Cell]]]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A layout's header in a sheet: number of its last row, columns and spelling by field."""

    layout: Layout
    row: int
    places: Mapping[str, tuple[int, ...]]
    spelling: Mapping[str, str]

    @property
    def missing(self) -> list[Field]:
        """Columns that the layout needs and the sheet has not, or has more than once."""
        found = {key for key, places in self.places.items() if len(places) == 1}
        parted = {FAMILY, GIVEN} <= found
        return [
            field
            for field in self.layout.fields
            if (field.needed and field.key not in found | self._elsewhere(parted))
            or len(self.places.get(field.key, ())) > 1
        ]

    def _elsewhere(self, parted: bool) -> set[str]:
        """Fields that may be told otherwise than in a column of their own."""
        return ({NAME} if parted else set()) | ({CLASS} if self.layout.sections else set())

    def heading(self, key: str) -> str:
        """The column's heading as the sheet spells it, or as the layout would."""
        key = self._shown(key)
        field = self.layout.field(key)
        return self.spelling.get(key) or (field.headings[0] if field else key)

    def _shown(self, key: str) -> str:
        """Where a field stands: a name in two columns in the first of them."""
        return FAMILY if key == NAME and NAME not in self.places and FAMILY in self.places else key

    def letter(self, key: str) -> str | None:
        """The letters that the spreadsheet program shows above the column."""
        places = self.places.get(self._shown(key), ())
        return get_column_letter(places[0] + 1) if places else None


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A key under which spellings of the same heading meet."""
    digits = "".join(char for char in text if char in "0123456789")
    return re.sub(r"[^a-z]+", "", fold_plain(text)) + digits


@lru_cache(maxsize=4096)
def heading_keys(text: str) -> frozenset[str]:
    """Every key that a heading in a sheet may be meant by."""
    readings = {text, _BRACKETS.sub("", text)}
    readings |= {decode(reading) for reading in tuple(readings) for decode in DECODERS.values()}
    return frozenset(heading_key(reading) for reading in readings) - {""}


def find_header(top: Top, layout: Layout, given: Mapping[str, str]) -> Header | None:
    """The rows with the most headings of the layout, if enough to be a header.

    `given` maps headings of the layout to those of the sheet, where a person says so.
    """
    wanted = _wanted(layout, given)
    best: Header | None = None
    for depth in range(1, layout.depth + 1):
        for start in range(len(top) - depth + 1):
            header = _header(top[start : start + depth], layout, wanted)
            if len(header.places) >= max(_RECOGNISED, len(best.places) + 1 if best else 0):
                best = header
    return best


def _wanted(layout: Layout, given: Mapping[str, str]) -> dict[Path, str]:
    """Paths of keys → field. A heading that a person gives is the only one of its field."""
    chosen = {heading_key(own): theirs for own, theirs in given.items()}
    wanted: dict[Path, str] = {}
    for field in layout.fields:
        mine = [chosen[key] for key in map(heading_key, field.headings) if key in chosen]
        for heading in mine or field.headings:
            path = tuple(heading_key(part) for part in heading.split(">"))
            if mine:
                wanted[path] = field.key
            else:
                wanted.setdefault(path, field.key)
    return wanted


def _header(rows: Top, layout: Layout, wanted: Mapping[Path, str]) -> Header:
    places: dict[str, tuple[int, ...]] = {}
    spelling: dict[str, str] = {}
    for place, labels in enumerate(_paths([values for _, values in rows])):
        key = _meant(labels, wanted) if labels else None
        if key:
            places[key] = (*places.get(key, ()), place)
            spelling[key] = " – ".join(labels[-2:])
    return Header(layout, rows[-1][0], places, spelling)


def _paths(rows: Sequence[Sequence[Cell]]) -> list[tuple[str, ...]]:
    """The headings above each column, from the top row down."""
    width = max(map(len, rows), default=0)
    paths: list[list[str]] = [[] for _ in range(width)]
    for depth, values in enumerate(rows):
        carried = ""
        for place in range(width):
            label = _label(values[place]) if place < len(values) else ""
            if not label and any(_at(above, place) for above in rows[:depth]):
                carried = ""  # another group has begun
            below = any(_at(under, place) for under in rows[depth + 1 :])
            if label or (carried and below):
                paths[place].append(label or carried)
            carried = label or carried
    return [tuple(path) for path in paths]


def _at(values: Sequence[Cell], place: int) -> str:
    return _label(values[place]) if place < len(values) else ""


def _label(cell: Cell) -> str:
    return " ".join(nfc(cell[:_LONGEST]).split()) if isinstance(cell, str) else ""


def _meant(labels: Sequence[str], wanted: Mapping[Path, str]) -> str | None:
    """The field of a path: its last heading the column's own, the others above in their order."""
    keys = [heading_keys(label) for label in labels]
    fitting = [path for path in wanted if path[-1] in keys[-1] and _above(path[:-1], keys[:-1])]
    return wanted[max(fitting, key=len)] if fitting else None


def _above(path: Path, keys: Iterable[frozenset[str]]) -> bool:
    rest = iter(keys)
    return all(any(part in found for found in rest) for part in path)
