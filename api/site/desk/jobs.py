"""Long work as pages follow it: how far it has come, and that it is to end."""

from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue

from api.desk import keeping
from api.desk.policy import Act, Member
from api.desk.preparing import person
from api.presenting import Bilingual
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from credential.errors import ConflictError, RefusedError
from store.jobs import Job, Jobs
from store.orders import ISSUE, Orders
from store.withdrawals import WITHDRAW, State
from web import messages


class JobModel(BaseModel):
    """How a job stands; times are seconds since 1970.

    `stage` is a stable word, of which `done` of `total` are (both 0: not counted). `cancel`: it was
    asked to end; `bound`: it cannot any more. `trouble` says why it failed or what it waits for,
    `faults` what is to be mended, `result` what came of it.
    """

    model_config = ConfigDict(extra="forbid")

    id: int
    kind: str
    school: int | None
    by: str
    state: str
    stage: str
    done: int
    total: int
    cancel: bool
    bound: bool
    code: str | None
    trouble: Bilingual | None
    faults: list[dict[str, JsonValue]]
    result: dict[str, JsonValue] | None
    created: int
    ended: int | None


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    jobs = Jobs(bench.system.store_database)

    def seen(member: Member, number: int) -> Job:
        found = jobs.of(number)
        own = keeping.registers(bench.system, member)
        if own is not None and found.school not in own:
            raise RefusedError("job.unknown", job=number)
        return found

    @bench.route(app, "GET", "/api/desk/jobs/{number}", Act.READ, gives=JobModel)
    async def job(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """How a job stands."""
        return json_response(told(await bench.ask(partial(seen, member, number))))

    @bench.route(app, "POST", "/api/desk/jobs/{number}/cancel", Act.GIVE_UP, status=204)
    async def cancel_job(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """Ask that a job ends; refused once that is too late."""
        found = await bench.ask(partial(seen, member, number))
        await bench.ask(partial(_cancel, bench, jobs, found, member))
        return Response(status_code=204)


def told(job: Job) -> dict[str, Any]:
    """A job as `JobModel` has it."""
    about = (job.result or {}) if job.code else {}
    return {
        "id": job.id, "kind": job.kind, "school": job.school, "by": job.by,
        "state": job.state.value, "stage": job.stage, "done": job.done, "total": job.total,
        "cancel": job.cancel, "bound": job.bound, "code": job.code,
        "trouble": messages.both(job.code, **about.get("params", {})) if job.code else None,
        "faults": [
            {**one, "text": messages.both(one["code"], **one["params"])}
            for one in about.get("faults", [])
        ],
        "result": None if job.code else job.result, "created": job.created, "ended": job.ended,
    }  # fmt: skip


def _cancel(bench: Bench, jobs: Jobs, job: Job, member: Member) -> None:
    """An order that is at work ends with its job; the order says who wanted that.

    A change of status that was approved is carried out, and ends with nobody's job.
    """
    if job.kind == ISSUE:
        Orders(bench.system.store_database).cancel(int(job.what["order"]), person(member))
    elif job.kind == WITHDRAW:
        raise ConflictError("withdrawal.state", found=State.APPROVED.value)
    else:
        jobs.cancel(job.id)
