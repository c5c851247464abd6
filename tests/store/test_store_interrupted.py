"""Writes that fail, that happen but fail to say so, that are killed, and that race."""

import os
import sqlite3
from functools import partial

import psycopg
import pytest

from credential.errors import ConflictError, UnavailableError
from credential.model import Lane
from credential.records import BatchState, Transaction
from store import audit
from store.batches import Batches
from store.schema import STORE
from tests.forking import killed_after

SENDER = bytes(range(20))


def sign_transaction(nonce):
    return Transaction("anchor:1", SENDER, nonce, b"raw", bytes(32))


WAITING = Transaction("waiting", bytes(20), 0, b"raw", bytes(32))
DEARER = Transaction("waiting", bytes(20), 0, b"dearer", bytes(31) + b"1")


# every write of the store, on a book that already holds one final and one signed batch
WRITES = {
    "stage": lambda book, samples: samples[2].stage(book),
    "sign": lambda book, samples: book.sign(3, samples[3].signatures, samples[3].levels),
    "record": lambda book, samples: book.record("anchor:1", SENDER, 4, sign_transaction),
    "replace": lambda book, samples: book.replace(WAITING, DEARER),
    "advance": lambda book, samples: book.advance(2, BatchState.FINAL, 9, 9),
    "set_lane": lambda book, samples: book.set_lane(1, 2, Lane.REVOKED, "a", "b"),
    "set_lanes": lambda book, samples: book.set_lanes(1, [0, 2], Lane.REVOKED, "a", "b"),
}


@pytest.fixture
def samples(book, sample):
    batches = [sample(f"batch {seq}", seq=seq) for seq in range(4)]
    batches[0].finalise(book)
    batches[1].sign(book)
    batches[3].stage(book)
    book.record("waiting", bytes(20), 0, lambda nonce: WAITING)
    return batches


def failing_commit(database, *, happens):
    real = database.writes.dialect.do_commit
    driver = sqlite3 if database.writes.dialect.name == "sqlite" else psycopg

    def commit(connection):
        database.writes.dialect.do_commit = real
        if happens:
            real(connection)
        raise driver.OperationalError("the answer was lost")

    database.writes.dialect.do_commit = commit


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_failed_changed_nothing_and_can_be_repeated(
    database, book, samples, contents, write
):
    before = contents(database)
    failing_commit(database, happens=False)
    with pytest.raises(UnavailableError) as caught:
        WRITES[write](book, samples)
    assert caught.value.source == "store"
    assert contents(database) == before
    WRITES[write](book, samples)
    assert contents(database) != before


@pytest.mark.parametrize("write", WRITES)
def test_a_write_that_happened_but_did_not_say_so_is_not_repeated(
    database, book, samples, contents, write
):
    failing_commit(database, happens=True)
    with pytest.raises(UnavailableError):
        WRITES[write](book, samples)
    after = contents(database)
    try:
        WRITES[write](book, samples)
    except ConflictError as refused:
        assert (write, refused.code) == ("stage", "batch.exists")
        assert book.batch(samples[2].batch.ref) is not None
    assert contents(database) == after


@pytest.mark.parametrize("write", WRITES)
def test_a_killed_write_leaves_nothing_half_written(
    database_url, database, book, samples, contents, write
):
    connect = partial(STORE.connect, database_url)
    before = contents(database)
    for steps in range(1, 50):
        if not killed_after(connect, steps, lambda mine: WRITES[write](Batches(mine), samples)):
            break
        assert contents(database) == before, f"killed after statement {steps}"
    assert steps > 3
    assert contents(database) != before
    assert audit.verify(database) is None


def test_two_processes_never_share_a_nonce(database_url, book, database, in_processes):
    def worker(name):
        def work():
            mine = Batches(STORE.connect(database_url))
            for number in range(25):
                purpose = f"{name}:{number}"
                mine.record(
                    purpose,
                    SENDER,
                    3,
                    lambda nonce, purpose=purpose: Transaction(
                        purpose, SENDER, nonce, b"raw", bytes(32)
                    ),
                )

        return work

    assert in_processes(worker("a"), worker("b")) == [0, 0]
    with database.reading() as connection:
        nonces = connection.exec_driver_sql("SELECT nonce FROM outbox ORDER BY id").scalars().all()
    assert nonces == list(range(3, 53))
    assert audit.verify(database) is None


def test_two_processes_with_one_purpose_get_one_transaction(
    database_url, book, database, in_processes
):
    def work():
        mine = Batches(STORE.connect(database_url))
        for number in range(10):
            made = mine.record(
                f"anchor:{number}",
                SENDER,
                0,
                lambda nonce, number=number: Transaction(
                    f"anchor:{number}", SENDER, nonce, os.getpid().to_bytes(4, "big"), bytes(32)
                ),
            )
            assert made.nonce == number

    assert in_processes(work, work) == [0, 0]


def test_of_two_processes_one_stages_and_both_go_on(
    database_url, book, sample, database, in_processes
):
    def work():
        mine = Batches(STORE.connect(database_url))
        for seq in range(5):
            one = sample(f"batch {seq}", seq=seq, size=40)
            try:
                number = one.stage(mine).id
            except ConflictError as taken:
                assert taken.code == "batch.exists"
                number = mine.batch(one.batch.ref).id
            mine.sign(number, one.signatures, one.levels)
            for state in (BatchState.SENT, BatchState.MINED, BatchState.FINAL):
                mine.advance(number, state, 9, 9)

    assert in_processes(work, work) == [0, 0]
    assert book.unfinished() == []
    assert [book.next_seq(7), audit.verify(database)] == [5, None]


def test_two_schools_may_issue_at_once(database_url, book, sample, database, in_processes):
    def worker(school):
        def work():
            mine = Batches(STORE.connect(database_url))
            for seq in range(15):
                sample(f"{school}/{seq}", school=school, seq=seq).finalise(mine)

        return work

    assert in_processes(worker(7), worker(8)) == [0, 0]
    assert [book.next_seq(7), book.next_seq(8)] == [15, 15]
    assert [audit.head(database)[0], audit.verify(database)] == [150, None]
