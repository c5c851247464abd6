"""A deployment with orders to be prepared in it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest

from api.desk import preparing
from api.desk.jobs import Worker
from api.desk.runners import RUNNERS
from api.wiring import System
from credential.model import CredentialType, Decision
from issuer.intake import read_class_list
from issuer.order import Order
from store.jobs import Job, Jobs
from store.order_records import Person
from store.orders import Orders
from tests.issuer.conftest import SCHOOL, Desk, desk, template

__all__ = ["desk", "template"]

BINH, CHI = Person(901, "Trần Văn Bình"), Person(902, "Lê Thị Chi")


def order_of(desk: Desk, count: int | None = None, start: int = 0, **changed: object) -> Order:
    """The diplomas of some pupils of the sample."""
    read = read_class_list(desk.classes.read_bytes()).rows[start:][:count]
    rows = [replace(row, personal_no=None) for row in read]  # which the registry alone keeps
    values = {
        "type": CredentialType.THPT_DIPLOMA, "school": SCHOOL, "year": 2026,
        "issued": date(2026, 6, 20), "rows": tuple(rows), "prepared_by": "", "approved_by": "",
        "decision": Decision("128/QĐ-THPT", date(2026, 6, 20)),
        "first_serial": f"T010000{start + 1:02d}",
    }  # fmt: skip
    return Order(**values | changed)


class Bench:
    """One deployment and the acts of its people, without their pages."""

    def __init__(self, system: System, desk: Desk) -> None:
        self.system, self.desk = system, desk
        self.orders, self.jobs = Orders(system.store_database), Jobs(system.store_database)
        self.worker = Worker(system, RUNNERS)

    def prepare(self, by: Person = BINH, **asked: object) -> int:
        return preparing.prepare(self.system, by, order_of(self.desk, **asked))

    def approve(self, number: int, by: Person = CHI) -> int:
        return self.orders.approve(number, by, self.orders.of(number).ref)

    def work(self, job: int) -> Job:
        assert self.worker.once(job) == job
        return self.jobs.of(job)


@pytest.fixture
def bench(desk: Desk) -> Iterator[Bench]:
    with desk.system() as system:
        yield Bench(system, desk)


@pytest.fixture
def opened(desk: Desk) -> Callable[[], System]:
    return desk.system
