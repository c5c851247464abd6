"""Suspending, reinstating and revoking on the workbench, and papers that were given back."""

from functools import partial
from typing import Any, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.clock import past, today
from api.desk import keeping, telling
from api.desk.jobs import PROCESS
from api.desk.policy import Act, Member
from api.desk.preparing import person
from api.desk.withdrawing import newest_version
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from api.site.desk.credentials import LIMIT, Day, LineModel, Word, day_of, line_of
from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import Lane
from credential.records import AwardLine
from credential.text import nfc
from issuer.revoking import check_cause
from store import audit
from store.outbox import now
from store.withdrawals import Asking, State, Withdrawals

_LANES = {"suspended": Lane.SUSPENDED, "active": Lane.ACTIVE, "revoked": Lane.REVOKED}
_GROUND = {Lane.SUSPENDED: "suspend", Lane.ACTIVE: "reinstate"}


class WithdrawModel(LineModel):
    """What is to become of the newest version, by which decision.

    `ground` is of a revocation; `until` of a suspension, by when it is to be looked at again.
    """

    lane: Literal["suspended", "active", "revoked"]
    decision: Word
    decided_on: Day
    ground: Word | None = None
    until: Day | None = None
    reason: Word | None = None


class SentBackModel(BaseModel):
    """Why it is returned to who prepared it."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(max_length=500)


class ReturnedModel(LineModel):
    """A paper that was given back on a day."""

    version: int = Field(ge=1, lt=1000)
    on: Day


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    _install_asking(app, bench)
    _install_deciding(app, bench)
    _install_papers(app, bench)


def _install_asking(app: FastAPI, bench: Bench) -> None:
    """What a registrar prepares, and what waits."""
    system, records = bench.system, Withdrawals(bench.system.store_database)

    @bench.route(app, "POST", "/api/desk/withdrawals", Act.WITHDRAW, takes=WithdrawModel)
    async def withdraw(request: Request, member: Member) -> Response:
        """Prepare a suspension, its end, or a revocation, for the principal to approve."""
        given = await bodies.members(request, LIMIT, WithdrawModel)
        number = await bench.ask(partial(_prepare, bench, records, member, given))
        return json_response({"withdrawal": number})

    @bench.route(app, "GET", "/api/desk/withdrawals", Act.READ)
    async def withdrawals(request: Request, member: Member) -> Response:  # noqa: ARG001
        """What waits for approval, is being carried out, or was returned."""
        states = (State.PREPARED, State.APPROVED, State.RETURNED)

        def tell() -> list[dict[str, Any]]:
            own = keeping.registers(system, member)
            return [telling.told_asking(system, one) for one in records.listed(own, states)]

        return json_response(await bench.ask(tell))


def _install_deciding(app: FastAPI, bench: Bench) -> None:
    """What becomes of it."""
    system, records = bench.system, Withdrawals(bench.system.store_database)

    def seen(member: Member, number: int) -> Asking:
        one, own = records.of(number), keeping.registers(system, member)
        if own is not None and one.line.school not in own:
            raise RefusedError("withdrawal.unknown", withdrawal=number)
        return one

    @bench.route(app, "POST", "/api/desk/withdrawals/{number}/approve", Act.APPROVE, fresh=True)
    async def approve_withdrawal(
        request: Request,  # noqa: ARG001
        number: Number,
        member: Member,
    ) -> Response:
        """Approve it; it is carried out at once. Not by who prepared it."""

        def approve() -> int:
            seen(member, number)
            return records.approve(number, person(member), PROCESS)

        return json_response({"job": await bench.ask(approve)})

    @bench.route(
        app, "POST", "/api/desk/withdrawals/{number}/return", Act.APPROVE, takes=SentBackModel,
        status=204,
    )  # fmt: skip
    async def return_withdrawal(request: Request, number: Number, member: Member) -> Response:
        """Return it with a reason."""
        reason = (await bodies.members(request, LIMIT, SentBackModel)).reason

        def send_back() -> None:
            seen(member, number)
            records.send_back(number, person(member), reason)

        await bench.ask(send_back)
        return Response(status_code=204)

    @bench.route(app, "POST", "/api/desk/withdrawals/{number}/cancel", Act.WITHDRAW, status=204)
    async def cancel_withdrawal(request: Request, number: Number, member: Member) -> Response:  # noqa: ARG001
        """Give it up while it waits."""

        def cancel() -> None:
            seen(member, number)
            records.cancel(number, person(member))

        await bench.ask(cancel)
        return Response(status_code=204)


def _install_papers(app: FastAPI, bench: Bench) -> None:
    """What was withdrawn, and came back."""
    system = bench.system

    @bench.route(app, "GET", "/api/desk/withdrawn", Act.READ)
    async def withdrawn_papers(request: Request, member: Member) -> Response:  # noqa: ARG001
        """The public list as far as it is of one's registers, with what was given back."""

        def tell() -> list[dict[str, Any]]:
            own = keeping.registers(system, member)
            found = system.desk.withdrawn(today())
            return [
                telling.told_withdrawn(one)
                for one in found
                if own is None or one.line.school in own
            ]

        return json_response(await bench.ask(tell))

    @bench.route(
        app, "POST", "/api/desk/withdrawn/returned", Act.WITHDRAW, takes=ReturnedModel, status=204
    )
    async def paper_returned(request: Request, member: Member) -> Response:
        """Note that a paper was given back."""
        given = await bodies.members(request, LIMIT, ReturnedModel)
        line, on = line_of(given), day_of(given.on)

        def note() -> None:
            keeping.check(system, member, line.school)
            paper = AwardLine(line.type, line.school, line.register_no, given.version)
            system.desk.note_return(paper, on)
            audit.note(
                system.store_database, now(), member.actor, "paper.returned",
                school=line.school, register_no=line.register_no, version=given.version,
                on=on.isoformat(),
            )  # fmt: skip

        await bench.ask(note)
        return Response(status_code=204)


def _prepare(bench: Bench, records: Withdrawals, member: Member, given: WithdrawModel) -> int:
    system, line = bench.system, line_of(given)
    keeping.check(system, member, line.school)
    newest = newest_version(system, line)
    if newest is None:
        raise RefusedError("credential.unknown", found=line.register_no)
    lane = _LANES[given.lane]
    until = day_of(given.until) if given.until and lane is Lane.SUSPENDED else None
    cause = Withdrawal(
        given.ground or "" if lane is Lane.REVOKED else _GROUND[lane],
        nfc(given.decision).strip(), day_of(given.decided_on), until,
        nfc(given.reason or "").strip() or None,
    )  # fmt: skip
    if not cause.decision:
        raise RefusedError("withdrawal.no_decision")
    past(cause.on)
    check_cause(cause, lane)
    _check_possible(system.desk.history(newest).versions[-1].lane, lane)
    if lane is Lane.ACTIVE:
        system.desk.check_reinstating(newest)
    return records.prepare(newest, lane, cause, person(member))


def _check_possible(held: Lane, lane: Lane) -> None:
    """Raises ConflictError ``withdrawal.impossible`` for what would change nothing, or reopen."""
    if held >= Lane.SUPERSEDED or held is lane:
        raise ConflictError("withdrawal.impossible", found=held.name.lower())
