"""How much one address may ask without an account, and how often one number may be guessed at.

An address is kept only as a hash under a key that lives as long as the process, and only while its
questions count. An IPv6 address counts by its first 64 bits, which is what one subscriber has. What
the algorithm counts, and for how long, `registry.pace` says.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from api.site.guessing import Guesses, Mark, address_of, counting, marking
from credential.errors import RefusedError, SogocError
from registry.pace import Pace, Shelf

WRONG: Final = 10  # a day for one number, from everywhere: pupils of a year have 400 birthdays
TRIES: Final = 5  # lists that are not taken, for each that is: people mend and try again
PASSWORDS: Final = 10  # new passwords an hour for a claim code or an account: each costs 60 ms
LEAVING: Final = 600  # sign-ins with a provider that one address begins in an hour
SERVICE: Final = 6_000  # requests an hour with a service's key
REFUSALS: Final = 60  # an hour for an account that are noted: the log is not for filling
CLIENT_LISTS: Final = 200  # a day for a client of the API: four million rows
PINS: Final = 10  # wrong PINs an hour of one account, and as many wrong passphrases
_HOUR, _DAY = 3_600.0, 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one address may do: number look-ups an hour, lists a day (`api.settings`).

    Reports sent, questions about reports and about transfers, transfer bundles to be checked,
    shares asked about or opened, and conversions are counted by the hour, each for itself; an
    office or a school's network is one address.
    """

    lookups: int = 60
    lists: int = 5
    reports: int = 20
    tickets: int = 60
    transfers: int = 60
    bundles: int = 120
    shares: int = 240
    exports: int = 120


class Limits:
    """The limits of one running site and what was used of them. Thread safe."""

    def __init__(
        self, allowance: Allowance | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        allowance = allowance or Allowance()
        self._hashed = marking()
        self._lookups = Pace(allowance.lookups, _HOUR, clock)
        self._lists = Pace(allowance.lists, _DAY, clock)
        self._tries = Pace(TRIES * allowance.lists, _DAY, clock)
        self._reports = Pace(allowance.reports, _HOUR, clock)
        self._tickets = Pace(allowance.tickets, _HOUR, clock)
        self._transfers = Pace(allowance.transfers, _HOUR, clock)
        self._bundles = Pace(allowance.bundles, _HOUR, clock)
        self._shares = Pace(allowance.shares, _HOUR, clock)
        self._exports = Pace(allowance.exports, _HOUR, clock)
        self._client_lists = Pace(CLIENT_LISTS, _DAY, clock)
        self._wrong = Pace(WRONG, _DAY, clock)
        self._passwords = Pace(PASSWORDS, _HOUR, clock)
        self._leaving = Pace(LEAVING, _HOUR, clock)
        self._pins, self._passphrases = Pace(PINS, _HOUR, clock), Pace(PINS, _HOUR, clock)
        self._service = Pace(SERVICE, _HOUR, clock)
        self._refusals = Pace(REFUSALS, _HOUR, clock)
        self._guesses = Guesses(self._hashed, clock)

    def look_up(self, request: Request) -> None:
        """Count a look-up by number. Raises RefusedError ``request.too_many`` (seconds)."""
        self._lookups.take(self._hashed(address_of(request)))

    @contextmanager
    def list(self, request: Request) -> Iterator[None]:
        """Around handing a list in: one that is not taken counts as a try alone.

        Raises RefusedError ``request.too_many`` (seconds).
        """
        key = self._hashed(address_of(request))
        self._tries.take(key)
        self._lists.take(key)
        try:
            yield
        except SogocError:  # unreadable, or no room for it just now
            self._lists.give_back(key)
            raise

    def report(self, request: Request) -> None:
        """Count a report that is sent. Raises RefusedError ``request.too_many`` (seconds)."""
        self._reports.take(self._hashed(address_of(request)))

    def ticket(self, request: Request) -> None:
        """Count a question about a report. Raises RefusedError ``request.too_many`` (seconds)."""
        self._tickets.take(self._hashed(address_of(request)))

    def transfer(self, request: Request) -> None:
        """Count a question about a transfer. Raises RefusedError ``request.too_many``."""
        self._transfers.take(self._hashed(address_of(request)))

    def bundle(self, request: Request) -> None:
        """Count a transfer bundle to be checked. Raises RefusedError ``request.too_many``."""
        self._bundles.take(self._hashed(address_of(request)))

    def share(self, request: Request) -> None:
        """Count a question for a share or an opening. Raises RefusedError ``request.too_many``."""
        self._shares.take(self._hashed(address_of(request)))

    def export(self, request: Request) -> None:
        """Count a conversion. Raises RefusedError ``request.too_many`` (seconds)."""
        self._exports.take(self._hashed(address_of(request)))

    def client_list(self, client: str) -> None:
        """Count a list that a client of the API hands in; raises as `list` does."""
        self._client_lists.take(client)

    def count_together(self, shelf: Callable[[str], Shelf], mark: Mark) -> None:
        """From now on count what is tried at the entrances there, with all other processes."""
        self._guesses = Guesses(mark, time.time, shelf)

    def claiming(self, request: Request, code: str) -> AbstractAsyncContextManager[None]:
        """Around a claim code that is tried (`Guesses.claiming`)."""
        return self._guesses.claiming(request, code)

    def signing_in(
        self, request: Request, name: str, known: bytes | None
    ) -> AbstractAsyncContextManager[None]:
        """Around a password that is tried (`Guesses.trying`)."""
        return self._guesses.trying(request, name, known)

    @contextmanager
    def signing(self, account: int) -> Iterator[None]:
        """Around opening one's signing key: only what does not open it counts.

        Raises RefusedError ``request.too_many``.
        """
        whose = self._hashed(f"account:{account}")
        with (
            counting(("device.pin_wrong",), [(self._pins, whose)]),
            counting(("pen.wrong",), [(self._passphrases, whose)]),
        ):
            yield

    def password(self, whose: str) -> None:
        """Count a new password of an account or a claim code, before it is worked on.

        It is also how often one code or account may ask whether a login name is free. Raises
        RefusedError ``request.too_many``.
        """
        self._passwords.take(self._hashed(whose))

    def service(self, key: int) -> None:
        """Count a request with a service's key; raises as `look_up` does."""
        self._service.take(key)

    def notes_refusal(self, account: int) -> bool:
        """Whether one more refusal of an account is to be noted."""
        try:
            self._refusals.take(account)
        except RefusedError:
            return False
        return True

    def leaving(self, request: Request) -> None:
        """Count a sign-in that begins with a provider; raises as `look_up` does."""
        self._leaving.take(self._hashed(address_of(request)))

    @contextmanager
    def guessing(self, number: str) -> Iterator[None]:
        """Around the look-up of a number (folded): only what finds nothing counts.

        It counts until its outcome is known, since others are looked up meanwhile. Raises
        RefusedError ``request.too_many`` (seconds), whether there is such a number or not.
        """
        with counting(("number.unknown",), [(self._wrong, self._hashed(number))]):
            yield
