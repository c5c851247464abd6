"""The chain takes blocks back, up to 64 of them, while batches are issued; all from a seed.

Finality lags 64 blocks behind the head, so that no reorganisation reaches a final block. What is
FINAL must then stay where it is, for ever; and nothing may be lost, whatever was taken back.
"""

import threading
from collections.abc import Callable, Iterator
from random import Random

import pytest

from chain.node import Node
from credential.errors import SogocError
from credential.records import Batch
from tests.chain.conftest import running_anvil
from tests.chain.world import Net, rpc
from tests.faults.deployments import Count, Site, count, enrol, made, order
from tests.faults.sizes import REORGANISATIONS

pytestmark = pytest.mark.anvil
DEEPEST = 64  # blocks; anvil calls final what is two epochs old
SIZE = 3


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    with running_anvil(epoch=DEEPEST // 2) as net:
        yield net


@pytest.fixture(scope="module")
def site(net: Net, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Set up while every transaction is mined at once, and final before the first test."""
    site = made("anvil, SQLite", tmp_path_factory.mktemp("reorganised") / "data", net)
    rpc(net.web3, "anvil_mine", hex(2 * DEEPEST))
    rpc(net.web3, "evm_setAutomine", False)
    return site


class Issuer(threading.Thread):
    """Issues one order and notes what the chain said at the moment when it became FINAL."""

    def __init__(self, site: Site, number: int) -> None:
        super().__init__(daemon=True)
        self._site, self._number = site, number
        self.batch: Batch | None = None
        self.finalised = 0
        self.error: SogocError | None = None

    def run(self) -> None:
        with self._site.system() as system:
            try:
                asked = order(self._number, SIZE)
                self.batch, _ = system.issuing(lambda _stage, _count: None).issue(asked)
                node = Node(system.web3, system.deployment.chain_id)
                self.finalised = node.block("finalized").number
            except SogocError as error:
                self.error = error


def shake(net: Net, random: Random) -> int:
    """Some blocks, and perhaps a reorganisation; its depth."""
    rpc(net.web3, "anvil_mine", hex(random.randint(4, 24)))
    if random.random() > 0.3:
        return 0
    depth = random.randint(1, DEEPEST)
    rpc(net.web3, "anvil_reorg", depth, [])
    return depth


def is_there(site: Site, batch: Batch, block_hash: bytes) -> bool:
    """Whether the batch is still anchored in the very block in which it became final."""
    assert batch.root is not None
    assert batch.block is not None
    with site.system() as system:
        node = Node(system.web3, system.deployment.chain_id)
        found = system.ledger.anchored(batch.school, batch.root)
        same = node.block(batch.block).hash == block_hash
        return same and found is not None and found.final and found.block == batch.block


def test_what_is_final_stays_and_what_is_taken_back_is_sent_again(
    net: Net, site: Site, say: Callable[[str], None]
) -> None:
    issued: list[tuple[Batch, bytes]] = []
    depths: list[int] = []
    wrong, found = 0, Count()
    for seed in range(REORGANISATIONS):
        random, issuer = Random(seed), Issuer(site, 1000 + seed)
        enrol(site, 1000 + seed, SIZE)
        issuer.start()
        while issuer.is_alive():
            depths.append(shake(net, random))
            issuer.join(random.uniform(0.0, 0.3))
        assert issuer.error is None
        batch = issuer.batch
        assert batch is not None
        assert batch.block is not None
        wrong += batch.block > issuer.finalised
        issued.append((batch, Node(net.web3, net.chain_id).block(batch.block).hash))
        rpc(net.web3, "anvil_reorg", DEEPEST, [])
        wrong += sum(not is_there(site, *each) for each in issued[-5:])
        with site.system() as system:
            found += count(system, order(1000 + seed, SIZE))
    wrong += sum(not is_there(site, *each) for each in issued)
    taken = [depth for depth in depths if depth]
    say(
        f"reorganisations: {REORGANISATIONS} seeds, {len(taken)} while issuing of depth"
        f" {min(taken)} to {max(taken)}: {wrong} issued but not final, {found}"
    )
    assert (wrong, found) == (0, Count())
