"""Three endpoints, of which one lies in a different way each time: the truth still comes.

And where too few are honest, silence: never another answer than the chain's.
"""

import copy
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from eth_hash.auto import keccak

from chain import acts, contract, header, provider
from chain.node import Node
from chain.reader import LedgerReader
from chain.trieproof import rlp_decode, rlp_encode
from chain.witnesses import Witnesses
from credential.errors import ConfigError, UnavailableError
from credential.facts import ONE_BELIEVED, LedgerFacts
from credential.keys import SoftwareKey
from credential.model import Lane
from tests.chain.middleman import Middleman, Spoil, failed, nothing, of_another, result
from tests.chain.world import REVOKE_KEY, SCHOOL, LedgerUnderTest, rpc

KEY = SoftwareKey(ec.derive_private_key(11, ec.SECP256R1())).public
PATIENCE = 1.5  # seconds for one question: also a busy machine answers an honest one in time
INDEX = 150

Lie = Callable[[Middleman, LedgerUnderTest], None]


class Endpoints:
    """Three endpoints of one chain, and a batch with a revoked credential on it."""

    def __init__(self, ledger: LedgerUnderTest) -> None:
        self.ledger = ledger
        ledger.governor().perform(acts.add_signing_key(SCHOOL, KEY))
        self.root = ledger.anchored(size=200)
        ledger.send(REVOKE_KEY, "revoke", SCHOOL, self.root, INDEX)
        ledger.net.finalise()
        self.truth = ledger.reader().facts(SCHOOL, KEY.kid[:8], self.root, INDEX)
        self.men = [Middleman(ledger.net.web3) for _ in range(3)]
        self.links = [provider.connect(man.url, timeout=PATIENCE) for man in self.men]
        self.witnesses = [self.made(count) for count in (2, 1)]

    def made(self, needed: int) -> Witnesses:
        links = self.links if needed > 1 else self.links[:1]
        return Witnesses([Node(link, self.ledger.net.chain_id) for link in links], needed)

    def facts(self, needed: int = 2, root: bytes | None = None) -> LedgerFacts:
        witnesses = self.witnesses[0 if needed == 2 else 1]
        reader = LedgerReader(witnesses, self.ledger.deployment, max_age=0.0)
        return reader.facts(SCHOOL, KEY.kid[:8], root or self.root, INDEX)

    def close(self) -> None:
        for witnesses in self.witnesses:
            witnesses.close()
        for link in self.links:
            provider.close(link)
        for man in self.men:
            man.shutdown()
            man.server_close()


@pytest.fixture
def endpoints(ledger: LedgerUnderTest) -> Iterator[Endpoints]:
    made = Endpoints(ledger)
    yield made
    made.close()


def lying(method: str, spoil: Spoil) -> Lie:
    return lambda man, _: man.spoil(method, spoil)


def in_proof(change: Callable[[Any], None]) -> Lie:
    def spoil(answer: dict[str, Any]) -> None:
        answer["result"] = copy.deepcopy(answer["result"])
        change(answer["result"])

    return lying("eth_getProof", spoil)


def old_block(man: Middleman, ledger: LedgerUnderTest) -> None:
    first = rpc(ledger.net.web3, "eth_getBlockByNumber", "0x0", False)
    man.spoil("eth_getBlockByNumber", result(dict(first)))


def forged_header(answer: dict[str, Any]) -> None:
    answer["result"] = {**answer["result"], "stateRoot": "0x" + "42" * 32}


def consistent_header(answer: dict[str, Any], byte: bytes = b"B") -> None:
    """Another state under a header that hashes to its new name."""
    fields: Any = rlp_decode(header.read(answer["result"]).raw)
    fields[3] = byte * 32
    name = "0x" + keccak(rlp_encode(fields)).hex()
    answer["result"] = {**answer["result"], "stateRoot": "0x" + fields[3].hex(), "hash": name}


def far_ahead(answer: dict[str, Any]) -> None:
    """A block that is not there yet, under a header that hashes to its name."""
    fields: Any = rlp_decode(header.read(answer["result"]).raw)
    fields[8] = b"\xff\xff\xff\xff"
    name = "0x" + keccak(rlp_encode(fields)).hex()
    answer["result"] = {**answer["result"], "number": "0xffffffff", "hash": name}


def swapped_account(man: Middleman, ledger: LedgerUnderTest) -> None:
    head = rpc(ledger.net.web3, "eth_blockNumber")

    def path(account: bytes) -> list[str]:
        found: list[str] = rpc(ledger.net.web3, "eth_getProof", "0x" + account.hex(), [], head)[
            "accountProof"
        ]
        return found

    # In a small trie one absent account in sixteen ends at the contract's own leaf.
    leaf = path(ledger.deployment.contract)[-1]
    other = next(found for one in range(256) if leaf not in (found := path(bytes([one]) * 20)))
    man.spoil("eth_getProof", lambda answer: answer["result"].update(accountProof=other))


