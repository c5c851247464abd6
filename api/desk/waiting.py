"""What waits for somebody on the workbench: orders, changes of status, reviews, old lines, papers.

One list for whoever is signed in. What stands in it is decided here, by who may do the next act and
did not do the one before; that they may, each act looks at again.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from api.clock import today
from api.desk import keeping, telling
from api.desk.policy import Act, Member, Role
from api.desk.preparing import person
from api.desk.viewing import iso
from credential.lines import LineState
from credential.model import CredentialType
from credential.records import BatchState
from credential.text import fold
from store.order_records import Kept, OrderState
from store.orders import Orders
from store.outbox import now
from store.withdrawals import Asking, State, Withdrawals

if TYPE_CHECKING:
    from api.wiring import System

_LATELY = 60 * 86_400  # seconds after which a paper that nobody took is no task any more
_NEAR = timedelta(days=14)  # before which a review is no task yet
_HANDED_OUT = (CredentialType.THPT_DIPLOMA, CredentialType.COPY)


def mine(member: Member, order: Kept) -> bool:
    """Whether an order waits for a member: to be approved, or to be mended."""
    if order.state is OrderState.PREPARED:
        return member.may(Act.APPROVE) and not person(member).is_same(order.prepared_by)
    return order.state is OrderState.RETURNED and member.may(Act.PREPARE)


def tasks(system: "System", member: Member) -> list[dict[str, Any]]:
    """What waits besides orders, as plain JSON; what waits for the member is marked so."""
    found = [*_withdrawals(system, member)]
    if member.role in (Role.REGISTRAR, Role.PRINCIPAL):
        found += _reviews(system, member, [one["about"] for one in found])
    if member.role is Role.REGISTRAR:  # who works in one school
        found += _lines(system, member)
        found += _papers(system, member)
    return found


def _withdrawals(system: "System", member: Member) -> Iterator[dict[str, Any]]:
    """Suspensions, their ends and revocations that somebody prepared."""
    records, own = Withdrawals(system.store_database), keeping.registers(system, member)
    for one in records.listed(own, (State.PREPARED, State.RETURNED)):
        if one.state is State.RETURNED and records.about(one.line)[-1].id != one.id:
            continue  # it was asked for anew
        about = telling.told_line(one.line) | {
            "lane": one.lane.name.lower(), "state": one.state.value,
        }  # fmt: skip
        yield _task(
            "withdrawal", about, by=one.prepared_by.name, since=one.changed,
            is_mine=_asked_of(member, one),
        )  # fmt: skip


def _asked_of(member: Member, one: Asking) -> bool:
    if one.state is State.PREPARED:
        return member.may(Act.APPROVE) and not person(member).is_same(one.prepared_by)
    return member.may(Act.WITHDRAW)


def _reviews(
    system: "System", member: Member, asked: Collection[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Suspensions to be looked at again, unless somebody has asked what is to become of them."""
    own = keeping.registers(system, member)
    assert own is not None, "who works in one school"
    for one in system.desk.reviews(own, today() + _NEAR):
        about = telling.told_line(one.line)
        if not any(about.items() <= wish.items() for wish in asked):
            yield _task(
                "review", about, since=one.since, due=one.until.isoformat(),
                is_mine=member.may(Act.WITHDRAW),
            )  # fmt: skip


def _lines(system: "System", member: Member) -> Iterator[dict[str, Any]]:
    """Lines of old books: a check waits for whoever did not enter them, mending for who did."""
    for one in system.old_books.open_lines(member.own):
        own = fold(one.entered_by) == fold(member.name)
        check = one.state is LineState.ENTERED
        yield _task(
            "check" if check else "mend", {"book": one.book}, one.many, one.entered_by,
            since=one.since, is_mine=own is not check,
        )  # fmt: skip


def _papers(system: "System", member: Member) -> Iterator[dict[str, Any]]:
    """Diplomas and copies that the chain has confirmed and nobody has printed or packed."""
    orders, oldest = Orders(system.store_database), now() - _LATELY
    for batch in system.batches.of_school(member.own):
        if batch.state is not BatchState.FINAL or batch.type not in _HANDED_OUT:
            continue
        if (batch.final_time or 0) < oldest:
            continue
        order = orders.of_ref(batch.ref)
        about = {"school": batch.school, "seq": batch.seq, "type": batch.type.key}
        yield _task(
            "papers", about, batch.size, since=batch.final_time,
            due=iso(order.paper_due or order.due) if order else None, is_mine=True,
        )  # fmt: skip


def _task(
    kind: str,
    about: dict[str, Any],
    count: int = 1,
    by: str | None = None,
    *,
    since: int | None = None,
    due: str | None = None,
    is_mine: bool,
) -> dict[str, Any]:
    return {
        "kind": kind, "about": about, "count": count, "by": by, "since": since, "due": due,
        "mine": is_mine,
    }  # fmt: skip
