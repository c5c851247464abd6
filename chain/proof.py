"""Storage of a contract, proven from a state root alone (EIP-1186). Pure.

Nothing that the node states is believed: values, code hash and storage root are read out of the
trie nodes, each of which must hash to the name under which its parent holds it. An empty slot and
an absent account are proven in the same way, by the path that ends without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak
from rlp.exceptions import RLPException
from trie.exceptions import BadTrieProof, InvalidNode, TraversedPartialPath, ValidationError
from trie.hexary import HexaryTrie

from chain import defaults
from chain.hexvalues import as_bytes
from chain.trieproof import rlp_decode

# What nodes that no honest trie holds make the libraries raise.
_FAULTS = (
    *(BadTrieProof, InvalidNode, TraversedPartialPath, ValidationError, RLPException),
    *(AssertionError, TypeError, LookupError, RecursionError),
)
_SLOT = 32  # bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """An account after a block: hash of its code (32 bytes), and slots in the order asked for."""

    code_hash: bytes
    slots: tuple[int, ...]


def check(
    state_root: bytes, address: bytes, slots: Sequence[int], answer: Mapping[str, object]
) -> Proven:
    """What an answer to ``eth_getProof`` proves. Raises ValueError unless it proves it all.

    `answer` may state what it likes beside its nodes. An account that does not exist is an error
    here: nothing is asked of contracts that are not there.
    """
    account = _value(state_root, keccak(address), answer.get("accountProof"))
    fields = _decoded(account) if account else None
    if not isinstance(fields, list) or len(fields) != 4:
        raise ValueError("no such account")
    _, _, storage_root, code_hash = fields
    entries = answer.get("storageProof")
    if not isinstance(entries, list) or len(entries) != len(slots):
        raise ValueError("not a proof of each slot")
    found = [_slot(storage_root, slot, entry) for slot, entry in zip(slots, entries, strict=True)]
    return Proven(code_hash, tuple(found))


def _slot(storage_root: bytes, slot: int, entry: object) -> int:
    nodes = entry.get("proof") if isinstance(entry, Mapping) else None
    value = _value(storage_root, keccak(slot.to_bytes(_SLOT, "big")), nodes)
    if not value:
        return 0
    number = _decoded(value)
    if not isinstance(number, bytes) or not 0 < len(number) <= _SLOT:
        raise ValueError("not the value of a slot")
    return int.from_bytes(number, "big")


def _value(root: bytes, key: bytes, nodes: object) -> bytes:
    """What a trie of that root holds under a hashed key; empty if it proves that there is none."""
    if not isinstance(nodes, list) or len(nodes) > defaults.PROOF_NODES:
        raise ValueError("not a list of trie nodes")
    proof = [_decoded(as_bytes(node)) for node in nodes]
    try:
        found: bytes = HexaryTrie.get_from_proof(root, key, proof)  # type: ignore[no-untyped-call]
    except _FAULTS as error:
        raise ValueError("the nodes do not lead there") from error
    return found


def _decoded(data: bytes) -> object:
    if len(data) > defaults.PROOF_NODE:
        raise ValueError("larger than any trie node")
    try:
        return rlp_decode(data)
    except (RLPException, RecursionError) as error:
        raise ValueError("not RLP") from error
