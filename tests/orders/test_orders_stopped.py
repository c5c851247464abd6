"""A job that is killed goes on elsewhere; one that is cancelled before sending leaves nothing."""

import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from api.desk.jobs import MOST_CLAIMS, Worker
from api.desk.runners import RUNNERS
from credential.blanks import Why
from credential.errors import RefusedError
from credential.model import CredentialType, Lane
from issuer.amending import plan
from store.jobs import LEASE, Jobs, JobState
from store.order_records import OrderState
from store.orders import Orders
from store.outbox import now
from tests.issuer.conftest import PUPILS, Desk
from tests.orders.conftest import BINH, CHI, Bench, order_of, preparing

THPT = CredentialType.THPT_DIPLOMA
KILLED = """
import os, signal, sys
from pathlib import Path
from api import settings
from api.desk.jobs import Worker
from api.desk.runners import RUNNERS
from api.wiring import System

def heard(stage, _total):
    if stage == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)

with System(settings.load(Path(sys.argv[1]))) as system:
    Worker(system, RUNNERS, sys.argv[3], heard).once()
"""


def at(stage: str, act: Callable[[], None]) -> Callable[[str, int], None]:
    def heard(said: str, _total: int) -> None:
        if said == stage:
            act()

    return heard


def run(bench: Bench, job: int, heard: Callable[[str, int], None]) -> JobState:
    Worker(bench.system, RUNNERS, heard=heard).once(job)
    return bench.jobs.of(job).state


@pytest.mark.parametrize("stage", ["begun", "staged", "signed", "sent", "final"])
def test_what_was_killed_goes_on_in_another_process(desk: Desk, stage: str) -> None:
    with desk.system() as system:
        bench = Bench(system, desk)
        number = bench.prepare()
        job = bench.approve(number)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(desk.data), stage, ""], check=False)
    assert killed.returncode == -signal.SIGKILL
    with desk.system() as system:
        assert Worker(system, RUNNERS).once() is None, "it is still taken for alive"
        worker = Worker(system, RUNNERS, "another", clock=lambda: now() + LEASE)
        assert worker.once() == job
        assert Jobs(system.store_database).of(job).state is JobState.DONE
        assert Orders(system.store_database).of(number).state is OrderState.ISSUED
    assert desk.written() == (PUPILS, 1, PUPILS)
    assert [desk.sogoc("verify", code) for code in desk.codes()] == [0] * PUPILS


@pytest.mark.parametrize("stage", ["begun", "staged", "signed"])
def test_what_is_cancelled_before_it_is_sent_leaves_nothing(bench: Bench, stage: str) -> None:
    number = bench.prepare()
    job = bench.approve(number)
    cancelled = run(bench, job, at(stage, lambda: bench.orders.cancel(number, CHI)))
    assert cancelled is JobState.CANCELLED
    assert bench.orders.of(number).state is OrderState.CANCELLED
    assert bench.desk.written() == (0, 0, 0)
    again = bench.prepare()
    assert bench.work(bench.approve(again)).state is JobState.DONE
    assert bench.desk.written() == (PUPILS, 1, PUPILS)
    numbers = [one.register_no for one in bench.system.batches.staged(1)]
    assert sorted(numbers)[0] == "B26/1001/00001"


def test_blanks_of_what_is_cancelled_are_on_hand_again(bench: Bench) -> None:
    blanks, school = bench.system.blanks, 1001
    received = Why("Trần Văn Bình", date(2026, 6, 1), "PXK 12/2026")
    blanks.receive(school, THPT, "T01000001", "T01000099", received)
    serials = [f"T010000{1 + row:02d}" for row in range(PUPILS)]
    number = bench.prepare()
    job = bench.approve(number)

    def cancel() -> None:
        assert blanks.lacking(school, THPT, serials) == serials
        bench.orders.cancel(number, CHI)

    assert run(bench, job, at("staged", cancel)) is JobState.CANCELLED
    assert blanks.lacking(school, THPT, serials) == []


def test_what_is_signed_and_not_sent_yet_can_be_cancelled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = bench.prepare()
    job = bench.approve(number)
    send = bench.system.ledger.awaited

    def cancelled(school: int, root: bytes) -> int | None:
        bench.orders.cancel(number, CHI)  # it is signed, and about to be sent
        return send(school, root)

    monkeypatch.setattr(bench.system.ledger, "awaited", cancelled)
    assert run(bench, job, at("none", lambda: None)) is JobState.CANCELLED
    assert bench.desk.written() == (0, 0, 0)


