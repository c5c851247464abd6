"""The transactions of one account as a whole: on their way in order, mended until they are mined.

Nothing is broadcast here that was not stored before (`Outbox`), replacements included, so a crash
in between loses nothing and repeats nothing. A single transaction is `chain.account`'s.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from chain import defaults, fees
from chain.account import Account
from chain.fees import Fees, Market
from chain.wallet import call_of, fees_of
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.records import Call, Receipt, Transaction


class Outbox(Protocol):
    """Where transactions are written down before they are sent: part of `BatchStore`."""

    def record(
        self, purpose: str, sender: bytes, floor: int, sign: Callable[[int], Transaction]
    ) -> Transaction:
        """See `issuer.ports.Outbox.record`."""
        ...

    def replace(self, old: Transaction, new: Transaction) -> Transaction:
        """See `issuer.ports.Outbox.replace`."""
        ...

    def pending(self, sender: bytes, from_nonce: int) -> Sequence[Transaction]:
        """See `issuer.ports.Outbox.pending`."""
        ...


class Sender(Account):
    """An account with all that was ever recorded for it."""

    def flush(self, outbox: Outbox) -> None:
        """Bring every stored transaction of the account on its way that is not counted yet.

        In order of nonces, because one that was recorded but never sent (its process was killed)
        blocks all later ones of the account. Each is broadcast, whether the chain lost it or never
        had it; one that it holds is no error, nor is a nonce that was used meanwhile. One that is
        stuck is replaced by a better paid one, one that no node takes by one that does nothing, and
        a nonce that nothing was recorded for is filled in the same way. Otherwise as `broadcast`;
        RefusedError ``ledger.fee_cap`` when a stuck one would need more than the cap.
        """
        expected = counted = self.nonce()
        waiting = outbox.pending(self.sender, counted)
        market = self._node.market() if waiting else None
        for transaction in waiting:
            self._fill(outbox, expected, transaction.nonce)
            expected = transaction.nonce + 1
            offered = self._offer(outbox, transaction)
            # Only the next one can be stuck; the others wait for it.
            if market and transaction.nonce == counted and self._stuck(offered, market):
                self._offer(outbox, self._raised(outbox, offered))

    def _offer(self, outbox: Outbox, transaction: Transaction) -> Transaction:
        """Broadcast, as often replaced as it takes to be accepted; what was accepted."""
        while True:
            try:
                self.broadcast(transaction)
            except ConflictError:
                return transaction  # its nonce is no gap any more; whoever waits for it is told
            except RefusedError as error:
                idle = call_of(transaction.raw) == self._wallet.idle
                if error.code == "ledger.fee_too_low":
                    transaction = self._raised(outbox, transaction)
                elif error.code == "ledger.transaction_unfit" and not idle:
                    transaction = self._raised(outbox, transaction, self._wallet.filler)
                else:
                    raise
            else:
                return transaction

    def _raised(
        self,
        outbox: Outbox,
        old: Transaction,
        make: Callable[[Transaction, Fees, int], Transaction] | None = None,
    ) -> Transaction:
        market = self._node.market()
        offer = fees.raised(fees_of(old.raw), market, self._fee_cap)
        new = (make or self._wallet.replacement)(old, offer, market.block)
        return outbox.replace(old, new)

    def _stuck(self, transaction: Transaction, market: Market) -> bool:
        """Whether blocks have passed it over for too long."""
        if market.block - transaction.block < defaults.STUCK_BLOCKS:
            return False
        age = market.time - self._node.block(transaction.block).time
        return age >= defaults.STUCK_SECONDS

    def _fill(self, outbox: Outbox, first: int, end: int) -> None:
        """Give the nonces from `first` up to `end`, which nothing is recorded for, to no-ops."""
        if end - first > defaults.GAP_LIMIT:
            raise ConflictError("ledger.nonce_gap", first=first, last=end - 1)
        for nonce in range(first, end):
            purpose = f"fill:{self.sender.hex()}:{nonce}"
            sign = partial(self.sign, purpose, self._wallet.idle)
            self._offer(outbox, outbox.record(purpose, self.sender, first, sign))

    def perform(
        self, outbox: Outbox, purpose: str, call: Call, wait: float = defaults.RECEIPT_WAIT
    ) -> Transaction:
        """Record, broadcast and wait (at most `wait` seconds) until the call has succeeded.

        What was recorded before for this account goes out first. The same purpose finds the same
        transaction again. One whose failure is final is left behind and a new one is made.
        Raises RefusedError with the contract's reason when it fails now, and UnavailableError when
        it is not mined in time (it stays recorded).
        """
        transaction, outcome = self._recorded(outbox, purpose, call)
        if outcome is None:
            self.flush(outbox)
            transaction = self.finish(outbox, transaction, call, wait)
        return transaction

    def begin(self, outbox: Outbox, purpose: str, call: Call) -> Transaction:
        """The first half of `perform`, without the wait, so that many can be on their way.

        Who begins flushes once before the first one.
        """
        transaction, outcome = self._recorded(outbox, purpose, call)
        return self._offer(outbox, transaction) if outcome is None else transaction

    def finish(
        self,
        outbox: Outbox,
        transaction: Transaction,
        call: Call,
        wait: float = defaults.RECEIPT_WAIT,
    ) -> Transaction:
        """The second half: wait for success, mending on the way. Raises as `perform`."""
        waiting = _Waiting(wait)
        # A node may count a nonce a moment before it shows who used it.
        while (receipt := self.receipt(transaction)) is None or not (receipt.block or waiting.long):
            if waiting.long:
                self.flush(outbox)
            waiting.pause()
            transaction = self._newest(outbox, transaction)
        if not receipt.succeeded:
            refusal = self.refusal(call) if call.to else None
            raise refusal or RefusedError("ledger.refused", selector="")
        return transaction

    def _newest(self, outbox: Outbox, transaction: Transaction) -> Transaction:
        return outbox.record(
            transaction.purpose, self.sender, transaction.nonce, lambda _: transaction
        )

    def _recorded(
        self, outbox: Outbox, purpose: str, call: Call
    ) -> tuple[Transaction, Receipt | None]:
        """The stored transaction of that purpose that has not failed, and its outcome if mined."""
        attempt, name = 0, purpose
        while True:
            signed = partial(self._signed_if_accepted, name, call)
            transaction = outbox.record(name, self.sender, self.nonce(), signed)
            earlier = self.receipt(transaction)
            if earlier is None or earlier.succeeded:
                return transaction, earlier
            if not earlier.final:
                raise UnavailableError("chain", "a failure is not final yet")
            if not call.to and not earlier.block:
                # A node that forgot an old transaction must not bring a second contract about.
                raise ConflictError("ledger.nonce_taken", nonce=transaction.nonce)
            attempt += 1
            name = f"{purpose}#{attempt}"

    def _signed_if_accepted(self, purpose: str, call: Call, nonce: int) -> Transaction:
        error = self.refusal(call) if call.to else None
        if error is not None:
            raise error
        return self.sign(purpose, call, nonce)


class _Waiting:
    """Longer and longer pauses until the time is up."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._pause = defaults.RECEIPT_POLL[0]

    @property
    def long(self) -> bool:
        """Whether it has come to the longest pauses."""
        return self._pause == defaults.RECEIPT_POLL[1]

    def pause(self) -> None:
        """Raises UnavailableError ``chain`` when the time is up."""
        if time.monotonic() > self._deadline:
            raise UnavailableError("chain", "not mined in time")
        time.sleep(self._pause)
        self._pause = min(2 * self._pause, defaults.RECEIPT_POLL[1])
