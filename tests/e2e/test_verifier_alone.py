"""The verifier's own distribution: no issuing code in it, and it verifies all by itself.

It is unpacked and run by a Python that sees the libraries, but nothing of this checkout.
"""

import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.deployed import Deployment, Running, environment

ROOT = Path(__file__).parents[2]
DIPLOMA = "B26/1001/00001"
ISSUING = [
    "issuer", "store", "database", "api.wiring", "api.site", "api.assembly",
    "api.serving", "api.demo", "chain.sender", "chain.writer", "chain.deploy", "chain.embedded",
    "chain.typed",
    "registry.service", "registry.tables", "registry.desk", "contracts.Ledger",
]  # fmt: skip
START = """
import sys
sys.path[:0] = {paths!r}
from {module} import {name}
{name}()
"""
IMPORTS = """
import json, sys
from importlib import import_module
from importlib.util import find_spec
def all_of_it():
    modules, issuing = json.loads(sys.argv[1])
    for module in modules:
        import_module(module)
    here = []
    for name in issuing:
        try:
            here += [name] if find_spec(name) else []
        except ModuleNotFoundError:
            pass
    libraries = {"sqlalchemy", "fastapi", "eth_tester", "typst", "openpyxl"} & set(sys.modules)
    print(json.dumps([here, sorted(libraries)]))
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("verifier")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(build, cwd=ROOT / "distributions" / "verifier", check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(target / "here")
    return target / "here"


@pytest.fixture
def alone(unpacked: Path, tmp_path: Path) -> Run:
    """Run one of the unpacked modules. -S: no .pth file leads back to this checkout."""
    paths = [str(unpacked), sysconfig.get_path("purelib")]

    def run(
        *arguments: str, module: str = "api.cli", name: str = "main", **more: str
    ) -> subprocess.CompletedProcess[str]:
        start = START.format(paths=paths, module=module, name=name)
        command = [sys.executable, "-I", "-S", "-c", start, *arguments]
        return subprocess.run(
            command, env=environment(**more), cwd=tmp_path,
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip

    return run


def test_every_module_loads_and_none_issues(unpacked: Path, alone: Run) -> None:
    (unpacked / "imports.py").write_text(IMPORTS, encoding="utf-8")
    modules = [
        ".".join(path.relative_to(unpacked).with_suffix("").parts).removesuffix(".__init__")
        for path in unpacked.rglob("*.py")
        if path.parts[len(unpacked.parts)] != "imports.py"
    ]
    done = alone(json.dumps([modules, ISSUING]), module="imports", name="all_of_it")
    (unpacked / "imports.py").unlink()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[], []]


def test_it_lists_the_commands_that_it_has(alone: Run) -> None:
    done = alone("--help")
    assert done.returncode == 0, done.stderr
    commands = [line.split()[0] for line in done.stdout.split("Commands:")[1].splitlines() if line]
    assert commands == ["verify", "present", "evidence", "mirror"]


def test_without_a_chain_named_it_says_what_to_name(alone: Run) -> None:
    done = alone("verify", "1" * 200, SOGOC_CONTRACT="0x" + "11" * 20, SOGOC_MIRROR="mirror")
    assert done.returncode == 64, done.stdout
    assert "SOGOC_CHAIN" in done.stderr


def test_without_a_mirror_named_it_says_what_to_name(alone: Run) -> None:
    known = {"SOGOC_CONTRACT": "0x" + "11" * 20, "SOGOC_CHAIN": "http://127.0.0.1:1"}
    done = alone("verify", "1" * 200, SOGOC_STORE_URL="sqlite:///store.sqlite", **known)
    assert done.returncode == 64, done.stderr
    assert "SOGOC_MIRROR" in done.stderr


def test_it_verifies_with_a_bundle_alone_or_a_mirror_and_a_chain_and_judges_receipts(
    deployment: Deployment, chain: Running, alone: Run, tmp_path: Path
) -> None:
    file, trust, mirror = tmp_path / "one.sogoc", tmp_path / "trust.json", tmp_path / "mirror"
    paper = str(deployment.paper(DIPLOMA))
    assert deployment.here("evidence", "make", paper, "--out", str(file)).returncode == 0
    assert deployment.here("evidence", "trust", "--out", str(trust)).returncode == 0
    offline = ("--lang", "en", "verify", "--offline", str(file), "--trust", str(trust))
    unvouched = alone(*offline)
    assert "Nobody whom you trust" in unvouched.stderr, unvouched.stderr
    block = unvouched.stderr.split("--block ")[1].split()[0].rstrip(".")
    assert "Right by the blockchain" in alone(*offline, "--block", block).stdout

    recorded = json.loads((deployment.data / "deployment.json").read_text())
    known = {
        "SOGOC_CHAIN": (deployment.data / "chain.sqlite.address").read_text(),
        "SOGOC_CONTRACT": recorded["contract"],
        "SOGOC_MIRROR": str(mirror),
    }
    with deployment.served() as (address, _):
        kept = alone("--lang", "en", "mirror", address, **known)
        assert kept.returncode == 0, kept.stdout + kept.stderr
    receipt = str(tmp_path / "receipt.pdf")
    assert deployment.here("verify", paper, "--receipt", receipt).returncode == 0
    judged = alone("--lang", "en", "verify", "--strict", receipt, **known)
    assert judged.stdout.startswith("✔ GENUINE"), judged.stdout + judged.stderr
    none = alone("--lang", "en", "verify", paper, "--receipt", str(tmp_path / "r.pdf"), **known)
    assert (none.returncode, "no key" in none.stderr) == (64, True), none.stdout + none.stderr
    found = alone("--lang", "en", "verify", "--strict", paper, **known)
    assert "Right by the blockchain" in found.stdout, found.stdout + found.stderr
