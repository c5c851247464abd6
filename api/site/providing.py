"""Signing in with an OpenID provider: there, and back.

What the provider sends back is taken up once, by the browser that left, within ten minutes. How it
ended is told to the page behind ``#``, as a code of a sentence and nothing else.
"""

from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import passwords
from api.accounts.claiming import known_of
from api.accounts.provider import Person, Provider
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.sessions import digest
from api.site.signing_in import Entrance
from credential import claimcode
from credential.errors import RefusedError, SogocError, UnavailableError
from store.sign_ins import SignIn

BACK: Final = "/api/me/provider/back"
"""Where the provider sends people back to; it has to know this address of the site."""
_PAGE: Final = "/me"
_LIMIT = 4096  # bytes of a body


class LeavingModel(BaseModel):
    """Where to go on. A claim code is used up when the person comes back; see `ClaimModel`.

    `current` is the password of whoever is signed in already, if they have one.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field("", max_length=64)
    born: str = Field("", max_length=10)
    personal_no: str = Field("", max_length=24)
    current: str = Field("", max_length=2 * passwords.MOST)


class LocationModel(BaseModel):
    """The address of the provider at which to go on."""

    model_config = ConfigDict(extra="forbid")

    location: str


def install(app: FastAPI, entrance: Entrance, provider: Provider) -> None:
    """Add the routes."""
    sessions, sign_ins = entrance.sessions, entrance.holders.sign_ins

    @app.post(
        "/api/me/provider",
        response_model=LocationModel,
        responses=problems.declared(400, 401, 403, 404, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(LeavingModel),
        operation_id="leave_for_provider",
    )
    async def leave(request: Request) -> Response:
        """Begin to sign in with the provider; signed in already, it becomes another way in.

        Then the current password is needed or, where there is none, a session of the last ten
        minutes; and whoever comes back must still be signed in.
        """
        mine = await sessions.account(request)
        entrance.limits.leaving(request)
        given = await bodies.members(request, _LIMIT, LeavingModel)
        if mine is not None:
            await entrance.confirm(request, mine.id, given.current)
        claim = await _claim(entrance, request, given) if given.code else None
        leaving = await in_pool(entrance.waiting, provider.leave)
        response = json_response({"location": leaving.location})
        made = SignIn(
            digest(leaving.state), sessions.send_away(response), leaving.nonce, leaving.verifier,
            claim, mine.id if mine else None,
        )  # fmt: skip
        await in_pool(entrance.waiting, lambda: sign_ins.start(made))
        return response

    @app.get(BACK, include_in_schema=False)
    async def back(
        request: Request,
        code: Annotated[str, Query(max_length=4096)] = "",
        state: Annotated[str, Query(max_length=512)] = "",
    ) -> Response:
        """End it: signed in at the page, or told there why not."""
        browser = sessions.returned(request)
        response = RedirectResponse(_PAGE, 303)
        try:
            if not (code and state and browser):
                raise RefusedError("provider.refused")
            found = await in_pool(entrance.waiting, lambda: sign_ins.take(digest(state), browser))
            if found is None:
                raise RefusedError("provider.refused")
            person = await in_pool(
                entrance.waiting, lambda: provider.arrive(code, found.nonce, found.verifier)
            )
            here = await sessions.session(request)
            if found.account not in (None, here.account if here else None):
                raise RefusedError("provider.refused")
            account = await in_pool(entrance.waiting, lambda: _account(entrance, found, person))
            await sessions.start(request, response, account, "oidc")
        except SogocError as error:
            silent = isinstance(error, UnavailableError)
            return RedirectResponse(f"{_PAGE}#{'provider.silent' if silent else error.code}", 303)
        return response


async def _claim(entrance: Entrance, request: Request, given: LeavingModel) -> bytes:
    code, known = claimcode.parse(given.code), known_of(given.born, given.personal_no)
    async with entrance.limits.claiming(request, code):
        found = await in_pool(entrance.waiting, lambda: entrance.holders.claiming.find(code, known))
    return found.digest


def _account(entrance: Entrance, found: SignIn, person: Person) -> int:
    """Whose account it is: the one signed in, the claimed one, the known one, the pupil's."""
    accounts = entrance.holders.accounts
    if found.account is not None:
        accounts.add(found.account, person.identity)
        if found.claim is not None:
            accounts.claim(found.claim, found.account)
        return found.account
    known = accounts.of_identity(person.identity)
    if found.claim is not None:
        return accounts.claim(found.claim, person.identity if known is None else known)
    if person.pupil is not None and entrance.holders.people.holders([person.pupil]):
        return accounts.enter(person.identity, person.pupil)
    if known is None:
        raise RefusedError("provider.nobody")
    return known
