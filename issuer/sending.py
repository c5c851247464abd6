"""Transactions of the issuer: stored before they are broadcast, one per intent and attempt."""

import time
from collections.abc import Callable, Iterator

from credential.errors import RefusedError, UnavailableError
from credential.records import Call, Transaction
from issuer.ports import BatchStore, LedgerDesk

ATTEMPTS = 5  # transactions that one intent may need when earlier ones revert
_POLL = (0.05, 2.0)  # seconds between two looks at the chain: at first, doubling, and at most


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


def ensure(
    store: BatchStore,
    ledger: LedgerDesk,
    intent: str,
    call: Callable[[], Call],
    done: Callable[[bool], bool],
    patience: float,
) -> None:
    """Send the intent's transaction and return once its effect is final.

    `done(final)` says whether it can be read at the finalised block, or else at the head. Raises
    what `record` raises, and UnavailableError when it takes more than `patience` seconds.
    """
    deadline = time.monotonic() + patience
    for pause in pauses():
        try:
            if not done(False):
                record(store, ledger, intent, call)
                ledger.flush(store)  # also what a killed process stored and never sent
        except RefusedError:
            if not done(False):  # otherwise another process was faster
                raise
        if done(True):
            return
        if time.monotonic() > deadline:
            raise UnavailableError("chain", "not final yet")
        time.sleep(pause)
