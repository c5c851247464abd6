"""Rows of lists: claimed by one worker at a time, given an outcome once, whatever fails."""

import os
import threading
from collections import Counter

import pytest

from credential.errors import UnavailableError
from database.connections import Database
from store.clients import Clients
from store.deliveries import LEASE as DELIVERY_LEASE
from store.deliveries import Deliveries
from store.lists import LEASE, Kept, Lists, NewRow


class Clock:
    now = 1_790_000_000

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lists(database, clock):
    return Lists(database, clock=clock)


def notice(kept, counts):
    return repr((kept.id, kept.size, sorted(counts.items()))).encode()


def new(lists, number="A", size=5, files=False, client=None, request=None):
    kept = Kept(number, client, request, b"body", b"seal", files, size, 0, None, 0)
    return lists.create(kept, [NewRow(b"given %d" % row) for row in range(size)], notice)


def valid(claimed):
    return [(place, "VALID", b"outcome %d" % place) for place, _, _ in claimed.rows]


def finish(lists, owner="w", rows=2):
    """Work until nothing is free."""
    while claimed := lists.claim(owner, rows, 1):
        lists.settle(claimed, owner, valid(claimed), {}, notice)


def test_rows_are_claimed_in_order_and_a_claim_is_nobody_else_s(lists, clock):
    new(lists)
    first, second = lists.claim("one", 2, 1), lists.claim("two", 2, 1)
    assert [place for place, _, _ in first.rows] == [0, 1]
    assert [place for place, _, _ in second.rows] == [2, 3]
    assert first.rows[0] == (0, b"given 0", 1)
    assert len(lists.claim("three", 2, 1).rows) == 1
    assert lists.claim("four", 2, 1) is None


def test_every_list_has_its_turn(lists):
    new(lists, "large", size=100)
    new(lists, "small", size=2)
    turns = [lists.claim(str(turn), 2, 1).list for turn in range(4)]
    assert turns == ["large", "small", "large", "large"]


def test_many_lists_of_anybody_s_keep_no_client_waiting(lists, database):
    Clients(database).make("agency")
    for number in "ABC":
        new(lists, number, size=100)
    new(lists, "client's", size=100, client="agency")
    turns = [lists.claim(str(turn), 2, 1, clients_first=turn % 2 == 0).list for turn in range(8)]
    assert turns[::2] == ["client's"] * 4
    assert turns[1::2] == ["A", "B", "C", "A"]
    finish(lists)
    new(lists, "D", size=1)
    assert lists.claim("none of a client's", 2, 1, clients_first=True).list == "D"


def test_files_are_claimed_a_few_at_a_time(lists):
    new(lists, files=True)
    assert len(lists.claim("one", 4, 1).rows) == 1


def test_the_last_outcome_finishes_a_list_and_what_was_handed_in_is_gone(lists, database, clock):
    new(lists)
    finish(lists)
    kept = lists.of("A")
    assert (kept.finished, kept.forget) == (clock.now, clock.now + 86_400)
    assert lists.counts("A") == {"VALID": 5}
    assert list(lists.outcomes("A")) == [b"outcome %d" % row for row in range(5)]
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT given FROM list_rows").all() == [(None,)]


def test_a_row_may_be_left_for_later(lists, clock):
    new(lists, size=2)
    claimed = lists.claim("one", 2, 1)
    lists.settle(claimed, "one", valid(claimed)[:1], {1: clock.now + 10}, notice)
    assert lists.claim("two", 2, 1) is None
    clock.now += 10
    assert lists.claim("two", 2, 1).rows == [(1, b"given 1", 2)]


def test_rows_of_a_worker_that_died_are_free_again(lists, database, clock, in_processes):
    new(lists)

    def die():
        lists.claim("died", 3, 1)
        os._exit(9)

    assert in_processes(die) == [9]
    finish(lists, "alive")
    assert lists.counts("A") == {"VALID": 2}
    clock.now += LEASE
    finish(lists, "alive")
    assert lists.of("A").finished == clock.now


def test_a_claim_that_ended_writes_nothing_over_another_s(lists, clock):
    """A worker that slept through its lease comes back after another has done the work."""
    new(lists, size=1)
    late = lists.claim("late", 1, 1)
    clock.now += LEASE
    quick = lists.claim("quick", 1, 1)
    lists.settle(late, "late", [(0, "INVALID", b"late")], {}, notice)
    assert lists.counts("A") == {}
    lists.settle(quick, "quick", [(0, "VALID", b"quick")], {}, notice)
    lists.settle(late, "late", [(0, "INVALID", b"late")], {}, notice)
    assert list(lists.outcomes("A")) == [b"quick"]


