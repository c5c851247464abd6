"""Follows the contract's events into tables: read, undo what was reorganised away, compare, vouch.

A round of `Indexer.advance` reads what is new in bounded spans, each written in one transaction
with how far it came, so that a stop at any point loses nothing. Up to the finalised block a span is
a range; behind it, each block's hash is kept, so that a reorganisation is seen and undone. Then the
records that changed are compared with the contract's own storage: a node that lags or lies leaves
events out, and the contract's head hashes, slots and storage root say so. Only what was compared,
and is final, is vouched for, which is what `chain.indexed` answers from.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from chain import defaults, events
from chain.comparing import Comparison
from chain.indexed import Lag, lag
from chain.node import Node
from chain.tables import Tables
from credential.errors import ConfigError, ConflictError, SogocError, UnavailableError
from credential.facts import Block
from credential.history import BatchAnchored, IndexState
from credential.model import Deployment


class Indexer:
    """Keeps the tables of one deployment. `first_block` is where the contract was created.

    `owner` names this indexer among others. `span` is the largest number of blocks read at once.
    """

    def __init__(
        self,
        node: Node,
        deployment: Deployment,
        tables: Tables,
        *,
        first_block: int = 0,
        owner: str = "",
        span: int = defaults.LOG_SPAN,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._node = node
        self._deployment = deployment
        self._tables = tables
        self._first = first_block
        self._owner = owner
        self._most = self._span = span
        self._clock = clock
        self._gaps = 0  # rounds without a break that found events missing
        self._turn = 0  # the school after which comparing in turn goes on

    def follow(self, stop: threading.Event) -> None:
        """Go round until told to stop, less and less often while it fails."""
        pause, most = defaults.INDEX_POLL
        while not stop.is_set():
            pause = defaults.INDEX_POLL[0] if self.step() else min(2 * pause, most)
            stop.wait(pause)
        with suppress(SogocError):
            self._take(0)

    def step(self) -> bool:
        """One round, if no other indexer is at work. What goes wrong is noted; False then."""
        try:
            if self._take(defaults.INDEX_LEASE):
                self.advance()
        except ConflictError:
            return True  # another one was faster
        except Exception as error:  # noqa: BLE001 — no defect may end following unnoticed
            self._note(error)
            return False
        return True

    def rebuild(self) -> None:
        """Forget everything and read it anew."""
        state = self._tables.state()
        self._tables.rewind(state.read if state else None, None, b"")
        self.advance()

    def advance(self) -> None:
        """One round: bring the tables up to the chain's head.

        Raises ConfigError ``index.of_another_contract``, ConflictError ``index.overtaken`` and
        UnavailableError. When events are missing, what is in doubt is forgotten, to be read again.
        """
        known = self._tables.state() or IndexState(self._deployment)
        if known.read and known.deployment != self._deployment:
            raise ConfigError("index.of_another_contract")
        head, final = self._heads(known)
        try:
            read = known.read and self._settled(known.read, head)
            for last in self._ends(read, head, final):
                self._append(read, last, final, head.number)
                read = last
            if read is not None:
                self._vouch(read, head, final)
        except events.IncompleteError as error:
            self._forget(error)
            raise
        self._gaps = 0

    def _heads(self, known: IndexState) -> tuple[Block, Block]:
        """The chain's newest block, and the newest that is final; what was final stays so."""
        head, final = self._node.block("latest"), self._node.block("finalized")
        if known.final and final.number < known.final.number:
            final = known.final
        return max(head, final, key=lambda block: block.number), final

    def lag(self) -> Lag:
        """How far the tables are behind the chain as it is now. Raises UnavailableError."""
        state = self._tables.state() or IndexState(self._deployment)
        return lag(state, self._clock(), self._node.block("latest").number)

    # --- what was reorganised away ---

    def _settled(self, read: Block, head: Block) -> Block:
        """The newest block that tables and chain have in common; what came after is forgotten."""
        if read == head or (
            read.number <= head.number and self._node.blocks([read.number]) == [read]
        ):
            return read
        tail = [block for block in self._tables.tail() if block.number <= head.number]
        standing = self._node.blocks([block.number for block in tail])
        common = next(
            (ours for ours, theirs in zip(tail, standing, strict=True) if ours == theirs), None
        )
        if common is None:
            raise UnavailableError("chain", "a final block was replaced" if tail else "lagging")
        self._rewind(read, common)
        return common

    def _rewind(self, read: Block, to: Block) -> None:
        root = self._node.storage_root(self._deployment.contract, to)
        self._tables.rewind(read, to, root)

    # --- what is new ---

    def _ends(self, read: Block | None, head: Block, final: Block) -> Iterator[Block]:
        """The last blocks of the spans still to be read; none of them crosses the final block."""
        first = read.number + 1 if read else self._first
        while first <= head.number:
            limit = final if first <= final.number else head
            end = min(first + self._span - 1, limit.number)
            yield limit if end == limit.number else self._node.block(end)
            first = end + 1

    def _append(self, read: Block | None, last: Block, final: Block, head: int) -> None:
        first = read.number + 1 if read else self._first
        try:
            logs = self._node.logs(self._deployment.contract, [], first, last)
        except UnavailableError:
            self._span = max(1, self._span // 2)  # it may have been too much for the node
            raise
        kept = range(max(first, final.number + 1), last.number)
        numbers = sorted({*kept, last.number, *(log.block for log in logs)})
        blocks = dict(zip(numbers, self._node.blocks(numbers), strict=True))
        if blocks[last.number] != last or any(
            log.block_hash != blocks[log.block].hash for log in logs
        ):
            raise UnavailableError("chain", "reorganised while it was read")
        found = (events.read(log, blocks[log.block].time) for log in logs)
        heads = events.Heads(self._deployment, lambda school: self._last_batch(school, read))
        records = list(heads.follow(record for record in found if record is not None))
        span = [blocks[number] for number in [*kept, last.number]]
        self._tables.append(self._deployment, read, records, span, head)
        self._span = min(2 * self._span, self._most)

    def _last_batch(self, school: int, read: Block | None) -> BatchAnchored | None:
        return self._tables.last_batch(school, read.number) if read else None

    # --- whether it is all ---

    def _vouch(self, read: Block, head: Block, final: Block) -> None:
        known = self._tables.state()
        if known is None or known.read != read:
            raise ConflictError("index.overtaken")
        root = known.root
        if known.compared != read.number:
            root = self._node.storage_root(self._deployment.contract, read)
            comparison = Comparison(self._node, self._deployment, self._tables, read)
            self._turn = comparison.check(known, root, self._turn)
        if final not in self._tables.tail():
            raise UnavailableError("chain", "a final block was replaced")
        self._tables.vouch(
            replace(
                known,
                compared=read.number,
                root=root,
                final=final,
                head=head.number,
                checked=int(self._clock()),
            )
        )

    def _forget(self, error: events.IncompleteError) -> None:
        """Undo what was read since the tables last agreed with the storage, or all of it."""
        state = self._tables.state()
        if state is None or state.read is None:
            return
        self._gaps += 1
        if state.compared is None or error.older or self._gaps > defaults.INDEX_PATIENCE:
            self._tables.rewind(state.read, None, b"")
            self._gaps = 0
        else:
            blocks = {block.number: block for block in self._tables.tail()}
            self._rewind(state.read, blocks[state.compared])

    # --- beside others ---

    def _take(self, seconds: int) -> bool:
        now = int(self._clock())
        return self._tables.take(self._owner, now, now + seconds)

    def _note(self, error: Exception) -> None:
        words = str(error) if isinstance(error, SogocError) else type(error).__name__
        with suppress(SogocError):  # when the store is silent, whoever reads it sees that
            self._tables.fail(words)
