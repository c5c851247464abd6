"""The batch tree: an RFC 9162 §2.1 Merkle tree with SHA-256, leaf 0x00 and node 0x01.

Positional, never sorted pairs, so a path proves the leaf's index. Credential i of a batch owns
leaves 2i (its SD-JWT) and 2i+1 (its QR token). A tree is kept as its levels, from leaves to
root, each level's 32-byte hashes joined; an odd last node is promoted unchanged.
"""

import hashlib
from collections.abc import Iterable, Sequence

HASH = 32  # bytes


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 9162 §2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def levels(leaves: Iterable[bytes]) -> list[bytes]:
    """All levels of the tree over these leaf hashes; the last one is the 32-byte root.

    Raises ValueError for no leaves.
    """
    level = b"".join(leaves)
    if not level:
        raise ValueError("a tree has at least one leaf")
    sha256, tree = hashlib.sha256, [level]
    while len(level) > HASH:
        even = len(level) - len(level) % (2 * HASH)
        nodes = [
            sha256(b"\x01" + level[at : at + 2 * HASH]).digest() for at in range(0, even, 2 * HASH)
        ]
        level = b"".join(nodes) + level[even:]
        tree.append(level)
    return tree


def path(tree: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The siblings from leaf to root (RFC 9162 §2.1.3.1). Raises IndexError."""
    if not 0 <= index < len(tree[0]) // HASH:
        raise IndexError(index)
    siblings = []
    for level in tree[:-1]:
        sibling = (index ^ 1) * HASH
        if sibling < len(level):
            siblings.append(level[sibling : sibling + HASH])
        index >>= 1
    return tuple(siblings)


def root_of(leaf: bytes, index: int, size: int, siblings: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to, or None if the path does not fit index and size.

    Follows RFC 9162 §2.1.3.2: `size` counts leaves and comes from the chain.
    """
    if not 0 <= index < size:
        return None
    node, last, found = index, size - 1, leaf
    for sibling in siblings:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node >>= 1
                last >>= 1
        else:
            found = node_hash(found, sibling)
        node >>= 1
        last >>= 1
    return found if last == 0 else None
