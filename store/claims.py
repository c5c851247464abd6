"""One-time codes by which people claim what is theirs: made for pupils, used once (`accounts`).

A new code for a pupil takes the place of the earlier one of the same relation that nobody used.
Only digests are kept (`credential.claimcode`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, insert, select

from database.connections import Database, lock
from store import audit
from store.account_tables import CLAIMS
from store.accounts import Holding, Relation
from store.outbox import now

_AT_ONCE = 500  # values in one question; databases limit them


class Confirmation(StrEnum):
    """What must be known of the pupil beside a code, as its slip says; nothing else is taken."""

    BIRTH = "birth"
    PERSONAL_NO = "personal_no"


@dataclass(frozen=True, slots=True)
class Claim:
    """A code that was made: for whose records, what confirms it, and the digest that finds it."""

    digest: bytes
    holding: Holding
    confirmation: Confirmation = Confirmation.BIRTH


class Claims:
    """The claims of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def make(self, claims: Sequence[Claim], seconds: int, actor: str) -> int:
        """Keep codes that can be used for so long, all or none; until when (seconds since 1970)."""
        at = self._clock()
        rows = [
            {
                "digest": claim.digest, "pupil": claim.holding.pupil, "made": at,
                "relation": claim.holding.relation.value, "expires": at + seconds,
                "confirmation": claim.confirmation.value,
            }
            for claim in claims
        ]  # fmt: skip
        with self._database.writing() as connection:
            lock(connection, "accounts")
            for relation in Relation:
                theirs = [row["pupil"] for row in rows if row["relation"] == relation.value]
                for start in range(0, len(theirs), _AT_ONCE):
                    some = CLAIMS.c.pupil.in_(theirs[start : start + _AT_ONCE])
                    unused = CLAIMS.c.used.is_(None) & (CLAIMS.c.relation == relation.value)
                    connection.execute(delete(CLAIMS).where(some, unused))
            if rows:
                connection.execute(insert(CLAIMS), rows)
                audit.append(connection, at, actor, "claims.made", {"number": len(rows)})
        return at + seconds

    def find(self, digest: bytes) -> Claim | None:
        """The claim of a code, if it can be used now."""
        query = select(CLAIMS.c.pupil, CLAIMS.c.relation, CLAIMS.c.confirmation).where(
            CLAIMS.c.digest == digest, CLAIMS.c.used.is_(None), CLAIMS.c.expires > self._clock()
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        holding = Holding(row.pupil, Relation(row.relation))
        return Claim(digest, holding, Confirmation(row.confirmation))
