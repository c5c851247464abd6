"""So many questions a period: how all limits on asking are counted.

The generic cell rate algorithm (ITU-T I.371, annex A): one number a key, the moment at which its
pace has made up for all it asked. A key may ask its whole period's number at once and then as they
come back one by one. Counted in the memory of one process, where several behind one address allow
as many times more and a restart forgives, unless another shelf is given.
"""

import math
import threading
import time
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from credential.errors import RefusedError

KEYS = 100_000  # remembered; 30 MB at most
Kept = tuple[int, float, float]
"""A count, a moment, and the moment from which on both count for nothing."""


class Shelf(Protocol):
    """Where counts are kept."""

    def change(self, key: Any, work: Callable[[Kept | None], Kept | None], /) -> None:
        """Keep what `work` makes of what is kept, as one step; nothing where it raises."""


class Memory:
    """A shelf in the memory of one process. Thread safe.

    When more than `keys` are remembered, those forgotten first are the ones changed longest ago.
    """

    def __init__(self, keys: int = KEYS) -> None:
        self._keys, self._lock = keys, threading.Lock()
        self._kept: dict[Hashable, Kept] = {}

    def change(self, key: Hashable, work: Callable[[Kept | None], Kept | None]) -> None:
        """Keep what `work` makes of what is kept."""
        with self._lock:
            after = work(self._kept.get(key))
            self._kept.pop(key, None)  # so that it stands last
            if after is not None:
                self._kept[key] = after
            if len(self._kept) > self._keys:
                del self._kept[next(iter(self._kept))]


class Pace:
    """`most` questions per `period` seconds for each key."""

    def __init__(
        self,
        most: int,
        period: float,
        clock: Callable[[], float] = time.monotonic,
        shelf: Shelf | None = None,
    ) -> None:
        self._interval, self._period = period / most, period
        self._clock, self._shelf = clock, shelf or Memory()

    def take(self, key: Hashable) -> None:
        """Count one question. Raises RefusedError ``request.too_many`` (`seconds` to wait)."""

        def ahead(kept: Kept | None) -> Kept:
            now = self._clock()
            paced = max(now, kept[1]) if kept else now
            early = paced - now + self._interval - self._period  # by how long it comes too early
            if early > self._interval / 2:  # sums of fractions are not exact
                raise too_many(early)
            return _until(paced + self._interval)

        self._shelf.change(key, ahead)

    def give_back(self, key: Hashable) -> None:
        """Take one question of a key back: it turned out to count for nothing."""
        self._shelf.change(key, lambda kept: _until(kept[1] - self._interval) if kept else None)


def _until(paced: float) -> Kept:
    return 0, paced, paced


def too_many(wait: float) -> RefusedError:
    """The refusal of a question that comes so many seconds too early."""
    return RefusedError("request.too_many", seconds=max(1, math.ceil(wait)))
