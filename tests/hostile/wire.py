"""A client that sends anything, at any pace, and reads what comes back meanwhile."""

import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.hostile.requests import Talk

_PATIENCE = 60.0  # seconds until a connection that does nothing is given up
_FINAL = 200  # statuses below are only announcements


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


class UnreadableError(AssertionError):
    """What came back is no HTTP."""


def talk(address: str, said: Talk, patience: float = _PATIENCE) -> list[Reply]:
    """Say it and wait until the other side closes; the answers. What cannot be sent is dropped."""
    url = urlsplit(address)
    with socket.create_connection((url.hostname, url.port), timeout=patience) as connection:
        heard = bytearray()
        closed = threading.Event()

        def listen() -> None:
            try:
                while data := connection.recv(65_536):
                    heard.extend(data)
            except OSError:
                pass
            closed.set()

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        _say(connection, said, closed)
        assert closed.wait(patience), f"still open after {patience} s: {bytes(heard[:200])!r}"
        return parsed(bytes(heard))


def _say(connection: socket.socket, said: Talk, closed: threading.Event) -> None:
    deadline = time.monotonic() + _PATIENCE
    try:
        for part in said.parts:
            connection.sendall(part)
            if closed.wait(said.pause) if said.pause else closed.is_set():
                return
            assert time.monotonic() < deadline, "it never had enough"
    except OSError:
        return  # closed by the other side, which is its right


def parsed(data: bytes) -> list[Reply]:
    """The answers in what was heard (a body is as long as its length says)."""
    replies = []
    while data:
        head, separator, data = data.partition(b"\r\n\r\n")
        start, *lines = head.decode("latin-1").split("\r\n")
        if not separator or not start.startswith("HTTP/1.1 "):
            raise UnreadableError(head[:200])
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        length = int(headers.get("content-length", 0))
        status = int(start.split()[1])
        if status >= _FINAL:
            # An answer to HEAD names a length and has no body.
            body = data[:length] if not data.startswith(b"HTTP/1.1 ") else b""
            replies.append(Reply(status, headers, body))
            data = data[len(body) :]
    return replies
