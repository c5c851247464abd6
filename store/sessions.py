"""Who is signed in where: sessions by the digest of their token, and browsers known before.

A session ends by itself when it was not used for `IDLE` seconds, and `LONGEST` after it began
(OWASP ASVS 5, V7.3). A session has an audience, the holder's page or the workbench, and is nobody's
session at the other. Every method is one transaction; what a token is made of the caller decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, insert, or_, select, update

from credential.errors import RefusedError
from database.connections import Database
from store.account_tables import DEVICES, SESSIONS, SIGN_INS
from store.accounts import sign_out
from store.outbox import now

HOLDER, DESK = "holder", "desk"
"""Audiences: the holder's page and the workbench."""
FRESH: Final = 10 * 60  # seconds in which somebody has just shown who they are
IDLE: Final = 30 * 60  # seconds without use
LONGEST: Final = 12 * 3600  # seconds altogether: one working day
_SEEN_EVERY: Final = 60  # seconds between notes that a session is used
_KNOWN: Final = 365 * 86_400  # seconds that a browser stays known


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. `way` is ``claim``, ``password``, ``totp`` or ``oidc``."""

    id: int
    account: int
    way: str
    device: str
    created: int
    seen: int
    proven: int


_SESSION = select(
    SESSIONS.c.id,
    SESSIONS.c.account,
    SESSIONS.c.way,
    SESSIONS.c.device,
    SESSIONS.c.created,
    SESSIONS.c.seen,
    SESSIONS.c.proven,
)


class SessionStore:
    """The sessions of one deployment and audience. Raises UnavailableError ``store``."""

    def __init__(
        self, database: Database, clock: Callable[[], int] = now, audience: str = HOLDER
    ) -> None:
        self._database, self._clock, self._audience = database, clock, audience
        self._ours = SESSIONS.c.audience == audience

    def start(self, account: int, digest: bytes, way: str, device: str) -> None:
        """Begin a session; those that have ended by themselves are forgotten meanwhile."""
        at = self._clock()
        row = {
            "digest": digest, "account": account, "way": way, "device": device,
            "created": at, "seen": at, "audience": self._audience, "proven": at,
        }  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(delete(SESSIONS).where(_over(at)))
            connection.execute(delete(DEVICES).where(DEVICES.c.since <= at - _KNOWN))
            connection.execute(insert(SESSIONS).values(row))

    def find(self, digest: bytes) -> Session | None:
        """The session of a token, if it goes on; it is noted as used."""
        at = self._clock()
        with self._database.reading() as connection:
            query = _SESSION.where(SESSIONS.c.digest == digest, self._ours, ~_over(at))
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.seen <= at - _SEEN_EVERY:
            with self._database.writing() as connection:
                still = (SESSIONS.c.id == row.id) & (SESSIONS.c.seen < at)
                connection.execute(update(SESSIONS).where(still).values(seen=at))
        return Session(*row)

    def is_fresh(self, session: Session) -> bool:
        """Whether its person showed who they are within the last `FRESH` seconds."""
        return session.proven > self._clock() - FRESH

    def prove(self, session: int, digest: bytes) -> None:
        """Somebody has shown again who they are: a new token, and the old end of the session."""
        theirs = (SESSIONS.c.id == session) & self._ours
        with self._database.writing() as connection:
            proven = update(SESSIONS).where(theirs).values(digest=digest, proven=self._clock())
            connection.execute(proven)

    def of(self, account: int) -> Sequence[Session]:
        """The sessions of an account that go on, the last used first."""
        query = _SESSION.where(SESSIONS.c.account == account, self._ours, ~_over(self._clock()))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(SESSIONS.c.seen.desc(), SESSIONS.c.id))
            return [Session(*row) for row in rows]

    def end(self, account: int, session: int) -> None:
        """End one session of an account, and what is under way to a provider for the account.

        Raises RefusedError ``session.unknown``.
        """
        theirs = (SESSIONS.c.account == account) & (SESSIONS.c.id == session) & self._ours
        with self._database.writing() as connection:
            connection.execute(delete(SIGN_INS).where(SIGN_INS.c.account == account))
            if not connection.execute(delete(SESSIONS).where(theirs)).rowcount:
                raise RefusedError("session.unknown")

    def end_all(self, account: int) -> None:
        """End all of an account: sessions, ways to a provider; none of its browsers is known."""
        with self._database.writing() as connection:
            sign_out(connection, account)

    def know(self, account: int, digest: bytes) -> None:
        """Remember a browser by the digest of what it keeps. Harmless to repeat."""
        with self._database.writing() as connection:
            self._database.upsert(connection, DEVICES, [(digest, account, self._clock())])

    def knows(self, account: int, digest: bytes) -> bool:
        """Whether that browser signed in to that account before."""
        query = select(DEVICES.c.since).where(
            DEVICES.c.digest == digest, DEVICES.c.account == account
        )
        with self._database.reading() as connection:
            since = connection.scalar(query)
        return since is not None and since > self._clock() - _KNOWN


def _over(at: int) -> ColumnElement[bool]:
    return or_(SESSIONS.c.seen <= at - IDLE, SESSIONS.c.created <= at - LONGEST)
