"""More than one core for papers: processes that print, in order and a little ahead.

What they run may be a school's program. They reach no network, and end when one paper takes more
time or memory than a template may (`issuer.paper.confined` tries it within the same limits).
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from itertools import islice
from multiprocessing import get_context
from typing import Final, TypeVar

from credential.errors import ConfigError

Given = TypeVar("Given")
Made = TypeVar("Made")

SECONDS: Final = 20  # of computing for a paper; the default templates take two to begin with
MEMORY: Final = 2_000_000_000  # bytes of address space; Python and the libraries take 500 MB
_NOWHERE = "http://127.0.0.1:9"  # whoever would fetch something asks the port that answers nobody
NO_NETWORK: Final = dict.fromkeys(
    ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), _NOWHERE
)

_AHEAD = 8  # papers that each process may be ahead; a signed one has 90 kB


def mapped(make: Callable[[Given], Made], given: Iterable[Given], workers: int) -> Iterator[Made]:
    """`map` in so many processes, here with 0. Closed early, it drops what was not begun.

    Raises ConfigError ``paper.stopped`` (seconds) where a process ended at its limits.
    """
    if not workers:
        yield from map(make, given)
        return
    # Not forked: this process may hold the chain, databases and threads.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_confine)
    limited = partial(_limited, make, SECONDS)
    try:
        rest = iter(given)
        ahead: deque[Future[Made]] = deque(
            pool.submit(limited, each) for each in islice(rest, workers * _AHEAD)
        )
        while ahead:
            made = ahead.popleft().result()
            ahead.extend(pool.submit(limited, each) for each in islice(rest, 1))
            yield made
    except BrokenProcessPool as error:
        raise ConfigError("paper.stopped", seconds=SECONDS) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _confine() -> None:
    """In a new process, before anything is printed."""
    os.environ.update(NO_NETWORK)
    with suppress(ImportError):  # where there is no such thing
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limited(make: Callable[[Given], Made], seconds: int, given: Given) -> Made:
    """`make` within so many seconds of computing from now on."""
    with suppress(ImportError):
        import resource  # noqa: PLC0415

        used = resource.getrusage(resource.RUSAGE_SELF)
        end = int(used.ru_utime + used.ru_stime) + seconds
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (end, most))
    return make(given)
