"""Whether an index says what the contract's storage says.

Events that a node leaves out, or makes up, show here: a school's record and head hash commit to
all its batches, and keys, anchors and status words each have a slot. Decides which slots a record
should be found in, and as what.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain as chained
from itertools import islice

from chain import contract, defaults
from chain.events import IncompleteError
from chain.node import Node
from chain.tables import Tables
from credential import history
from credential.facts import Block, LedgerKey
from credential.history import (
    Act,
    BatchAnchored,
    IndexState,
    KeyChange,
    Record,
    SchoolChange,
    WordChange,
)
from credential.model import LANES_PER_WORD, Deployment

_NOBODY = LedgerKey(b"", 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Expected:
    """A slot and what should stand in it: a number, or the fields of a record by name."""

    slot: int
    value: int | Mapping[str, int]
    record: str = ""

    def fits(self, found: int) -> bool:
        """Whether that is what was found. Fields that no event tells are not looked at."""
        if isinstance(self.value, int):
            return found == self.value
        return self.value.items() <= contract.unpack(self.record, found).items()


class Comparison:
    """The tables of a deployment beside its contract's storage after the block `at`."""

    def __init__(self, node: Node, deployment: Deployment, tables: Tables, at: Block) -> None:
        self._node = node
        self._deployment = deployment
        self._tables = tables
        self._at = at

    def check(self, known: IndexState, root: bytes, turn: int) -> int:
        """Raises IncompleteError unless the tables agree with the storage, whose root that is.

        Beside what has changed since they last agreed, the next few schools after number `turn` are
        looked at, whatever is known to have happened there. Returns the last of them.
        """
        if known.compared is None:
            self._require(self._everything(), older=True)
            return turn
        changes = list(self._tables.changes(known.compared))
        if not changes:
            if root != known.root:
                raise IncompleteError
            return turn
        self._require(self._touched(changes))
        schools = self._tables.schools(turn, defaults.SCHOOLS_IN_TURN)
        self._require(chained.from_iterable(map(self._school, schools)), older=True)
        return schools[-1] if len(schools) == defaults.SCHOOLS_IN_TURN else 0

    def _require(self, expected: Iterable[Expected], *, older: bool = False) -> None:
        """Asks for all of it in portions, each slot once."""
        fresh = _once(expected)
        while some := list(islice(fresh, defaults.SLOTS_AT_ONCE)):
            slots = [each.slot for each in some]
            found = self._node.slots(self._deployment.contract, slots, self._at)
            if not all(each.fits(value) for each, value in zip(some, found, strict=True)):
                raise IncompleteError(older=older)

    def _everything(self) -> Iterator[Expected]:
        """What all records say; and that no word of a batch has changed of which none tells."""
        created = False
        for record in self._tables.changes(-1):
            created |= isinstance(record, Act) and record.name == "OwnershipTransferred"
            yield from self._touched([record])
            if isinstance(record, BatchAnchored):
                yield from self._words(record)
        if not created:  # the first thing that the contract does
            raise IncompleteError(older=True)

    def _touched(self, records: Iterable[Record]) -> Iterator[Expected]:
        """What should stand in the slots that these records' events wrote."""
        for record in records:
            match record:
                case SchoolChange():
                    yield from self._school(record.school)
                case KeyChange():
                    yield self._key(record.school, record.key_id)
                case BatchAnchored():
                    yield from self._school(record.school)
                    yield self._anchor(record)
                case WordChange():
                    yield self._word(record.school, record.root, record.word)

    def _school(self, school: int) -> Iterator[Expected]:
        """A school's accreditation, number of batches and head hash."""
        found = history.accreditation(self._tables.school_changes(school, self._at.number))
        last = self._tables.last_batch(school, self._at.number)
        fields = {
            "validFrom": found.valid_from if found else 0,
            "validUntil": found.valid_until if found else 0,
            "suspendedSince": found.suspended_since if found else 0,
            "types": found.types if found else 0,
            "nextSeq": last.seq + 1 if last else 0,
        }
        yield Expected(contract.school_slot(school), fields, "School")
        start = contract.first_head(self._deployment, school) if found else b""
        head = last.head if last else start
        yield Expected(contract.head_slot(school), int.from_bytes(head, "big"))

    def _words(self, batch: BatchAnchored) -> Iterator[Expected]:
        """All status words of a batch."""
        for word in range(-(-batch.size // LANES_PER_WORD)):
            yield self._word(batch.school, batch.root, word)

    def _key(self, school: int, key_id: bytes) -> Expected:
        known = history.keys(self._tables.key_changes(school, self._at.number))
        key = next((key for key in known if key.key_id == key_id), _NOBODY)
        fields = {
            "school": key.school,
            "validFrom": key.valid_from,
            "validUntil": key.valid_until,
            "compromisedSince": key.compromised_since,
            "roles": key.roles,
        }
        return Expected(contract.key_slot(key_id), fields, "Key")

    def _anchor(self, batch: BatchAnchored) -> Expected:
        fields = {
            "key": int.from_bytes(batch.key_id, "big"),
            "time": batch.time,
            "seq": batch.seq,
            "size": batch.size,
        }
        slot = contract.anchor_slot(contract.batch_id(batch.school, batch.root))
        return Expected(slot, fields, "Anchor")

    def _word(self, school: int, root: bytes, word: int) -> Expected:
        lanes = self._tables.word(school, root, word, self._at.number)
        slot = contract.word_slot(contract.batch_id(school, root), word * LANES_PER_WORD)
        return Expected(slot, int.from_bytes(lanes, "big"))


def _once(expected: Iterable[Expected]) -> Iterator[Expected]:
    seen: set[int] = set()
    for each in expected:
        if each.slot not in seen:
            seen.add(each.slot)
            yield each
