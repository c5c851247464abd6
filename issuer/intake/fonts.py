"""Text of the old Vietnamese fonts in a sheet: mended where the sheet shows it, else a fault.

A sheet shows it when several cells can only be that encoding and none the other; a column that
has letters which those fonts never had is Unicode, and the odd cell in it is asked about.
"""

from collections import Counter
from collections.abc import Sequence

from credential import legacy
from issuer.intake.layout import NAME
from issuer.intake.mending import Column

_PROOF = 3  # cells that can only be of that encoding


def mend_fonts(columns: Sequence[Column]) -> None:
    """Unicode for TCVN3 and VNI; ``text.legacy`` (found, expected, encoding) where it is unsure."""
    spoken = {column.key: Counter(_spoken(column)) for column in columns}
    votes = sum((Counter(found) for found in spoken.values()), Counter[str]())
    names = [name for name in legacy.DECODERS if votes[name]]
    sure = names[0] if len(names) == 1 and votes[names[0]] >= _PROOF else None
    for column in columns:
        if sure and not spoken[column.key]["unicode"]:
            _decode(column, sure)
        elif any(spoken[column.key][name] for name in legacy.DECODERS):
            _ask(column)


def _spoken(column: Column) -> list[str]:
    return [found for _, text in column.texts() if (found := legacy.spoken_for(text))]


def _decode(column: Column, encoding: str) -> None:
    for row, text in list(column.texts()):
        meant = _meant(column, text, encoding)
        if text.isascii():
            continue
        if legacy.reads(text, encoding) or legacy.reads_in_part(text, encoding):
            column.take(row, "text.font", meant)
        elif meant != text:  # a name of another people, or not of that font at all
            column.blame(row, "text.legacy", expected=meant, encoding=encoding)


def _ask(column: Column) -> None:
    for row, text in column.texts():
        encoding = legacy.spoken_for(text)
        if encoding is not None and encoding in legacy.DECODERS:
            expected = _meant(column, text, encoding)
            column.blame(row, "text.legacy", expected=expected, encoding=encoding)


def _meant(column: Column, text: str, encoding: str) -> str:
    meant = legacy.DECODERS[encoding](text)
    return legacy.as_name(meant) if column.key == NAME else meant
