"""Replacing what is stored for a nonce, and the outbox of a store from before that."""

import dataclasses
import os

import pytest
from alembic import command
from sqlalchemy import column, insert, table

from credential.errors import RefusedError
from credential.records import Transaction
from database.engines import engine
from store import audit
from store.batches import Batches
from store.schema import STORE

SENDER = bytes(range(20))


def version(number, purpose="anchor:1", nonce=0):
    return Transaction(purpose, SENDER, nonce, b"raw %d" % number, bytes([number]) * 32, number)


@pytest.fixture
def first(book):
    return book.record("anchor:1", SENDER, 0, lambda nonce: version(0))


def test_a_replacement_knows_all_that_it_replaces(book, first):
    second = book.replace(first, version(1))
    third = book.replace(second, version(2))
    assert third == dataclasses.replace(version(2), replaced=(b"raw 0", b"raw 1"))
    assert book.pending(SENDER, 0) == [third]
    assert book.record("anchor:1", SENDER, 9, version) == third


def test_what_was_replaced_already_is_not_replaced_again(book, first, database, contents):
    second = book.replace(first, version(1))
    before = contents(database)
    assert book.replace(first, version(2)) == second
    assert contents(database) == before


@pytest.mark.parametrize(
    "wrong", [{"nonce": 5}, {"purpose": "anchor:2"}, {"sender": bytes(20)}], ids=str
)
def test_nothing_is_replaced_by_something_else(book, first, wrong):
    with pytest.raises(RefusedError, match=r"outbox\.mismatch"):
        book.replace(first, dataclasses.replace(version(1), **wrong))
    assert book.pending(SENDER, 0) == [first]


def test_what_was_never_stored_cannot_be_replaced(book):
    with pytest.raises(RefusedError, match=r"outbox\.mismatch"):
        book.replace(version(0), version(1))


def test_of_two_processes_that_replace_the_same_one_does(
    database_url, book, database, in_processes
):
    purposes = [f"anchor:{number}" for number in range(20)]
    for purpose in purposes:
        book.record(purpose, SENDER, 0, lambda nonce, purpose=purpose: version(0, purpose, nonce))

    waiting = book.pending(SENDER, 0)  # what both of them have seen

    def work():
        mine = Batches(STORE.connect(database_url))
        for old in waiting:
            own = os.getpid().to_bytes(4, "big")
            new = dataclasses.replace(version(1, old.purpose, old.nonce), raw=own)
            assert mine.replace(old, new).replaced == (old.raw,)

    assert in_processes(work, work) == [0, 0]
    assert [kept.replaced for kept in book.pending(SENDER, 0)] == [(b"raw 0",)] * len(purposes)
    assert audit.verify(database) is None


def test_transactions_stored_before_there_were_replacements_are_kept(new_database):
    url = new_database()
    writes = engine(url, write=True, create=True)
    config = STORE._config()
    with writes.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        row = {"purpose": "anchor:1", "sender": SENDER, "nonce": 4, "raw": b"raw", "hash": b"hash"}
        connection.execute(insert(table("outbox", *map(column, row))).values(row))
    writes.dispose()
    STORE.migrate(url)
    database = STORE.connect(url)
    old = Transaction("anchor:1", SENDER, 4, b"raw", b"hash")
    assert Batches(database).pending(SENDER, 0) == [old]
    database.close()
