"""A school whose keys are all in a token: it issues, is verified, revokes, is interrupted."""

import signal
import subprocess
import sys

import pytest

from credential.errors import ConfigError
from credential.records import BatchState
from issuer import cycle, devices
from tests.devices.conftest import TOKEN
from tests.devices.softhsm import Tray
from tests.issuer.conftest import PUPILS, Desk

pytestmark = pytest.mark.softhsm
REVOKE = ("--ground", "issuer_error", "--decision", "9/QĐ", "--on", "01/09/2026", "--by", "A")


def test_what_a_token_signed_is_valid_and_can_be_revoked_with_it(
    sealed: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sealed.issue() == 0
    codes = sealed.codes()
    assert [sealed.sogoc("verify", code) for code in codes] == [0] * PUPILS
    assert sealed.sogoc("revoke", codes[0], *REVOKE) == 0
    assert [sealed.sogoc("verify", code) for code in codes] == [1] + [0] * (PUPILS - 1)
    said = capsys.readouterr()
    assert "246810" not in said.out + said.err, "the PIN is never shown"


def test_a_token_pulled_out_in_the_middle_loses_nothing(
    sealed: Desk, tray: Tray, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sign, count = devices.Devices.sign, 0

    def pulled(self: devices.Devices, *given: object) -> bytes:
        nonlocal count
        count += 1
        if count == 5:
            tray.pull_out()
        return sign(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(devices.Devices, "sign", pulled)
    assert sealed.issue() == 1
    assert f"“{TOKEN}” was pulled out" in capsys.readouterr().err
    with sealed.system() as system:
        assert [each.state for each in system.batches.unfinished()] == [BatchState.STAGED]
    monkeypatch.undo()
    for name, value in tray.environment.items():
        monkeypatch.setenv(name, value)
    assert sealed.sogoc("resume") == 1, "it is still out"
    assert f"no signing token “{TOKEN}”" in capsys.readouterr().err
    tray.plug_in()
    assert sealed.sogoc("resume") == 0
    assert sealed.written() == (PUPILS, 1, PUPILS)
    assert [sealed.sogoc("verify", code) for code in sealed.codes()] == [0] * PUPILS


def test_a_token_pulled_out_before_anchoring_loses_nothing(
    sealed: Desk, tray: Tray, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = cycle.Issuing._send

    def pulled(self: cycle.Issuing, batch: object) -> object:
        tray.pull_out()
        monkeypatch.setattr(cycle.Issuing, "_send", send)
        return send(self, batch)  # type: ignore[arg-type]

    monkeypatch.setattr(cycle.Issuing, "_send", pulled)
    assert sealed.issue() == 1
    tray.plug_in()
    assert sealed.issue() == 0
    assert sealed.written() == (PUPILS, 1, PUPILS)
    assert [sealed.sogoc("verify", code) for code in sealed.codes()] == [0] * PUPILS


KILLED = """
import os, signal, sys
from api.cli import run
from issuer.devices import Devices

sign, count = Devices.sign, 0

def killed(self, *given):
    global count
    count += 1
    if count == int(sys.argv[1]):
        os.kill(os.getpid(), signal.SIGKILL)
    return sign(self, *given)

Devices.sign = killed
sys.exit(run(sys.argv[2:]))
"""


@pytest.mark.parametrize("at", [1, 7, 2 * PUPILS, 2 * PUPILS + 1, 2 * PUPILS + 2])
def test_killed_while_a_token_signs_the_same_command_completes_it(sealed: Desk, at: int) -> None:
    """Signatures of the credentials, then of the act that anchors, then of its transaction."""
    arguments = ["--data", str(sealed.data), *sealed.issue_arguments()]
    dead = subprocess.run([sys.executable, "-c", KILLED, str(at), *arguments], check=False)
    assert dead.returncode == -signal.SIGKILL
    assert sealed.issue() == 0
    assert sealed.written() == (PUPILS, 1, PUPILS)
    assert [sealed.sogoc("verify", code) for code in sealed.codes()] == [0] * PUPILS


def test_a_wrong_token_is_found_before_anything_is_entered(
    sealed: Desk, tray: Tray, capsys: pytest.CaptureFixture[str]
) -> None:
    tray.pull_out()
    assert sealed.issue() == 1
    assert "no signing token" in capsys.readouterr().err
    assert sealed.written() == (0, 0, 0)


def test_a_school_moves_from_files_to_a_token_by_rotation(
    sealed: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sealed.issue() == 0
    before = sealed.codes()
    code = "79001001"
    assert sealed.sogoc("key", "make", code, "sign", "--token", TOKEN) == 1
    assert "already" in capsys.readouterr().err
    assert sealed.sogoc("key", "make", code, "sign", "--token", TOKEN, "--next") == 0
    assert sealed.sogoc("key", "rotate", code, "sign") == 0
    assert sealed.issue("--type", "transcript") == 0
    assert [sealed.sogoc("verify", each) for each in sealed.codes()] == [0] * 2 * PUPILS
    assert before


def test_a_wrong_pin_enters_nothing(sealed: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    (sealed.data.parent / "pin").write_text("000000")
    assert sealed.issue() == 1
    assert "PIN" in capsys.readouterr().err
    assert sealed.written() == (0, 0, 0)
    with sealed.system() as system:
        for _ in range(2):  # the second time the token is not even asked
            with pytest.raises(ConfigError, match=r"device\.pin_wrong"):
                system.signer(1001)
