"""Asking a source that may fail, be slow or be broken: an answer, or None.

None means "told us nothing", in whatever way. A defect is logged by kind and place, never by
content, which may be personal.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from credential.errors import UnavailableError

_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


def answer(ask: Callable[[], _T]) -> _T | None:
    """The answer, or None from a source that failed in whatever way."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 — a source's defect must not decide a verdict
        note(error)
        return None


def within(future: Future[_T], limit: float) -> _T | None:
    """The answer, or None if the source was silent for longer than `limit` seconds."""
    try:
        return future.result(limit)
    except TimeoutError:
        future.cancel()
        return None
    except Exception as error:  # noqa: BLE001 — see `answer`
        note(error)
        return None


def note(error: Exception) -> None:
    """Log a source's defect by kind and place. That it is silent is no defect."""
    if not isinstance(error, UnavailableError):
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
        _LOG.error("a source failed: %s in %s", type(error).__name__, place)
