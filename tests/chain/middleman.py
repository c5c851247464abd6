"""A node that a test can make silent, slow, broken or a liar; at first it tells the truth."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from web3 import Web3

Reply = tuple[int, bytes]
Spoil = Callable[[dict[str, Any]], None]


def result(value: object) -> Spoil:
    return lambda answer: answer.update(result=value)


def nothing(answer: dict[str, Any]) -> None:
    del answer["result"]


def failed(answer: dict[str, Any]) -> None:
    del answer["result"]
    answer["error"] = {"code": -32005, "message": "limit exceeded"}


def of_another(answer: dict[str, Any]) -> None:
    answer["id"] = -1


class _Middleman(BaseHTTPRequestHandler):
    """Passes requests on to the true chain and spoils what comes back."""

    disable_nagle_algorithm = True  # head and body would wait 40 ms for one another

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
