"""What verifiers read: paths, look-up codes, the published leaf file."""

import random

import pytest

from credential import merkle, qrtoken
from credential.errors import RefusedError
from credential.facts import Evidence
from credential.records import BatchState
from store import leaves, tiles
from store.evidence import EvidenceReader
from verifier.ports import EvidenceStore

# sizes at which tiles, tiers or the right edge change shape
SIZES = [1, 2, 3, 5, 31, 32, 33, 63, 64, 65, 100, 2047, 2048, 2049, 2600]


def test_tiles_give_back_every_path_of_every_tree_up_to_300_leaves():
    hashes = [merkle.leaf_hash(leaf.to_bytes(2, "big")) for leaf in range(300)]
    for leaf_count in range(2, 301):
        levels = merkle.levels(hashes[:leaf_count])
        assert tiles.well_shaped(levels, leaf_count)
        cut = {(tier, tile): joined for tier, tile, joined in tiles.cut(levels)}
        assert max(len(joined) for joined in cut.values()) <= 126 * 32
        for leaf in range(leaf_count):
            held = {tier: cut[tier, tile] for tier, tile in tiles.needed(leaf, leaf_count)}
            assert tiles.path(leaf, leaf_count, held) == merkle.path(levels, leaf)
            assert tiles.leaf_hash(leaf, held[0]) == hashes[leaf]


@pytest.mark.parametrize("size", SIZES)
def test_evidence_leads_from_the_leaf_to_the_root(database, book, sample, size):
    one = sample("one", size=size)
    signed = one.sign(book)
    reader: EvidenceStore = EvidenceReader(database)
    chosen = {0, 1, 2 * size - 2, 2 * size - 1, *random.Random(size).choices(range(2 * size), k=20)}
    for leaf in chosen:
        found = reader.evidence(7, 0, leaf)
        assert found == Evidence(one.leaves[leaf], size, merkle.path(one.levels, leaf))
        assert merkle.root_of(found.leaf, leaf, 2 * size, found.path) == signed.root


@pytest.mark.parametrize(
    ("school", "seq", "leaf"),
    [
        pytest.param(8, 0, 0, id="another school"),
        pytest.param(7, 1, 0, id="a later batch"),
        pytest.param(7, 0, 6, id="a leaf beyond the batch"),
        pytest.param(7, 0, -1, id="a leaf before it"),
        pytest.param(7, 1 << 70, 0, id="a number that no database holds"),
        pytest.param(-1, 0, 0, id="a school below zero"),
    ],
)
def test_what_is_not_here_has_no_evidence(database, book, sample, school, seq, leaf):
    sample("one").sign(book)
    assert EvidenceReader(database).evidence(school, seq, leaf) is None


def test_evidence_shows_once_signed_and_a_code_once_final(database, book, sample):
    one = sample("one")
    reader = EvidenceReader(database)
    code = one.rows[1].code

    def shown():
        return reader.evidence(7, 0, 0) is not None, reader.token(code) is not None

    seen = [shown()]
    number = one.stage(book).id
    seen.append(shown())
    book.sign(number, one.signatures, one.levels)
    seen.append(shown())
    for state in (BatchState.SENT, BatchState.MINED, BatchState.FINAL, BatchState.DELIVERED):
        book.advance(number, state, block=9, time=9)
        seen.append(shown())
    nothing, evidence, both = (False, False), (True, False), (True, True)
    assert seen == [nothing, nothing, evidence, evidence, evidence, both, both]


def test_a_code_gives_the_token_byte_for_byte(database, book, sample):
    one = sample("one")
    one.finalise(book)
    token = EvidenceReader(database).token(one.rows[2].code)
    assert token == qrtoken.assemble(
        one.rows[2].qr_payload, one.batch.kid, "ES256", one.signatures[2].qr
    )


@pytest.mark.parametrize("code", ["", "0000000000000000", "a' OR 1=1 --", "x\0y", "\ud800"])
def test_an_unknown_code_stands_for_nothing(database, book, sample, code):
    sample("one").finalise(book)
    assert EvidenceReader(database).token(code) is None


def test_a_leaf_hash_leads_to_its_place(database, book, sample):
    sample("one", seq=0).sign(book)
    two = sample("two", size=70, seq=1)
    two.sign(book)
    reader = EvidenceReader(database)
    for leaf in (0, 77, 139):
        school, seq, found, evidence = reader.by_digest(two.leaves[leaf])
        assert (school, seq, found) == (7, 1, leaf)
        assert evidence == reader.evidence(7, 1, leaf)


def test_an_unknown_digest_leads_nowhere(database, book, sample):
    one = sample("one")
    one.sign(book)
    reader = EvidenceReader(database)
    same_prefix = one.leaves[0][:8] + bytes(24)
    assert [reader.by_digest(digest) for digest in (b"", bytes(32), same_prefix)] == [None] * 3


@pytest.mark.parametrize("size", [1, 32, 33, 9000])
def test_the_leaf_file_holds_every_leaf_hash_in_order(database, book, sample, size, tmp_path):
    one = sample("one", size=size)
    one.sign(book)
    target = tmp_path / "7-0.leaves"
    assert leaves.write(database, 7, 0, target) == 2 * size
    assert target.read_bytes() == one.levels[0]
    assert [path.name for path in tmp_path.glob("*.partial")] == []


def test_an_unsigned_batch_has_no_leaf_file(database, book, sample, tmp_path):
    sample("one").stage(book)
    with pytest.raises(RefusedError, match=r"batch\.unsigned"):
        leaves.write(database, 7, 0, tmp_path / "7-0.leaves")
    assert list(tmp_path.glob("*leaves*")) == []
