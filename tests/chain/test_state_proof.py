"""Headers and storage proofs are Ethereum's: checked here without asking the chain again."""

from eth_hash.auto import keccak
from eth_keys.backends.coincurve import CoinCurveECCBackend
from eth_keys.main import KeyAPI
from trie.hexary import HexaryTrie

from chain import contract
from chain.hexvalues import as_bytes, as_int, to_word
from chain.trieproof import rlp_decode, rlp_encode
from tests.chain.world import SCHOOL, LedgerUnderTest, rpc

# The order of the header's fields; those after `nonce` came with London, Shanghai, Cancun, Prague.
HEADER = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
    *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
    *("mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas"),
    *("parentBeaconBlockRoot", "requestsHash"),
)
QUANTITIES = {
    *("difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"),
    *("blobGasUsed", "excessBlobGas"),
}


def test_hashes_and_signatures_are_made_by_the_fast_libraries() -> None:
    assert keccak.hasher.__module__ == "eth_hash.backends.pysha3"
    assert isinstance(KeyAPI().backend, CoinCurveECCBackend)


def test_a_slot_is_proven_by_a_header_whose_hash_is_the_blocks(ledger: LedgerUnderTest) -> None:
    root = ledger.anchored()
    web3, address = ledger.net.web3, ledger.deployment.contract
    header = rpc(web3, "eth_getBlockByNumber", "latest", False)
    fields = [
        as_int(header[name]) if name in QUANTITIES else as_bytes(header[name]) for name in HEADER
    ]
    assert keccak(rlp_encode(fields)) == as_bytes(header["hash"])

    slots = [contract.anchor_slot(contract.batch_id(SCHOOL, root)), contract.school_slot(99)]
    asked = "0x" + address.hex(), [to_word(slot) for slot in slots], header["number"]
    proof = rpc(web3, "eth_getProof", *asked)
    state_root = as_bytes(header["stateRoot"])
    account = _proven(state_root, keccak(address), proof["accountProof"])
    _, _, storage_root, _ = rlp_decode(account)
    values = [
        _proven(storage_root, keccak(slot.to_bytes(32, "big")), each["proof"])
        for slot, each in zip(slots, proof["storageProof"], strict=True)
    ]
    anchor = contract.unpack("Anchor", int.from_bytes(rlp_decode(values[0]), "big"))
    assert (anchor["seq"], anchor["size"]) == (0, 300)
    assert values[1] == b""  # proven to be absent


def _proven(root: bytes, key: bytes, nodes: list[str]) -> bytes:
    found: bytes = HexaryTrie.get_from_proof(  # type: ignore[no-untyped-call]
        root, key, [rlp_decode(as_bytes(node)) for node in nodes]
    )
    return found
