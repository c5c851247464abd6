"""The real application over the simulator, on a free local port, for a real browser."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

import api.site.pages
from api.site.app import Parts, create_app
from api.site.pages import Site
from api.succeeding import Successions
from tests.web.simulator import World
from verifier.numbers import Numbers


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scanner(request: pytest.FixtureRequest) -> str:
    """Where codes are read: ``local`` wants the built assets, ``server`` hides them."""
    return str(getattr(request, "param", "server"))


@pytest.fixture
def heard() -> list[str]:
    """Every path and query that reached the server."""
    return []


@pytest.fixture
def site(
    world: World, scanner: str, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a running application."""
    if scanner == "server":
        monkeypatch.setattr(api.site.pages, "_SCANNER", "vendor/none")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        verifier = world.verifier()
        parts = Parts(
            verifier,
            world,
            world.readiness,
            numbers=Numbers(verifier, world),
            receipts=world.office(verifier),
            successions=Successions(verifier, world, world),
        )
        app = create_app(parts, Site(world.deployment, address, receipts=True, reports=True))

        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                heard.append(f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        server = uvicorn.Server(uvicorn.Config(listening, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield address
        server.should_exit = True
        thread.join(10)
        verifier.close()
