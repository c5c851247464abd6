"""Marks as integers in tenths: how they are read, written and rounded.

Decides what a cell of a mark sheet may hold. Which averages and levels follow from marks is
left to the dated rule sets (`grading.rules`).
"""

import re

from credential.errors import FormatError

HIGHEST = 100  # tenths: the 10-point scale of Circular 22/2021/TT-BGDĐT art. 6

_MARK = re.compile(r"([0-9]{1,2})(?:[.,]([0-9])0*)?")
_SCORE = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2})0*)?")


def half_up(numerator: int, denominator: int) -> int:
    """`numerator` / `denominator` to the nearest integer, ties upwards; neither is negative.

    Integers throughout: binary floats send one tie in fifty the wrong way.
    """
    return (2 * numerator + denominator) // (2 * denominator)


def parse_tenths(cell: str | int | float) -> int:
    """A mark in tenths: ``"8,5"``, ``"8.5"`` and 8.5 are 85, ``8`` is 80.

    Floats are what spreadsheets store, so they count as the number that is shown (six
    decimals). Raises FormatError ``mark.invalid`` (found, expected) outside 0–10, with more
    than one decimal, or for anything else; 85 is never taken for 8,5.
    """
    text = cell.strip() if isinstance(cell, str) else f"{cell:.6f}"
    match = None if isinstance(cell, bool) else _MARK.fullmatch(text)
    tenths = int(match[1]) * 10 + int(match[2] or 0) if match else HIGHEST + 1
    if tenths > HIGHEST:
        raise FormatError("mark.invalid", found=str(cell).strip(), expected="0–10")
    return tenths


def parse_hundredths(cell: str) -> int:
    """A score in hundredths: ``"7,25"`` and ``"7.25"`` are 725, ``"8"`` is 800.

    Raises FormatError ``score.invalid`` (found, expected) outside 0–10, with more than two
    decimals, or for anything else.
    """
    text = cell.strip()
    match = _SCORE.fullmatch(text)
    hundredths = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= hundredths <= 10 * HIGHEST:
        raise FormatError("score.invalid", found=text, expected="0–10")
    return hundredths


def format_tenths(tenths: int) -> str:
    """A mark as Vietnamese papers write it: 85 is ``8,5``, 100 is ``10,0``."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth}"


def format_hundredths(hundredths: int) -> str:
    """A score with two decimals: 725 is ``7,25``."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole},{rest:02d}"
