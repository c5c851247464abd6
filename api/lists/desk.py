"""Where lists are handed in and asked for: whose they are, and what may be told of them.

Whoever hands a list in has its secret; a client of the API has its key, of which the secrets of all
its lists are made.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from api.lists import outcomes, telling
from api.lists.outcomes import Outcome
from api.lists.reading import Row, read
from api.lists.sealing import Opener, client_secret, new_secret, seal_of, sealed
from api.lists.work import notice
from credential.errors import FormatError, RefusedError
from store.clients import KEY_PREFIX, Client, Clients
from store.lists import Kept, Lists, NewRow

CLIENT_ROWS: Final = 20_000  # of a client's list: intake's own limit
WAITING: Final = 200  # lists that are worked on at once, so that the store has an end
OPEN: Final = 100  # of these without a key, so that whoever hands in many shuts no client out
OPEN_ARCHIVES: Final = 20  # of those with files: 2 GB at most
_ID = 16  # bytes


@dataclass(frozen=True, slots=True)
class Asker:
    """A client of the API with the key that it showed."""

    client: Client
    key: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """A list and the secret that opens it."""

    kept: Kept
    secret: str


class Desk:
    """Takes lists in and tells of them. `rows` is how many may be handed in without a key."""

    def __init__(self, lists: Lists, clients: Clients, rows: int) -> None:
        self._lists, self._clients, self._rows = lists, clients, rows

    def asker(self, key: str) -> Asker:
        """The client of an API key. Raises RefusedError ``client.key``."""
        if not key.startswith(KEY_PREFIX):
            raise RefusedError("client.key")
        return Asker(self._clients.of_key(key), key)

    def hand_in(self, body: bytes, asker: Asker | None, request: str | None) -> Theirs:
        """Keep a list, or find what came of the same request before.

        Raises what `api.lists.reading.read` raises; FormatError ``list.other_body`` for a request
        that came with another body before; RefusedError ``reading.busy``.
        """
        digest = hashlib.sha256(body).digest()
        known = self._lists.of_request(asker.client.name, request) if asker and request else None
        if known is None:
            known, secret = self._keep(body, digest, asker, request)
            if asker is None:
                return Theirs(known, secret)
        assert asker is not None
        if known.body != digest:
            raise FormatError("list.other_body")
        return Theirs(known, client_secret(asker.key, known.id))

    def theirs(self, number: str, token: str) -> Theirs:
        """The list of that id, for whoever has its secret or its client's key.

        Raises RefusedError ``client.key``, and ``list.unknown`` for a list that is not there as for
        one of somebody else.
        """
        if token.startswith(KEY_PREFIX):
            self._clients.of_key(token)
            token = client_secret(token, number)
        kept = self._lists.of(number)
        seal = kept.seal if kept else bytes(32)
        if not hmac.compare_digest(seal, seal_of(token)) or kept is None:
            raise RefusedError("list.unknown")
        return Theirs(kept, token)

    def told(self, theirs: Theirs, *, with_secret: bool = False) -> dict[str, Any]:
        """How far a list is, as `api.lists.telling.ListModel` describes it."""
        faults = list(islice(self._opened(theirs, outcomes.FAULT), telling.FAULTS))
        counts = self._lists.counts(theirs.kept.id)
        return telling.told(theirs.kept, counts, faults, theirs.secret if with_secret else None)

    def result(self, theirs: Theirs) -> Iterator[Outcome]:
        """What came of each row. Raises RefusedError ``list.unfinished``."""
        if theirs.kept.finished is None:
            raise RefusedError("list.unfinished")
        return self._opened(theirs)

    def forget(self, theirs: Theirs) -> None:
        """Forget a list now."""
        self._lists.forget(theirs.kept.id)

    def _keep(
        self, body: bytes, digest: bytes, asker: Asker | None, request: str | None
    ) -> tuple[Kept, str]:
        handed = read(body, CLIENT_ROWS if asker else self._rows)
        if self._is_full(asker, files=handed.files):
            raise RefusedError("reading.busy")
        number = base64.urlsafe_b64encode(secrets.token_bytes(_ID)).rstrip(b"=").decode()
        secret = client_secret(asker.key, number) if asker else new_secret()
        new = Kept(
            number, asker.client.name if asker else None, request, digest, seal_of(secret),
            handed.files, len(handed.rows), 0, None, 0,
        )  # fmt: skip
        return self._lists.create(new, [_new_row(new, row) for row in handed.rows], notice), secret

    def _is_full(self, asker: Asker | None, *, files: bool) -> bool:
        waiting = self._lists.waiting()
        open_full = waiting.anybodys >= OPEN or (files and waiting.archives >= OPEN_ARCHIVES)
        return waiting.all >= WAITING or (asker is None and open_full)

    def _opened(self, theirs: Theirs, kind: str | None = None) -> Iterator[Outcome]:
        opener = Opener(theirs.secret, theirs.kept.id)
        for outcome in self._lists.outcomes(theirs.kept.id, kind):
            yield Outcome.from_bytes(opener.open(outcome))


def _new_row(new: Kept, row: Row) -> NewRow:
    """A row as it is kept: to be verified, or with its fault as the outcome."""
    if row.fault is None:
        return NewRow(row.to_bytes())
    outcome = outcomes.of_fault(row.row, row.label, row.fault)
    return NewRow(None, outcome.kind, sealed(new.seal, new.id, outcome.to_bytes()))
