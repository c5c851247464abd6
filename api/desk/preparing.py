"""Handing an order in for approval: whatever makes one, this is where it goes.

An order is checked first, so that nothing waits for approval that could not be issued today; what
is odd in it and what was noticed beside it is kept for whoever approves.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from api.clock import moment
from api.deadlines import deadlines
from api.desk.policy import Member, Role
from api.presenting import plain
from credential.errors import Fault
from issuer import kept_order
from issuer.amending import Amended
from issuer.checking.orders import Sources, anomalies
from issuer.matching import match
from issuer.order import Order
from store.order_records import Draft, Person
from store.orders import Orders

if TYPE_CHECKING:
    from api.wiring import System


@dataclass(frozen=True, slots=True)
class Noticed:
    """What whoever approves is shown beside an order: what was noticed, and what it corrects."""

    notices: Sequence[Fault] = ()
    changed: Sequence[Amended] = ()


def person(member: Member) -> Person:
    """Who acts, as orders say it. For a program answers who made its key: they may not approve."""
    return Person(member.maker if member.role is Role.SERVICE else member.account, member.actor)


def prepare(
    system: "System",
    by: Person,
    order: Order,
    noticed: Noticed | None = None,
    instead_of: int | None = None,
) -> int:
    """Keep an order for approval; its number. The same order again is found.

    `instead_of` is a returned order whose place it takes. Raises what `issuer.matching.match` and
    `store.orders.Orders.prepare` raise; then nothing is kept. Anomalies are found here, whichever
    door the order comes by.
    """
    asked = replace(order, prepared_by=by.name, approved_by="")
    matched = match(asked, system.desk, system.blanks)
    asked = replace(asked, lines=tuple(
        replace(one, said=matched.lines[one.line].digest) for one in asked.lines
    ))  # fmt: skip
    at = moment()
    due = deadlines(asked, at)
    sources = Sources(system.desk, system.batches, system.blanks)
    odd = anomalies(asked, matched.school, sources, at.date())
    draft = Draft(
        ref=asked.ref,
        school=matched.school.id,
        type=asked.type,
        year=asked.year,
        size=asked.size,
        content=kept_order.encode(asked),
        findings=orjson.dumps(_written(odd, noticed or Noticed())),
        by=by,
        instead_of=instead_of,
        due=due.digital,
        paper_due=due.paper,
    )
    return Orders(system.store_database).prepare(draft)


def _written(odd: Sequence[Fault], noticed: Noticed) -> dict[str, Any]:
    told = {(one.code, one.row) for one in odd}  # reading a file finds some of the same
    others = [one for one in noticed.notices if (one.code, one.row) not in told]
    notices = [
        {"code": one.code, "row": one.row, "column": one.column, "params": plain(one.params)}
        for one in (*odd, *others)
    ]
    changes = [
        {
            "row": one.row.row,
            "register_no": one.line.register_no,
            "version": one.line.version,
            "changes": one.changes,
        }
        for one in noticed.changed
    ]
    return {"notices": notices, "changes": changes}
