"""The chain takes blocks back, up to 64 of them, while batches are issued; all from a seed.

Finality lags 64 blocks behind the head, so that no reorganisation reaches a final block. What is
FINAL must then stay where it is, for ever; and nothing may be lost, whatever was taken back.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
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
HIGHEST = 500  # blocks; anvil 1.7 that goes back from above 900 forgets the code of contracts
SIZE = 3


@contextmanager
def deployed(folder: Path) -> Iterator[tuple[Net, Site]]:
    """Set up while every transaction is mined at once, and final before the first batch."""
    with running_anvil(epoch=DEEPEST // 2) as net:
        site = made("anvil, SQLite", folder / "data", net)
        rpc(net.web3, "anvil_mine", hex(DEEPEST))
        rpc(net.web3, "evm_setAutomine", False)
        yield net, site


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
    height = int(rpc(net.web3, "eth_blockNumber"), 16)
    if height > HIGHEST or random.random() > 0.3:
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


def issue_while_shaken(net: Net, site: Site, seed: int) -> tuple[list[int], int, Count]:
    """The depths of the reorganisations meanwhile, what was FINAL and is not, and the rest."""
    random, issuer, depths = Random(seed), Issuer(site, seed), []
    enrol(site, seed, SIZE)
    issuer.start()
    while issuer.is_alive():
        depths.append(shake(net, random))
        issuer.join(random.uniform(0.0, 0.3))
    assert issuer.error is None
    batch = issuer.batch
    assert batch is not None
    assert batch.block is not None
    wrong = int(batch.block > issuer.finalised)
    block = Node(net.web3, net.chain_id).block(batch.block)
    for depth in (DEEPEST, random.randint(1, DEEPEST), DEEPEST):
        rpc(net.web3, "anvil_reorg", depth, [])
        wrong += not is_there(site, batch, block.hash)
    with site.system() as system:
        return [depth for depth in depths if depth], wrong, count(system, order(seed, SIZE))


def test_what_is_final_stays_and_what_is_taken_back_is_sent_again(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    depths: list[int] = []
    wrong, found = 0, Count()
    for seed in range(REORGANISATIONS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with deployed(folder) as (net, site):
            taken, unsettled, counted = issue_while_shaken(net, site, seed)
        depths += taken
        wrong += unsettled
        found += counted
    say(
        f"reorganisations: {REORGANISATIONS} seeds, {len(depths)} while issuing of depth"
        f" {min(depths)} to {max(depths)}: {wrong} issued but not final, {found}"
    )
    assert (wrong, found) == (0, Count())
