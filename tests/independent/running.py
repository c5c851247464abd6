"""Servers for a real browser: the site, which a test can stop, and a node that pages may ask."""

import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import uvicorn
from web3 import Web3

from api.site.app import Parts, create_app
from api.site.directory import SigningKeys
from api.site.pages import Site
from tests.chain.middleman import Middleman
from tests.web.simulator import World


class RunningSite:
    """Serves at `address` until `stop`; `start` serves again at the same one."""

    def __init__(self, world: World, signing_keys: Callable[[], SigningKeys]) -> None:
        self.world, self.signing_keys = world, signing_keys
        self.specimen = False  # changes every page, as a new version would
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.heard: list[str] = []
        self.start()

    def start(self) -> None:
        self._verifier = self.world.verifier()
        parts = Parts(
            self._verifier, self.world, self.world.readiness, signing_keys=self.signing_keys
        )
        app = create_app(parts, Site(self.world.deployment, self.address, specimen=self.specimen))

        async def listening(scope: object, receive: object, send: object) -> None:
            if scope["type"] == "http":  # type: ignore[index]
                self.heard.append(scope["path"])  # type: ignore[index]
            await app(scope, receive, send)  # type: ignore[arg-type]

        config = uvicorn.Config(
            listening, host="127.0.0.1", port=self.port, log_level="error", access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._verifier.close()


CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Allow-Methods": "POST",
}


class Endpoint(Middleman):
    """A node that lets web pages ask, as an operator would set it up."""

    def __init__(self, truth: Web3) -> None:
        super().__init__(truth)
        self.RequestHandlerClass = _allowing(self.RequestHandlerClass)


def _allowing(handler: Any) -> Any:
    class Allowing(handler):  # type: ignore[misc]
        def do_OPTIONS(self) -> None:
            self.send_response(204)
            self.end_headers()

        def end_headers(self) -> None:
            for name, value in CORS.items():
                self.send_header(name, value)
            super().end_headers()

    assert issubclass(Allowing, BaseHTTPRequestHandler)
    return Allowing
