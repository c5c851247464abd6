"""The queue and the daily sums on a real database, also when a write is interrupted."""

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest

from credential import lookup
from credential.errors import RefusedError, UnavailableError
from database.connections import Database
from store import audit
from store.counts import Counted, Counts
from store.reports import Draft, Finding, Report, Reports, ReportState

NOW = 1_780_000_000
DAY = 86_400
PAPER = Finding(bytes(range(32)), 7, "thpt-diploma", "SG1", "2026/1", "INVALID", "forged")
KEY = Counted(date(2026, 6, 1), "thpt-diploma", "VALID", "valid", "text")
Contents = Callable[[Database], dict[str, list[tuple[object, ...]]]]


def draft(number: int, **more: Any) -> Draft:
    made = Draft(
        ticket=lookup.encode((number << 5).to_bytes(10, "big")),
        request=hashlib.sha256(b"%d" % number).digest(),
        kind="forged",
        deadline=date(2026, 6, 5),
        finding=PAPER,
        shown="forged",
        said_number="SG1",
        message="Chữ ký khác.\nTên sai.",
        contact="+84 900 000 000",
    )
    return replace(made, **more)


@pytest.fixture
def queue(database: Database) -> Reports:
    return Reports(database, clock=lambda: NOW)


@pytest.fixture
def held(queue: Reports) -> Report:
    return queue.enter(draft(1), "public")


def closed(queue: Reports, report: Report) -> Report:
    queue.answer(report.draft.ticket, "Là giả.", "An")
    return queue.move(report.draft.ticket, ReportState.CLOSED, "An")


def test_what_is_entered_is_found_as_it_was(queue: Reports, held: Report) -> None:
    assert held == Report(draft(1), held.id, ReportState.RECEIVED, NOW, NOW, "")
    assert queue.find(held.draft.ticket) == held


def test_the_same_request_is_one_report_with_its_first_ticket(
    queue: Reports, held: Report, database: Database, contents: Contents
) -> None:
    before = contents(database)
    assert queue.enter(replace(draft(1), ticket=draft(2).ticket), "public") == held
    assert contents(database) == before


def test_the_most_urgent_stand_first_and_only_open_ones_unless_asked_for(queue: Reports) -> None:
    days = [date(2026, 6, 9), date(2026, 6, 3), date(2026, 6, 5), date(2026, 6, 1)]
    made = [queue.enter(draft(n, deadline=day), "public") for n, day in enumerate(days)]
    done = closed(queue, made[3])
    assert queue.listed() == [made[1], made[2], made[0]]
    assert queue.listed([ReportState.CLOSED]) == [done]
    assert queue.listed(before=date(2026, 6, 5)) == [made[1]]


def test_reports_on_one_artefact_are_found_together(queue: Reports, held: Report) -> None:
    again = queue.enter(draft(2), "public")
    other = queue.enter(draft(3, finding=Finding()), "public")
    third = queue.enter(draft(4, finding=Finding()), "public")
    assert queue.alike(held) == [held, again]
    assert queue.alike(other) == [other]
    assert third not in queue.alike(other)


def test_each_act_has_its_line_with_who_and_when_and_none_names_a_person(
    queue: Reports, held: Report, database: Database
) -> None:
    ticket = held.draft.ticket
    queue.move(ticket, ReportState.LOOKING, "An")
    queue.move(ticket, ReportState.ASKED, "Bình")
    queue.contacts_read([held], "Bình")
    closed(queue, held)
    Reports(database, clock=lambda: NOW + 91 * DAY).erase(NOW + DAY)
    with database.reading() as connection:
        lines = connection.exec_driver_sql(
            "SELECT coalesce(name, actor), act, detail FROM audit "
            "LEFT JOIN audit_persons ON ref = actor ORDER BY seq"
        ).all()
    assert [tuple(line[:2]) for line in lines] == [
        ("public", "report.received"), ("An", "report.looking"), ("Bình", "report.asked_school"),
        ("Bình", "report.contact_read"), ("An", "report.answered"), ("An", "report.closed"),
        ("upkeep", "report.erased"),
    ]  # fmt: skip
    done = [(NOW, *line[:2]) for line in lines[:-1]]
    assert queue.history(held) == done
    assert not any(word in repr(lines) for word in ("SG1", "900", "Chữ ký", "Là giả", ticket))
    assert audit.verify(database) is None


