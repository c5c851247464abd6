"""Claiming, signing in with a password, signing out.

Codes, birth dates, names and passwords stand in bodies, never in an address, and are not logged.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import passwords
from api.accounts.claiming import known_of
from api.accounts.holders import Holders
from api.accounts.names import folded
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from api.site.sessions import Sessions, own_page
from credential import claimcode
from credential.errors import ConflictError, FormatError, RefusedError
from store.accounts import Password

_LIMIT = 4096  # bytes of a body
_NOBODY = -1  # the account of a name that nobody has


class ClaimModel(BaseModel):
    """A claim code as printed on the slip, and what the slip asks for beside it, one of the two.

    The pupil's birth date as for look-up by number, or personal number of 12 digits.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(max_length=64)
    born: str = Field("", max_length=10)
    personal_no: str = Field("", max_length=24)


class PasswordModel(BaseModel):
    """A login name and a password."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=2 * passwords.MOST)


class AccountModel(ClaimModel, PasswordModel):
    """A claim, and the login name and password with which to come back."""


class NewPasswordModel(PasswordModel):
    """A login name and password to be used from now on; `current` if there is one already."""

    current: str = Field("", max_length=2 * passwords.MOST)
    only: bool = Field(False, description="whether providers' people may sign in no more")


class ClaimedModel(BaseModel):
    """Whose records a code is for, and as what: ``self`` or ``guardian``."""

    model_config = ConfigDict(extra="forbid")

    pupil_name: str
    relation: str


class SessionModel(BaseModel):
    """Whether somebody is signed in. `csrf` goes with each write, in the header X-CSRF-Token."""

    model_config = ConfigDict(extra="forbid")

    signed_in: bool
    csrf: str
    provider: bool = Field(description="whether one can sign in with an OpenID provider")


@dataclass(frozen=True, slots=True)
class Entrance:
    """What the routes here share."""

    holders: Holders
    sessions: Sessions
    limits: Limits
    waiting: ThreadPoolExecutor

    async def find(self, request: Request, given: ClaimModel) -> ClaimedModel:
        """Whose code it is."""
        code, known = claimcode.parse(given.code), known_of(given.born, given.personal_no)
        async with self.limits.claiming(request, code):
            found = await in_pool(self.waiting, lambda: self.holders.claiming.find(code, known))
        holding = found.holding
        people = await in_pool(self.waiting, lambda: self.holders.people.holders([holding.pupil]))
        return ClaimedModel(pupil_name=people[holding.pupil].name, relation=holding.relation.value)

    async def claim(self, request: Request, given: ClaimModel, way: Password | int) -> int:
        """Use a code up; the account."""
        code, known = claimcode.parse(given.code), known_of(given.born, given.personal_no)
        async with self.limits.claiming(request, code):
            return await in_pool(self.waiting, lambda: self.holders.claiming.take(code, known, way))

    async def password(self, name: str, password: str, account: int = _NOBODY) -> Password:
        """A new name and password as they are kept. Raises ConflictError ``account.name_taken``."""
        held = await in_pool(self.waiting, lambda: self.holders.accounts.named(name))
        if held is not None and held[0] != account:
            raise ConflictError("account.name_taken", name=name)
        return Password(name, await self.holders.passwords.hash(password))

    async def sign_in(self, request: Request, given: PasswordModel) -> int:
        """The account of a name and a password. Raises RefusedError ``password.wrong``."""
        own_page(request)
        try:
            name = folded(given.name)
        except FormatError:
            name = ""  # nobody's; after the same steps
        found = await in_pool(self.waiting, lambda: self.holders.accounts.named(name))
        account, kept = found or (_NOBODY, None)
        known = await in_pool(self.waiting, lambda: self.sessions.known(request, account))
        async with self.limits.signing_in(request, name, known):
            if not await self.holders.passwords.verify(given.password, kept):
                raise RefusedError("password.wrong")
        return account

    async def confirm(self, request: Request, account: int, current: str) -> None:
        """Have whoever is signed in show again who they are, before there is another way in.

        With the current password or, where there is none, by a session that has just begun: a
        stolen cookie is not enough. Raises RefusedError ``password.wrong`` and ``session.stale``.
        """
        accounts = self.holders.accounts
        name, _ = await in_pool(self.waiting, lambda: accounts.ways(account))
        if name is None:
            await self.sessions.require_fresh(request)
        else:
            await self.sign_in(request, PasswordModel(name=name, password=current or "-"))

    async def opened(self, request: Request, account: int, way: str) -> Response:
        """The answer of a sign-in."""
        response = Response(status_code=204)
        await self.sessions.start(request, response, account, way)
        return response


def install(app: FastAPI, entrance: Entrance) -> None:
    """Add the routes."""
    _add_claiming(app, entrance)
    _add_session(app, entrance)
    _add_password(app, entrance)


def _add_claiming(app: FastAPI, entrance: Entrance) -> None:
    @app.post(
        "/api/me/claim",
        response_model=ClaimedModel,
        responses=problems.declared(400, 403, 404, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(ClaimModel),
        operation_id="show_claim",
    )
    async def claim(request: Request) -> Response:
        """Whose records a claim code is for; it stays to be used.

        A code that nobody has and what does not confirm it give the same 404.
        """
        own_page(request)
        given = await bodies.members(request, _LIMIT, ClaimModel)
        return json_response((await entrance.find(request, given)).model_dump())

    @app.post(
        "/api/me/account",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 403, 404, 409, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(AccountModel),
        operation_id="make_account",
    )
    async def account(request: Request) -> Response:
        """Use a claim code up: a new account with a login name and a password, signed in."""
        own_page(request)
        given = await bodies.members(request, _LIMIT, AccountModel)
        await entrance.find(request, given)  # before a password is worked on
        name = _checked(given, given.born, given.personal_no)
        entrance.limits.password(claimcode.parse(given.code))
        way = await entrance.password(name, given.password)
        made = await entrance.claim(request, given, way)
        return await entrance.opened(request, made, "claim")

    @app.post(
        "/api/me/holdings",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 404, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(ClaimModel),
        operation_id="claim_more",
    )
    async def holdings(request: Request) -> Response:
        """Use a claim code up for whoever is signed in: a parent's second child."""
        mine = await entrance.sessions.require(request)
        given = await bodies.members(request, _LIMIT, ClaimModel)
        await entrance.claim(request, given, mine.id)
        return Response(status_code=204)


