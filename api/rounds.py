"""Work that goes on round by round until it is told to stop, whatever becomes of a round."""

import logging
import threading
from collections.abc import Callable

from credential.errors import SogocError

_log = logging.getLogger(__name__)


def go_round(once: Callable[[], bool], name: str, pause: float, stop: threading.Event) -> None:
    """Call `once` until the event is set; where it found nothing to do, after so many seconds.

    What fails is tried again in the next round. Logged is what it was, never what it was about.
    """
    while not stop.is_set():
        busy = False
        try:
            busy = once()
        except SogocError as error:
            _log.warning("%s: waiting: %s", name, error.code)
        except Exception as error:  # noqa: BLE001 — one thing's defect must not stop the others
            _log.error("%s: a round failed: %s", name, type(error).__name__)
        stop.wait(0 if busy else pause)
