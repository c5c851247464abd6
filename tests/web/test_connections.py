"""What one connection may take: limits below the routes, with a server in this process."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Response

from api import connections
from api.connections import Connection, Server
from api.site import bodies, places
from api.site.problems import Problem
from tests.web.simulator import World

Say = Callable[..., list[bytes]]


@contextmanager
def serving(app: FastAPI) -> Iterator[int]:
    """The app on a free port, as `sogoc serve` has it."""
    with running(app) as (port, _):
        yield port


@contextmanager
def running(app: FastAPI) -> Iterator[tuple[int, Server]]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=Connection, ws="none", log_level="critical", lifespan="off")
    server = Server(config)
    thread = threading.Thread(target=server.run, args=[[listener]])
    thread.start()
    try:
        yield listener.getsockname()[1], server
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second for what has ten."""
    for name in ("HEAD_SECONDS", "GRACE", "REST_SECONDS", "UNREAD_SECONDS", "IDLE_SECONDS"):
        monkeypatch.setattr(connections, name, 1.0)


def heard(port: int, *parts: bytes) -> bytes:
    """All that comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        for part in parts:
            line.sendall(part)
        found = b""
        while data := line.recv(65_536):
            found += data
    return found


def code_of(answer: bytes) -> str:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"content-security-policy: " in head
    found = Problem.model_validate_json(body)
    assert head.startswith(b"HTTP/1.1 %d " % found.status)
    return f"{found.status} {found.code}"


POST = b"POST /api/verify HTTP/1.1\r\nHost: a\r\nContent-Type: application/pdf\r\n"
CHUNKS = POST + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED = {
    "a head that stops": (b"POST /api/ver", "408 request.too_slow"),
    "a body that stops": (POST + b"Content-Length: 999\r\n\r\n%PDF", "408 request.too_slow"),
    "chunks that stop": (CHUNKS + b"5\r\nab", "408 request.too_slow"),
    "no HTTP": (b"\x16\x03\x01\x02\x00\r\n\r\n", "400 request.malformed"),
    "a long header": (b"GET / HTTP/1.1\r\nA: " + b"b" * 400_000, "431 request.head_too_large"),
    "a long address": (b"GET /" + b"b" * 400_000, "431 request.head_too_large"),
    "many trailers": (
        CHUNKS + b"0\r\n" + b"A: b\r\n" * 80_000,
        "431 request.head_too_large",
    ),
    "chunks of a byte": (
        CHUNKS + b"1\r\nx\r\n" * 80_000,
        "431 request.head_too_large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.usefixtures("quick")
def test_what_takes_too_much_gets_a_problem_and_a_closed_line(case: str, app: FastAPI) -> None:
    said, expected = REFUSED[case]
    with serving(app) as port:
        assert code_of(heard(port, said)) == expected


@pytest.mark.usefixtures("quick")
def test_who_says_nothing_is_told_nothing(app: FastAPI) -> None:
    with serving(app) as port:
        assert heard(port) == b""


@pytest.mark.usefixtures("quick")
def test_a_refused_body_may_run_on_and_then_the_line_is_closed(app: FastAPI) -> None:
    with serving(app) as port:
        refused = b"POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nabc"
        assert code_of(heard(port, refused)) == "404 route.unknown"
        finished = refused.replace(b"99", b"6")
        assert code_of(heard(port, finished, b"def")) == "404 route.unknown"


@pytest.mark.usefixtures("quick")
def test_who_does_not_read_is_cut_off(app: FastAPI) -> None:
    app.add_api_route("/large", lambda: Response(bytes(20_000_000)))
    with running(app) as (port, server), unread(port) as line:
        line.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        until(lambda: server.server_state.total_requests > 0)
        until(lambda: not server.server_state.connections)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_requests_do_not_stand_in_line_for_ever(app: FastAPI) -> None:
    ask = b"GET /static/check.js HTTP/1.1\r\nHost: a\r\n\r\n" * 2 * connections.IN_LINE
    with (
        serving(app) as port,
        unread(port) as line,
        pytest.raises((ConnectionResetError, BrokenPipeError)),
    ):
        for_ever(line, ask)


@contextmanager
def unread(port: int) -> Iterator[socket.socket]:
    """A line whose other end nobody reads."""
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(60)
        line.connect(("127.0.0.1", port))
        yield line


def for_ever(line: socket.socket, said: bytes) -> None:
    while True:
        line.sendall(said)


def test_one_too_many_is_told_to_come_again(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "CONNECTIONS", 1)
    with serving(app) as port, socket.create_connection(("127.0.0.1", port)):
        answer = heard(port, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    assert code_of(answer) == "503 site.crowded"
    assert b"retry-after: " in answer


def test_a_large_body_waits_for_a_place_and_a_text_does_not(
    world: World, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One place, held by who sends a large body and stops in the middle of it."""
    monkeypatch.setattr(places, "MOST", 1)
    monkeypatch.setattr(places.Places.__init__, "__defaults__", (1, 0.5))
    large = b"%PDF-1.7\n" + bytes(2 * bodies.TEXT_LIMIT)
    with serving(app) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(POST + b"Content-Length: 900000\r\n\r\n" + large)
        address = f"http://127.0.0.1:{port}/api/verify"
        found = until_busy(address, large)
        assert Problem.model_validate_json(found.content).code == "reading.busy"
        text = httpx.post(address, json={"text": world.issued[0].code}, trust_env=False)
        assert text.json()["verdict"] == "VALID"


def until_busy(address: str, large: bytes) -> httpx.Response:
    """The first refusal: the one before may not have come so far yet."""
    for _ in range(100):
        found = httpx.post(
            address, content=large, headers={"Content-Type": "application/pdf"}, trust_env=False,
            timeout=60,
        )  # fmt: skip
        if found.status_code == 503:
            return found
    pytest.fail("it never waited")


def test_a_place_is_given_back_once() -> None:
    async def take_twice() -> None:
        all_of_them = places.Places(1, 5.0)
        first, second = all_of_them.place(), all_of_them.place()
        await first.take()
        await first.take()
        first.give_back()
        first.give_back()
        await second.take()

    asyncio.run(take_twice())
