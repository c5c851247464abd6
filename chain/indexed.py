"""Facts for a verification out of the indexer's tables: the quick path.

Answers as of the last finalised block that the indexer vouched for, and only what is there. That
something is not (no such school, key or batch), and anything while the tables are not kept up to
date, the chain itself is asked: an index that lags a little must not read as "forged".
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chain import defaults
from chain.directory import is_signing_key
from chain.reader import LedgerReader, remember
from chain.tables import History
from credential import history
from credential.errors import UnavailableError
from credential.facts import (
    INDEX_BELIEVED,
    Block,
    LedgerAnchor,
    LedgerFacts,
    LedgerKey,
)
from credential.history import IndexState
from credential.model import LANES_PER_WORD, Deployment, Lane


@dataclass(frozen=True, slots=True)
class Lag:
    """How far an index is behind.

    `blocks` of the chain are not read yet; `seconds` ago it was found complete (None: never). It
    answers as of the block number `final` while it is `kept`. `error` says what went wrong since.
    """

    blocks: int
    seconds: int | None
    final: int | None
    kept: bool
    error: str


def lag(state: IndexState, now: float, head: int) -> Lag:
    """The lag of an index at a time (seconds since 1970) when the chain's head is that block."""
    read = state.read.number if state.read else 0
    blocks, seconds = max(0, head - read), max(0, int(now) - state.checked)
    if state.final is None:
        return Lag(blocks, None, None, kept=False, error=state.error)
    kept = seconds <= defaults.INDEX_MAX_AGE
    return Lag(blocks, seconds, state.final.number, kept=kept, error=state.error)


class _School:
    """A school with its keys, as of one block."""

    def __init__(self, tables: History, school: int, until: int) -> None:
        last = tables.last_batch(school, until)
        keys = history.keys(tables.key_changes(school, until))
        self.standing = history.accreditation(tables.school_changes(school, until))
        self.next_seq = last.seq + 1 if last else 0
        self.keys = {key.key_id: key for key in keys}

    def signing_keys(self, prefix: bytes) -> tuple[LedgerKey, ...]:
        """Its signing keys whose id starts like that."""
        return tuple(
            key
            for key in self.keys.values()
            if key.key_id.startswith(prefix) and is_signing_key(key.key_id, key.public_key)
        )


class _View:
    """What is known as of one finalised block."""

    def __init__(self, head: Block) -> None:
        self.head = head
        self.heard = 0  # when the chain last answered the indexer
        self.schools: dict[int, _School] = {}
        self.batches: dict[tuple[int, bytes, int], tuple[LedgerAnchor | None, int]] = {}


class IndexedLedger:
    """`verifier.ports.Ledger` over an index, and over `reader` for what that does not know.

    Thread-safe. The index is looked at again every `max_age` seconds, and answers if the indexer
    found nothing missing in the last `kept` seconds and its finalised block is no older than
    `stale_after` seconds (None: any). Raises what `reader` raises.
    """

    def __init__(
        self,
        tables: History,
        reader: LedgerReader,
        deployment: Deployment,
        *,
        max_age: float = defaults.HEAD_MAX_AGE,
        kept: float = defaults.INDEX_MAX_AGE,
        stale_after: float | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tables = tables
        self._reader = reader
        self._deployment = deployment
        self._max_age = max_age
        self._kept = kept
        self._stale_after = stale_after
        self._clock = clock
        self._looked = -max_age  # when (monotonic) the index was last looked at
        self._view: _View | None = None  # what was then seen, if it is kept

    def is_fresh(self) -> bool:
        """Whether an answer comes from memory and files: the chain need not be waited for."""
        view = self._view
        if view is None or time.monotonic() - self._looked >= self._max_age - defaults.MOMENT:
            return self._reader.is_fresh()
        return self._clock() - view.heard < defaults.INDEX_HEARD

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        """See `verifier.ports.Ledger.facts`."""
        found = None
        with suppress(UnavailableError):  # tables that do not answer are no index
            view = self._current()
            found = view and root and self._found(view, school, key_prefix, root, index)
        return found or self._reader.facts(school, key_prefix, root, index)

    def past(self, number: int) -> Block | None:
        """See `chain.reader.LedgerReader.past`."""
        return self._reader.past(number)

    def _current(self) -> _View | None:
        """What the index holds as of its final block; None while it is not kept."""
        if time.monotonic() - self._looked >= self._max_age:
            self._looked = time.monotonic()
            self._view = self._seen(self._view)
        return self._view

    def _seen(self, known: _View | None) -> _View | None:
        try:
            state = self._tables.state()
        except UnavailableError:
            return None
        if state is None or state.final is None or not self._is_kept(state, state.final):
            return None
        view = known if known and known.head == state.final else _View(state.final)
        view.heard = state.checked
        return view

    def _is_kept(self, state: IndexState, final: Block) -> bool:
        now = self._clock()
        stale = self._stale_after is not None and now - final.time > self._stale_after
        kept = now - state.checked <= self._kept
        return kept and not stale and state.deployment == self._deployment

    def _found(
        self, view: _View, school: int, prefix: bytes, root: bytes, index: int
    ) -> LedgerFacts | None:
        """The facts, if there are school, key and batch."""
        known = self._school(view, school)
        anchor, word = self._batch(view, known, school, root, index)
        keys = known.signing_keys(prefix)
        if known.standing is None or anchor is None or not keys:
            return None
        return LedgerFacts(
            block=view.head,
            school=known.standing,
            keys=keys,
            next_seq=known.next_seq,
            anchor=anchor,
            pending=False,
            lane=Lane(word >> 2 * (index % LANES_PER_WORD) & 3),
            trust=INDEX_BELIEVED,
        )

    def _school(self, view: _View, school: int) -> _School:
        known = view.schools.get(school)
        if known is None:
            known = _School(self._tables, school, view.head.number)
            remember(view.schools, school, known)
        return known

    def _batch(
        self, view: _View, of: _School, school: int, root: bytes, index: int
    ) -> tuple[LedgerAnchor | None, int]:
        """The batch, and the word of 128 lanes that holds the index."""
        place = school, root, index // LANES_PER_WORD
        known = view.batches.get(place)
        if known is None:
            batch = self._tables.batch(school, root, view.head.number)
            key = of.keys.get(batch.key_id) if batch else None
            lanes = self._tables.word(*place, view.head.number)
            anchor = LedgerAnchor(batch.seq, batch.size, batch.time, key) if batch and key else None
            known = anchor, int.from_bytes(lanes, "big")
            remember(view.batches, place, known)
        return known
