"""Mirrors: whoever keeps the leaf files verifies with none of the issuer's servers."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.mirroring import Tally, update
from credential.errors import UnavailableError
from tests.e2e.conftest import Deployment, Running
from verifier.mirror import LEAF_BYTES, Mirror

DIPLOMA = "B26/1001/00001"

Answer = tuple[int, bytes]


@contextmanager
def site(answer: Callable[[int, int], Answer]) -> Iterator[str]:
    """A site that publishes what a test wants."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            school, seq = map(int, self.path.rsplit("/", 2)[1:])
            status, body = answer(school, seq)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def mirrored(demo: Deployment, folder: Path, change: Callable[[bytes], Answer]) -> Tally:
    """What comes of mirroring a site that changes its files so."""
    with demo.system() as system:

        def answer(school: int, seq: int) -> Answer:
            found = system.published.leaves(school, seq)
            return change(found) if found is not None else (404, b"")

        with site(answer) as address:
            return update(system, address, Mirror(folder), lambda *_: None)


def test_a_mirror_holds_every_batch_of_the_chain(demo: Deployment, tmp_path: Path) -> None:
    tally = mirrored(demo, tmp_path, lambda found: (200, found))
    held = Mirror(tmp_path).held()
    assert (tally.before, tally.fetched, tally.absent, tally.wrong) == (0, len(held), [], [])
    with demo.system() as system:
        seen = {(batch.school, batch.seq): batch.size for batch in system.batches.unfinished()}
        assert not seen, "all that the demo issues is final"
        for school, seq in held:
            size = len(system.published.leaves(school, seq) or b"") // LEAF_BYTES
            for index in range(2 * size):
                assert Mirror(tmp_path).evidence(school, seq, index) == (
                    system.published.evidence(school, seq, index)
                )
            assert Mirror(tmp_path).evidence(school, seq, 2 * size) is None
    again = mirrored(demo, tmp_path, lambda _: (500, b""))
    assert (again.before, again.fetched) == (len(held), 0), "nothing is fetched twice"


def _flipped(found: bytes) -> Answer:
    return 200, bytes([found[0] ^ 1]) + found[1:]


WRONG = {
    "one bit flipped": _flipped,
    "one credential less": lambda found: (200, found[:-LEAF_BYTES]),
    "one byte more": lambda found: (200, found + b"\0"),
    "ten megabytes": lambda found: (200, found + bytes(10_000_000)),
    "two leaves swapped": lambda found: (200, found[32:64] + found[:32] + found[64:]),
    "nothing in it": lambda _: (200, b""),
    "a page": lambda _: (200, b"<html>welcome</html>"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_a_file_that_is_not_what_the_chain_holds_is_not_kept(
    demo: Deployment, tmp_path: Path, change: Callable[[bytes], Answer]
) -> None:
    tally = mirrored(demo, tmp_path, change)
    assert tally.fetched == 0
    assert len(tally.wrong) >= 1
    assert Mirror(tmp_path).held() == set()


def test_what_a_site_does_not_have_is_named(demo: Deployment, tmp_path: Path) -> None:
    tally = mirrored(demo, tmp_path, lambda _: (404, b""))
    assert (tally.fetched, len(tally.absent) >= 1) == (0, True)


@pytest.mark.parametrize("status", [500, 301, 403])
def test_a_site_that_does_not_answer_is_silent(
    demo: Deployment, tmp_path: Path, status: int
) -> None:
    with pytest.raises(UnavailableError, match="store"):
        mirrored(demo, tmp_path, lambda _: (status, b""))


def test_a_damaged_mirror_never_reads_as_a_forgery(demo: Deployment, tmp_path: Path) -> None:
    mirrored(demo, tmp_path / "mirror", lambda found: (200, found))
    for path in (tmp_path / "mirror").glob("*/*.leaves"):
        data = bytearray(path.read_bytes())
        data[40] ^= 1
        path.write_bytes(data)
    done = demo.run("verify", str(demo.paper(DIPLOMA)), SOGOC_MIRROR=str(tmp_path / "mirror"))
    assert done.returncode == 2, done.stdout


def test_with_a_mirror_a_chain_and_the_registry_nothing_else_is_needed(
    deployment: Deployment, chain: Running, tmp_path: Path
) -> None:
    recorded = (deployment.data / "deployment.json").read_text()
    contract = re.search('"contract": "(0x[0-9a-f]+)"', recorded)
    assert contract is not None
    alone = Deployment(tmp_path / "alone")
    alone.data.mkdir()
    known = {
        "SOGOC_CHAIN": (deployment.data / "chain.sqlite.address").read_text(),
        "SOGOC_CONTRACT": contract[1],
        "SOGOC_MIRROR": str(tmp_path / "mirror"),
    }
    with deployment.served() as (address, _):
        done = alone.run("mirror", address, **known)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "equal to the chain" in done.stdout
        again = alone.run("mirror", address, **known)
        assert "Kept 0 more batches" in again.stdout
    paper = str(deployment.paper(DIPLOMA))
    without = alone.run("verify", paper, "--strict", **known)
    assert without.returncode == 2, without.stdout
    assert "the master register could not be asked here" in without.stdout
    with deployment.start("registry", "serve", SOGOC_REGISTRY_PORT="0") as registry:
        service = registry.until(r"at (http://\S+?)/? ")[1]
        made = deployment.run("registry", "client", "kept-by-us")
        secret = made.stdout.rsplit(": ", 1)[1].strip()
        asked = {
            "SOGOC_REGISTRY_SERVICE": service,
            "SOGOC_REGISTRY_CLIENT": "kept-by-us",
            "SOGOC_REGISTRY_SECRET": secret,
        }
        found = alone.run("verify", paper, "--strict", **known, **asked)
        assert found.returncode == 0, found.stdout + found.stderr
    assert list(alone.data.glob("*.sqlite")) == [], "no database was made"
