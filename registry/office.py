"""The registry as the department works it: terms of office, names, ends and successors of schools.

Each method is one transaction, durable on return; the same again changes nothing.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date

from credential.model import Decision
from database.connections import Database
from registry import succession, terms
from registry.entries import HeadEntry
from registry.succession import Succession
from registry.terms import Office, Signed


def _now() -> int:
    return int(time.time())


class Department:
    """The department's desk at one registry. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database, clock: Callable[[], int] = _now) -> None:
        self._database = database
        self._clock = clock

    def terms(self, school: int) -> Sequence[Office]:
        """All terms of a school, newest first."""
        with self._database.reading() as connection:
            return terms.of_school(connection, school)

    def begin_term(self, entry: HeadEntry) -> bool:
        """Enter a term; False if it is there. See `terms.begin` for what is raised."""
        with self._database.writing() as connection:
            return terms.begin(connection, entry)

    def end_term(self, school: int, name: str, last: date) -> bool:
        """Let a term end with a day; False if it does. See `terms.end` for what is raised."""
        with self._database.writing() as connection:
            return terms.end(connection, school, name, last)

    def void_term(
        self, school: int, name: str, since: date, decision: Decision
    ) -> tuple[bool, Sequence[Signed]]:
        """Note a mandate as void from a day on; whether that is new, and what was signed since.

        Nothing that was signed changes. See `terms.void` for what is raised.
        """
        with self._database.writing() as connection:
            return terms.void(connection, school, name, since, decision, self._clock())

    def successions(self) -> Sequence[Succession]:
        """All schools that are no more with who keeps their registers, newest first."""
        with self._database.reading() as connection:
            return succession.of_schools(connection)

    def rename(self, school: int, name: str, place: str, since: date) -> bool:
        """Give a school another name; False if it has it. See `succession.rename`."""
        with self._database.writing() as connection:
            return succession.rename(connection, school, name, place, since)

    def close(
        self, school: int, successor: int, since: date, kind: str, decision: Decision
    ) -> bool:
        """End a school, its register kept by another; False if known. See `succession.close`."""
        with self._database.writing() as connection:
            return succession.close(
                connection, school, successor, since, kind, decision, self._clock()
            )
