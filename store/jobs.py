"""Long work that is done once: asked for, claimed by a process, told of, ended or begun again.

A claim is a lease: work of a process that died is another's when it ends, and whoever was taken
for dead is told so at its next word. It may be cancelled until it binds itself, in one step with
finding out that nobody had cancelled. What is done, and how it is undone, `api.desk.jobs` knows.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from database.connections import Database
from store.order_tables import JOBS
from store.outbox import now

LEASE = 45  # seconds after which another process may take work over


class JobState(Enum):
    """How a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_OPEN = (JobState.WAITING.value, JobState.RUNNING.value)


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. Times are seconds since 1970.

    `stage` names what is being done, of which `done` of `total` are (both 0: not counted). `code`
    is that of the error which it failed with, or for which it waits; `result` what came of it or,
    beside a code, the error's parameters.
    """

    id: int
    purpose: str
    kind: str
    school: int | None
    by: str
    what: Mapping[str, Any]
    state: JobState
    stage: str
    done: int
    total: int
    cancel: bool
    bound: bool
    claims: int
    code: str | None
    result: Mapping[str, Any] | None
    created: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Work that is asked for: which kind, for which purpose and school, by whom, with what."""

    kind: str
    purpose: str
    school: int | None
    by: str
    what: Mapping[str, Any]


_JOB = select(
    JOBS.c.id, JOBS.c.purpose, JOBS.c.kind, JOBS.c.school, JOBS.c.by, JOBS.c.what, JOBS.c.state,
    JOBS.c.stage, JOBS.c.done, JOBS.c.total, JOBS.c.cancel, JOBS.c.bound, JOBS.c.claims,
    JOBS.c.code, JOBS.c.result, JOBS.c.created, JOBS.c.ended,
)  # fmt: skip


class Jobs:
    """The jobs of one deployment. Raises RefusedError ``job.unknown``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def start(self, asked: Asked, owner: str = "") -> int:
        """Ask for work, or find what was asked for the same purpose; its number.

        A process that names itself as `owner` may begin at once, others after a lease.
        """
        while True:
            try:
                with self._database.writing() as connection:
                    return begin(connection, self._clock(), asked, owner)
            except IntegrityError:
                continue  # another process was faster; its job is found

    def of(self, number: int) -> Job:
        """The job of that number."""
        with self._database.reading() as connection:
            return _one(connection, number)

    def newest(self, schools: Collection[int] | None, limit: int = 50) -> Sequence[Job]:
        """The jobs of some schools, or all, newest first."""
        query = _JOB.order_by(JOBS.c.id.desc()).limit(limit)
        query = query if schools is None else query.where(JOBS.c.school.in_(schools))
        with self._database.reading() as connection:
            return [_job(row) for row in connection.execute(query)]

    def claim(self, owner: str, process: str = "", only: int | None = None) -> Job | None:
        """Take the job whose turn it is, or that one; `owner` names this claim and no other.

        A job that was asked for by a process is that one's at first.
        """
        time = self._clock()
        ours = and_(JOBS.c.state == JobState.WAITING.value, JOBS.c.owner == process)
        free = or_(
            and_(ours, JOBS.c.due <= time + LEASE),
            and_(JOBS.c.state.in_(_OPEN), JOBS.c.due <= time),
        )
        turn = select(JOBS.c.id).where(free).order_by(JOBS.c.due, JOBS.c.id).limit(1)
        if only is not None:
            turn = turn.where(JOBS.c.id == only)
        with self._database.reading() as connection:
            if connection.scalar(turn) is None:
                return None
        with self._database.writing() as connection:
            number = connection.scalar(turn.with_for_update(skip_locked=True))
            if number is None:
                return None
            values = {
                "state": JobState.RUNNING.value, "owner": owner, "due": time + LEASE,
                "claims": JOBS.c.claims + 1,
            }  # fmt: skip
            connection.execute(update(JOBS).where(JOBS.c.id == number).values(values))
            return _one(connection, number)

    def tell(self, number: int, owner: str, stage: str, done: int, total: int) -> None:
        """Say how far a claimed job has come; the lease begins anew.

        Raises ConflictError ``job.overtaken`` when it is another's by now, RefusedError
        ``job.cancelled`` when somebody wants it ended and it is not bound.
        """
        values = {"stage": stage, "done": done, "total": total}
        self._keep(number, owner, values)

    def renew(self, number: int, owner: str) -> None:
        """The lease begins anew. Raises ConflictError ``job.overtaken``."""
        due = {"due": self._clock() + LEASE}
        with self._database.writing() as connection:
            found = connection.execute(update(JOBS).where(_mine(number, owner)).values(due))
            if found.rowcount != 1:
                raise ConflictError("job.overtaken")

    def bind(self, number: int, owner: str) -> None:
        """From now on it can be cancelled no more; raises as `tell`."""
        self._keep(number, owner, {"bound": 1})

    def later(self, number: int, owner: str, seconds: int, code: str, process: str = "") -> None:
        """Give a claimed job back, to be begun again after some time; `code` says what it awaits.

        A process that names itself may begin a lease before others.
        """
        values = _waiting(self._clock() + seconds, process) | {"code": code, "claims": 0}
        with self._database.writing() as connection:
            connection.execute(update(JOBS).where(_mine(number, owner)).values(values))

    def end(
        self,
        number: int,
        owner: str,
        state: JobState,
        result: Mapping[str, Any] | None = None,
        code: str | None = None,
    ) -> bool:
        """A claimed job is over; False if it is another's by now."""
        values = {
            "state": state.value, "owner": "", "code": code, "ended": self._clock(),
            "result": None if result is None else _text(result),
        }  # fmt: skip
        with self._database.writing() as connection:
            found = connection.execute(update(JOBS).where(_mine(number, owner)).values(values))
            return found.rowcount == 1

    def cancel(self, number: int) -> None:
        """Ask that a job ends; see `ask_to_end`."""
        with self._database.writing() as connection:
            ask_to_end(connection, self._clock(), number)

    def _keep(self, number: int, owner: str, values: Mapping[str, Any]) -> None:
        """Change a claimed job, unless it is to end."""
        with self._database.writing() as connection:
            query = select(JOBS.c.cancel, JOBS.c.bound).where(_mine(number, owner))
            held = connection.execute(query.with_for_update()).one_or_none()
            if held is None:
                raise ConflictError("job.overtaken")
            if held.cancel and not held.bound:
                raise RefusedError("job.cancelled")
            due = {"due": self._clock() + LEASE}
            connection.execute(update(JOBS).where(JOBS.c.id == number).values({**values, **due}))


