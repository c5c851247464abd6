"""The lines of the register as copies are made of them, and as they come up for review."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from credential.dates import PartialDate
from credential.lines import CopyEntry, RegisterLine
from credential.records import AwardLine
from database.connections import Database
from registry import copying, oldlines, reviewing
from registry.reviewing import Review


class LineDesk:
    """What a desk does with lines that are there. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lines(self, wanted: Collection[AwardLine]) -> Mapping[AwardLine, RegisterLine]:
        """These versions of lines with all that a copy says of them; unknown ones are absent."""
        with self._database.reading() as connection:
            return copying.lines(connection, wanted)

    def find_lines(
        self,
        school: int,
        number: str | None = None,
        name: str | None = None,
        birth: PartialDate | None = None,
    ) -> Sequence[RegisterLine]:
        """Lines that a school may copy, by serial or register number, or by name and birth.

        See `copying.find` for how a person is meant.
        """
        with self._database.reading() as connection:
            return copying.find(connection, school, number, name, birth)

    def is_unissued(self, line: AwardLine) -> bool:
        """Whether that is a line of an old book, in the register, that no order has taken."""
        with self._database.reading() as connection:
            return oldlines.is_unissued(connection, line)

    def ready(self, school: int, book: str) -> Sequence[AwardLine]:
        """The checked lines of an old book that stand and may be issued, in its order."""
        with self._database.reading() as connection:
            return oldlines.ready(connection, school, book)

    def copies_of(self, lines: Collection[AwardLine]) -> Sequence[AwardLine]:
        """The copies that were made of these versions of lines."""
        with self._database.reading() as connection:
            return copying.copies_of(connection, lines)

    def check_reinstating(self, line: AwardLine) -> None:
        """Raises ConflictError ``copy.original_ended`` for a copy whose original does not stand."""
        with self._database.writing() as connection:
            copying.check_original(connection, line)

    def copy_book(self, school: int, year: int | None = None) -> Sequence[CopyEntry]:
        """The copy register of a school, newest first; of one year, or all of it."""
        with self._database.reading() as connection:
            return list(copying.book(connection, school, year))

    def manages(self, school: int, other: int) -> bool:
        """Whether a school manages the register of another: its own, or one that it came after."""
        with self._database.reading() as connection:
            return other in copying.managed(connection, school)

    def reviews(self, schools: Collection[int], by: date) -> Sequence[Review]:
        """Suspensions of some schools that are to be looked at by that day. See `reviewing.due`."""
        with self._database.reading() as connection:
            return reviewing.due(connection, schools, by)
