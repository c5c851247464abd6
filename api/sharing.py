"""Sharing in part: who may share what, and what opening a share asks of others.

What is shared is encrypted in the holder's browser and decrypted in the recipient's; nothing here
can read it (`docs/decisions/0021`). A share needs a credential that the account holds and consent,
which is asked again at every opening. The store notes each share and opening as it counts them.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from api.accounts.holders import Holders
from credential.errors import FormatError, RefusedError
from registry.pace import Pace
from store.share_records import NewShare, Opened, Share, Standing
from store.shares import Shares
from web.messages import local_day

STEP: Final = 16_384  # bytes that plaintexts are filled up to; one step holds a whole transcript
STEPS: Final = 4
_AROUND: Final = 12 + 16  # bytes of a ciphertext's nonce and tag (AES-GCM, NIST SP 800-38D)
_DAY: Final = 86_400  # seconds
A_DAY: Final = 100  # shares that one account may make a day, withdrawn ones included


class Holding(Protocol):
    """One pupil whose records an account holds."""

    @property
    def pupil(self) -> str:
        """The ministry's code."""
        ...


class Account(Protocol):
    """Who is signed in; `store.accounts.Account` is."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def holdings(self) -> Sequence[Holding]:
        """Whose records it holds today."""
        ...


class Consents(Protocol):
    """What knows whether sharing is consented to; `api.accounts.consenting.Consents` does."""

    def allowed(self, pupil: str, account: int, on: date) -> bool:
        """Whether what that account shares of the pupil may be seen on that day; blocks."""
        ...

    def require(self, pupil: str, account: int, on: date) -> None:
        """Raises RefusedError ``consent.missing`` unless `allowed`; blocks."""
        ...


Owner = Callable[[int, int, int], str | None]
"""Whose credential stands at school, seq and index, if one was issued there; may block."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a holder's page hands in; `store.share_records.NewShare` says what most of it is."""

    id: bytes
    pupil: str
    school: int
    seq: int
    index: int
    capability: bytes
    gate: bytes | None
    content: bytes
    note: bytes
    days: int
    views: int


class Sharing:
    """Sharing over a store. All methods block, and raise UnavailableError.

    Codes beside the store's (`store.shares.Shares`): RefusedError ``credential.unknown``,
    ``consent.missing``, ``share.closed``; FormatError ``share.size``.
    """

    def __init__(
        self,
        shares: Shares,
        consents: Consents,
        owner: Owner,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._shares, self._consents, self._owner = shares, consents, owner
        self._clock = clock
        self._pace = Pace(A_DAY, _DAY)

    @classmethod
    def over(cls, shares: Shares, holders: Holders) -> "Sharing":
        """Sharing of what was issued to the pupils that accounts hold."""

        def owner(school: int, seq: int, index: int) -> str | None:
            found = holders.held.at(school, seq, index)
            return found.staged.pupil if found else None

        return cls(shares, holders.consents, owner)

    def create(self, account: Account, given: Given) -> Share:
        """Keep a share of a credential that the account holds.

        Raises ``share.size`` for a ciphertext that was not filled up to a step: its length would
        tell how much is shown; ``request.too_many`` (seconds) for too many a day.
        """
        self._pace.take(account.id)
        if len(given.content) not in {_AROUND + STEP * steps for steps in range(1, STEPS + 1)}:
            raise FormatError("share.size")
        owner = self._owner(given.school, given.seq, given.index)
        if owner != given.pupil or owner not in _pupils(account):
            raise RefusedError("credential.unknown")
        self._consents.require(given.pupil, account.id, self._today())
        return self._shares.create(self._new(account, given))

    def of(self, account: Account) -> list[Share]:
        """All shares of the pupils that the account holds, whoever made them."""
        return self._shares.of(_pupils(account))

    def withdraw(self, account: Account, number: bytes) -> Share:
        """End a share of a pupil that the account holds, whoever made it."""
        return self._shares.withdraw(number, _pupils(account))

    def ask(self, number: bytes, capability: bytes) -> Share:
        """How a share stands, for who has its link; raises what `open` would, but for the PIN."""
        share = self._shares.ask(number, capability)
        if share.standing is not Standing.OPEN:
            raise RefusedError(f"share.{share.standing.value}", time=share.ended)
        self._require_consent(share)
        return share

    def open(self, number: bytes, capability: bytes, opening: bytes, proof: bytes | None) -> Opened:
        """Count an opening and give the ciphertext."""
        self._require_consent(self._shares.ask(number, capability))
        return self._shares.open(number, capability, opening, proof)

    def _require_consent(self, share: Share) -> None:
        """What can be opened, can be only while it is consented to; by whom not is not told."""
        over = share.standing not in (Standing.OPEN, Standing.USED_UP)
        if not over and not self._consents.allowed(share.pupil, share.account, self._today()):
            raise RefusedError("share.closed")

    def _new(self, account: Account, given: Given) -> NewShare:
        return NewShare(
            id=given.id,
            account=account.id,
            pupil=given.pupil,
            school=given.school,
            seq=given.seq,
            index=given.index,
            capability=given.capability,
            gate=given.gate,
            content=given.content,
            note=given.note,
            expires=int(self._clock()) + given.days * _DAY,
            allowed=given.views,
        )

    def _today(self) -> date:
        return local_day(self._clock())


def _pupils(account: Account) -> frozenset[str]:
    return frozenset(holding.pupil for holding in account.holdings)
