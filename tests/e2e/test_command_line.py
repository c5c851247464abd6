"""The command line as such: help that suffices, exit codes, what is printed and what is not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from api.cli import FAULT, INTERRUPTED, UNREAD, cli, run
from api.commands.deployment import shown
from api.progress import Progress
from api.session import Session
from api.settings import Settings
from credential.errors import RefusedError
from tests.deployed import SOGOC, Deployment, environment

HEAVY = ["web3", "eth", "sqlalchemy", "alembic", "openpyxl", "typst", "fastapi", "pydantic",
         "cryptography", "httpx", "zxcvbn"]  # fmt: skip


def commands(group: click.Group, path: str = "sogoc") -> Iterator[tuple[str, click.Command]]:
    """Every command with what is typed for it, groups before what is in them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None, name
        yield f"{path} {name}", found
        if isinstance(found, click.Group):
            yield from commands(found, f"{path} {name}")


ALL = dict(commands(cli))


def loaded_by(*arguments: str) -> set[str]:
    """Which of the heavy modules a command line imports, in a process of its own."""
    program = (
        "import sys; from api.cli import run; run(sys.argv[2:]); "
        "print(*(name for name in sys.argv[1].split() if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, " ".join(HEAVY), *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=120, check=True,
        cwd=Path(__file__).parents[2], env=environment(),
    )  # fmt: skip
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("name", ALL)
def test_every_command_explains_itself_and_all_its_options(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*name.split()[1:], "--help"]) == 0
    said = capsys.readouterr().out
    assert "..." not in said.replace("COMMAND [ARGS]...", ""), "nothing is cut short"
    assert " / " in (ALL[name].help or ""), "Vietnamese first, then English"
    for parameter in ALL[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert " / " in parameter.help, parameter.name


def test_the_list_of_commands_is_whole_and_imports_none_of_them() -> None:
    assert loaded_by("--help") == set()
    assert loaded_by("settings") == {"pydantic"}
    context = click.Context(cli)
    listed = cli.get_help(context)
    for name in cli.list_commands(context):
        assert f"\n  {name} " in listed
    assert "…" not in listed
    assert "..." not in listed.replace("COMMAND [ARGS]...", "")


USAGE = {
    "nothing": [],
    "a group alone": ["school"],
    "an unknown command": ["nonsense"],
    "an unknown command of a group": ["school", "nonsense"],
    "an unknown option": ["verify", "--nonsense", "1"],
    "an unknown language": ["--lang", "xx", "demo"],
    "an argument missing": ["verify"],
    "an argument too many": ["serve", "now"],
    "an option missing": ["revoke", "B26/1001/00001"],
    "a file that is not there": ["verify", "no-such-file.pdf"],
    "a list that is not there": ["issue", "no-such-file.xlsx"],
    "a day that is none": ["suspend", "1", "--decision", "1", "--on", "31/02/2026", "--by", "A"],
    "an address too short": ["guardian", "set", "0x1234"],
    "an address with a wrong checksum": [
        "owner",
        "offer",
        "0x5aaeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    ],
    "a moment that is none": ["key", "compromised", "0x" + "1" * 64, "--since", "yesterday"],
    "a list that cannot be read": ["school", "accredit", "no-such-list.csv"],
    "a type that is none": ["school", "accredit", "1", "--type", "phd"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE)
def test_wrong_usage_is_64(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 64
    said = capsys.readouterr()
    assert said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve"], ["audit", "verify"], ["resume"], ["school", "list"], ["registry", "serve"],
        ["registry", "client", "a"], ["chain", "serve"], ["school", "accredit", "79001001"],
        ["guardian", "pause"], ["ledger", "show"], ["key", "list", "79001001"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_folder_without_a_deployment_says_what_to_do(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--data", str(tmp_path), "--lang", "en", *arguments]) == 1
    assert "sogoc init" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [], "and makes nothing"


def test_verifying_without_a_deployment_is_not_a_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--data", str(tmp_path), "--lang", "en", "verify", "7K3M9QTX2B4N8RWC"]) == 64
    assert "sogoc init" in capsys.readouterr().err


def test_settings_are_printed_without_their_secrets(tmp_path: Path) -> None:
    secret = "geheim"
    done = Deployment(tmp_path).run(
        "settings",
        SOGOC_PASSPHRASE=secret,
        SOGOC_REGISTRY_SECRET=secret,
        SOGOC_STORE_URL=f"postgresql://sogoc:{secret}@db.example/sogoc?password={secret}",
        SOGOC_CHAIN=f"https://node.example/v3/{secret}",
    )
    assert done.returncode == 0
    assert secret not in done.stdout + done.stderr
    values = dict(line.split(" = ") for line in done.stdout.splitlines())
    assert set(values) == set(Settings.model_fields)
    assert json.loads(values["chain"]) == "https://node.example/•••"
    assert json.loads(values["store_url"]) == "postgresql://•••@db.example/•••"
    assert json.loads(values["port"]) == 8080


SHOWN: dict[str, tuple[str, object, object]] = {
    "a public address is no secret": ("public_url", "https://a.example/x", "https://a.example/x"),
    "a node without a path": ("chain", "http://127.0.0.1:8545", "http://127.0.0.1:8545"),
    "two nodes": (
        "chain",
        "http://a.example/x http://b.example",
        "http://a.example/••• http://b.example",
    ),
    "a file of SQLite": ("store_url", "sqlite:///data/x.sqlite", "sqlite:///data/x.sqlite"),
    "an IPv6 address": ("chain", "http://[::1]:8545/", "http://[::1]:8545"),
    "a switch": ("specimen", True, True),
}


@pytest.mark.parametrize(("name", "value", "expected"), SHOWN.values(), ids=SHOWN)
def test_what_is_no_secret_is_shown(name: str, value: object, expected: object) -> None:
    assert shown(name, value) == expected


@pytest.mark.parametrize("arguments", [["settings"], ["--help"], ["issue", "--help"]], ids=" ".join)
def test_a_reader_who_has_seen_enough_is_no_error(arguments: list[str]) -> None:
    unread, out = os.pipe()
    os.close(unread)
    try:
        done = subprocess.run(
            [SOGOC, *arguments], stdout=out, stderr=subprocess.PIPE, env=environment(), timeout=60,
            check=False,
        )  # fmt: skip
    finally:
        os.close(out)
    assert done.returncode == UNREAD
    assert done.stderr == b""


def test_a_terminal_without_vietnamese_letters_is_no_error() -> None:
    done = subprocess.run(
        [SOGOC, "--help"], capture_output=True, env=environment(PYTHONIOENCODING="ascii"),
        timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_error_of_ours_is_neither_a_verdict_nor_a_leak(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall_over(session: Session) -> None:
        raise RuntimeError("Nguyễn Thị Bí Mật")

    monkeypatch.setattr(Session, "settings", property(fall_over))
    assert run(["--lang", "en", "verify", "1"]) == FAULT
    said = capsys.readouterr().err
    assert "on our side" in said
    assert "RuntimeError: fall_over:" in said
    assert "Bí Mật" not in said
    assert "Traceback" not in said


def test_an_interrupted_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(session: Session) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Session, "settings", property(interrupt))
    assert run(["--lang", "en", "resume"]) == INTERRUPTED
    assert "The same command again" in capsys.readouterr().err


def test_what_a_file_says_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(session: Session) -> None:
        raise RefusedError("school.unknown", found="\x1b[2J\x1b[1;1H\u202eVALID")

    monkeypatch.setattr(Session, "settings", property(refuse))
    assert run(["--lang", "en", "audit", "verify"]) == 1
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "VALID" in said


class Terminal:
    """Standard error as a terminal, so far as progress looks at it."""

    def __init__(self) -> None:
        self.text = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None: ...


def test_a_counted_stage_has_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress("en") as progress:
        progress.stage("papers", 4)
        progress.advance(1)
        progress.advance(3)
        progress.stage("final", 0)
    bars, final = terminal.text.split("\n")[:2]
    assert bars.endswith(f"Writing PDF files (4) {'█' * 30} 4/4")
    assert final.split("\x1b[K")[-1] == "  Waiting for finality"
    assert terminal.text.endswith("\n")


def test_elsewhere_each_stage_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("en") as progress:
        progress.stage("papers", 4)
        progress.advance(4)
        progress.stage("papers", 4)
        progress.stage("final", 0)
    assert capsys.readouterr().err == "  Writing PDF files (4)\n  Waiting for finality\n"


def test_silence_is_broken_after_a_while(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("api.progress._SILENCE", 0.01)
    with Progress("en") as progress:
        progress._clock.join(30)  # reading while the other thread writes would lose words
        assert capsys.readouterr().err == "  Working\n"
        progress.stage("final", 0)
    assert capsys.readouterr().err == "  Waiting for finality\n"
