"""The ledger contract's interface: calls, events, errors, storage slots.

Everything is read from the committed artifact; nothing here asks a node.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_hash.auto import keccak

from contracts.artifact import ledger
from credential.errors import ConflictError, RefusedError
from credential.facts import LedgerKey, LedgerSchool
from credential.model import LANES_PER_WORD, Deployment, Lane

ADDRESS = 20  # bytes

_CODES = {
    "OwnableUnauthorizedAccount": "ledger.not_owner",
    "OwnableInvalidOwner": "ledger.owner_invalid",
    "ECDSAInvalidSignature": "ledger.signature_invalid",
    "ECDSAInvalidSignatureLength": "ledger.signature_invalid",
    "ECDSAInvalidSignatureS": "ledger.signature_invalid",
}
_DOMAIN = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_CONFLICTS = ("AlreadyAnchored", "SeqNotNext", "KeyUsed", "LaneTerminal")


@dataclass(frozen=True, slots=True)
class _Item:
    """A function, event or error of the ABI."""

    name: str
    selector: bytes
    inputs: tuple[tuple[str, str], ...]  # name and type
    topics: int  # of an event's log, its name among them

    @property
    def types(self) -> list[str]:
        return [kind for _, kind in self.inputs]


@cache
def _items(kind: str) -> Mapping[str, _Item]:
    found = {}
    for entry in ledger().abi:
        if entry["type"] == kind and "name" in entry:
            inputs = tuple((each["name"], each["type"]) for each in entry["inputs"])
            signature = f"{entry['name']}({','.join(kind for _, kind in inputs)})"
            topics = 1 + sum(each.get("indexed", False) for each in entry["inputs"])
            found[entry["name"]] = _Item(entry["name"], keccak(signature.encode()), inputs, topics)
    return found


def call_data(function: str, *arguments: object) -> bytes:
    """The data of a call: selector and ABI-encoded arguments."""
    item = _items("function")[function]
    return item.selector[:4] + encode(item.types, arguments)


def behind(function: str, data: bytes) -> bytes:
    """What follows the arguments of a call. Raises ValueError for another call or spelling."""
    item = _items("function")[function]
    try:
        plain = call_data(function, *decode(item.types, data[4:]))
    except DecodingError as error:
        raise ValueError("not the data of that call") from error
    if not data.startswith(plain):
        raise ValueError("not the data of that call")
    return data[len(plain) :]


def named_arguments(function: str, arguments: Sequence[object]) -> dict[str, object]:
    """The arguments of a call by the names that the interface gives them."""
    kind = "constructor" if function == "constructor" else "function"
    entry = next(each for each in ledger().abi if _is(each, kind, function))
    names = (each["name"].rstrip("_") for each in entry["inputs"])
    return dict(zip(names, arguments, strict=True))


def creation_data(owner: bytes) -> bytes:
    """The data of the transaction that creates the contract for an owner (20 bytes)."""
    return ledger().bytecode + encode(["address"], [owner])


def topic(event: str) -> str:
    """The first topic of an event's logs."""
    return "0x" + _items("event")[event].selector.hex()


def event_of(topics: Sequence[bytes]) -> str:
    """The name of a log's event. Raises ValueError for none of the contract's."""
    for name, item in _items("event").items():
        if topics and topics[0] == item.selector and len(topics) == item.topics:
            return name
    raise ValueError("not an event of the ledger")


def event_data(event: str, data: bytes) -> tuple[Any, ...]:
    """The values of an event that are not indexed. Raises ValueError for other data."""
    entry = next(each for each in ledger().abi if each.get("name") == event)
    types = [each["type"] for each in entry["inputs"] if not each["indexed"]]
    try:
        return tuple(decode(types, data))
    except DecodingError as error:
        raise ValueError("not the data of that event") from error


def refusal(data: bytes) -> RefusedError:
    """Revert data as an error: ``ledger.`` and the custom error's name in snake case.

    What is already recorded otherwise is a ConflictError. The parameters are
    the error's own, with bytes as hexadecimal text. Data that is no error of
    the contract becomes ``ledger.refused``.
    """
    for item in _items("error").values():
        if data[:4] == item.selector[:4]:
            try:
                values = decode(item.types, data[4:])
            except DecodingError:
                break
            code = _CODES.get(item.name) or "ledger." + _snake(item.name)
            names = (_snake(name) for name, _ in item.inputs)
            kind = ConflictError if item.name in _CONFLICTS else RefusedError
            return kind(code, **dict(zip(names, map(_shown, values), strict=True)))
    return RefusedError("ledger.refused", selector=data[:4].hex())


