"""Progress for people, on standard error: which stage of how many, and that work goes on.

On a terminal one line is redrawn, with a bar where a stage is counted and seconds where it takes
long. Elsewhere (a pipe, a log) each stage is one plain line. A command that has said nothing for
two seconds says that it is at work.
"""

import shutil
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from web import messages

_SILENCE = 2.0  # seconds after which people wonder whether anything happens
_TICK = 0.5  # seconds between two looks at a stage that nobody advances
_QUIET = 0.1  # seconds between two redraws
_WIDTH = 30  # characters of the bar


class Progress:
    """The stage line of one command. Thread-safe. Use it as a context manager."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._live = sys.stderr.isatty()
        self._lock = threading.RLock()  # guards what follows
        self._spoken = False
        self._name, self._total, self._done = "", 0, 0
        self._began = self._drawn = 0.0
        self._over = threading.Event()
        self._clock = threading.Thread(target=self._watch, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._clock.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._clock.join()
        self.rest()

    def stage(self, name: str, total: int) -> None:
        """A stage begins (``staged``, ``signed``, ``sent`` … ``papers``) with so many to do."""
        with self._lock:
            if name == self._name:
                return
            self.rest()
            self._name, self._total, self._done = name, total, 0
            self._began = time.monotonic()
            self._draw()
            if not self._live:
                _write("\n")

    def advance(self, count: int) -> None:
        """So many more of the stage are done."""
        with self._lock:
            self._done += count
            if time.monotonic() - self._drawn > _QUIET:
                self._redraw()

    def rest(self) -> None:
        """End the line, because the command itself says something now or asks a person."""
        with self._lock:
            self._spoken = True
            if self._live and self._name:
                self._redraw()
                _write("\n")
            self._name = ""

    def _watch(self) -> None:
        if self._over.wait(_SILENCE):
            return
        with self._lock:
            if not self._spoken:
                self.stage("working", 0)
        while self._live and not self._over.wait(_TICK):
            with self._lock:
                self._redraw()

    def _redraw(self) -> None:
        if self._live and self._name:
            _write("\r\x1b[K")
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        columns = shutil.get_terminal_size().columns if self._live else None
        _write(self._line()[: columns and columns - 1])

    def _line(self) -> str:
        words = "  " + messages.text(self._lang, f"cli.stage_{self._name}", count=self._total)
        seconds = int(time.monotonic() - self._began)
        if self._done and self._total:
            filled = min(_WIDTH * self._done // self._total, _WIDTH)
            bar = "█" * filled + "·" * (_WIDTH - filled)
            return f"{words} {bar} {self._done}/{self._total}"
        return f"{words} … {seconds} s" if seconds >= _SILENCE else words


def _write(text: str) -> None:
    with suppress(BrokenPipeError):  # nobody looks any more; the work goes on
        sys.stderr.write(text)
        sys.stderr.flush()
