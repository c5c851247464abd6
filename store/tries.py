"""How often somebody tried lately: counts that all processes share and that a restart keeps.

A digest is one that only the site can make, so a row tells nobody whom it is of. It goes once it
counts for nothing any more.
"""

import time
from collections.abc import Callable

from sqlalchemy import delete, select

from database.connections import Database, lock
from store.account_tables import TRIES

Kept = tuple[int, float, float]
"""A count, a moment, and the moment from which on both count for nothing (seconds since 1970)."""


class Tries:
    """The tries of one kind. Raises UnavailableError ``store``."""

    def __init__(
        self, database: Database, kind: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._database, self._kind, self._clock = database, kind, clock

    def change(self, digest: bytes, work: Callable[[Kept | None], Kept | None]) -> None:
        """Keep what `work` makes of what is kept, as one step; nothing changes where it raises."""
        here = (TRIES.c.kind == self._kind) & (TRIES.c.digest == digest)
        query = select(TRIES.c.wrong, TRIES.c.at, TRIES.c.until).where(here)
        with self._database.writing() as connection:
            lock(connection, "tries")
            row = connection.execute(query).one_or_none()
            after = work((row.wrong, row.at, row.until) if row else None)
            connection.execute(delete(TRIES).where(TRIES.c.until <= self._clock()))
            if after is None:
                connection.execute(delete(TRIES).where(here))
            else:
                self._database.upsert(connection, TRIES, [(self._kind, digest, *after)])
