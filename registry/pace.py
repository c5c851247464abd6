"""So many questions a period: how all limits on asking are counted.

The generic cell rate algorithm (ITU-T I.371, annex A): one number a key, the moment at which its
pace has made up for all it asked. A key may ask its whole period's number at once and then as they
come back one by one. Counted in the memory of one process: several behind one address allow as
many times more, a restart forgives.
"""

import math
import threading
import time
from collections.abc import Callable, Hashable

from credential.errors import RefusedError

KEYS = 100_000  # remembered; 30 MB at most


class Pace:
    """`most` questions per `period` seconds for each key. Thread safe.

    When more than `keys` are remembered, those forgotten first are the ones that have not asked for
    longest.
    """

    def __init__(
        self,
        most: int,
        period: float,
        clock: Callable[[], float] = time.monotonic,
        keys: int = KEYS,
    ) -> None:
        self._interval, self._period, self._keys = period / most, period, keys
        self._clock = clock
        self._lock = threading.Lock()
        self._paced: dict[Hashable, float] = {}

    def take(self, key: Hashable) -> None:
        """Count one question. Raises RefusedError ``request.too_many`` (`seconds` to wait)."""
        with self._lock:
            now = self._clock()
            paced = max(now, self._paced.get(key, now))
            ahead = paced - now + self._interval - self._period  # by how long it comes too early
            if ahead > self._interval / 2:  # sums of fractions are not exact
                raise too_many(ahead)
            self._paced.pop(key, None)  # so that it stands last
            self._paced[key] = paced + self._interval
            if len(self._paced) > self._keys:
                del self._paced[next(iter(self._paced))]

    def give_back(self, key: Hashable) -> None:
        """Take one question of a key back: it turned out to count for nothing."""
        with self._lock:
            if key in self._paced:
                self._paced[key] -= self._interval


def too_many(wait: float) -> RefusedError:
    """The refusal of a question that comes so many seconds too early."""
    return RefusedError("request.too_many", seconds=max(1, math.ceil(wait)))
