"""Who may hand in lists by API: clients with a key each, and where they are told that one is done.

A key is 256 random bits, so its plain SHA-256 at rest cannot be searched. What webhooks are signed
with is kept as it is, since it has to be used.
"""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from database.connections import Database
from store import audit
from store.actors import OPERATOR
from store.listing_tables import API_CLIENTS
from store.outbox import now

KEY_PREFIX = "sgk_"
_SECRET = 32  # bytes


@dataclass(frozen=True, slots=True)
class Client:
    """One client. `webhook` is empty where there is none, `retired` None while its key is taken."""

    name: str
    webhook: str
    secret: bytes
    created: int
    retired: int | None


_CLIENT = select(
    API_CLIENTS.c.name,
    API_CLIENTS.c.webhook,
    API_CLIENTS.c.secret,
    API_CLIENTS.c.created,
    API_CLIENTS.c.retired,
)


class Clients:
    """The clients of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def make(self, name: str, webhook: str = "") -> tuple[str, Client]:
        """A new client and its API key, which cannot be read again.

        Raises ConflictError ``client.exists``.
        """
        key = KEY_PREFIX + secrets.token_urlsafe(32)
        made = Client(name, webhook, secrets.token_bytes(_SECRET), self._clock(), None)
        row = (name, _digest(key), webhook, made.secret, made.created, None)
        try:
            with self._database.writing() as connection:
                self._database.insert(connection, API_CLIENTS, [row])
                detail = {"client": name, "webhook": bool(webhook)}
                audit.append(connection, made.created, OPERATOR, "client.made", detail)
        except IntegrityError:
            raise ConflictError("client.exists", client=name) from None
        return key, made

    def all(self) -> Sequence[Client]:
        """Every client, retired ones too, by name."""
        with self._database.reading() as connection:
            return [Client(*row) for row in connection.execute(_CLIENT.order_by("name"))]

    def retire(self, name: str) -> None:
        """Take a client's key from it; its lists stay until they are forgotten.

        Harmless to repeat. Raises RefusedError ``client.unknown``.
        """
        with self._database.writing() as connection:
            here = API_CLIENTS.c.name == name
            if connection.execute(_CLIENT.where(here)).one_or_none() is None:
                raise RefusedError("client.unknown", client=name)
            still = here & API_CLIENTS.c.retired.is_(None)
            at = self._clock()
            if connection.execute(update(API_CLIENTS).where(still).values(retired=at)).rowcount:
                audit.append(connection, at, OPERATOR, "client.retired", {"client": name})

    def of_key(self, key: str) -> Client:
        """The client of an API key. Raises RefusedError ``client.key`` for none of ours."""
        by_key = _CLIENT.where(API_CLIENTS.c.digest == _digest(key))
        with self._database.reading() as connection:
            row = connection.execute(by_key).one_or_none()
        if row is None or row.retired is not None:
            raise RefusedError("client.key")
        return Client(*row)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
