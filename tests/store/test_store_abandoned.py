"""A batch of which nothing was sent can be taken out again, if it is its school's last."""

import os

import pytest

from credential.errors import ConflictError, RefusedError
from credential.model import Lane
from credential.records import BatchState, Transaction
from store import audit
from store.tables import AUDIT

SENDER = bytes(20)


def without_audit(found):
    return {name: rows for name, rows in found.items() if not name.startswith("audit")}


@pytest.mark.parametrize("signed", [False, True], ids=["staged", "signed"])
def test_nothing_of_it_is_left_but_its_acts(signed, book, sample, database, contents):
    before = without_audit(contents(database))
    batch = sample("a").sign(book) if signed else sample("a").stage(book)
    book.certify(batch.id, "school", [b"certificate"])
    book.abandon(batch.id)
    assert without_audit(contents(database)) == before
    with database.reading() as connection:
        acts = connection.scalars(AUDIT.select().with_only_columns(AUDIT.c.act)).all()
    assert acts[-1] == "batch.abandoned"
    assert audit.verify(database) is None
    assert sample("b").stage(book).seq == 0
    with pytest.raises(RefusedError, match=r"batch\.unknown"):
        book.abandon(batch.id + 7)


def test_what_was_written_down_to_be_sent_stays(book, sample, database, contents):
    batch = sample("a").sign(book)
    purpose = f"anchor:{batch.id}:0"
    made = Transaction(purpose, SENDER, 0, b"raw", bytes(32), 1)
    book.record(purpose, SENDER, 0, lambda _nonce: made)
    before = contents(database)
    with pytest.raises(ConflictError, match=r"batch\.sent"):
        book.abandon(batch.id)
    assert contents(database) == before


def test_what_is_on_its_way_stays(book, sample):
    batch = sample("a").sign(book)
    book.advance(batch.id, BatchState.SENT)
    with pytest.raises(ConflictError, match=r"batch\.sent"):
        book.abandon(batch.id)


def test_a_batch_before_another_one_stays(book, sample):
    first = sample("a").stage(book)
    later = sample("b", seq=1).stage(book)
    other = sample("c", school=8).stage(book)
    with pytest.raises(ConflictError, match=r"batch\.not_last"):
        book.abandon(first.id)
    book.abandon(later.id)
    book.abandon(first.id)
    assert [one.id for one in book.unfinished()] == [other.id]


def test_killed_on_the_way_it_is_whole(book, sample, database, contents, in_processes, monkeypatch):
    batch = sample("a").sign(book)
    book.set_lane(batch.id, 0, Lane.SUSPENDED, "issuer", "12/QĐ")
    before = contents(database)

    def die():
        monkeypatch.setattr(audit, "append", lambda *_: os._exit(9))
        book.abandon(batch.id)

    assert in_processes(die) == [9]
    assert contents(database) == before
