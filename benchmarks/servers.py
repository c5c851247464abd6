"""The two HTTP servers that are compared, each a real process with one worker.

`site` is the product as `sogoc serve` runs it. `minimal` is the least that verifying could be:
a FastAPI endpoint that does one P-256 verification, 20 SHA-256 hashes and one indexed SQLite
read per request. It is written for speed: no thread, no ORM, no model, all prepared beforehand.
"""

import hashlib
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fastapi import FastAPI, Request, Response

from api import serving, settings
from api.wiring import System

HASHES = 20
_ROWS = 10_000
_SHA256 = ec.ECDSA(SHA256())


def minimal(database: Path) -> FastAPI:
    """The endpoint to compare with: its answer says VALID when all of it came out right."""
    reading = _filled(database)
    key = ec.generate_private_key(ec.SECP256R1())
    public, data = key.public_key(), os.urandom(200)
    signature = key.sign(data, _SHA256)
    app = FastAPI()
    asked = 0

    @app.post("/minimal")
    async def verify(request: Request) -> Response:
        nonlocal asked
        text = orjson.loads(await request.body())["text"]
        public.verify(signature, data, _SHA256)
        node = hashlib.sha256(text.encode()).digest()
        for _ in range(HASHES - 1):
            node = hashlib.sha256(b"\x01" + node + node).digest()
        asked += 7919  # a prime: another row every time
        row = reading.execute("SELECT value FROM leaf WHERE id = ?", (asked % _ROWS,)).fetchone()
        answer = {"verdict": "VALID" if row else "INVALID", "digest": node.hex()}
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


def _filled(path: Path) -> sqlite3.Connection:
    found = sqlite3.connect(path, check_same_thread=False)
    found.execute("CREATE TABLE leaf (id INTEGER PRIMARY KEY, value BLOB NOT NULL)")
    found.executemany(
        "INSERT INTO leaf VALUES (?, ?)", [(number, os.urandom(32)) for number in range(_ROWS)]
    )
    found.commit()
    return found


@contextmanager
def served(kind: str, folder: Path) -> Iterator[int]:
    """A server of that kind (``site`` or ``minimal``) over a folder; gives its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers", kind, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Serve on a free port of this machine, which is printed first."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    listening = socket.create_server(("127.0.0.1", 0))
    with System(settings.Settings(data=folder)) as system:
        app = serving.site(system) if kind == "site" else minimal(folder / "minimal.sqlite")
        config = uvicorn.Config(app, access_log=False, log_level="warning")
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
