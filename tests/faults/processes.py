"""Working for a deployment in processes of their own, forked off so that they start at once."""

import multiprocessing
from multiprocessing.process import BaseProcess

from api import settings
from api.wiring import System
from tests.faults.deployments import Site
from tests.faults.worker import arm, work

PATIENCE = 600.0  # seconds for a worker, on a machine that is busy
Point = tuple[str, str, int]


def start(site: Site, *words: str, point: Point | None = None) -> BaseProcess:
    """A worker for a deployment, killed at that point if it comes there."""

    def body() -> None:
        if point is not None:
            arm(*point)
        with System(settings.load(site.data)) as opened:
            work(opened, *words)

    process = multiprocessing.get_context("fork").Process(target=body)
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
    return [f"exit code {worker.exitcode}" for worker in workers if worker.exitcode]
