"""Orders over HTTP: the queue of work, one order with all that its approval rests on, its acts."""

from functools import partial
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.desk import approving, keeping, rows, viewing, waiting
from api.desk.issuing import order_of
from api.desk.policy import Act, Member
from api.desk.preparing import person
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from api.site.desk.jobs import JobModel, told
from credential.errors import RefusedError
from store.jobs import Jobs, JobState
from store.order_records import Kept, OrderState
from store.orders import ISSUE, Orders

_LIMIT: Final = 8192  # bytes of a body
_RECENT: Final = 20  # orders and jobs that are done, in the queue
_OPEN_ORDERS = (
    OrderState.PREPARED, OrderState.RETURNED, OrderState.APPROVED, OrderState.ISSUING,
)  # fmt: skip


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class HeadModel(_Model):
    """An order in a list; `changed` in seconds since 1970.

    `due` and `paper_due` are the last days for its digital form and its paper. `mine` tells that it
    waits for whoever asks.
    """

    id: int
    school: int
    type: str
    year: int
    size: int
    state: str
    prepared_by: str
    approved_by: str | None
    changed: int
    due: str | None
    paper_due: str | None
    mine: bool
    job: JobModel | None


class TaskModel(_Model):
    """What waits besides orders: `withdrawal`, `review`, `check` and `mend` of old lines, `papers`.

    `about` says what it is about, by its kind; `since` is in seconds since 1970. Of `papers` and
    of the `review` of a suspension, `due` is the last day.
    """

    kind: str
    about: dict[str, JsonValue]
    count: int
    by: str | None
    since: int | None
    due: str | None
    mine: bool


class QueueModel(_Model):
    """Orders and tasks that wait for somebody, orders at work or done lately, and other work."""

    open: list[HeadModel]
    tasks: list[TaskModel]
    done: list[HeadModel]
    jobs: list[JobModel]


class OrderModel(HeadModel):
    """An order with what its approval rests on.

    `ref` goes back with the approval. `about` says what it comes to (`register` are the first and
    last number that it takes, `last` is the school's last order of the kind), `signing` with what
    whoever asks would sign, `batch` how its batch stands. Both are null where there is none.
    """

    ref: str
    acts: list[dict[str, JsonValue]]
    about: dict[str, JsonValue] | None
    notices: list[dict[str, JsonValue]]
    changes: list[dict[str, JsonValue]]
    batch: dict[str, JsonValue] | None
    signing: dict[str, JsonValue]


class RowsModel(_Model):
    """The rows of an order, each with all that its credential will say (`api.desk.rows`)."""

    rows: list[dict[str, JsonValue]]


class ResultsModel(_Model):
    """The results in one row."""

    results: list[dict[str, JsonValue]]


class ApproveModel(_Model):
    """The order as it was seen, and what opens the person's key: its PIN or passphrase.

    `seen` is how many acts it had then; without it what was prepared again since is approved, too.
    """

    ref: str = Field(min_length=64, max_length=64)
    seen: int | None = Field(default=None, ge=1)
    secret: str = Field(default="", max_length=256)
    last_try: bool = False


class ReturnModel(_Model):
    """Why an order is returned."""

    reason: str = Field(max_length=1000)


