"""The 16-character look-up code printed beside the QR code.

Crockford base 32 (no I, L, O, U): 15 characters carry 75 random bits, the 16th is a check
character. The check is a weighted sum over GF(32), so any one wrong character and any swap of
two is noticed before a server is asked.
"""

import re

from credential.errors import FormatError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BYTES = 10
_VALUE = {char: value for value, char in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_REDUCE = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_SEPARATORS = " –-"
_TYPED = re.compile(rf"(?:[0-9A-Z][{_SEPARATORS}]*){{16}}", re.IGNORECASE | re.ASCII)


def _check(values: list[int]) -> int:
    total = 0
    for value in values:  # Horner's rule with x as the variable
        total = ((total << 1) ^ (_REDUCE if total & 16 else 0)) ^ value
    return ((total << 1) ^ (_REDUCE if total & 16 else 0)) & 31


def encode(random: bytes) -> str:
    """A code of 16 characters from 10 random bytes (75 of their 80 bits are used)."""
    number = int.from_bytes(random[:RANDOM_BYTES], "big") >> 5
    values = [number >> shift & 31 for shift in range(70, -1, -5)]
    return "".join(ALPHABET[value] for value in [*values, _check(values)])


def looks_like_code(text: str) -> bool:
    """Whether a typed text is meant as a look-up code: 16 letters and digits, however grouped.

    So a mistyped letter is told from a text of another kind; `parse` decides.
    """
    return _TYPED.fullmatch(text.strip()) is not None


def parse(text: str) -> str:
    """The code in its one spelling; spaces, hyphens, case and O/0, I/L/1 are forgiven.

    Raises FormatError ``code.malformed`` or ``code.check`` (a mistyped character).
    """
    typed = "".join(char for char in text.strip().upper() if char not in _SEPARATORS)
    values = [_VALUE.get(char, -1) for char in typed]
    if len(values) != 16 or -1 in values:
        raise FormatError("code.malformed")
    if _check(values[:15]) != values[15]:
        raise FormatError("code.check")
    return "".join(ALPHABET[value] for value in values)


def grouped(code: str) -> str:
    """As printed: four groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, 16, 4))
