"""The index of the chain as `sogoc serve` and `sogoc index` keep it, in processes of their own."""

import time
from collections.abc import Callable

import httpx

from tests.deployed import PATIENCE, Deployment

BY_TABLES = "tables of this deployment's indexer"
BY_ENDPOINT = "one endpoint, which was believed"


def eventually(seen: Callable[[], bool]) -> bool:
    """Whether it comes to that: an index that falls behind on a busy machine catches up again."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def index_of(address: str) -> dict[str, object] | None:
    answer = httpx.get(f"{address}/readyz", timeout=60, trust_env=False).json()
    found: dict[str, object] | None = answer["index"]
    return found


def trust_of(address: str, code: str) -> str:
    asked = {"json": {"text": code}, "timeout": 60, "trust_env": False}
    answer = httpx.post(f"{address}/api/verify", **asked).json()
    assert answer["verdict"] == "VALID"
    return str(answer["reports"][0]["as_of"]["trust"]["en"])


def test_a_running_site_keeps_the_index_and_verifies_by_it(deployment: Deployment) -> None:
    code = deployment.issued("B26/1001/00001")[0]
    assert deployment.here("index", "status").returncode == 1, "nobody has made one yet"
    with deployment.served() as (address, _):
        assert eventually(lambda: bool((found := index_of(address)) and found["kept"]))
        assert eventually(lambda: BY_TABLES in trust_of(address, code))
        assert eventually(lambda: deployment.here("index", "status").returncode == 0)
        assert eventually(lambda: BY_TABLES in deployment.here("verify", code).stdout)
        assert "proven" in deployment.here("verify", "--strict", code).stdout


def test_the_index_is_made_and_made_anew_by_command(deployment: Deployment) -> None:
    for command in ("once", "rebuild", "once"):
        done = deployment.here("index", command)
        assert (done.returncode, "is in use" in done.stdout) == (0, True), done.stderr


def test_a_site_without_an_index_asks_the_chain(deployment: Deployment) -> None:
    code = deployment.issued("B26/1001/00001")[0]
    with deployment.served(SOGOC_CHAIN_INDEX="false") as (address, _):
        assert index_of(address) is None
        assert BY_ENDPOINT in trust_of(address, code)
