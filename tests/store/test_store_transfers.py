"""Transfers on a real database: their states, who may not any more, writes that are cut off."""

import hashlib
import sqlite3
import threading
from dataclasses import replace
from datetime import date

import psycopg
import pytest

from credential.errors import ConflictError, RefusedError, UnavailableError
from store import audit
from store.transfer_records import Draft, TransferState
from store.transfers import Transfers

NOW = 1_780_000_000
CODE = hashlib.sha256(b"a code").digest()
OTHER = hashlib.sha256(b"another").digest()
WHO = "CT00000001"
DRAFT = Draft(WHO, "7900000001", 1001, 1002, "Trường A", "Trường B", "residence", date(2026, 1, 12))
ON = date(2026, 1, 20)


@pytest.fixture
def book(database):
    return Transfers(database, clock=lambda: NOW)


# how a transfer comes to each point of its way, each step as its command does it
STEPS = {
    "request": lambda book: book.request(DRAFT, CODE, "An"),
    "seal": lambda book: book.seal(WHO, "{bundle}", "An"),
    "receive": lambda book: book.receive(WHO, "Bình"),
    "decide": lambda book: book.decide(WHO, "11A3", ON, "Bình"),
    "accept": lambda book: book.accept(WHO, "Bình", "signed"),
}
ENDS = {
    "reject": lambda book: book.end(WHO, TransferState.REJECTED, "Bình", "hết chỗ"),
    "withdraw": lambda book: book.end(WHO, TransferState.WITHDRAWN, "An", "gia đình đổi ý"),
    "accept outside": lambda book: book.accept(WHO, "An", None, "Công văn 12/THPT"),
    "undecide": lambda book: book.undecide(WHO, "Bình", lambda: False),
    "recode": lambda book: book.recode(WHO, OTHER, "An"),
}
ALL = STEPS | ENDS


def brought_to(book, step):
    for name, act in STEPS.items():
        act(book)
        if name == step:
            return


def code_of(act):
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.code


def test_the_whole_way(book):
    brought_to(book, "accept")
    held = book.find(WHO)
    assert held.draft == DRAFT
    assert [(each.state.value, each.actor, each.at) for each in held.events] == [
        ("requested", "An", NOW), ("sealed", "An", NOW), ("received", "Bình", NOW),
        ("accepted", "Bình", NOW),
    ]  # fmt: skip
    assert held.acceptance == "signed"
    assert held.decided == ("11A3", ON)
    assert held.bundle is None, "it has marks, and nobody needs it any more"


@pytest.mark.parametrize("step", STEPS)
def test_each_step_again_changes_nothing(book, database, contents, step):
    brought_to(book, step)
    before = contents(database)
    STEPS[step](book)
    assert contents(database) == before


FORBIDDEN = {
    ("request", "receive"): "transfer.not_sealed",
    ("request", "decide"): "transfer.not_received",
    ("request", "accept"): "transfer.not_sealed",
    ("seal", "decide"): "transfer.not_received",
    ("seal", "accept"): "transfer.not_received",
    ("receive", "accept"): "transfer.not_received",
    ("decide", "reject"): "transfer.deciding",
    ("decide", "withdraw"): "transfer.deciding",
    ("accept", "seal"): "transfer.closed",
    ("accept", "receive"): "transfer.closed",
    ("accept", "decide"): "transfer.closed",
    ("accept", "reject"): "transfer.closed",
    ("accept", "withdraw"): "transfer.closed",
    ("accept", "undecide"): "transfer.closed",
}


@pytest.mark.parametrize(("at", "then"), FORBIDDEN)
def test_what_may_not_follow(book, database, contents, at, then):
    brought_to(book, at)
    before = contents(database)
    assert code_of(lambda: ALL[then](book)) == FORBIDDEN[at, then]
    assert contents(database) == before


@pytest.mark.parametrize("step", ["request", "seal", "receive"])
@pytest.mark.parametrize("end", ["reject", "withdraw"])
def test_while_nothing_is_decided_it_can_end_any_time(book, step, end):
    brought_to(book, step)
    held = ENDS[end](book)
    assert not held.state.is_open
    assert held.bundle is None
    assert held.events[-1].reason
    assert code_of(lambda: STEPS["seal"](book)) == "transfer.closed"


