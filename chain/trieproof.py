"""Storage proofs out of an embedded chain's state trie (EIP-1186), and RLP with types."""

from collections.abc import Callable, Sequence
from typing import Any

from eth_hash.auto import keccak
from rlp.codec import decode, encode
from trie.hexary import HexaryTrie

from chain.hexvalues import as_int, to_hex

rlp_encode: Callable[[Any], bytes] = encode
"""Recursive length prefix of bytes, integers and lists of them."""
rlp_decode: Callable[[bytes], Any] = decode
"""Its inverse, giving bytes and lists."""

_NO_ACCOUNT = [b"", b"", keccak(rlp_encode(b"")), keccak(b"")]


def account_proof(
    nodes: Any, state_root: bytes, address: bytes, slots: Sequence[str]
) -> dict[str, object]:
    """The answer to ``eth_getProof`` for one account, from the trie nodes of a chain database."""
    accounts: Any = HexaryTrie(nodes, state_root)
    key = keccak(address)
    account = accounts[key]
    nonce, balance, root, code = rlp_decode(account) if account else _NO_ACCOUNT
    storage: Any = HexaryTrie(nodes, root)
    return {
        "address": to_hex(address),
        "accountProof": _nodes(accounts, key),
        "balance": to_hex(int.from_bytes(balance, "big")),
        "nonce": to_hex(int.from_bytes(nonce, "big")),
        "codeHash": to_hex(code),
        "storageHash": to_hex(root),
        "storageProof": [_slot(storage, slot) for slot in slots],
    }


def _slot(storage: Any, slot: str) -> dict[str, object]:
    key = keccak(as_int(slot).to_bytes(32, "big"))
    value = storage[key]
    number = int.from_bytes(rlp_decode(value), "big") if value else 0
    return {"key": slot, "value": to_hex(number), "proof": _nodes(storage, key)}


def _nodes(trie: Any, key: bytes) -> list[str]:
    return [to_hex(rlp_encode(node)) for node in trie.get_proof(key)]
