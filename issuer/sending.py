"""Transactions of the issuer: stored before they are broadcast, one per intent and attempt."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from credential.errors import RefusedError, UnavailableError
from credential.records import Call, Transaction
from issuer.ports import BatchStore, LedgerDesk

ATTEMPTS = 5  # transactions that one intent may need when earlier ones revert
IN_FLIGHT = 64  # as many as nodes keep of one account (geth's `txpool.accountqueue`)
_POLL = (0.05, 2.0)  # seconds between two looks at the chain: at first, doubling, and at most


class Intent(NamedTuple):
    """An effect on the chain: its name in the outbox, and the call that brings it about."""

    name: str
    call: Callable[[], Call]


Missing = Callable[[bool], Sequence[Intent]]


def record(
    store: BatchStore, ledger: LedgerDesk, intent: str, call: Callable[[], Call]
) -> Transaction:
    """The stored transaction of an intent whose effect the chain does not hold.

    A new one only after every earlier one is final, for then it failed, or had no effect.
    Raises RefusedError ``transaction.reverted`` when all attempts did.
    """
    for attempt in range(ATTEMPTS):
        purpose = f"{intent}:{attempt}"

        def sign(nonce: int, purpose: str = purpose) -> Transaction:
            return ledger.sign(purpose, call(), nonce)

        sent = store.record(purpose, ledger.sender, ledger.nonce(), sign)
        receipt = ledger.receipt(sent)
        if receipt is None or not receipt.final:
            return sent
    raise RefusedError("transaction.reverted", intent=intent)


def pauses() -> Iterator[float]:
    """How long to wait between looks at the chain: some make blocks at once, some need minutes."""
    pause = _POLL[0]
    while True:
        yield pause
        pause = min(2 * pause, _POLL[1])


def ensure(store: BatchStore, ledger: LedgerDesk, missing: Missing, patience: float) -> None:
    """Send transactions until no intent is missing, and return once all effects are final.

    `missing(final)` are the intents whose effect cannot be read at the finalised block, or else at
    the head; up to `IN_FLIGHT` of these are on their way at a time. Raises what `record` raises,
    and UnavailableError when for `patience` seconds no more of them become final.
    """
    deadline, left = time.monotonic() + patience, -1
    refused: set[str] = set()
    for pause in pauses():
        refused = _send(store, ledger, missing(False)[:IN_FLIGHT], refused)
        still = len(missing(True))
        if not still:
            return
        if still != left:
            deadline, left = time.monotonic() + patience, still
        if time.monotonic() > deadline:
            raise UnavailableError("chain", "not final yet")
        time.sleep(pause)


def _send(
    store: BatchStore, ledger: LedgerDesk, due: Sequence[Intent], before: Collection[str]
) -> set[str]:
    """Record and broadcast; the intents that were refused.

    A refusal counts when the last round saw it too. The effect may have come between the look for
    it and the attempt, from another process or from a transaction of our own, and a
    reorganisation may have taken it back.
    """
    refused: dict[str, RefusedError] = {}
    for intent in due:
        try:
            record(store, ledger, *intent)
        except RefusedError as error:
            refused[intent.name] = error
    try:
        if due:
            ledger.flush(store)  # also what a killed process stored and never sent
    except RefusedError as error:
        refused = dict.fromkeys((intent.name for intent in due), error) | refused
    for name in refused:
        if name in before:
            raise refused[name]
    return set(refused)
