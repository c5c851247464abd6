"""`sogoc serve` and its neighbours as processes: where they listen, what they say, how they end."""

import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from api.connections import CONNECTIONS
from tests.deployed import PATIENCE, Deployment


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """A deployment that has issued nothing yet."""
    deployment = Deployment(tmp_path_factory.mktemp("bare") / "data")
    made = deployment.run("init")
    assert made.returncode == 0, made.stderr
    assert "ready" in made.stdout
    return deployment


@pytest.fixture(scope="module")
def site(bare: Deployment) -> Iterator[str]:
    with bare.served() as (address, _):
        yield address


def get(address: str, timeout: float = 60.0) -> httpx.Response:
    return httpx.get(address, timeout=timeout, trust_env=False)


def test_a_second_init_changes_nothing(bare: Deployment) -> None:
    before = (bare.data / "deployment.json").read_bytes()
    again = bare.run("init")
    assert (again.returncode, "nothing changed" in again.stdout) == (0, True)
    assert (bare.data / "deployment.json").read_bytes() == before


def test_the_site_is_ready_and_does_not_say_what_it_is_made_with(site: str) -> None:
    ready = get(f"{site}/readyz")
    assert ready.json()["sources"] == {"chain": True, "registry": True, "store": True}
    assert "server" not in ready.headers


TOLD = "7305701203310442"  # as in a token, a code, a number, a message


def test_nothing_that_was_handed_in_is_in_what_it_prints(bare: Deployment) -> None:
    """Not even where somebody puts a token into an address, or what is sent is broken."""
    with bare.served() as (address, running):
        for path in (f"/V?{TOLD}", f"/v/{TOLD}", f"/api/evidence/{TOLD}", f"/api/verify?t={TOLD}"):
            get(f"{address}{path}")
        bodies = ({"text": TOLD}, {"text": f"HTTPS://X/V#{TOLD}"}, {"number": TOLD, "born": TOLD},
                  {"message": TOLD, "code": TOLD}, [TOLD])  # fmt: skip
        for path in ("verify", "verify-number", "receipts", "receipts/check", "reports",
                     "reports/status", "lists", "successor", "decode"):  # fmt: skip
            for body in bodies:
                httpx.post(f"{address}/api/{path}", json=body, timeout=60, trust_env=False)
        host, _, port = address.rpartition("//")[2].partition(":")
        with socket.create_connection((host, int(port))) as broken:
            broken.sendall(f"GARBAGE {TOLD}\r\n\r\n".encode())
            broken.recv(1000)
        running.send(signal.SIGTERM)
        running.ended()
        assert TOLD not in running.said


@pytest.mark.parametrize("command", [["serve"], ["registry", "serve"]], ids=" ".join)
def test_a_port_that_is_taken_is_named(command: list[str], bare: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = bare.run(*command, SOGOC_PORT=port, SOGOC_REGISTRY_PORT=port)
    assert done.returncode == 1
    assert f"Another program uses port {port}" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "", "it did not say that it serves"


def test_an_address_of_another_machine_is_refused(bare: Deployment) -> None:
    done = bare.run("serve", SOGOC_HOST="192.0.2.1", SOGOC_PORT="0")
    assert done.returncode == 1
    assert "192.0.2.1" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_registry_is_served_by_itself(bare: Deployment) -> None:
    client = bare.run("registry", "client", "verifier")
    assert client.returncode == 0
    with bare.start("registry", "serve", SOGOC_REGISTRY_PORT="0") as running:
        address = running.until(r"at (http://\S+)/ ")[1]
        assert get(f"{address}/healthz").status_code == 200


def test_more_connections_than_it_takes_are_told_to_come_again(site: str) -> None:
    host, port = site.removeprefix("http://").split(":")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as open_ones:
        for _ in range(CONNECTIONS):
            open_ones.enter_context(socket.create_connection((host, int(port)), timeout=30))
        assert status_until(f"{site}/healthz", 503) == 503
    assert status_until(f"{site}/healthz", 200) == 200


def status_until(address: str, wanted: int) -> int:
    """The status, asked for until it is that: connections come and go in their own time."""
    deadline = time.monotonic() + PATIENCE
    while (status := get(address).status_code) != wanted and time.monotonic() < deadline:
        time.sleep(0.05)
    return status