def code_hash(deployment: Deployment) -> bytes:
    """The hash (32 bytes) of the code that the contract has at that place.

    What its constructor fills in follows from the place: OpenZeppelin's EIP712 keeps name and
    version as short strings and as hashes, contract, chain, and the domain made of them.
    """
    strings = [b"So Goc Ledger", b"1"]
    hashes = [*map(keccak, strings)]
    place = [deployment.contract.rjust(32, b"\0"), _word(deployment.chain_id)]
    domain = keccak(_DOMAIN + b"".join([*hashes, *reversed(place)]))
    short = [text.ljust(31, b"\0") + bytes([len(text)]) for text in strings]
    code = bytearray(ledger().deployed)
    for (start, length), value in zip(
        ledger().immutables, [*short, *place, domain, *hashes], strict=True
    ):
        code[start : start + length] = value
    return keccak(bytes(code))


def batch_id(school: int, root: bytes) -> bytes:
    """The contract's id of a batch: two schools may anchor the same root."""
    return keccak(_word(school) + root)


def key_id(address: bytes) -> bytes:
    """The id (32 bytes) of a chain key: its address, left-padded. An id stays as it is."""
    return address.rjust(32, b"\0")


def slot(variable: str) -> int:
    """The slot of a variable of the contract, such as ``_owner``."""
    return ledger().slots[variable]


def address_in(slot: int) -> bytes:
    """The address (20 bytes) at the low end of a slot."""
    return (slot & (1 << 160) - 1).to_bytes(20, "big")


def paused_in(slot: int) -> bool:
    """Whether anchoring is paused, from the slot that it shares with the successor's address."""
    return bool(slot >> 160 & 0xFF)


def first_head(deployment: Deployment, school: int) -> bytes:
    """A school's head hash before its first batch."""
    place = _word(deployment.chain_id) + deployment.contract.rjust(32, b"\0")
    return keccak(place + _word(school))


def head_after(head: bytes, seq: int, root: bytes, size: int, time: int) -> bytes:
    """A school's head hash after a batch, from the one before (see `ILedger.heads`)."""
    return keccak(head + _word(seq) + root + _word(size) + _word(time))


def school_slot(school: int) -> int:
    """The slot of a `School`."""
    return _entry(_word(school), "_schools")


def head_slot(school: int) -> int:
    """The slot of a school's head hash."""
    return _entry(_word(school), "_heads")


def key_slot(key_id: bytes) -> int:
    """The slot of a `Key`; `key_id` is 32 bytes."""
    return _entry(key_id, "_keys")


def anchor_slot(batch: bytes) -> int:
    """The slot of an `Anchor` by batch id."""
    return _entry(batch, "_anchors")


def word_slot(batch: bytes, index: int) -> int:
    """The slot that holds the lane of a credential."""
    outer = keccak(batch + _word(ledger().slots["_words"]))
    return int.from_bytes(keccak(_word(index // LANES_PER_WORD) + outer), "big")


def lane_in(word: int, index: int) -> Lane:
    """The lane of a credential in the word that `word_slot` names."""
    return Lane(word >> 2 * (index % LANES_PER_WORD) & 3)


def revocation_mask(indices: Iterable[int]) -> int:
    """The mask of `revokeWord`: both bits of the lane of each credential, all of one word."""
    return sum(Lane.REVOKED << 2 * (index % LANES_PER_WORD) for index in set(indices))


def unpack(record: str, slot: int) -> dict[str, int]:
    """The fields of a one-slot record (``School``, ``Key``, ``Anchor``) by name."""
    return {
        name: slot >> 8 * offset & (1 << 8 * length) - 1
        for name, (offset, length) in ledger().structs[record].items()
    }


def school_of(slot: int) -> LedgerSchool | None:
    """The accreditation in a `School`; None when the school is unknown."""
    found = unpack("School", slot)
    if found["validFrom"] == 0:
        return None
    return LedgerSchool(
        found["validFrom"], found["validUntil"], found["suspendedSince"], found["types"]
    )


def key_of(key_id: bytes, slot: int, public_key: bytes = b"") -> LedgerKey:
    """A `Key`; one that the contract does not know has no role and ``valid_from`` 0."""
    found = unpack("Key", slot)
    return LedgerKey(
        key_id=key_id,
        school=found["school"],
        valid_from=found["validFrom"],
        valid_until=found["validUntil"],
        compromised_since=found["compromisedSince"],
        roles=found["roles"],
        public_key=public_key,
    )


def _is(entry: Mapping[str, Any], kind: str, name: str) -> bool:
    return bool(entry["type"] == kind and entry.get("name", kind) == name)


def _entry(key: bytes, mapping: str) -> int:
    return int.from_bytes(keccak(key + _word(ledger().slots[mapping])), "big")


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def _shown(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
