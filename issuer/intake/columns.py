"""What the columns of a file are called, for a person to say which is which.

For files in which no layout was recognised: the row that looks most like a header, on the first
sheet that has one.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from credential.text import nfc
from issuer.intake.headings import HEADER_WITHIN, heading_keys
from issuer.intake.layout import FAMILY, GIVEN, Field, Layout
from issuer.intake.workbook import Cell, sheets

_LEAST = 3  # texts that make a row a header
_LONGEST = 120  # characters of a heading


@dataclass(frozen=True, slots=True)
class Wanted:
    """A column of a layout by its first heading; `found` is what a heading of the file fits."""

    heading: str
    needed: bool
    found: str | None


def headings(data: bytes) -> tuple[str, ...]:
    """The headings of the likeliest header, each once; none if nothing looks like one.

    Raises InputError as `workbook.sheets`.
    """
    with closing(sheets(data)) as found:
        for sheet in found:
            top = [_texts(values) for _, values in islice(sheet.rows, HEADER_WITHIN)]
            best = max(top, key=len, default=())
            if len(best) >= _LEAST:
                return tuple(dict.fromkeys(best))
    return ()


def wanted(layout: Layout, found: Sequence[str]) -> list[Wanted]:
    """The columns of a layout with what there is for them; names in two columns are left out."""
    return [
        Wanted(field.headings[0], field.needed, _fitting(field, found))
        for field in layout.fields
        if field.key not in (FAMILY, GIVEN)
    ]


def _fitting(field: Field, found: Sequence[str]) -> str | None:
    own = {key for heading in field.headings for key in heading_keys(heading)}
    return next((heading for heading in found if heading_keys(heading) & own), None)


def _texts(values: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(
        " ".join(nfc(value[:_LONGEST]).split())
        for value in values
        if isinstance(value, str) and value.strip() and not value.strip()[0].isdigit()
    )
