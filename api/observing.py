"""What happens beside a verification: it is counted, and a disagreement goes to the department.

Neither slows the answer nor can fail it. What is noted waits in memory, bounded; one thread writes
it now and then (`keep`). While the store is silent disagreements wait, and those that find no room
are lost, which is counted and logged without any data of theirs.
"""

import logging
import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence

from api.reporting import KEPT_DAYS, finding
from credential.errors import SogocError
from store.counts import Counted, Counts
from store.reports import Finding
from verifier.verify import Answer
from web.messages import local_day

TEXT, FILE, NUMBER, LIST = "text", "file", "number", "list"
"""The ways in: a text or code, a file, look-up by number, a list of many."""
DISAGREES = "registry_disagrees"
WAITING = 1000  # disagreements that wait to be written
_PERIOD = 15.0  # seconds between two times of writing
_REMEMBERED = 10_000  # digests that were entered and need not be entered again
_DAY = 86_400  # seconds
_log = logging.getLogger(__name__)


class Observer:
    """Notes answers in any thread; `keep` runs in one. `enter` and `erase` write to the queue."""

    def __init__(
        self,
        counts: Counts,
        enter: Callable[[Finding], object],
        erase: Callable[[int], object],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._counts, self._enter, self._erase, self._clock = counts, enter, erase, clock
        self._writer = secrets.token_hex(8)
        self._lock = threading.Lock()
        self._sums: Counter[Counted] = Counter()
        self._written: Counter[Counted] = Counter()
        self._waiting: OrderedDict[str, Finding] = OrderedDict()  # by digest
        self._entered: OrderedDict[str, None] = OrderedDict()
        self._erased = 0
        self.lost = 0

    def note(self, answer: Answer, way: str) -> None:
        """Count an answer; let the department know if chain and register disagree."""
        conclusion = answer.conclusion
        kind = answer.reports[0].kind if answer.reports else ""
        day = local_day(self._clock())
        key = Counted(day, kind, conclusion.verdict.value, conclusion.reason, way)
        with self._lock:
            self._sums[key] += 1
        for report in answer.reports:
            if report.conclusion.reason == DISAGREES:
                self._await(report.digest, finding(report))
                break  # a PDF's two artefacts are one matter

    def keep(self, stop: threading.Event) -> None:
        """Write what was noted every few seconds until `stop`, and once more then."""
        while not stop.wait(_PERIOD):
            self.flush()
        self.flush()
        if self._waiting:
            self._lose(len(self._waiting))

    def flush(self) -> bool:
        """Write what was noted; whether all of it was written. What was not is kept."""
        acts: Sequence[Callable[[], None]] = (self._flush_counts, self._flush_waiting, self._upkeep)
        done = [_attempt(act) for act in acts]  # each is tried, whatever became of the others
        return all(done)

    def _await(self, digest: str, found: Finding) -> None:
        with self._lock:
            if digest in self._entered or digest in self._waiting:
                return
            if len(self._waiting) < WAITING:
                self._waiting[digest] = found
                return
        self._lose(1)

    def _lose(self, count: int) -> None:
        self.lost += count
        _log.error("disagreements lost, the store did not take them: %d so far", self.lost)

    def _flush_counts(self) -> None:
        with self._lock:
            sums = Counter(self._sums)
        changed = {key: count for key, count in sums.items() if count != self._written[key]}
        if changed:
            self._counts.put(self._writer, changed)
            self._written.update({key: n - self._written[key] for key, n in changed.items()})
        today = local_day(self._clock())
        with self._lock:
            for key in [key for key in sums if key.day < today and sums[key] == self._sums[key]]:
                del self._sums[key], self._written[key]

    def _flush_waiting(self) -> None:
        while self._waiting:
            with self._lock:
                digest, found = next(iter(self._waiting.items()))
            self._enter(found)
            with self._lock:
                del self._waiting[digest]
                self._entered[digest] = None
                if len(self._entered) > _REMEMBERED:
                    self._entered.popitem(last=False)

    def _upkeep(self) -> None:
        """Once a day: erase contacts and messages whose time is over."""
        now = int(self._clock())
        if now - self._erased >= _DAY:
            self._erase(now - KEPT_DAYS * _DAY)
            self._erased = now


def _attempt(act: Callable[[], None]) -> bool:
    try:
        act()
    except SogocError:
        return False  # the store is silent; it is tried again
    except Exception as error:  # noqa: BLE001 — the thread must live on
        _log.error("noting failed: %s", type(error).__name__)
        return False
    return True
