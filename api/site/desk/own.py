"""One's own account on the workbench: password, second factor, where one is signed in."""

from functools import partial

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import passwords
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from api.site.desk.entering import confirm_password, opened
from credential.errors import RefusedError
from web.messages import local_time

_LIMIT = 4096  # bytes of a body
_PATH = "/api/desk/me"


class OwnPasswordModel(BaseModel):
    """The password until now and the one from now on."""

    model_config = ConfigDict(extra="forbid", strict=True)

    current: str = Field(min_length=1, max_length=2 * passwords.MOST)
    password: str = Field(min_length=1, max_length=2 * passwords.MOST)


class OfferModel(BaseModel):
    """A secret for an app that makes codes, as text and as the address in its QR code.

    `sealed` comes back with the first code; nothing is changed before that.
    """

    model_config = ConfigDict(extra="forbid")

    secret: str
    uri: str
    sealed: str


class EnrolModel(BaseModel):
    """An offer and the first code that the app made of it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sealed: str = Field(min_length=1, max_length=512)
    code: str = Field(min_length=1, max_length=64)


class RecoveryModel(BaseModel):
    """One-time codes for when the app is lost. They cannot be shown again."""

    model_config = ConfigDict(extra="forbid")

    codes: list[str]


class OwnSessionModel(BaseModel):
    """A browser that is signed in; times are Vietnamese ones."""

    model_config = ConfigDict(extra="forbid")

    id: int
    device: str
    since: str
    seen: str
    here: bool


class OwnModel(BaseModel):
    """One's own account; `recovery` is how many recovery codes are left."""

    model_config = ConfigDict(extra="forbid")

    login: str
    has_factor: bool
    recovery: int
    initial_until: str | None
    sessions: list[OwnSessionModel]


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    _add_account(app, bench)
    _add_factor(app, bench)
    _add_sessions(app, bench)


def _add_account(app: FastAPI, bench: Bench) -> None:
    @bench.route(app, "GET", _PATH, Act.OWN, gives=OwnModel, settling=True)
    async def own(request: Request, member: Member) -> Response:
        """One's own account."""
        session, person = await bench.entry.person(request)
        held = await bench.ask(lambda: bench.records.of(member.account))
        told = OwnModel(
            login=person.login, has_factor=person.has_factor,
            recovery=await bench.ask(lambda: bench.factor.factors.left(member.account)),
            initial_until=local_time(person.initial) if person.initial is not None else None,
            sessions=[
                OwnSessionModel(id=each.id, device=each.device, since=local_time(each.created),
                                seen=local_time(each.seen), here=each.id == session.id)
                for each in held
            ],
        )  # fmt: skip
        return json_response(told.model_dump())

    @bench.route(
        app, "PUT", f"{_PATH}/password", Act.OWN, takes=OwnPasswordModel, status=204, fresh=True,
        settling=True,
    )  # fmt: skip
    async def own_password(request: Request, member: Member) -> Response:
        """Set one's own password. All other sessions end, this one gets a new token."""
        given = await bodies.members(request, _LIMIT, OwnPasswordModel)
        session, person = await bench.entry.person(request)
        passwords.check(given.password, person.login, *person.name.split())
        if given.password == given.current:
            raise RefusedError("staff.same_password")
        bench.limits.password(f"staff:{member.account}")
        await confirm_password(bench, request, person, given.current)
        phc = await bench.passwords.hash(given.password)
        await bench.ask(partial(bench.staff.set_password, member.account, phc, member.actor))
        return await opened(bench, request, person, session.way)


def _add_factor(app: FastAPI, bench: Bench) -> None:
    @bench.route(
        app, "POST", f"{_PATH}/factor", Act.OWN, gives=OfferModel, fresh=True, settling=True
    )
    async def offer_factor(request: Request, member: Member) -> Response:
        """A new secret for an app that makes codes; an earlier one stays until it is confirmed."""
        _, person = await bench.entry.person(request)
        found = await bench.ask(lambda: bench.factor.offer(member.account, person.login))
        return json_response({"secret": found.secret, "uri": found.uri, "sealed": found.sealed})

    @bench.route(
        app, "PUT", f"{_PATH}/factor", Act.OWN, takes=EnrolModel, gives=RecoveryModel,
        fresh=True, settling=True,
    )  # fmt: skip
    async def enrol_factor(request: Request, member: Member) -> Response:
        """Confirm it by its first code. All other sessions end, this one gets a new token."""
        given = await bodies.members(request, _LIMIT, EnrolModel)
        _, person = await bench.entry.person(request)
        enrol = partial(bench.factor.enrol, member.account, given.sealed, given.code, member.actor)
        codes = await bench.ask(enrol)
        return await opened(bench, request, person, "totp", json_response({"codes": codes}))


def _add_sessions(app: FastAPI, bench: Bench) -> None:
    @bench.route(
        app, "DELETE", f"{_PATH}/sessions/{{number}}", Act.OWN, status=204, fresh=True,
        settling=True,
    )  # fmt: skip
    async def end_own_session(member: Member, number: Number) -> Response:
        """Sign out another browser of one's own."""
        await bench.ask(partial(bench.records.end, member.account, number))
        return Response(status_code=204)

    @bench.route(app, "DELETE", f"{_PATH}/sessions", Act.OWN, status=204, settling=True)
    async def end_own_sessions(member: Member) -> Response:
        """Sign out everywhere, here too."""
        await bench.ask(partial(bench.records.end_all, member.account))
        response = Response(status_code=204)
        bench.sessions.forget(response)
        return response
