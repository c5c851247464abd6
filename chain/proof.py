"""Storage of a contract, proven from a state root alone (EIP-1186). Pure.

Nothing that the node states is believed: values, code hash and storage root are read out of the
trie nodes, each of which is looked up by its own hash. So neither the order of the nodes matters
nor what stands beside them. An empty slot and an absent account are proven in the same way, by the
path that ends without them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak
from rlp.exceptions import RLPException
from trie.exceptions import (
    InvalidNode,
    MissingTrieNode,
    TraversedPartialPath,
    ValidationError,
)
from trie.hexary import HexaryTrie

from chain import defaults
from chain.hexvalues import as_bytes
from chain.trieproof import rlp_decode

# What nodes that no honest trie holds make the libraries raise.
_FAULTS = (
    *(MissingTrieNode, InvalidNode, TraversedPartialPath, ValidationError, RLPException),
    *(AssertionError, TypeError, ValueError, LookupError, RecursionError),
)
_SLOT = 32  # bytes


@dataclass(frozen=True, slots=True)
class Proven:
    """An account after a block: hash of its code (32 bytes), and slots in the order asked for."""

    code_hash: bytes
    slots: tuple[int, ...]


class Pool:
    """Trie nodes (RLP) of any number of proofs, each found by its hash only.

    Raises ValueError for more or larger nodes than proofs have.
    """

    def __init__(self, nodes: Iterable[bytes]) -> None:
        self._nodes: dict[bytes, bytes] = {}
        for node in nodes:
            if len(node) > defaults.PROOF_NODE or len(self._nodes) >= defaults.PROOF_NODES:
                raise ValueError("more than any proof has")
            self._nodes[keccak(node)] = node

    def account(self, state_root: bytes, address: bytes, slots: Sequence[int]) -> Proven:
        """Code hash and slots of a contract. Raises ValueError unless all of it is proven.

        An account that does not exist is an error here: nothing is asked of contracts that are not
        there.
        """
        account = self._value(state_root, keccak(address))
        fields = _decoded(account) if account else None
        if not isinstance(fields, list) or len(fields) != 4:
            raise ValueError("no such account")
        _, _, storage_root, code_hash = fields
        return Proven(code_hash, tuple(self._slot(storage_root, slot) for slot in slots))

    def _slot(self, storage_root: bytes, slot: int) -> int:
        value = self._value(storage_root, keccak(slot.to_bytes(_SLOT, "big")))
        if not value:
            return 0
        number = _decoded(value)
        if not isinstance(number, bytes) or not 0 < len(number) <= _SLOT:
            raise ValueError("not the value of a slot")
        return int.from_bytes(number, "big")

    def _value(self, root: bytes, key: bytes) -> bytes:
        """What the trie of that root holds under a hashed key; empty if there is none."""
        try:
            trie: Any = HexaryTrie(self._nodes, root)
            found: bytes = trie[key]
        except _FAULTS as error:
            raise ValueError("the nodes do not lead there") from error
        return found


def check(
    state_root: bytes, address: bytes, slots: Sequence[int], answer: Mapping[str, object]
) -> Proven:
    """What an answer to ``eth_getProof`` proves. Raises ValueError unless it proves it all."""
    return Pool(nodes_of(answer)).account(state_root, address, slots)


def nodes_of(answer: Mapping[str, object]) -> list[bytes]:
    """The trie nodes of an answer to ``eth_getProof``, each once. Raises ValueError."""
    entries = _list(answer.get("storageProof"))
    proofs = [entry.get("proof") for entry in entries if isinstance(entry, Mapping)]
    paths = map(_list, [answer.get("accountProof"), *proofs])
    return list(dict.fromkeys(as_bytes(node) for path in paths for node in path))


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > defaults.PROOF_NODES:
        raise ValueError("not a list of that length")
    return value


def _decoded(data: bytes) -> object:
    try:
        return rlp_decode(data)
    except (RLPException, RecursionError) as error:
        raise ValueError("not RLP") from error
