"""More than one core for papers: processes that print, in order and a little ahead."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

_AHEAD = 8  # papers that each process may be ahead; a signed one has 90 kB


def mapped(make: Callable[[Given], Made], given: Iterable[Given], workers: int) -> Iterator[Made]:
    """`map` in so many processes, here with 0. Closed early, it drops what was not begun."""
    if not workers:
        yield from map(make, given)
        return
    # Not forked: this process may hold the chain, databases and threads.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        rest = iter(given)
        ahead: deque[Future[Made]] = deque(
            pool.submit(make, each) for each in islice(rest, workers * _AHEAD)
        )
        while ahead:
            made = ahead.popleft().result()
            ahead.extend(pool.submit(make, each) for each in islice(rest, 1))
            yield made
    finally:
        pool.shutdown(cancel_futures=True)