def late(man: Middleman, _: LedgerUnderTest) -> None:
    def reply(body: bytes) -> tuple[int, bytes]:
        time.sleep(PATIENCE + 0.5)
        return man.honest(body)

    man.reply = reply


def silent(man: Middleman, _: LedgerUnderTest) -> None:
    man.reply = lambda _: (200, b"")


def broken(man: Middleman, _: LedgerUnderTest) -> None:
    man.reply = lambda _: (502, b"<html>bad gateway</html>")


def refusing(man: Middleman, _: LedgerUnderTest) -> None:
    def reply(body: bytes) -> tuple[int, bytes]:
        answers = man.answers(body)
        for answer in answers if isinstance(answers, list) else [answers]:
            failed(answer)
        return 200, json.dumps(answers).encode()

    man.reply = reply


def _cleared(answer: Any) -> None:
    for entry in answer["storageProof"]:
        entry.update(value="0x0", proof=[])


def _rewritten(answer: Any) -> None:
    """Other values in the leaves, as if another batch stood there."""
    for entry in answer["storageProof"]:
        leaf = entry["proof"][-1]
        entry["proof"][-1] = leaf[:-2] + ("01" if leaf[-2:] != "01" else "02")


def _other_point(answer: Any) -> None:
    """The listed key with another first byte, which its id does not cover."""
    point, other = (f"{65:064x}{byte}" for byte in ("04", "05"))  # behind its length
    answer["result"] = [
        {**log, "data": str(log["data"]).replace(point, other)} for log in answer["result"]
    ]


def _no_topics(answer: Any) -> None:
    answer["result"] = [{**log, "topics": log["topics"][:1]} for log in answer["result"]]


def _another_event(man: Middleman, ledger: LedgerUnderTest) -> None:
    """Well-formed logs of the contract, of an event that nobody asked for."""
    asked = {
        "address": "0x" + ledger.deployment.contract.hex(),
        "topics": [contract.topic("Anchored")],
        "fromBlock": "0x0",
        "toBlock": "latest",
    }
    others = list(rpc(ledger.net.web3, "eth_getLogs", asked))
    assert others
    man.spoil("eth_getLogs", lambda answer: answer.update(result=[*answer["result"], *others]))


LIES: dict[str, Lie] = {
    "another root": in_proof(_rewritten),
    "another status": in_proof(_cleared),
    "an old block": old_block,
    "the wrong chain": lying("eth_chainId", result("0x1")),
    "a forged header": lying("eth_getBlockByNumber", forged_header),
    "a forged header that hashes to its name": lying("eth_getBlockByNumber", consistent_header),
    "a block that is not there yet": lying("eth_getBlockByNumber", far_ahead),
    "no block": lying("eth_getBlockByNumber", result(None)),
    "a missing slot": in_proof(lambda answer: answer["storageProof"].pop()),
    "another account": swapped_account,
    "a path cut short": in_proof(lambda answer: answer["accountProof"].pop()),
    "no proof": lying("eth_getProof", result("0x")),
    "an unasked answer": lying("eth_getProof", of_another),
    "no answer in it": lying("eth_getProof", nothing),
    "other code": lying("eth_getCode", result("0x6000")),
    "no code": lying("eth_getCode", result("0x")),
    "no logs": lying("eth_getLogs", result([])),
    "logs of a key that verifies nothing": lying("eth_getLogs", _other_point),
    "logs without their topics": lying("eth_getLogs", _no_topics),
    "logs of another event": _another_event,
    "logs that are none": lying("eth_getLogs", result(["0x"])),
    "lateness": late,
    "silence": silent,
    "broken answers": broken,
    "errors": refusing,
}
# What one endpoint alone may say unnoticed: that no key is listed, only another could contradict.
# The facts say so (`all_keys`); what a verdict makes of it is in test_lying_verdicts.
UNSEEN_ALONE = {"no logs", "logs of a key that verifies nothing"}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("place", [0, 2], ids=["asked first", "asked last"])
def test_with_one_of_three_lying_the_truth_still_comes(
    endpoints: Endpoints, lie: Lie, place: int
) -> None:
    lie(endpoints.men[place], endpoints.ledger)
    found = endpoints.facts()
    assert replace(found, trust=ONE_BELIEVED) == replace(endpoints.truth, trust=ONE_BELIEVED)
    assert (found.lane, found.anchor is not None) == (Lane.REVOKED, True)


@pytest.mark.parametrize("name", sorted(LIES.keys() - UNSEEN_ALONE))
def test_one_endpoint_alone_cannot_tell_another_story(endpoints: Endpoints, name: str) -> None:
    LIES[name](endpoints.men[0], endpoints.ledger)
    with pytest.raises((UnavailableError, ConfigError)):
        endpoints.facts(needed=1)