def test_another_decision_than_the_first_is_told_which_stands(book):
    brought_to(book, "decide")
    with pytest.raises(ConflictError) as caught:
        book.decide(WHO, "11A4", ON, "Chi")
    assert caught.value.params == {"class_name": "11A3", "on": ON}
    book.undecide(WHO, "Bình", lambda: True)
    assert book.find(WHO).decided is not None, "it was carried out meanwhile"
    book.undecide(WHO, "Bình", lambda: False)
    book.decide(WHO, "11A4", ON, "Chi")


def test_the_same_request_keeps_its_name_and_code(book):
    held, new = book.request(DRAFT, CODE, "An")
    assert new
    again, new = book.request(replace(DRAFT, id="CT00000002"), OTHER, "Chi")
    assert (again, new) == (held, False)
    assert book.coded(CODE) == held
    assert code_of(lambda: book.coded(OTHER)) == "transfer.unknown"


@pytest.mark.parametrize("to", [{"to_school": 1003}, {"to_school": None, "to_name": "Trường xa"}])
def test_a_pupil_may_apply_at_two_schools(book, to):
    book.request(DRAFT, CODE, "An")
    _, new = book.request(replace(DRAFT, id="CT00000002", **to), OTHER, "An")
    assert new
    assert len(book.listed(school=1001)) == 2


def test_after_one_ended_the_same_can_be_requested_again(book):
    brought_to(book, "seal")
    ENDS["reject"](book)
    _, new = book.request(replace(DRAFT, id="CT00000002"), OTHER, "An")
    assert new
    assert [held.draft.id for held in book.listed()] == ["CT00000002"]
    assert [held.draft.id for held in book.listed([TransferState.REJECTED])] == [WHO]


def test_a_new_code_takes_the_place_of_the_old(book):
    brought_to(book, "seal")
    ENDS["recode"](book)
    assert book.coded(OTHER).draft.id == WHO
    assert code_of(lambda: book.coded(CODE)) == "transfer.unknown"


def test_the_code_itself_is_nowhere_and_the_audit_trail_names_nobody(book, database, contents):
    brought_to(book, "accept")
    assert "a code" not in repr(contents(database))
    assert DRAFT.pupil not in repr(contents(database)["audit"])
    assert audit.verify(database) is None


def test_of_two_at_once_one_decides(book):
    brought_to(book, "receive")
    start, found = threading.Barrier(2), []

    def decide(name):
        start.wait()
        try:
            book.decide(WHO, name, ON, "Bình")
            found.append("decided")
        except ConflictError as error:
            found.append(error.code)

    workers = [threading.Thread(target=decide, args=(name,)) for name in ("11A3", "11A4")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == ["decided", "transfer.decided"]


def failing_commit(database, *, happens):
    real = database.writes.dialect.do_commit
    driver = sqlite3 if database.writes.dialect.name == "sqlite" else psycopg

    def commit(connection):
        database.writes.dialect.do_commit = real
        if happens:
            real(connection)
        raise driver.OperationalError("the answer was lost")

    database.writes.dialect.do_commit = commit


# each write with the step before it
WRITES = {
    "request": None, "seal": "request", "receive": "seal", "decide": "receive",
    "accept": "decide", "reject": "receive", "withdraw": "request", "undecide": "decide",
    "accept outside": "seal", "recode": "seal",
}  # fmt: skip


@pytest.mark.parametrize("happens", [False, True], ids=["failed", "happened"])
@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_was_cut_off_is_completed_by_repeating_it(
    book, database, contents, write, happens
):
    if WRITES[write]:
        brought_to(book, WRITES[write])
    before = contents(database)
    failing_commit(database, happens=happens)
    with pytest.raises(UnavailableError):
        ALL[write](book)
    cut = contents(database)
    assert (cut == before) is not happens
    ALL[write](book)
    if happens and write != "recode":  # which notes each time that it was asked for
        assert contents(database) == cut
    assert contents(database) != before
