"""Proofs of one strict verification: their CPU time and an evidence bundle's size on a full chain.

The state is made here: a contract of as many slots as ten years of a city's schools fill, among
100,000 accounts. The peer is py-trie's own check of one path after another, which proves the values
only; the floor hashes the nodes and does nothing else.
"""

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eth_hash.auto import keccak
from trie.hexary import HexaryTrie

from api import evidence, trust
from api.wiring import System
from benchmarks.deployment import deployed, diplomas, issue, papers
from benchmarks.measure import Rate, Target, rate, show
from chain import header
from chain.proof import Pool
from chain.trieproof import account_proof, rlp_decode, rlp_encode
from credential import bundle

SLOTS, ACCOUNTS, ASKED = 70_000, 100_000, 5
PUBLIC_CHAIN = 3 * 532  # bytes: full nodes that a path has more among 300 million accounts
BATCH = 1000
REPEATED = 200
AIM = 100  # strict verifications a second, so at most 10 ms each
LARGEST_DIPLOMA = 16_000  # bytes


def main() -> list[Target]:
    """Print the tables; what was aimed for and reached."""
    state = _State()
    rows = [
        ("floor: hash the nodes", state.rate(state.hashed)),
        ("py-trie: one path after another", state.rate(state.peer)),
        ("ours: header, account, code hash and slots", state.rate(state.ours)),
    ]
    show(f"Proofs of {ASKED} slots out of {SLOTS:,}, {ACCOUNTS:,} accounts, one thread", rows)
    with TemporaryDirectory() as folder, deployed(Path(folder) / "data") as system:
        size, judged = _bundle(system, state)
    show("Judging an evidence bundle offline, both artefacts of a diploma", [("ours", judged)])
    print(f"  its size with that state: {size:,} bytes; on a public chain {size + PUBLIC_CHAIN:,}")
    return [
        Target("strict verifications, proofs only", AIM, rows[2][1].median),
        Target("bundle of a diploma, bytes", LARGEST_DIPLOMA, size + PUBLIC_CHAIN, "", True),
    ]


class _State:
    """An account with many slots among many accounts, a header over it, and a proof."""

    def __init__(self) -> None:
        drawn = random.Random(3107)
        nodes: dict[bytes, bytes] = {}
        storage: Any = HexaryTrie(nodes)
        slots = [drawn.getrandbits(256) for _ in range(SLOTS)]
        with storage.squash_changes() as batch:
            for slot in slots:
                batch[keccak(slot.to_bytes(32, "big"))] = rlp_encode(drawn.getrandbits(255))
        accounts: Any = HexaryTrie(nodes)
        self.address = drawn.randbytes(20)
        with accounts.squash_changes() as batch:
            for _ in range(ACCOUNTS):
                batch[drawn.randbytes(32)] = rlp_encode([1, 10**18, keccak(b"\x80"), keccak(b"")])
            found = [1, 0, storage.root_hash, keccak(b"code")]
            batch[keccak(self.address)] = rlp_encode(found)
        self.root, self.storage = accounts.root_hash, storage.root_hash
        self.slots = drawn.sample(slots, ASKED)
        asked = [hex(slot) for slot in self.slots]
        self.answer: Any = account_proof(nodes, self.root, self.address, asked)
        paths = [self.answer["accountProof"], *(at["proof"] for at in self.answer["storageProof"])]
        self.paths = [[bytes.fromhex(node[2:]) for node in path] for path in paths]
        self.nodes = list(dict.fromkeys(node for path in self.paths for node in path))
        fields: list[Any] = [bytes(32), bytes(32), bytes(20), self.root, bytes(32), bytes(32)]
        fields += [bytes(256), 0, 5_000_000, 30_000_000, 9_000_000, 1_790_000_000, b""]
        fields += [bytes(32), bytes(8), 7, bytes(32), 0, 0, bytes(32), bytes(32)]
        self.header = rlp_encode(fields)

    def rate(self, once: Any) -> Rate:
        """How often `once` can be done."""

        def work() -> int:
            for _ in range(REPEATED):
                once()
            return REPEATED

        return rate(work)

    def hashed(self) -> None:
        for node in self.nodes:
            keccak(node)

    def peer(self) -> None:
        check: Any = HexaryTrie.get_from_proof
        keys = [self.address, *(slot.to_bytes(32, "big") for slot in self.slots)]
        roots = [self.root, *[self.storage] * ASKED]
        for root, key, path in zip(roots, keys, self.paths, strict=True):
            assert check(root, keccak(key), [rlp_decode(node) for node in path])

    def ours(self) -> None:
        root = header.from_raw(self.header).state_root
        assert all(Pool(self.nodes).account(root, self.address, self.slots).slots)


def _bundle(system: System, state: _State) -> tuple[int, Rate]:
    """A diploma's bundle: bytes with that state's proofs, and how fast the real one is judged."""
    made = papers(system, issue(system, diplomas(system, BATCH, 0)))
    texts = [made.sd_jwts[0], made.links[0]]
    found = evidence.gather(system, texts)
    known = trust.of_deployment(system)
    block = evidence.judge(found, known).block_hash
    known = trust.TrustFile.of(known).trust(block)
    size = len(bundle.encode(found)) - sum(map(len, found.nodes)) + sum(map(len, state.nodes))
    size += len(state.header) - len(found.header)
    data = bundle.encode(found)

    def once() -> None:
        answer = evidence.judge(bundle.decode(data), known).answer
        assert answer.conclusion.reason == "chain_only"

    return size, state.rate(once)


if __name__ == "__main__":
    os.environ.setdefault("ETH_HASH_BACKEND", "pysha3")
    for target in main():
        print(target, "reached" if target.met else "MISSED")