def test_what_was_cancelled_is_sent_by_no_other_hand(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody types `sogoc resume` while the order is being cancelled, before or after."""
    number = bench.prepare()
    job = bench.approve(number)

    def cancel() -> None:
        bench.orders.cancel(number, CHI)
        (batch,) = bench.system.batches.unfinished()
        with pytest.raises(RefusedError, match=r"job\.cancelled"):
            bench.system.issuing(lambda *_: None).resume(batch)

    assert run(bench, job, at("signed", cancel)) is JobState.CANCELLED
    assert bench.desk.written() == (0, 0, 0)


def test_what_another_hand_is_about_to_send_is_not_cancelled(bench: Bench) -> None:
    number = bench.prepare()
    job = bench.approve(number)

    def resume() -> None:
        (batch,) = bench.system.batches.unfinished()
        bench.system.issuing(lambda *_: None).resume(batch)
        with pytest.raises(RefusedError, match=r"job\.bound"):
            bench.orders.cancel(number, CHI)

    assert run(bench, job, at("signed", resume)) is JobState.DONE
    assert bench.desk.written() == (PUPILS, 1, PUPILS)


def test_a_process_that_slept_through_a_cancellation_sends_nothing(bench: Bench) -> None:
    """What it remembers has the number of another batch by now."""
    number = bench.prepare()
    job = bench.approve(number)
    slept = []

    def cancel() -> None:
        slept.extend(bench.system.batches.unfinished())
        bench.orders.cancel(number, CHI)

    assert run(bench, job, at("signed", cancel)) is JobState.CANCELLED
    (before,) = slept
    assert bench.work(bench.approve(bench.prepare())).state is JobState.DONE
    now_there = bench.system.batches.staged(before.id)
    assert len(now_there) == PUPILS
    with pytest.raises(RefusedError, match=r"batch\.unknown"):
        bench.system.batches.send(before)


def test_what_was_sent_cannot_be_cancelled(bench: Bench) -> None:
    number = bench.prepare()
    job = bench.approve(number)
    refused: list[str] = []

    def cancel() -> None:
        with pytest.raises(RefusedError) as found:
            bench.orders.cancel(number, CHI)
        refused.append(found.value.code)

    assert run(bench, job, at("sent", cancel)) is JobState.DONE
    assert refused == ["job.bound"]


def test_a_correction_that_is_cancelled_lets_the_old_version_stand(bench: Bench) -> None:
    bench.work(bench.approve(bench.prepare()))
    first = order_of(bench.desk)
    changed = tuple(replace(row, birth_place="Đồng Nai") for row in first.rows[:2])
    asked = replace(first, rows=changed, first_serial=None, reason="Nhập sai nơi sinh")
    found = plan(asked, bench.system.desk, bench.system.batches)
    number = preparing.prepare(bench.system, BINH, found.order)
    job = bench.approve(number)
    state = run(bench, job, at("signed", lambda: bench.orders.cancel(number, CHI)))
    assert state is JobState.CANCELLED
    assert bench.desk.written() == (PUPILS, 1, PUPILS)
    held = bench.system.desk.awarded(first.type, 2026, [row.code for row in first.rows])
    assert {(one.line.version, one.lane) for one in held.values()} == {(1, Lane.ACTIVE)}
    assert len(held) == PUPILS


def test_numbers_that_others_came_after_are_not_taken_back(bench: Bench) -> None:
    number = bench.prepare(count=2)
    other = bench.prepare(count=2, start=2)
    job = bench.approve(number)

    def overtaken() -> None:
        bench.work(bench.approve(other))
        bench.orders.cancel(number, CHI)

    assert run(bench, job, at("staged", overtaken)) is JobState.FAILED
    assert bench.jobs.of(job).code == "award.not_last"
    assert bench.orders.approve(number, CHI, bench.orders.of(number).ref) == job
    assert bench.work(job).state is JobState.DONE
    assert bench.desk.written() == (4, 2, 4)


def test_what_could_not_be_taken_back_then_is_given_up_later(bench: Bench) -> None:
    """Its numbers are the school's last again, once the order after it was given up, too."""
    number, other = bench.prepare(count=2), bench.prepare(count=2, start=2)
    job, later = bench.approve(number), []

    def give_up() -> None:
        bench.orders.cancel(number, CHI)
        raise KeyboardInterrupt  # the other one's process ends

    def overtaken() -> None:
        later.append(bench.approve(other))
        with pytest.raises(KeyboardInterrupt):
            run(bench, later[0], at("staged", give_up))

    assert run(bench, job, at("staged", overtaken)) is JobState.FAILED
    bench.orders.cancel(other, CHI)
    after = Worker(bench.system, RUNNERS, "another", clock=lambda: now() + LEASE)
    assert after.once(later[0]) == later[0]
    assert bench.orders.of(other).state is OrderState.CANCELLED
    bench.orders.cancel(number, CHI)
    assert run(bench, job, at("none", lambda: None)) is JobState.CANCELLED
    assert bench.orders.of(number).state is OrderState.CANCELLED
    assert bench.desk.written() == (0, 0, 0)


def test_what_killed_every_process_can_still_be_given_up(bench: Bench) -> None:
    number = bench.prepare()
    job = bench.approve(number)
    for claim in range(MOST_CLAIMS + 1):  # by processes that died of it
        assert Jobs(bench.system.store_database, lambda at=claim: now() + at * LEASE).claim("x")
    worker = Worker(bench.system, RUNNERS, clock=lambda: now() + (MOST_CLAIMS + 1) * LEASE)
    assert worker.once() == job
    assert bench.jobs.of(job).code == "job.given_up"
    bench.orders.cancel(number, CHI)
    assert run(bench, job, at("none", lambda: None)) is JobState.CANCELLED
    assert bench.orders.of(number).state is OrderState.CANCELLED
