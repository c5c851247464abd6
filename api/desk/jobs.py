"""Doing the long work of the workbench: any process that serves claims jobs and tells of them.

A process that dies leaves a claim behind that ends, and another one goes on: whatever a runner does
must be safe to begin again from wherever it stopped. Silence of a source is waited out. What each
kind of work is, `api.desk.runners` says.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from api.presenting import plain
from credential.errors import InputError, RefusedError, SogocError, UnavailableError
from store.jobs import LEASE, Job, Jobs, JobState
from store.outbox import now

if TYPE_CHECKING:
    from api.wiring import System

IDLE: Final = 0.5  # seconds between looks for work
THREADS: Final = 2  # jobs that one process does at once: one that waits holds up no other
MOST_CLAIMS: Final = 5  # processes that may die of one job in a row
MOST_FAULTS: Final = 100  # faults that are kept of a job
PROCESS: Final = secrets.token_hex(8)
"""This process, as it names itself to the store."""

_AGAIN = 20  # seconds before work is begun again whose source was silent
_TOLD = 0.3  # seconds between two counts that are written down
_CANCELLED, _OVERTAKEN = "job.cancelled", "job.overtaken"

_log = logging.getLogger(__name__)

Undo = Callable[["System", Job], None]
Run = Callable[["System", Job, "Report"], Mapping[str, Any] | None]


def _nothing(_system: "System", _job: Job) -> None:
    """Nothing was done that lasts."""


@dataclass(frozen=True, slots=True)
class Runner:
    """A kind of work. `run(system, job, report)` does it and returns what came of it.

    `run` may be begun again after it stopped anywhere. Each of its reports may raise, because the
    job is to end (``job.cancelled``) or is another's by now (``job.overtaken``): both go on up.
    `undo(system, job)` takes back what a job that is to end has done.
    """

    run: Run
    undo: Undo = _nothing


def _unheard(_stage: str, _total: int) -> None:
    """Nobody listens but who asks the store."""


class Report:
    """What a runner tells of its progress; counts are written down a few times a second.

    Stages are also told to whoever has `heard` of them meanwhile, at a command line.
    """

    def __init__(
        self, jobs: Jobs, job: Job, owner: str, heard: Callable[[str, int], None] = _unheard
    ) -> None:
        self._jobs, self._job, self._owner, self._heard = jobs, job.id, owner, heard
        self._stage, self._done, self._total, self._written = "", 0, 0, 0.0

    def stage(self, name: str, total: int = 0) -> None:
        """A stage begins, with so many to do; said again, it goes on."""
        if name != self._stage:
            self._stage, self._done, self._total = name, 0, total
            self._heard(name, total)
            self._write()

    def advance(self, count: int = 1) -> None:
        """So many more of the stage are done."""
        self._done += count
        if self._done == self._total or time.monotonic() - self._written > _TOLD:
            self._write()

    def bind(self) -> None:
        """From now on the job cannot be cancelled any more."""
        self._jobs.bind(self._job, self._owner)

    def _write(self) -> None:
        self._written = time.monotonic()
        self._jobs.tell(self._job, self._owner, self._stage, self._done, self._total)


class Worker:
    """Works on the jobs of one deployment. One thread uses it."""

    def __init__(
        self,
        system: "System",
        runners: Mapping[str, Runner],
        process: str = PROCESS,
        heard: Callable[[str, int], None] = _unheard,
        clock: Callable[[], int] = now,
    ) -> None:
        self._system, self._runners = system, runners
        self._process, self._heard = process, heard
        self._jobs = Jobs(system.store_database, clock)

    def once(self, only: int | None = None) -> int | None:
        """Work on one job, or that one, to its end; its number, None when there is none."""
        owner = f"{self._process}.{secrets.token_hex(4)}"
        job = self._jobs.claim(owner, self._process, only)
        if job is None:
            return None
        with _beating(self._jobs, job.id, owner):
            try:
                state, result = self._done(job, Report(self._jobs, job, owner, self._heard))
                self._jobs.end(job.id, owner, state, result)
            except UnavailableError as error:
                self._jobs.later(job.id, owner, _AGAIN, error.code, self._process)
            except SogocError as error:
                if error.code != _OVERTAKEN:
                    about = _about(error)
                    self._jobs.end(job.id, owner, JobState.FAILED, about, error.code)
            except Exception as error:  # noqa: BLE001 — whatever it is, the job has an end
                frame = error.__traceback__
                while frame and frame.tb_next:
                    frame = frame.tb_next
                where = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}" if frame else ""
                _log.error("a job failed: %s at %s", type(error).__name__, where)
                self._jobs.end(job.id, owner, JobState.FAILED, {}, "internal.error")
        return job.id

    def _done(self, job: Job, report: Report) -> tuple[JobState, Mapping[str, Any] | None]:
        """How a job ends, and what came of it."""
        runner = self._runners.get(job.kind)
        if runner is None or job.claims > MOST_CLAIMS:
            raise RefusedError("job.given_up", job=job.id)
        try:
            report.stage("begun")
            return JobState.DONE, runner.run(self._system, job, report)
        except RefusedError as error:
            if error.code != _CANCELLED:
                raise
        runner.undo(self._system, job)
        return JobState.CANCELLED, None


@contextmanager
def _beating(jobs: Jobs, number: int, owner: str) -> Iterator[None]:
    """Keep a claim meanwhile, however long one step takes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(LEASE / 3):
            try:
                jobs.renew(number, owner)
            except SogocError as error:
                if error.code == _OVERTAKEN:
                    return

    thread = threading.Thread(target=beat, name="claim", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _about(error: SogocError) -> Mapping[str, Any]:
    """What is kept of an error beside its code."""
    found: dict[str, Any] = {"params": plain(error.params)}
    if isinstance(error, InputError):
        found["faults"] = [
            {"code": one.code, "row": one.row, "column": one.column, "params": plain(one.params)}
            for one in error.faults[:MOST_FAULTS]
        ]
    return found
