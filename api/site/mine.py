"""What belongs to whoever is signed in: records held, sessions, consents, extracts, keys."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Final

from fastapi import FastAPI, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.accounts.consenting import WORDING
from api.accounts.holders import Holders
from api.site import bodies, owning, problems
from api.site.answering import in_pool, json_response
from api.site.owning import CredentialModel, ExtractModel, MeModel
from api.site.sessions import Account, Sessions
from credential.errors import FormatError, RefusedError
from credential.extracts import Extract, ExtractKind
from credential.keys import PublicKey
from credential.records import IssuedCredential
from issuer.delivery import sd_jwt_of
from store.accounts import Relation

SD_JWT: Final = "application/dc+sd-jwt"
_LIMIT = 16_384  # bytes of a body
_PUBLIC = ("kty", "crv", "x", "y")
Place = Annotated[str, Path(pattern="^[0-9]{1,10}-[0-9]{1,10}-[0-9]{1,8}$")]
Number = Annotated[int, Path(ge=1, lt=1 << 31)]


class ConsentModel(BaseModel):
    """Consent to sharing given or withdrawn; `wording` names the text that was read."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pupil: str = Field(max_length=32)
    given: bool
    wording: str = Field(max_length=32)


class KeyModel(BaseModel):
    """The public key to which a pupil's new credentials are to be bound."""

    model_config = ConfigDict(extra="forbid", strict=True)

    pupil: str = Field(max_length=32)
    jwk: dict[str, Any] = Field(
        max_length=16, description="P-256 public key (RFC 7517): kty, crv, x, y; others are ignored"
    )


