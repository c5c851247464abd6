"""Merkle paths: a good one, and one for each fault."""

from collections.abc import Iterator

from credential import merkle


def paths() -> Iterator[tuple[str, str, dict[str, object], bool]]:
    """(name, what is wrong, path case, whether it leads to the root)."""
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(11)]
    tree = merkle.levels(leaves)
    good = {
        "leaf": leaves[4].hex(), "index": 4, "size": 11, "root": tree[-1].hex(),
        "path": [node.hex() for node in merkle.path(tree, 4)],
    }  # fmt: skip
    siblings = list(good["path"])
    yield "path-good", "nothing", good, True
    yield "path-index", "the neighbour's index", good | {"index": 5}, False
    # Of a tree with an odd last node a size one off may lead to the same root for inner
    # leaves; sizes come from the chain, and this one changes the shape.
    yield "path-size", "a size that has another shape", good | {"size": 4}, False
    yield "path-short", "last sibling missing", good | {"path": siblings[:-1]}, False
    yield "path-long", "a sibling too many", good | {"path": [*siblings, siblings[0]]}, False
    yield "path-beyond", "an index beyond the size", good | {"index": 11}, False
    inner = tree[1][64:96]
    yield "path-inner-node", "an inner node as leaf", good | {
        "leaf": inner.hex(), "index": 2, "path": siblings[1:],
    }, False  # fmt: skip
    swapped = [siblings[1], siblings[0], *siblings[2:]]
    yield "path-order", "siblings in another order", good | {"path": swapped}, False
