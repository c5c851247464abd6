"""A real server over the demo's deployment, and what is genuine in it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.deployed import Deployment, Running
from tests.hostile.genuine import Genuine, collect

_MANY = "1000000"  # look-ups an hour: here one address asks them all
_ARENAS = "2"  # as docs/OPERATIONS.md advises: else glibc keeps freed memory for each thread


@pytest.fixture(scope="module")
def genuine(demo: Deployment) -> Genuine:
    return collect(demo)


@dataclass
class Site:
    """`sogoc serve` as a process: where it listens, and what it holds in memory."""

    address: str
    running: Running

    @property
    def lives(self) -> bool:
        return self.running.process.poll() is None

    def resident(self) -> int:
        """Bytes of memory of the whole tree of processes now."""
        server = psutil.Process(self.running.process.pid)
        return sum(each.memory_info().rss for each in [server, *server.children(recursive=True)])

    def most(self) -> int:
        """Bytes of memory that the server's own process held at most (proc(5), VmHWM)."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024


@pytest.fixture(scope="module")
def site(demo: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    copy = Deployment(tmp_path_factory.mktemp("hostile") / "demo")
    shutil.copytree(demo.data, copy.data, ignore=shutil.ignore_patterns("*.log"))
    with copy.served(SOGOC_LOOKUPS_PER_HOUR=_MANY, MALLOC_ARENA_MAX=_ARENAS) as (address, running):
        yield Site(address, running)
