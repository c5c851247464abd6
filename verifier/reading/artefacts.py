"""Which texts look like an artefact of ours. Looks only: whether one is genuine is for others."""

import re
from collections.abc import Iterable

from credential import qrlink, transfer
from credential.errors import FormatError

MOST = 16  # artefacts of one file; a paper of ours has two, and for each all sources are asked
MAX_ARTEFACT = 256 * 1024  # characters; an SD-JWT with a hundred results has some 30,000
MAX_TEXT = transfer.MAX_BYTES  # characters of a text attached or saved: bundles are the longest

_PART = r"[A-Za-z0-9_-]+"
_JWS = rf"{_PART}\.{_PART}\.{_PART}"
# RFC 9901 §4: the issuer's JWT, disclosures each closed by "~", then perhaps a key binding JWT.
_SD_JWT = re.compile(rf"{_JWS}~(?:{_PART}~)*(?:{_JWS})?", re.ASCII)


def looks_like_ours(text: str) -> bool:
    """Whether a text has the shape of a QR link, of whatever host, or of an SD-JWT."""
    if len(text) > MAX_ARTEFACT:
        return False
    return ("#" in text and qrlink.looks_like_link(text)) or bool(_SD_JWT.fullmatch(text))


def ours(texts: Iterable[str]) -> tuple[str, ...]:
    """Those that look like ours, each once, in order.

    Raises FormatError ``reading.not_ours`` when there are only others, ``reading.no_code`` when
    there is none at all, ``reading.too_many`` (limit) when there are more than anybody's papers.
    """
    found = list(dict.fromkeys(texts))
    kept = tuple(text for text in found if looks_like_ours(text))
    if not kept:
        raise FormatError("reading.not_ours" if found else "reading.no_code")
    if len(kept) > MOST:
        raise FormatError("reading.too_many", limit=MOST)
    return kept
