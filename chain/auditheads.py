"""The audit trail's head in the transaction of each batch: how it is written and read.

Behind the arguments of the call stand 40 bytes more: the number of the trail's last entry and its
hash. The contract passes them over, as every contract passes over what follows its arguments; the
transaction's own hash, and so the block, commits to them. Only what the deployment's own account
sent counts: anybody else may carry a school's signed anchor to the contract, with anything behind.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from chain import contract
from chain.node import Node
from credential.facts import Block

_NUMBER, _HASH = 8, 32  # bytes


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The head of the trail when a batch was sent: entry `number` has this `hash` (32 bytes).

    `number` is 0 where the transaction carries none, or is somebody else's.
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
    for log, found in zip(logs, sent, strict=True):
        school, seq = (int.from_bytes(topic, "big") for topic in log.topics[1:3])
        ours = found.to == address and found.sender in senders
        yield AuditHead(school, seq, log.block, *(read(found.data) if ours else read(b"")))
