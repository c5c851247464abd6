"""How a database is reached: addresses, time limits and what each connection is told first.

An engine either only reads, each statement by itself, or its transactions take the write lock at
their beginning, so that what they read stays true until they commit.
"""

import sqlite3
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from credential.errors import ConfigError

_READ_TIMEOUT = 5  # seconds: a verifier does not wait longer for one statement
_WRITE_TIMEOUT = 30  # seconds: writing a large batch may keep others waiting


def engine(url: str, *, write: bool, create: bool = False) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…``; connects when first used.

    Only with `create` is a missing SQLite file made. Raises ConfigError ``database.unsupported``.
    """
    address = _address(url)
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


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # no more than the scheme goes on: what follows it may hold a password
        scheme = url.partition("://")[0] if "://" in url else ""
        raise ConfigError("database.unsupported", dialect=scheme) from None


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
    # a file that vanished must not come back empty, so only migrating may create one
    target = address.set(
        drivername="sqlite",
        database="file:" + quote(address.database or ""),
        query={"uri": "true", "mode": "rwc" if create else "rw"},
    )
    timeout = _WRITE_TIMEOUT if write else _READ_TIMEOUT
    made = create_engine(target, connect_args={"timeout": timeout}, **options)

    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, below
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        if create:
            connection.execute("PRAGMA journal_mode = WAL")
        if not write:
            connection.execute("PRAGMA query_only = ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(made, "connect", prepare)
    if write:
        event.listen(made, "begin", begin)
    return made
