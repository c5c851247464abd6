"""Taking turns: one thread at a time does the asking, and nobody waits for it for ever."""

import threading

from credential.errors import UnavailableError


class Turn:
    """A lock, as a context manager, for which a thread waits `patience` seconds at most.

    Entering raises UnavailableError ``chain`` when the thread before needs longer than that.
    """

    def __init__(self, patience: float) -> None:
        self._lock = threading.Lock()
        self._patience = patience

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._patience):
            raise UnavailableError("chain", "busy")

    def __exit__(self, *_: object) -> None:
        self._lock.release()
