"""Schools on the workbench of the department: who heads them, what they are called, who follows.

Entered here is what the registry holds. Ends of schools need the contract's owner, whose key is on
no web server: `sogoc school merge` and `dissolve`.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict

from api.clock import today
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, SchoolNumber
from api.site.desk.credentials import LIMIT, Day, Word, day_of
from credential.dates import PartialDate
from credential.model import Decision
from registry.entries import HeadEntry
from registry.terms import Office, Signed
from store import audit
from store.outbox import now


class TermModel(BaseModel):
    """A head's term, or a deputy's who is assigned to sign by a decision."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    title: Word
    since: Day
    until: Day | None = None
    deputy: bool = False
    decision: Word | None = None


class EndModel(BaseModel):
    """The last day of somebody's term."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    last: Day


class VoidModel(BaseModel):
    """From which day on somebody's mandate is void, by which decision."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    since: Day
    decision: Word
    decided_on: Day


class NameModel(BaseModel):
    """What a school is called from a day on, by which decision; a place only where it changes."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    since: Day
    decision: Word
    place: Word | None = None


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    _install_looking(app, bench)
    _install_terms(app, bench)
    _install_names(app, bench)


def _install_looking(app: FastAPI, bench: Bench) -> None:
    @bench.route(app, "GET", "/api/desk/schools", Act.SCHOOLS)
    async def schools(request: Request, member: Member) -> Response:  # noqa: ARG001
        """All schools, with those that are no more and who keeps their registers."""
        return json_response(await bench.ask(partial(_schools, bench)))

    @bench.route(app, "GET", "/api/desk/schools/{school}", Act.SCHOOLS)
    async def school(request: Request, school: SchoolNumber, member: Member) -> Response:  # noqa: ARG001
        """A school's names and terms of office, newest first."""
        return json_response(await bench.ask(partial(_school, bench, school)))


def _install_terms(app: FastAPI, bench: Bench) -> None:
    department = bench.system.department

    @bench.route(
        app,
        "POST",
        "/api/desk/schools/{school}/terms",
        Act.SCHOOLS,
        takes=TermModel,
        status=204,
        fresh=True,
    )
    async def begin_term(request: Request, school: SchoolNumber, member: Member) -> Response:
        """Enter a term of office."""
        given = await bodies.members(request, LIMIT, TermModel)
        entry = HeadEntry(
            school, given.name, given.title, day_of(given.since),
            day_of(given.until) if given.until else None, given.deputy, given.decision or None,
        )  # fmt: skip
        act = "school.deputy" if given.deputy else "school.head"
        await _written(bench, act, member, school, partial(department.begin_term, entry))
        return Response(status_code=204)

    @bench.route(
        app, "POST", "/api/desk/schools/{school}/terms/end", Act.SCHOOLS, takes=EndModel,
        status=204, fresh=True,
    )  # fmt: skip
    async def end_term(request: Request, school: SchoolNumber, member: Member) -> Response:
        """Let a term end; refused where something was signed later."""
        given = await bodies.members(request, LIMIT, EndModel)
        work = partial(department.end_term, school, given.name, day_of(given.last))
        await _written(bench, "school.term_ended", member, school, work)
        return Response(status_code=204)

    @bench.route(
        app, "POST", "/api/desk/schools/{school}/terms/void", Act.SCHOOLS, takes=VoidModel,
        fresh=True,
    )  # fmt: skip
    async def void_term(request: Request, school: SchoolNumber, member: Member) -> Response:
        """Note a mandate as void; what was signed since, of which nothing changes."""
        given = await bodies.members(request, LIMIT, VoidModel)
        decision = Decision(given.decision, day_of(given.decided_on))
        since = day_of(given.since)
        work = partial(department.void_term, school, given.name, since, decision)
        _, signed = await _written(bench, "school.term_void", member, school, work)
        return json_response([_signed(school, one) for one in signed])


def _install_names(app: FastAPI, bench: Bench) -> None:
    system = bench.system

    @bench.route(
        app,
        "POST",
        "/api/desk/schools/{school}/name",
        Act.SCHOOLS,
        takes=NameModel,
        status=204,
        fresh=True,
    )
    async def rename_school(request: Request, school: SchoolNumber, member: Member) -> Response:
        """Give a school another name from a day on."""
        given = await bodies.members(request, LIMIT, NameModel)

        def rename() -> None:
            record = system.desk.numbered(school, today())
            place = given.place or (record.place if record else "")
            since = day_of(given.since)
            system.department.rename(school, given.name, place, since)

        await _written(bench, "school.renamed", member, school, rename)
        return Response(status_code=204)


async def _written(
    bench: Bench, act: str, member: Member, school: int, work: Callable[[], Any]
) -> Any:
    """Do it, and note it under who did."""

    def do() -> Any:
        done = work()
        audit.note(bench.system.store_database, now(), member.actor, act, school=school)
        return done

    return await bench.ask(do)


def _schools(bench: Bench) -> list[dict[str, Any]]:
    system, day = bench.system, today()
    open_ = [
        {"school": one.id, "code": one.code, "name": one.name, "place": one.place, "keeper": None}
        for one in system.desk.schools(day)
    ]
    closed = []
    for ended in system.department.successions():
        one, next_ = (system.desk.numbered(n, day) for n in (ended.school, ended.successor))
        if one is not None:
            closed.append({
                "school": one.id, "code": one.code, "name": one.name, "place": one.place,
                "keeper": next_.name if next_ else None, "since": _shown(ended.since),
                "kind": ended.kind, "decision": ended.decision_no,
            })  # fmt: skip
    known = {one["school"] for one in closed}
    return [*(one for one in open_ if one["school"] not in known), *closed]


def _school(bench: Bench, school: int) -> dict[str, Any]:
    record = bench.system.desk.numbered(school, today())
    return {
        "school": school,
        "code": record.code if record else None,
        "name": record.name if record else None,
        "terms": [_term(one) for one in bench.system.department.terms(school)],
    }


def _term(one: Office) -> dict[str, Any]:
    return {
        "since": _shown(one.since), "until": _shown(one.until), "deputy": one.deputy,
        "name": one.name, "title": one.title, "decision": one.decision_no,
        "void_since": _shown(one.void_since), "void_decision": one.void_decision,
    }  # fmt: skip


def _signed(school: int, one: Signed) -> dict[str, Any]:
    return {
        "school": school, "type": one.type.key, "register_no": one.register_no,
        "version": one.version, "serial": one.serial, "issued": _shown(one.issued),
        "lane": one.lane.name.lower(),
    }  # fmt: skip


def _shown(day: int | None) -> str | None:
    return PartialDate.from_number(day).printed() if day else None