def _add_session(app: FastAPI, entrance: Entrance) -> None:
    sessions = entrance.sessions

    @app.get(
        "/api/me/session",
        response_model=SessionModel,
        responses=problems.declared(503),
        operation_id="show_session",
    )
    async def show(request: Request) -> Response:
        """Whether somebody is signed in, and what their page sends with each write."""
        found = await sessions.session(request)
        provider = entrance.holders.provider is not None
        csrf = sessions.csrf(request) if found else ""
        told = SessionModel(signed_in=found is not None, csrf=csrf, provider=provider)
        return json_response(told.model_dump())

    @app.post(
        "/api/me/session",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(PasswordModel),
        operation_id="sign_in",
    )
    async def sign_in(request: Request) -> Response:
        """Sign in. A name that nobody has and a wrong password give the same 401."""
        given = await bodies.members(request, _LIMIT, PasswordModel)
        account = await entrance.sign_in(request, given)
        return await entrance.opened(request, account, "password")

    @app.delete(
        "/api/me/session",
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 403, 503),
        operation_id="sign_out",
    )
    async def sign_out(request: Request) -> Response:
        """Sign out here."""
        found = await sessions.session(request)
        if found is None:
            raise RefusedError("session.none")
        end = partial(entrance.holders.sessions.end, found.account, found.id)
        await in_pool(entrance.waiting, end)
        response = Response(status_code=204)
        sessions.forget(response)
        return response


def _add_password(app: FastAPI, entrance: Entrance) -> None:
    @app.put(
        "/api/me/password",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 409, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(NewPasswordModel),
        operation_id="set_password",
    )
    async def password(request: Request) -> Response:
        """Set login name and password. All other sessions end, this one gets a new token.

        Where there is one already, `current` is needed, else a session of the last ten minutes.
        With `only`, all identities of a provider are removed.
        """
        mine = await entrance.sessions.require(request)
        given = await bodies.members(request, _LIMIT, NewPasswordModel)
        name, accounts = _checked(given), entrance.holders.accounts
        entrance.limits.password(f"account:{mine.id}")
        await entrance.confirm(request, mine.id, given.current)
        way = await entrance.password(name, given.password, mine.id)

        def write() -> None:
            accounts.add(mine.id, way, only=given.only)
            entrance.holders.sessions.end_all(mine.id)

        await in_pool(entrance.waiting, write)
        return await entrance.opened(request, mine.id, "password")


def _checked(given: PasswordModel, *known: str) -> str:
    """The folded name of a new password. Raises FormatError for either, also if it is guessed."""
    name = folded(given.name)
    passwords.check(given.password, name, *known)
    return name
