"""What a verifier reads of the store: `verifier.ports.EvidenceStore`, and paths by digest.

Read-only. Evidence shows from SIGNED on (whether it is anchored, the chain says), a look-up
code only from FINAL on: before that nothing is issued. Nothing here is trusted by a verifier,
and the database is not trusted here: rows that no writer of ours made say UnavailableError
``store`` (damaged), so that a broken disk never reads as a broken document.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    and_,
    bindparam,
    literal_column,
    or_,
    select,
    union_all,
)

from credential import qrtoken
from credential.errors import FormatError, UnavailableError
from credential.facts import Evidence
from credential.records import BatchState
from database.connections import Database
from store import tiles
from store.tables import BATCHES, CREDENTIALS, LEAVES, SIGNATURES, TILES, folded

_LARGEST = 1 << 32  # school and batch numbers have 32 bits on chain
_MAX_SIZE = 1 << 24  # credentials in a batch, as many as a QR token can number
_CACHED_BATCHES = 4096
_MOST = 1000  # credentials of one number: a plain register number may stand in every school

_ISSUED = (BatchState.FINAL, BatchState.DELIVERED)
_TREE = select(BATCHES.c.id, BATCHES.c.size).where(
    BATCHES.c.school == bindparam("school"),
    BATCHES.c.seq == bindparam("seq"),
    BATCHES.c.root.is_not(None),
)
_TOKENS = (
    select(CREDENTIALS.c.qr_payload, BATCHES.c.kid, BATCHES.c.alg, SIGNATURES.c.qr)
    .join_from(CREDENTIALS, BATCHES, BATCHES.c.id == CREDENTIALS.c.batch)
    .join(
        SIGNATURES,
        and_(
            SIGNATURES.c.batch == CREDENTIALS.c.batch,
            SIGNATURES.c.position == CREDENTIALS.c.position,
        ),
    )
    .where(or_(*(BATCHES.c.state == state.value for state in _ISSUED)))
)
_TOKEN = _TOKENS.where(CREDENTIALS.c.code == bindparam("code"))
_TOKEN_AT = _TOKENS.where(
    BATCHES.c.school == bindparam("school"),
    BATCHES.c.seq == bindparam("seq"),
    CREDENTIALS.c.position == bindparam("index"),
)
# A part for each index; a disjunction would read the whole table.
_NUMBERED = union_all(
    *(
        _TOKENS.add_columns(CREDENTIALS.c.batch, CREDENTIALS.c.position).where(
            literal_column(folded(f"credentials.{column}")) == bindparam("number")
        )
        for column in ("serial", "register_no")
    )
).limit(_MOST)
_LOWEST = (
    select(TILES.c.tile, TILES.c.hashes)
    .where(TILES.c.batch == bindparam("batch"), TILES.c.tier == 0)
    .order_by(TILES.c.tile)
)
_LEAF = (
    select(BATCHES.c.school, BATCHES.c.seq, LEAVES.c.leaf)
    .join_from(LEAVES, BATCHES, BATCHES.c.id == LEAVES.c.batch)
    .order_by(LEAVES.c.batch, LEAVES.c.leaf)
)


class EvidenceReader:
    """Evidence and look-up codes out of one store. Batches that are signed never change."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trees: dict[tuple[int, int], tuple[int, int]] = {}  # (school, seq): (id, size)

    def evidence(self, school: int, seq: int, leaf_index: int) -> Evidence | None:
        """The path of a leaf; None when no such batch or leaf is known here."""
        if not (0 <= school < _LARGEST and 0 <= seq < _LARGEST):
            return None
        batch, size = self._tree(school, seq) or (0, 0)
        leaves = 2 * size
        if not 0 <= leaf_index < leaves:
            return None
        places = tiles.needed(leaf_index, leaves)
        values = {f"tile{tier}": tile for tier, tile in places}
        held = dict(self._database.ask(_tiles(len(places)), {"batch": batch} | values))
        if not all(_is_tile(held.get(tier), tier, tile, leaves) for tier, tile in places):
            self._trees.pop((school, seq), None)  # its size may be what is wrong
            raise _damaged()
        leaf = tiles.leaf_hash(leaf_index, held[0])
        return Evidence(leaf, size, tiles.path(leaf_index, leaves, held))

    def leaves(self, school: int, seq: int) -> bytes | None:
        """A batch's leaf file, published so that anyone can mirror and verify; None if unknown.

        All leaf hashes of the tree in order, nothing else. They reveal nothing: what is hashed
        holds salts or a signature.
        """
        if not (0 <= school < _LARGEST and 0 <= seq < _LARGEST):
            return None
        batch, size = self._tree(school, seq) or (0, 0)
        leaves = 2 * size
        held = self._database.ask(_LOWEST, {"batch": batch})
        if not all(_is_tile(hashes, 0, tile, leaves) for tile, hashes in held):
            raise _damaged()
        found = b"".join(tiles.leaf_hashes(tile, hashes, leaves) for tile, hashes in held)
        if len(found) != leaves * tiles.HASH:
            raise _damaged()
        return found or None

    def token(self, code: str) -> bytes | None:
        """The QR token (COSE bytes) of a look-up code in its one spelling; None when unknown."""
        if not code.isalnum():
            return None
        rows = self._database.ask(_TOKEN, {"code": code})
        return _assembled(rows[0]) if rows else None

    def numbered(self, number: str) -> Sequence[bytes]:
        """The QR tokens of that serial or register number; see `verifier.ports.NumberedStore`."""
        if not number.isprintable():
            return []
        rows = self._database.ask(_NUMBERED, {"number": number})
        by_place = {row[-2:]: row[:-2] for row in rows}
        return [_assembled(by_place[place]) for place in sorted(by_place, reverse=True)]

    def token_at(self, school: int, seq: int, index: int) -> bytes | None:
        """The QR token (COSE bytes) at a place in a batch that is final; None when unknown."""
        place = {"school": school, "seq": seq, "index": index}
        rows = self._database.ask(_TOKEN_AT, place)
        return _assembled(rows[0]) if rows else None

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        """School, batch number, leaf index and evidence of a leaf hash (32 bytes), if known.

        The digest is that of the tree: SHA-256 of 0x00 and the artefact's bytes.
        """
        if len(digest) != tiles.HASH:
            return None
        prefix = LEAVES.c.prefix == int.from_bytes(digest[:8], "big", signed=True)
        with self._database.reading() as connection:
            places = connection.execute(_LEAF.where(prefix)).all()
        for school, seq, leaf in places:
            if not all(type(number) is int for number in (school, seq, leaf)):
                raise _damaged()
            evidence = self.evidence(school, seq, leaf)
            if evidence and evidence.leaf == digest:
                return school, seq, leaf, evidence
        return None

    def _tree(self, school: int, seq: int) -> tuple[int, int] | None:
        if known := self._trees.get((school, seq)):
            return known
        rows = self._database.ask(_TREE, {"school": school, "seq": seq})
        if not rows:
            return None
        batch, size = rows[0]
        if type(size) is not int or not 0 < size <= _MAX_SIZE:
            raise _damaged()
        if len(self._trees) >= _CACHED_BATCHES:
            self._trees.clear()
        self._trees[school, seq] = batch, size
        return batch, size


def _is_tile(found: object, tier: int, tile: int, leaves: int) -> bool:
    # SQLite keeps whatever was written, also text where there should be bytes
    return isinstance(found, bytes) and len(found) == tiles.length(tier, tile, leaves)


def _assembled(row: Sequence[Any]) -> bytes:
    try:
        token = qrtoken.assemble(*row)
        qrtoken.parse(token)
    except (FormatError, KeyError, TypeError):
        raise _damaged() from None
    return token


def _damaged() -> UnavailableError:
    return UnavailableError("store", "damaged")


@lru_cache
def _tiles(tiers: int) -> CompoundSelect[int, bytes]:
    """The tiles of a path as one statement, which SQLAlchemy then compiles once.

    A union and not a disjunction: for the latter SQLite would read the whole batch.
    """
    of_batch = select(TILES.c.tier, TILES.c.hashes).where(TILES.c.batch == bindparam("batch"))
    return union_all(
        *(
            of_batch.where(TILES.c.tier == tier, TILES.c.tile == bindparam(f"tile{tier}"))
            for tier in range(tiers)
        )
    )
