"""Progress for people: which stage of how many, on anything longer than a moment."""

import sys
import time
from types import TracebackType
from typing import Self

from web import messages

_WIDTH = 30  # characters of the bar
_QUIET = 0.1  # seconds between two redraws


class Bars:
    """One line per stage on standard error; a bar where the stage is counted."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._live = sys.stderr.isatty()
        self._name, self._total, self._done, self._drawn = "", 0, 0, 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def stage(self, name: str, total: int) -> None:
        """A stage of the cycle begins (``staged``, ``signed``, ``sent`` … ``papers``)."""
        if name == self._name:
            return
        self._end()
        self._name, self._total, self._done, self._drawn = name, total, 0, 0.0
        sys.stderr.write(f"  {messages.text(self._lang, f'cli.stage_{name}', count=total)}")
        sys.stderr.flush()

    def advance(self, count: int) -> None:
        """So many more of the stage are done."""
        self._done += count
        now = time.monotonic()
        if self._live and now - self._drawn > _QUIET:
            self._drawn = now
            filled = _WIDTH * self._done // max(self._total, 1)
            words = messages.text(self._lang, f"cli.stage_{self._name}", count=self._total)
            bar = "█" * filled + "·" * (_WIDTH - filled)
            sys.stderr.write(f"\r  {words} {bar} {self._done}/{self._total}")
            sys.stderr.flush()

    def _end(self) -> None:
        if self._name:
            sys.stderr.write("\n")
            self._name = ""
