"""A node that fails three calls of ten, some of them after it did what was asked."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.chain.conftest import running_anvil
from tests.chain.world import Net
from tests.faults.deployments import Count, Site, count, enrol, made, order
from tests.faults.sizes import BLOCK_TIME, UNRELIABLE
from tests.faults.unreliable import HAPPENED, Unreliable
from tests.faults.worker import work

pytestmark = pytest.mark.anvil
FAILING = 0.3
SIZE = 6


@pytest.fixture(scope="module")
def net() -> Iterator[Net]:
    with running_anvil("--block-time", BLOCK_TIME) as net:
        yield net


@pytest.fixture(scope="module")
def node(net: Net) -> Iterator[Unreliable]:
    server = Unreliable(str(net.target), seed=3)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def site(net: Net, node: Unreliable, tmp_path_factory: pytest.TempPathFactory) -> Site:
    data = tmp_path_factory.mktemp("unreliable") / "data"
    return made("anvil, SQLite", data, replace(net, target=node.url))


def test_every_batch_and_every_revocation_completes(
    site: Site, node: Unreliable, say: Callable[[str], None]
) -> None:
    node.failing = FAILING
    began = time.monotonic()
    number, found = 1000, Count()
    while time.monotonic() - began < UNRELIABLE:
        number += 1
        asked = enrol(site, number, SIZE)
        with site.system() as system:
            batch, _ = system.issuing(lambda _stage, _count: None).issue(asked)
            victim = next(iter(system.batches.issued(batch.id)))
            work(system, "revoke", victim.staged.register_no)
    seconds = time.monotonic() - began
    node.failing = 0.0
    with site.system() as system:
        for each in range(1001, number + 1):
            found += count(system, order(each, SIZE))
    calls, failed = node.calls.total(), node.calls.total() - node.calls[""]
    happened = sum(node.calls[kind] for kind in HAPPENED)
    say(
        f"unreliable node: {seconds:.0f} s, {calls} calls, {failed} failed ({happened} after it was"
        f" done), {number - 1000} batches issued and as many revocations: {found}"
    )
    assert failed / calls == pytest.approx(FAILING, abs=0.1)
    assert happened
    assert found == Count()
