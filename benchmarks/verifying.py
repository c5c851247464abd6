"""Verify rate over a real deployment: in process, and over HTTP beside a minimal endpoint.

2,000 diplomas and 500 transcripts of 40 results are issued for real (embedded chain, SQLite
store and registry) and verified in random order. Over HTTP the site and the minimal endpoint of
`benchmarks.servers` take turns in the same run, with the same requests, load generator and
number of connections; each is one process with one worker.
"""

import os
import random
import statistics
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.wiring import System
from benchmarks import load, servers
from benchmarks.deployment import deployed, diplomas, issue, papers, transcripts
from benchmarks.measure import Rate, Target, calibration, rate, show
from verifier.verdict import Verdict

BATCHES, DIPLOMAS, TRANSCRIPTS, RESULTS = 4, 500, 125, 40  # per batch
CONNECTIONS = (1, 8, 32)
COMPARED = 8  # the number of connections at which the target is judged
ROUNDS = 5
REQUESTS = 3000  # per round; the faster endpoint gets twice as many
_LINKS = "QR links"


@dataclass(frozen=True, slots=True)
class Served:
    """A load, and the server's CPU time per request in microseconds."""

    load: load.Load
    cpu: float


def main() -> list[Target]:
    """Print the tables; what was aimed for and reached."""
    shuffled = random.Random(2026).shuffle
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with deployed(folder / "data") as system:
            things = _issued(system)
            for texts in things.values():
                shuffled(texts)
            in_process = {name: _verified(system, texts) for name, texts in things.items()}
        show("Verifying in process, one thread", list(in_process.items()))
        return [_over_http(folder, things)]


def _issued(system: System) -> dict[str, list[str]]:
    things: dict[str, list[str]] = {_LINKS: []}
    for at in range(BATCHES):
        for name, order in (
            ("diplomas", diplomas(system, DIPLOMAS, at * DIPLOMAS)),
            (
                f"transcripts, {RESULTS} results",
                transcripts(system, TRANSCRIPTS, at * TRANSCRIPTS, RESULTS),
            ),
        ):
            made = papers(system, issue(system, order))
            things[_LINKS] += made.links
            things.setdefault(f"SD-JWTs of {name}", []).extend(made.sd_jwts)
    return things


def _verified(system: System, texts: list[str]) -> Rate:
    verify = system.verifier.verify

    def work() -> int:
        for text in texts:
            assert verify(text).conclusion.verdict is Verdict.VALID
        return len(texts)

    return rate(work)


def _over_http(folder: Path, things: dict[str, list[str]]) -> Target:
    with ExitStack() as running:
        site = running.enter_context(servers.served("site", folder / "data"))
        minimal = running.enter_context(servers.served("minimal", folder))
        texts = _file(folder, things[_LINKS])
        print(f"\nVerifying QR links over HTTP, one worker (calibration {calibration():.0f} ms)")
        print(f"  {'':44}{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'CPU µs':>8}{'× minimal':>11}")
        ratios = {number: _compared(site, minimal, texts, number) for number in CONNECTIONS}
        print(f"\nSD-JWTs over HTTP, {COMPARED} connections")
        for name, of_kind in things.items():
            if name != _LINKS:
                _line(name, _asked(site, "/api/verify", _file(folder, of_kind), REQUESTS, COMPARED))
    return Target("over HTTP, × the minimal endpoint", 0.5, ratios[COMPARED], "")


def _file(folder: Path, texts: list[str]) -> Path:
    path = folder / "texts"
    path.write_text("\n".join(texts))
    return path


def _compared(
    site: servers.Server, minimal: servers.Server, texts: Path, connections: int
) -> float:
    """Rounds of both in turn; prints the median of each and returns the median ratio."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(_asked(minimal, "/minimal", texts, 2 * REQUESTS, connections))
        ours.append(_asked(site, "/api/verify", texts, REQUESTS, connections))
    ratio = statistics.median(
        a.load.per_second / b.load.per_second for a, b in zip(ours, theirs, strict=True)
    )
    _line(f"minimal endpoint, {connections} connections", _median(theirs))
    _line(f"ours, {connections} connections", _median(ours), ratio)
    return ratio


def _asked(server: servers.Server, path: str, texts: Path, count: int, connections: int) -> Served:
    before = _cpu_seconds(server.pid)
    found = load.run(server.port, path, texts, count, connections, '"verdict":"VALID"')
    return Served(found, (_cpu_seconds(server.pid) - before) / count * 1e6)


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _median(rounds: list[Served]) -> Served:
    return sorted(rounds, key=lambda found: found.load.per_second)[len(rounds) // 2]


def _line(name: str, found: Served, ratio: float | None = None) -> None:
    seen = found.load
    print(
        f"  {name:44}{seen.per_second:>8,.0f}{seen.p50_ms:>8.2f}{seen.p99_ms:>8.2f}"
        f"{found.cpu:>8.0f}" + (f"{ratio:>11.2f}" if ratio else ""),
        flush=True,
    )


if __name__ == "__main__":
    main()