def install(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    """Add the routes."""
    _add_me(app, holders, sessions, waiting)
    _add_credentials(app, holders, sessions, waiting)
    _add_sessions(app, holders, sessions, waiting)
    _add_consents(app, holders, sessions, waiting)
    _add_keys(app, holders, sessions, waiting)


def _add_me(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.get(
        "/api/me",
        response_model=MeModel,
        responses=problems.declared(401, 503),
        operation_id="show_me",
    )
    async def me(request: Request) -> Response:
        """Whose records are held, how things stand with consent, keys and sessions."""
        mine, here = await sessions.require(request), await sessions.session(request)
        told = await in_pool(waiting, lambda: owning.me(holders, mine, here))
        return json_response(told.model_dump())

    @app.get(
        "/api/me/extracts",
        response_model=list[ExtractModel],
        responses=problems.declared(401, 503),
        operation_id="my_extracts",
    )
    async def extracts(request: Request) -> Response:
        """What was taken out of the records held, for whom, by whom and when, newest first."""
        mine = await sessions.require(request)
        told = await in_pool(waiting, lambda: owning.extracts(holders, mine))
        return json_response([one.model_dump() for one in told])


def _add_credentials(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.get(
        "/api/me/credentials",
        response_model=list[CredentialModel],
        responses=problems.declared(401, 503),
        operation_id="my_credentials",
    )
    async def credentials(request: Request) -> Response:
        """The diplomas and transcripts of the pupils held, newest first."""
        mine = await sessions.require(request)
        told = await in_pool(waiting, lambda: owning.credentials(holders, mine))
        return json_response([one.model_dump() for one in told])

    @app.get(
        "/api/me/credentials/{place}",
        response_class=Response,
        responses={
            200: {"content": {SD_JWT: {"schema": {"type": "string"}}}},
            **problems.declared(401, 404, 422, 503),
        },
        operation_id="my_credential",
    )
    async def credential(request: Request, place: Place) -> Response:
        """The SD-JWT of one with all its disclosures, for whoever holds its pupil.

        Checking and sharing begin with it. The first time in a day it is noted as an extract.
        """
        mine = await sessions.require(request)
        return Response(
            await in_pool(waiting, lambda: _read(holders, mine, place)), media_type=SD_JWT
        )


def _read(holders: Holders, mine: Account, place: str) -> str:
    found = held(holders, mine, place)
    holders.extracts.note_daily(extract(mine, found, ExtractKind.FILE))
    return sd_jwt_of(found)


def extract(mine: Account, found: IssuedCredential, kind: ExtractKind) -> Extract:
    """What stands in the log when an account takes something for itself."""
    batch, staged = found.batch, found.staged
    by = f"account:{mine.id}"
    return Extract(staged.pupil, batch.school, batch.seq, staged.index, kind, by, "")


def held(holders: Holders, mine: Account, place: str) -> IssuedCredential:
    """What stands at a place (``school-seq-index``), if that account holds its pupil. Blocks.

    Raises RefusedError ``holding.unknown``, whether there is such a credential or not.
    """
    school, seq, index = map(int, place.split("-"))
    found = holders.held.at(school, seq, index) if max(school, seq) < 1 << 32 else None
    if found is None:
        raise RefusedError("holding.unknown")
    mine.holding(found.staged.pupil)
    return found


def _add_sessions(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.delete(
        "/api/me/sessions",
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 403, 503),
        operation_id="sign_out_everywhere",
    )
    async def everywhere(request: Request) -> Response:
        """Sign out here and everywhere; no browser is known any more."""
        mine = await sessions.require(request)
        await in_pool(waiting, lambda: holders.sessions.end_all(mine.id))
        response = Response(status_code=204)
        sessions.forget(response)
        return response

    @app.delete(
        "/api/me/sessions/{number}",
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 403, 404, 422, 503),
        operation_id="end_session",
    )
    async def one(request: Request, number: Number) -> Response:
        """End one of one's own sessions."""
        mine = await sessions.require(request)
        await in_pool(waiting, lambda: holders.sessions.end(mine.id, number))
        return Response(status_code=204)


def _add_consents(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.post(
        "/api/me/consents",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 404, 409, 413, 415, 422, 503),
        openapi_extra=bodies.described(ConsentModel),
        operation_id="say_consent",
    )
    async def consent(request: Request) -> Response:
        """Give or withdraw consent to sharing, as the pupil or as the guardian."""
        mine = await sessions.require(request)
        said = await bodies.members(request, _LIMIT, ConsentModel)
        if said.wording != WORDING:
            raise RefusedError("consent.wording")
        await in_pool(waiting, lambda: holders.consents.say(mine, said.pupil, given=said.given))
        return Response(status_code=204)


def _add_keys(
    app: FastAPI, holders: Holders, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.post(
        "/api/me/keys",
        status_code=204,
        response_class=Response,
        responses=problems.declared(400, 401, 403, 404, 409, 413, 415, 422, 503),
        openapi_extra=bodies.described(KeyModel),
        operation_id="add_holder_key",
    )
    async def add(request: Request) -> Response:
        """Have one's new credentials bound to a key; it takes the place of a former one."""
        mine = await sessions.require(request)
        given = await bodies.members(request, _LIMIT, KeyModel)
        key = _public_key(given.jwk)
        pupil = _own(mine, given.pupil)
        await in_pool(waiting, lambda: holders.keys.add(pupil, mine.id, key))
        return Response(status_code=204)

    @app.delete(
        "/api/me/keys/{number}",
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 403, 404, 422, 503),
        operation_id="end_holder_key",
    )
    async def end(request: Request, number: Number) -> Response:
        """Have new credentials bound to that key no more."""
        mine = await sessions.require(request)
        own = [each.pupil for each in mine.holdings if each.relation is Relation.SELF]
        keys = await in_pool(waiting, lambda: holders.keys.of(own))
        pupil = next((key.pupil for key in keys.values() if key.id == number), "")
        await in_pool(waiting, lambda: holders.keys.end(pupil, number, mine.id))
        return Response(status_code=204)


def _own(mine: Account, pupil: str) -> str:
    """A pupil that is the account's own: only they show what a key proves."""
    if mine.holding(pupil).relation is not Relation.SELF:
        raise RefusedError("holder_key.not_own")
    return pupil


def _public_key(jwk: Mapping[str, Any]) -> PublicKey:
    """The public key; a private one is refused, since nobody but its holder may have it."""
    key = PublicKey.from_jwk({name: jwk[name] for name in _PUBLIC if name in jwk})
    key.check()
    if key.alg != "ES256" or "d" in jwk:
        raise FormatError("key.malformed", length=len(key.raw))
    return key
