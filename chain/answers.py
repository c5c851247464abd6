"""What a node's answers must look like, read strictly: the wrong kind, length or range raises.

Each reader raises one of `MALFORMED`; `chain.node` says which question was answered so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chain import defaults, header
from chain.header import Header
from chain.hexvalues import as_bytes, as_int, to_hex
from credential.facts import Block

MALFORMED = (ValueError, TypeError, LookupError, AttributeError)
"""What reading a malformed answer raises."""


@dataclass(frozen=True, slots=True)
class Log:
    """One event as logged: topics of 32 bytes, data, its block, its number among the block's.

    `transaction` is the hash of what caused it.
    """

    topics: tuple[bytes, ...]
    data: bytes
    block: int
    block_hash: bytes
    index: int
    transaction: bytes = b""


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction as the chain holds it: from whom, to whom (20 bytes each), with which data."""

    sender: bytes
    to: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Mined:
    """A mined transaction: whether it succeeded, its block, the gas used and its price (wei)."""

    succeeded: bool
    block: int
    gas_used: int
    gas_price: int


def fields(answer: Any) -> Mapping[str, object]:
    """An object as it is."""
    if not isinstance(answer, Mapping):
        raise TypeError("not an object")
    return answer


def block(answer: Any) -> Block:
    """A block's number, hash and time."""
    time = as_int(answer["timestamp"], 40)
    if time >= defaults.END_OF_TIME:
        raise ValueError("a time that no calendar holds")
    return Block(as_int(answer["number"], 64), as_bytes(answer["hash"], 32), time)


def past(answer: Any) -> Header | None:
    """A header, None where there is none."""
    return None if answer is None else header.read(answer)


def mined(answer: Any) -> Mined | None:
    """The outcome of a transaction, None while it is not mined."""
    if answer is None or answer["blockNumber"] is None:
        return None
    return Mined(
        succeeded=as_int(answer["status"]) == 1,
        block=as_int(answer["blockNumber"], 64),
        gas_used=as_int(answer["gasUsed"], 64),
        gas_price=as_int(answer["effectiveGasPrice"]),
    )


def sent(answer: Any) -> Sent:
    """A transaction as the chain holds it."""
    to = answer["to"]
    sender, data = as_bytes(answer["from"]), as_bytes(answer["input"])
    return Sent(sender, b"" if to is None else as_bytes(to), data)


def _topic(value: object) -> bytes:
    return as_bytes(value, 32)


def log(entry: Any, address: bytes, wanted: Sequence[str | None], first: int, last: int) -> Log:
    """An event of a contract; raises for one that was not asked for."""
    block, topics = as_int(entry["blockNumber"], 64), [*map(_topic, entry["topics"])]
    asked = len(topics) >= len(wanted) and all(
        want in (None, to_hex(topic)) for want, topic in zip(wanted, topics, strict=False)
    )
    if not asked or as_bytes(entry["address"]) != address or not first <= block <= last:
        raise ValueError("a log that was not asked for")
    return Log(
        topics=tuple(topics),
        data=as_bytes(entry["data"]),
        block=block,
        block_hash=as_bytes(entry["blockHash"], 32),
        index=as_int(entry["logIndex"], 31),
        transaction=as_bytes(entry["transactionHash"], 32),
    )
