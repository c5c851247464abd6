"""Transactions written down before they are broadcast, each with a nonce of its own.

One purpose has one transaction for ever; one sender's nonces are given out without repetition,
whoever asks at the same moment. Signing and sending are the caller's.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, func, insert, select

from credential.errors import RefusedError
from credential.records import Transaction
from database.connections import lock
from store.tables import OUTBOX

_COLUMNS = (OUTBOX.c.purpose, OUTBOX.c.sender, OUTBOX.c.nonce, OUTBOX.c.raw, OUTBOX.c.hash)


def find(connection: Connection, purpose: str) -> Transaction | None:
    """The stored transaction of that purpose."""
    stored = connection.execute(select(*_COLUMNS).where(OUTBOX.c.purpose == purpose)).one_or_none()
    return Transaction(*stored) if stored else None


def pending(connection: Connection, sender: bytes, from_nonce: int) -> Sequence[Transaction]:
    """The stored transactions of an account from a nonce on, by nonce."""
    query = (
        select(*_COLUMNS)
        .where(OUTBOX.c.sender == sender, OUTBOX.c.nonce >= from_nonce)
        .order_by(OUTBOX.c.nonce)
    )
    return [Transaction(*stored) for stored in connection.execute(query)]


def free_nonce(connection: Connection, sender: bytes, floor: int) -> int:
    """The larger of `floor` and one more than the largest nonce stored for `sender`."""
    largest = connection.scalar(select(func.max(OUTBOX.c.nonce)).where(OUTBOX.c.sender == sender))
    return floor if largest is None else max(floor, largest + 1)


def record(
    connection: Connection,
    purpose: str,
    sender: bytes,
    floor: int,
    sign: Callable[[int], Transaction],
) -> tuple[Transaction, bool]:
    """The transaction of that purpose, and whether it is new; see `BatchStore.record`.

    `sign` is called inside the write transaction: it must not write to the store itself.
    Raises RefusedError ``outbox.mismatch`` if it returns another purpose, sender or nonce.
    """
    lock(connection, "outbox")
    if stored := find(connection, purpose):
        return stored, False
    nonce = free_nonce(connection, sender, floor)
    made = sign(nonce)
    if (made.purpose, made.sender, made.nonce) != (purpose, sender, nonce):
        raise RefusedError("outbox.mismatch", purpose=purpose, nonce=nonce)
    connection.execute(
        insert(OUTBOX).values(
            purpose=purpose, sender=sender, nonce=nonce, raw=made.raw, hash=made.hash
        )
    )
    return made, True
