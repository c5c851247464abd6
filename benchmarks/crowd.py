"""1,000 clients at once, each verifying one thing after another, and 50 that are slow on purpose.

Real connections, kept alive, to the site as `sogoc serve` runs it: QR links, SD-JWTs, photos and
PDFs of genuine diplomas. Texts are asked until every file has been answered, so that each kind
meets the others all the time. The slow ones send a byte a second of a body, and come again when
they are sent away. The minimal endpoint of `benchmarks.servers` meets the same 1,000 before and
after. Every answer that is not the expected one is an error.

    python -m benchmarks.crowd
"""

import asyncio
import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pypdfium2
import uvloop

from api import connections
from benchmarks import servers
from benchmarks.deployment import deployed, diplomas, issue, papers
from benchmarks.measure import Target, calibration
from issuer.delivery import Style, paper_of
from issuer.paper.document import make_pdf

CLIENTS = {"QR link": 900, "SD-JWT": 60, "photo": 20, "PDF": 20}
SLOW = 50
FILES = 1  # that each client with files sends: all of them at once
ROUNDS = 6  # requests of each client to the minimal endpoint
_PATIENCE = 600  # seconds of a whole run
_RAMP = 50  # clients that connect at once, as people do


class Seen:
    """What clients saw: seconds by kind, each client's longest wait, what went wrong."""

    def __init__(self) -> None:
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.worst: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()
        self.slow: Counter[str] = Counter()

    def table(self) -> dict[str, object]:
        """The figures, for JSON."""
        kinds = {}
        for kind, waits in self.waits.items():
            cuts = statistics.quantiles(waits, n=100)
            longest = sorted(self.worst[kind])
            kinds[kind] = {
                "answers": len(waits), "p50": cuts[49], "p99": cuts[98], "max": max(waits),
                "clients": len(longest), "luckiest": longest[0], "unluckiest": longest[-1],
            }  # fmt: skip
        return {"kinds": kinds, "errors": self.errors, "slow": self.slow}


async def ask(
    port: int,
    kind: str,
    requests: Iterator[bytes],
    expected: bytes,
    seen: Seen,
    together: asyncio.Barrier,
) -> None:
    """One client: when all are connected, the next request when the last is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    worst = 0.0
    await together.wait()
    try:
        for request in requests:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            took = time.perf_counter() - started
            worst = max(worst, took)
            seen.waits[kind].append(took)
            if not head.startswith(b"HTTP/1.1 200") or expected not in body:
                seen.errors[f"{kind}: {head[9:12].decode()} {body[:60]!r}"] += 1
    except (OSError, asyncio.IncompleteReadError) as error:
        seen.errors[f"{kind}: {type(error).__name__}"] += 1
    seen.worst[kind].append(worst)
    writer.close()


async def drip(port: int, stopped: asyncio.Event, seen: Seen) -> None:
    """A client that sends a byte of a PDF a second, and starts again when it is sent away."""
    head = request(b"", "application/pdf", length=5_000_000)
    while not stopped.is_set():
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        answer = asyncio.ensure_future(reader.read(12))
        while not answer.done() and not stopped.is_set():
            writer.write(b"x")
            await asyncio.wait([answer], timeout=1)
        seen.slow[answer.result()[9:12].decode() if answer.done() else "still there"] += 1
        answer.cancel()
        writer.close()


def request(body: bytes, kind: str, path: str = "/api/verify", length: int | None = None) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body) if length is None else length}\r\n\r\n"
    )
    return head.encode() + body


async def crowd(port: int, folder: Path) -> Seen:
    """All kinds at once, and the slow ones."""
    seen, stopped, things = Seen(), asyncio.Event(), json.loads((folder / "things").read_text())
    slow = [asyncio.create_task(drip(port, stopped, seen)) for _ in range(SLOW)]
    together = asyncio.Barrier(sum(CLIENTS.values()))
    tasks: dict[str, list[asyncio.Task[None]]] = {kind: [] for kind in CLIENTS}
    for kind, count in CLIENTS.items():
        made = requests_of(kind, things, folder)
        for number in range(count):
            turn = made[number % len(made) :] + made[: number % len(made)]
            asked = limited(turn, FILES) if kind in ("photo", "PDF") else until(turn, stopped)
            one = ask(port, kind, asked, b'{"verdict":"VALID"', seen, together)
            tasks[kind].append(asyncio.create_task(one))
            if number % _RAMP == 0:
                await asyncio.sleep(0.02)
    await asyncio.gather(*tasks["photo"], *tasks["PDF"])
    stopped.set()
    await asyncio.gather(*tasks["QR link"], *tasks["SD-JWT"], *slow)
    return seen


async def minimal(port: int, folder: Path) -> Seen:
    """The same number of clients at the minimal endpoint."""
    seen, things = Seen(), json.loads((folder / "things").read_text())
    made = [request(json.dumps({"text": one}).encode(), "application/json", "/minimal")
            for one in things["QR link"]]  # fmt: skip
    clients, together = [], asyncio.Barrier(sum(CLIENTS.values()))
    for number in range(sum(CLIENTS.values())):
        one = ask(port, "minimal", limited(made, ROUNDS), b'"verdict":"VALID"', seen, together)
        clients.append(asyncio.create_task(one))
        if number % _RAMP == 0:
            await asyncio.sleep(0.02)
    await asyncio.gather(*clients)
    return seen


def requests_of(kind: str, things: dict[str, list[str]], folder: Path) -> list[bytes]:
    if kind in things:
        return [
            request(json.dumps({"text": one}).encode(), "application/json") for one in things[kind]
        ]
    name, media = ("*.jpg", "image/jpeg") if kind == "photo" else ("*.pdf", "application/pdf")
    return [request(path.read_bytes(), media) for path in sorted(folder.glob(name))]


def limited(requests: list[bytes], count: int) -> Iterator[bytes]:
    return (requests[number % len(requests)] for number in range(count))


def until(requests: list[bytes], stopped: asyncio.Event) -> Iterator[bytes]:
    while True:
        for one in requests:
            if stopped.is_set():
                return
            yield one


def run(what: str, port: int, folder: Path) -> dict[str, object]:
    """One of the two in a process of its own; what it saw."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.crowd", what, str(port), str(folder)],
        stdout=subprocess.PIPE, timeout=_PATIENCE, check=True,
    )  # fmt: skip
    found: dict[str, object] = json.loads(done.stdout)
    return found


