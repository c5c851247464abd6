"""A growing delay after wrong answers in a row: how fast one key may be tried.

After `FREE` wrong answers the next try has to wait 30 seconds, then twice as long each time, an
hour at most. What was right is forgotten at once, what was wrong after a day. In the memory of one
process, as `registry.pace` counts.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from credential.errors import RefusedError
from registry.pace import KEYS, too_many

FREE: Final = 5
WRONG: Final = frozenset({"password.wrong", "staff.code_wrong"})
"""Codes of errors that mean a wrong answer."""
_FIRST, _LONGEST, _DAY = 30.0, 3_600.0, 86_400.0  # seconds


class Delays:
    """The delays of one process. Thread safe; of more than `keys` the oldest are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, keys: int = KEYS) -> None:
        self._clock, self._keys = clock, keys
        self._lock = threading.Lock()
        self._wrong: dict[Hashable, tuple[int, float]] = {}  # how many in a row, and when

    @contextmanager
    def trying(self, key: Hashable) -> Iterator[None]:
        """Around a try: it counts as wrong until it is known to be right.

        So that many at once are no way round. Raises RefusedError ``request.too_many`` (seconds);
        inside, any RefusedError is a wrong answer, except that there was no room to look.
        """
        before = self._begin(key)
        try:
            yield
        except RefusedError as error:
            if error.code not in WRONG:
                self._put_back(key, before)
            raise
        except BaseException:
            self._put_back(key, before)
            raise
        self._put_back(key, (0, 0.0))

    def _begin(self, key: Hashable) -> tuple[int, float]:
        with self._lock:
            now = self._clock()
            count, last = before = self._wrong.get(key, (0, now))
            if now - last >= _DAY:
                count = 0
            wait = last + delay(count) - now if count else 0.0
            if wait > 0:
                raise too_many(wait)
            self._wrong.pop(key, None)  # so that it stands last
            self._wrong[key] = (count + 1, now)
            if len(self._wrong) > self._keys:
                del self._wrong[next(iter(self._wrong))]
        return before

    def _put_back(self, key: Hashable, before: tuple[int, float]) -> None:
        with self._lock:
            if before[0]:
                self._wrong[key] = before
            else:
                self._wrong.pop(key, None)


def delay(count: int) -> float:
    """Seconds to wait after so many wrong answers in a row."""
    return 0.0 if count < FREE else min(_FIRST * 2.0 ** min(count - FREE, 20), _LONGEST)
