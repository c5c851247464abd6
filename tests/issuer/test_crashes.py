"""kill -9 during `sogoc issue` and `sogoc revoke`; other commands go on from there.

That the same work completes itself, from wherever it was killed, is shown by `tests.faults`.
"""

import subprocess
import sys
from pathlib import Path

from tests.issuer.conftest import Desk

ROOT = Path(__file__).parent.parent.parent


def killed(desk: Desk, point: tuple[str, str, int], arguments: list[str]) -> int:
    when, target, count = point
    command = [sys.executable, "-m", "tests.issuer.crashing", when, target, str(count)]
    done = subprocess.run(
        [*command, "--data", str(desk.data), *arguments],
        cwd=ROOT, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode


def test_resume_completes_what_was_staged(desk: Desk) -> None:
    assert killed(desk, ("after", "store.stage", 1), desk.issue_arguments()) == -9
    assert desk.sogoc("resume") == 0
    with desk.system() as system:
        assert not system.batches.unfinished()
        assert system.ledger.next_seq(1001) == 1


def test_what_a_killed_revocation_left_unsent_holds_up_nobody_else(desk: Desk) -> None:
    """Its nonce is taken; every later transaction of the relayer would wait for it."""
    assert desk.issue() == 0
    options = ["--ground", "fraud", "--decision", "5/QĐ", "--on", "01/09/2026", "--by", "A"]
    first, second = "B26/1001/00003", "B26/1001/00004"
    assert killed(desk, ("after", "store.record", 1), ["revoke", first, *options]) == -9
    assert desk.sogoc("revoke", second, *options) == 0
    assert desk.issue("--type", "transcript") == 0
