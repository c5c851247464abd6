"""Holders' public keys: to which a pupil's new credentials are bound, from then on.

A pupil has one key at a time; a new one ends the former, which old credentials keep naming.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from credential.errors import RefusedError
from credential.keys import PublicKey
from database.connections import Database, lock
from store import audit
from store.account_tables import HOLDER_KEYS, HOLDINGS
from store.accounts import Relation
from store.outbox import now

_AT_ONCE = 500  # values in one question; databases limit them
_STANDING = HOLDER_KEYS.c.ended.is_(None)


@dataclass(frozen=True, slots=True)
class HolderKey:
    """A pupil's key, and since when (seconds since 1970) it is named in new credentials."""

    id: int
    pupil: str
    key: PublicKey
    since: int


class HolderKeys:
    """The holders' keys of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def add(self, pupil: str, account: int, key: PublicKey) -> None:
        """Bind what will be issued to that key, in place of a former one. Harmless to repeat.

        Raises RefusedError ``holding.unknown`` where the account is not (no longer) the pupil's.
        """
        at = self._clock()
        theirs = _STANDING & (HOLDER_KEYS.c.pupil == pupil)
        own = select(HOLDINGS.c.since).where(
            HOLDINGS.c.account == account,
            HOLDINGS.c.pupil == pupil,
            HOLDINGS.c.relation == Relation.SELF.value,
        )
        with self._database.writing() as connection:
            lock(connection, "accounts")
            if connection.scalar(own) is None:
                raise RefusedError("holding.unknown")
            if connection.scalar(select(HOLDER_KEYS.c.key).where(theirs)) == key.raw:
                return
            connection.execute(update(HOLDER_KEYS).where(theirs).values(ended=at))
            row = {"pupil": pupil, "account": account, "key": key.raw, "since": at}
            connection.execute(insert(HOLDER_KEYS).values(row))
            audit.append(connection, at, f"account:{account}", "holder_key.added", {})

    def end(self, pupil: str, number: int, account: int) -> None:
        """Bind nothing new to a pupil's key. Raises RefusedError ``holder_key.unknown``."""
        at = self._clock()
        one = _STANDING & (HOLDER_KEYS.c.pupil == pupil) & (HOLDER_KEYS.c.id == number)
        with self._database.writing() as connection:
            if not connection.execute(update(HOLDER_KEYS).where(one).values(ended=at)).rowcount:
                raise RefusedError("holder_key.unknown")
            audit.append(connection, at, f"account:{account}", "holder_key.ended", {})

    def of(self, pupils: Sequence[str]) -> Mapping[str, HolderKey]:
        """The keys of these pupils, by ministry code; of pupils without one none."""
        found: dict[str, HolderKey] = {}
        columns = (HOLDER_KEYS.c.id, HOLDER_KEYS.c.pupil, HOLDER_KEYS.c.key, HOLDER_KEYS.c.since)
        with self._database.reading() as connection:
            for start in range(0, len(pupils), _AT_ONCE):
                some = HOLDER_KEYS.c.pupil.in_(pupils[start : start + _AT_ONCE])
                for number, pupil, raw, since in connection.execute(
                    select(*columns).where(some, _STANDING)
                ):
                    found[pupil] = HolderKey(number, pupil, PublicKey(raw), since)
        return found

    def keys_of(self, pupils: Sequence[str]) -> Mapping[str, PublicKey]:
        """The keys alone, as issuing names them (`issuer.order.Order.holder_keys`)."""
        return {pupil: held.key for pupil, held in self.of(pupils).items()}