def test_two_silent_of_three_are_too_many(endpoints: Endpoints) -> None:
    for man in endpoints.men[1:]:
        silent(man, endpoints.ledger)
    with pytest.raises(UnavailableError, match="chain"):
        endpoints.facts()


def test_three_that_tell_three_stories_are_no_agreement(endpoints: Endpoints) -> None:
    endpoints.men[0].spoil("eth_getBlockByNumber", consistent_header)
    endpoints.men[1].spoil("eth_getBlockByNumber", lambda answer: consistent_header(answer, b"C"))
    with pytest.raises(UnavailableError) as caught:
        endpoints.facts()
    assert caught.value.kind == "disagreeing"


def test_who_claims_a_later_block_keeps_the_others_from_nothing(endpoints: Endpoints) -> None:
    """Honest endpoints are not always at the very same block, either."""
    older = rpc(endpoints.ledger.net.web3, "eth_getBlockByNumber", "finalized", False)
    endpoints.ledger.anchored("later")
    endpoints.ledger.net.finalise()

    def lag(answer: dict[str, Any]) -> None:
        if int(answer["result"]["number"], 16) > int(older["number"], 16):
            answer["result"] = older

    endpoints.men[1].spoil("eth_getBlockByNumber", lag)
    endpoints.men[2].spoil("eth_getBlockByNumber", far_ahead)
    assert endpoints.facts().block == endpoints.truth.block


def test_a_batch_that_is_not_there_is_proven_absent(endpoints: Endpoints) -> None:
    found = endpoints.facts(root=b"\x07" * 32)
    assert (found.anchor, found.pending) == (None, False)


@pytest.mark.parametrize("place", [0, 2], ids=["asked first", "asked last"])
def test_one_of_three_can_neither_hide_nor_make_up_that_a_batch_is_on_its_way(
    endpoints: Endpoints, place: int
) -> None:
    endpoints.men[place].spoil("eth_getStorageAt", result("0x" + 32 * "00"))
    final_at_once = endpoints.ledger.net.name == "embedded"
    found = endpoints.facts(root=endpoints.ledger.anchored("on its way"))
    assert (found.anchor is None, found.pending) == (not final_at_once, not final_at_once)
    endpoints.men[place].spoil("eth_getStorageAt", result("0x" + 32 * "01"))
    assert not endpoints.facts(root=b"\x07" * 32).pending


def test_a_final_block_never_goes_back(endpoints: Endpoints) -> None:
    before = endpoints.witnesses[0].block("finalized")
    for man in endpoints.men[:2]:
        old_block(man, endpoints.ledger)
    silent(endpoints.men[2], endpoints.ledger)
    assert endpoints.witnesses[0].block("finalized") == before


@pytest.mark.parametrize("needed", [0, 4])
def test_a_quorum_that_cannot_be_is_a_wrong_setting(endpoints: Endpoints, needed: int) -> None:
    with pytest.raises(ConfigError) as caught:
        endpoints.made(needed)
    assert caught.value.code == "chain.quorum_invalid"


def reading(endpoints: Endpoints, needed: int) -> LedgerReader:
    witnesses = endpoints.witnesses[0 if needed == 2 else 1]
    return LedgerReader(witnesses, endpoints.ledger.deployment, max_age=0.0)


@pytest.mark.parametrize("needed", [2, 1])
def test_a_block_that_was_passed_is_known_by_its_number(endpoints: Endpoints, needed: int) -> None:
    number = endpoints.truth.block.number
    assert reading(endpoints, needed).past(number) == endpoints.truth.block
    assert endpoints.ledger.reader().past(number) == endpoints.truth.block


def test_a_block_that_is_kept_nowhere_is_not_silence(endpoints: Endpoints) -> None:
    later = endpoints.truth.block.number + 1000
    assert reading(endpoints, 2).past(later) is None
    assert endpoints.ledger.reader().past(later) is None


def test_while_too_few_answer_nothing_is_said_of_a_block(endpoints: Endpoints) -> None:
    number, witnesses = endpoints.truth.block.number, endpoints.witnesses[0]
    assert witnesses.past(number)
    for man in endpoints.men[1:]:
        silent(man, endpoints.ledger)
    with pytest.raises(UnavailableError, match="chain"):
        witnesses.past(number)


def test_endpoints_that_tell_other_blocks_of_that_number_are_no_agreement(
    endpoints: Endpoints,
) -> None:
    endpoints.men[0].spoil("eth_getBlockByNumber", consistent_header)
    endpoints.men[1].spoil("eth_getBlockByNumber", lambda answer: consistent_header(answer, b"C"))
    with pytest.raises(UnavailableError) as caught:
        endpoints.witnesses[0].past(endpoints.truth.block.number)
    assert caught.value.kind == "disagreeing"
