"""The 16-character look-up code printed beside the QR code (`credential.crockford`).

15 characters carry 75 random bits, the 16th is a check character.
"""

import re

from credential import crockford
from credential.crockford import ALPHABET, grouped
from credential.errors import FormatError

RANDOM_BYTES = 10
_LENGTH = 16
_TYPED = re.compile(rf"(?:[0-9A-Z][{crockford.SEPARATORS}]*){{16}}", re.IGNORECASE | re.ASCII)


def encode(random: bytes) -> str:
    """A code of 16 characters from 10 random bytes (75 of their 80 bits are used)."""
    return crockford.encode(random[:RANDOM_BYTES], _LENGTH)


def looks_like_code(text: str) -> bool:
    """Whether a typed text is meant as a look-up code: 16 letters and digits, however grouped.

    So a mistyped letter is told from a text of another kind; `parse` decides.
    """
    return _TYPED.fullmatch(text.strip()) is not None


def parse(text: str) -> str:
    """The code in its one spelling; spaces, hyphens, case and O/0, I/L/1 are forgiven.

    Raises FormatError ``code.malformed`` or ``code.check`` (a mistyped character).
    """
    found = crockford.values(text, _LENGTH)
    if found is None:
        raise FormatError("code.malformed")
    if not crockford.is_sound(found):
        raise FormatError("code.check")
    return crockford.spelled(found)


__all__ = ["ALPHABET", "RANDOM_BYTES", "encode", "grouped", "looks_like_code", "parse"]
