"""How many verifications there were, by day: sums, and nothing of who or of what.

A process writes its own sums of a day as they stand, under a random name. Writing again, after a
failure or because it may have failed, counts nothing twice; reading adds the processes up.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from credential.dates import PartialDate
from database.connections import Database
from store.report_tables import COUNTS


class Counted(NamedTuple):
    """What is counted together: day in Viet Nam, type's key, verdict, reason, way in."""

    day: date
    kind: str
    verdict: str
    reason: str
    way: str


_KEYS = (COUNTS.c.day, COUNTS.c.kind, COUNTS.c.verdict, COUNTS.c.reason, COUNTS.c.way)


class Counts:
    """The sums of one deployment. Raises UnavailableError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, writer: str, sums: Mapping[Counted, int]) -> None:
        """Write what `writer` has counted, in place of what it wrote for the same before."""
        rows = [(_number(key.day), *key[1:], writer, count) for key, count in sums.items()]
        with self._database.writing() as connection:
            self._database.upsert(connection, COUNTS, rows)

    def between(self, first: date, last: date) -> dict[Counted, int]:
        """The sums of these days, both included, in order."""
        query = (
            select(*_KEYS, func.sum(COUNTS.c.number))
            .where(COUNTS.c.day >= _number(first), COUNTS.c.day <= _number(last))
            .group_by(*_KEYS)
            .order_by(*_KEYS)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return {
            Counted(PartialDate.from_number(day).to_date(), *rest): int(count)
            for day, *rest, count in rows
        }


def _number(day: date) -> int:
    return PartialDate.from_date(day).number
