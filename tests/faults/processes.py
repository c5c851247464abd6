"""Working for a deployment in processes of their own, which start at once.

They are forked from a server that has no threads: a fork of the tests' own process could inherit a
lock that one of its threads held, SQLite's for example, and wait for it for ever.
"""

import multiprocessing
from functools import cache
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

from api import settings
from api.wiring import System
from tests.faults.deployments import Site
from tests.faults.worker import arm, work

PATIENCE = 600.0  # seconds for a worker, on a machine that is busy
Point = tuple[str, str, int]


def start(site: Site, *words: str, point: Point | None = None) -> BaseProcess:
    """A worker for a deployment, killed at that point if it comes there."""
    process = _server().Process(target=_body, args=(site.data, words, point))
    process.start()
    return process


def killed(site: Site, *words: str, point: Point) -> None:
    """A worker that must come to the point at which it is killed."""
    process = start(site, *words, point=point)
    process.join(PATIENCE)
    assert process.exitcode == -9, f"not killed at {point}, but exit code {process.exitcode}"


def both(site: Site, *words: str) -> list[str]:
    """Two workers at once with the same work; their complaints (none, it is hoped)."""
    workers = [start(site, *words) for _ in range(2)]
    for worker in workers:
        worker.join(PATIENCE)
    return [f"exit code {worker.exitcode}" for worker in workers if worker.exitcode != 0]


@cache
def _server() -> ForkServerContext:
    """Whoever forks, with all modules loaded: later ones must not wait for that."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    first = context.Process(target=int)
    first.start()
    first.join()
    return context


def _body(data: Path, words: tuple[str, ...], point: Point | None) -> None:
    if point is not None:
        arm(*point)
    with System(settings.load(data)) as opened:
        work(opened, *words)
