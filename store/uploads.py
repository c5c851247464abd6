"""Files that were read and wait for a person's decision: sealed, for a day at most.

What they say, only whoever has the secret can read (`api.desk.uploads`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, insert, select

from database.connections import Database
from store.outbox import now
from store.upload_tables import UPLOADS

KEPT: Final = 24 * 3600
"""Seconds that one is kept."""
_MOST = 5  # of one owner; the oldest make room


@dataclass(frozen=True, slots=True)
class Upload:
    """A kept file: of which school, who brought it, and its sealed content."""

    school: int
    owner: str
    content: bytes


class Uploads:
    """The files of one deployment."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def keep(self, key: bytes, upload: Upload) -> None:
        """Keep one under a digest that nothing else has; what is too old or too many goes."""
        at = self._clock()
        own = (
            select(UPLOADS.c.id)
            .where(UPLOADS.c.owner == upload.owner)
            .order_by(UPLOADS.c.at.desc(), UPLOADS.c.id)
            .offset(_MOST - 1)
        )
        with self._database.writing() as connection:
            older = list(connection.scalars(own))
            connection.execute(delete(UPLOADS).where(UPLOADS.c.at <= at - KEPT))
            connection.execute(delete(UPLOADS).where(UPLOADS.c.id.in_(older)))
            values = {
                "id": key, "school": upload.school, "owner": upload.owner,
                "content": upload.content, "at": at,
            }  # fmt: skip
            connection.execute(insert(UPLOADS).values(values))

    def of(self, key: bytes) -> Upload | None:
        """The one under that digest, unless its day is over."""
        query = select(UPLOADS.c.school, UPLOADS.c.owner, UPLOADS.c.content).where(
            UPLOADS.c.id == key, UPLOADS.c.at > self._clock() - KEPT
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Upload(*row)

    def erase(self) -> int:
        """Erase those whose day is over; how many that were."""
        with self._database.writing() as connection:
            old = delete(UPLOADS).where(UPLOADS.c.at <= self._clock() - KEPT)
            return connection.execute(old).rowcount
