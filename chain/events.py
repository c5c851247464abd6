"""The contract's events as records of its history. Pure.

Decides which events are followed and how each is read. One that is not followed gives nothing, one
that is malformed is UnavailableError ``chain``.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from chain import contract
from chain.answers import Log
from credential.errors import UnavailableError
from credential.history import (
    Act,
    BatchAnchored,
    KeyChange,
    Record,
    SchoolChange,
    Succession,
    WordChange,
)
from credential.model import Deployment

_Read = Callable[[Log, int], Record]
# Acts on the whole ledger, and the topic that names the account.
_ACTS = {
    "GuardianSet": 1,
    "Retired": 1,
    "OwnershipTransferStarted": 2,
    "OwnershipTransferred": 2,
}


class IncompleteError(UnavailableError):
    """Events are missing: among those just read, or (`older`) perhaps among earlier ones."""

    def __init__(self, *, older: bool = False) -> None:
        super().__init__("chain", "incomplete logs")
        self.older = older


def read(log: Log, time: int) -> Record | None:
    """The record of a log in a block of that time; None for events that are not followed."""
    reader = _readers().get(log.topics[0]) if log.topics else None
    if reader is None:
        return None
    try:
        return reader(log, time)
    except (ValueError, LookupError) as error:
        raise UnavailableError("chain", "malformed event") from error


class Heads:
    """Follows the schools' head hashes, which make a missing batch known.

    `known` tells a school's last batch from before. Raises IncompleteError for a batch that does
    not continue its school's chain of hashes: one before it is missing, or its time, root or size
    is another one than the contract's.
    """

    def __init__(
        self, deployment: Deployment, known: Callable[[int], BatchAnchored | None]
    ) -> None:
        self._deployment = deployment
        self._known = known
        self._last: dict[int, tuple[int, bytes]] = {}  # school: next number, head hash

    def follow(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records, each batch among them having been checked."""
        for record in records:
            if isinstance(record, BatchAnchored):
                self._check(record)
            yield record

    def _check(self, batch: BatchAnchored) -> None:
        seq, head = self._last.get(batch.school) or self._start(batch.school)
        after = contract.head_after(head, batch.seq, batch.root, batch.size, batch.time)
        if (batch.seq, batch.head) != (seq, after):
            raise IncompleteError
        self._last[batch.school] = seq + 1, after

    def _start(self, school: int) -> tuple[int, bytes]:
        last = self._known(school)
        if last is None:
            return 0, contract.first_head(self._deployment, school)
        return last.seq + 1, last.head


@cache
def _readers() -> dict[bytes, _Read]:
    named = {
        "SchoolSet": _school_set,
        "SchoolSuspended": _school_suspended,
        "SchoolReinstated": _school_reinstated,
        "KeyAdded": _key_added,
        "KeyRetired": _key_retired,
        "KeyCompromised": _key_compromised,
        "Anchored": _anchored,
        "StatusChanged": _status_changed,
        "Superseded": _superseded,
        "Paused": _paused,
        "Unpaused": lambda log, _: Act(log.block, log.index, "Unpaused", b""),
    } | {name: _named_act(name, topic) for name, topic in _ACTS.items()}
    return {bytes.fromhex(contract.topic(name)[2:]): reader for name, reader in named.items()}


def _school_set(log: Log, _: int) -> Record:
    start, end, types = _data("SchoolSet", log)
    return SchoolChange(log.block, log.index, _school(log), start, end, types.to_bytes(8, "big"))


def _school_suspended(log: Log, _: int) -> Record:
    (since,) = _data("SchoolSuspended", log)
    return SchoolChange(log.block, log.index, _school(log), suspended_since=since)


def _school_reinstated(log: Log, _: int) -> Record:
    return SchoolChange(log.block, log.index, _school(log), suspended_since=0)


def _key_added(log: Log, _: int) -> Record:
    start, end, roles, public_key = _data("KeyAdded", log)
    return KeyChange(
        *(log.block, log.index, _school(log), log.topics[2]),
        valid_from=start,
        valid_until=end,
        roles=roles,
        public_key=public_key,
    )


def _key_retired(log: Log, _: int) -> Record:
    (until,) = _data("KeyRetired", log)
    return KeyChange(log.block, log.index, _school(log), log.topics[2], valid_until=until)


def _key_compromised(log: Log, _: int) -> Record:
    (since,) = _data("KeyCompromised", log)
    return KeyChange(log.block, log.index, _school(log), log.topics[2], compromised_since=since)


def _anchored(log: Log, time: int) -> Record:
    size, key, head = _data("Anchored", log)
    seq, root, key_id = _number(log.topics[2]), log.topics[3], _address(key).rjust(32, b"\0")
    return BatchAnchored(log.block, log.index, _school(log), seq, root, size, time, key_id, head)


def _status_changed(log: Log, _: int) -> Record:
    _old, lanes, by = _data("StatusChanged", log)
    return WordChange(
        *(log.block, log.index, _school(log), log.topics[2], _number(log.topics[3])),
        lanes=lanes.to_bytes(32, "big"),
        by=_address(by),
    )


def _superseded(log: Log, _: int) -> Record:
    position, successor_root, successor_position = _data("Superseded", log)
    place = log.block, log.index, _school(log), log.topics[2]
    return Succession(*place, position, successor_root, successor_position)


def _paused(log: Log, _: int) -> Record:
    return Act(log.block, log.index, "Paused", _address(*_data("Paused", log)))


def _named_act(name: str, topic: int) -> _Read:
    return lambda log, _: Act(log.block, log.index, name, log.topics[topic][12:])


def _data(event: str, log: Log) -> tuple[Any, ...]:
    return contract.event_data(event, log.data)


def _school(log: Log) -> int:
    return _number(log.topics[1])


def _number(topic: bytes) -> int:
    """A uint32 as a topic."""
    found = int.from_bytes(topic, "big")
    if found >> 32:
        raise ValueError("out of range")
    return found


def _address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
