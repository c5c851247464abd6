"""The two chains that every test here runs on, and a ledger of its own for each test."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chain import defaults
from chain.deploy import deploy
from chain.provider import close, connect
from chain.sender import Sender
from credential.errors import UnavailableError
from credential.records import Call
from store.schema import STORE
from tests.chain.middleman import Middleman
from tests.chain.world import (
    ANCHOR_KEY,
    FUNDED,
    OWNER,
    RELAYER,
    REVOKE_KEY,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    Net,
    Outbox,
    key_id,
    rpc,
)
from tests.databases import NewDatabase

ROOT = Path(__file__).resolve().parents[2]


def anvil_binary() -> Path | None:
    """Foundry's anvil as npm installs it, or the one on the PATH."""
    binary = ROOT / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
    found = shutil.which("anvil", path=f"{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}")
    return binary if binary.exists() else Path(found) if found else None


def missing_tool(name: str, remedy: str) -> None:
    """A tool that is not there fails the run in CI and is named elsewhere."""
    report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    report(f"{name} is missing: {remedy}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    path = tmp_path_factory.mktemp("embedded") / "chain.sqlite"
    web3 = connect(path, funded=FUNDED)
    idle = Sender(web3, defaults.CHAIN_ID, RELAYER)

    def sleep(seconds: int) -> None:
        # Every block is at least a second later than its parent, so blocks move the clock.
        for _ in range(seconds):
            idle.broadcast(idle.sign("idle", Call(idle.sender, b"", 21_000), idle.nonce()))

    yield Net("embedded", web3, defaults.CHAIN_ID, path, lambda: None, sleep)
    close(web3)


@contextmanager
def running_anvil(*options: str, epoch: int = 1) -> Iterator[Net]:
    """Foundry's node on a port of its own, with money for the accounts of the tests.

    A block is final two epochs (of so many blocks) later. States of before some 500 blocks are
    forgotten: anvil would write each to a disk, megabytes a block, and leave them there.
    """
    binary = anvil_binary()
    if binary is None:
        missing_tool("anvil", "npm ci")
    port = free_port()
    command = [str(binary), "--port", str(port), "--chain-id", "31337", "--silent"]
    fixed = ["--slots-in-an-epoch", str(epoch), "--hardfork", "prague"]
    fixed += ["--max-persisted-states", "0"]
    process = subprocess.Popen([*command, *fixed, *options])
    url = f"http://127.0.0.1:{port}"
    web3 = connect(url)
    try:
        _wait_until(web3.is_connected)
        for address in FUNDED:
            rpc(web3, "anvil_setBalance", "0x" + address.hex(), hex(10**24))

        def sleep(seconds: int) -> None:
            rpc(web3, "evm_increaseTime", seconds)
            rpc(web3, "evm_mine")

        def finalise() -> None:
            rpc(web3, "anvil_mine", hex(2 * epoch + 2))

        yield Net("anvil", web3, 31337, url, finalise, sleep)
    finally:
        close(web3)
        process.kill()  # it keeps nothing that would need time to be put away
        process.wait()


@pytest.fixture(scope="session")
def anvil() -> Iterator[Net]:
    with running_anvil() as net:
        yield net


@pytest.fixture(scope="session")
def manual() -> Iterator[Net]:
    """An anvil that makes a block only when told to."""
    with running_anvil("--no-mining") as net:
        yield net


@pytest.fixture
def far_anvil() -> Iterator[Net]:
    """A new anvil where a block is final 64 blocks later, as on Ethereum."""
    with running_anvil(epoch=32) as net:
        yield net


def _wait_until(ready: Callable[[], bool]) -> None:
    for _ in range(200):
        if ready():
            return
        time.sleep(0.05)
    raise UnavailableError("chain", "never came up")


@pytest.fixture(params=["embedded", pytest.param("anvil", marks=pytest.mark.anvil)])
def net(request: pytest.FixtureRequest) -> Net:
    found: Net = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    """The address of a migrated store that holds no index yet."""
    return new_database(STORE)


@pytest.fixture
def bare(net: Net) -> LedgerUnderTest:
    """A ledger that knows no school."""
    outbox = Outbox()
    deployment = deploy(net.web3, net.chain_id, OWNER, outbox)
    return LedgerUnderTest(net, deployment, outbox)


@pytest.fixture
def ledger(bare: LedgerUnderTest) -> LedgerUnderTest:
    """A ledger with one school, its anchor key (anchor, suspend) and its revoke key."""
    bare.send(OWNER, "setSchool", SCHOOL, 0, 0, TYPES)
    for key, roles in ((ANCHOR_KEY, 3), (REVOKE_KEY, 4)):
        bare.send(OWNER, "addKey", SCHOOL, key_id(key), 0, 0, roles, b"")
    return bare


@pytest.fixture
def middleman(ledger: LedgerUnderTest) -> Iterator[Middleman]:
    server = Middleman(ledger.net.web3)
    yield server
    server.shutdown()
    server.server_close()
