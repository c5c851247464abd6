"""Keys of other programs: hashed, for some acts of one school, until a day.

A key is 256 random bits, so its plain SHA-256 at rest cannot be searched.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import insert, select, update

from credential.errors import RefusedError
from database.connections import Database
from store import audit
from store.outbox import now
from store.staff_tables import SERVICE_KEYS

PREFIX: Final = "sogoc_"
LONGEST: Final = 366 * 86_400  # seconds that a key may serve
_BYTES = 32
_SEEN_EVERY = 60  # seconds between notes that a key is used


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A key: what for (words of acts), at which school, until when, and when it was last used.

    `maker` is the account of who made it, None for the command line.
    """

    id: int
    name: str
    school: int
    acts: tuple[str, ...]
    made: int
    expires: int
    ended: int | None
    seen: int | None
    maker: int | None


_KEY = select(
    SERVICE_KEYS.c.id,
    SERVICE_KEYS.c.name,
    SERVICE_KEYS.c.school,
    SERVICE_KEYS.c.acts,
    SERVICE_KEYS.c.made,
    SERVICE_KEYS.c.expires,
    SERVICE_KEYS.c.ended,
    SERVICE_KEYS.c.seen,
    SERVICE_KEYS.c.maker,
)


class ServiceKeys:
    """The keys of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def make(
        self,
        name: str,
        school: int,
        acts: Sequence[str],
        seconds: int,
        actor: str,
        maker: int | None = None,
    ) -> tuple[str, int]:
        """A new key, which cannot be read again, and its number."""
        key, at = PREFIX + secrets.token_urlsafe(_BYTES), self._clock()
        row = {
            "digest": _digest(key), "name": name, "school": school, "acts": " ".join(acts),
            "made": at, "maker": maker, "expires": at + min(seconds, LONGEST),
        }  # fmt: skip
        with self._database.writing() as connection:
            made = insert(SERVICE_KEYS).values(row).returning(SERVICE_KEYS.c.id)
            number: int = connection.execute(made).scalar_one()
            detail = {"key": number, "school": school, "acts": list(acts)}
            audit.append(connection, at, actor, "service_key.made", detail)
        return key, number

    def all(self, school: int | None = None) -> Sequence[ServiceKey]:
        """All keys, or those of a school, ended ones too; the newest first."""
        query = _KEY.order_by(SERVICE_KEYS.c.id.desc())
        if school is not None:
            query = query.where(SERVICE_KEYS.c.school == school)
        with self._database.reading() as connection:
            return [_made(row) for row in connection.execute(query)]

    def find(self, number: int) -> ServiceKey:
        """The key of that number. Raises RefusedError ``service_key.unknown``."""
        with self._database.reading() as connection:
            row = connection.execute(_KEY.where(SERVICE_KEYS.c.id == number)).one_or_none()
        if row is None:
            raise RefusedError("service_key.unknown")
        return _made(row)

    def end(self, number: int, actor: str) -> None:
        """Take a key no more; harmless to repeat. Raises as `find`."""
        found = self.find(number)
        still = (SERVICE_KEYS.c.id == number) & SERVICE_KEYS.c.ended.is_(None)
        with self._database.writing() as connection:
            at = self._clock()
            if connection.execute(update(SERVICE_KEYS).where(still).values(ended=at)).rowcount:
                detail = {"key": number, "school": found.school}
                audit.append(connection, at, actor, "service_key.ended", detail)

    def of(self, key: str) -> ServiceKey:
        """The key that somebody shows. Raises RefusedError ``service_key.wrong`` for none."""
        with self._database.reading() as connection:
            by_digest = _KEY.where(SERVICE_KEYS.c.digest == _digest(key))
            row = connection.execute(by_digest).one_or_none()
        at = self._clock()
        if row is None or row.ended is not None or row.expires <= at:
            raise RefusedError("service_key.wrong")
        if row.seen is None or row.seen <= at - _SEEN_EVERY:
            with self._database.writing() as connection:
                here = SERVICE_KEYS.c.id == row.id
                connection.execute(update(SERVICE_KEYS).where(here).values(seen=at))
        return _made(row)


def _made(row: tuple[object, ...]) -> ServiceKey:
    number, name, school, acts, *rest = row
    return ServiceKey(number, name, school, tuple(str(acts).split()), *rest)  # type: ignore[arg-type]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
