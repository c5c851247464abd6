"""The audit trail's entries about lines of old books, an entry for each line.

The lines are the registry's, in another database: it calls this within its own transaction, so that
what cannot be noted does not happen. What is noted and then fails there is noted once more when it
is done again.
"""

from collections.abc import Callable, Sequence

from database.connections import Database
from store import audit
from store.outbox import now


def noting(database: Database) -> Callable[[str, str, int, Sequence[str]], None]:
    """What notes who did what, at which school, to the lines with these register numbers."""

    def note(by: str, act: str, school: int, register_nos: Sequence[str]) -> None:
        details = [{"school": school, "register_no": name} for name in register_nos]
        with database.writing() as connection:
            audit.append(connection, now(), by, act, *details)

    return note
