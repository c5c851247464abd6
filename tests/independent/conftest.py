"""The browser's modules in node: one process that answers requests a line at a time."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chain import acts
from tests.chain.conftest import (  # noqa: F401 — fixtures that this folder uses too
    anvil,
    bare,
    embedded,
    ledger,
    net,
)
from tests.chain.world import ANCHOR_KEY, REVOKE_KEY, SCHOOL, LedgerUnderTest
from tests.deployed import demo, first_run  # noqa: F401 — likewise
from tests.independent.running import Endpoint
from tests.web.simulator import World, key_from
from verifier.artefact import Artefact, decode

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).with_name("driver.mjs")
KECCAK = ROOT / "web/static/vendor/noble/sha3.js"


class RefusedByScript(Exception):  # noqa: N818 — what a script threw, by its code
    """What the script threw: the code of a fault, or a stack if it was none of ours."""


class Scripts:
    """Calls jobs of `driver.mjs`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, job: str, **asked: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"job": job, **asked}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RefusedByScript(answer["error"])
        return answer["result"]


@pytest.fixture(scope="session")
def scripts() -> Iterator[Scripts]:
    node = shutil.which("node")
    if node is None or not KECCAK.exists():
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report("node or Keccak is missing: make assets")
    command = [str(node), str(DRIVER)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Scripts(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


REVOKED, GENUINE = 1, 0  # places in the batch


class Anchored:
    """The simulator's batch, issued for a contract on a chain and anchored there for real."""

    def __init__(self, ledger: LedgerUnderTest) -> None:
        self.ledger = ledger
        self.world = World(ledger.deployment, key_from(11))
        self.root = self.world.tree[-1]
        ledger.governor().perform(acts.add_signing_key(SCHOOL, self.world.key.public))
        size = len(self.world.issued)
        ledger.send(ANCHOR_KEY, "anchorDirect", SCHOOL, 0, self.root, size)
        ledger.send(REVOKE_KEY, "revoke", SCHOOL, self.root, REVOKED)
        ledger.net.finalise()

    @property
    def trust(self) -> dict[str, object]:
        """What a checker knows from elsewhere."""
        known = self.ledger.deployment
        return {"chain_id": known.chain_id, "contract": known.contract.hex()}

    def paths(self, *texts: str) -> list[dict[str, object]]:
        """The evidence for artefacts, as the page hands it in."""
        return [placed(self.world, decode(text, self.ledger.deployment)) for text in texts]


def placed(world: World, artefact: Artefact) -> dict[str, object]:
    found = world.evidence(artefact.school, artefact.place.seq, artefact.leaf_index)
    assert found is not None
    return {
        "school": artefact.school,
        "seq": artefact.place.seq,
        "leafIndex": artefact.leaf_index,
        "leaf": found.leaf.hex(),
        "size": found.size,
        "path": [each.hex() for each in found.path],
    }


@pytest.fixture
def anchored(ledger: LedgerUnderTest) -> Anchored:
    return Anchored(ledger)


@pytest.fixture
def endpoint(anchored: Anchored) -> Iterator[Endpoint]:
    server = Endpoint(anchored.ledger.net.web3)
    yield server
    server.shutdown()
    server.server_close()
