"""Suspensions, reinstatements and revocations between who prepares them and who approves.

As with orders (`store.orders`), nobody approves what they prepared themselves; that is looked at in
the transaction that writes the approval down and asks for the work. One version of a line has one
of them waiting at a time.

    prepared → approved → done
    prepared → returned, with a reason; prepared, returned → cancelled by who prepares
    approved, whose job failed → begun again by who approves, cancelled while nothing has happened
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from database.connections import Database
from store import audit, jobs
from store.apart import check_apart
from store.jobs import Asked, JobState
from store.order_records import Person
from store.outbox import now
from store.withdrawal_tables import WITHDRAWALS

WITHDRAW = "withdraw"
"""The kind of job that an approval asks for; its `what` is {"withdrawal": number}."""


class State(Enum):
    """How a change of status stands."""

    PREPARED = "prepared"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Asking:
    """A change of one version's status as it stands. `sent_back` says why it was returned."""

    id: int
    line: AwardLine
    lane: Lane
    withdrawal: Withdrawal
    state: State
    prepared_by: Person
    approved_by: Person | None
    sent_back: str | None
    job: int | None
    changed: int


class Withdrawals:
    """Those of one deployment.

    Raises RefusedError ``withdrawal.unknown``; ConflictError ``withdrawal.state`` (`found`) for
    what cannot be done to one as it stands.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def prepare(self, line: AwardLine, lane: Lane, cause: Withdrawal, by: Person) -> int:
        """Keep a change for approval; its number. The same that waits is found.

        Raises ConflictError ``withdrawal.waiting`` while another one waits for that version.
        """
        row = {
            "school": line.school, "type": line.type.value, "register_no": line.register_no,
            "version": line.version, "lane": int(lane), "ground": cause.ground,
            "decision": cause.decision, "decided_on": cause.on.isoformat(),
            "until": cause.until.isoformat() if cause.until else None, "reason": cause.reason,
        }  # fmt: skip
        fresh = {
            "state": State.PREPARED.value, "account": by.account, "prepared_by": by.name,
            "changed": self._clock(),
        }  # fmt: skip
        try:
            with self._database.writing() as connection:
                new = insert(WITHDRAWALS).values(row | fresh).returning(WITHDRAWALS.c.id)
                number = connection.execute(new).scalar_one()
                self._note(connection, _one(connection, number), State.PREPARED, by)
                return number
        except IntegrityError:
            for one in self.listed(None, (State.PREPARED, State.APPROVED)):
                if one.line == line and (one.lane, one.withdrawal) == (lane, cause):
                    return one.id
            raise ConflictError("withdrawal.waiting", register_no=line.register_no) from None

    def of(self, number: int) -> Asking:
        """The one of that number."""
        with self._database.reading() as connection:
            return _one(connection, number)

    def listed(self, schools: Collection[int] | None, states: Collection[State]) -> list[Asking]:
        """Those of some schools, or all, in one of these states; changed last, first."""
        query = select(WITHDRAWALS).where(WITHDRAWALS.c.state.in_([one.value for one in states]))
        if schools is not None:
            query = query.where(WITHDRAWALS.c.school.in_(schools))
        query = query.order_by(WITHDRAWALS.c.changed.desc(), WITHDRAWALS.c.id.desc()).limit(200)
        with self._database.reading() as connection:
            return [_asking(row) for row in connection.execute(query)]

    def about(self, line: AwardLine) -> Sequence[Asking]:
        """All that was ever asked of any version of a line, oldest first."""
        query = select(WITHDRAWALS).where(
            WITHDRAWALS.c.school == line.school,
            WITHDRAWALS.c.type == line.type.value,
            WITHDRAWALS.c.register_no == line.register_no,
        )
        with self._database.reading() as connection:
            return [_asking(row) for row in connection.execute(query.order_by(WITHDRAWALS.c.id))]

    def approve(self, number: int, by: Person, owner: str = "") -> int:
        """Approve, and ask for it to be carried out; the job's number.

        Of one that was approved, a job that failed begins again, whoever approves: the approval
        stays its person's. Raises what `check_apart` raises.
        """
        with self._database.writing() as connection:
            one = _one(connection, number, lock=True)
            own = one.approved_by is not None and by.is_same(one.approved_by)
            if one.state is State.APPROVED and (own or _failed(connection, one)):
                assert one.job is not None
                jobs.again(connection, self._clock(), one.job, owner)
                return one.job
            self._check(one)
            check_apart(connection, by, [(one.prepared_by, one.changed)])
            asked = Asked(
                WITHDRAW, f"withdraw:{number}", one.line.school, by.name, {"withdrawal": number}
            )
            job = jobs.begin(connection, self._clock(), asked, owner)
            values = {"approver": by.account, "approved_by": by.name, "job": job}
            self._move(connection, number, State.APPROVED, by, values)
            return job

    def send_back(self, number: int, by: Person, reason: str) -> None:
        """Return it with a reason. Raises RefusedError ``order.no_reason``."""
        if not reason.strip():
            raise RefusedError("order.no_reason")
        self._end(number, State.RETURNED, by, {"sent_back": reason.strip()})

    def cancel(self, number: int, by: Person) -> None:
        """Give it up; once it is approved, only where its job failed before anything happened."""
        self._end(number, State.CANCELLED, by, {}, State.RETURNED)

    def done(self, number: int, by: Person) -> None:
        """It was carried out."""
        with self._database.writing() as connection:
            one = _one(connection, number, lock=True)
            if one.state is not State.DONE:
                self._move(connection, number, State.DONE, by, {})

    def _end(
        self, number: int, to: State, by: Person, values: dict[str, Any], *also: State
    ) -> None:
        with self._database.writing() as connection:
            one = _one(connection, number, lock=True)
            if one.state is not to:
                nothing_done = to is State.CANCELLED and _failed(connection, one, unbound=True)
                self._check(one, *also, *([State.APPROVED] if nothing_done else []))
                self._move(connection, number, to, by, values)

    def _check(self, one: Asking, *also: State) -> None:
        if one.state not in (State.PREPARED, *also):
            raise ConflictError("withdrawal.state", found=one.state.value)

    def _move(
        self, connection: Connection, number: int, to: State, by: Person, values: dict[str, Any]
    ) -> None:
        written = values | {"state": to.value, "changed": self._clock()}
        connection.execute(update(WITHDRAWALS).where(WITHDRAWALS.c.id == number).values(written))
        self._note(connection, _one(connection, number), to, by)

    def _note(self, connection: Connection, one: Asking, to: State, by: Person) -> None:
        about = {"withdrawal": one.id, "school": one.line.school}
        audit.append(connection, self._clock(), by.name, f"withdrawal.{to.value}", about)


def _failed(connection: Connection, one: Asking, *, unbound: bool = False) -> bool:
    """Whether the job of one failed; with `unbound` also that it came to nothing before."""
    if one.job is None:
        return False
    job = jobs.state_of(connection, one.job)
    return job.state is JobState.FAILED and not (unbound and job.bound)


def _one(connection: Connection, number: int, *, lock: bool = False) -> Asking:
    query = select(WITHDRAWALS).where(WITHDRAWALS.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise RefusedError("withdrawal.unknown", withdrawal=number)
    return _asking(row)


def _asking(row: Any) -> Asking:
    line = AwardLine(CredentialType(row.type), row.school, row.register_no, row.version)
    until = date.fromisoformat(row.until) if row.until else None
    on = date.fromisoformat(row.decided_on)
    approved = None if row.approved_by is None else Person(row.approver, row.approved_by)
    return Asking(
        row.id, line, Lane(row.lane), Withdrawal(row.ground, row.decision, on, until, row.reason),
        State(row.state), Person(row.account, row.prepared_by), approved, row.sent_back, row.job,
        row.changed,
    )  # fmt: skip
