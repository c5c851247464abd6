"""Silence is waited out: a source that does not answer is asked again until it does.

Every method of the ports may be repeated (`issuer.ports`), whether the earlier call failed or
happened without saying so; that is what makes this safe. Everything else that a source answers, a
refusal above all, passes at once.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from credential.errors import UnavailableError

_Port = TypeVar("_Port")

FIRST = 10.0
"""Seconds before anything is written: longer than a hiccup, short enough for who sits there."""

LONG = 1800.0
"""Seconds once something is written: finality on Ethereum takes up to 20 minutes, a restart of a
database one. After that the work is given back unfinished and can be resumed."""

_PAUSES = (0.05, 2.0)  # seconds between two attempts: at first, doubling, and at most


class Patience:
    """Waits at most `seconds` for each answer; `told(source)` is called before each wait.

    A call inside another one does not wait: the outer one is repeated as a whole, so nobody waits
    for the chain while holding a lock of the database.
    """

    def __init__(self, seconds: float, told: Callable[[str], None] = lambda _source: None) -> None:
        self._seconds = seconds
        self._told = told
        self._here = threading.local()

    def over(self, port: _Port) -> _Port:
        """The same port, patient."""
        return cast(_Port, _Patient(port, self))

    def ask(self, call: Callable[[], Any]) -> Any:
        """What `call` returns once its source answers.

        Raises what it raises, UnavailableError only when the time is up.
        """
        if getattr(self._here, "asking", False):
            return call()
        self._here.asking = True
        try:
            return self._until_answered(call)
        finally:
            self._here.asking = False

    def _until_answered(self, call: Callable[[], Any]) -> Any:
        deadline, pause = time.monotonic() + self._seconds, _PAUSES[0]
        while True:
            try:
                return call()
            except UnavailableError as error:
                if time.monotonic() + pause > deadline:
                    raise
                self._told(error.source)
            time.sleep(pause)
            pause = min(2 * pause, _PAUSES[1])


class _Patient:
    def __init__(self, port: object, patience: Patience) -> None:
        self._port = port
        self._patience = patience

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._patience.ask(lambda: found(*given, **named))
