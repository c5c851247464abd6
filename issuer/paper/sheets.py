"""A print sheet: the papers of a batch as one PDF, in order, moved as a printer needs it.

For printing only: nothing is attached and nothing signed. A page is moved by moving its edges, so
that what stands on it keeps its exact size.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2

FARTHEST = 20.0
"""Millimetres by which a page may be moved: more is a wrong tray, not a printer's play."""

_POINTS = 72 / 25.4  # to a millimetre

_pdfium: Any = pypdfium2  # it carries no types


@dataclass(frozen=True, slots=True)
class Offset:
    """By how much a printer wants its pages moved, in millimetres to the right and down."""

    right: float = 0.0
    down: float = 0.0


def joined(pdfs: Iterable[bytes], offset: Offset) -> bytes:
    """All pages in one file."""
    whole = _pdfium.PdfDocument.new()
    for pdf in pdfs:
        with _pdfium.PdfDocument(pdf) as one:
            whole.import_pages(one)
    right, down = offset.right * _POINTS, offset.down * _POINTS
    for page in whole:
        left, bottom, far, top = page.get_mediabox()
        moved = (left - right, bottom + down, far - right, top + down)
        page.set_mediabox(*moved)
        page.set_cropbox(*moved)
    out = BytesIO()
    whole.save(out)
    whole.close()
    return out.getvalue()
