"""How many large bodies are taken in at once. One that waits its turn waits unread.

A text is small and takes no place. A file takes one when more of it has come than a text may
have, and keeps it until it is answered: so what is held in memory is bounded, and who sends a byte
now and then holds no place at all.
"""

import asyncio
from typing import Final

from credential.errors import RefusedError

MOST: Final = 16  # at once, each of at most ten megabytes
PATIENCE: Final = 60.0  # seconds in line; the longest that a person is kept waiting


class Places:
    """The places of one site."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self._free, self._patience = asyncio.Semaphore(most), patience

    def place(self) -> "Place":
        """A place for one request, not taken yet."""
        return Place(self._free, self._patience)


class Place:
    """What one request may take, once, and gives back when it has been answered."""

    def __init__(self, free: asyncio.Semaphore, patience: float) -> None:
        self._free, self._patience, self._taken = free, patience, False

    async def take(self) -> None:
        """Wait in line for a place, unless it is held. Raises RefusedError ``reading.busy``."""
        if self._taken:
            return
        try:
            await asyncio.wait_for(self._free.acquire(), self._patience)
        except TimeoutError:
            raise RefusedError("reading.busy") from None
        self._taken = True

    def give_back(self) -> None:
        """Let the next one in."""
        if self._taken:
            self._taken = False
            self._free.release()
