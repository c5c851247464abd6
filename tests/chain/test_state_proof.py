"""Headers and storage proofs are Ethereum's: checked here without asking the chain again."""

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from eth_hash.auto import keccak
from eth_keys.backends.coincurve import CoinCurveECCBackend
from eth_keys.main import KeyAPI

from chain import contract, defaults, header, proof
from chain.hexvalues import as_bytes, to_word
from contracts.artifact import ledger as artifact
from tests.chain.world import SCHOOL, LedgerUnderTest, rpc

FLIPS = 3000
HEADER_FIELDS = {
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
    *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
    *("mixHash", "nonce", "baseFeePerGas", "hash"),
}


class Shown:
    """A block and a proof for four slots of the ledger, as the node answers."""

    def __init__(self, ledger: LedgerUnderTest) -> None:
        batch = contract.batch_id(SCHOOL, ledger.anchored())
        web3, self.deployment = ledger.net.web3, ledger.deployment
        self.address = self.deployment.contract
        self.slots = [
            contract.anchor_slot(batch),
            contract.school_slot(SCHOOL),
            contract.head_slot(SCHOOL),
            contract.school_slot(99),  # nobody's
        ]
        self.block = dict(rpc(web3, "eth_getBlockByNumber", "latest", False))
        asked = "0x" + self.address.hex(), [*map(to_word, self.slots)], self.block["number"]
        self.answer = rpc(web3, "eth_getProof", *asked)
        self.code = as_bytes(rpc(web3, "eth_getCode", asked[0], self.block["number"]))

    def check(self, answer: Any) -> proof.Proven:
        root = header.read(self.block).state_root
        return proof.check(root, self.address, self.slots, answer)


@pytest.fixture
def shown(ledger: LedgerUnderTest) -> Shown:
    return Shown(ledger)


def test_hashes_and_signatures_are_made_by_the_fast_libraries() -> None:
    assert keccak.hasher.__module__ == "eth_hash.backends.pysha3"
    assert isinstance(KeyAPI().backend, CoinCurveECCBackend)


def test_slots_are_proven_by_a_header_whose_hash_is_the_blocks(shown: Shown) -> None:
    found = shown.check(shown.answer)
    anchor = contract.unpack("Anchor", found.slots[0])
    assert (anchor["seq"], anchor["size"]) == (0, 300)
    assert contract.unpack("School", found.slots[1])["nextSeq"] == 1
    assert found.slots[2] != 0
    assert found.slots[3] == 0  # proven to be empty
    assert found.code_hash == keccak(shown.code)
    assert artifact().matches(shown.code)
    assert contract.code_hash(shown.deployment) == keccak(shown.code)


def test_what_the_node_states_beside_its_nodes_is_not_believed(shown: Shown) -> None:
    lies = copy.deepcopy(shown.answer)
    lies |= {"codeHash": to_word(1), "storageHash": to_word(2), "balance": "0x1"}
    for entry in lies["storageProof"]:
        entry["value"] = "0x2a"
    assert shown.check(lies) == shown.check(shown.answer)


@pytest.mark.parametrize("name", sorted(HEADER_FIELDS))
def test_a_header_with_one_field_changed_is_refused(shown: Shown, name: str) -> None:
    value = str(shown.block[name])
    shown.block[name] = value[:-1] + ("1" if value[-1] != "1" else "2")
    with pytest.raises(ValueError, match=r"hash|data|hexadecimal"):
        header.read(shown.block)


@pytest.mark.parametrize("name", sorted(HEADER_FIELDS))
def test_a_header_with_one_field_missing_is_refused(shown: Shown, name: str) -> None:
    del shown.block[name]
    with pytest.raises(ValueError, match=r"hash|data|quantity"):
        header.read(shown.block)


def _without_last_node(answer: Any) -> None:
    answer["storageProof"][0]["proof"].pop()


def _slots_swapped(answer: Any) -> None:
    entries = answer["storageProof"]
    entries[0], entries[1] = entries[1], entries[0]


def _slot_missing(answer: Any) -> None:
    answer["storageProof"].pop(0)


def _other_trie(answer: Any) -> None:
    answer["accountProof"] = answer["storageProof"][0]["proof"]


def _no_nodes(answer: Any) -> None:
    answer["accountProof"] = []


def _no_slot_nodes(answer: Any) -> None:
    answer["storageProof"][0]["proof"] = []


