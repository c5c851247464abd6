"""Codes that people type: Crockford base 32 (no I, L, O, U) with one check character at the end.

The check is a weighted sum over GF(32), so any one wrong character and any swap of two is noticed
before a server is asked, in codes of up to 31 characters.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE = {char: value for value, char in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_REDUCE = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
SEPARATORS = " –-"


def encode(random: bytes, length: int) -> str:
    """A code of that length, whose other characters carry the first bits of `random`."""
    bits = 5 * (length - 1)
    number = int.from_bytes(random, "big") >> (8 * len(random) - bits)
    values = [number >> shift & 31 for shift in range(bits - 5, -1, -5)]
    return "".join(ALPHABET[value] for value in [*values, _check(values)])


def values(text: str, length: int) -> list[int] | None:
    """What the characters of a typed code stand for; None if it is none of that length.

    Spaces, hyphens, case and O/0, I/L/1 are forgiven.
    """
    typed = (char for char in text.strip().upper() if char not in SEPARATORS)
    found = [_VALUE.get(char, -1) for char in typed]
    return found if len(found) == length and -1 not in found else None


def is_sound(found: list[int]) -> bool:
    """Whether the check character is right."""
    return _check(found[:-1]) == found[-1]


def spelled(found: list[int]) -> str:
    """The code in its one spelling."""
    return "".join(ALPHABET[value] for value in found)


def grouped(code: str) -> str:
    """As printed: in groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _check(found: list[int]) -> int:
    total = 0
    for value in found:  # Horner's rule with x as the variable
        total = ((total << 1) ^ (_REDUCE if total & 16 else 0)) ^ value
    return ((total << 1) ^ (_REDUCE if total & 16 else 0)) & 31
