"""Receipts as files: written and judged by the command line, over a real chain."""

import json
from pathlib import Path

import pytest

from api.cli import run
from tests.deployed import Deployment

GENUINE, OTHER, REVOKED = "B26/1001/00001", "B26/1001/00002", "B26/1001/00007"


def sogoc(demo: Deployment, *arguments: str) -> int:
    return run(["--data", str(demo.data), "--lang", "en", *arguments])


@pytest.fixture(params=["json", "pdf"])
def written(request: pytest.FixtureRequest, demo: Deployment, tmp_path: Path) -> Path:
    path = tmp_path / f"receipt.{request.param}"
    assert sogoc(demo, "verify", str(demo.paper(GENUINE)), "--receipt", str(path)) == 0
    return path


def test_one_that_was_written_is_genuine(
    written: Path, demo: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert sogoc(demo, "verify", str(written)) == 0
    said = capsys.readouterr().out
    assert said.startswith("✔ GENUINE — Genuine receipt: on ")
    assert "Verify the document itself again" in said
    assert "really is the one of that number" in said
    assert demo.issued(GENUINE)[1].holder.name in said


@pytest.mark.parametrize(
    ("thing", "says"),
    [(GENUINE, "still what the receipt says"), (OTHER, "not the one that the receipt is about")],
    ids=["the same document", "another document"],
)
def test_with_the_document_it_says_what_changed(
    thing: str, says: str, written: Path, demo: Deployment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sogoc(demo, "verify", str(written), "--anew", str(demo.paper(thing))) == 0
    assert says in capsys.readouterr().out


def test_a_revoked_diploma_has_a_receipt_and_the_exit_code_is_the_verdicts(
    demo: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    assert sogoc(demo, "verify", str(demo.paper(REVOKED)), "--receipt", str(path)) == 1
    capsys.readouterr()
    assert sogoc(demo, "verify", str(path), "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["standing"], found["claims"]["verdict"]) == ("genuine", "INVALID")


def test_an_altered_one_is_forged(
    demo: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "r.json"
    sogoc(demo, "verify", str(demo.paper(GENUINE)), "--receipt", str(path))
    path.write_text(path.read_text().replace(GENUINE, OTHER))
    capsys.readouterr()
    assert sogoc(demo, "verify", str(path)) == 1
    assert capsys.readouterr().out.startswith("✘ FORGED")


@pytest.mark.parametrize("key", ["no file", "no listed one"])
def test_without_a_key_that_the_chain_lists_none_is_written(
    key: str, deployment: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, path = deployment.data / "keys" / "0.sign.p12", tmp_path / "r.json"
    file.unlink()
    if key == "no listed one":
        with deployment.system() as system:
            system.keystore.make_signer("0.sign")
    asked = ("verify", str(deployment.paper(GENUINE)), "--receipt", str(path))
    assert sogoc(deployment, *asked) == 64
    assert "receipt" in capsys.readouterr().err
    assert not path.exists()


@pytest.mark.parametrize(
    "arguments",
    [("--receipt", "r.txt"), ("--receipt", "r.json", "--offline")],
    ids=["another ending", "offline"],
)
def test_wrong_usage_writes_nothing(
    arguments: tuple[str, ...], demo: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert sogoc(demo, "verify", str(demo.paper(GENUINE)), *arguments) == 64
    assert list(tmp_path.iterdir()) == []


def test_while_the_chain_is_silent_it_is_undetermined(
    deployment: Deployment, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    assert sogoc(deployment, "verify", str(deployment.paper(GENUINE)), "--receipt", str(path)) == 0
    done = deployment.here("verify", str(path), SOGOC_CHAIN="http://127.0.0.1:9")
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith("? UNDETERMINED")
