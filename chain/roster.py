"""What the contract says about who may do what, read at the head for those who govern.

Not for verdicts: one node is believed here, and what is not final yet counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from chain import contract, defaults
from chain.answers import Log
from chain.hexvalues import to_word
from chain.node import Node
from credential.errors import UnavailableError
from credential.facts import LedgerKey, LedgerSchool
from credential.model import LANES_PER_WORD, Deployment


@dataclass(frozen=True, slots=True)
class Offices:
    """Who governs: addresses of 20 bytes, all zero for nobody; and whether anchoring is paused."""

    owner: bytes
    next_owner: bytes
    guardian: bytes
    successor: bytes
    paused: bool


@dataclass(frozen=True, slots=True)
class AnchoredBatch:
    """A batch as its event tells: number in the school, root, credentials, key (20 bytes), time."""

    seq: int
    root: bytes
    size: int
    key: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Lanes that an account changed at once: index in the batch → the lane set."""

    root: bytes
    time: int
    lanes: dict[int, int]


class Roster:
    """The contract of a deployment. Every method raises UnavailableError ``chain``."""

    def __init__(self, web3: Web3, deployment: Deployment, first_block: int = 0) -> None:
        self._node = Node(web3, deployment.chain_id)
        self._address = deployment.contract
        self._first_block = first_block

    def offices(self) -> Offices:
        """Who governs."""
        names = ("_owner", "_pendingOwner", "_guardian", "_successor", "_paused")
        slots = self._node.slots(self._address, [contract.slot(name) for name in names], None)
        owner, next_owner, guardian, successor = map(contract.address_in, slots[:4])
        return Offices(owner, next_owner, guardian, successor, contract.paused_in(slots[4]))

    def school(self, school: int) -> LedgerSchool | None:
        """A school's accreditation; None when the contract does not know it."""
        return contract.school_of(self._slot(contract.school_slot(school)))

    def key(self, key_id: bytes) -> LedgerKey:
        """A key by its id (32 bytes); an unknown one has ``valid_from`` 0."""
        return contract.key_of(key_id, self._slot(contract.key_slot(key_id)))

    def known(self, key_ids: Sequence[bytes]) -> dict[bytes, LedgerKey]:
        """Those of the keys that the contract knows, by id."""
        found = {}
        for start in range(0, len(key_ids), defaults.SLOTS_AT_ONCE):
            some = key_ids[start : start + defaults.SLOTS_AT_ONCE]
            slots = self._node.slots(self._address, [*map(contract.key_slot, some)], None)
            keys = map(contract.key_of, some, slots)
            found.update({key.key_id: key for key in keys if key.valid_from})
        return found

    def keys(self, school: int) -> list[LedgerKey]:
        """All keys that a school ever had, in the order in which they were listed."""
        ids = [log.topics[2] for log in self._events("KeyAdded", school)]
        known = self.known(ids)
        return [known[key_id] for key_id in ids if key_id in known]

    def anchored(self, school: int) -> list[AnchoredBatch]:
        """All batches of a school, by number."""
        return [self._batch(log) for log in self._events("Anchored", school)]

    def marks(self, school: int, by: bytes, since: int) -> list[Mark]:
        """What an account (20 bytes) changed in a school's status lanes since a time, in order."""
        found = []
        for log in self._events("StatusChanged", school):
            time = self._node.block(log.block).time
            before, after, who = self._values("StatusChanged", log)
            if bytes.fromhex(who.removeprefix("0x")) == by and time >= since:
                first = int.from_bytes(log.topics[3], "big") * LANES_PER_WORD
                found.append(Mark(log.topics[2], time, _changed(first, before, after)))
        return found

    def _batch(self, log: Log) -> AnchoredBatch:
        size, key, _ = self._values("Anchored", log)
        seq, root = int.from_bytes(log.topics[2], "big"), log.topics[3]
        time = self._node.block(log.block).time
        return AnchoredBatch(seq, root, size, bytes.fromhex(key.removeprefix("0x")), time)

    def _values(self, event: str, log: Log) -> tuple[Any, ...]:
        try:
            return contract.event_data(event, log.data)
        except ValueError as error:
            raise UnavailableError("chain", f"malformed {event} event") from error

    def _events(self, event: str, school: int) -> list[Log]:
        head = self._node.block("latest")
        topics = [contract.topic(event), to_word(school)]
        found = list(self._node.history(self._address, topics, self._first_block, head))
        if any(len(log.topics) < 3 for log in found):
            raise UnavailableError("chain", f"malformed {event} event")
        return found

    def _slot(self, slot: int) -> int:
        return self._node.slots(self._address, [slot], None)[0]


def _changed(first: int, before: int, after: int) -> dict[int, int]:
    lanes = [(before >> 2 * n & 3, after >> 2 * n & 3) for n in range(LANES_PER_WORD)]
    return {first + n: new for n, (old, new) in enumerate(lanes) if old != new}
