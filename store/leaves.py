"""The flat file of a batch's leaf hashes, published so that anyone can mirror and verify.

32 bytes per leaf, in the order of the tree, nothing else: leaf 2i is credential i's SD-JWT,
2i + 1 its QR token. The hashes reveal nothing: what is hashed holds salts or a signature.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select

from credential.errors import RefusedError
from database.connections import Database
from store import tiles
from store.tables import BATCHES, TILES

_PAGE = 256  # tiles read at once: 512 KiB of leaf hashes


def write(database: Database, school: int, seq: int, target: Path) -> int:
    """Write a signed batch's leaf hashes to a file, whole or not at all; return their number.

    Raises RefusedError ``batch.unsigned`` if there is no such batch or it has no tree yet.
    """
    query = select(BATCHES.c.id, BATCHES.c.size).where(
        BATCHES.c.school == school, BATCHES.c.seq == seq, BATCHES.c.root.is_not(None)
    )
    with database.reading() as connection:
        batch = connection.execute(query).one_or_none()
    if batch is None:
        raise RefusedError("batch.unsigned", school=school, seq=seq)
    partial = target.with_name(target.name + ".partial")
    with partial.open("wb") as file:
        for hashes in _pages(database, batch.id, 2 * batch.size):
            file.write(hashes)
    partial.replace(target)
    return int(2 * batch.size)


def _pages(database: Database, batch: int, leaves: int) -> Iterator[bytes]:
    query = (
        select(TILES.c.tile, TILES.c.hashes)
        .where(TILES.c.batch == batch, TILES.c.tier == 0)
        .order_by(TILES.c.tile)
        .limit(_PAGE)
    )
    for start in range(0, -(-leaves // tiles.WIDTH), _PAGE):
        with database.reading() as connection:
            found = connection.execute(query.where(TILES.c.tile >= start)).all()
        yield b"".join(tiles.leaf_hashes(tile, hashes, leaves) for tile, hashes in found)
