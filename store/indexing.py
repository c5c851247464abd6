"""What the indexer writes: `chain.tables.Tables` on a database.

Whoever changes something names the block that it takes to have been read last, so that of two
indexers one goes on and the other is told (ConflictError ``index.overtaken``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    literal,
    select,
    tuple_,
    update,
)

from credential.errors import ConflictError
from credential.facts import Block
from credential.history import (
    Act,
    BatchAnchored,
    IndexState,
    KeyChange,
    Record,
    SchoolChange,
    Succession,
    WordChange,
)
from credential.model import Deployment
from database.connections import lock
from store.history import STATE, History, tail
from store.tables import (
    LEDGER_ACTS,
    LEDGER_BATCHES,
    LEDGER_BLOCKS,
    LEDGER_INDEX,
    LEDGER_KEYS,
    LEDGER_SCHOOLS,
    LEDGER_SUCCESSIONS,
    LEDGER_WORDS,
)

_TABLES: Mapping[type[Record], Table] = {
    SchoolChange: LEDGER_SCHOOLS,
    KeyChange: LEDGER_KEYS,
    BatchAnchored: LEDGER_BATCHES,
    WordChange: LEDGER_WORDS,
    Succession: LEDGER_SUCCESSIONS,
    Act: LEDGER_ACTS,
}
_PAGE = 1000  # records read at once
_NOTHING = {
    "chain_id": 0,
    "contract": b"",
    "read": None,
    "compared": None,
    "root": b"",
    "final": None,
    "head": 0,
    "checked": 0,
    "error": "",
}
_SCHOOLS = (
    select(LEDGER_SCHOOLS.c.school)
    .distinct()
    .where(LEDGER_SCHOOLS.c.school > bindparam("after"))
    .order_by(LEDGER_SCHOOLS.c.school)
    .limit(bindparam("most"))
)


class Index(History):
    """The same records, with what an indexer needs beside."""

    def tail(self) -> Sequence[Block]:
        """The blocks whose hashes are kept, newest first: from `read` back to `final`."""
        with self._database.reading() as connection:
            return tail(connection)

    def changes(self, after: int) -> Iterator[Record]:
        """All records of later blocks, of whatever kind; a page at a time."""
        for kind, table in _TABLES.items():
            place, page = (after + 1, -1), _PAGE
            while page == _PAGE:
                with self._database.reading() as connection:
                    rows = connection.execute(_page(table, *place)).all()
                yield from (kind(*row) for row in rows)
                page = len(rows)
                place = (rows[-1].block, rows[-1].log) if rows else place

    def schools(self, after: int, limit: int) -> Sequence[int]:
        """The next schools by number that were ever accredited."""
        return [row[0] for row in self._database.ask(_SCHOOLS, {"after": after, "most": limit})]

    def take(self, owner: str, now: int, until: int) -> bool:
        """Keep other indexers away until then; False while another one does."""
        with self._database.writing() as connection:
            row = _row(connection)
            if row.owner != owner and row.lease > now:
                return False
            connection.execute(update(LEDGER_INDEX).values(owner=owner, lease=until))
        return True

    def append(
        self,
        deployment: Deployment,
        read: Block | None,
        records: Sequence[Record],
        blocks: Sequence[Block],
        head: int,
    ) -> None:
        """Add a span: its records, and blocks to be kept, the last of which is now `read`."""
        place = {"chain_id": deployment.chain_id, "contract": deployment.contract}
        with self._database.writing() as connection:
            _check(connection, read)
            by_kind = sorted(records, key=lambda record: type(record).__name__)
            for kind, found in groupby(by_kind, type):
                self._database.upsert(connection, _TABLES[kind], [astuple(each) for each in found])
            self._database.upsert(connection, LEDGER_BLOCKS, [astuple(block) for block in blocks])
            _set(connection, **place, read=blocks[-1].number, head=head)

    def rewind(self, read: Block | None, to: Block | None, root: bytes) -> None:
        """Forget all that came after a block (None: everything); `root`: of the storage then."""
        last = to.number if to else -1
        with self._database.writing() as connection:
            row = _check(connection, read)
            for table in _TABLES.values():
                connection.execute(delete(table).where(table.c.block > last))
            connection.execute(delete(LEDGER_BLOCKS).where(LEDGER_BLOCKS.c.number > last))
            if to is None:
                _set(connection, **_NOTHING)
            elif row.compared is not None and row.compared >= last:
                _set(connection, read=last, compared=last, root=root)
            else:
                _set(connection, read=last)

    def vouch(self, state: IndexState) -> None:
        """Note that the tables up to `state.read` were compared; forget blocks before `final`."""
        assert state.final
        final = state.final.number
        with self._database.writing() as connection:
            _check(connection, state.read)
            connection.execute(delete(LEDGER_BLOCKS).where(LEDGER_BLOCKS.c.number < final))
            _set(
                connection,
                compared=state.compared,
                root=state.root,
                final=final,
                head=state.head,
                checked=state.checked,
                error="",
            )

    def fail(self, error: str) -> None:
        """Note what went wrong; the next `vouch` takes it away."""
        with self._database.writing() as connection:
            _row(connection)
            _set(connection, error=error)


def _row(connection: Connection) -> Any:
    """The index's row, which is made when it is first asked for, under the index's lock."""
    lock(connection, LEDGER_INDEX.name)
    found = connection.execute(STATE).one_or_none()
    if found is None:
        connection.execute(insert(LEDGER_INDEX).values(id=1, owner="", lease=0, **_NOTHING))
        found = connection.execute(STATE).one()
    return found


def _check(connection: Connection, read: Block | None) -> Any:
    """The index's row, if that block is what was read last."""
    row = _row(connection)
    kept = {block.number: block for block in tail(connection)}
    if row.read != (read.number if read else None) or (read and kept.get(read.number) != read):
        raise ConflictError("index.overtaken")
    return row


def _set(connection: Connection, **values: object) -> None:
    connection.execute(update(LEDGER_INDEX).values(values))


def _page(table: Table, block: int, log: int) -> Select[Any]:
    """Records from a place on, that excluded."""
    later = tuple_(table.c.block, table.c.log) > tuple_(literal(block), literal(log))
    return select(table).where(later).order_by(table.c.block, table.c.log).limit(_PAGE)
