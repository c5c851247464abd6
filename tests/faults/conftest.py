"""Deployments on the two sets of parts, and a place for the counts."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chain.conftest import running_anvil
from tests.databases import Postgresql
from tests.faults.deployments import ANVIL, EMBEDDED, Site, made
from tests.faults.sizes import BLOCK_TIME, FULL


@pytest.fixture(scope="session")
def on_embedded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return made(EMBEDDED, tmp_path_factory.mktemp("faults") / "data")


@pytest.fixture(scope="module")
def on_anvil(postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for each module: a node that goes on making blocks grows to 1.6 GB in two minutes."""
    data = tmp_path_factory.mktemp("faults") / "data"
    with running_anvil("--block-time", BLOCK_TIME) as net:
        yield made(ANVIL, data, net, **two_databases(postgresql))


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    """One deployment for all tests, each of which issues something of its own."""
    found = {EMBEDDED: "on_embedded", ANVIL: "on_anvil"}[request.param]
    site: Site = request.getfixturevalue(found)
    return site


def two_databases(server: Postgresql) -> dict[str, str]:
    """Empty databases for store and registry."""
    return {f"{source}_url": server.address(server.make()) for source in ("store", "registry")}


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
