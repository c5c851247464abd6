"""Orders between two persons: nobody approves their own, and what is so stays so."""

import os
import threading

import pytest

from credential.errors import ConflictError, RefusedError
from credential.model import CredentialType
from store import audit
from store.jobs import Jobs, JobState
from store.order_records import Draft, OrderState, Person
from store.orders import Orders

BINH, CHI = Person(1, "Trần Văn Bình"), Person(2, "Lê Thị Chi")


def draft(name="a", by=BINH, **changed):
    values = {
        "ref": name * 64, "school": 7, "type": CredentialType.THPT_DIPLOMA, "year": 2026,
        "size": 3, "content": b'{"rows":[]}', "findings": b"[]", "by": by,
    }  # fmt: skip
    return Draft(**values | changed)


@pytest.fixture
def orders(database):
    return Orders(database, clock=lambda: 1_790_000_000)


@pytest.fixture
def number(orders):
    return orders.prepare(draft())


def acts(orders, number):
    return [one.act for one in orders.acts(number)]


def test_the_same_order_is_found_whoever_prepares_it_again(orders, number, database, contents):
    before = contents(database)
    assert orders.prepare(draft()) == number
    assert orders.prepare(draft(by=CHI)) == number
    assert contents(database) == before


def test_an_approval_asks_for_one_job_however_often_it_is_said(orders, number, database):
    job = orders.approve(number, CHI, "a" * 64)
    assert orders.approve(number, CHI, "a" * 64) == job
    kept = orders.of(number)
    assert (kept.state, kept.approved_by, kept.job) == (OrderState.APPROVED, CHI, job)
    assert Jobs(database).of(job).what == {"order": number}
    assert acts(orders, number) == ["prepared", "approved"]
    assert audit.verify(database) is None


@pytest.mark.parametrize(
    "person",
    [
        BINH,
        Person(1, "Tên Khác"),
        Person(9, "Trần Văn Bình"),
        Person(9, "TRẦN  VĂN BÌNH"),
        Person(None, "Trần Văn Bình"),
    ],
    ids=["both", "the account", "the name", "the name, otherwise spelled", "no account"],
)
def test_nobody_approves_what_they_prepared(orders, number, person, database, contents):
    before = contents(database)
    with pytest.raises(RefusedError, match=r"approval\.same_person"):
        orders.approve(number, person, "a" * 64)
    assert contents(database) == before


def test_who_prepared_it_once_approves_it_never(orders, number):
    orders.send_back(number, CHI, "Thiếu một em")
    orders.prepare(draft(by=Person(3, "Phạm Thị Dung")))
    with pytest.raises(RefusedError, match=r"approval\.same_person"):
        orders.approve(number, BINH, "a" * 64)
    orders.approve(number, CHI, "a" * 64)


