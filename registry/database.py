"""How the registry's database is opened, migrated, read and written.

Two engines on one database: one that can only read, each statement by itself, and one whose
transactions take the write lock at their beginning, so that what they read stays true until
they commit. What is read and written is decided elsewhere. The store has its own module like
this one: two sources that must not fall together share no code that touches a database.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from credential.errors import ConfigError, UnavailableError

VERSION_TABLE = "registry_version"
_READ_TIMEOUT = 5  # seconds: a verifier does not wait longer for one statement
_WRITE_TIMEOUT = 30  # seconds: entering a large batch may keep others waiting


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. Every error of it is UnavailableError ``registry``, never a driver's."""

    reads: Engine
    writes: Engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that cannot write; each statement sees the latest committed state."""
        with _answering(), self.reads.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, durable when the block ends; an error inside undoes all of it.

        A violated constraint comes out as SQLAlchemy's IntegrityError, for the caller to name.
        """
        with _answering(), self.writes.begin() as connection:
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
        self.reads.dispose()
        self.writes.dispose()


def connect(url: str) -> Database:
    """Open an existing database (``sqlite:///path`` or ``postgresql://…``); see `migrate`.

    Connections are made when first used. Raises ConfigError ``database.unsupported``.
    """
    return Database(_engine(url, write=False), _engine(url, write=True))


def migrate(url: str) -> None:
    """Create the database file if need be and bring its tables to this version of the code.

    Harmless to repeat, and in two processes at once. Raises ConfigError
    ``database.unsupported`` and UnavailableError.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = _engine(url, write=True, create=True)
    try:
        with _answering(), engine.begin() as connection:
            lock(connection, VERSION_TABLE)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def lock(connection: Connection, name: str) -> None:
    """Hold a named lock until the transaction ends (SQLite's transactions hold the only one)."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeoutError, sqlite3.Error, psycopg.Error) as error:
        # the driver's message may quote values, so only its kind goes on
        raise UnavailableError("registry", _kind(error)) from None


def _kind(error: Exception) -> str:
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None)
    return code or type(origin).__name__


def _engine(url: str, *, write: bool, create: bool = False) -> Engine:
    address = make_url(url)
    options: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": 8,
        "max_overflow": 32,
        "pool_timeout": _READ_TIMEOUT,
    }
    if not write:
        options["isolation_level"] = "AUTOCOMMIT"
    if address.get_backend_name() == "postgresql":
        return _postgresql(address, options, write=write)
    if address.get_backend_name() == "sqlite" and address.database:
        return _sqlite(address, options, write=write, create=create)
    raise ConfigError("database.unsupported", dialect=address.get_backend_name())


def _postgresql(address: URL, options: dict[str, Any], *, write: bool) -> Engine:
    limits = (
        f"-c lock_timeout={_WRITE_TIMEOUT}s"
        if write
        else f"-c statement_timeout={_READ_TIMEOUT}s -c default_transaction_read_only=on"
    )
    return create_engine(
        address.set(drivername="postgresql+psycopg"),
        paramstyle="format",
        connect_args={"connect_timeout": _READ_TIMEOUT, "options": limits},
        **options,
    )


def _sqlite(address: URL, options: dict[str, Any], *, write: bool, create: bool) -> Engine:
    # a file that vanished must not come back empty, so only `migrate` may create one
    target = address.set(
        database="file:" + quote(address.database or ""),
        query={"uri": "true", "mode": "rwc" if create else "rw"},
    )
    timeout = _WRITE_TIMEOUT if write else _READ_TIMEOUT
    engine = create_engine(target, connect_args={"timeout": timeout}, **options)

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        if create:
            connection.execute("PRAGMA journal_mode = WAL")
        if not write:
            connection.execute("PRAGMA query_only = ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    if write:
        event.listen(engine, "begin", begin)
    return engine
