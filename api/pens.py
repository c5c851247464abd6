"""Personal keys that their persons opened for one approval, with a PIN or a passphrase.

An open key waits in the memory of this process, for the job that it was opened for and for no
longer than that takes; it is written nowhere. If the process dies, its person is asked again
(`docs/decisions/0032`). How one is opened, `api.desk.opening` says.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from credential.keys import Signer
from credential.text import fold

KEPT: Final = 3600  # seconds after which an open key that nobody used is closed


@dataclass(frozen=True, slots=True)
class Pen:
    """A person's key, open. `certificates` are its own (DER) and those above it."""

    school: int
    name: str
    signer: Signer
    certificates: Sequence[bytes] = ()
    close: Callable[[], None] = lambda: None

    def is_of(self, school: int, name: str) -> bool:
        """Whether it is that person's key for that school."""
        return (self.school, fold(self.name)) == (school, fold(name))


class Pens:
    """The open keys of this process by what they were opened for. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._held: dict[str, tuple[float, Pen]] = {}
        self._lock, self._clock = threading.Lock(), clock

    def put(self, purpose: str, pen: Pen) -> None:
        """Keep a key for a purpose; one that was there is closed."""
        self.drop(purpose)
        with self._lock:
            self._held[purpose] = (self._clock() + KEPT, pen)

    def of(self, purpose: str) -> Pen | None:
        """The key that was opened for a purpose, unless that is too long ago."""
        with self._lock:
            over = [key for key, (until, _) in self._held.items() if until < self._clock()]
        for each in over:
            self.drop(each)
        with self._lock:
            found = self._held.get(purpose)
        return found[1] if found else None

    def drop(self, purpose: str) -> None:
        """Close the key of a purpose."""
        with self._lock:
            found = self._held.pop(purpose, None)
        if found:
            found[1].close()
