"""A node that is silent, broken or lies in form: UnavailableError, never "there is none"."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from web3 import Web3

from chain import defaults
from chain.provider import close, connect
from chain.reader import LedgerReader
from credential.errors import ConfigError, UnavailableError
from tests.chain.world import SCHOOL, LedgerUnderTest, root_of

TIMEOUT = 0.4

Reply = tuple[int, bytes]
Spoil = Callable[[dict[str, Any]], None]


class _Middleman(BaseHTTPRequestHandler):
    """Passes requests on to the true chain and spoils what comes back."""

    protocol_version = "HTTP/1.1"
    server: "Middleman"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, reply = self.server.reply(body)
        self.send_response(status)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        try:
            for start in range(0, len(reply), 2**20):
                self.wfile.write(reply[start : start + 2**20])
        except OSError:
            self.close_connection = True  # the asker has had enough

    def log_message(self, *args: object) -> None:
        pass


class Middleman(ThreadingHTTPServer):
    """A node of which a test decides how it misbehaves; at first it does not."""

    daemon_threads = True

    def __init__(self, truth: Web3) -> None:
        super().__init__(("127.0.0.1", 0), _Middleman)
        self._truth = truth
        self.reply: Callable[[bytes], Reply] = self.honest
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def honest(self, body: bytes) -> Reply:
        return 200, json.dumps(self.answers(body)).encode()

    def answers(self, body: bytes) -> Any:
        """What the true chain answers, with the ids that were asked for."""
        asked = json.loads(body)
        found = [self._one(request) for request in (asked if isinstance(asked, list) else [asked])]
        return found if isinstance(asked, list) else found[0]

    def _one(self, request: dict[str, Any]) -> dict[str, Any]:
        provider: Any = self._truth.provider
        answer = provider.make_request(request["method"], request["params"])
        return {**answer, "id": request["id"], "method": request["method"]}

    def spoil(self, method: str, change: Spoil) -> None:
        """From now on, change every answer to that method."""

        def reply(body: bytes) -> Reply:
            answers = self.answers(body)
            for answer in answers if isinstance(answers, list) else [answers]:
                if answer["method"] == method:
                    change(answer)
            return 200, json.dumps(answers).encode()

        self.reply = reply

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@pytest.fixture
def middleman(ledger: LedgerUnderTest) -> Iterator[Middleman]:
    server = Middleman(ledger.net.web3)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def reader(ledger: LedgerUnderTest, middleman: Middleman) -> Iterator[LedgerReader]:
    """A reader behind the middleman."""
    ledger.anchored()
    ledger.net.finalise()
    web3 = connect(middleman.url, timeout=TIMEOUT)
    yield LedgerReader(web3, ledger.deployment, max_age=0.0)
    close(web3)


def ask(reader: LedgerReader) -> object:
    return reader.facts(SCHOOL, b"", root_of("batch"), 0)


def result(value: object) -> Spoil:
    return lambda answer: answer.update(result=value)


def nothing(answer: dict[str, Any]) -> None:
    del answer["result"]


def failed(answer: dict[str, Any]) -> None:
    del answer["result"]
    answer["error"] = {"code": -32005, "message": "limit exceeded"}


def of_another(answer: dict[str, Any]) -> None:
    answer["id"] = -1


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


def test_another_node_behind_the_same_address_is_noticed(
    reader: LedgerReader, middleman: Middleman
) -> None:
    ask(reader)
    middleman.reply = BROKEN["it is overloaded"]
    with pytest.raises(UnavailableError):
        ask(reader)
    middleman.spoil("eth_chainId", result("0x1"))
    reader._view = None
    with pytest.raises(ConfigError, match=r"chain\.id_differs"):
        ask(reader)


def test_what_is_known_serves_until_it_is_too_old(
    ledger: LedgerUnderTest, middleman: Middleman
) -> None:
    ledger.anchored()
    ledger.net.finalise()
    web3 = connect(middleman.url, timeout=TIMEOUT)
    reader = LedgerReader(web3, ledger.deployment, max_age=0.5)
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
    reader = LedgerReader(web3, ledger.deployment, max_age=60.0)
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


@pytest.mark.parametrize("target", ["ftp://127.0.0.1/", "ws://127.0.0.1:8545"])
def test_a_target_of_another_kind_is_refused(target: str) -> None:
    with pytest.raises(ConfigError, match=r"chain\.target_invalid"):
        connect(target)
