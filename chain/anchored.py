"""Every batch that the ledger holds, proven one by one and known to be all of them.

Events tell where to look. Each batch's anchor is then proven, and so is how many each school has:
an endpoint that leaves a batch out, or makes one up, is found out. Only a school whose every batch
all endpoints conceal stays unknown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chain import contract, defaults
from chain.witnesses import Witnesses
from credential.errors import UnavailableError
from credential.facts import Block


@dataclass(frozen=True, slots=True)
class Anchored:
    """A batch: number `seq` of a school, its root (32 bytes) and its size in credentials."""

    school: int
    seq: int
    root: bytes
    size: int


def anchored(chain: Witnesses, address: bytes, first: int, head: Block) -> list[Anchored]:
    """The batches up to `head`, in order.

    `first` is a block before the first of them. Raises UnavailableError ``chain`` (incomplete logs)
    when a school has more batches than were logged.
    """
    told = dict.fromkeys(_told(chain, address, first, head))
    found = sorted(_proven(chain, address, list(told), head), key=_place)
    held = Counter(batch.school for batch in found)
    slots = [contract.school_slot(school) for school in held]
    records = _slots(chain, address, slots, head)
    if [contract.unpack("School", each)["nextSeq"] for each in records] != list(held.values()):
        raise UnavailableError("chain", "incomplete logs")
    return found


def _place(batch: Anchored) -> tuple[int, int]:
    return batch.school, batch.seq


def _told(chain: Witnesses, address: bytes, first: int, head: Block) -> Iterator[Anchored]:
    """What some endpoint says to have been anchored."""
    for log in chain.history(address, [contract.topic("Anchored")], first, head):
        school, seq = (int.from_bytes(topic, "big") for topic in log.topics[1:3])
        size, _, _ = contract.event_data("Anchored", log.data)
        yield Anchored(school, seq, log.topics[3], size)


def _proven(
    chain: Witnesses, address: bytes, told: Sequence[Anchored], head: Block
) -> list[Anchored]:
    """Those that the contract holds."""
    slots = [contract.anchor_slot(contract.batch_id(each.school, each.root)) for each in told]
    words = _slots(chain, address, slots, head)
    return [each for each, word in zip(told, words, strict=True) if _fits(each, word)]


def _fits(batch: Anchored, word: int) -> bool:
    found = contract.unpack("Anchor", word)
    return bool(word) and (found["seq"], found["size"]) == (batch.seq, batch.size)


def _slots(chain: Witnesses, address: bytes, slots: Sequence[int], head: Block) -> list[int]:
    found: list[int] = []
    for at in range(0, len(slots), defaults.PROVEN_AT_ONCE):
        found += chain.slots(address, slots[at : at + defaults.PROVEN_AT_ONCE], head)
    return found