def test_two_persons_at_once_make_one_approval(orders, number):
    jobs, refused = [], []

    def approve(person):
        try:
            jobs.append(orders.approve(number, person, "a" * 64))
        except ConflictError as error:
            refused.append(error.code)

    threads = [
        threading.Thread(target=approve, args=[Person(one, f"Người {one}")]) for one in range(2, 6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(jobs), refused) == (1, ["order.state"] * 3)


def test_what_was_seen_is_what_is_approved(orders, number):
    with pytest.raises(ConflictError, match=r"order\.changed"):
        orders.approve(number, CHI, "b" * 64)


def test_what_was_prepared_again_since_it_was_seen_is_looked_at_again(orders, number):
    orders.cancel(number, BINH)
    orders.prepare(draft(content=b'{"rows":[1]}'))
    with pytest.raises(ConflictError, match=r"order\.changed"):
        orders.approve(number, CHI, "a" * 64, seen=1)
    with pytest.raises(ConflictError, match=r"order\.changed"):
        orders.approve(number, CHI, "a" * 64, anew=False)
    assert orders.of(number).state is OrderState.PREPARED
    job = orders.approve(number, CHI, "a" * 64, seen=3)
    assert orders.approve(number, CHI, "a" * 64, seen=3, anew=False) == job


def test_it_is_returned_with_a_reason_and_prepared_again(orders, number):
    with pytest.raises(RefusedError, match=r"order\.no_reason"):
        orders.send_back(number, CHI, "  ")
    orders.send_back(number, CHI, " Sai lớp ")
    orders.send_back(number, CHI, "Sai lớp")
    assert orders.of(number).state is OrderState.RETURNED
    assert [one.reason for one in orders.acts(number)] == [None, "Sai lớp"]
    with pytest.raises(ConflictError, match=r"order\.state"):
        orders.approve(number, CHI, "a" * 64)
    assert orders.prepare(draft()) == number
    assert orders.of(number).state is OrderState.PREPARED


def test_a_mended_order_takes_the_place_of_the_returned_one(orders, number):
    orders.send_back(number, CHI, "Sai lớp")
    mended = orders.prepare(draft("b", instead_of=number))
    assert mended != number
    assert orders.of(number).state is OrderState.CANCELLED


def test_another_school_s_order_is_no_more_there_than_none(orders, number):
    orders.send_back(number, CHI, "Sai lớp")
    for other in (number, number + 99):
        with pytest.raises(RefusedError, match=r"order\.unknown"):
            orders.prepare(draft("b", school=8, instead_of=other))
    assert orders.of(number).state is OrderState.RETURNED


def test_of_what_is_given_up_nothing_is_kept(orders, number):
    orders.cancel(number, BINH)
    orders.cancel(number, BINH)
    assert orders.content(number) == (b"", b"")
    assert acts(orders, number) == ["prepared", "cancelled"]
    assert orders.prepare(draft()) == number
    assert orders.content(number) == (b'{"rows":[]}', b"[]")


def test_what_is_at_work_ends_by_its_job(orders, number, database):
    job = orders.approve(number, CHI, "a" * 64)
    orders.cancel(number, CHI)
    assert orders.of(number).state is OrderState.APPROVED
    assert Jobs(database).of(job).cancel
    orders.move(number, OrderState.CANCELLED, CHI)
    orders.move(number, OrderState.CANCELLED, CHI)
    assert acts(orders, number) == ["prepared", "approved", "cancelling", "cancelled"]


def test_what_is_bound_is_given_up_no_more(orders, number, database):
    jobs = Jobs(database)
    job = orders.approve(number, CHI, "a" * 64)
    jobs.claim("one")
    jobs.bind(job, "one")
    with pytest.raises(RefusedError, match=r"job\.bound"):
        orders.cancel(number, CHI)
    orders.move(number, OrderState.ISSUING, CHI)
    orders.move(number, OrderState.ISSUED, CHI)
    with pytest.raises(ConflictError, match=r"order\.state"):
        orders.cancel(number, CHI)


def test_a_job_that_failed_begins_again_when_its_person_approves_again(orders, number, database):
    jobs = Jobs(database)
    job = orders.approve(number, CHI, "a" * 64)
    jobs.claim("one")
    jobs.end(job, "one", JobState.FAILED, {}, "pen.closed")
    with pytest.raises(ConflictError, match=r"order\.state"):
        orders.approve(number, Person(5, "Hoàng Văn Em"), "a" * 64)
    assert orders.approve(number, CHI, "a" * 64) == job
    assert jobs.of(job).state is JobState.WAITING


def test_an_order_given_up_at_work_is_approved_anew(orders, number, database):
    jobs = Jobs(database)
    job = orders.approve(number, CHI, "a" * 64)
    orders.cancel(number, CHI)
    jobs.claim("one")
    orders.move(number, OrderState.CANCELLED, CHI)
    jobs.end(job, "one", JobState.CANCELLED)
    orders.prepare(draft())
    assert orders.approve(number, CHI, "a" * 64) == job
    held = jobs.of(job)
    assert (held.state, held.cancel) == (JobState.WAITING, False)


def test_what_was_issued_otherwise_is_not_prepared(orders, book, sample):
    made = sample("made").stage(book)
    with pytest.raises(ConflictError, match=r"order\.issued_before"):
        orders.prepare(draft(ref=made.ref))


def test_a_list_is_of_one_school_or_of_all(orders, number):
    other = orders.prepare(draft("b", school=8))
    states = [OrderState.PREPARED]
    assert [one.id for one in orders.listed([7], states)] == [number]
    assert sorted(one.id for one in orders.listed(None, states)) == [number, other]
    assert orders.listed([7], [OrderState.ISSUED]) == []


def test_a_process_that_dies_while_it_approves_leaves_it_as_it_was(
    orders, number, database, contents, in_processes, monkeypatch
):
    before = contents(database)

    def die():
        monkeypatch.setattr(audit, "append", lambda *_: os._exit(9))
        orders.approve(number, CHI, "a" * 64)

    assert in_processes(die) == [9]
    assert contents(database) == before


def test_an_unknown_order_is_refused(orders):
    for act in (orders.of, orders.content):
        with pytest.raises(RefusedError, match=r"order\.unknown"):
            act(7)
