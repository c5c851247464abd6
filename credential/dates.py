"""Calendar dates whose precision may be a year, a month or a day.

Old registers know some births only by year; a missing day is never invented.
"""

from dataclasses import dataclass
from datetime import date

from credential.errors import FormatError

_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date known to the year, the month or the day (`month` and `day` are None if unknown).

    Raises FormatError ``date.invalid`` for a date that does not exist.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR or (self.day and not self.month):
            raise FormatError("date.invalid", found=self.number)
        try:
            date(self.year, self.month or 1, self.day or 1)
        except ValueError as error:
            raise FormatError("date.invalid", found=self.number) from error

    @property
    def number(self) -> int:
        """The date as the integer yyyymmdd, with zeros for what is unknown."""
        return self.year * 10000 + (self.month or 0) * 100 + (self.day or 0)

    @classmethod
    def from_number(cls, number: int) -> "PartialDate":
        """Inverse of `number`. Raises FormatError ``date.invalid``."""
        year, rest = divmod(number, 10000)
        month, day = divmod(rest, 100)
        return cls(year, month or None, day or None)

    @classmethod
    def from_date(cls, day: date) -> "PartialDate":
        """A date known to the day."""
        return cls(day.year, day.month, day.day)

    def to_date(self) -> date:
        """Inverse of `from_date`. Raises FormatError ``date.invalid`` unless known to the day."""
        if not (self.month and self.day):
            raise FormatError("date.invalid", found=self.number)
        return date(self.year, self.month, self.day)

    def age(self, on: date) -> int:
        """Full years on a day of whoever was born then; the youngest possible where it is partial.

        Born on 29 February, one is a year older on 1 March where there is no such day.
        """
        born = (self.month or 12, self.day or 31)
        return on.year - self.year - ((on.month, on.day) < born)

    def iso(self) -> str:
        """ISO 8601 with reduced precision: ``2008``, ``2008-02`` or ``2008-02-07``."""
        return str(self.year) + "".join(f"-{part:02d}" for part in (self.month, self.day) if part)

    @classmethod
    def from_iso(cls, text: str) -> "PartialDate":
        """Inverse of `iso`; no other spelling is taken. Raises FormatError ``date.invalid``."""
        parts = text.split("-")
        try:
            found = cls(*(int(part) for part in parts)) if len(parts) <= 3 else None
        except ValueError as error:
            raise FormatError("date.invalid", found=text) from error
        if found is None or found.iso() != text:
            raise FormatError("date.invalid", found=text)
        return found

    def printed(self) -> str:
        """As Vietnamese papers write it: ``07/02/2008``, ``02/2008`` or ``2008``."""
        return "/".join(
            [f"{part:02d}" for part in (self.day, self.month) if part] + [str(self.year)]
        )