REFUSED: dict[str, tuple[Callable[[Reports, Report], object], str]] = {
    "an unknown ticket": (lambda queue, _: queue.find(draft(9).ticket), "report.unknown"),
    "closing without an answer": (
        lambda queue, held: queue.move(held.draft.ticket, ReportState.CLOSED, "An"),
        "report.no_answer",
    ),
    "opening what is closed": (
        lambda queue, held: queue.move(closed(queue, held).draft.ticket, ReportState.LOOKING, "An"),
        "report.closed",
    ),
    "another answer to what is closed": (
        lambda queue, held: queue.answer(closed(queue, held).draft.ticket, "Khác.", "An"),
        "report.closed",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_queue_refuses(case: str, queue: Reports, held: Report) -> None:
    act, code = REFUSED[case]
    with pytest.raises(RefusedError) as caught:
        act(queue, held)
    assert caught.value.code == code


def test_contact_and_message_are_erased_once_the_report_was_closed_long_enough(
    queue: Reports, held: Report
) -> None:
    waiting = queue.enter(draft(2), "public")
    done = closed(queue, held)
    assert queue.erase(NOW) == 0
    assert queue.erase(NOW + 1) == 1
    assert queue.erase(NOW + 1) == 0
    after = queue.find(done.draft.ticket)
    assert (after.draft.contact, after.draft.message, after.answer) == ("", "", "Là giả.")
    assert queue.find(waiting.draft.ticket) == waiting


WRITES: dict[str, Callable[[Database, Reports, Report], object]] = {
    "enter": lambda _, queue, held: queue.enter(draft(5), "public"),
    "move": lambda _, queue, held: queue.move(held.draft.ticket, ReportState.LOOKING, "An"),
    "answer": lambda _, queue, held: queue.answer(held.draft.ticket, "Đang hỏi.", "An"),
    "erase": lambda _, queue, held: queue.erase(NOW + 1),
    "count": lambda database, queue, held: Counts(database).put("w1", {KEY: 3}),
}


def failing_commit(database: Database, *, happens: bool) -> None:
    real = database.writes.dialect.do_commit
    driver = sqlite3 if database.writes.dialect.name == "sqlite" else psycopg

    def commit(connection: Any) -> None:
        database.writes.dialect.do_commit = real  # type: ignore[method-assign]
        if happens:
            real(connection)
        raise driver.OperationalError("the answer was lost")

    database.writes.dialect.do_commit = commit  # type: ignore[method-assign]


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_failed_changed_nothing_and_can_be_repeated(
    write: str, database: Database, queue: Reports, held: Report, contents: Contents
) -> None:
    closed(queue, queue.enter(draft(6), "public"))
    before = contents(database)
    failing_commit(database, happens=False)
    with pytest.raises(UnavailableError):
        WRITES[write](database, queue, held)
    assert contents(database) == before
    WRITES[write](database, queue, held)
    assert contents(database) != before


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_happened_but_did_not_say_so_is_not_repeated(
    write: str, database: Database, queue: Reports, held: Report, contents: Contents
) -> None:
    closed(queue, queue.enter(draft(6), "public"))
    failing_commit(database, happens=True)
    with pytest.raises(UnavailableError):
        WRITES[write](database, queue, held)
    after = contents(database)
    WRITES[write](database, queue, held)
    assert contents(database) == after


def test_one_report_entered_by_two_processes_at_once_is_one(
    database_url: str, queue: Reports, in_processes: Callable[..., list[int]]
) -> None:
    from store.schema import STORE  # noqa: PLC0415 — as each process opens it for itself

    def work() -> None:
        mine = Reports(STORE.connect(database_url))
        for number in range(20):
            mine.enter(draft(number), "public")

    assert in_processes(work, work) == [0, 0]
    assert len(queue.listed()) == 20


def test_sums_of_processes_add_up_and_a_sum_written_again_counts_once(database: Database) -> None:
    counts = Counts(database)
    next_day = KEY._replace(day=date(2026, 6, 2), way="file")
    counts.put("w1", {KEY: 3})
    counts.put("w1", {KEY: 5, next_day: 1})
    counts.put("w2", {KEY: 4})
    counts.put("w2", {KEY: 4})
    assert counts.between(date(2026, 6, 1), date(2026, 6, 2)) == {KEY: 9, next_day: 1}
    assert counts.between(date(2026, 6, 2), date(2026, 6, 9)) == {next_day: 1}
