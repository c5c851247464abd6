"""What is shipped: every package with the files that it reads, and nothing of the workshop."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize(
    "path",
    [
        "contracts/Ledger.sol",
        "contracts/artifacts/Ledger.json",
        "issuer/paper/templates/thpt-diploma.typ",
        "api/workdays.toml",
        "registry/rules.toml",
        "web/messages/vi.toml",
        "web/static/design.css",
        "web/templates/check.html",
        "database/migrations/env.py",
    ],
)
def test_a_file_that_is_read_at_run_time_is_shipped(shipped: set[str], path: str) -> None:
    assert path in shipped


@pytest.mark.parametrize("folder", ["tests", "scripts", "docs", "benchmarks", "node_modules"])
def test_the_workshop_stays_at_home(shipped: set[str], folder: str) -> None:
    assert not [name for name in shipped if name.startswith(f"{folder}/")]