class _Desk:
    """Orders as a member may see them."""

    def __init__(self, bench: Bench) -> None:
        self.system = bench.system
        database = bench.system.store_database
        self.orders, self.jobs = Orders(database), Jobs(database)

    def seen(self, member: Member, number: int) -> Kept:
        """An order; RefusedError ``order.unknown`` also for another school's."""
        kept = self.orders.of(number)
        if not keeping.has(self.system, member, kept.school):
            raise RefusedError("order.unknown", order=number)
        return kept

    def queue(self, member: Member) -> dict[str, Any]:
        """`QueueModel`."""
        own = keeping.registers(self.system, member)
        jobs = self.jobs.newest(own)
        recent = self.orders.listed(own, [OrderState.ISSUED, OrderState.CANCELLED], _RECENT)
        return {
            "open": [self.head(member, one) for one in self.orders.listed(own, _OPEN_ORDERS)],
            "tasks": waiting.tasks(self.system, member),
            "done": [self.head(member, one) for one in recent],
            "jobs": [told(one) for one in jobs if one.kind != ISSUE][:_RECENT],
        }

    def head(self, member: Member, kept: Kept) -> dict[str, Any]:
        """`HeadModel`."""
        job = None if kept.job is None else self.jobs.of(kept.job)
        shown = job is not None and (job.state is not JobState.CANCELLED)
        about = {"mine": waiting.mine(member, kept), "job": told(job) if job and shown else None}
        return viewing.head(kept) | about

    def whole(self, member: Member, number: int) -> dict[str, Any]:
        """`OrderModel`."""
        kept = self.seen(member, number)
        shown = viewing.whole(self.system, self.orders, kept)
        signing = viewing.signing(self.system, kept, person(member))
        return shown | self.head(member, kept) | {"signing": signing}

    def rows(self, member: Member, number: int) -> dict[str, Any]:
        """`RowsModel`."""
        kept = self.seen(member, number)
        keeping.note_look(self.system, member, "rows", school=kept.school, order=number)
        if not self.orders.content(kept.id)[0]:
            return {"rows": []}
        order = order_of(self.system, self.orders, kept, None)
        return {"rows": rows.rows(self.system, kept, order)}

    def results(self, member: Member, number: int, row: int) -> dict[str, Any]:
        """`ResultsModel`."""
        kept = self.seen(member, number)
        keeping.note_look(self.system, member, "results", school=kept.school, order=number)
        found = None
        if self.orders.content(kept.id)[0]:
            found = rows.results(order_of(self.system, self.orders, kept, None), row)
        if found is None:
            raise RefusedError("order.unknown", order=number)
        return {"results": found}

    def approve(self, member: Member, number: int, given: ApproveModel) -> None:
        """Approve what this member sees."""
        self.seen(member, number)
        by = person(member)
        opened = approving.typed(self.system, by, given.secret, last_try=given.last_try)
        approving.approve(self.system, number, by, given.ref, opened, seen=given.seen)


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    desk = _Desk(bench)
    _reading(app, bench, desk)

    @bench.route(
        app, "POST", "/api/desk/orders/{number}/approve", Act.APPROVE,
        takes=ApproveModel, gives=OrderModel,
    )  # fmt: skip
    async def approve(request: Request, number: Number, member: Member) -> Response:
        """Approve the whole order and sign it; tells the order. Said again, it changes nothing."""
        await bench.ask(partial(desk.seen, member, number))
        given = await bodies.members(request, _LIMIT, ApproveModel)
        if not given.secret:  # no key proves who it is
            await bench.entry.member(request, Act.APPROVE, fresh=True)
        with bench.limits.signing(member.account):
            await bench.ask(partial(desk.approve, member, number, given))
        return json_response(await bench.ask(partial(desk.whole, member, number)))

    @bench.route(
        app, "POST", "/api/desk/orders/{number}/return", Act.APPROVE, takes=ReturnModel, status=204
    )
    async def send_back(request: Request, number: Number, member: Member) -> Response:
        """Return an order with a reason."""
        await bench.ask(partial(desk.seen, member, number))
        given = await bodies.members(request, _LIMIT, ReturnModel)
        back = partial(desk.orders.send_back, number, person(member), given.reason)
        await bench.ask(back)
        return Response(status_code=204)

    @bench.route(app, "POST", "/api/desk/orders/{number}/cancel", Act.GIVE_UP, status=204)
    async def give_up(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """Give an order up; of one at work, ask its job to end."""
        await bench.ask(partial(desk.seen, member, number))
        await bench.ask(partial(desk.orders.cancel, number, person(member)))
        return Response(status_code=204)


def _reading(app: FastAPI, bench: Bench, desk: _Desk) -> None:
    @bench.route(app, "GET", "/api/desk/queue", Act.READ, gives=QueueModel)
    async def queue(request: Request, member: Member) -> Response:  # noqa: ARG001
        """What waits for somebody, what is at work, what was done lately."""
        return json_response(await bench.ask(partial(desk.queue, member)))

    @bench.route(app, "GET", "/api/desk/orders/{number}", Act.READ, gives=OrderModel)
    async def order(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """An order with what its approval rests on."""
        return json_response(await bench.ask(partial(desk.whole, member, number)))

    @bench.route(app, "GET", "/api/desk/orders/{number}/rows", Act.READ, gives=RowsModel)
    async def order_rows(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """The rows of an order."""
        return json_response(await bench.ask(partial(desk.rows, member, number)))

    @bench.route(
        app, "GET", "/api/desk/orders/{number}/rows/{row}/results", Act.READ, gives=ResultsModel
    )
    async def order_results(
        request: Request,  # noqa: ARG001
        number: Number,
        row: int,
        member: Member,
    ) -> Response:
        """The results in one row of an order."""
        return json_response(await bench.ask(partial(desk.results, member, number, row)))
