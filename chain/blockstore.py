"""The one SQLite file of an embedded chain: py-evm's keys and values, and an index of logs.

Decides durability: everything that belongs to a block is one transaction, synced before the block
is told to anyone, so that neither ``kill -9`` nor a power cut takes a final block back.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from eth.db.backends.base import BaseDB

_SCHEMA = """
create table if not exists entry (key blob primary key, value blob not null) without rowid;
create table if not exists logged (
    address blob not null, topic blob not null, block integer not null,
    primary key (address, topic, block)
) without rowid;
"""


class BlockStore(BaseDB):
    """Keys and values in `path`. Not thread-safe: the engine's lock guards it."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; nothing is pending outside `transaction`."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything written inside durable together, or nothing of it."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def __getitem__(self, key: bytes) -> bytes:
        row = self._db.execute("select value from entry where key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        value: bytes = row[0]
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._db.execute("insert or replace into entry values (?, ?)", (key, bytes(value)))

    def __delitem__(self, key: bytes) -> None:
        self._db.execute("delete from entry where key = ?", (key,))

    def _exists(self, key: bytes) -> bool:
        row = self._db.execute("select 1 from entry where key = ?", (key,)).fetchone()
        return row is not None

    def note_log(self, address: bytes, topics: Sequence[bytes], block: int) -> None:
        """Remember in which block a contract logged something, by each of its topics."""
        rows = [(address, topic, block) for topic in topics or (b"",)]
        self._db.executemany("insert or ignore into logged values (?, ?, ?)", rows)

    def blocks_with_logs(
        self, addresses: Sequence[bytes], topics: Sequence[Sequence[bytes]], first: int, last: int
    ) -> list[int]:
        """Blocks that may hold logs of one of the addresses with one topic of each choice.

        An empty sequence stands for any. Whether a block really does is for the caller to see.
        """
        found: set[int] | None = None
        for choice in [each for each in topics if each] or [()]:
            blocks = self._blocks(addresses, choice, first, last)
            found = blocks if found is None else found & blocks
        return sorted(found or ())

    def _blocks(
        self, addresses: Sequence[bytes], topics: Sequence[bytes], first: int, last: int
    ) -> set[int]:
        where, values = "block between ? and ?", [first, last, *addresses, *topics]
        for column, wanted in (("address", addresses), ("topic", topics)):
            if wanted:
                where += f" and {column} in ({','.join('?' * len(wanted))})"
        query = f"select block from logged where {where}"  # noqa: S608
        return {row[0] for row in self._db.execute(query, values)}
