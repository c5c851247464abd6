"""Reading and writing an open database, its errors translated to those of the product.

What is read and written is decided elsewhere, by `registry` and `store`.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import psycopg
from sqlalchemy import Connection, Dialect, Engine, SelectBase, Table, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from credential.errors import UnavailableError


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Every error of it is UnavailableError `source`, never a driver's."""

    source: str
    reads: Engine
    writes: Engine
    _idle: deque[Any] = field(default_factory=deque, init=False, repr=False, compare=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write; each statement sees the latest committed state."""
        with answering(self.source), self.reads.connect() as connection:
            yield connection

    def ask(self, query: SelectBase, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows of a read by itself, as the driver gives them.

        For the questions of every verification: the statement goes as text, written once, to a
        connection of the driver, which takes a sixth of the time of Core and its pool. `query` is
        a constant of its module, `values` are those of its bind parameters.
        """
        text, names, fixed = _written(query, self.reads.dialect)
        given = [values[name] if name in values else fixed[name] for name in names]
        with answering(self.source):
            connection = self._taken()
            try:
                rows: Sequence[tuple[Any, ...]] = connection.execute(text, given).fetchall()
            except BaseException:
                connection.close()
                self._close_idle()  # when a server went away, they are dead too
                raise
            self._idle.append(connection)
        return rows

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, durable when the block ends; an error inside undoes all of it.

        A violated constraint comes out as SQLAlchemy's IntegrityError, for the caller to name.
        """
        with answering(self.source), self.writes.begin() as connection:
            yield connection

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows at once, each with a value for every column in the table's order.

        The statement goes to the driver as text: three times as fast as Core's dictionaries.
        """
        if rows:
            statement = insert(table).compile(dialect=connection.dialect)
            connection.exec_driver_sql(str(statement), list(rows))

    def upsert(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows, or bring those with the same primary key to the given values."""
        if not rows:
            return
        sqlite_too = connection.dialect.name == "sqlite"
        put = sqlite.insert(table) if sqlite_too else postgresql.insert(table)
        keys = [column.name for column in table.primary_key]
        changed = {column.name: column for column in put.excluded if column.name not in keys}
        if changed:
            put = put.on_conflict_do_update(index_elements=keys, set_=changed)
        else:
            put = put.on_conflict_do_nothing()
        statement = put.compile(dialect=connection.dialect)
        connection.exec_driver_sql(str(statement), list(rows))

    def close(self) -> None:
        """Close the pooled connections."""
        self._close_idle()
        self.reads.dispose()
        self.writes.dispose()

    def _taken(self) -> Any:
        """A driver's connection that nobody uses, a new one if there is none."""
        with suppress(IndexError):
            return self._idle.pop()
        pooled = self.reads.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()  # it is ours from now on
        return connection

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


def lock(connection: Connection, name: str) -> None:
    """Hold a named lock until the transaction ends (SQLite's transactions hold the only one)."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


@lru_cache(maxsize=64)
def _written(query: SelectBase, dialect: Dialect) -> tuple[str, Sequence[str], Mapping[str, Any]]:
    """A query as its dialect writes it, the names of its parameters in order, values it fixes."""
    compiled: Any = query.compile(dialect=dialect)
    return str(compiled), compiled.positiontup, compiled.params


@contextmanager
def answering(source: str) -> Iterator[None]:
    """Turn whatever a database fails with into UnavailableError `source`.

    Only IntegrityError passes: it is an answer.
    """
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeoutError, sqlite3.Error, psycopg.Error) as error:
        # the driver's message may quote values, so only its kind goes on
        raise UnavailableError(source, _kind(error)) from None


def _kind(error: Exception) -> str:
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None)
    return code or type(origin).__name__
