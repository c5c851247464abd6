"""Blanks (phôi văn bằng): pre-printed forms, each with a number, and what becomes of them.

Pure. A blank is received, then used, spoiled or destroyed; a spoiled one may still be destroyed
(Circular 21/2019: spoiled blanks are listed and destroyed by a council with minutes). Numbers run
in a series: what stands before the digits, and how many digits there are. Spans of numbers stand
for the blanks in them, both ends included.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import NamedTuple, TypeVar

from credential.errors import FormatError
from credential.model import CredentialType
from credential.text import check_text

MOST = 10_000_000
"""Blanks that may be received at once."""

_SERIAL = re.compile(r"([^0-9](?:.*[^0-9])?)?([0-9]{1,12})")
_MAX_PREFIX = 20
_What = TypeVar("_What")


class Fate(Enum):
    """What a blank is now."""

    ON_HAND = "on_hand"
    USED = "used"  # a credential bears its number
    SPOILED = "spoiled"  # written wrongly, torn, printed badly
    DESTROYED = "destroyed"


FROM = {
    Fate.USED: (Fate.ON_HAND,),
    Fate.SPOILED: (Fate.ON_HAND,),
    Fate.DESTROYED: (Fate.ON_HAND, Fate.SPOILED),
}
"""What a blank may have been before it becomes this."""


class Span(NamedTuple):
    """Numbers from `first` to `last` of one series."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class Series(NamedTuple):
    """How serials of blanks are written: ``T`` and 8 digits for ``T00001234``."""

    type: CredentialType
    prefix: str
    digits: int

    def serial(self, number: int) -> str:
        """A blank's serial as it is printed."""
        return f"{self.prefix}{number:0{self.digits}d}"

    def written(self, span: Span) -> str:
        """A span as people write it: ``T0001–T0005``, or the one serial."""
        first, last = self.serial(span.first), self.serial(span.last)
        return first if span.first == span.last else f"{first}–{last}"


@dataclass(frozen=True, slots=True)
class Why:
    """Who did something with blanks, on which day, and by what: decision or minutes, reason.

    `council` names who destroyed them.
    """

    by: str
    on: date
    document: str | None = None
    reason: str | None = None
    council: str | None = None

    def check(self, fate: Fate) -> None:
        """Refuse what the circular does not let stand: each fate needs its document or reason.

        Raises FormatError ``blanks.document``, ``blanks.reason``, ``blanks.council`` and what
        `credential.text.check_text` raises.
        """
        needed = {
            Fate.ON_HAND: {"document": self.document},
            Fate.SPOILED: {"reason": self.reason},
            Fate.DESTROYED: {"document": self.document, "council": self.council},
        }.get(fate, {})
        for name, said in needed.items():
            if not said:
                raise FormatError(f"blanks.{name}")
        for text in (self.by, self.document, self.reason, self.council):
            if text is not None:
                check_text(text, 300)


def split(kind: CredentialType, serial: str) -> tuple[Series, int]:
    """The series of a serial, and its number in it. Raises FormatError ``blanks.serial``."""
    found = _SERIAL.fullmatch(serial)
    prefix = (found[1] or "") if found else ""
    if found is None or len(prefix) > _MAX_PREFIX or not serial.isprintable():
        raise FormatError("blanks.serial", found=serial[:40])
    return Series(kind, prefix, len(found[2])), int(found[2])


def between(kind: CredentialType, first: str, last: str) -> tuple[Series, Span]:
    """The blanks from one serial to another.

    Raises FormatError ``blanks.serial``, ``blanks.range`` (of two series, or backwards) and
    ``blanks.too_many``.
    """
    series, start = split(kind, first)
    other, end = split(kind, last)
    if other != series or end < start:
        raise FormatError("blanks.range", first=first, last=last)
    if end - start >= MOST:
        raise FormatError("blanks.too_many", found=end - start + 1, limit=MOST)
    return series, Span(start, end)


def spans(numbers: Iterable[int]) -> list[Span]:
    """The fewest spans that hold exactly these numbers, in order."""
    found: list[Span] = []
    for number in sorted(set(numbers)):
        if found and found[-1].last + 1 == number:
            found[-1] = Span(found[-1].first, number)
        else:
            found.append(Span(number, number))
    return found


def grouped(kind: CredentialType, serials: Iterable[str]) -> dict[Series, list[Span]]:
    """Serials as spans of their series. Raises FormatError ``blanks.serial``."""
    numbers: dict[Series, list[int]] = {}
    for serial in serials:
        series, number = split(kind, serial)
        numbers.setdefault(series, []).append(number)
    return {series: spans(found) for series, found in numbers.items()}


def without(span: Span, taken: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span when others, in order, are taken out of it."""
    start = span.first
    for each in taken:
        if each.last < start or span.last < each.first:
            continue
        if start < each.first:
            yield Span(start, each.first - 1)
        start = each.last + 1
    if start <= span.last:
        yield Span(start, span.last)


def merged(held: Iterable[tuple[Span, _What]]) -> list[tuple[Span, _What]]:
    """The same spans, those that touch and are alike joined to one."""
    found: list[tuple[Span, _What]] = []
    for span, what in sorted(held, key=lambda each: each[0]):
        if found and found[-1][1] == what and found[-1][0].last + 1 == span.first:
            found[-1] = (Span(found[-1][0].first, span.last), what)
        else:
            found.append((span, what))
    return found
