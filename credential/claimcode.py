"""The one-time code with which people claim what is theirs, printed on a slip by the school.

20 characters in groups of four (`credential.crockford`): 19 carry 95 random bits, the last is a
check character. It is longer than a look-up code, so neither is taken for the other.
"""

import hashlib

from credential import crockford
from credential.errors import FormatError

RANDOM_BYTES = 12
_LENGTH = 20


def encode(random: bytes) -> str:
    """A code from 12 random bytes (95 of their 96 bits are used)."""
    return crockford.encode(random[:RANDOM_BYTES], _LENGTH)


def parse(text: str) -> str:
    """The code in its one spelling; spaces, hyphens, case and O/0, I/L/1 are forgiven.

    Raises FormatError ``claim_code.malformed`` or ``claim_code.check`` (a mistyped character).
    """
    found = crockford.values(text, _LENGTH)
    if found is None:
        raise FormatError("claim_code.malformed")
    if not crockford.is_sound(found):
        raise FormatError("claim_code.check")
    return crockford.spelled(found)


def digest(code: str) -> bytes:
    """What is kept of a code in its one spelling: with 95 random bits nobody finds it back."""
    return hashlib.sha256(code.encode()).digest()
