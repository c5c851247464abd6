"""kill -9 during `sogoc issue` and `sogoc revoke`; the same command completes the work.

Every write of the cycle is hit twice: as failed, and as failed but happened.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.tables import OUTBOX
from tests.issuer.conftest import PUPILS, Desk

ROOT = Path(__file__).parent.parent.parent
WRITES = ["desk.enter", "store.stage", "store.sign", "store.record", "ledger.broadcast"]
POINTS = [(when, write, 1) for write in WRITES for when in ("before", "after")] + [
    ("after", "store.advance", 1),  # SENT
    ("after", "store.advance", 2),  # FINAL
]


def killed(desk: Desk, point: tuple[str, str, int], arguments: list[str]) -> int:
    when, target, count = point
    command = [sys.executable, "-m", "tests.issuer.crashing", when, target, str(count)]
    done = subprocess.run(
        [*command, "--data", str(desk.data), *arguments],
        cwd=ROOT, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode


@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]} {point[1]} {point[2]}")
def test_a_killed_issue_is_completed_by_the_same_command(
    desk: Desk, point: tuple[str, str, int]
) -> None:
    assert killed(desk, point, desk.issue_arguments()) == -9
    assert desk.issue() == 0
    assert desk.written() == (PUPILS, 1, PUPILS), "nothing lost, nothing twice"
    with desk.system() as system:
        assert system.ledger.next_seq(1001) == 1, "one anchor on chain"
        assert not system.batches.unfinished()
        with system.store_database.reading() as connection:
            nonces = list(connection.scalars(
                select(OUTBOX.c.nonce).where(OUTBOX.c.sender == system.ledger.sender)
            ))  # fmt: skip
        assert sorted(nonces) == list(range(system.ledger.nonce())), "no gap in the nonces"
        numbers = []
        for row in range(1, PUPILS + 1):
            found = system.batches.credential(f"B26/1001/{row:05d}")
            assert found is not None, "register numbers run without gaps"
            numbers.append(found.staged.code)
    assert [desk.sogoc("verify", code) for code in numbers] == [0] * PUPILS


@pytest.mark.parametrize(
    "point",
    [
        ("before", "desk.set_status", 1),
        ("after", "desk.set_status", 1),
        ("after", "store.set_lane", 1),
        ("after", "store.record", 1),
        ("after", "ledger.broadcast", 1),
    ],
    ids=lambda point: f"{point[0]} {point[1]}",
)
def test_a_killed_revocation_is_completed_by_the_same_command(
    desk: Desk, point: tuple[str, str, int]
) -> None:
    assert desk.issue() == 0
    revoke = ["revoke", "B26/1001/00003", "--ground", "fraud", "--decision", "5/QĐ",
              "--on", "01/09/2026", "--by", "A"]  # fmt: skip
    assert killed(desk, point, revoke) == -9
    assert desk.sogoc(*revoke) == 0
    with desk.system() as system:
        found = system.batches.credential("B26/1001/00003")
        assert found is not None
        with system.store_database.reading() as connection:
            sent = connection.scalar(
                select(func.count()).select_from(OUTBOX).where(OUTBOX.c.purpose.like("status:%"))
            )
        assert sent == 1
    assert desk.sogoc("verify", found.staged.code) == 1


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
