"""A PDF taken apart: attached files and the QR codes on its pages. Runs in `worker` only."""

import math
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pypdfium2
from PIL import Image

from credential.errors import FormatError
from verifier.reading import artefacts, codes

pdfium: Any = pypdfium2  # it carries no types

MAX_PAGES = 5
MAX_ATTACHMENTS = 20
_RESOLUTIONS = (150, 300)  # dots per inch; the second only where the first shows nothing
_PAGE_PIXELS = 20_000_000  # A3 at 300 dpi has 17 million


def take_apart(data: bytes) -> tuple[list[str], list[str]]:
    """Texts attached to a PDF, and texts of the QR codes on its first pages.

    Raises FormatError ``reading.broken_pdf`` with `reason` ``encrypted`` or ``damaged``.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD
        reason = "encrypted" if locked else "damaged"
        raise FormatError("reading.broken_pdf", reason=reason) from error
    attached = list(_attached(document))
    found: list[str] = []
    for number in range(min(len(document), MAX_PAGES)):
        found += _on_page(document, number)
    if not len(document) and not attached:
        raise FormatError("reading.broken_pdf", reason="damaged")
    return attached, found


def _attached(document: Any) -> Iterator[str]:
    """Attached files that are short text."""
    for number in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            content = bytes(document.get_attachment(number).get_data())
        except pdfium.PdfiumError:
            continue  # an attachment that cannot be read is none; the pages may still show a code
        if len(content) <= artefacts.MAX_TEXT:
            with suppress(UnicodeDecodeError):
                yield content.decode().strip()


def _on_page(document: Any, number: int) -> list[str]:
    try:
        page = document[number]
        for resolution in _RESOLUTIONS:
            found = codes.codes(_render(page, resolution))
            if found:
                return found
    except pdfium.PdfiumError:
        pass  # a page that cannot be shown shows no code
    return []


def _render(page: Any, resolution: int) -> Image.Image:
    """The page in grey; a poster is drawn more coarsely, so that no page costs more than A3."""
    area = max(1.0, page.get_width()) * max(1.0, page.get_height())  # points²
    scale = min(resolution / 72, math.sqrt(_PAGE_PIXELS / area))
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image.convert("L")
