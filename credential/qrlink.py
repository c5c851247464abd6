"""The QR token as a link: ``HTTPS://HOST/V#<decimal digits>``.

A byte 0x01 and the token's bytes are written as one decimal number, so that the code holds
them in numeric mode (8.03 bits a byte) and a URL needs no escaping. What stands after ``#`` is
never sent to a server by following the link. The host carries no authority: a verifier reads
the digits and ignores where they point.
"""

import re

from credential.errors import FormatError

MAX_TOKEN = 600  # bytes; a typical diploma takes 180, a transcript 230
_MAX_DIGITS = 1450  # 601 bytes make at most 1,448 digits
_MARK = 1
_LINK = re.compile(r"(?:https?://[^/#?\s]{1,255}/v/?#)?([0-9]+)", re.IGNORECASE | re.ASCII)


def encode(token: bytes, base_url: str) -> tuple[str, str]:
    """The link's two parts: prefix (for byte mode) and digits (for numeric mode)."""
    prefix = f"{base_url.rstrip('/').upper()}/V#"
    return prefix, str(int.from_bytes(bytes([_MARK]) + token, "big"))


def looks_like_link(text: str) -> bool:
    """Whether a text read off a code has the shape of one of ours, of whatever host."""
    return _LINK.fullmatch(text) is not None


def host(text: str) -> str:
    """The host that a link points to, in lower case; empty for bare digits."""
    return text.split("/")[2].lower() if "//" in text[:8] else ""


def decode(text: str) -> bytes:
    """The token's bytes from a link or from its digits alone.

    Exactly one spelling is taken per token. Raises FormatError ``qr.not_ours`` (not of this
    shape), ``qr.too_long`` and ``qr.malformed``.
    """
    found = _LINK.fullmatch(text)
    if found is None:
        raise FormatError("qr.not_ours")
    digits = found[1]
    if len(digits) > _MAX_DIGITS:
        raise FormatError("qr.too_long", limit=MAX_TOKEN)
    number = int(digits)
    length = (number.bit_length() + 7) // 8
    marked = number.to_bytes(length, "big")
    if digits[0] == "0" or marked[:1] != bytes([_MARK]) or not 1 < length <= MAX_TOKEN + 1:
        raise FormatError("qr.malformed")
    return marked[1:]
