"""From an order that was prepared to one that is issued, wherever it is interrupted."""

from dataclasses import replace
from datetime import date

import pytest

from api.desk import preparing
from api.desk.runners import RUNNERS
from credential.errors import InputError, RefusedError
from issuer import kept_order
from issuer.amending import plan
from store.jobs import JobState
from store.order_records import OrderState
from tests.orders.conftest import BINH, CHI, order_of
from web import messages


def test_what_was_approved_is_issued_and_both_names_stand_with_the_batch(bench):
    number = bench.prepare()
    assert bench.prepare() == number
    job = bench.work(bench.approve(number))
    assert (job.state, job.stage) == (JobState.DONE, "final")
    kept = bench.orders.of(number)
    assert kept.state is OrderState.ISSUED
    batch = bench.system.batches.batch(kept.ref)
    assert job.result == {
        "school": batch.school, "seq": batch.seq, "size": kept.size, "block": batch.block,
    }  # fmt: skip
    approval = bench.system.batches.approval(batch.id)
    assert (approval.prepared_by, approval.approved_by) == (BINH.name, CHI.name)
    assert [one.act for one in bench.orders.acts(number)] == [
        "prepared", "approved", "issuing", "issued",
    ]  # fmt: skip


def test_what_could_not_be_issued_is_not_kept(bench):
    rows = order_of(bench.desk).rows
    wrong = tuple(replace(row, name="Tên Khác") for row in rows)
    with pytest.raises(InputError) as refused:
        bench.prepare(rows=wrong)
    assert len(refused.value.faults) == len(rows)
    assert bench.orders.listed(None, list(OrderState)) == []


def test_an_order_is_read_back_as_it_was_kept(bench):
    order = replace(order_of(bench.desk), prepared_by=BINH.name)
    assert kept_order.decode(kept_order.encode(order)) == order
    assert kept_order.decode(kept_order.encode(order)).ref == order.ref


def test_a_correction_is_prepared_approved_and_issued_in_the_same_way(bench):
    bench.work(bench.approve(bench.prepare()))
    first = order_of(bench.desk)
    changed = tuple(replace(row, birth_place="Đồng Nai") for row in first.rows[:2])
    asked = replace(first, rows=changed, first_serial=None, reason="Nhập sai nơi sinh")
    asked = replace(asked, requested=date(2026, 6, 29))
    found = plan(asked, bench.system.desk, bench.system.batches)
    assert kept_order.decode(kept_order.encode(found.order)) == found.order
    noticed = preparing.Noticed(changed=found.changed)
    number = preparing.prepare(bench.system, BINH, found.order, noticed)
    job = bench.work(bench.approve(number))
    assert (job.state, job.result["size"]) == (JobState.DONE, 2)


def test_what_the_registry_does_not_bear_out_any_more_fails_and_can_be_given_up(bench):
    number, other = bench.prepare(), bench.prepare(count=2, first_serial="T05000001")
    job = bench.approve(number)
    assert bench.work(bench.approve(other)).state is JobState.DONE
    failed = bench.work(job)
    assert (failed.state, failed.code) == (JobState.FAILED, "input.faults")
    assert {one["code"] for one in failed.result["faults"]} == {"award.already_held"}
    bench.orders.cancel(number, CHI)
    assert bench.work(job).state is JobState.CANCELLED
    assert bench.orders.of(number).state is OrderState.CANCELLED


def test_an_approval_that_is_ended_before_anything_was_done_leaves_nothing(bench):
    before = bench.desk.written()
    number = bench.prepare()
    job = bench.approve(number)
    bench.orders.cancel(number, BINH)
    assert bench.work(job).state is JobState.CANCELLED
    kept = bench.orders.of(number)
    assert (kept.state, bench.desk.written()) == (OrderState.CANCELLED, before)
    assert bench.orders.acts(number)[-1].by == BINH


def test_what_is_issued_cannot_be_given_up(bench):
    number = bench.prepare(count=1)
    bench.work(bench.approve(number))
    with pytest.raises(RefusedError, match=r"order\.state"):
        bench.orders.cancel(number, CHI)


def test_every_kind_of_work_has_a_name():
    for kind in RUNNERS:
        assert messages.template("vi", f"desk.work_{kind}")
