"""What the tests of the indexer share: an index of a ledger under test, and its contents."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chain.indexed import IndexedLedger
from chain.indexer import Indexer
from chain.node import Node
from database.connections import Database
from store.indexing import Index
from store.schema import STORE
from store.tables import METADATA
from tests.chain.world import LedgerUnderTest
from tests.databases import migrated

Contents = dict[str, list[tuple[object, ...]]]


@contextmanager
def tables(address: str) -> Iterator[Database]:
    """A migrated store that holds no index yet."""
    database = STORE.connect(address)
    yield database
    database.close()


def sqlite(folder: Path, name: str = "index") -> str:
    """The address of a new migrated store."""
    return migrated(STORE, folder / f"{name}.sqlite")


def indexer(of: LedgerUnderTest, database: Database, **options: Any) -> Indexer:
    node = options.pop("node", None) or Node(of.net.web3, of.deployment.chain_id)
    return Indexer(node, of.deployment, Index(database), **options)


def indexed(of: LedgerUnderTest, database: Database, **options: Any) -> IndexedLedger:
    given = {"max_age": 0.0, **options}
    return IndexedLedger(Index(database), of.reader(), of.deployment, **given)


def contents(database: Database) -> Contents:
    """Every record, and every block that is kept; not when it was written and by whom."""
    with database.reading() as connection:
        return {
            name: sorted(map(tuple, connection.execute(table.select())))
            for name, table in METADATA.tables.items()
            if name.startswith("ledger_") and name != "ledger_index"
        }


def afresh(of: LedgerUnderTest, folder: Path, name: str = "fresh", **options: Any) -> Contents:
    """What an index holds that is built now, from nothing."""
    with tables(sqlite(folder, name)) as database:
        indexer(of, database, **options).advance()
        return contents(database)
