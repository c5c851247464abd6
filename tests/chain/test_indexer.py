"""The index: equal to what is on chain, however it came there; never what a node left out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from chain.wallet import address_of
from credential import history
from credential.facts import LedgerFacts
from credential.history import Act, BatchAnchored, Succession
from credential.keys import SoftwareKey
from database.connections import Database
from store.indexing import Index
from tests.chain.indexing import afresh, contents, indexed, indexer, tables
from tests.chain.world import (
    ANCHOR_KEY,
    GUARDIAN,
    OTHER_SCHOOL,
    OWNER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
    private_key,
    root_of,
)

P256 = SoftwareKey(ec.derive_private_key(7, ec.SECP256R1())).public
ED25519 = SoftwareKey(ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)).public
FALSE_ID = b"\x99" * 32  # not the thumbprint of the key that is listed with it
SPARE = private_key("spare")


@pytest.fixture
def first(ledger: LedgerUnderTest) -> int:
    """A block before the ledger was deployed, so that tests read little."""
    return max(0, ledger.net.node.block("latest").number - 40)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with tables(database_url) as database:
        yield database


def live(at: LedgerUnderTest) -> bytes:
    """Everything that the contract can log; returns the root of a batch of 300."""
    at.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
    for school, key in ((SCHOOL, P256), (OTHER_SCHOOL, ED25519)):
        at.send(OWNER, "addKey", school, key.kid, 0, 0, 8, key.raw)
    at.send(OWNER, "addKey", SCHOOL, FALSE_ID, 0, 0, 8, P256.raw)
    at.send(OWNER, "addKey", SCHOOL, key_id(SPARE), 0, 2**39, 1, b"")
    root, successor = at.anchored("one"), at.anchored("two", 5)
    at.send(ANCHOR_KEY, "suspend", SCHOOL, root, 1)
    at.send(ANCHOR_KEY, "suspend", SCHOOL, root, 2)
    at.send(ANCHOR_KEY, "reinstate", SCHOOL, root, 2)
    at.send(REVOKE_KEY, "revoke", SCHOOL, root, 3)
    at.send(REVOKE_KEY, "revokeWord", SCHOOL, root, 1, 3 << 254 | 3)
    at.send(REVOKE_KEY, "supersede", SCHOOL, root, 4, successor, 0)
    at.send(OWNER, "setGuardian", address_of(GUARDIAN))
    at.send(GUARDIAN, "pause")
    at.send(OWNER, "unpause")
    at.net.sleep(2)
    at.send(OWNER, "retireKey", key_id(SPARE))
    at.send(OWNER, "markCompromised", key_id(SPARE), 99)
    at.send(GUARDIAN, "suspendSchool", OTHER_SCHOOL)
    at.send(OWNER, "setSchool", SCHOOL, 0, 2**38, TYPES | 1 << 63)
    at.send(OWNER, "transferOwnership", address_of(GUARDIAN))
    at.send(OWNER, "retire", b"\x55" * 20)
    at.net.finalise()
    return root


def test_all_that_the_contract_logs_is_in_the_tables(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    root = live(ledger)
    indexer(ledger, database, first_block=first).advance()
    kept = Index(database)
    until = ledger.net.node.block("latest").number
    school = history.accreditation(kept.school_changes(SCHOOL, until))
    assert school is not None
    assert (school.valid_until, school.types) == (2**38, TYPES | 1 << 63)
    keys = {key.key_id: key for key in history.keys(kept.key_changes(SCHOOL, until))}
    assert {P256.kid, FALSE_ID, *map(key_id, (ANCHOR_KEY, REVOKE_KEY, SPARE))} == set(keys)
    assert (keys[key_id(SPARE)].compromised_since, keys[key_id(SPARE)].roles) == (99, 1)
    batches = [record for record in kept.changes(-1) if isinstance(record, BatchAnchored)]
    assert [(batch.seq, batch.size) for batch in batches] == [(0, 300), (1, 5)]
    assert kept.word(SCHOOL, root, 1, until) == (3 << 254 | 3).to_bytes(32, "big")
    successions = [record for record in kept.changes(-1) if isinstance(record, Succession)]
    assert [(each.position, each.successor_position) for each in successions] == [(4, 0)]
    acts = [(record.name, record.account) for record in kept.changes(-1) if isinstance(record, Act)]
    assert acts == [
        ("OwnershipTransferred", address_of(OWNER)),
        ("GuardianSet", address_of(GUARDIAN)),
        ("Paused", address_of(GUARDIAN)),
        ("Unpaused", b""),
        ("OwnershipTransferStarted", address_of(GUARDIAN)),
        ("Retired", b"\x55" * 20),
    ]


def test_what_is_vouched_for_is_final(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    live(ledger)
    ledger.send(REVOKE_KEY, "revoke", SCHOOL, root_of("one"), 9)
    indexer(ledger, database, first_block=first).advance()
    state = Index(database).state()
    assert state is not None
    assert state.final == ledger.net.node.block("finalized")
    assert state.read == ledger.net.node.block("latest")


# School, key prefix, batch, index: every lane, window and absence that a verification can meet.
ASKED: dict[str, tuple[int, bytes, bytes | None, int]] = {
    "active": (SCHOOL, P256.kid[:8], root_of("one"), 0),
    "suspended": (SCHOOL, P256.kid[:8], root_of("one"), 1),
    "reinstated": (SCHOOL, P256.kid[:8], root_of("one"), 2),
    "revoked": (SCHOOL, P256.kid, root_of("one"), 3),
    "superseded": (SCHOOL, P256.kid, root_of("one"), 4),
    "revoked in another word": (SCHOOL, P256.kid, root_of("one"), 128),
    "last lane of a word": (SCHOOL, P256.kid, root_of("one"), 255),
    "a word in which nothing happened": (SCHOOL, P256.kid, root_of("one"), 299),
    "beyond the batch": (SCHOOL, P256.kid, root_of("two"), 700),
    "all keys": (SCHOOL, b"", root_of("two"), 0),
    "a chain key": (SCHOOL, key_id(ANCHOR_KEY), root_of("two"), 0),
    "a key under a false id": (SCHOOL, FALSE_ID, root_of("two"), 0),
    "no such key": (SCHOOL, b"\x01" * 8, root_of("one"), 0),
    "another school's key": (SCHOOL, ED25519.kid, root_of("one"), 0),
    "another school's batch": (OTHER_SCHOOL, ED25519.kid, root_of("one"), 0),
    "a suspended school": (OTHER_SCHOOL, ED25519.kid[:8], None, 0),
    "no such batch": (SCHOOL, P256.kid, root_of("none"), 0),
    "no such school": (99, P256.kid, root_of("one"), 0),
    "no batch asked for": (SCHOOL, P256.kid, None, 0),
}
FROM_THE_TABLES = {
    *("active", "suspended", "reinstated", "revoked", "superseded", "revoked in another word"),
    *("last lane of a word", "a word in which nothing happened", "beyond the batch", "all keys"),
}


def without_trust(facts: LedgerFacts) -> dict[str, object]:
    names = ("block", "school", "keys", "next_seq", "anchor", "pending", "lane")
    return {name: getattr(facts, name) for name in names}


def test_facts_are_those_that_the_chain_gives(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    live(ledger)
    indexer(ledger, database, first_block=first).advance()
    quick, slow = indexed(ledger, database), ledger.reader(first_block=first)
    from_tables = set()
    for name, question in ASKED.items():
        found, wanted = quick.facts(*question), slow.facts(*question)
        assert without_trust(found) == without_trust(wanted), name
        if found.trust.indexed:
            from_tables.add(name)
    assert from_tables == FROM_THE_TABLES


def test_an_index_built_in_small_spans_and_many_rounds_is_the_same(
    ledger: LedgerUnderTest, database: Database, tmp_path: Path, first: int
) -> None:
    following = indexer(ledger, database, first_block=first, span=3)
    following.advance()
    live(ledger)
    following.advance()
    ledger.send(ANCHOR_KEY, "suspend", SCHOOL, root_of("one"), 200)
    ledger.net.finalise()
    following.advance()
    assert contents(database) == afresh(ledger, tmp_path, first_block=first)


def test_reading_the_same_again_changes_nothing(
    ledger: LedgerUnderTest, database: Database, first: int
) -> None:
    live(ledger)
    following = indexer(ledger, database, first_block=first)
    following.advance()
    before, kept = contents(database), Index(database)
    following.advance()
    state = kept.state()
    assert state is not None
    assert state.read is not None
    kept.append(ledger.deployment, state.read, list(kept.changes(-1)), kept.tail()[::-1], 0)
    assert contents(database) == before
    following.rebuild()
    assert contents(database) == before
