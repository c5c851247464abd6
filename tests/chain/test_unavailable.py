"""A node that is silent, broken or lies in form: UnavailableError, never "there is none"."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chain import defaults
from chain.node import Node
from chain.provider import close, connect
from chain.reader import LedgerReader
from credential.errors import ConfigError, UnavailableError
from tests.chain.middleman import Middleman, Reply, Spoil, failed, nothing, of_another, result
from tests.chain.world import SCHOOL, LedgerUnderTest, root_of

TIMEOUT = 0.4


@pytest.fixture
def reader(ledger: LedgerUnderTest, middleman: Middleman) -> Iterator[LedgerReader]:
    """A reader behind the middleman."""
    ledger.anchored()
    ledger.net.finalise()
    web3 = connect(middleman.url, timeout=TIMEOUT)
    yield LedgerReader(Node(web3, ledger.net.chain_id), ledger.deployment, max_age=0.0)
    close(web3)


def ask(reader: LedgerReader) -> object:
    return reader.facts(SCHOOL, b"", root_of("batch"), 0)


def other_contract(answer: dict[str, Any]) -> None:
    answer["result"] = [{"address": "0x" + "11" * 20, "topics": [], "data": "0x"}]


SPOILT: dict[str, tuple[str, Spoil]] = {
    "its block is null": ("eth_getBlockByNumber", result(None)),
    "its block is a string": ("eth_getBlockByNumber", result("0x1")),
    "its block has no hash": ("eth_getBlockByNumber", result({"number": "0x1"})),
    "its block is never the same": (
        "eth_getBlockByNumber",
        lambda answer: answer["result"].update(hash="0x" + f"{time.monotonic_ns():064x}"),
    ),
    "its block is of the year 10000": (
        "eth_getBlockByNumber",
        lambda answer: answer["result"].update(timestamp=hex(253_402_300_800)),
    ),
    "its block is older than the batch in it": (
        "eth_getBlockByNumber",
        lambda answer: answer["result"].update(timestamp="0x1"),
    ),
    "its slot is null": ("eth_getStorageAt", result(None)),
    "its slot is short": ("eth_getStorageAt", result("0x")),
    "its slot is a number": ("eth_getStorageAt", result(0)),
    "its slot is no hexadecimal": ("eth_getStorageAt", result("0x" + "zz" * 32)),
    "it refuses a slot": ("eth_getStorageAt", failed),
    "its slot is for another question": ("eth_getStorageAt", of_another),
    "it leaves the result out": ("eth_getStorageAt", nothing),
    "its logs are null": ("eth_getLogs", result(None)),
    "its logs are an object": ("eth_getLogs", result({"a": 1})),
    "its logs are another contract's": ("eth_getLogs", other_contract),
    "it refuses logs": ("eth_getLogs", failed),
    "its code is null": ("eth_getCode", result(None)),
    "its chain id is text": ("eth_chainId", result("mainnet")),
}


@pytest.mark.parametrize("case", SPOILT)
def test_no_answer_when(reader: LedgerReader, middleman: Middleman, case: str) -> None:
    middleman.spoil(*SPOILT[case])
    with pytest.raises(UnavailableError) as caught:
        ask(reader)
    assert caught.value.source == "chain"


def _slowly(body: bytes) -> Reply:
    time.sleep(3 * TIMEOUT)
    return 200, b"{}"


BROKEN: dict[str, Callable[[bytes], Reply]] = {
    "it is overloaded": lambda body: (429, b"slow down"),
    "its gateway is broken": lambda body: (502, b"<html>bad gateway</html>"),
    "it says not found": lambda body: (404, b""),
    "it moved away": lambda body: (302, b""),
    "it answers with a web page": lambda body: (200, b"<html>welcome</html>"),
    "it answers with nothing": lambda body: (200, b""),
    "it answers with a list": lambda body: (200, b"[]"),
    "it stops in the middle": lambda body: (200, b'{"jsonrpc":"2.0","id":1,"res'),
    "it never ends": lambda body: (200, b" " * (defaults.ANSWER_LIMIT + 1)),
    "it is too slow": _slowly,
}


@pytest.mark.parametrize("case", BROKEN)
def test_no_answer_because(reader: LedgerReader, middleman: Middleman, case: str) -> None:
    middleman.reply = BROKEN[case]
    with pytest.raises(UnavailableError) as caught:
        ask(reader)
    assert caught.value.source == "chain"


def test_a_reader_recovers_when_the_node_does(reader: LedgerReader, middleman: Middleman) -> None:
    before = ask(reader)
    middleman.reply = BROKEN["it is overloaded"]
    with pytest.raises(UnavailableError):
        ask(reader)
    middleman.reply = middleman.honest
    assert ask(reader) == before


OTHER_NODES: dict[str, tuple[str, Spoil]] = {
    "chain.id_differs": ("eth_chainId", result("0x1")),
    "ledger.absent": ("eth_getCode", result("0x")),
    "ledger.code_differs": ("eth_getCode", result("0x00")),
}


@pytest.mark.parametrize("reason", OTHER_NODES)
def test_another_node_behind_the_same_address_is_no_answer(
    ledger: LedgerUnderTest, reader: LedgerReader, middleman: Middleman, reason: str
) -> None:
    before = ask(reader)
    middleman.reply = BROKEN["it is overloaded"]
    with pytest.raises(UnavailableError):
        ask(reader)
    ledger.anchored("another")  # a new head, so that the code is looked at again
    ledger.net.finalise()
    middleman.spoil(*OTHER_NODES[reason])
    with pytest.raises(UnavailableError, match=reason.replace(".", r"\.")):
        ask(reader)
    middleman.reply = middleman.honest
    assert ask(reader) != before


def test_a_node_that_was_never_right_is_the_settings_fault(
    reader: LedgerReader, middleman: Middleman
) -> None:
    middleman.spoil("eth_chainId", result("0x1"))
    with pytest.raises(ConfigError, match=r"chain\.id_differs"):
        ask(reader)


def test_one_slow_question_does_not_hold_up_every_thread(
    ledger: LedgerUnderTest, middleman: Middleman
) -> None:
    ledger.net.finalise()
    web3 = connect(middleman.url)
    reader = LedgerReader(
        Node(web3, ledger.net.chain_id), ledger.deployment, max_age=0.0, patience=0.1
    )
    asked, go_on = threading.Event(), threading.Event()

    def blocked(body: bytes) -> Reply:
        asked.set()
        go_on.wait()
        return middleman.honest(body)

    middleman.reply = blocked
    first = threading.Thread(target=ask, args=(reader,))
    first.start()
    asked.wait()
    with pytest.raises(UnavailableError, match="busy"):
        ask(reader)
    go_on.set()
    first.join()
    assert ask(reader)
    close(web3)


def test_what_is_known_serves_until_it_is_too_old(
    ledger: LedgerUnderTest, middleman: Middleman
) -> None:
    ledger.anchored()
    ledger.net.finalise()
    web3 = connect(middleman.url, timeout=TIMEOUT)
    reader = LedgerReader(Node(web3, ledger.net.chain_id), ledger.deployment, max_age=0.5)
    known = ask(reader)
    middleman.reply = BROKEN["it is overloaded"]
    assert ask(reader) == known
    time.sleep(0.6)
    with pytest.raises(UnavailableError):
        ask(reader)
    close(web3)


def test_a_silent_node_is_not_asked_again_at_once(
    ledger: LedgerUnderTest, middleman: Middleman
) -> None:
    web3 = connect(middleman.url, timeout=TIMEOUT)
    reader = LedgerReader(Node(web3, ledger.net.chain_id), ledger.deployment, max_age=60.0)
    asked: list[bytes] = []

    def overloaded(body: bytes) -> Reply:
        asked.append(body)
        return 429, b""

    middleman.reply = overloaded
    for _ in range(3):
        with pytest.raises(UnavailableError, match="HTTP 429"):
            ask(reader)
    assert len(asked) == 1
    close(web3)


def test_nobody_at_the_address_is_no_answer() -> None:
    web3 = connect("http://127.0.0.1:9")
    with pytest.raises(UnavailableError):
        _ = web3.eth.chain_id
    assert not web3.is_connected()
    close(web3)


@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1/", "ws://127.0.0.1:8545", "http://127.0.0.1:port/", "http://[::1/"]
)
def test_a_target_of_another_kind_is_refused(target: str) -> None:
    with pytest.raises(ConfigError, match=r"chain\.target_invalid"):
        connect(target)
