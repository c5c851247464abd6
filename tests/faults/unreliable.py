"""A node that fails some of its calls, in every way that a node can; which ones, a seed says."""

import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from chain import defaults

FAILED = ("refused", "status 500")  # nothing was done
HAPPENED = ("answer lost", "not JSON", "too late")  # but it was done
WEIGHTS = {"refused": 8, "status 500": 4, "answer lost": 8, "not JSON": 2, "too late": 1}


class _Call(BaseHTTPRequestHandler):
    disable_nagle_algorithm = True  # head and body would wait 40 ms for one another
    protocol_version = "HTTP/1.1"
    server: "Unreliable"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.fault()
        if fault == "refused":
            return self._reset()
        if fault == "status 500":
            return self._answer(500, b"")
        answer = self.server.ask(body)
        if fault == "answer lost":
            return self._reset()
        if fault == "too late":
            time.sleep(defaults.TIMEOUT + 1)
            return self._reset()
        return self._answer(200, answer[: len(answer) // 2] if fault == "not JSON" else answer)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


class Unreliable(ThreadingHTTPServer):
    """In front of the node at `url`; of all calls the share `failing` fails, at first none."""

    daemon_threads = True

    def __init__(self, url: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self._behind = urlsplit(url).netloc
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.failing = 0.0
        self.calls: Counter[str] = Counter()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fault(self) -> str:
        """How the next call fails; empty if it does not."""
        with self._lock:
            if not self.failing:
                return ""
            found = ""
            if self._random.random() < self.failing:
                (found,) = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            self.calls[found] += 1
            return found

    def ask(self, body: bytes) -> bytes:
        """What the node behind says."""
        link = http.client.HTTPConnection(self._behind)
        link.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = link.getresponse().read()
        link.close()
        return answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass
