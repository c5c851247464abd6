"""Around a password or code that is tried: only a wrong one counts, and slows the next ones down.

A password counts for its address, and for the name at that address, with a growing delay. A browser
that signed in to the account before has a delay of its own; all others together have so many wrong
ones a day for a name. A claim code counts for its address, and for itself. So guessing from many
addresses is slow, and keeps nobody out who has signed in before. Where there is a store, all
processes count together there, and a restart forgives nothing.
"""

import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
)
from ipaddress import IPv6Address, ip_address
from typing import Final

from starlette.requests import Request

from api.site.answering import in_pool
from api.site.delays import WRONG, Delays
from credential.errors import RefusedError
from registry.pace import Memory, Pace, Shelf

WRONG_NAMES: Final = 100  # wrong passwords a day for a name, from browsers not known to it
CLAIMS: Final = 20  # wrong claim codes an hour from one address
WRONG_CLAIMS: Final = 10  # wrong birth dates or personal numbers a day for a claim code
SIGN_INS: Final = 60  # wrong passwords an hour from one address: a school's network is one
_HOUR, _DAY = 3_600.0, 86_400.0  # seconds
_THREADS = 4  # that wait for the store

Mark = Callable[[str], bytes]
"""Makes of an address or name what is kept of it."""


class Guesses:
    """What was tried at the entrances. `shelf` makes the place for counts of one kind."""

    def __init__(
        self,
        mark: Mark,
        clock: Callable[[], float] = time.monotonic,
        shelf: Callable[[str], Shelf] = lambda _: Memory(),
    ) -> None:
        self._mark = mark
        self._addresses = Pace(SIGN_INS, _HOUR, clock, shelf("address"))
        self._names = Pace(WRONG_NAMES, _DAY, clock, shelf("name"))
        self._delays = Delays(clock, shelf("name at a place"))
        self._claiming = Pace(CLAIMS, _HOUR, clock, shelf("claims of an address"))
        self._codes = Pace(WRONG_CLAIMS, _DAY, clock, shelf("claim code"))
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="guesses")

    def trying(
        self, request: Request, name: str, known: bytes | None
    ) -> AbstractAsyncContextManager[None]:
        """Around one try; `known` is the digest of a browser that signed in to the account before.

        Raises RefusedError ``request.too_many`` (seconds), and UnavailableError.
        """
        return self._waiting(self._around(address_of(request), name, known))

    def claiming(self, request: Request, code: str) -> AbstractAsyncContextManager[None]:
        """Around a claim: only one that finds nothing counts, for its address and for its code.

        Raises as `trying` does, whether there is such a code or not.
        """
        address = self._mark(address_of(request))
        paces = ((self._claiming, address), (self._codes, self._mark(code)))
        return self._waiting(counting(("claim_code.unknown",), paces))

    @asynccontextmanager
    async def _waiting(self, around: AbstractContextManager[None]) -> AsyncIterator[None]:
        """Around what `around` counts, while others are served."""
        await in_pool(self._pool, around.__enter__)
        try:
            yield
        except BaseException as error:
            told = (type(error), error, error.__traceback__)
            await in_pool(self._pool, lambda: around.__exit__(*told))
            raise
        await in_pool(self._pool, lambda: around.__exit__(None, None, None))

    @contextmanager
    def _around(self, address: str, name: str, known: bytes | None) -> Iterator[None]:
        paces = [(self._addresses, self._mark(address))]
        if known is None:
            paces.append((self._names, self._mark(name)))
        place = self._mark(f"{name}\0{known.hex() if known else address}")
        with self._delays.trying(place), counting(WRONG, paces):
            yield


@contextmanager
def counting(
    codes: tuple[str, ...] | frozenset[str], paces: Iterable[tuple[Pace, bytes]]
) -> Iterator[None]:
    """Around what counts only if it ends with a RefusedError of such a code."""
    taken: list[tuple[Pace, bytes]] = []
    wrong = False
    try:
        for pace, key in paces:
            pace.take(key)
            taken.append((pace, key))
        yield
    except RefusedError as error:
        wrong = error.code in codes
        raise
    finally:
        if not wrong:
            for pace, key in taken:
                pace.give_back(key)


def marking() -> Mark:
    """Keyed hashes under a key that lives as long as the process."""
    key = secrets.token_bytes(32)
    return lambda text: hashlib.blake2b(text.encode("utf-8", "replace"), key=key).digest()[:16]


def address_of(request: Request) -> str:
    """Who asks, as the server sees it; a proxy that may say so is named to the server."""
    host = request.client.host if request.client else ""
    try:
        found = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or int(found) >> 64)
    return host
