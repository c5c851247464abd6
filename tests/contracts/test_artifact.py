"""The committed artifact: fresh, complete, and made of the sources beside it."""

import hashlib
import importlib.util
import json
import os
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from contracts.artifact import ledger, raw

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compiler() -> ModuleType:
    """The script that makes the artifact."""
    path = ROOT / "scripts" / "compile_contracts.py"
    spec = importlib.util.spec_from_file_location("compile_contracts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.solc
def test_compiling_again_gives_the_committed_file_byte_for_byte(compiler: ModuleType) -> None:
    if not shutil.which("node") or not (ROOT / "node_modules/solc").exists():
        report = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        report("npm's solc is missing: install node and run npm ci")
    made = compiler.rendered(compiler.compile_ledger())
    assert made == compiler.ARTIFACT.read_text(encoding="utf-8")


def test_the_sources_on_disk_are_those_that_were_compiled() -> None:
    recorded = raw()["sources"]
    ours = {name for name in recorded if name.startswith("contracts/")}
    assert ours == {f"contracts/{path.name}" for path in (ROOT / "contracts").glob("*.sol")}
    for name in ours:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == recorded[name], name


def test_the_recorded_input_hash_is_that_of_the_recorded_input(compiler: ModuleType) -> None:
    found = raw()
    assert found["settings"] == compiler.SETTINGS
    assert found["inputSha256"] == compiler.input_hash(found["sources"], found["settings"])


def test_the_compiler_is_the_one_that_npm_is_told_to_install() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert raw()["solc"].startswith(wanted["solc"] + "+commit.")
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_the_npm_lock_names_no_download_address() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    assert "://" not in re.sub(r'"url": "[^"]*"', "", text)


def test_the_code_fits_what_a_chain_takes_and_targets_the_embedded_one() -> None:
    assert raw()["settings"]["evmVersion"] == "cancun"
    assert 0 < len(ledger().deployed) <= 24_576  # EIP-170


def test_every_record_that_a_verifier_reads_fits_one_slot() -> None:
    for record in ("School", "Key", "Anchor"):
        fields = ledger().structs[record].values()
        assert max(offset + length for offset, length in fields) <= 32


@pytest.mark.parametrize(
    ("change", "same"),
    [
        pytest.param(lambda code: code, True, id="as compiled"),
        pytest.param(
            lambda code: _set(code, ledger().immutables[0][0]), True, id="an immutable is filled in"
        ),
        pytest.param(lambda code: _set(code, 100), False, id="another byte differs"),
        pytest.param(lambda code: code + b"\0", False, id="a byte more"),
        pytest.param(lambda code: b"", False, id="no code"),
    ],
)
def test_runtime_code_is_recognised(change: object, same: bool) -> None:
    assert callable(change)
    assert ledger().matches(change(ledger().deployed)) is same


def _set(code: bytes, place: int) -> bytes:
    return code[:place] + bytes([code[place] ^ 1]) + code[place + 1 :]
