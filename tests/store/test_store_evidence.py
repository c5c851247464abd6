"""What verifiers read: paths, look-up codes, the published leaf file."""

import random

import pytest

from credential import merkle, qrtoken
from credential.errors import UnavailableError
from credential.facts import Evidence
from credential.records import BatchState
from database.connections import _written
from store import tiles
from store.batches import Batches
from store.evidence import _NUMBERED, EvidenceReader
from store.schema import STORE
from tests.databases import migrated
from verifier.ports import EvidenceStore, NumberedStore

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
            assert all(
                tiles.length(*place, leaf_count) == len(cut[place])
                for place in tiles.needed(leaf, leaf_count)
            )
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


def test_a_number_gives_the_tokens_of_all_that_have_it_newest_first(database, book, sample):
    old, new = sample("one"), sample("two", seq=1)
    for one in (old, new):
        one.finalise(book)
    of_both = [
        qrtoken.assemble(one.rows[1].qr_payload, one.batch.kid, "ES256", one.signatures[1].qr)
        for one in (new, old)
    ]
    reader: NumberedStore = EvidenceReader(database)
    assert reader.numbered("T00000001") == of_both
    assert reader.numbered("B26/TWO/00002") == of_both[:1]


@pytest.mark.parametrize("number", ["", "T-00000001", "t00000001", "' OR 1=1", "x\0y", "\ud800"])
def test_an_unknown_number_gives_nothing(database, book, sample, number):
    sample("one").finalise(book)
    assert EvidenceReader(database).numbered(number) == []


def test_a_number_shows_once_final(database, book, sample):
    one = sample("one")
    reader = EvidenceReader(database)
    number = one.sign(book).id
    assert not reader.numbered("T00000001")
    book.advance(number, BatchState.FINAL, block=9, time=9)
    assert len(reader.numbered("T00000001")) == 1


def test_numbers_are_looked_up_by_their_indexes(database, book, sample):
    """With an index for each column that holds numbers: a school's whole past is never read."""
    sql, names, fixed = _written(_NUMBERED, database.reads.dialect)
    values = tuple({"number": "T00000001"}.get(name, fixed.get(name)) for name in names)
    with database.reading() as connection:
        if database.reads.dialect.name == "sqlite":
            explain = "EXPLAIN QUERY PLAN"
        else:
            explain = "EXPLAIN"
            connection.exec_driver_sql("SET enable_seqscan = off")  # as if the table were large
        plan = str(connection.exec_driver_sql(f"{explain} {sql}", values).all())
    assert plan.count("_folded") == 2, plan


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
def test_the_leaf_file_holds_every_leaf_hash_in_order(database, book, sample, size):
    one = sample("one", size=size)
    one.sign(book)
    assert EvidenceReader(database).leaves(7, 0) == one.levels[0]


@pytest.mark.parametrize("place", [(7, 0), (8, 0), (7, 1), (-1, 0), (7, 1 << 70)])
def test_a_batch_that_is_not_signed_has_no_leaf_file(database, book, sample, place):
    sample("one").stage(book)
    assert EvidenceReader(database).leaves(*place) is None


DAMAGED = {
    "a tile is missing": "DELETE FROM tiles WHERE tier = 0",
    "a tile of the upper tier is missing": "DELETE FROM tiles WHERE tier = 1",
    "the size is too large": "UPDATE batches SET size = 4000",
    "the size is too small": "UPDATE batches SET size = 60",
    "the size is beyond any batch": "UPDATE batches SET size = 4611686018427387904",
    "the size is nothing": "UPDATE batches SET size = 0",
    "the size is below zero": "UPDATE batches SET size = -1",
    "the size is a text": "UPDATE batches SET size = 'many'",
    "the size is a fraction": "UPDATE batches SET size = 100.5",
    "hashes are text": "UPDATE tiles SET hashes = hex(hashes)",
    "hashes are text that is no UTF-8": "UPDATE tiles SET hashes = CAST(hashes AS TEXT)",
    "hashes are a number": "UPDATE tiles SET hashes = 1",
    "hashes are nothing": "UPDATE tiles SET hashes = x''",
    "hashes are cut short": "UPDATE tiles SET hashes = substr(hashes, 1, 1000)",
    "hashes have a byte too many": "UPDATE tiles SET hashes = CAST(hashes || x'00' AS BLOB)",
}
DAMAGED_TOKENS = {
    "an odd algorithm": "UPDATE batches SET alg = 'RS256'",
    "an algorithm in bytes": "UPDATE batches SET alg = x'00'",
    "a key id as text": "UPDATE batches SET kid = 'key'",
    "a key id as a number": "UPDATE batches SET kid = 1",
    "a key id cut short": "UPDATE batches SET kid = x'00'",
    "a payload as text": "UPDATE credentials SET qr_payload = 'payload'",
    "a payload of other bytes": "UPDATE credentials SET qr_payload = x'a0'",
    "a signature as text": "UPDATE signatures SET qr = 'signature'",
    "a signature cut short": "UPDATE signatures SET qr = x'00'",
}
DAMAGED_LEAVES = {
    "a leaf as text": "UPDATE leaves SET leaf = 'x' || leaf",
    "a batch's number as text": "UPDATE batches SET seq = 'first'",
    "a school as text": "UPDATE batches SET school = 'ours'",
}


@pytest.fixture
def one_file(tmp_path):
    """A store in SQLite, which unlike PostgreSQL keeps any value in any column."""
    database = STORE.connect(migrated(STORE, tmp_path / "store.db"))
    yield database
    database.close()


@pytest.fixture
def stored(one_file, sample):
    one = sample("one", size=100)
    one.finalise(Batches(one_file))
    return one


def damage(database, statement):
    with database.writing() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


def says_damaged(ask):
    with pytest.raises(UnavailableError) as caught:
        ask()
    assert caught.value.source == "store"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("warm", [False, True], ids=["read first", "known before"])
@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_tree_is_the_store_s_silence(one_file, stored, what, warm):
    reader = EvidenceReader(one_file)
    if warm:
        assert reader.evidence(7, 0, 5) is not None
    damage(one_file, DAMAGED[what])
    if warm and "size" in what:
        assert reader.evidence(7, 0, 5) is not None, "batches that are signed never change"
    else:
        says_damaged(lambda: reader.evidence(7, 0, 5))


def test_a_mended_tree_is_read_again(one_file, stored):
    reader = EvidenceReader(one_file)
    damage(one_file, "UPDATE batches SET size = 4000")
    says_damaged(lambda: reader.evidence(7, 0, 5))
    damage(one_file, "UPDATE batches SET size = 100")
    assert reader.evidence(7, 0, 5).leaf == stored.leaves[5]


@pytest.mark.parametrize("what", DAMAGED_TOKENS)
def test_a_damaged_credential_is_the_store_s_silence(one_file, stored, what):
    damage(one_file, DAMAGED_TOKENS[what])
    says_damaged(lambda: EvidenceReader(one_file).token(stored.rows[3].code))


@pytest.mark.parametrize("what", sorted(DAMAGED.keys() - {"a tile of the upper tier is missing"}))
def test_a_damaged_leaf_file_is_the_store_s_silence(one_file, stored, what):
    damage(one_file, DAMAGED[what])
    says_damaged(lambda: EvidenceReader(one_file).leaves(7, 0))


@pytest.mark.parametrize("what", DAMAGED_LEAVES)
def test_a_damaged_index_of_leaves_is_the_store_s_silence(one_file, stored, what):
    damage(one_file, DAMAGED_LEAVES[what])
    says_damaged(lambda: EvidenceReader(one_file).by_digest(stored.leaves[3]))
