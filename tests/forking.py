"""Work in processes of their own, forked off the tests' so that they start at once.

A fork has only the thread that forked: what a lock of another one guards stays locked in it. A
child that gets stuck says where it is and ends, so that nothing waits for it for ever.
"""

import faulthandler
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import event

from database.connections import Database

PATIENCE = 120  # seconds


def ends(*works: Callable[[], None]) -> list[int | None]:
    """Run these at the same time, each in a process of its own; their exit codes."""
    context = multiprocessing.get_context("fork")
    started = [context.Process(target=_impatiently, args=(work,)) for work in works]
    for process in started:
        process.start()
    for process in started:
        process.join()
    return [process.exitcode for process in started]


@pytest.fixture
def in_processes() -> Callable[..., list[int | None]]:
    return ends


def killed_after(connect: Callable[[], Database], steps: int, act: Callable[..., object]) -> bool:
    """Run a write on a database in a process killed after so many statements; whether it was."""

    def work() -> None:
        done = 0

        def step(*_: object) -> None:
            nonlocal done
            done += 1
            if done == steps:
                os.kill(os.getpid(), signal.SIGKILL)

        database = connect()
        event.listen(database.writes, "after_cursor_execute", step)
        act(database)

    [code] = ends(work)
    assert code in (0, -signal.SIGKILL), f"exit code {code}"
    return code != 0


def _impatiently(work: Callable[[], None]) -> None:
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=sys.__stderr__)
    work()
    faulthandler.cancel_dump_traceback_later()
