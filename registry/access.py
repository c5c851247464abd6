"""Who may ask the registry over HTTP: clients with secrets, and short-lived bearer tokens.

A secret is 256 random bits, so its plain SHA-256 at rest cannot be searched. A token is the
client's id and an end of validity under an HMAC whose key lives as long as the service, so a
restart ends all tokens; nothing about them is stored.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from database.connections import Database
from registry.tables import CLIENTS

LIFETIME = 300  # seconds that a token is taken
_MAX_TOKEN = 512  # characters


class Clients:
    """The clients of one registry. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client: str, label: str) -> str:
        """Register a client and return its new secret, which cannot be read again.

        Raises ConflictError ``client.exists``.
        """
        secret = secrets.token_urlsafe(32)
        try:
            with self._database.writing() as connection:
                self._database.insert(connection, CLIENTS, [(client, _digest(secret), label)])
        except IntegrityError:
            raise ConflictError("client.exists", client=client) from None
        return secret

    def remove(self, client: str) -> None:
        """Forget a client; the tokens it has end within `LIFETIME`."""
        with self._database.writing() as connection:
            connection.execute(delete(CLIENTS).where(CLIENTS.c.id == client))

    def count(self) -> int:
        """How many clients there are; also the cheapest proof that the database answers."""
        with self._database.reading() as connection:
            return connection.scalar(select(func.count()).select_from(CLIENTS)) or 0

    def check(self, client: str, secret: str) -> None:
        """Raise RefusedError ``client.refused`` unless that is the client's secret."""
        known = None
        if client.isprintable():
            with self._database.reading() as connection:
                known = connection.scalar(select(CLIENTS.c.digest).where(CLIENTS.c.id == client))
        if not hmac.compare_digest(known or bytes(32), _digest(secret)):
            raise RefusedError("client.refused")


class Tokens:
    """Bearer tokens of one running service (give `key` to share them between processes)."""

    def __init__(self, key: bytes | None = None, clock: Callable[[], float] = time.time) -> None:
        self._key = key or secrets.token_bytes(32)
        self._clock = clock

    def issue(self, client: str) -> str:
        """A token for a client that proved itself, good for `LIFETIME`."""
        claims = f"{int(self._clock()) + LIFETIME}.{client}".encode()
        return f"{_encode(claims)}.{_encode(self._mac(claims))}"

    def check(self, token: str) -> str:
        """The client of a token. Raises RefusedError ``token.refused`` if forged or too old."""
        claims_text, _, mac = token.partition(".")
        try:
            if len(token) > _MAX_TOKEN:
                raise ValueError
            claims = base64.b64decode(claims_text + "=" * (-len(claims_text) % 4), b"-_", True)
            end, _, client = claims.decode().partition(".")
            genuine = hmac.compare_digest(_encode(self._mac(claims)), mac)
            if not genuine or int(end) <= self._clock():
                raise ValueError
        except (ValueError, TypeError):
            raise RefusedError("token.refused") from None
        return client

    def _mac(self, claims: bytes) -> bytes:
        return hmac.digest(self._key, claims, "sha256")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
