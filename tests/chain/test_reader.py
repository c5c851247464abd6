"""Facts for a verification: all at one finalised block, cached, never made up."""

import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from eth_hash.auto import keccak

from chain import acts
from chain.provider import ChainProvider
from chain.sender import Sender
from chain.trieproof import rlp_encode
from credential.errors import ConfigError, UnavailableError
from credential.facts import LedgerFacts
from credential.keys import SoftwareKey
from credential.model import Deployment, KeyRole, Lane
from credential.records import Call
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    Outbox,
    key_id,
    root_of,
)

P256 = SoftwareKey(ec.derive_private_key(7, ec.SECP256R1())).public
ED25519 = SoftwareKey(ed25519.Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)).public


@pytest.fixture
def counted(ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every request that is sent to the chain from now on."""
    provider = ledger.net.web3.provider
    assert isinstance(provider, ChainProvider)
    link, sent = provider._link, list[bytes]()
    post = link.post

    def noted(body: bytes) -> object:
        sent.append(body)
        return post(body)

    monkeypatch.setattr(link, "post", noted)
    return sent


def finalised(at: LedgerUnderTest, root: bytes | None, index: int = 0) -> LedgerFacts:
    at.net.finalise()
    return at.reader().facts(SCHOOL, P256.kid[:8], root, index)


def test_everything_that_a_verification_needs_is_there(ledger: LedgerUnderTest) -> None:
    ledger.governor().perform(acts.add_signing_key(SCHOOL, P256))
    root = ledger.anchored(size=200)
    ledger.send(REVOKE_KEY, "revoke", SCHOOL, root, 150)
    facts = finalised(ledger, root, 150)
    assert facts.school is not None
    assert facts.school.types == TYPES
    assert facts.anchor is not None
    assert (facts.anchor.seq, facts.anchor.size, facts.next_seq) == (0, 200, 1)
    assert facts.anchor.key.roles == KeyRole.ANCHOR | KeyRole.SUSPEND
    assert facts.anchor.key.covers(facts.anchor.time)
    assert facts.school.covers(facts.anchor.time)
    assert facts.lane is Lane.REVOKED
    assert not facts.pending
    assert [(key.key_id, key.public_key, key.roles) for key in facts.keys] == [
        (P256.kid, P256.raw, KeyRole.SIGN)
    ]


def test_all_is_read_at_one_finalised_block(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    facts = finalised(ledger, root)
    assert facts.block == ledger.net.node.block("finalized")
    assert facts.anchor is not None
    assert facts.anchor.time <= facts.block.time


def test_a_batch_that_is_not_final_yet_is_pending_and_nothing_else(
    ledger: LedgerUnderTest,
) -> None:
    ledger.net.finalise()
    root = ledger.anchored()
    facts = ledger.reader().facts(SCHOOL, b"", root, 0)
    final_at_once = ledger.net.name == "embedded"
    assert (facts.anchor is None, facts.pending) == (not final_at_once, not final_at_once)
    assert finalised(ledger, root).anchor is not None
    assert not finalised(ledger, root).pending


def test_a_status_that_is_not_final_yet_does_not_show(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    ledger.net.finalise()
    ledger.send(REVOKE_KEY, "revoke", SCHOOL, root, 0)
    shown = ledger.reader().facts(SCHOOL, b"", root, 0).lane
    assert shown is (Lane.REVOKED if ledger.net.name == "embedded" else Lane.ACTIVE)
    assert finalised(ledger, root).lane is Lane.REVOKED


def test_there_is_none_is_an_answer(ledger: LedgerUnderTest) -> None:
    ledger.net.finalise()
    facts = ledger.reader().facts(OTHER_SCHOOL, b"", root_of("none"), 5)
    assert (facts.school, facts.keys, facts.anchor, facts.next_seq) == (None, (), None, 0)
    assert (facts.pending, facts.lane) == (False, Lane.ACTIVE)


def test_without_a_root_neither_anchor_nor_lane_is_asked_for(ledger: LedgerUnderTest) -> None:
    facts = finalised(ledger, None)
    assert (facts.anchor, facts.pending, facts.lane) == (None, False, Lane.ACTIVE)
    assert facts.school is not None


def test_keys_are_found_by_school_and_prefix(ledger: LedgerUnderTest) -> None:
    governor = ledger.governor()
    governor.perform(acts.set_school(OTHER_SCHOOL, TYPES))
    governor.perform(acts.add_signing_key(SCHOOL, P256))
    governor.perform(acts.add_signing_key(OTHER_SCHOOL, ED25519))
    ledger.net.finalise()
    reader = ledger.reader()
    found = {
        (school, key.kid): [each.public_key for each in reader.facts(school, prefix, None, 0).keys]
        for school in (SCHOOL, OTHER_SCHOOL)
        for key in (P256, ED25519)
        for prefix in (key.kid[:8],)
    }
    assert found == {
        (SCHOOL, P256.kid): [P256.raw],
        (SCHOOL, ED25519.kid): [],
        (OTHER_SCHOOL, P256.kid): [],
        (OTHER_SCHOOL, ED25519.kid): [ED25519.raw],
    }


def test_a_key_whose_id_is_not_its_thumbprint_is_no_signing_key(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "addKey", SCHOOL, b"\x99" * 32, 0, 0, 8, P256.raw)
    ledger.net.finalise()
    assert ledger.reader().facts(SCHOOL, b"", None, 0).keys == ()


def test_a_key_added_later_is_found_by_the_same_reader(ledger: LedgerUnderTest) -> None:
    ledger.net.finalise()
    reader = ledger.reader()
    assert reader.facts(SCHOOL, b"", None, 0).keys == ()
    ledger.governor().perform(acts.add_signing_key(SCHOOL, P256))
    ledger.net.finalise()
    assert [key.key_id for key in reader.facts(SCHOOL, b"", None, 0).keys] == [P256.kid]


def test_a_key_tells_when_it_ended_and_since_when_it_is_compromised(
    ledger: LedgerUnderTest,
) -> None:
    root = ledger.anchored()
    ledger.net.sleep(2)
    ledger.send(OWNER, "retireKey", key_id(ANCHOR_KEY))
    ledger.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 77)
    anchor = finalised(ledger, root).anchor
    assert anchor is not None
    assert anchor.key.valid_until > anchor.time
    assert anchor.key.compromised_since == 77
    assert not anchor.key.covers(anchor.time)


def test_a_second_verification_asks_the_chain_nothing(
    ledger: LedgerUnderTest, counted: list[bytes]
) -> None:
    root = ledger.anchored()
    ledger.net.finalise()
    reader = ledger.reader(max_age=60.0)
    first = reader.facts(SCHOOL, b"", root, 0)
    counted.clear()
    assert reader.facts(SCHOOL, b"", root, 0) == first
    assert reader.facts(SCHOOL, b"", root, 127).lane is Lane.ACTIVE
    assert counted == []


def test_an_unchanged_head_is_all_that_is_asked_for_when_it_is_old(
    ledger: LedgerUnderTest, counted: list[bytes]
) -> None:
    root = ledger.anchored()
    ledger.net.finalise()
    reader = ledger.reader(max_age=0.0)
    reader.facts(SCHOOL, b"", root, 0)
    counted.clear()
    reader.facts(SCHOOL, b"", root, 0)
    assert [b"eth_getBlockByNumber" in body for body in counted] == [True]


def test_many_threads_get_the_same_facts(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    ledger.net.finalise()
    reader = ledger.reader()
    found: list[LedgerFacts] = []

    def ask() -> None:
        found.extend(reader.facts(SCHOOL, b"", root, index) for index in range(10))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert len(set(found)) == 1


WRONG_PLACES: dict[str, tuple[str, Callable[[LedgerUnderTest], Deployment]]] = {
    "the node serves another chain": (
        "chain.id_differs",
        lambda at: Deployment(at.deployment.chain_id + 1, at.deployment.contract),
    ),
    "there is no contract at the address": (
        "ledger.absent",
        lambda at: Deployment(at.deployment.chain_id, b"\x77" * 20),
    ),
}


@pytest.mark.parametrize("case", WRONG_PLACES)
def test_the_deployment_is_set_up_wrongly_when(ledger: LedgerUnderTest, case: str) -> None:
    code, place = WRONG_PLACES[case]
    ledger.net.finalise()
    ledger.deployment = place(ledger)
    with pytest.raises(ConfigError) as caught:
        ledger.reader().facts(SCHOOL, b"", None, 0)
    assert caught.value.code == code


def test_other_code_at_the_address_is_not_our_ledger(ledger: LedgerUnderTest) -> None:
    # Creation code that leaves a contract of the one byte 0x01.
    other = Call(b"", bytes.fromhex("600160005360016000f3"), 100_000)
    outbox = Outbox()
    sender = Sender(ledger.net.web3, ledger.net.chain_id, RELAYER)
    made = sender.perform(outbox, "deploy:other", other)
    address = keccak(rlp_encode([made.sender, made.nonce]))[12:]
    ledger.net.finalise()
    ledger.deployment = Deployment(ledger.deployment.chain_id, address)
    with pytest.raises(ConfigError, match=r"ledger\.code_differs"):
        ledger.reader().facts(SCHOOL, b"", None, 0)


def test_a_finalised_block_that_goes_back_is_no_answer(
    ledger: LedgerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.net.finalise()
    reader = ledger.reader()
    head = reader.head()
    earlier = ledger.net.node.block(head.number - 1)
    monkeypatch.setattr(reader._node, "block", lambda at: earlier)
    with pytest.raises(UnavailableError, match="went back"):
        reader.facts(SCHOOL, b"", None, 0)