@pytest.mark.parametrize("happened", [False, True])
def test_a_commit_that_fails_or_happens_without_saying_so_loses_nothing(
    happened, database, lists, clock, monkeypatch
):
    client = Clients(database, clock)
    client.make("ours", "https://example.org/")
    new(lists, size=2, client="ours")
    claimed = lists.claim("one", 2, 1)
    real = Database.writing

    class Failing:
        def __init__(self, made):
            self.made = made

        def __enter__(self):
            return self.made.__enter__()

        def __exit__(self, *error):
            if happened:
                self.made.__exit__(*error)
            else:
                self.made.__exit__(RuntimeError, RuntimeError(), None)
            raise UnavailableError("store", "cut off")

    monkeypatch.setattr(Database, "writing", lambda self: Failing(real(self)))
    with pytest.raises((UnavailableError, RuntimeError)):
        lists.settle(claimed, "one", valid(claimed), {}, notice)
    monkeypatch.setattr(Database, "writing", real)
    lists.settle(claimed, "one", valid(claimed), {}, notice)
    assert lists.counts("A") == {"VALID": 2}
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM deliveries").scalar() == 1


def test_workers_at_once_do_each_row_once_and_finish_a_list_once(database, lists, clock):
    Clients(database, clock).make("ours", "https://example.org/")
    for number in ("A", "B"):
        new(lists, number, size=40, client="ours")
    done = Counter()

    def work(owner):
        for turn in range(1000):
            name = f"{owner}.{turn}"
            claimed = lists.claim(name, 3, 1)
            if claimed is None:
                return
            done.update((claimed.list, place) for place, _, _ in claimed.rows)
            lists.settle(claimed, name, valid(claimed), {}, notice)

    threads = [threading.Thread(target=work, args=(owner,)) for owner in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finish(lists)  # one of them may have looked while the others held all lists
    assert set(done.values()) == {1}
    for number in ("A", "B"):
        assert lists.of(number).finished
        assert lists.counts(number) == {"VALID": 40}
    with database.reading() as connection:
        told = connection.exec_driver_sql("SELECT id FROM deliveries ORDER BY id").all()
    assert told == [("list_A",), ("list_B",)]


def test_the_same_request_made_at_once_keeps_one_list(database, lists, clock):
    Clients(database, clock).make("ours")
    made = []

    def create(number):
        made.append(new(lists, number, client="ours", request="once").id)

    threads = [threading.Thread(target=create, args=(number,)) for number in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == 1
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM lists").scalar() == 1
        assert connection.exec_driver_sql("SELECT count(*) FROM list_rows").scalar() == 5


def test_a_list_that_is_forgotten_while_it_is_worked_on_stays_forgotten(lists):
    new(lists)
    claimed = lists.claim("one", 2, 1)
    lists.forget("A")
    lists.settle(claimed, "one", valid(claimed), {}, notice)
    assert lists.of("A") is None
    assert lists.counts("A") == {}


def test_a_list_that_never_ends_is_forgotten_in_the_end(lists, clock):
    new(lists)
    clock.now += 7 * 86_400 - 1
    assert lists.forget_old() == 0
    clock.now += 1
    assert lists.forget_old() == 1


def test_a_delivery_is_sent_by_one_until_it_is_taken(database, lists, clock):
    clients, deliveries = Clients(database, clock), Deliveries(database, clock)
    clients.make("ours", "https://example.org/hook")
    new(lists, size=1, client="ours")
    finish(lists)
    first = deliveries.claim()
    assert (first.id, first.webhook, first.tries) == ("list_A", "https://example.org/hook", 1)
    assert deliveries.claim() is None, "it is on its way"
    clock.now += DELIVERY_LEASE
    second = deliveries.claim()
    assert (second.id, second.tries, second.body) == ("list_A", 2, first.body)
    deliveries.later(first, 0)
    assert deliveries.claim() is None, "what the first came to does not count any more"
    deliveries.taken(second)
    clock.now += 10 * DELIVERY_LEASE
    assert deliveries.claim() is None


@pytest.mark.parametrize("case", ["no webhook", "retired"])
def test_nobody_is_told_who_has_no_webhook_or_no_key_any_more(case, database, lists, clock):
    clients, deliveries = Clients(database, clock), Deliveries(database, clock)
    clients.make("ours", "" if case == "no webhook" else "https://example.org/")
    new(lists, size=1, client="ours")
    finish(lists)
    clients.retire("ours")
    assert deliveries.claim() is None
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT done FROM deliveries").scalar() == clock.now
