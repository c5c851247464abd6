"""Mirrors: whoever keeps the leaf files verifies with none of the issuer's servers."""

import gzip
import re
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api import mirroring
from api.mirroring import Tally, update
from credential.errors import UnavailableError
from tests.deployed import Deployment, Running
from verifier.mirror import LEAF_BYTES, Mirror

DIPLOMA = "B26/1001/00001"

LARGEST_IN_MEMORY = 20_000_000  # bytes
SLOWNESS = 0.5  # seconds for one file, in tests of slow sites

Answer = tuple[int, bytes]


Strange = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def strange_site(answer: Strange) -> Iterator[str]:
    """A site that writes whatever it likes to whoever asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def site(answer: Callable[[int, int], Answer]) -> Iterator[str]:
    """A site that publishes what a test wants."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        school, seq = map(int, handler.path.rsplit("/", 2)[1:])
        status, body = answer(school, seq)
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    with strange_site(send) as address:
        yield address


def kept(folder: Path) -> set[tuple[int, int]]:
    """School and number of every batch in a mirror."""
    return {(int(path.parent.name), int(path.stem)) for path in folder.glob("*/*.leaves")}


def mirrored(demo: Deployment, folder: Path, change: Callable[[bytes], Answer]) -> Tally:
    """What comes of mirroring a site that changes its files so."""
    with demo.system() as system:

        def answer(school: int, seq: int) -> Answer:
            found = system.published.leaves(school, seq)
            return change(found) if found is not None else (404, b"")

        with site(answer) as address:
            return update(system, address, Mirror(folder))


def test_a_mirror_holds_every_batch_of_the_chain(demo: Deployment, tmp_path: Path) -> None:
    tally = mirrored(demo, tmp_path, lambda found: (200, found))
    held = kept(tmp_path)
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
    assert kept(tmp_path) == set()


def test_what_unpacks_into_gigabytes_is_not_unpacked(demo: Deployment, tmp_path: Path) -> None:
    bomb = gzip.compress(gzip.compress(bytes(200_000_000)))

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip, gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)

    with demo.system() as system, strange_site(answer) as address:
        tracemalloc.start()
        tally = update(system, address, Mirror(tmp_path))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (tally.fetched, len(tally.wrong) >= 1) == (0, True)
    assert peak < LARGEST_IN_MEMORY


def _slow_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _slow_body(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    _drip(handler)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):
        for _ in range(200):
            handler.wfile.write(b"x")
            time.sleep(SLOWNESS / 10)


@pytest.mark.parametrize("answer", [_slow_head, _slow_body], ids=["head", "body"])
def test_a_site_that_answers_byte_by_byte_is_silent(
    demo: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Strange
) -> None:
    monkeypatch.setattr(mirroring, "_PATIENCE", SLOWNESS)
    with (
        demo.system() as system,
        strange_site(answer) as address,
        pytest.raises(UnavailableError, match="TimeoutError"),
    ):
        update(system, address, Mirror(tmp_path))


@pytest.mark.parametrize("address", ["http://[::1", "http://host:99999", "site", "ftp://host"])
def test_what_is_no_address_of_a_site_is_silent(
    demo: Deployment, tmp_path: Path, address: str
) -> None:
    with demo.system() as system, pytest.raises(UnavailableError, match="store"):
        update(system, address, Mirror(tmp_path))


def test_a_batch_too_large_for_this_machine_is_named_and_not_asked_for(
    demo: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirroring, "LARGEST", 0)
    tally = mirrored(demo, tmp_path, lambda found: (200, found))
    assert (tally.fetched, len(tally.too_large) >= 1) == (0, True)


def test_what_is_damaged_or_of_another_chain_is_fetched_anew(
    demo: Deployment, tmp_path: Path
) -> None:
    mirrored(demo, tmp_path, lambda found: (200, found))
    (path, *_) = tmp_path.glob("*/*.leaves")
    for damage in (b"", bytes(LEAF_BYTES), bytes(33), bytes(path.stat().st_size)):
        path.write_bytes(damage)
        tally = mirrored(demo, tmp_path, lambda found: (200, found))
        assert (tally.before, tally.fetched) == (len(kept(tmp_path)) - 1, 1)


def test_a_folder_that_cannot_be_written_is_wrong_usage(
    deployment: Deployment, chain: Running, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file")
    with deployment.served() as (address, _):
        done = deployment.here("mirror", address, "--folder", str(tmp_path / "taken" / "mirror"))
    assert done.returncode == 64, done.stderr
    assert "cannot be written" in done.stderr


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
    done = demo.here("verify", str(demo.paper(DIPLOMA)), SOGOC_MIRROR=str(tmp_path / "mirror"))
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
        done = alone.here("mirror", address, **known)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "equal to the chain" in done.stdout
        again = alone.here("mirror", address, **known)
        assert "Kept 0 more batches" in again.stdout
    paper = str(deployment.paper(DIPLOMA))
    without = alone.here("verify", paper, "--strict", **known)
    assert without.returncode == 2, without.stdout
    assert "the master register could not be asked here" in without.stdout
    with deployment.start("registry", "serve", SOGOC_REGISTRY_PORT="0") as registry:
        service = registry.until(r"at (http://\S+?)/? ")[1]
        made = deployment.here("registry", "client", "kept-by-us")
        secret = made.stdout.rsplit(": ", 1)[1].strip()
        asked = {
            "SOGOC_REGISTRY_SERVICE": service,
            "SOGOC_REGISTRY_CLIENT": "kept-by-us",
            "SOGOC_REGISTRY_SECRET": secret,
        }
        found = alone.here("verify", paper, "--strict", **known, **asked)
        assert found.returncode == 0, found.stdout + found.stderr
    assert list(alone.data.glob("*.sqlite")) == [], "no database was made"
