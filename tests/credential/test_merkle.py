"""The batch tree against an independent, straightforward reading of RFC 9162 §2.1."""

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import merkle


def mth(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, written as the RFC writes it (over leaf hashes)."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = mth(leaves[:split]), mth(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def audit_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162 §2.1.3.1."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*audit_path(index, leaves[:split]), mth(leaves[split:])]
    return [*audit_path(index - split, leaves[split:]), mth(leaves[:split])]


def leaves_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(at.to_bytes(4, "big")) for at in range(count)]


def test_every_tree_of_1_to_1000_leaves_agrees_with_the_rfc() -> None:
    for size in range(1, 1001):
        leaves = leaves_of(size)
        tree = merkle.levels(leaves)
        assert tree[-1] == mth(leaves), size
        for index in {0, size // 3, size - 1, random.Random(size).randrange(size)}:
            siblings = merkle.path(tree, index)
            assert list(siblings) == audit_path(index, leaves), (size, index)
            assert merkle.root_of(leaves[index], index, size, siblings) == tree[-1]


@given(st.integers(1, 130), st.data())
@settings(max_examples=60)
def test_a_path_proves_no_other_index(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    tree = merkle.levels(leaves)
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    siblings = merkle.path(tree, index)
    found = merkle.root_of(leaves[index], other, size, siblings)
    assert (found == tree[-1]) == (index == other)


@given(st.integers(2, 130), st.data())
@settings(max_examples=60)
def test_any_changed_bit_of_a_path_leads_elsewhere(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    tree = merkle.levels(leaves)
    index = data.draw(st.integers(0, size - 1))
    siblings = [bytearray(node) for node in merkle.path(tree, index)]
    at = data.draw(st.integers(0, len(siblings) * 256 - 1))
    siblings[at // 256][at % 256 // 8] ^= 1 << at % 8
    changed = [bytes(node) for node in siblings]
    assert merkle.root_of(leaves[index], index, size, changed) != tree[-1]


def test_a_repeated_last_leaf_makes_another_root() -> None:
    three = leaves_of(3)
    assert merkle.levels(three)[-1] != merkle.levels([*three, three[-1]])[-1]


def test_no_inner_node_passes_as_a_leaf() -> None:
    leaves = leaves_of(16)
    tree = merkle.levels(leaves)
    for level in tree[1:]:
        for at in range(0, len(level), 32):
            node = level[at : at + 32]
            assert merkle.leaf_hash(node) not in leaves
            assert merkle.root_of(node, at // 32, 16, merkle.path(tree, at // 32)) != tree[-1]


def test_no_leaves_make_no_tree() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
        merkle.levels([])


def test_a_path_beyond_the_tree_is_refused() -> None:
    with pytest.raises(IndexError):
        merkle.path(merkle.levels(leaves_of(3)), 3)
