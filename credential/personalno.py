"""The personal number (số định danh cá nhân): what its digits say, and what contradicts it.

12 digits: 3 of the province or country where the birth was registered, 1 of century and sex, 2 of
the year of birth, 6 random (Decree 137/2015/NĐ-CP, Article 13). There is no check digit, and no
list of the first three: who was born abroad has a country's code there.

With province, sex and year known some million numbers are left, so that a digest of one hides
nothing: it is never hashed, signed, logged or put into an address, and shown only `masked`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from credential.dates import PartialDate
from credential.errors import FormatError

LENGTH: Final = 12
_SHAPE = re.compile(r"[0-9]{12}")
_SEXES = ("Nam", "Nữ")
_FIRST_CENTURY = 1900


def check_shape(number: str) -> None:
    """Refuse what is no personal number. Raises FormatError ``personal_no.invalid``."""
    if not _SHAPE.fullmatch(number):
        raise FormatError("personal_no.invalid", found=masked(number), expected=LENGTH)


def sex_of(number: str) -> str:
    """The sex that the fourth digit says: ``Nam`` or ``Nữ``."""
    return _SEXES[int(number[3]) % 2]


def year_of(number: str) -> int:
    """The year of birth that the fourth to sixth digits say."""
    return _FIRST_CENTURY + int(number[3]) // 2 * 100 + int(number[4:6])


def contradictions(
    number: str, sex: str | None, birth: PartialDate | None
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What else is known of a person against their number: codes with what was found and expected.

    ``personal_no.sex`` and ``personal_no.year``: `found` is what the number says. What is not
    known contradicts nothing.
    """
    if sex is not None and sex != sex_of(number):
        yield "personal_no.sex", {"found": sex_of(number), "expected": sex}
    if birth is not None and birth.year != year_of(number):
        yield "personal_no.year", {"found": year_of(number), "expected": birth.year}


def masked(number: str) -> str:
    """As it may be shown: its first three digits and its last two."""
    hidden = len(number) - 5
    return f"{number[:3]}{'*' * hidden}{number[-2:]}" if hidden > 0 else "*" * len(number)
