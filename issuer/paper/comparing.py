"""What a printed paper carries, against what was to be printed.

A template is a school's own program for a page: it is tried on made-up papers (`proofs`), and may
do otherwise on real ones. So each paper is read back as a person and a scanner would, before
anybody signs it or sees it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image

from credential.errors import ConfigError
from issuer.paper.document import Paper, print_paper, shown_fields
from issuer.paper.press import Field

_DPI = (100, 300)
"""Dots per inch at which the code is looked for; the finer where the coarse is not enough."""
_ON_BLANKS = ("serial", "school", "verify_url")  # what a blank may bear before it is printed on
# What may stand in a text where a line ends, or not
_BETWEEN = dict.fromkeys(map(ord, "-\u00ad\u0002\ufffe"))

# they carry no types that fit
_pdfium: Any = pypdfium2
_zxing: Any = zxingcpp


def printed(paper: Paper, *, sealed: bool = False) -> tuple[bytes, Field | None]:
    """`print_paper`, and what came out is the paper that was meant.

    Raises what `print_paper` raises, ConfigError ``paper.differs`` (register_no, fields): what is
    missing of the texts, ``qr`` and ``sd_jwt``, so that nothing of it is handed out.
    """
    pdf, field = print_paper(paper, sealed=sealed)
    if found := list(_differences(paper, pdf)):
        number = paper.credential.register_no
        raise ConfigError("paper.differs", register_no=number, fields=", ".join(found))
    return pdf, field


def _differences(paper: Paper, pdf: bytes) -> Iterator[str]:
    with _pdfium.PdfDocument(pdf) as document:
        yield from missing(paper, text_of(document))
        if not carries(paper, document):
            yield "sd_jwt"
        if not any(code_on(paper, page) for dpi in _DPI for page in pictures(document, dpi)):
            yield "qr"


def text_of(document: Any) -> str:
    """All that a PDF says, as `plain` text."""
    return plain(" ".join(page.get_textpage().get_text_bounded() for page in document))


def plain(text: str) -> str:
    """A text without what lines and pages do to it: spaces, hyphens, capitals."""
    composed = unicodedata.normalize("NFC", text.translate(_BETWEEN))
    return "".join(composed.split()).casefold()


def missing(paper: Paper, text: str) -> list[str]:
    """The fields that a paper must show and whose values a `plain` text has not, or too seldom."""
    elsewhere = _ON_BLANKS if paper.overlay else ()
    return [
        name for name, values in shown_fields(paper).items()
        if name not in elsewhere and not _says(text, values)
    ]  # fmt: skip


def _says(text: str, values: Sequence[str]) -> bool:
    """Whether a text has each value as often as it is to be printed."""
    needed = Counter(map(plain, values))
    return all(text.count(value) >= count for value, count in needed.items())


def carries(paper: Paper, document: Any) -> bool:
    """Whether the paper's SD-JWT is attached, and nothing else."""
    held = [
        bytes(document.get_attachment(number).get_data())
        for number in range(document.count_attachments())
    ]
    return held == [paper.sd_jwt.encode()]


def pictures(document: Any, dpi: int) -> Iterator[Image.Image]:
    """Its pages, in grey, one after the other."""
    for page in document:
        yield page.render(scale=dpi / 72, grayscale=True).to_pil()


def code_on(paper: Paper, picture: Image.Image) -> Any | None:
    """Where the paper's QR code stands on a page (zxing's corners), read as a scanner does."""
    expected = "".join(paper.qr)
    for each in _zxing.read_barcodes(picture, formats=_zxing.BarcodeFormat.QRCode):
        if each.text == expected:
            return each.position
    return None
