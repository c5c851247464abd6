"""Sign-ins on their way to an OpenID provider and back: each is taken up once, by its browser."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, insert

from database.connections import Database
from store.account_tables import SIGN_INS
from store.outbox import now

_WAY = 600  # seconds that somebody may take to sign in at the provider


@dataclass(frozen=True, slots=True)
class SignIn:
    """What was sent along. `state` and `browser` are digests; see `account_tables`."""

    state: bytes
    browser: bytes
    nonce: str
    verifier: str
    claim: bytes | None = None
    account: int | None = None


_COLUMNS = (
    SIGN_INS.c.state,
    SIGN_INS.c.browser,
    SIGN_INS.c.nonce,
    SIGN_INS.c.verifier,
    SIGN_INS.c.claim,
    SIGN_INS.c.account,
)


class SignIns:
    """The sign-ins under way of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def start(self, made: SignIn) -> None:
        """Keep one; what is too old is forgotten meanwhile."""
        at = self._clock()
        row = {name: getattr(made, name) for name in SignIn.__slots__} | {"expires": at + _WAY}
        with self._database.writing() as connection:
            connection.execute(delete(SIGN_INS).where(SIGN_INS.c.expires <= at))
            connection.execute(insert(SIGN_INS).values(row))

    def take(self, state: bytes, browser: bytes) -> SignIn | None:
        """The one of that state and browser, which nobody can take again."""
        mine = (SIGN_INS.c.state == state) & (SIGN_INS.c.browser == browser)
        with self._database.writing() as connection:
            fresh = mine & (SIGN_INS.c.expires > self._clock())
            taken = delete(SIGN_INS).where(fresh).returning(*_COLUMNS)
            row = connection.execute(taken).one_or_none()
        return SignIn(*row) if row else None