def _endless(answer: Any) -> None:
    path = answer["accountProof"]
    path += [to_word(number) for number in range(defaults.PROOF_NODES)]


def _repeated(answer: Any) -> None:
    answer["accountProof"] *= 10


def _reversed(answer: Any) -> None:
    answer["accountProof"].reverse()


def _more_nodes(answer: Any) -> None:
    answer["accountProof"] += ["0xc0", "0x"]


def _no_proofs(answer: Any) -> None:
    del answer["storageProof"]


def _not_a_list(answer: Any) -> None:
    answer["accountProof"] = {"0": "0x80"}


def _nested(answer: Any) -> None:
    node = b"\xc0"
    while len(node) < 1000:
        node = rlp_list_around(node)
    answer["storageProof"][0]["proof"] = ["0x" + node.hex()]


def _huge(answer: Any) -> None:
    answer["accountProof"] = ["0x" + "c1" * 100_000 + "c0"]


def rlp_list_around(item: bytes) -> bytes:
    """A list of that one encoded item."""
    if len(item) < 56:
        return bytes([0xC0 + len(item)]) + item
    size = len(item).to_bytes(2, "big").lstrip(b"\0")
    return bytes([0xF7 + len(size)]) + size + item


FORGED = {
    "a path cut short": _without_last_node,
    "a slot left out": _slot_missing,
    "nodes of another trie": _other_trie,
    "no nodes at all": _no_nodes,
    "no nodes for a slot": _no_slot_nodes,
    "more nodes than a proof has": _endless,
    "no list": _not_a_list,
    "no proofs of slots": _no_proofs,
    "a list in a list in a list …": _nested,
    "a node of 100 kB": _huge,
}
HARMLESS = {
    "two slots swapped": _slots_swapped,
    "each node ten times": _repeated,
    "nodes in another order": _reversed,
    "nodes that lead nowhere": _more_nodes,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_proof_is_refused(shown: Shown, forge: Callable[[Any], None]) -> None:
    answer = copy.deepcopy(shown.answer)
    forge(answer)
    with pytest.raises(ValueError, match=r"."):
        shown.check(answer)


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_nodes_count_wherever_they_stand(shown: Shown, change: Callable[[Any], None]) -> None:
    answer = copy.deepcopy(shown.answer)
    change(answer)
    assert shown.check(answer) == shown.check(shown.answer)


def test_a_proof_of_another_account_is_refused(shown: Shown) -> None:
    shown.address = bytes(19) + b"\x01"
    with pytest.raises(ValueError, match=r"lead|account"):
        shown.check(shown.answer)


def test_no_proof_with_a_flipped_bit_is_accepted(shown: Shown) -> None:
    drawn, accepted = random.Random(3107), 0
    nodes, root = proof.nodes_of(shown.answer), header.read(shown.block).state_root
    for _ in range(FLIPS):
        at = drawn.randrange(len(nodes))
        flipped = bytearray(nodes[at])
        flipped[drawn.randrange(len(flipped))] ^= 1 << drawn.randrange(8)
        pool = proof.Pool([*nodes[:at], bytes(flipped), *nodes[at + 1 :]])
        try:
            pool.account(root, shown.address, shown.slots)
        except ValueError:
            continue
        accepted += 1
    print(f"{FLIPS} proofs with one bit flipped: {accepted} accepted")  # noqa: T201
    assert accepted == 0


def test_a_header_is_read_from_its_raw_fields_alone(shown: Shown) -> None:
    found = header.read(shown.block)
    assert header.from_raw(found.raw) == found


def test_no_raw_header_with_a_flipped_bit_keeps_its_name(shown: Shown) -> None:
    found, drawn = header.read(shown.block), random.Random(3107)
    for _ in range(FLIPS):
        raw = bytearray(found.raw)
        raw[drawn.randrange(len(raw))] ^= 1 << drawn.randrange(8)
        try:
            other = header.from_raw(bytes(raw))
        except ValueError:
            continue
        assert other.block.hash != found.block.hash


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xc0", b"\x80", b"\xc1" * 3000 + b"\xc0", b"\xd5" + b"\x80" * 21, b"\xf8\xff"],
    ids=["nothing", "no fields", "no list", "nested", "fields that are empty", "cut short"],
)
def test_what_is_no_raw_header_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        header.from_raw(raw)
