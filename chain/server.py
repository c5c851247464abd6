"""The embedded chain on a local address: JSON-RPC over HTTP, for other processes of this machine.

Decides who is let in: whoever knows the path, which is random and stands in a file that only this
user can read. So neither a web page nor another user's program can guess it, and a process that
happens to get the same port later is not mistaken for the chain.
"""

import json
import secrets
import socket
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from chain import defaults
from chain.rpc import Rpc


class RpcServer(ThreadingHTTPServer):
    """Serves `rpc` on a free port of 127.0.0.1 from its own threads, until `close`."""

    daemon_threads = True

    def __init__(self, rpc: Rpc) -> None:
        self.rpc = rpc
        self.path = "/" + secrets.token_hex(16)
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens, with the secret path."""
        return f"http://127.0.0.1:{self.server_port}{self.path}"

    def close(self) -> None:
        """Stop, and end the connections that are open, so that their users look elsewhere."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        for connection in list(self._open):
            _hang_up(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember an open connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One write without delay per answer; the default costs 40 ms on each.
    wbufsize = -1
    disable_nagle_algorithm = True
    server: RpcServer

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != self.server.path or "Origin" in self.headers:
            self._reply(HTTPStatus.NOT_FOUND, b"")
        elif not 0 < length <= defaults.REQUEST_LIMIT:
            self._reply(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"")
        else:
            self._reply(HTTPStatus.OK, answer(self.server.rpc, self.rfile.read(length)))

    def _reply(self, status: HTTPStatus, body: bytes) -> None:
        if status is not HTTPStatus.OK:
            self.close_connection = True  # the request's body was not read
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *args: object) -> None:
        """Requests are not logged."""


def answer(rpc: Rpc, body: bytes) -> bytes:
    """The response body for a request body: one request object or a batch of them."""
    try:
        request = json.loads(body)
    except ValueError:
        return b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}'
    if isinstance(request, list):
        return json.dumps([rpc.answer(one) for one in request]).encode()
    return json.dumps(rpc.answer(request)).encode()


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already gone
