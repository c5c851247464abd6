"""All batches of the ledger, whatever a single endpoint leaves out or makes up."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain import provider
from chain.anchored import Anchored, anchored
from chain.node import Node
from chain.witnesses import Witnesses
from credential.chainkeys import ChainKey
from credential.errors import UnavailableError
from tests.chain.middleman import Middleman
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    root_of,
)

COUNT = 60  # more than are proven at once


class Asked:
    """Endpoints of a chain with batches of two schools."""

    def __init__(self, ledger: LedgerUnderTest, endpoints: int) -> None:
        self.first = ledger.net.node.block("latest").number
        self.told = [self._batch(ledger, SCHOOL, seq, ANCHOR_KEY) for seq in range(COUNT)]
        ledger.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
        ledger.net.finalise()
        self.address = ledger.deployment.contract
        self.men = [Middleman(ledger.net.web3) for _ in range(endpoints)]
        self.links = [provider.connect(man.url) for man in self.men]
        nodes = [Node(link, ledger.net.chain_id) for link in self.links]
        self.chain = Witnesses(nodes, len(nodes) // 2 + 1)

    def _batch(self, ledger: LedgerUnderTest, school: int, seq: int, key: ChainKey) -> Anchored:
        root = root_of(f"{school}:{seq}")
        ledger.send(key, "anchorDirect", school, seq, root, 10 + seq)
        return Anchored(school, seq, root, 10 + seq)

    def found(self) -> list[Anchored]:
        head = self.chain.block("finalized")
        return anchored(self.chain, self.address, self.first, head)

    def close(self) -> None:
        self.chain.close()
        for link in self.links:
            provider.close(link)
        for man in self.men:
            man.shutdown()
            man.server_close()


@pytest.fixture(params=[1, 3], ids=["one endpoint", "three endpoints"])
def asked(request: pytest.FixtureRequest, ledger: LedgerUnderTest) -> Iterator[Asked]:
    made = Asked(ledger, request.param)
    yield made
    made.close()


def test_every_batch_is_found_in_order(asked: Asked) -> None:
    assert asked.found() == asked.told


def _left_out(log: dict[str, Any]) -> list[dict[str, Any]]:
    return []


def _made_up(log: dict[str, Any]) -> list[dict[str, Any]]:
    other = copy.deepcopy(log)
    other["topics"][2] = "0x" + (COUNT + 5).to_bytes(32, "big").hex()
    other["topics"][3] = "0x" + "77" * 32
    return [log, other]


def _told_twice(log: dict[str, Any]) -> list[dict[str, Any]]:
    return [log, {**log, "logIndex": "0x7f"}]


def _of_another_school(log: dict[str, Any]) -> list[dict[str, Any]]:
    other = copy.deepcopy(log)
    other["topics"][1] = "0x" + (99).to_bytes(32, "big").hex()
    return [log, other]


def _another_root(log: dict[str, Any]) -> list[dict[str, Any]]:
    other = copy.deepcopy(log)
    other["topics"][3] = "0x" + "77" * 32
    return [other]


def _another_size(log: dict[str, Any]) -> list[dict[str, Any]]:
    other = copy.deepcopy(log)
    data = str(other["data"])
    other["data"] = data[:2] + f"{7:064x}" + data[66:]
    return [other]


LIES: dict[str, Callable[[dict[str, Any]], list[dict[str, Any]]]] = {
    "a batch left out": _left_out,
    "a batch made up": _made_up,
    "a batch told twice": _told_twice,
    "a school made up": _of_another_school,
    "another root": _another_root,
    "another size": _another_size,
}
HARMLESS = {"a batch made up", "a batch told twice", "a school made up"}  # beside the true ones


@pytest.mark.parametrize("name", LIES)
def test_a_lying_endpoint_is_found_out_or_outvoted(asked: Asked, name: str) -> None:
    def spoil(answer: dict[str, Any]) -> None:
        logs = [dict(log) for log in answer["result"]]
        answer["result"] = [*LIES[name](logs[0]), *logs[1:]]

    asked.men[0].spoil("eth_getLogs", spoil)
    if len(asked.men) > 1 or name in HARMLESS:
        assert asked.found() == asked.told
    else:
        with pytest.raises(UnavailableError, match="incomplete logs"):
            asked.found()
