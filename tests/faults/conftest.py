"""Deployments on the two sets of parts, and a place for the counts."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.chain.conftest import running_anvil
from tests.faults.deployments import ANVIL, EMBEDDED, Site, made
from tests.faults.sizes import FULL


@pytest.fixture(scope="session")
def on_embedded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return made(EMBEDDED, tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture(scope="session")
def on_anvil(postgresql: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("faults") / "data"
    with running_anvil("--block-time", "1") as net, two_databases(postgresql) as urls:
        yield made(ANVIL, data, net, **urls)


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    """One deployment for all tests, each of which issues something of its own."""
    found = {EMBEDDED: "on_embedded", ANVIL: "on_anvil"}[request.param]
    site: Site = request.getfixturevalue(found)
    return site


@contextmanager
def two_databases(server: Any) -> Iterator[dict[str, str]]:
    """Empty databases for store and registry."""
    names = {f"{source}_url": f"faults_{os.getpid()}_{source}" for source in ("store", "registry")}
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for name in names.values():
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
    yield {setting: str(server.get_uri(database=name)) for setting, name in names.items()}


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a line of counts, in the full run also among passing tests."""

    def line(text: str) -> None:
        if FULL:
            with capsys.disabled():
                sys.stderr.write(f"\n{text}\n")
            if "FAULTS_REPORT" in os.environ:
                with Path(os.environ["FAULTS_REPORT"]).open("a", encoding="utf-8") as file:
                    file.write(f"{text}\n")
        else:
            sys.stdout.write(f"{text}\n")

    return line
