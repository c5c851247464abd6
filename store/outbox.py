"""Transactions written down before they are broadcast, each with a nonce of its own.

One purpose has one nonce for ever; one account's nonces are given out without repetition and
without gaps, whoever asks at the same moment. Several transactions may be signed for one nonce, one
replacing the other; all are kept, because any may be mined. Signing and sending are the caller's.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from time import time as seconds

from sqlalchemy import ColumnElement, Connection, insert, select

from credential.errors import RefusedError
from credential.records import Transaction
from database.connections import Database, lock
from store import actors, audit
from store.tables import OUTBOX, TRANSACTIONS

_SIGNED = (
    select(
        OUTBOX.c.purpose,
        OUTBOX.c.sender,
        OUTBOX.c.nonce,
        TRANSACTIONS.c.raw,
        TRANSACTIONS.c.hash,
        TRANSACTIONS.c.block,
    )
    .join_from(OUTBOX, TRANSACTIONS, TRANSACTIONS.c.outbox == OUTBOX.c.id)
    .order_by(OUTBOX.c.nonce, TRANSACTIONS.c.version)
)


def now() -> int:
    """Seconds since 1970 by the clock of this machine."""
    return int(seconds())


class Outbox:
    """`chain.sender.Outbox` on the store's database. `actor` is noted in the audit trail."""

    def __init__(
        self, database: Database, actor: str = actors.ISSUER, clock: Callable[[], int] = now
    ) -> None:
        self._database = database
        self._actor = actor
        self._clock = clock

    def record(
        self, purpose: str, sender: bytes, floor: int, sign: Callable[[int], Transaction]
    ) -> Transaction:
        """Give `purpose` a nonce and store the transaction that `sign(nonce)` makes for it.

        The nonce is the smallest from `floor` on that nothing of `sender` has. If the purpose has
        one already, its newest transaction is returned unchanged. `sign` must not write to this
        store, and may be called twice: what it made for a nonce that meanwhile went to another is
        thrown away, which is harmless because only what is stored is ever broadcast. Raises
        RefusedError ``outbox.mismatch`` if it returns another purpose, sender or nonce.
        """
        with self._database.reading() as connection:
            found = _of_purpose(connection, purpose)
            free = None if found else _free_nonce(connection, sender, floor)
        if found:
            return found
        assert free is not None
        # Signing asks the chain, so it is done before the database's one write lock is taken.
        ahead = sign(free)

        def signed(nonce: int) -> Transaction:
            # The race was lost. Now it is signed inside the lock: nobody can take this nonce.
            return ahead if ahead.nonce == nonce else sign(nonce)

        with self._database.writing() as connection:
            lock(connection, "outbox")
            if stored := _of_purpose(connection, purpose):
                return stored
            nonce = _free_nonce(connection, sender, floor)
            made = signed(nonce)
            _check(made, purpose, sender, nonce)
            row = {"purpose": purpose, "sender": sender, "nonce": nonce}
            number = connection.execute(insert(OUTBOX).values(row).returning(OUTBOX.c.id))
            self._append(connection, number.scalar_one(), 0, made)
        return made

    def replace(self, old: Transaction, new: Transaction) -> Transaction:
        """Store `new` for the nonce of `old` and return it with all that it replaces.

        If `old` is not the newest any more, nothing is written and the newest is returned: of two
        processes that would replace the same transaction, one does. Raises RefusedError
        ``outbox.mismatch`` if `new` has another purpose, sender or nonce.
        """
        _check(new, old.purpose, old.sender, old.nonce)
        with self._database.writing() as connection:
            lock(connection, "outbox")
            newest = _of_purpose(connection, old.purpose)
            if newest is None:
                raise RefusedError("outbox.mismatch", purpose=old.purpose, nonce=old.nonce)
            if newest.hash == old.hash:
                number = connection.scalar(select(OUTBOX.c.id).where(_is(old.purpose)))
                assert number is not None
                self._append(connection, number, len(newest.replaced) + 1, new)
                newest = _of_purpose(connection, old.purpose) or newest
        return newest

    def pending(self, sender: bytes, from_nonce: int) -> Sequence[Transaction]:
        """The newest transaction for each nonce of an account from one on, by nonce."""
        where = (OUTBOX.c.sender == sender) & (OUTBOX.c.nonce >= from_nonce)
        with self._database.reading() as connection:
            return _newest(connection, where)

    def _append(self, connection: Connection, number: int, version: int, made: Transaction) -> None:
        row = {"raw": made.raw, "hash": made.hash, "block": made.block}
        connection.execute(insert(TRANSACTIONS).values(outbox=number, version=version, **row))
        detail = {"purpose": made.purpose, "nonce": made.nonce, "hash": made.hash.hex()}
        act = "transaction.replaced" if version else "transaction.stored"
        audit.append(connection, self._clock(), self._actor, act, detail)


def _is(purpose: str) -> ColumnElement[bool]:
    return OUTBOX.c.purpose == purpose


def _of_purpose(connection: Connection, purpose: str) -> Transaction | None:
    return next(iter(_newest(connection, _is(purpose))), None)


def _newest(connection: Connection, where: ColumnElement[bool]) -> list[Transaction]:
    """The newest transaction of each nonce, with the earlier ones in it."""
    rows = connection.execute(_SIGNED.where(where)).all()
    found = []
    for (purpose, sender, nonce), group in groupby(rows, lambda row: tuple(row[:3])):
        *earlier, newest = [row[3:] for row in group]
        found.append(
            Transaction(purpose, sender, nonce, *newest, tuple(raw for raw, *_ in earlier))
        )
    return found


def _free_nonce(connection: Connection, sender: bytes, floor: int) -> int:
    """The smallest from `floor` on that is not given out."""
    taken = connection.scalars(
        select(OUTBOX.c.nonce)
        .where(OUTBOX.c.sender == sender, OUTBOX.c.nonce >= floor)
        .order_by(OUTBOX.c.nonce)
    )
    free = floor
    for nonce in taken:
        if nonce != free:
            break
        free += 1
    return free


def _check(made: Transaction, purpose: str, sender: bytes, nonce: int) -> None:
    if (made.purpose, made.sender, made.nonce) != (purpose, sender, nonce):
        raise RefusedError("outbox.mismatch", purpose=purpose, nonce=nonce)
