"""The two HTTP servers that are compared, each a real process with one worker.

`site` is the product as `sogoc serve` runs it. `minimal` is the least that verifying could be:
a FastAPI endpoint that does one P-256 verification, 20 SHA-256 hashes and one indexed SQLite
read per request. It is written for speed: on the event loop without a thread, no ORM, no model,
one key, signatures as the library wants them.
"""

import itertools
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fastapi import FastAPI, Request, Response

from api import assembly, serving, settings
from api.wiring import System

HASHES = 20
_ROWS = 10_000
_READ = "SELECT message, signature, path, root FROM papers WHERE code = ?"
_ECDSA = ec.ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: the port it listens on, and its process."""

    port: int
    pid: int


def minimal(database: Path) -> FastAPI:
    """The endpoint to compare with: it reads a row, verifies it, and follows its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    rows, codes = _filled(database, key)
    public, turn = key.public_key(), itertools.cycle(codes)
    app = FastAPI()

    @app.post("/minimal")
    async def verify(request: Request) -> Response:
        orjson.loads(await request.body())["text"]
        found = rows.execute(_READ, (next(turn),)).fetchone()
        message, signature, path, root = found
        public.verify(signature, message, _ECDSA)
        node = sha256(b"\0" + message).digest()
        for at in range(0, len(path), 32):
            node = sha256(b"\1" + node + path[at : at + 32]).digest()
        answer = {"verdict": "VALID" if node == root else "INVALID", "digest": node.hex()}
        return Response(orjson.dumps(answer), media_type="application/json")

    return app


def _filled(
    path: Path, key: ec.EllipticCurvePrivateKey
) -> tuple[sqlite3.Connection, Sequence[str]]:
    """A table of signed messages with paths, and the codes that find them, in random order."""
    table = sqlite3.connect(path, check_same_thread=False)
    table.execute(
        "CREATE TABLE papers (code TEXT PRIMARY KEY, message BLOB, signature BLOB, path BLOB,"
        " root BLOB)"
    )
    for _ in range(_ROWS):
        message, siblings = os.urandom(180), os.urandom(32 * (HASHES - 1))
        node = sha256(b"\0" + message).digest()
        for at in range(0, len(siblings), 32):
            node = sha256(b"\1" + node + siblings[at : at + 32]).digest()
        row = (os.urandom(8).hex(), message, key.sign(message, _ECDSA), siblings, node)
        table.execute("INSERT INTO papers VALUES (?, ?, ?, ?, ?)", row)
    table.commit()
    return table, [code for (code,) in table.execute("SELECT code FROM papers ORDER BY root")]


@contextmanager
def served(kind: str, folder: Path) -> Iterator[Server]:
    """A server of that kind (``site`` or ``minimal``) over a folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers", kind, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Server(int(process.stdout.readline()), process.pid)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Serve on a free port of this machine, which is printed first."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    listener = serving.listening("127.0.0.1", 0)
    with System(settings.Settings(data=folder)) as system:
        app = assembly.site(system) if kind == "site" else minimal(folder / "minimal.sqlite")
        print(listener.getsockname()[1], flush=True)
        serving.serve(app, listener)


if __name__ == "__main__":
    main()
