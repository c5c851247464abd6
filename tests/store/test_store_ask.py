"""Reads that go to the driver directly: same answers, same errors, connections that heal."""

import pytest
from sqlalchemy import bindparam, literal_column, select

from credential.errors import UnavailableError
from store.tables import BATCHES

_SIZES = (
    select(BATCHES.c.seq, BATCHES.c.size, BATCHES.c.root)
    .where(BATCHES.c.school == bindparam("school"), BATCHES.c.size > 0)
    .order_by(BATCHES.c.seq)
)
_WRONG = select(literal_column("no_such_column"))


def test_it_answers_as_core_does(database, book, sample):
    signed = sample("one").finalise(book)
    values = {"school": signed.school}
    with database.reading() as connection:
        expected = [tuple(row) for row in connection.execute(_SIZES, values)]
    assert [tuple(row) for row in database.ask(_SIZES, values)] == expected
    assert expected == [(signed.seq, signed.size, signed.root)]


def test_what_it_does_not_find_is_an_empty_answer(database):
    assert list(database.ask(_SIZES, {"school": 4711})) == []


def test_it_sees_what_was_committed_since(database, book, sample):
    before = list(database.ask(_SIZES, {"school": 7}))
    signed = sample("one").finalise(book)
    after = list(database.ask(_SIZES, {"school": signed.school}))
    assert (len(before), len(after)) == (0, 1)


def test_a_refused_statement_is_named_and_the_next_one_is_answered(database):
    for _ in range(3):
        with pytest.raises(UnavailableError) as caught:
            database.ask(_WRONG, {})
        assert caught.value.params["source"] == "store"
        assert list(database.ask(_SIZES, {"school": 7})) == []


def test_after_the_server_ended_all_connections_one_question_fails_and_no_more(database, book):
    if database.reads.dialect.name == "sqlite":
        return  # files end no connections
    database.ask(_SIZES, {"school": 7})
    with database.writes.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    with pytest.raises(UnavailableError):
        database.ask(_SIZES, {"school": 7})
    assert list(database.ask(_SIZES, {"school": 7})) == []
