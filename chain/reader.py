"""What the chain says for a verification: `verifier.ports.Ledger` over one node, or witnesses.

Decides as of when: everything of one answer is read at one finalised block, by its hash. That
block is looked up again at most every `max_age` seconds; while it stands, slots that were read
once are not asked for again, because they cannot change. A chain that stops answering is noticed
within that time, and one that answers but stands still, if there is a limit for it. What the facts
mean for a credential is the verifier's.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from chain import contract, defaults
from chain.directory import KeyDirectory
from chain.node import Node
from chain.turns import Turn
from chain.witnesses import Witnesses
from contracts.artifact import ledger
from credential.errors import ConfigError, UnavailableError
from credential.facts import Block, LedgerAnchor, LedgerFacts, LedgerKey
from credential.model import LANES_PER_WORD, Deployment, Lane

_K = TypeVar("_K")
_V = TypeVar("_V")
_KEY_ID = 32  # bytes


@dataclass(frozen=True, slots=True)
class _School:
    """A school's keys of one prefix, whether they are all, and the slot of its record."""

    keys: tuple[LedgerKey, ...]
    all_keys: bool
    record: int


class _View:
    """What is known at one finalised block."""

    def __init__(self, head: Block) -> None:
        self.head = head
        self.checked = 0.0  # monotonic time at which it was asked for and still the newest
        self.batches: dict[tuple[int, bytes, int], tuple[LedgerAnchor | None, int]] = {}
        self.schools: dict[tuple[int, bytes], _School] = {}


