"""The Solidity tests beside this file, run by Foundry's forge against the committed artifact.

Here every fuzz test gets a few runs; `make contracts` gives it 10,000.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORGE = ROOT / "node_modules/@foundry-rs/forge-linux-amd64/bin/forge"
# Settings of forge or of the mutants' runner must not leak in.
FOREIGN = {"FOUN", "LEDG"}
SUITES = {
    "AnchoringTest",
    "FuzzTest",
    "GovernanceTest",
    "InvariantsTest",
    "LanesTest",
    "LayoutTest",
    "SignaturesTest",
    "VectorsTest",
}


@pytest.mark.solc
def test_the_solidity_tests_pass(capsys: pytest.CaptureFixture[str]) -> None:
    forge = str(FORGE) if FORGE.exists() else shutil.which("forge")
    if not forge or not shutil.which("node") or not (ROOT / "node_modules/solc").exists():
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report("forge or npm's solc is missing: install node and run npm ci")
    environment = {key: value for key, value in os.environ.items() if key[:4] not in FOREIGN}
    run = subprocess.run(
        [forge, "test", "--json"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.stdout, run.stderr
    suites = json.loads(run.stdout)
    results = {
        f"{suite.partition(':')[2]}.{name}": result
        for suite, found in suites.items()
        for name, result in found["test_results"].items()
    }
    failed = {
        name: result["reason"] for name, result in results.items() if result["status"] != "Success"
    }
    with capsys.disabled():
        sys.stdout.write(f"\nforge: {len(results)} tests of {len(suites)} contracts\n")
    assert failed == {}
    assert run.returncode == 0, run.stderr
    # Whoever adds a file of tests adds it here: a file that is not found must not go unnoticed.
    assert {suite.partition(":")[2] for suite in suites} == SUITES
