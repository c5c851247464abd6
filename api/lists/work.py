"""Working on lists: any process that serves claims rows, verifies them and writes outcomes down.

A process that dies leaves nothing behind but claims that end. A row whose source is silent is tried
again after growing pauses, and shown as undetermined in the end; one that a process died of so
often that it must be its fault, or that fails in a way that nobody foresaw, is given up.
"""

import logging
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

import orjson

from api.lists import outcomes
from api.lists.checking import Checker
from api.lists.outcomes import KINDS, Outcome
from api.lists.reading import Row
from api.lists.sealing import sealed
from credential.errors import Fault
from store.lists import Claimed, Kept, Lists
from store.lists import Outcome as Written

PAUSES: Final = (10, 60, 300)  # seconds before a row is tried again whose source was silent
MOST_CLAIMS: Final = 8  # of one row: more than silence takes, so processes died of it
ROWS, FILES = 50, 4  # claimed at once: a second of work, or some
_AT_MOST = 20  # seconds on one claim, well within its lease
IDLE: Final = 0.5  # seconds between looks for work
_FORGETTING = 60.0  # seconds between looks for what is to be forgotten

_log = logging.getLogger(__name__)


class Worker:
    """Works on the lists of one store. One thread uses it."""

    def __init__(
        self,
        lists: Lists,
        checker: Checker,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lists, self._checker, self._clock = lists, checker, clock
        self._forgotten = time.monotonic() - _FORGETTING
        self._clients_first = False  # every other time: many lists without a key stop no client

    def once(self) -> bool:
        """Work on one claim; False when there is none. Now and then, forget what is old."""
        if time.monotonic() - self._forgotten > _FORGETTING:
            self._forgotten = time.monotonic()
            self._lists.forget_old()
        owner = secrets.token_hex(8)
        self._clients_first = not self._clients_first
        claimed = self._lists.claim(owner, ROWS, FILES, clients_first=self._clients_first)
        if claimed is None:
            return False
        until = time.monotonic() + _AT_MOST
        done: list[Written] = []
        later: dict[int, int] = {}
        untouched: list[int] = []
        for place, given, claims in claimed.rows:
            if time.monotonic() > until:
                untouched.append(place)
                continue
            outcome, pause = self._checked(Row.from_bytes(given), claims)
            if pause is None:
                done.append((place, outcome.kind, _sealed(claimed, outcome)))
            else:
                later[place] = int(self._clock()) + pause
        self._lists.settle(claimed, owner, done, later, notice, untouched)
        return True

    def _checked(self, row: Row, claims: int) -> tuple[Outcome, int | None]:
        """The outcome of a row, and how long to wait for a better one."""
        given_up = outcomes.of_fault(row.row, row.label, Fault("list.given_up"))
        if claims > MOST_CLAIMS:
            return given_up, None
        try:
            outcome, again = self._checker.check(row)
        except Exception as error:  # noqa: BLE001 — one row's defect must not undo the others
            _log.error("a row failed: %s", type(error).__name__)
            outcome, again = given_up, True
        return outcome, PAUSES[claims - 1] if again and claims <= len(PAUSES) else None


def notice(kept: Kept, counts: Mapping[str, int]) -> bytes:
    """What a webhook tells: which list is done and how many rows came to what. Nobody's data."""
    told = {
        "id": kept.id,
        "total": kept.size,
        "counts": {kind: counts.get(kind, 0) for kind in KINDS},
    }
    return orjson.dumps({"type": "list.finished", "timestamp": kept.finished, "data": told})


def _sealed(claimed: Claimed, outcome: Outcome) -> bytes:
    return sealed(claimed.seal, claimed.list, outcome.to_bytes())
