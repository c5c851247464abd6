"""The entrance of the workbench: signing in and out, and showing again who one is.

Password and code come in one request; a code is asked for only of whose password was right. Every
sign-in and every wrong answer are noted in the audit log, of a name that nobody has without it.
"""

from functools import partial
from typing import NoReturn

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import passwords
from api.accounts.names import folded
from api.clock import today
from api.desk.policy import Act, Role
from api.site import bodies, problems
from api.site.answering import json_response
from api.site.desk.bench import Bench
from api.site.desk.entry import PASSWORD, member_of
from api.site.sessions import own_page
from credential.errors import FormatError, RefusedError
from store.actors import PUBLIC
from store.outbox import now
from store.sessions import Session
from store.staff import Person

_LIMIT = 4096  # bytes of a body
_NOBODY = -1  # the account of a name that nobody has
PATH = "/api/desk/session"


class ProofModel(BaseModel):
    """A code of the second factor or a recovery code, or the password of who has none."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field("", max_length=64)
    password: str = Field("", max_length=2 * passwords.MOST)


class SignInModel(BaseModel):
    """A login name, a password and, once it was asked for, a code of the second factor."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=2 * passwords.MOST)
    code: str = Field("", max_length=64)


class MemberModel(BaseModel):
    """Who is signed in; `acts` are the words of what they may do, `school` its number and name."""

    model_config = ConfigDict(extra="forbid")

    name: str
    role: Role
    school: int | None
    school_name: str | None
    acts: list[str]


class DeskSessionModel(BaseModel):
    """Whether somebody is signed in. `csrf` goes with each write, in the header X-CSRF-Token.

    `missing` is the code of what they have to do before anything else; `proof` says what is asked
    of them before grave acts: ``code``, ``password`` or ``provider``.
    """

    model_config = ConfigDict(extra="forbid")

    signed_in: bool
    csrf: str
    member: MemberModel | None
    missing: str | None
    proof: str
    provider: bool = Field(description="whether one can sign in with an OpenID provider")


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    _add_showing(app, bench)
    _add_session(app, bench)

    @bench.route(app, "POST", f"{PATH}/proof", Act.OWN, takes=ProofModel, status=204, settling=True)
    async def prove(request: Request) -> Response:
        """Show again who one is, before grave acts; the session goes on with a new token."""
        given = await bodies.members(request, _LIMIT, ProofModel)
        session, person = await bench.entry.person(request)
        await confirm(bench, request, person, given)
        response = Response(status_code=204)
        await bench.sessions.prove(response, session)
        return response


def _add_showing(app: FastAPI, bench: Bench) -> None:
    @app.get(
        PATH,
        response_model=DeskSessionModel,
        responses=problems.declared(503),
        operation_id="desk_session",
    )
    async def show(request: Request) -> Response:
        """Whether somebody is signed in to the workbench, and who."""
        try:
            session, person = await bench.entry.person(request)
        except RefusedError:
            told = DeskSessionModel(
                signed_in=False,
                csrf="",
                member=None,
                missing=None,
                proof="",
                provider=bench.provider is not None,
            )
        else:
            told = DeskSessionModel(
                signed_in=True, csrf=bench.sessions.csrf(request),
                member=await bench.ask(lambda: _told(bench, person)),
                missing=bench.entry.missing(session, person), proof=_proof(session, person),
                provider=bench.provider is not None,
            )  # fmt: skip
        return json_response(told.model_dump(mode="json"))


def _add_session(app: FastAPI, bench: Bench) -> None:
    @app.post(
        PATH,
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(SignInModel),
        operation_id="desk_sign_in",
    )
    async def sign_in(request: Request) -> Response:
        """Sign in. A name that nobody has and a wrong password give the same 401."""
        own_page(request)
        given = await bodies.members(request, _LIMIT, SignInModel)
        person, way = await _entered(bench, request, given)
        return await opened(bench, request, person, way)

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


async def opened(
    bench: Bench, request: Request, person: Person, way: str, response: Response | None = None
) -> Response:
    """The answer of a sign-in, which is noted."""
    response = response or Response(status_code=204)
    await bench.sessions.start(request, response, person.account, way)
    detail = {"account": person.account, "way": way, "school": person.school}
    await bench.ask(partial(bench.staff.note, person.name, "staff.signed_in", **detail))
    return response


async def confirm(bench: Bench, request: Request, person: Person, given: ProofModel) -> None:
    """Have a person show who they are: by a code, or by password where there is no factor.

    Raises RefusedError ``staff.code_wrong`` and ``password.wrong``, and as signing in does.
    """
    if not person.has_factor:
        await confirm_password(bench, request, person, given.password)
        return
    known = await bench.ask(lambda: bench.sessions.known(request, person.account))
    async with bench.limits.signing_in(request, person.login, known):
        await _code(bench, person, given.code)


async def confirm_password(bench: Bench, request: Request, person: Person, password: str) -> None:
    """Raises RefusedError ``password.wrong`` unless it is the person's, and as signing in does."""
    known = await bench.ask(lambda: bench.sessions.known(request, person.account))
    found = await bench.ask(lambda: bench.staff.named(person.login))
    async with bench.limits.signing_in(request, person.login, known):
        if not await bench.passwords.verify(password, found[1] if found else None):
            await _refused(bench, person, "password.wrong")


async def _entered(bench: Bench, request: Request, given: SignInModel) -> tuple[Person, str]:
    """Whose name, password and code it is, and the way that makes of it.

    Raises RefusedError ``password.wrong``, ``staff.code_needed``, ``staff.code_wrong`` and
    ``staff.initial_over``.
    """
    try:
        name = folded(given.name)
    except FormatError:
        name = ""  # nobody's; after the same steps
    found = await bench.ask(lambda: bench.staff.named(name))
    person, kept = found or (None, None)
    account = person.account if person else _NOBODY
    known = await bench.ask(lambda: bench.sessions.known(request, account))
    async with bench.limits.signing_in(request, name, known):
        right = await bench.passwords.verify(given.password, kept)
        if person is None or not right:
            await _refused(bench, person, "password.wrong")
        if person.initial is not None and person.initial <= now():
            raise RefusedError("staff.initial_over")
        if not person.has_factor:
            return person, PASSWORD
        if not given.code.strip():
            raise RefusedError("staff.code_needed")
        return person, await _code(bench, person, given.code)


async def _code(bench: Bench, person: Person, code: str) -> str:
    check = partial(bench.factor.check, person.account, code, person.name)
    try:
        return await bench.ask(check)
    except RefusedError as error:
        await _refused(bench, person, error.code)


async def _refused(bench: Bench, person: Person | None, why: str) -> NoReturn:
    """Note a wrong answer, and give it; for a name that nobody has, after the same steps."""
    if bench.limits.notes_refusal(person.account if person else _NOBODY):
        whose = (person.name, person.account, person.school) if person else (PUBLIC, None, None)
        actor, account, school = whose
        detail = {"account": account, "why": why, "school": school}
        await bench.ask(partial(bench.staff.note, actor, "staff.refused", **detail))
    raise RefusedError(why)


def _proof(session: Session, person: Person) -> str:
    if person.has_factor:
        return "code"
    return "provider" if session.way == "oidc" else PASSWORD


def _told(bench: Bench, person: Person) -> MemberModel:
    found, school = member_of(person), None
    if found.school is not None:
        record = bench.system.desk.school_of(found.school, today())
        school = record.name if record else None
    return MemberModel(
        name=found.name, role=found.role, school=found.school, school_name=school,
        acts=[act.word for act in Act if found.may(act)],
    )  # fmt: skip
