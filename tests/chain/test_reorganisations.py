"""Blocks replaced 1 to 64 deep, at random: the index follows, and shows nothing that is not final.

Each run is a ledger on which a seeded sequence of acts happens, with reorganisations in between.
After each of them the index that followed has to equal one that is built anew. `make faults` does
all 50 runs, `make test` a few of them.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain.deploy import deploy
from credential.chainkeys import ChainKey
from credential.errors import RefusedError
from credential.keys import PublicKey, SoftwareKey
from database.connections import Database
from store.history import History
from tests.chain.indexing import afresh, contents, indexed, indexer, sqlite, tables
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    Net,
    Outbox,
    key_id,
    root_of,
    rpc,
)

pytestmark = pytest.mark.anvil

RUNS, QUICK = 50, 6
SEEDS = (
    range(RUNS)
    if os.environ.get("FAULTS") == "all"
    else random.Random(50).sample(range(RUNS), QUICK)
)
STEPS, DEPTH = 4, 64


@dataclass
class Tally:
    """What the runs came to."""

    replaced_blocks: int = 0
    replaced_records: int = 0
    compared_indexes: int = 0
    compared_facts: int = 0
    issued: int = 0


@pytest.fixture(scope="module")
def tally(pytestconfig: pytest.Config) -> Iterator[Tally]:
    """Printed when all runs are done, which must have come to something."""
    found = Tally()
    yield found
    terminal = pytestconfig.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None:  # there is none in a worker of pytest-xdist
        with pytestconfig.pluginmanager.get_plugin("capturemanager").global_and_fixture_disabled():
            terminal.write_line(f"\n{len(SEEDS)} runs: {found}")
    assert min(astuple(found)) > 0


class Run:
    """One ledger, what happens to it, and which batches were ever anchored, replaced or not."""

    def __init__(self, net: Net, seed: int) -> None:
        outbox = Outbox()
        self.ledger = LedgerUnderTest(net, deploy(net.web3, net.chain_id, OWNER, outbox), outbox)
        self.seed, self.random, self.count = seed, random.Random(seed), 0
        self.batches: list[tuple[bytes, int]] = []
        self.keys = [SoftwareKey(ec.derive_private_key(n, ec.SECP256R1())).public for n in (7, 8)]
        self.send(OWNER, "setSchool", SCHOOL, 0, 0, TYPES)
        for key, roles in ((ANCHOR_KEY, 3), (REVOKE_KEY, 4)):
            self.send(OWNER, "addKey", SCHOOL, key_id(key), 0, 0, roles, b"")
        net.finalise()

    def send(self, key: ChainKey, function: str, *arguments: object) -> None:
        self.ledger.send(key, function, *arguments)

    def act(self) -> None:
        """Something that may happen to a ledger; what the contract refuses does not."""
        acts: list[Callable[[], None]] = [
            *[self.anchor] * 3,
            *[self.change] * 3,
            lambda: self.send(OWNER, "addKey", SCHOOL, (key := self.key()).kid, 0, 0, 8, key.raw),
            lambda: self.send(OWNER, "retireKey", self.key().kid),
            lambda: self.send(OWNER, "markCompromised", self.key().kid, self.random.randint(1, 99)),
            lambda: self.send(OWNER, "suspendSchool", SCHOOL),
            lambda: self.send(OWNER, "reinstateSchool", SCHOOL),
            lambda: self.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, self.random.getrandbits(63)),
        ]
        with suppress(RefusedError):
            self.random.choice(acts)()

    def anchor(self) -> None:
        self.count += 1
        root, size = root_of(f"{self.seed}/{self.count}"), self.random.randint(1, 400)
        self.batches.append((root, size))
        seq = self.ledger.writer().next_seq(SCHOOL)
        self.send(ANCHOR_KEY, "anchorDirect", SCHOOL, seq, root, size)

    def change(self) -> None:
        root, size = self.random.choice(self.batches or [(root_of("none"), 1)])
        key, function = self.random.choice(
            [(ANCHOR_KEY, "suspend"), (ANCHOR_KEY, "reinstate"), (REVOKE_KEY, "revoke")]
        )
        self.send(key, function, SCHOOL, root, self.random.randrange(size))

    def key(self) -> PublicKey:
        return self.random.choice(self.keys)

    def reorganise(self) -> int:
        """Replace the newest blocks; how many."""
        depth = self.random.randint(1, DEPTH)
        rpc(self.ledger.net.web3, "anvil_reorg", depth, [])
        return depth

    def asked(self) -> list[tuple[int, bytes, bytes | None, int]]:
        """A place in every batch ever anchored, for every key."""
        return [
            (SCHOOL, key.kid[:8], root, self.random.randrange(size))
            for root, size in self.batches
            for key in self.keys
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_index_follows_and_equals_one_built_anew(
    far_anvil: Net, tmp_path: Path, tally: Tally, seed: int
) -> None:
    first = far_anvil.node.block("latest").number
    run = Run(far_anvil, seed)
    with tables(sqlite(tmp_path)) as database:
        following = indexer(run.ledger, database, first_block=first, span=run.random.randint(5, 90))
        issued: set[bytes] = set()
        for step in range(STEPS):
            for _ in range(run.random.randint(2, 5)):
                run.act()
            rpc(far_anvil.web3, "anvil_mine", hex(run.random.choice([1, 1, 20, 66])))
            following.advance()
            before = records(database)
            tally.replaced_blocks += run.reorganise()
            for _ in range(run.random.randint(0, 2)):
                run.act()
            following.advance()
            tally.replaced_records += len(before - records(database))
            tally.compared_indexes += 1
            assert contents(database) == afresh(run.ledger, tmp_path, f"{step}", first_block=first)
            issued |= shown(run, database, first)
            tally.compared_facts += len(run.asked())
        rpc(far_anvil.web3, "anvil_mine", "0x41")
        following.advance()
        assert issued <= shown(run, database, first), "what was issued stays so"
        tally.issued += len(issued)


def records(database: Database) -> set[tuple[object, ...]]:
    found = contents(database)
    del found["ledger_blocks"]
    return {(name, *row) for name, rows in found.items() for row in rows}


def shown(run: Run, database: Database, first: int) -> set[bytes]:
    """The batches that the quick path shows as issued; it says of each what the chain says."""
    quick, slow = indexed(run.ledger, database), run.ledger.reader(first_block=first)
    state = History(database).state()
    assert state is not None
    assert state.final == run.ledger.net.node.block("finalized")
    found = set()
    for question in run.asked():
        facts, wanted = quick.facts(*question), slow.facts(*question)
        assert (facts.school, facts.keys, facts.anchor, facts.lane, facts.next_seq) == (
            wanted.school, wanted.keys, wanted.anchor, wanted.lane, wanted.next_seq,
        )  # fmt: skip
        if facts.anchor is not None:
            assert facts.anchor.time <= state.final.time
            found.add(question[2] or b"")
    return found
