"""The department's queue: what the public reports, and where chain and register disagree.

Every method is one transaction, durable on return, with its line in the audit trail; saying again
what is already so changes nothing. A report is entered once for each `request`, it moves between
states until it is closed, and is closed only with an answer. When contacts and messages are
erased, and what a deadline is, the caller decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import Connection, Row, insert, or_, select, update

from credential.dates import PartialDate
from credential.errors import RefusedError
from database.connections import Database, lock
from store import audit
from store.actors import UPKEEP
from store.outbox import now
from store.report_tables import REPORTS


class ReportState(Enum):
    """How far a report has come."""

    RECEIVED = "received"
    LOOKING = "looking"
    ASKED = "asked_school"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What verifying the thing found; all empty where nothing could be read.

    `digest` is the leaf hash, `school` its number on chain as the document names it, `type` a
    type's key, verdict and reason as in `verifier.verdict`.
    """

    digest: bytes | None = None
    school: int | None = None
    type: str = ""
    serial: str = ""
    register_no: str = ""
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A report to be entered. `request` is 32 bytes that name it, whoever enters it again.

    `kind` is ``forged``, ``mistake``, ``other`` or ``disagreement``. What the reporter says and
    nobody checked: `shown` (the reason that was shown), `said_number`, `said_school`, `message`.
    """

    ticket: str
    request: bytes
    kind: str
    deadline: date
    finding: Finding = Finding()
    shown: str = ""
    said_number: str = ""
    said_school: str = ""
    message: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it stands. Times are seconds since 1970; `answer` is public."""

    draft: Draft
    id: int
    state: ReportState
    received: int
    changed: int
    answer: str

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state is not ReportState.CLOSED


class Reports:
    """The queue of one deployment.

    Codes: RefusedError ``report.unknown``, ``report.closed``, ``report.no_answer``;
    UnavailableError.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock

    def enter(self, draft: Draft, actor: str) -> Report:
        """Enter a report, or return the one that was entered for the same request."""
        with self._database.writing() as connection:
            lock(connection, "reports")
            query = _SELECT.where(REPORTS.c.request == draft.request)
            row = connection.execute(query).one_or_none()
            if row is None:
                at = self._clock()
                connection.execute(insert(REPORTS).values(_values(draft, at)))
                row = connection.execute(query).one()
                detail = {"report": row.id, "kind": draft.kind}
                audit.append(connection, at, actor, "report.received", detail)
            return _report(row)

    def find(self, ticket: str) -> Report:
        """The report with that ticket in its one spelling."""
        with self._database.reading() as connection:
            return _found(connection, ticket)

    def listed(
        self, states: Sequence[ReportState] = (), before: date | None = None
    ) -> list[Report]:
        """Reports in these states (none named: all that are open), the most urgent first.

        With `before`, only those whose deadline was before that day.
        """
        wanted = [state.value for state in states or list(ReportState)[:-1]]
        query = _SELECT.where(REPORTS.c.state.in_(wanted))
        if before is not None:
            query = query.where(REPORTS.c.deadline < PartialDate.from_date(before).number)
        query = query.order_by(REPORTS.c.deadline, REPORTS.c.id)
        with self._database.reading() as connection:
            return [_report(row) for row in connection.execute(query)]

    def alike(self, report: Report) -> list[Report]:
        """All reports about the same artefact, itself included, oldest first."""
        same = REPORTS.c.id == report.id
        if report.draft.finding.digest is not None:
            same = or_(same, REPORTS.c.digest == report.draft.finding.digest)
        with self._database.reading() as connection:
            rows = connection.execute(_SELECT.where(same).order_by(REPORTS.c.id))
            return [_report(row) for row in rows]

    def history(self, report: Report) -> list[tuple[int, str, str]]:
        """When, who and what (``report.looking``…) was done with it, as the audit trail says."""
        entered = {"report": report.id, "kind": report.draft.kind}
        return audit.about(self._database, entered, {"report": report.id})

    def move(self, ticket: str, state: ReportState, actor: str) -> Report:
        """Bring an open report into a state; into CLOSED only when it has an answer."""
        with self._database.writing() as connection:
            lock(connection, "reports")
            held = _found(connection, ticket)
            if held.state is state:
                return held
            if not held.is_open:
                raise RefusedError("report.closed")
            if state is ReportState.CLOSED and not held.answer:
                raise RefusedError("report.no_answer")
            return self._change(connection, held, actor, f"report.{state.value}", state=state.value)

    def answer(self, ticket: str, text: str, actor: str) -> Report:
        """Write the public answer of an open report, in place of an earlier one."""
        with self._database.writing() as connection:
            lock(connection, "reports")
            held = _found(connection, ticket)
            if held.answer == text:
                return held
            if not held.is_open:
                raise RefusedError("report.closed")
            return self._change(connection, held, actor, "report.answered", answer=text)

    def contacts_read(self, reports: Sequence[Report], actor: str) -> None:
        """Note in the audit trail that somebody is being shown how to reach these reporters."""
        at = self._clock()
        with self._database.writing() as connection:
            for report in reports:
                if report.draft.contact:
                    audit.append(
                        connection, at, actor, "report.contact_read", {"report": report.id}
                    )

    def erase(self, closed_before: int) -> int:
        """Erase contact and message of what was closed before that second; how many had any."""
        with self._database.writing() as connection:
            lock(connection, "reports")
            erased = connection.execute(
                update(REPORTS)
                .where(REPORTS.c.state == ReportState.CLOSED.value)
                .where(REPORTS.c.changed < closed_before)
                .where(or_(REPORTS.c.contact != "", REPORTS.c.message != ""))
                .values(contact="", message="")
            ).rowcount
            if erased:
                audit.append(
                    connection, self._clock(), UPKEEP, "report.erased", {"reports": erased}
                )
            return erased

    def _change(
        self, connection: Connection, held: Report, actor: str, act: str, **values: str
    ) -> Report:
        at = self._clock()
        mine = REPORTS.c.id == held.id
        connection.execute(update(REPORTS).where(mine).values(changed=at, **values))
        audit.append(connection, at, actor, act, {"report": held.id})
        return _report(connection.execute(_SELECT.where(mine)).one())


_SELECT = select(REPORTS)


def _found(connection: Connection, ticket: str) -> Report:
    row = connection.execute(_SELECT.where(REPORTS.c.ticket == ticket)).one_or_none()
    if row is None:
        raise RefusedError("report.unknown")
    return _report(row)


def _values(draft: Draft, at: int) -> dict[str, object]:
    finding = draft.finding
    return {
        "ticket": draft.ticket,
        "request": draft.request,
        "kind": draft.kind,
        "state": ReportState.RECEIVED.value,
        "received": at,
        "changed": at,
        "deadline": PartialDate.from_date(draft.deadline).number,
        **{name: getattr(finding, name) for name in Finding.__slots__},
        **{name: getattr(draft, name) for name in _SAID},
        "answer": "",
    }


_SAID = ("shown", "said_number", "said_school", "message", "contact")


def _report(row: Row[*tuple[object, ...]]) -> Report:
    held = row._mapping
    draft = Draft(
        ticket=held["ticket"],
        request=held["request"],
        kind=held["kind"],
        deadline=PartialDate.from_number(held["deadline"]).to_date(),
        finding=Finding(**{name: held[name] for name in Finding.__slots__}),
        **{name: held[name] for name in _SAID},
    )
    return Report(
        draft=draft,
        id=held["id"],
        state=ReportState(held["state"]),
        received=held["received"],
        changed=held["changed"],
        answer=held["answer"],
    )