def main() -> list[Target]:
    """Print the tables; what was aimed for and reached."""
    with TemporaryDirectory() as temporary, ExitStack() as running:
        folder = Path(temporary)
        with deployed(folder / "data") as system:
            batch = issue(system, diplomas(system, 200, 0))
            held = papers(system, batch)
            things = {"QR link": held.links, "SD-JWT": held.sd_jwts}
            (folder / "things").write_text(json.dumps(things))
            style = Style(system.settings.public_url, specimen=True)
            for number, issued in zip(range(8), system.batches.issued(batch.id), strict=False):
                _write_paper(folder / str(number), make_pdf(paper_of(issued, style)))
        site = running.enter_context(servers.served("site", folder / "data"))
        floor = running.enter_context(servers.served("minimal", folder))
        print(f"\n{sum(CLIENTS.values())} clients at once and {SLOW} slow ones"
              f" (calibration {calibration():.0f} ms, load {os.getloadavg()[0]:.1f})")  # fmt: skip
        before = run("minimal", floor.port, folder)
        found = run("crowd", site.port, folder)
        after = run("minimal", floor.port, folder)
        return _shown(before, found, after)


def _write_paper(path: Path, pdf: bytes) -> None:
    path.with_suffix(".pdf").write_bytes(pdf)
    photo = io.BytesIO()
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=220 / 72).to_pil().convert("RGB")
        page.save(photo, "JPEG", quality=85)
    path.with_suffix(".jpg").write_bytes(photo.getvalue())


def _shown(before: Any, found: Any, after: Any) -> list[Target]:
    print(
        f"  {'seconds':18}{'answers':>9}{'p50':>8}{'p99':>8}{'max':>8}   longest wait of a client"
    )
    for name, table in (("before", before), ("", found), ("after", after)):
        for kind, row in table["kinds"].items():
            times = "".join(f"{row[column]:>8.2f}" for column in ("p50", "p99", "max"))
            longest = f"{row['luckiest']:.2f} to {row['unluckiest']:.2f}"
            print(f"  {f'{kind} {name}':18}{row['answers']:>9,}{times}   {longest}")
    print(f"  slow clients were answered: {found['slow']}; errors: {found['errors'] or 'none'}")
    floor = statistics.mean(table["kinds"]["minimal"]["p50"] for table in (before, after))
    errors = sum(sum(table["errors"].values()) for table in (before, found, after))
    asked = found["kinds"]["QR link"]
    print(f"  p50 of QR links × minimal endpoint: {asked['p50'] / floor:.1f}")
    return [
        Target("errors among 1,000 at once", 0, errors, "", at_most=True),
        Target("connections that are taken", 1050, connections.CONNECTIONS, ""),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        what, port, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
        seen = uvloop.run((crowd if what == "crowd" else minimal)(port, folder))
        print(json.dumps(seen.table()))
    else:
        main()
