"""The registry's HTTP service: tokens for clients, and answers to claims.

Claims travel in bodies, never in addresses, and nothing of them is logged or repeated in an
error. Errors are problem documents (RFC 9457) with a stable `code`. How claims are compared is
`matching`'s matter, who may ask is `access`'s, how much is `limits`'; nothing can be changed
through this service.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, Protocol

from fastapi import Depends, FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import (
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
)
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from credential.errors import FormatError, RefusedError, SogocError, UnavailableError
from credential.facts import AwardClaim, AwardMatch
from registry.access import LIFETIME, Clients, Tokens
from registry.limits import Limits
from registry.wire import ClaimBody, MatchBody

MAX_BODY = 16 * 1024  # bytes; a full claim has about 1 KiB
_REFUSALS = {"client.refused", "token.refused"}


class AnswersClaims(Protocol):
    """What the service puts claims to: `matching.Matcher`."""

    def match(self, claim: AwardClaim) -> AwardMatch:
        """Compare a claim with the register of awards."""
        ...


class TokenBody(BaseModel):
    """A bearer token (RFC 6749, section 5.1)."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 (a scheme, no secret)
    expires_in: int = LIFETIME


class Problem(BaseModel):
    """What went wrong (RFC 9457): a stable code, and for a bad body the places in it."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    places: list[str] | None = None


class Health(BaseModel):
    """That the service runs and its database answers."""

    status: str = "ok"


def create_service(
    matcher: AnswersClaims,
    clients: Clients,
    tokens: Tokens | None = None,
    limits: Limits | None = None,
) -> FastAPI:
    """The service as an ASGI application; it owns neither matcher nor clients."""
    app = FastAPI(
        title="Sổ Gốc: education data registry",
        version="1",
        docs_url=None,
        redoc_url=None,
        exception_handlers={
            SogocError: _on_error,
            RequestValidationError: _on_bad_body,
            HTTPException: _on_http,
        },
    )
    app.add_middleware(BodyLimit, limit=MAX_BODY)
    _add_token(app, clients, tokens := tokens or Tokens())
    _add_match(app, matcher, tokens, limits or Limits())
    _add_health(app, clients)
    return app


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
        for status in statuses
    }


def _add_token(app: FastAPI, clients: Clients, tokens: Tokens) -> None:
    @app.post("/token", responses=_problems(400, 401, 413, 422, 503))
    def token(
        basic: Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False))],
        grant_type: Annotated[str, Form()],
        client_id: Annotated[str, Form()] = "",
        client_secret: Annotated[str, Form()] = "",
    ) -> TokenBody:
        """Client-credentials grant (RFC 6749, section 4.4); HTTP Basic or form fields."""
        if grant_type != "client_credentials":
            raise RefusedError("token.grant_type")
        if basic:
            client_id, client_secret = basic.username, basic.password
        clients.check(client_id, client_secret)
        return TokenBody(access_token=tokens.issue(client_id))


def _add_match(app: FastAPI, matcher: AnswersClaims, tokens: Tokens, limits: Limits) -> None:
    def proven(
        bearer: Annotated[
            HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))
        ],
    ) -> str:
        return tokens.check(bearer.credentials if bearer else "")

    @app.post("/match", responses=_problems(401, 413, 422, 429, 503))
    def match(claim: ClaimBody, client: Annotated[str, Depends(proven)]) -> MatchBody:
        """Compare a claim with the register of awards, field by field."""
        return MatchBody.of(limits.match(client, claim.claim(), matcher.match))


def _add_health(app: FastAPI, clients: Clients) -> None:
    @app.get("/healthz", responses=_problems(503))
    def healthz() -> Health:
        """Whether the service can read its database."""
        clients.count()
        return Health()


class BodyLimit:
    """Refuses a request body above `limit` bytes while it arrives, before it is parsed."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await self._body(receive)
        if body is None:
            too_large = _problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request.too_large")
            await too_large(scope, receive, send)
        else:
            await self._app(scope, _replay(body, receive), send)

    async def _body(self, receive: Receive) -> bytes | None:
        body = b""
        while True:
            message = await receive()
            body += bytes(message.get("body", b""))
            if len(body) > self._limit:
                return None
            if not message.get("more_body", False):
                return body


def _replay(body: bytes, receive: Receive) -> Callable[[], Awaitable[Message]]:
    messages: list[Message] = [{"type": "http.request", "body": body}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay


def _problem(
    status: int, code: str, headers: Mapping[str, str] | None = None, **more: object
) -> JSONResponse:
    document = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return JSONResponse(
        document | {"code": code} | more,
        status,
        {"Cache-Control": "no-store"} | dict(headers or {}),
        media_type="application/problem+json",
    )


async def _on_error(_request: Request, error: SogocError) -> JSONResponse:
    if isinstance(error, UnavailableError):
        return _problem(HTTPStatus.SERVICE_UNAVAILABLE, error.code)
    if error.code in _REFUSALS:
        return _problem(HTTPStatus.UNAUTHORIZED, error.code, {"WWW-Authenticate": "Bearer"})
    if error.code == "request.too_many":
        wait = {"Retry-After": str(error.params["seconds"])}
        return _problem(HTTPStatus.TOO_MANY_REQUESTS, error.code, wait)
    if isinstance(error, FormatError):
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, error.code)
    return _problem(HTTPStatus.BAD_REQUEST, error.code)


async def _on_bad_body(_request: Request, error: RequestValidationError) -> JSONResponse:
    # the framework's own answer would repeat what was sent, as would the name of a member too many
    faults = [(fault["loc"], fault["type"] == "extra_forbidden") for fault in error.errors()]
    places = [".".join(map(str, place[:-1] if unknown else place)) for place, unknown in faults]
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "request.invalid", places=places)


async def _on_http(_request: Request, error: HTTPException) -> JSONResponse:
    return _problem(error.status_code, f"http.{error.status_code}")
