"""The audit trail's head in the transaction of each batch: how it is written and read.

Behind the arguments of the call stand 40 bytes more: the number of the trail's last entry and its
hash. The contract passes them over, as every contract passes over what follows its arguments; the
transaction's own hash, and so the block, commits to them. Only what the deployment's own account
sent counts: anybody else may carry a school's signed anchor to the contract, with anything behind.
Nor does what a compromised key anchored: a thief who has the account's key, too, has a trail of
their own. Only the contract's owner or guardian can declare that.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from chain import contract, defaults
from chain.answers import Log
from chain.node import Node
from credential.facts import Block

_NUMBER, _HASH = 8, 32  # bytes


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The head of the trail when a batch was sent: entry `number` has this `hash` (32 bytes).

    `number` is 0 where the transaction carries none, is somebody else's, or a thief's.
    """

    school: int
    seq: int
    block: int
    number: int
    hash: bytes


def tail(head: tuple[int, bytes]) -> bytes:
    """What stands behind the call's arguments for a head: number and hash of the last entry."""
    number, digest = head
    return number.to_bytes(_NUMBER, "big") + digest


def read(data: bytes) -> tuple[int, bytes]:
    """The head behind the arguments of an anchoring call; number 0 for none."""
    try:
        found = contract.behind("anchor", data)
    except ValueError:
        found = b""
    if len(found) != _NUMBER + _HASH:
        return 0, bytes(_HASH)
    return int.from_bytes(found[:_NUMBER], "big"), found[_NUMBER:]


def audit_heads(
    node: Node, address: bytes, senders: Collection[bytes], first: int, last: Block
) -> Iterator[AuditHead]:
    """The heads of all batches from block number `first` to block `last`, as they were mined.

    `senders` are the accounts that the deployment sends from. Raises UnavailableError ``chain``.
    """
    logs = list(node.history(address, [contract.topic("Anchored")], first, last))
    sent = node.transactions([log.transaction for log in logs])
    times = {block.number: block.time for block in node.blocks(sorted({log.block for log in logs}))}
    lost = _lost(node, address, logs, last)
    for log, found in zip(logs, sent, strict=True):
        school, seq = (int.from_bytes(topic, "big") for topic in log.topics[1:3])
        ours = found.to == address and found.sender in senders
        ours = ours and times[log.block] < lost[_key(log)]
        yield AuditHead(school, seq, log.block, *(read(found.data) if ours else read(b"")))


def _lost(node: Node, address: bytes, logs: Sequence[Log], last: Block) -> dict[bytes, int]:
    """Since when each key that anchored is compromised, by id; the end of time for none."""
    keys = sorted({_key(log) for log in logs})
    slots: list[int] = []
    for start in range(0, len(keys), defaults.SLOTS_AT_ONCE):
        some = [contract.key_slot(key) for key in keys[start : start + defaults.SLOTS_AT_ONCE]]
        slots += node.slots(address, some, last)
    found = map(contract.key_of, keys, slots)
    return {key.key_id: key.compromised_since or defaults.END_OF_TIME for key in found}


def _key(log: Log) -> bytes:
    """The id of the key that anchored."""
    _, account, _ = contract.event_data("Anchored", log.data)
    return contract.key_id(bytes.fromhex(account.removeprefix("0x")))
