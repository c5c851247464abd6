"""The entrance of the workbench: signing in and out, and what its pages may know of a session."""

import time
from functools import partial

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import passwords
from api.accounts.names import folded
from api.desk.policy import Act, Role
from api.site import bodies, problems
from api.site.answering import json_response
from api.site.desk.bench import Bench, member_of
from api.site.sessions import own_page
from api.site.signing_in import body
from credential.errors import FormatError, RefusedError
from store.staff import Person
from web.messages import local_day

_LIMIT = 4096  # bytes of a body
_NOBODY = -1  # the account of a name that nobody has
PATH = "/api/desk/session"


class SignInModel(BaseModel):
    """A login name and a password."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=2 * passwords.MOST)


class MemberModel(BaseModel):
    """Who is signed in; `acts` are the words of what they may do, `school` its number and name."""

    model_config = ConfigDict(extra="forbid")

    name: str
    role: Role
    school: int | None
    school_name: str | None
    acts: list[str]


class DeskSessionModel(BaseModel):
    """Whether somebody is signed in. `csrf` goes with each write, in the header X-CSRF-Token."""

    model_config = ConfigDict(extra="forbid")

    signed_in: bool
    csrf: str
    member: MemberModel | None


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""

    @app.get(
        PATH,
        response_model=DeskSessionModel,
        responses=problems.declared(503),
        operation_id="desk_session",
    )
    async def show(request: Request) -> Response:
        """Whether somebody is signed in to the workbench, and who."""
        session = await bench.sessions.session(request)
        person = await bench.ask(lambda: bench.staff.find(session.account)) if session else None
        member = await bench.ask(lambda: _told(bench, person)) if person else None
        csrf = bench.sessions.csrf(request) if member else ""
        told = DeskSessionModel(signed_in=member is not None, csrf=csrf, member=member)
        return json_response(told.model_dump(mode="json"))

    @app.post(
        PATH,
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 413, 415, 422, 429, 503),
        openapi_extra=body(SignInModel),
        operation_id="desk_sign_in",
    )
    async def sign_in(request: Request) -> Response:
        """Sign in. A name that nobody has and a wrong password give the same 401."""
        own_page(request)
        person = await _person(bench, request, await bodies.members(request, _LIMIT, SignInModel))
        response = Response(status_code=204)
        await bench.sessions.start(request, response, person.account, "password")
        note = partial(bench.staff.note, person.name, "staff.signed_in", account=person.account)
        await bench.ask(note)
        return response

    @app.delete(
        PATH,
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 403, 503),
        operation_id="desk_sign_out",
    )
    async def sign_out(request: Request) -> Response:
        """Sign out here."""
        session = await bench.sessions.session(request)
        if session is None:
            raise RefusedError("session.none")
        await bench.ask(partial(bench.records.end, session.account, session.id))
        response = Response(status_code=204)
        bench.sessions.forget(response)
        return response


async def _person(bench: Bench, request: Request, given: SignInModel) -> Person:
    """Whose name and password it is. Raises RefusedError ``password.wrong``."""
    try:
        name = folded(given.name)
    except FormatError:
        name = ""  # nobody's; after the same steps
    found = await bench.ask(lambda: bench.staff.named(name))
    person, kept = found or (None, None)
    account = person.account if person else _NOBODY
    known = await bench.ask(lambda: bench.sessions.known(request, account))
    with bench.limits.signing_in(request, name, known):
        right = await bench.passwords.verify(given.password, kept)
        if person is None or not right:
            raise RefusedError("password.wrong")
    return person


def _told(bench: Bench, person: Person) -> MemberModel:
    found, school = member_of(person), None
    if found.school is not None:
        record = bench.system.desk.school_of(found.school, local_day(time.time()))
        school = record.name if record else None
    return MemberModel(
        name=found.name, role=found.role, school=found.school, school_name=school,
        acts=[act.word for act in Act if found.may(act)],
    )  # fmt: skip
