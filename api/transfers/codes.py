"""The parents' transfer code: 20 characters of Crockford base 32, 100 random bits.

The store keeps its SHA-256 alone: so many random bits need no slow hash.
"""

import hashlib
import secrets

from credential.errors import FormatError
from credential.lookup import ALPHABET

LENGTH = 20
_NAME = 8  # characters of a transfer's name after CT
_FORGIVEN = str.maketrans("OIL", "011", " –-")


def make() -> str:
    """A new code in its one spelling."""
    return _drawn(LENGTH)


def make_name() -> str:
    """A name for a transfer, such as ``CT7K3M9QXA``; no secret."""
    return f"CT{_drawn(_NAME)}"


def parse(text: str) -> str:
    """The code in its one spelling; spaces, hyphens, case and O/0, I/L/1 are forgiven.

    Raises FormatError ``transfer.code``.
    """
    code = text.strip().upper().translate(_FORGIVEN)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise FormatError("transfer.code")
    return code


def grouped(code: str) -> str:
    """As printed: five groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, LENGTH, 4))


def digest(code: str) -> bytes:
    """What the store knows the code by."""
    return hashlib.sha256(b"sogoc transfer code " + code.encode()).digest()


def _drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
