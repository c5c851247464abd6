"""A load generator for one address on this machine, with latencies as a client sees them.

Keep-alive connections, one request each at a time.

Runs as a process of its own (``python -m benchmarks.load``), so that it takes no time from the
server's process. It checks every answer: a fast error would be worthless.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import uvloop

_PATIENCE = 120  # seconds that one run may take


@dataclass(frozen=True, slots=True)
class Load:
    """What clients saw: requests per second of wall time, latencies in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


class _Client(asyncio.Protocol):
    """One connection that sends the next request when the answer to the last is complete."""

    def __init__(self, requests: Iterator[bytes], expected: bytes, latencies: list[float]) -> None:
        self._requests, self._expected, self._latencies = requests, expected, latencies
        self._answer = bytearray()
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._next()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        self._latencies.append(time.perf_counter() - self._sent)
        if not head.startswith(b"HTTP/1.1 200 ") or self._expected not in body:
            self.done.set_exception(AssertionError(bytes(self._answer[:300])))
            return
        self._answer = bytearray()
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed by the server"))

    def _next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self._transport.write(request)


def _content_length(head: bytes | bytearray) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise AssertionError("an answer without a length")


def run(port: int, path: str, texts: Path, count: int, connections: int, expected: str) -> Load:
    """Send `count` requests from a second process and wait for what it saw.

    `texts` holds one text per line; they are sent in that order, again and again.
    """
    arguments = [str(port), path, str(texts), str(count), str(connections), expected]
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *arguments],
        stdout=subprocess.PIPE,
        timeout=_PATIENCE,
        check=True,
    )
    return Load(**json.loads(found.stdout))


async def _load(
    port: int, requests: list[bytes], count: int, connections: int, expected: bytes
) -> Load:
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    todo = itertools.islice(itertools.cycle(requests), count)
    started = time.perf_counter()
    clients = [
        (
            await loop.create_connection(
                lambda: _Client(todo, expected, latencies), "127.0.0.1", port
            )
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.done for _, client in clients))
    elapsed = time.perf_counter() - started
    for transport, _ in clients:
        transport.close()
    percentiles = statistics.quantiles(latencies, n=100)
    return Load(len(latencies) / elapsed, percentiles[49] * 1000, percentiles[98] * 1000)


def _request(path: str, text: str) -> bytes:
    body = json.dumps({"text": text}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Send the requests and print a `Load` as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, kind in (("port", int), ("path", str), ("texts", Path)):
        parser.add_argument(name, type=kind)
    for name, kind in (("count", int), ("connections", int), ("expected", str)):
        parser.add_argument(name, type=kind)
    given = parser.parse_args()
    requests = [_request(given.path, text) for text in given.texts.read_text().splitlines()]
    found = uvloop.run(
        _load(given.port, requests, given.count, given.connections, given.expected.encode())
    )
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
