"""A growing delay after wrong answers in a row: how fast one key may be tried.

After `FREE` wrong answers the next try has to wait 30 seconds, then twice as long each time, an
hour at most. What was right is forgotten at once, what was wrong after a day. Kept as
`registry.pace` keeps.
"""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final

from credential.errors import RefusedError
from registry.pace import Kept, Memory, Shelf, too_many

FREE: Final = 5
WRONG: Final = frozenset({"password.wrong", "staff.code_wrong"})
"""Codes of errors that mean a wrong answer."""
_FIRST, _LONGEST, _DAY = 30.0, 3_600.0, 86_400.0  # seconds


class Delays:
    """The delays of one kind of keys."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, shelf: Shelf | None = None
    ) -> None:
        self._clock, self._shelf = clock, shelf or Memory()

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
        self._put_back(key, None)

    def _begin(self, key: Hashable) -> Kept | None:
        """What was kept before; one more wrong answer is kept now."""
        before: list[Kept | None] = []

        def one_more(kept: Kept | None) -> Kept:
            now = self._clock()
            found = kept if kept and now - kept[1] < _DAY else None
            count, last = (found[0], found[1]) if found else (0, now)
            wait = last + delay(count) - now if count else 0.0
            if wait > 0:
                raise too_many(wait)
            before[:] = [found]
            return count + 1, now, now + _DAY

        self._shelf.change(key, one_more)
        return before[0]

    def _put_back(self, key: Hashable, before: Kept | None) -> None:
        self._shelf.change(key, lambda _: before)


def delay(count: int) -> float:
    """Seconds to wait after so many wrong answers in a row."""
    return 0.0 if count < FREE else min(_FIRST * 2.0 ** min(count - FREE, 20), _LONGEST)
