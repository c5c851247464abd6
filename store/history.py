"""What the ledger logged, as the indexer saw it: `chain.tables.History` on a database.

A record's columns are its fields in their order; what the records mean, `credential.history` says.
All are of one deployment. Who writes them is `store.indexing`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    bindparam,
    select,
)

from credential.facts import Block
from credential.history import (
    BatchAnchored,
    IndexState,
    KeyChange,
    SchoolChange,
)
from credential.model import Deployment
from database.connections import Database
from store.tables import (
    LEDGER_BATCHES,
    LEDGER_BLOCKS,
    LEDGER_INDEX,
    LEDGER_KEYS,
    LEDGER_SCHOOLS,
    LEDGER_SUCCESSIONS,
    LEDGER_WORDS,
)

_NO_LANES = bytes(32)


def _of_school(table: Table) -> Select[Any]:
    """All records of a school up to a block, in the order in which they were logged."""
    return (
        select(table)
        .where(table.c.school == bindparam("school"), table.c.block <= bindparam("until"))
        .order_by(table.c.block, table.c.log)
    )


_SCHOOL, _KEYS = _of_school(LEDGER_SCHOOLS), _of_school(LEDGER_KEYS)
_BATCH = select(LEDGER_BATCHES).where(
    LEDGER_BATCHES.c.school == bindparam("school"),
    LEDGER_BATCHES.c.root == bindparam("root"),
    LEDGER_BATCHES.c.block <= bindparam("until"),
)
_LAST_BATCH = (
    select(LEDGER_BATCHES)
    .where(
        LEDGER_BATCHES.c.school == bindparam("school"),
        LEDGER_BATCHES.c.block <= bindparam("until"),
    )
    .order_by(LEDGER_BATCHES.c.seq.desc())
    .limit(1)
)
_WORD = (
    select(LEDGER_WORDS.c.lanes)
    .where(
        LEDGER_WORDS.c.school == bindparam("school"),
        LEDGER_WORDS.c.root == bindparam("root"),
        LEDGER_WORDS.c.word == bindparam("word"),
        LEDGER_WORDS.c.block <= bindparam("until"),
    )
    .order_by(LEDGER_WORDS.c.block.desc(), LEDGER_WORDS.c.log.desc())
    .limit(1)
)
_OLD, _NEW = LEDGER_BATCHES.alias("old"), LEDGER_BATCHES.alias("new")
_SUCCESSOR = (
    select(_NEW.c.seq, LEDGER_SUCCESSIONS.c.successor_position)
    .select_from(LEDGER_SUCCESSIONS, _OLD, _NEW)
    .where(
        _OLD.c.school == bindparam("school"),
        _OLD.c.seq == bindparam("seq"),
        _NEW.c.school == bindparam("school"),
        _NEW.c.root == LEDGER_SUCCESSIONS.c.successor_root,
        LEDGER_SUCCESSIONS.c.school == bindparam("school"),
        LEDGER_SUCCESSIONS.c.root == _OLD.c.root,
        LEDGER_SUCCESSIONS.c.position == bindparam("position"),
    )
)
_TAIL = select(LEDGER_BLOCKS).order_by(LEDGER_BLOCKS.c.number.desc())
STATE = select(LEDGER_INDEX)  # one row, or none before an indexer has come


class History:
    """The records of one deployment, read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(self) -> IndexState | None:
        """How far the tables have come; None if nothing was ever written."""
        with self._database.reading() as connection:
            row = connection.execute(STATE).one_or_none()
            return None if row is None else _state(row, tail(connection))

    def school_changes(self, school: int, until: int) -> Sequence[SchoolChange]:
        """All changes of a school's accreditation."""
        rows = self._database.ask(_SCHOOL, {"school": school, "until": until})
        return [SchoolChange(*row) for row in rows]

    def key_changes(self, school: int, until: int) -> Sequence[KeyChange]:
        """All changes of a school's keys."""
        rows = self._database.ask(_KEYS, {"school": school, "until": until})
        return [KeyChange(*row) for row in rows]

    def batch(self, school: int, root: bytes, until: int) -> BatchAnchored | None:
        """The batch of that root."""
        values = {"school": school, "root": root, "until": until}
        rows = self._database.ask(_BATCH, values)
        return BatchAnchored(*rows[0]) if rows else None

    def last_batch(self, school: int, until: int) -> BatchAnchored | None:
        """The school's batch with the largest number."""
        rows = self._database.ask(_LAST_BATCH, {"school": school, "until": until})
        return BatchAnchored(*rows[0]) if rows else None

    def word(self, school: int, root: bytes, word: int, until: int) -> bytes:
        """A status word (32 bytes)."""
        values = {"school": school, "root": root, "word": word, "until": until}
        rows = self._database.ask(_WORD, values)
        return rows[0][0] if rows else _NO_LANES

    def successor(self, school: int, seq: int, index: int) -> tuple[int, int] | None:
        """Batch number and index of what replaced a credential, final or not; None if nothing.

        Whether it counts, verifying it says.
        """
        values = {"school": school, "seq": seq, "position": index}
        rows = self._database.ask(_SUCCESSOR, values)
        return (rows[0][0], rows[0][1]) if rows else None


def tail(connection: Connection) -> list[Block]:
    """The blocks whose hashes are kept, newest first."""
    return [Block(*row) for row in connection.execute(_TAIL)]


def _state(row: Any, tail: Sequence[Block]) -> IndexState:
    blocks = {block.number: block for block in tail}
    return IndexState(
        deployment=Deployment(row.chain_id, row.contract),
        read=blocks.get(row.read),
        compared=row.compared,
        root=row.root,
        final=blocks.get(row.final),
        head=row.head,
        checked=row.checked,
        error=row.error,
    )
