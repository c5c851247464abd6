"""The way to a node over HTTP: its deadline, its proxy, its credentials."""

import socket
import threading
import time
from contextlib import suppress

import pytest

from chain.transport import HttpTransport
from credential.errors import UnavailableError

TIMEOUT = 0.4


class Dripping:
    """A node that sends `parts` one by one, each in time, and counts those it got rid of."""

    def __init__(self, parts: list[bytes]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._parts = parts
        self.place: tuple[str, int] = self._listening.getsockname()
        self.sent = 0
        self.heard = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.place[1]}"

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, suppress(OSError):
            self.heard = connection.recv(2**16)
            for part in self._parts:
                connection.sendall(part)
                self.sent += 1
                time.sleep(TIMEOUT / 4)

    def close(self) -> None:
        """Wait until it has finished or was hung up on."""
        self._thread.join()
        self._listening.close()


_LINES = [f"X-Line-{number}: 1\r\n".encode() for number in range(30)]
_START = b"HTTP/1.1 200 OK\r\n"
DRIPS = {
    "lines of the header": [_START, *_LINES],
    "bytes of one line": [_START, *[b"x" for _ in range(30)]],
    "bytes of the body": [_START + b"Content-Length: 99\r\n\r\n", *[b" " for _ in range(30)]],
    "chunks of the body": [
        _START + b"Transfer-Encoding: chunked\r\n\r\n",
        *[b"1\r\n \r\n" for _ in range(30)],
    ],
}


@pytest.mark.parametrize("case", DRIPS)
def test_a_node_is_hung_up_on_when_it_drips(case: str) -> None:
    node = Dripping(DRIPS[case])
    transport = HttpTransport(node.url, TIMEOUT)
    with pytest.raises(UnavailableError, match="time-out"):
        transport.post(b"{}")
    transport.close()
    node.close()
    assert node.sent < len(_LINES)


_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def test_a_name_and_password_in_the_address_become_basic_authentication() -> None:
    node = Dripping([_ANSWER])
    transport = HttpTransport(node.url.replace("//", "//me:p%40ss@"), 5.0)
    assert transport.post(b"[]") == {}
    transport.close()
    node.close()
    assert b"\r\nAuthorization: Basic bWU6cEBzcw==\r\n" in node.heard
    assert b"\r\nHost: 127.0.0.1:" in node.heard


PROXIES = {
    "for every address": ({"http_proxy": "{proxy}"}, False, True),
    "but not for this address": ({"http_proxy": "{proxy}", "no_proxy": "127.0.0.1"}, False, False),
    "but this is our own machine": ({"http_proxy": "{proxy}"}, True, False),
    "for another kind of address": ({"https_proxy": "{proxy}"}, False, False),
}


@pytest.mark.parametrize("case", PROXIES)
def test_the_environment_names_a_proxy(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment, local, used = PROXIES[case]
    node, proxy = Dripping([_ANSWER]), Dripping([_ANSWER])
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(proxy=proxy.url))
    transport = HttpTransport(node.url, 5.0, local=local)
    assert transport.post(b"[]") == {}
    transport.close()
    for each, answers in ((node, not used), (proxy, used)):
        if not answers:
            socket.create_connection(each.place).close()
        each.close()
        assert (b"POST" in each.heard) is answers