def begin(connection: Connection, time: int, asked: Asked, owner: str = "") -> int:
    """`Jobs.start` in the caller's transaction. IntegrityError where another was faster."""
    known = connection.scalar(select(JOBS.c.id).where(JOBS.c.purpose == asked.purpose))
    if known is not None:
        return known
    row = {
        "purpose": asked.purpose, "kind": asked.kind, "school": asked.school, "by": asked.by,
        "what": _text(asked.what), "stage": "", "done": 0, "total": 0, "cancel": 0, "bound": 0,
        "claims": 0, "created": time, **_waiting(time, owner),
    }  # fmt: skip
    return connection.execute(insert(JOBS).values(row).returning(JOBS.c.id)).scalar_one()


def again(connection: Connection, time: int, number: int, owner: str = "") -> None:
    """Let a job that failed or was cancelled begin again; one that is open or done stays."""
    ended = (JobState.FAILED.value, JobState.CANCELLED.value)
    cleared = {"cancel": 0, "claims": 0, "code": None, "result": None, "ended": None}
    values = _waiting(time, owner) | cleared
    here = (JOBS.c.id == number, JOBS.c.state.in_(ended))
    connection.execute(update(JOBS).where(*here).values(values))


def ask_to_end(connection: Connection, time: int, number: int) -> None:
    """Ask that a job ends, also one that failed: whoever works on it undoes what can be undone.

    Raises RefusedError ``job.bound`` when it is too late, ``job.unknown``.
    """
    here = JOBS.c.id == number
    held = connection.execute(
        select(JOBS.c.state, JOBS.c.bound).where(here).with_for_update()
    ).one_or_none()
    if held is None:
        raise RefusedError("job.unknown", job=number)
    if held.bound or held.state == JobState.DONE.value:
        raise RefusedError("job.bound", job=number)
    values: dict[str, Any] = {"cancel": 1}
    if held.state != JobState.RUNNING.value:
        values |= _waiting(time) | {"ended": None, "claims": 0}
    connection.execute(update(JOBS).where(here).values(values))


def bind_unclaimed(connection: Connection, number: int) -> None:
    """`Jobs.bind` by whoever does the job's work without having it. Raises ``job.cancelled``."""
    held = state_of(connection, number)
    if held.cancel and not held.bound:
        raise RefusedError("job.cancelled")
    connection.execute(update(JOBS).where(JOBS.c.id == number).values(bound=1))


def state_of(connection: Connection, number: int) -> Job:
    """A job for the rest of the transaction nobody else's."""
    return _one(connection, number, lock=True)


def _waiting(time: int, owner: str = "") -> dict[str, Any]:
    """What is written of a job that waits until a time; its owner may begin then, others later."""
    due = time + LEASE if owner else time
    return {"state": JobState.WAITING.value, "owner": owner, "due": due}


def _mine(number: int, owner: str) -> Any:
    return and_(JOBS.c.id == number, JOBS.c.owner == owner, JOBS.c.state == JobState.RUNNING.value)


def _one(connection: Connection, number: int, *, lock: bool = False) -> Job:
    query = _JOB.where(JOBS.c.id == number)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise RefusedError("job.unknown", job=number)
    return _job(row)


def _job(row: Any) -> Job:
    values = row._asdict()
    values |= {
        "what": json.loads(row.what),
        "state": JobState(row.state),
        "cancel": bool(row.cancel),
        "bound": bool(row.bound),
        "result": None if row.result is None else json.loads(row.result),
    }
    return Job(**values)


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
