"""Staff who sign in with an OpenID provider: there, and back.

As `api.site.providing` does it for holders, with a provider, a mark and an address of its own. The
provider has to have asked for two factors, by what the settings say it then tells. Whoever is
signed in goes there to link an account of it, or to show again who they are: then it must have
asked them just now.
"""

from typing import Annotated, Final

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, ConfigDict

from api.accounts.provider import Person as Named
from api.accounts.provider import Provider
from api.desk.policy import Act, Member
from api.site import problems
from api.site.answering import json_response
from api.site.desk.bench import BACK, Bench
from api.site.desk.entering import opened
from api.site.sessions import digest, own_page
from credential.errors import RefusedError, SogocError, UnavailableError
from store.outbox import now
from store.sign_ins import SignIn, SignIns
from web.workbench import ENTRANCE

WAY: Final = "oidc"
_ANY = "*"
_JUST_NOW = 300  # seconds since the provider asked who somebody is
_HOME, _ME = "/desk", "/desk/me"


class LocationModel(BaseModel):
    """The address of the provider at which to go on."""

    model_config = ConfigDict(extra="forbid")

    location: str


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes, where there is a provider."""
    provider = bench.provider
    if provider is None:
        return
    sign_ins = SignIns(bench.system.store_database)

    @app.post(
        "/api/desk/provider",
        response_model=LocationModel,
        responses=problems.declared(403, 429, 503),
        operation_id="desk_leave_for_provider",
    )
    async def leave(request: Request) -> Response:
        """Begin to sign in with the provider."""
        own_page(request)
        bench.limits.leaving(request)
        return await _leaving(bench, provider, sign_ins, None)

    @bench.route(app, "POST", "/api/desk/me/provider", Act.OWN, gives=LocationModel)
    async def leave_as_member(request: Request, member: Member) -> Response:
        """Go to the provider to link an account of it or, once linked, to show who one is."""
        bench.limits.leaving(request)
        session, person = await bench.entry.person(request)
        linked = await bench.ask(lambda: bench.staff.provider_of(member.account))
        if linked is None and not bench.records.is_fresh(session):
            raise RefusedError("session.stale")
        return await _leaving(bench, provider, sign_ins, person.account)

    @app.get(BACK, include_in_schema=False)
    async def back(
        request: Request,
        code: Annotated[str, Query(max_length=4096)] = "",
        state: Annotated[str, Query(max_length=512)] = "",
    ) -> Response:
        """End it: signed in at the workbench, or told at its entrance why not."""
        here = await bench.sessions.session(request)
        try:
            found, named = await _named(bench, provider, sign_ins, request, code, state)
            if found.account is None:
                return await _signed_in(bench, request, named)
            if here is None or here.account != found.account:
                raise RefusedError("provider.refused")
            return await _proven(bench, request, named)
        except SogocError as error:
            silent = isinstance(error, UnavailableError)
            page = ENTRANCE.address if here is None else _ME
            return RedirectResponse(f"{page}#{'provider.silent' if silent else error.code}", 303)


async def _leaving(
    bench: Bench, provider: Provider, sign_ins: SignIns, account: int | None
) -> Response:
    leaving = await bench.ask(lambda: provider.leave(anew=account is not None))
    response = json_response({"location": leaving.location})
    made = SignIn(
        digest(leaving.state), bench.sessions.send_away(response), leaving.nonce, leaving.verifier,
        None, account,
    )  # fmt: skip
    await bench.ask(lambda: sign_ins.start(made))
    return response


async def _named(
    bench: Bench, provider: Provider, sign_ins: SignIns, request: Request, code: str, state: str
) -> tuple[SignIn, Named]:
    """What was begun, and whom the provider names for it.

    Raises RefusedError ``provider.refused`` and ``staff.provider_weak``.
    """
    browser = bench.sessions.returned(request)
    if not (code and state and browser):
        raise RefusedError("provider.refused")
    found = await bench.ask(lambda: sign_ins.take(digest(state), browser))
    if found is None:
        raise RefusedError("provider.refused")
    named = await bench.ask(lambda: provider.arrive(code, found.nonce, found.verifier))
    strong = set(bench.system.settings.staff_oidc_strong.split())
    if _ANY not in strong and not strong & named.methods:
        raise RefusedError("staff.provider_weak")
    return found, named


async def _signed_in(bench: Bench, request: Request, named: Named) -> Response:
    identity = named.identity
    person = await bench.ask(lambda: bench.staff.of_identity(identity.issuer, identity.subject))
    if person is None:
        raise RefusedError("staff.provider_nobody")
    return await opened(bench, request, person, WAY, RedirectResponse(_HOME, 303))


async def _proven(bench: Bench, request: Request, named: Named) -> Response:
    """Link what is not linked; then whoever it is has shown who they are."""
    if named.at is None or named.at < now() - _JUST_NOW:
        raise RefusedError("provider.refused")
    session, person = await bench.entry.person(request)
    identity = named.identity
    known = await bench.ask(lambda: bench.staff.of_identity(identity.issuer, identity.subject))
    linked = await bench.ask(lambda: bench.staff.provider_of(person.account))
    if known is None and linked is None:
        issuer, subject = identity.issuer, identity.subject
        await bench.ask(lambda: bench.staff.link(person.account, issuer, subject, person.name))
    elif known is None or known.account != person.account:
        raise RefusedError("provider.refused")
    response = RedirectResponse(_HOME if linked else _ME, 303)
    await bench.sessions.prove(response, session)
    return response
