"""The embedded chain: one file, any number of processes, nothing lost when one is killed."""

import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from web3 import Web3

from chain import contract, defaults
from chain.embedded import EmbeddedChain, serve_forever
from chain.node import Node
from chain.provider import close, connect
from chain.sender import Sender
from credential.errors import ConfigError, UnavailableError
from credential.records import Call
from tests.chain.world import FUNDED, RELAYER, SCHOOL, LedgerUnderTest, Net, Outbox, rpc

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "chain.sqlite"


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes to be ended with the test."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def start(workers: list[subprocess.Popen[str]], *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.chain.worker", *map(str, arguments)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    workers.append(process)
    return process


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path.name} never appeared")


def address_file(path: Path) -> Path:
    return path.with_name("chain.sqlite.address")


def send_one(web3: Web3) -> bytes:
    """The hash of a transaction that is mined."""
    sender = Sender(web3, defaults.CHAIN_ID, RELAYER)
    call = Call(sender.sender, b"", 21_000)
    return sender.perform(Outbox(), "idle", call).hash


def test_two_processes_send_at_once_and_both_succeed(
    path: Path, workers: list[subprocess.Popen[str]]
) -> None:
    both = [start(workers, "send", path, name, 25) for name in ("owner", "guardian")]
    hashes = [line.strip() for process in both for line in process.communicate()[0].splitlines()]
    assert [process.returncode for process in both] == [0, 0]
    assert len(set(hashes)) == 50
    web3 = connect(path)
    node = Node(web3, defaults.CHAIN_ID)
    mined = [node.mined(bytes.fromhex(each)) for each in hashes]
    close(web3)
    assert all(each is not None and each.succeeded for each in mined)


def test_killing_the_owner_loses_nothing_and_the_next_one_takes_over(
    path: Path, workers: list[subprocess.Popen[str]]
) -> None:
    owner = start(workers, "send", path, "owner", 10_000)
    wait_for(address_file(path))
    web3 = connect(path)
    node = Node(web3, defaults.CHAIN_ID)
    ours = [send_one(web3) for _ in range(5)]
    assert owner.stdout is not None
    told = [bytes.fromhex(owner.stdout.readline()) for _ in range(20)]
    before = node.block("latest")
    owner.kill()
    told += [bytes.fromhex(line) for line in owner.communicate()[0].splitlines() if len(line) == 64]
    ours += [send_one(web3) for _ in range(5)]
    assert node.block(before.number) == before
    mined = [node.mined(each) for each in told + ours]
    close(web3)
    assert None not in mined


def test_whoever_serves_waits_for_the_owner_to_leave(path: Path) -> None:
    first = EmbeddedChain(path, funded=FUNDED)
    assert first.own()
    stop = threading.Event()
    server = threading.Thread(
        target=serve_forever, args=(path,), kwargs={"funded": FUNDED, "stop": stop}
    )
    server.start()
    address = address_file(path).read_text()
    first.close()
    wait_for(address_file(path))
    second = EmbeddedChain(path)
    try:
        assert not second.own()
        assert address_file(path).read_text() != address
        web3 = connect(path)
        assert web3.eth.chain_id == defaults.CHAIN_ID
        close(web3)
    finally:
        second.close()
        stop.set()
        server.join()
    assert not address_file(path).exists()


def test_a_client_follows_when_ownership_moves(path: Path) -> None:
    first, second, client = (connect(path, funded=FUNDED) for _ in range(3))
    transaction = send_one(first)
    assert [web3.eth.block_number for web3 in (second, client)] == [1, 1]
    close(first)
    assert second.eth.block_number == 1
    send_one(client)
    close(second)
    assert client.eth.block_number == 2
    assert Node(client, defaults.CHAIN_ID).mined(transaction) is not None
    close(client)


def test_a_closed_connection_answers_no_more(path: Path) -> None:
    web3 = connect(path, funded=FUNDED)
    assert web3.eth.block_number == 0
    close(web3)
    with pytest.raises(UnavailableError, match="closed"):
        _ = web3.eth.block_number


def test_the_file_of_another_chain_is_refused(path: Path) -> None:
    web3 = connect(path, chain_id=4000, funded=FUNDED)
    assert web3.eth.chain_id == 4000
    close(web3)
    other = connect(path)
    with pytest.raises(ConfigError, match=r"chain\.id_differs"):
        _ = other.eth.chain_id
    close(other)


def test_a_chain_on_which_nobody_could_pay_is_not_made(path: Path) -> None:
    web3 = connect(path)
    with pytest.raises(ConfigError, match=r"chain\.absent"):
        _ = web3.eth.chain_id
    close(web3)
    other = connect(path, funded=FUNDED)
    assert other.eth.block_number == 0
    close(other)


def test_a_path_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    web3 = connect(tmp_path / "file" / "chain.sqlite", funded=FUNDED)
    with pytest.raises(ConfigError, match=r"chain\.path_unusable"):
        _ = web3.eth.chain_id
    close(web3)


