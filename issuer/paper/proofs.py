"""What is wrong with a template, seen on papers that it made. `faults` runs in `confined` only.

A template is a school's own program for a page. It is judged by what comes out: printed, rendered
and read back as a person and a scanner would.
"""

import math
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import typst
from PIL import Image

from credential.errors import SogocError
from issuer.paper import comparing, qr
from issuer.paper.document import Paper, print_paper
from issuer.paper.press import Field
from issuer.paper.samples import ALPHABET

Fault = tuple[str, dict[str, object]]
"""A code ``template.*`` and its parameters."""

EDGE_MM = 5.0
"""How far from the page's edge the code must stay: printers leave about 4 mm white."""

_DPI = 300
_SCREEN = 110  # dots per inch of a picture
_TOLERANCE = 0.97  # of a length measured on a rendered page
_LIGHT = 128  # grey levels from which a pixel counts as light
_MM = 25.4 / _DPI
_SPECIMEN = ("bản mẫu", "specimen")

# they carry no types that fit
_pdfium: Any = pypdfium2
_typst: Any = typst


def faults(folder: Path, papers: list[Paper]) -> list[Fault]:
    """Everything that is wrong with the template in a folder, tried on these papers."""
    found = list(_fonts(folder))
    for paper in papers:
        try:
            pdf, field = print_paper(paper, sealed=True)
        except SogocError as error:
            cause = error.__cause__
            reason = str(cause).splitlines()[0][:200] if cause else error.code
            return [*found, ("template.broken", {"reason": reason})]
        found += [each for each in _of_paper(paper, pdf, field) if each not in found]
    return found


def _of_paper(paper: Paper, pdf: bytes, field: Field | None) -> Iterator[Fault]:
    with _pdfium.PdfDocument(pdf) as document:
        yield from _texts(paper, comparing.text_of(document))
        if not comparing.carries(paper, document):
            yield "template.attachment", {}
        pages = list(document)
        if paper.credential.transcript is None and len(pages) != 1:
            yield "template.pages", {"found": len(pages)}
        yield from _code(paper, comparing.pictures(document, _DPI))
        sizes = [page.get_size() for page in pages]
        yield from _seal(field, sizes)


def _texts(paper: Paper, text: str) -> Iterator[Fault]:
    if missing := comparing.missing(paper, text):
        yield "template.fields", {"fields": ", ".join(missing)}
    if not any(word in text for word in _SPECIMEN):
        yield "template.specimen", {}


def _code(paper: Paper, pages: Iterable[Image.Image]) -> Iterator[Fault]:
    for page in pages:
        if corners := comparing.code_on(paper, page):
            yield from _placed(corners, qr.matrix(*paper.qr), page)
            return
    yield "template.qr_unreadable", {}


def _placed(corners: Any, modules: qr.Matrix, page: Image.Image) -> Iterator[Fault]:
    """Size of the code, distance from the edges, light around it."""
    four = (corners.top_left, corners.top_right, corners.bottom_right, corners.bottom_left)
    points = [(each.x, each.y) for each in four]
    side = math.dist(points[0], points[1])
    wanted = qr.module_mm(modules) * len(modules)
    if side * _MM < wanted * _TOLERANCE:
        yield "template.qr_small", {"found": round(side * _MM), "expected": round(wanted)}
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    if min(left, top, page.width - right, page.height - bottom) * _MM < EDGE_MM:
        yield "template.qr_outside", {"expected": round(EDGE_MM)}
    quiet = (qr.QUIET_ZONE - 0.5) * side / len(modules)
    outer = page.crop((round(left - quiet), round(top - quiet),
                       round(right + quiet), round(bottom + quiet)))  # fmt: skip
    inner = Image.new("L", (round(right - left) + 4, round(bottom - top) + 4), 255)
    outer.paste(inner, (round(quiet) - 2, round(quiet) - 2))
    darkest: Any = outer.getextrema()[0]
    if darkest < _LIGHT:
        yield "template.qr_crowded", {}


def _seal(field: Field | None, pages: list[tuple[float, float]]) -> Iterator[Fault]:
    if field is None:
        yield "template.seal_absent", {}
        return
    width, height = pages[field.page - 1]
    fits = 0 <= field.x <= width - field.width and 0 <= field.y <= height - field.height
    if not fits:
        yield "template.seal_outside", {}


def _fonts(folder: Path) -> Iterator[Fault]:
    """Each font that comes along has every Vietnamese letter."""
    held = _typst.Fonts(False, False, [folder])  # of no system, and not typst's own
    for family in sorted(set(held.families())):
        page = (
            f'#set text(font: "{family}", fallback: false)\n{ALPHABET} {ALPHABET.upper()}'
        ).encode()
        try:
            _typst.compile(page, font_paths=[folder], ignore_system_fonts=True,
                          pdf_standards=["a-3b"], format="pdf")  # fmt: skip
        except typst.TypstError:
            yield "template.font", {"family": family}


def pictured(pdf: bytes) -> bytes:
    """The first page of a PDF as a picture (PNG), for looking at."""
    with _pdfium.PdfDocument(pdf) as document:
        image = document[0].render(scale=_SCREEN / 72).to_pil()
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
