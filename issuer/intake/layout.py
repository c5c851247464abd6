"""Layouts as data: which columns a kind of file has, under which headings, and what they hold.

A layout names every column that is kept; all others are dropped before anything looks at them.
Which layouts there are is said in `pupil_lists` and `score_sheet`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from issuer.intake.workbook import Cell

CODE, NAME, BIRTH, CLASS = "code", "name", "birth", "class_name"
PERSONAL_NO = "personal_no"
FAMILY, GIVEN = "family", "given"  # a name in two columns, which is put together
IDENTIFYING = (CODE, NAME, BIRTH, CLASS)


@dataclass(frozen=True, slots=True)
class Field:
    """A column: the field that it fills, its headings (first the layout's own), and its reader.

    ``A > B`` is the heading B under the heading A. Without `needed` the column may be absent,
    with `blank` its cells may be.
    """

    key: str
    headings: tuple[str, ...]
    read: Callable[[Cell], Any]
    needed: bool = True
    blank: bool = False

    def called(self, *headings: str) -> "Field":
        """The same column under the headings of another layout."""
        return replace(self, headings=headings)

    def optional(self) -> "Field":
        """The same column, which may be absent and its cells blank."""
        return replace(self, needed=False, blank=True)


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of file. `depth` is how many rows its header may have.

    With `sections` the class may stand in rows of its own ("LỚP 10A1") in place of a column.
    """

    name: str
    fields: tuple[Field, ...]
    depth: int = 1
    sections: bool = False

    @property
    def expected(self) -> str:
        """The headings that identify a pupil, for whoever looks for them."""
        return ", ".join(
            field.headings[0] for field in self.fields if field.key in IDENTIFYING and field.needed
        )

    def field(self, key: str) -> Field | None:
        """The column of that key."""
        return next((field for field in self.fields if field.key == key), None)


def named(name: str, layouts: Sequence[Layout]) -> Layout:
    """The layout of that name. Raises KeyError."""
    return {layout.name: layout for layout in layouts}[name]
