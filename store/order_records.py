"""What the store keeps of orders: their states, who acts, what a row says."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Connection, select

from credential.errors import RefusedError
from credential.model import CredentialType
from credential.text import fold
from store.order_tables import ORDER_ACTS, ORDERS


class OrderState(Enum):
    """How an order stands."""

    PREPARED = "prepared"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    ISSUING = "issuing"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: their account, None at the command line, and their name."""

    account: int | None
    name: str

    def is_same(self, other: "Person") -> bool:
        """Whether two are one person, by account or by name."""
        same_account = self.account is not None and self.account == other.account
        return same_account or fold(self.name) == fold(other.name)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a registrar prepared. `ref` is the order's name, `school` its number on chain.

    `content` is the order as JSON (`issuer.kept_order`), `findings` a JSON list of what was noticed
    in it. `instead_of` is a returned order whose place it takes. `due` and `paper_due` are the last
    days for its digital form and its paper.
    """

    ref: str
    school: int
    type: CredentialType
    year: int
    size: int
    content: bytes
    findings: bytes
    by: Person
    instead_of: int | None = None
    due: date | None = None
    paper_due: date | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as it stands, without what it says. `changed` is when its state last did."""

    id: int
    ref: str
    school: int
    type: CredentialType
    year: int
    size: int
    state: OrderState
    prepared_by: Person
    approved_by: Person | None
    job: int | None
    changed: int
    due: date | None = None
    paper_due: date | None = None


@dataclass(frozen=True, slots=True)
class Acted:
    """What somebody did to an order, and why where they said so."""

    act: str
    by: Person
    reason: str | None
    at: int


SELECT = select(
    ORDERS.c.id, ORDERS.c.ref, ORDERS.c.school, ORDERS.c.type, ORDERS.c.year, ORDERS.c.size,
    ORDERS.c.state, ORDERS.c.account, ORDERS.c.prepared_by, ORDERS.c.approver,
    ORDERS.c.approved_by, ORDERS.c.job, ORDERS.c.changed, ORDERS.c.due, ORDERS.c.paper_due,
)  # fmt: skip


def one(connection: Connection, number: int, *, lock: bool = False) -> Kept:
    """The order of that number, with `lock` for the rest of the transaction nobody else's.

    Raises RefusedError ``order.unknown``.
    """
    query = SELECT.where(ORDERS.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise RefusedError("order.unknown", order=number)
    return kept(row)


def kept(row: Any) -> Kept:
    """An order out of a row of `SELECT`."""
    (
        number,
        ref,
        school,
        kind,
        year,
        size,
        state,
        account,
        name,
        approver,
        approved,
        job,
        changed,
        *due,
    ) = row
    approved_by = None if approved is None else Person(approver, approved)
    return Kept(
        number, ref, school, CredentialType(kind), year, size, OrderState(state),
        Person(account, name), approved_by, job, changed,
        *(date.fromisoformat(day) if day else None for day in due),
    )  # fmt: skip


def acts(connection: Connection, number: int) -> list[Acted]:
    """What was done to an order, oldest first."""
    query = (
        select(
            ORDER_ACTS.c.act, ORDER_ACTS.c.account, ORDER_ACTS.c.name, ORDER_ACTS.c.reason,
            ORDER_ACTS.c.at,
        )
        .where(ORDER_ACTS.c.order == number)
        .order_by(ORDER_ACTS.c.number)
    )  # fmt: skip
    return [
        Acted(act, Person(account, name), reason, at)
        for act, account, name, reason, at in connection.execute(query)
    ]
