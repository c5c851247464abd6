"""What a person handed in, told apart by its first bytes, and the artefacts in it.

Never by file name. A PDF may carry one artefact attached and show another in print: all are
returned, and who decides must look at each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from credential import transfer
from credential.errors import FormatError
from credential.receipt import looks_like_receipt
from verifier.reading import artefacts, codes, confined

MAX_BYTES = 10_000_000

_PDF_HEADER_WITHIN = 1024  # bytes; readers accept a header that late
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was handed in, and the texts in it: artefacts, or for a typed text just that.

    A ``receipt`` (`credential.receipt`) or a ``transfer`` bundle (`credential.transfer`), typed or
    attached, is the one text of its own kind.
    """

    kind: Literal["text", "pdf", "image", "receipt", "transfer"]
    texts: tuple[str, ...]


def read(data: bytes | str) -> Reading:
    """The artefact texts in a typed text, a PDF, a PNG, JPEG or WebP image, or a text file.

    A typed text is only stripped: it may as well be bare digits or a look-up code. From files
    only what looks like ours is returned. Raises FormatError ``reading.too_large`` (`limit`),
    ``reading.unknown_type``, ``reading.no_code``, ``reading.not_ours``,
    ``reading.too_many`` (`limit`), and what `confined.take_apart` and `codes.grey` raise.
    """
    if isinstance(data, str):
        return _text(_typed(data))
    if len(data) > MAX_BYTES:
        raise FormatError("reading.too_large", limit="10 MB")
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return _pdf(confined.take_apart(data, "pdf"))
    if data.startswith(_IMAGES) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return Reading("image", artefacts.ours(_on_image(data)))
    return _text(_text_file(data))


def _text(text: str) -> Reading:
    return Reading(_own_kind(text) or "text", (text,))


def _own_kind(text: str) -> Literal["receipt", "transfer"] | None:
    """What a text is that is no artefact."""
    if looks_like_receipt(text):
        return "receipt"
    return "transfer" if transfer.looks_like_bundle(text) else None


def _pdf(parts: confined.Parts) -> Reading:
    attached = filter(artefacts.looks_like_ours, parts.attached)
    try:
        return Reading("pdf", artefacts.ours((*attached, *parts.codes)))
    except FormatError as error:
        own = [(kind, text) for text in parts.attached if (kind := _own_kind(text))]
        if len(own) != 1 or error.code == "reading.too_many":
            raise
        return Reading(own[0][0], (own[0][1],))


def _typed(text: str) -> str:
    if len(text) > artefacts.MAX_ARTEFACT and not transfer.looks_like_bundle(text):
        raise FormatError("reading.too_large", limit="256 KB")
    if not text.strip():
        raise FormatError("reading.no_code")
    return text.strip()


def _on_image(data: bytes) -> Iterable[str]:
    """Codes on an image: a camera frame's here and now, others' in a process of their own."""
    if codes.is_frame(data):
        return codes.codes(codes.grey(data))
    return confined.take_apart(data, "image").codes


def _text_file(data: bytes) -> str:
    """The one artefact that a saved text holds, such as an SD-JWT taken out of its PDF."""
    text = data.decode(errors="replace").strip() if len(data) <= artefacts.MAX_TEXT else ""
    if not (artefacts.looks_like_ours(text) or _own_kind(text)):
        raise FormatError("reading.unknown_type")
    return text
