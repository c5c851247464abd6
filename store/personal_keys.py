"""The list of personal keys: whose signature under a batch is taken for whose.

A listed key is never changed or taken off. Who may write here can pretend that a key is another
person's; the audit trail has each listing.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import insert, select

from credential.approval import PersonalKey
from credential.errors import ConflictError
from credential.keys import PublicKey
from database.connections import Database
from store import audit
from store.outbox import now
from store.record_tables import PERSONAL_KEYS

_KEYS = select(
    PERSONAL_KEYS.c.raw, PERSONAL_KEYS.c.school, PERSONAL_KEYS.c.name, PERSONAL_KEYS.c.since
)


class PersonalKeys:
    """The list of one deployment. Raises UnavailableError."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock

    def list(self, key: PublicKey, school: int, name: str, actor: str) -> bool:
        """List a key as that person's for that school; False if it was listed so before.

        Raises ConflictError ``key.personal_taken`` if it is listed as somebody else's.
        """
        with self._database.writing() as connection:
            known = connection.execute(_KEYS.where(PERSONAL_KEYS.c.kid == key.kid)).one_or_none()
            if known is not None:
                if (known.school, known.name) != (school, name):
                    raise ConflictError("key.personal_taken", name=known.name)
                return False
            at = self._clock()
            row = {"kid": key.kid, "raw": key.raw, "school": school, "name": name, "since": at}
            connection.execute(insert(PERSONAL_KEYS).values(row))
            detail = {"kid": key.kid.hex(), "school": school}
            audit.append(connection, at, actor, "key.personal", detail)
        return True

    def by_id(self, kid: bytes) -> PersonalKey | None:
        """The listed key of that thumbprint."""
        with self._database.reading() as connection:
            row = connection.execute(_KEYS.where(PERSONAL_KEYS.c.kid == kid)).one_or_none()
        return None if row is None else _key(*row)

    def of_school(self, school: int) -> Sequence[PersonalKey]:
        """All keys listed for a school, oldest first."""
        query = _KEYS.where(PERSONAL_KEYS.c.school == school).order_by(PERSONAL_KEYS.c.since)
        with self._database.reading() as connection:
            return [_key(*row) for row in connection.execute(query)]


def _key(raw: bytes, school: int, name: str, since: int) -> PersonalKey:
    return PersonalKey(PublicKey(raw), school, name, since)