def test_only_who_can_read_the_address_file_is_answered(embedded: Net) -> None:
    assert isinstance(embedded.target, Path)
    assert embedded.web3.eth.chain_id == embedded.chain_id
    file = address_file(embedded.target)
    address = file.read_text()
    assert file.stat().st_mode & 0o077 == 0
    body = b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
    answers = [  # each on a connection of its own: a refusal also hangs up
        httpx.post(address, content=body, trust_env=False).status_code,
        httpx.post(address[:-1], content=body, trust_env=False).status_code,
        httpx.post(address, content=body, headers={"Origin": "null"}, trust_env=False).status_code,
        httpx.get(address, trust_env=False).status_code,
    ]
    assert answers == [200, 404, 404, 501]


def test_a_request_that_is_too_large_is_not_even_read(embedded: Net) -> None:
    assert isinstance(embedded.target, Path)
    assert embedded.web3.eth.chain_id == embedded.chain_id
    address = urlsplit(address_file(embedded.target).read_text())
    connection = HTTPConnection(address.netloc, timeout=5)
    connection.putrequest("POST", address.path)
    connection.putheader("Content-Length", str(defaults.REQUEST_LIMIT + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_time_is_the_wall_clocks_and_always_moves_on(path: Path) -> None:
    web3 = connect(path, funded=FUNDED)
    node, now = Node(web3, defaults.CHAIN_ID), int(time.time())
    for _ in range(5):
        send_one(web3)
    times = [node.block(number).time for number in range(6)]
    close(web3)
    assert times[0] in range(now - 2, now + 2)
    assert times[1] in range(now, now + 3)
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


BAD_REQUESTS: dict[str, tuple[object, int]] = {
    "no request at all": ([], 0),
    "not JSON": (b"{", -32700),
    "no object": (7, -32600),
    "an unknown method": ({"method": "eth_mine", "params": []}, -32601),
    "parameters by name": ({"method": "eth_chainId", "params": {}}, -32600),
    "too many parameters": ({"method": "eth_chainId", "params": [1]}, -32602),
    "a short address": ({"method": "eth_getBalance", "params": ["0x11"]}, -32602),
    "a number that is none": ({"method": "eth_getBlockByNumber", "params": ["0xzz"]}, -32602),
    "a block that is not there": (
        {"method": "eth_getBalance", "params": ["0x" + "11" * 20, "0xffffff"]},
        -32000,
    ),
    "a transaction of noise": ({"method": "eth_sendRawTransaction", "params": ["0x0201"]}, -32000),
}


@pytest.mark.parametrize("case", BAD_REQUESTS)
def test_a_bad_request_gets_an_error_and_does_no_harm(embedded: Net, case: str) -> None:
    assert isinstance(embedded.target, Path)
    assert embedded.web3.eth.chain_id == embedded.chain_id
    request, code = BAD_REQUESTS[case]
    address = address_file(embedded.target).read_text()
    with httpx.Client(trust_env=False) as client:
        if isinstance(request, bytes):
            answer = client.post(address, content=request).json()
        else:
            answer = client.post(address, json=request).json()
    assert (answer["error"]["code"] if answer else 0) == code


def test_logs_are_found_by_address_topics_and_range(ledger: LedgerUnderTest) -> None:
    roots = [ledger.anchored(f"batch {number}") for number in range(4)]
    web3 = ledger.net.web3
    address = "0x" + ledger.deployment.contract.hex()
    every = rpc(web3, "eth_getLogs", {"address": address, "fromBlock": "0x0"})
    anchored = [log for log in every if len(log["topics"]) == 4]
    assert [log["topics"][3] for log in anchored] == ["0x" + root.hex() for root in roots]
    topic = anchored[0]["topics"][0]
    last = anchored[2]["blockNumber"]
    queries = {
        "by root": ({"topics": [None, None, None, anchored[1]["topics"][3]]}, anchored[1:2]),
        "by choice": ({"topics": [[topic, "0x" + "00" * 32]]}, anchored),
        "by range": ({"topics": [topic], "toBlock": last}, anchored[:3]),
        "by nothing known": ({"topics": ["0x" + "00" * 32]}, []),
    }
    for query, expected in queries.values():
        found = rpc(web3, "eth_getLogs", {"address": address, "fromBlock": "0x0", **query})
        assert found == expected
    by_hash = {"blockHash": anchored[3]["blockHash"], "topics": [topic]}
    assert rpc(web3, "eth_getLogs", by_hash) == anchored[3:]


def test_an_earlier_state_can_still_be_read(ledger: LedgerUnderTest) -> None:
    before = ledger.net.node.block("latest")
    root = ledger.anchored()
    slot = contract.anchor_slot(contract.batch_id(SCHOOL, root))
    address = ledger.deployment.contract
    assert ledger.net.node.slots(address, [slot], before) == [0]
    assert ledger.net.node.slots(address, [slot], None) != [0]


def test_web3_itself_speaks_with_it(net: Net) -> None:
    web3 = net.web3
    block = web3.eth.get_block("latest", full_transactions=True)
    assert web3.is_connected()
    assert web3.eth.get_block(block["hash"])["number"] == block["number"]
    assert web3.eth.gas_price > 0
    with web3.batch_requests() as batch:
        batch.add(web3.eth.get_block(0))
        batch.add(web3.eth.get_block("latest"))
        found: list[Any] = batch.execute()
    numbers = [each["number"] for each in found]
    assert numbers == [0, block["number"]]
    assert web3.eth.chain_id == net.chain_id