class LedgerReader:
    """Facts from the contract of a deployment. Thread-safe.

    A `Node` is believed; of `Witnesses` enough must agree, and slots are proven.
    `first_block` is where the contract was created, or
    any block before. `max_age` (seconds): see above. `stale_after` (seconds; None: any time) is how
    far the finalised block's time may lie behind the clock. `patience` (seconds) is how long a
    thread waits for another one that is asking.

    Every method raises UnavailableError ``chain`` when the chain is silent, stale or nonsensical.
    ConfigError ``chain.id_differs``, ``ledger.absent`` or ``ledger.code_differs`` says that the
    connection leads to something else from the start; once it led to the ledger, that is nonsense.
    """

    def __init__(
        self,
        node: Node | Witnesses,
        deployment: Deployment,
        *,
        first_block: int = 0,
        max_age: float = defaults.HEAD_MAX_AGE,
        stale_after: float | None = None,
        patience: float = defaults.TIMEOUT,
    ) -> None:
        self._node = node
        self._address = deployment.contract
        self._max_age = max_age
        self._stale_after = stale_after
        self._directory = KeyDirectory(self._node, self._address, first_block, patience)
        self._asking = Turn(patience)
        self._verified = False  # whoever answers now
        self._was_ledger = False  # whoever answered once
        self._view: _View | None = None
        self._failed: tuple[float, UnavailableError] | None = None

    def head(self) -> Block:
        """The finalised block of which answers are given now."""
        return self._current().head

    def is_fresh(self) -> bool:
        """Whether the head need not be looked up for the next moment: memory answers mostly."""
        view = self._view
        young = self._max_age - defaults.MOMENT
        return view is not None and time.monotonic() - view.checked < young

    def facts(self, school: int, key_prefix: bytes, root: bytes | None, index: int) -> LedgerFacts:
        """See `verifier.ports.Ledger.facts`."""
        view = self._current()
        known = self._school(view, school, key_prefix)
        anchor, lane, pending = None, Lane.ACTIVE, False
        if root is not None:
            anchor, word = self._batch(view, school, root, index)
            lane = contract.lane_in(word, index)
            pending = anchor is None and self._is_pending(school, root)
        return LedgerFacts(
            block=view.head,
            school=contract.school_of(known.record),
            keys=known.keys,
            next_seq=contract.unpack("School", known.record)["nextSeq"],
            anchor=anchor,
            pending=pending,
            lane=lane,
            trust=self._node.trust,
            all_keys=known.all_keys,
        )

    def past(self, number: int) -> Block | None:
        """The block of a number that was passed; None when nobody keeps it any more."""
        self._current()
        found = self._node.past(number)
        return found.block if found else None

    def signing_keys(self) -> tuple[Block, Sequence[LedgerKey]]:
        """Every signing key that the ledger lists, of all schools, as of the head."""
        view = self._current()
        listed = self._directory.listed().values()
        named = [(key_id, raw) for keys in listed for key_id, raw in keys.items()]
        found: list[LedgerKey] = []
        for start in range(0, len(named), defaults.PROVEN_AT_ONCE):
            some = named[start : start + defaults.PROVEN_AT_ONCE]
            states = self._slots(view, [contract.key_slot(key_id) for key_id, _ in some])
            keys = (
                contract.key_of(key_id, state, raw)
                for (key_id, raw), state in zip(some, states, strict=True)
            )
            found += [key for key in keys if key.valid_from]
        return view.head, found

    # --- the finalised head ---

    def _current(self) -> _View:
        view = self._view
        if view is not None and time.monotonic() - view.checked < self._max_age:
            return view
        with self._asking:
            view = self._view
            if view is None or time.monotonic() - view.checked >= self._max_age:
                self._fail_again()
                view = self._refreshed(view)
            return view

    def _fail_again(self) -> None:
        # While the chain is silent, not every waiting thread has to find out for itself.
        if self._failed is not None and time.monotonic() - self._failed[0] < self._max_age:
            raise self._failed[1].again()

    def _refreshed(self, known: _View | None) -> _View:
        asked = time.monotonic()
        try:
            head = self._node.block("finalized")
            self._check_fresh(head)
            view = known if known is not None and known.head == head else self._opened(known, head)
        except UnavailableError as error:
            self._verified = False  # whoever answers next may be another node
            self._failed = time.monotonic(), error
            raise
        view.checked = asked
        self._view = view
        return view

    def _check_fresh(self, head: Block) -> None:
        if self._stale_after is not None and time.time() - head.time > self._stale_after:
            raise UnavailableError("chain", "stale", "stale")

    def _opened(self, known: _View | None, head: Block) -> _View:
        if known is not None and head.number <= known.head.number:
            raise UnavailableError("chain", "finalised block went back")
        if not self._verified:
            self._verify(head)
        self._directory.advance(head)
        return _View(head)

    def _verify(self, head: Block) -> None:
        try:
            check_ledger(self._node, self._address, head)
        except ConfigError as error:
            if self._was_ledger:  # the settings were right: it is the node that is wrong now
                raise UnavailableError("chain", error.code) from error
            raise
        self._verified = self._was_ledger = True

    # --- one school, one batch ---

    def _school(self, view: _View, school: int, prefix: bytes) -> _School:
        known = view.schools.get((school, prefix))
        if known is None:
            listed = self._directory.find(school, prefix, view.head)
            ids = list(listed) or ([prefix] if len(prefix) == _KEY_ID else [])
            slots = [contract.school_slot(school), *map(contract.key_slot, ids)]
            record, *states = self._slots(view, slots)
            if not listed and any(states) and not self._directory.has_logged(prefix):
                raise UnavailableError("chain", "incomplete logs")
            keys = map(contract.key_of, listed, states, listed.values())
            # The directory may already be ahead of this view: such a key is not there yet.
            current = tuple(key for key in keys if key.valid_from)
            # Of an id asked for in full, its empty slot proves that nobody has such a key.
            all_keys = not self._may_hide or (len(prefix) == _KEY_ID and not any(states))
            known = _School(current, all_keys, record)
            if listed or not prefix:  # that there is none, the directory decides each time
                remember(view.schools, (school, prefix), known)
        return known

    @property
    def _may_hide(self) -> bool:
        """Whether one endpoint, of which proof is wanted, alone tells which keys are listed."""
        return self._node.trust.proven and self._node.trust.agreed == 1

    def _batch(
        self, view: _View, school: int, root: bytes, index: int
    ) -> tuple[LedgerAnchor | None, int]:
        """The batch and the word of 128 lanes that holds the index."""
        place = (school, root, index // LANES_PER_WORD)
        known = view.batches.get(place)
        if known is None:
            batch = contract.batch_id(school, root)
            slots = [contract.anchor_slot(batch), contract.word_slot(batch, index)]
            anchor, word = self._slots(view, slots)
            known = self._anchor(view, anchor), word
            remember(view.batches, place, known)
        return known

    def _anchor(self, view: _View, slot: int) -> LedgerAnchor | None:
        if slot == 0:
            return None
        found = contract.unpack("Anchor", slot)
        key_id = found["key"].to_bytes(32, "big")
        if found["time"] > view.head.time:
            raise UnavailableError("chain", "inconsistent")
        (state,) = self._slots(view, [contract.key_slot(key_id)])
        key = contract.key_of(key_id, state)
        return LedgerAnchor(found["seq"], found["size"], found["time"], key)

    def _is_pending(self, school: int, root: bytes) -> bool:
        slot = contract.anchor_slot(contract.batch_id(school, root))
        return self._node.slots(self._address, [slot], None) != [0]

    def _slots(self, view: _View, slots: Sequence[int]) -> list[int]:
        return self._node.slots(self._address, slots, view.head)


def check_ledger(node: Node | Witnesses, address: bytes, at: Block) -> None:
    """Raises ConfigError unless chain and code at the address are the expected ones."""
    node.check_chain()
    code = node.code(address, at)
    if not code:
        raise ConfigError("ledger.absent", address="0x" + address.hex())
    if not ledger().matches(code):
        raise ConfigError("ledger.code_differs", address="0x" + address.hex())


def remember(cache: dict[_K, _V], key: _K, value: _V) -> None:
    """Keep an answer; when there are too many, begin anew."""
    if len(cache) >= defaults.CACHE_ENTRIES:
        cache.clear()
    cache[key] = value
