"""A PDF taken apart: attached files and the QR codes on its pages.

Runs only in a process of its own (`confined`), for the parser is native code and a few
kilobytes of PDF can ask for gigabytes or hours. Reads the file from standard input, writes one
JSON object: ``{"attached": [text…], "codes": [text…]}`` or ``{"broken": reason}``.
"""

import json
import math
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
from PIL import Image

from verifier.reading import artefacts, codes

pdfium: Any = pypdfium2  # it carries no types

MAX_PAGES = 5
MAX_ATTACHMENTS = 20
_RESOLUTIONS = (150, 300)  # dots per inch; the second only where the first shows nothing
_PAGE_PIXELS = 20_000_000  # A3 at 300 dpi has 17 million


def take_apart(data: bytes) -> dict[str, object]:
    """What `main` writes for a file."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pdfium.raw.FPDF_ERR_PASSWORD
        return {"broken": "encrypted" if locked else "damaged"}
    attached = list(_attached(document))
    found: list[str] = []
    for number in range(min(len(document), MAX_PAGES)):
        found += _on_page(document, number)
    if not len(document) and not attached:
        return {"broken": "damaged"}
    return {"attached": attached, "codes": found}


def _attached(document: Any) -> Iterator[str]:
    """Attached files that are short ASCII text."""
    for number in range(min(document.count_attachments(), MAX_ATTACHMENTS)):
        try:
            content = bytes(document.get_attachment(number).get_data())
        except pdfium.PdfiumError:
            continue  # an attachment that cannot be read is none; the pages may still show a code
        if len(content) <= artefacts.MAX_ARTEFACT and content.isascii():
            yield content.decode("ascii").strip()


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


def main() -> None:
    """Take apart the PDF on standard input, with `argv` = bytes of memory, seconds of time."""
    memory, seconds = (int(text) for text in sys.argv[-2:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(take_apart(sys.stdin.buffer.read()), sys.stdout)
