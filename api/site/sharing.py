"""Sharing over HTTP: the holder's routes need a session, the recipient's the link's capability.

Ids and capabilities stand in the bodies of requests, never in an address. What is told about a
share without its capability is one answer, byte for byte; with it, why it cannot be opened.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Literal, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.presenting import utc
from api.sharing import Account, Given, Sharing
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from credential.jose import decode
from credential.keys import b64url
from store.share_records import Share

PATH = "/api/shares"
WITHDRAW_PATH = "/api/shares/withdraw"
ASK_PATH = "/api/shared"
OPEN_PATH = "/api/shared/open"
_LIMIT = 96_000  # bytes: four steps of ciphertext in base64url and all around it
_SMALL = 1024  # bytes


class Sessions(Protocol):
    """What knows who is signed in; `api.site.sessions.Sessions` does."""

    async def require(self, request: Request) -> Account:
        """Who sends a request. Raises RefusedError ``session.none`` and for forged writes."""
        ...


def _exact(text: str) -> str:
    """Base64url in its one spelling."""
    decode(text)
    return text


_Bytes = Annotated[str, Field(pattern="^[0-9A-Za-z_-]*$"), AfterValidator(_exact)]
Id = Annotated[_Bytes, Field(min_length=22, max_length=22)]
Digest = Annotated[_Bytes, Field(min_length=43, max_length=43)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class NewShareModel(_Model):
    """A share as the holder's browser made it. Bytes are base64url."""

    id: Id = Field(description="16 random bytes")
    pupil: str = Field(min_length=1, max_length=32, description="the ministry's code")
    school: int = Field(ge=0, lt=2**31)
    seq: int = Field(ge=0, lt=2**31)
    index: int = Field(ge=0, lt=2**24)
    capability: Digest = Field(description="SHA-256 of what the link's key opens")
    gate: Digest | None = Field(None, description="SHA-256 of the PIN's proof, if there is a PIN")
    content: _Bytes = Field(max_length=90_000, description="ciphertext, of a prescribed length")
    note: _Bytes = Field(max_length=2_000, description="ciphertext for the holder's own device")
    days: int = Field(ge=1, le=366, description="how long the link works")
    views: int = Field(ge=1, le=100, description="how often it can be opened")


class IdModel(_Model):
    """Which share."""

    id: Id


class AskModel(_Model):
    """A link's id, and the capability that is made of its key."""

    id: Id
    capability: Digest


class OpenModel(AskModel):
    """The same, a name drawn for this opening, and the PIN's proof if there is a PIN."""

    opening: Id = Field(description="16 random bytes; the same again within minutes counts once")
    proof: Digest | None = None


class ShareModel(BaseModel):
    """A share as its holder sees it. Times are UTC, ISO 8601."""

    model_config = ConfigDict(extra="forbid")

    id: str
    pupil: str
    school: int
    seq: int
    index: int
    note: str = Field(description="as it was handed in")
    own: bool = Field(description="made by this account")
    created: str
    expires: str
    standing: Literal["open", "expired", "withdrawn", "used_up", "locked"]
    ended: str = Field(description="when it ended or will")
    views: int = Field(description="how often it can be opened altogether")
    left: int
    pin: bool
    wrong_pins: int
    openings: list[str] = Field(description="when it was opened")


class SharesModel(BaseModel):
    """All shares that are kept, the newest first."""

    model_config = ConfigDict(extra="forbid")

    shares: list[ShareModel]


class StandingModel(BaseModel):
    """What who has the link may know before opening."""

    model_config = ConfigDict(extra="forbid")

    pin: bool = Field(description="whether a PIN is needed")
    expires: str
    left: int = Field(description="how many openings are left")


class OpenedModel(StandingModel):
    """An opening: the ciphertext, and how the share stands after it."""

    content: str


def install(
    app: FastAPI,
    sharing: Sharing,
    sessions: Sessions,
    limits: Limits,
    waiting: ThreadPoolExecutor,
) -> None:
    """Add the routes."""
    _install_holders(app, sharing, sessions, waiting)
    _install_recipients(app, sharing, limits, waiting)


