"""How a Merkle tree is cut into rows, so that a path is one small read.

A tile holds the subtree above 64 neighbouring nodes: 64 + 32 + … + 2 = 126 hashes, 4,032
bytes, which fills one page of SQLite. Tier t covers the tree's levels 6t to 6t+5; the root
stands in the batch's row. Levels with an odd number of nodes pass their last one up unchanged
(RFC 9162, section 2.1.1), so widths at the right edge follow from the number of leaves alone.
Nothing is hashed here, and a wrong tree is stored as it is: verifiers trust no path.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

HASH = 32  # bytes
HEIGHT = 6  # levels in a tile
WIDTH = 1 << HEIGHT  # nodes in a tile's lowest level


@lru_cache(maxsize=4096)  # asked several times for each path, of a few sizes
def widths(leaves: int) -> tuple[int, ...]:
    """Numbers of nodes per level, from the leaves to the root (which is the last, 1)."""
    found = [leaves]
    while found[-1] > 1:
        found.append((found[-1] + 1) // 2)
    return tuple(found)


def well_shaped(levels: Sequence[bytes], leaves: int) -> bool:
    """Whether these joined levels have the lengths of a tree over that many leaves."""
    return [len(level) for level in levels] == [width * HASH for width in widths(leaves)]


def cut(levels: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """The tiles (tier, number, hashes joined level by level) of a tree given by its levels."""
    for tier in range((len(levels) - 1 + HEIGHT - 1) // HEIGHT):
        tier_levels = levels[tier * HEIGHT : min((tier + 1) * HEIGHT, len(levels) - 1)]
        spans = [(level, (WIDTH >> step) * HASH) for step, level in enumerate(tier_levels)]
        count = -(-len(tier_levels[0]) // (WIDTH * HASH))
        for tile in range(count):
            parts = [level[tile * span : (tile + 1) * span] for level, span in spans]
            yield tier, tile, b"".join(parts)


def needed(leaf: int, leaves: int) -> list[tuple[int, int]]:
    """The tiles (tier, number) that hold a leaf and its path, from the bottom up."""
    tiers = max(1, (len(widths(leaves)) - 1 + HEIGHT - 1) // HEIGHT)
    return [(tier, leaf >> HEIGHT * (tier + 1)) for tier in range(tiers)]


def length(tier: int, tile: int, leaves: int) -> int:
    """The bytes of a tile of a tree over that many leaves."""
    levels = widths(leaves)[tier * HEIGHT : (tier + 1) * HEIGHT]
    spans = [(width, WIDTH >> step) for step, width in enumerate(levels) if width > 1]
    return HASH * sum(min(width - tile * span, span) for width, span in spans)


def path(leaf: int, leaves: int, tiles: Mapping[int, bytes]) -> tuple[bytes, ...]:
    """The siblings of a leaf from the bottom up, out of its tiles by tier."""
    siblings = []
    offset = 0
    for level, width in enumerate(widths(leaves)[:-1]):
        tier, step = divmod(level, HEIGHT)
        first = (leaf >> HEIGHT * (tier + 1)) * (WIDTH >> step)
        if step == 0:
            offset = 0
        sibling = (leaf >> level) ^ 1
        if sibling < width:
            siblings.append(_hash(tiles[tier], offset + sibling - first))
        offset += min(width - first, WIDTH >> step)
    return tuple(siblings)


def leaf_hash(leaf: int, tile: bytes) -> bytes:
    """The hash of a leaf out of its tile of tier 0."""
    return _hash(tile, leaf % WIDTH)


def leaf_hashes(tile: int, hashes: bytes, leaves: int) -> bytes:
    """All leaf hashes, joined, of the tile with that number in tier 0."""
    return hashes[: min(WIDTH, leaves - tile * WIDTH) * HASH]


def _hash(tile: bytes, position: int) -> bytes:
    return tile[position * HASH : (position + 1) * HASH]
