"""Block headers, hashed anew from their raw fields: what a node says of a block proves nothing.

Ethereum's header (execution specification, `Header` of each fork): fifteen fields, and one or more
that each later fork appended, in this order. A header with a field missing in between, or with one
that this version does not know, does not hash to its name and is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak
from rlp.exceptions import RLPException

from chain import defaults
from chain.hexvalues import as_bytes, as_int, to_hex
from chain.trieproof import rlp_decode, rlp_encode
from credential.facts import Block

_DATA = {
    "parentHash": 32,
    "sha3Uncles": 32,
    "miner": 20,
    "stateRoot": 32,
    "transactionsRoot": 32,
    "receiptsRoot": 32,
    "logsBloom": 256,
    "extraData": None,  # of any length: chains with an authority seal their blocks here
    "mixHash": 32,
    "nonce": 8,
    "withdrawalsRoot": 32,
    "parentBeaconBlockRoot": 32,
    "requestsHash": 32,
}
_QUANTITY = 32  # bytes
_FIRST = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
    *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
    *("mixHash", "nonce"),
)
_APPENDED = (  # London, Shanghai, Cancun (three), Prague
    *("baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"),
    *("parentBeaconBlockRoot", "requestsHash"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """A block whose hash was recomputed, with the root of the state after it (32 bytes).

    `raw` is its RLP: whoever has that needs nobody's word for the rest.
    """

    block: Block
    state_root: bytes
    raw: bytes


def read(answer: Mapping[str, object]) -> Header:
    """A block as JSON-RPC gives it. Raises ValueError unless its fields hash to its hash."""
    names = [*_FIRST, *(name for name in _APPENDED if name in answer)]
    raw = rlp_encode([_field(name, answer.get(name)) for name in names])
    name = as_bytes(answer.get("hash"), 32)
    if keccak(raw) != name:
        raise ValueError("the header does not hash to its name")
    time = as_int(answer.get("timestamp"), 40)
    if time >= defaults.END_OF_TIME:
        raise ValueError("a time that no calendar holds")
    block = Block(as_int(answer.get("number"), 64), name, time)
    return Header(block, as_bytes(answer.get("stateRoot"), 32), raw)


def from_raw(raw: bytes) -> Header:
    """A header out of its RLP, named by its hash. Raises ValueError for anything else."""
    try:
        fields: Any = rlp_decode(raw)
    except (RLPException, RecursionError) as error:
        raise ValueError("not RLP") from error
    names = [*_FIRST, *_APPENDED][: len(fields)]
    if not isinstance(fields, list) or not len(_FIRST) <= len(fields) == len(names):
        raise ValueError("not the fields of a header")
    found = dict(zip(names, map(_plain, names, fields), strict=True))
    return read({**found, "hash": to_hex(keccak(raw))})


def _plain(name: str, field: object) -> str:
    if not isinstance(field, bytes) or (name not in _DATA and len(field) > _QUANTITY):
        raise ValueError("not a field of a header")
    return to_hex(field if name in _DATA else int.from_bytes(field, "big"))


def _field(name: str, value: object) -> int | bytes:
    return as_bytes(value, _DATA[name]) if name in _DATA else as_int(value)
