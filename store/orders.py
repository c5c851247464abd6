"""Orders between the person who prepared them and the one who approves.

Nobody approves what they prepared themselves (`store.apart`), whatever the pages say: that is
looked at in the transaction that writes the approval down. The same transaction asks for the
work, so of two approvals at once there is one, and one job. Saying again what is so changes
nothing. What an order says, `issuer.kept_order` knows.

    prepared → approved → issuing (register numbers taken) → issued
    prepared → returned, with a reason → prepared
    prepared, returned → cancelled; approved, issuing → cancelled, while its job can be ended
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from credential.records import Batch
from database.connections import Database
from store import audit, jobs, order_records
from store.apart import check_apart
from store.jobs import Asked, JobState
from store.order_records import SELECT, Acted, Draft, Kept, OrderState, Person
from store.order_tables import ORDER_ACTS, ORDERS
from store.outbox import now
from store.tables import BATCHES

ISSUE = "issue"
"""The kind of job that an approval asks for; its `what` is {"order": number}."""

_AT_WORK = (OrderState.APPROVED, OrderState.ISSUING)
_EMPTY: dict[str, Any] = {"content": b"", "findings": b""}


class Orders:
    """The orders of one deployment.

    Raises RefusedError ``order.unknown``; ConflictError ``order.state`` (`found`, `asked`) for what
    cannot be done to an order as it stands.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def prepare(self, draft: Draft) -> int:
        """Keep an order for approval; its number.

        The same one that waits or goes on is found, one that was returned or cancelled waits again.
        Raises ConflictError ``order.issued_before`` where its batch exists without it.
        """
        while True:
            try:
                with self._database.writing() as connection:
                    return self._prepare(connection, draft)
            except IntegrityError:
                continue  # another process kept the same order; it is found

    def of(self, number: int) -> Kept:
        """The order of that number."""
        with self._database.reading() as connection:
            return order_records.one(connection, number)

    def of_ref(self, ref: str) -> Kept | None:
        """The order of that name."""
        with self._database.reading() as connection:
            row = connection.execute(SELECT.where(ORDERS.c.ref == ref)).one_or_none()
        return None if row is None else order_records.kept(row)

    def content(self, number: int) -> tuple[bytes, bytes]:
        """What an order says and what was noticed in it; empty once it is cancelled."""
        query = select(ORDERS.c.content, ORDERS.c.findings).where(ORDERS.c.id == number)
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise RefusedError("order.unknown", order=number)
        return row.content, row.findings

    def acts(self, number: int) -> Sequence[Acted]:
        """What was done to an order, oldest first."""
        with self._database.reading() as connection:
            return order_records.acts(connection, number)

    def listed(
        self, schools: Collection[int] | None, states: Collection[OrderState], limit: int = 200
    ) -> Sequence[Kept]:
        """The orders of some schools, or all, in one of these states; changed last, first."""
        query = SELECT.where(ORDERS.c.state.in_([state.value for state in states]))
        query = query if schools is None else query.where(ORDERS.c.school.in_(schools))
        query = query.order_by(ORDERS.c.changed.desc(), ORDERS.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [order_records.kept(row) for row in connection.execute(query)]

    def approve(
        self, number: int, by: Person, ref: str, owner: str = "",
        *, seen: int | None = None, anew: bool = True,
    ) -> int:  # fmt: skip
        """Approve the order `ref` as a whole, and ask for it to be issued; the job's number.

        `seen` is how many acts it had when it was looked at: prepared again since, by others or
        over another register, it is to be looked at again. Without `anew` only an approval that was
        given is said again.

        Of an order that this person approved before, a job that failed begins again. A process
        that names itself as `owner` may begin at once. Raises what `check_apart` raises,
        ConflictError ``order.changed`` for another `ref` or what changed since.
        """
        with self._database.writing() as connection:
            order = self._locked(connection, number)
            if order.ref != ref:
                raise ConflictError("order.changed", order=number)
            acts = order_records.acts(connection, number)
            prepared = [(one.by, one.at) for one in acts if one.act == OrderState.PREPARED.value]
            check_apart(connection, by, prepared)
            if order.state in _AT_WORK and order.approved_by and order.approved_by.is_same(by):
                assert order.job is not None
                jobs.again(connection, self._clock(), order.job, owner)
                return order.job
            self._check(order, OrderState.APPROVED, OrderState.PREPARED)
            if not anew or seen not in (None, len(acts)):
                raise ConflictError("order.changed", order=number)
            asked = Asked(ISSUE, f"issue:{number}", order.school, by.name, {"order": number})
            job = jobs.begin(connection, self._clock(), asked, owner)
            jobs.again(connection, self._clock(), job, owner)  # of an approval that was ended
            values = {"approver": by.account, "approved_by": by.name, "job": job}
            self._move(connection, order, OrderState.APPROVED, by, values=values)
            return job

    def send_back(self, number: int, by: Person, reason: str) -> None:
        """Return a prepared order with a reason. Raises RefusedError ``order.no_reason``."""
        if not reason.strip():
            raise RefusedError("order.no_reason")
        with self._database.writing() as connection:
            order = self._locked(connection, number)
            if order.state is not OrderState.RETURNED:
                self._check(order, OrderState.RETURNED, OrderState.PREPARED)
                self._move(connection, order, OrderState.RETURNED, by, reason.strip())

    def cancel(self, number: int, by: Person) -> None:
        """Give an order up; of one at work, ask its job to end.

        Raises RefusedError ``job.bound`` once that is too late.
        """
        with self._database.writing() as connection:
            order = self._locked(connection, number)
            if order.state in _AT_WORK and order.job is not None:
                job = jobs.state_of(connection, order.job)
                if not job.cancel or job.state is JobState.FAILED:  # it could not be undone then
                    jobs.ask_to_end(connection, self._clock(), order.job)
                    self._act(connection, order, "cancelling", by)
            elif order.state is not OrderState.CANCELLED:
                self._check(order, OrderState.CANCELLED, OrderState.PREPARED, OrderState.RETURNED)
                self._move(connection, order, OrderState.CANCELLED, by, values=_EMPTY)

    def bind(self, batch: Batch) -> None:
        """Before a batch is sent, by whatever hands: from now on its order is not cancelled.

        A batch without an order may be sent. Raises RefusedError ``job.cancelled``.
        """
        with self._database.writing() as connection:
            job = connection.scalar(select(ORDERS.c.job).where(ORDERS.c.ref == batch.ref))
            if job is not None:
                jobs.bind_unclaimed(connection, job)

    def move(self, number: int, to: OrderState, by: Person) -> None:
        """What its job says of an order at work: it is issuing, issued or cancelled now."""
        with self._database.writing() as connection:
            order = self._locked(connection, number)
            if order.state is not to:
                self._check(order, to, *_AT_WORK)
                values = _EMPTY if to is OrderState.CANCELLED else {}
                self._move(connection, order, to, by, values=values)

    # --- in a transaction ---

    def _prepare(self, connection: Connection, draft: Draft) -> int:
        query = SELECT.where(ORDERS.c.ref == draft.ref).with_for_update()
        row = connection.execute(query).one_or_none()
        values = {
            "size": draft.size, "content": draft.content, "findings": draft.findings,
            "account": draft.by.account, "prepared_by": draft.by.name,
            "approver": None, "approved_by": None, "due": _iso(draft.due),
            "paper_due": _iso(draft.paper_due),
        }  # fmt: skip
        if row is None:
            if connection.scalar(select(BATCHES.c.id).where(BATCHES.c.ref == draft.ref)):
                raise ConflictError("order.issued_before")
            about = {
                "ref": draft.ref, "school": draft.school, "type": draft.type.value,
                "year": draft.year, "state": "", "changed": self._clock(),
            }  # fmt: skip
            new = insert(ORDERS).values(values | about).returning(ORDERS.c.id)
            number = connection.execute(new).scalar_one()
        else:
            number = int(row.id)
            if OrderState(row.state) not in (OrderState.RETURNED, OrderState.CANCELLED):
                return number
        self._replace(connection, draft, number)
        self._set(connection, number, OrderState.PREPARED, values)
        here = order_records.one(connection, number)
        self._act(connection, here, OrderState.PREPARED.value, draft.by)
        return number

    def _replace(self, connection: Connection, draft: Draft, number: int) -> None:
        """The order whose place this one takes needs nobody's look any more."""
        if draft.instead_of is None or draft.instead_of == number:
            return
        old = self._locked(connection, draft.instead_of)
        if old.school != draft.school:
            raise RefusedError("order.unknown", order=draft.instead_of)
        if old.state is OrderState.RETURNED:
            self._move(connection, old, OrderState.CANCELLED, draft.by, values=_EMPTY)

    def _move(
        self,
        connection: Connection,
        order: Kept,
        to: OrderState,
        by: Person,
        reason: str | None = None,
        values: dict[str, Any] | None = None,
    ) -> None:
        self._set(connection, order.id, to, values or {})
        self._act(connection, order, to.value, by, reason)

    def _set(
        self, connection: Connection, number: int, state: OrderState, values: dict[str, Any]
    ) -> None:
        written = values | {"state": state.value, "changed": self._clock()}
        connection.execute(update(ORDERS).where(ORDERS.c.id == number).values(written))

    def _act(
        self, connection: Connection, order: Kept, act: str, by: Person, reason: str | None = None
    ) -> None:
        """Write down what was done, for its readers and for the audit trail."""
        count = select(func.count()).where(ORDER_ACTS.c.order == order.id)
        row = {
            "order": order.id, "number": connection.scalar(count) or 0, "act": act,
            "account": by.account, "name": by.name, "reason": reason, "at": self._clock(),
        }  # fmt: skip
        connection.execute(insert(ORDER_ACTS).values(row))
        about = {"order": order.id, "school": order.school}
        audit.append(connection, self._clock(), by.name, f"order.{act}", about)

    @staticmethod
    def _locked(connection: Connection, number: int) -> Kept:
        return order_records.one(connection, number, lock=True)

    @staticmethod
    def _check(order: Kept, to: OrderState, *allowed: OrderState) -> None:
        if order.state not in allowed:
            raise ConflictError("order.state", found=order.state.value, asked=to.value)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