def _install_holders(
    app: FastAPI, sharing: Sharing, sessions: Sessions, waiting: ThreadPoolExecutor
) -> None:
    @app.get(
        PATH,
        response_model=SharesModel,
        responses=problems.declared(401, 503),
        operation_id="shares",
    )
    async def listed(request: Request) -> Response:
        """All shares of the pupils that the account holds, with the times of their openings."""
        account = await sessions.require(request)
        found = await in_pool(waiting, lambda: sharing.of(account))
        return json_response({"shares": [_share(share, account) for share in found]})

    @app.post(
        PATH,
        response_model=ShareModel,
        responses=problems.declared(400, 401, 403, 404, 409, 413, 415, 422, 429, 503),
        openapi_extra=bodies.described(NewShareModel),
        operation_id="share",
    )
    async def create(request: Request) -> Response:
        """Keep a share of a credential that the account holds; the same again is one."""
        account = await sessions.require(request)
        given = _given(await bodies.members(request, _LIMIT, NewShareModel))
        share = await in_pool(waiting, lambda: sharing.create(account, given))
        return json_response(_share(share, account))

    @app.post(
        WITHDRAW_PATH,
        response_model=ShareModel,
        responses=problems.declared(400, 401, 403, 404, 413, 415, 422, 503),
        openapi_extra=bodies.described(IdModel),
        operation_id="withdrawShare",
    )
    async def withdraw(request: Request) -> Response:
        """End a share now, and erase what it held."""
        account = await sessions.require(request)
        number = decode((await bodies.members(request, _SMALL, IdModel)).id)
        share = await in_pool(waiting, lambda: sharing.withdraw(account, number))
        return json_response(_share(share, account))


def _install_recipients(
    app: FastAPI, sharing: Sharing, limits: Limits, waiting: ThreadPoolExecutor
) -> None:
    refusals = problems.declared(400, 404, 409, 413, 415, 422, 429, 503)

    @app.post(
        ASK_PATH,
        response_model=StandingModel,
        responses=refusals,
        openapi_extra=bodies.described(AskModel),
        operation_id="shareStanding",
    )
    async def ask(request: Request) -> Response:
        """Whether a share can be opened, and whether a PIN is needed; nothing is counted."""
        limits.share(request)
        given = await bodies.members(request, _SMALL, AskModel)
        number, capability = decode(given.id), decode(given.capability)
        share = await in_pool(waiting, lambda: sharing.ask(number, capability))
        return json_response(_standing(share))

    @app.post(
        OPEN_PATH,
        response_model=OpenedModel,
        responses=refusals,
        openapi_extra=bodies.described(OpenModel),
        operation_id="openShare",
    )
    async def open_(request: Request) -> Response:
        """The ciphertext of a share; the opening is counted, and its holder sees when."""
        limits.share(request)
        given = await bodies.members(request, _SMALL, OpenModel)
        number, capability, name = map(decode, (given.id, given.capability, given.opening))
        proof = decode(given.proof) if given.proof is not None else None
        opened = await in_pool(waiting, lambda: sharing.open(number, capability, name, proof))
        return json_response({**_standing(opened.share), "content": b64url(opened.content)})


def _given(model: NewShareModel) -> Given:
    return Given(
        id=decode(model.id),
        pupil=model.pupil,
        school=model.school,
        seq=model.seq,
        index=model.index,
        capability=decode(model.capability),
        gate=decode(model.gate) if model.gate is not None else None,
        content=decode(model.content),
        note=decode(model.note),
        days=model.days,
        views=model.views,
    )


def _share(share: Share, account: Account) -> Mapping[str, Any]:
    return {
        "id": b64url(share.id),
        "pupil": share.pupil,
        "school": share.school,
        "seq": share.seq,
        "index": share.index,
        "note": b64url(share.note),
        "own": share.account == account.id,
        "created": utc(share.created),
        "standing": share.standing.value,
        "ended": utc(share.ended),
        "views": share.allowed,
        "wrong_pins": share.tries,
        "openings": [utc(at) for at in share.views],
        **_standing(share),
    }


def _standing(share: Share) -> Mapping[str, Any]:
    return {"pin": share.gated, "expires": utc(share.expires), "left": share.left}
