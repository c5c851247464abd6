"""From an error to what an HTTP client is told: RFC 9457 problem details, in one place.

Every error of the tree has its status here; anything else becomes a 500 that tells nothing and
is logged without a person's data. Sentences come from `web.messages`.
"""

import logging
import traceback
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.exceptions import HTTPException

from api.presenting import Bilingual, plain
from credential.errors import (
    ConfigError,
    ConflictError,
    Fault,
    FormatError,
    InputError,
    RefusedError,
    SogocError,
    UnavailableError,
)
from web import messages

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 30  # seconds after which a silent source is worth asking again

_REFERENCE = "#/components/schemas/{model}"
_log = logging.getLogger(__name__)

# Where the class of an error does not say enough, its code does.
_BY_CODE = {
    "request.malformed": 400,
    "list.secret": 401,
    "client.key": 401,
    "session.none": 401,
    "password.wrong": 401,
    "session.csrf": 403,
    "session.foreign": 403,
    "session.stale": 403,
    "staff.code_needed": 401,
    "staff.code_wrong": 401,
    "service_key.wrong": 401,
    "staff.forbidden": 403,
    "staff.not_yours": 403,
    "staff.initial_over": 403,
    "staff.second_factor": 403,
    "staff.own_password": 403,
    "staff.school_closed": 403,
    "route.unknown": 404,
    "route.method": 405,
    "request.too_slow": 408,
    "request.too_large": 413,
    "request.unsupported": 415,
    "request.too_many": 429,
    "request.head_too_large": 431,
    "reading.busy": 503,
    "site.crowded": 503,
    "receipt.no_key": 503,
    "receipt.key_unlisted": 503,
}
_BY_CLASS: tuple[tuple[type[SogocError], int, str], ...] = (
    (InputError, 422, "problem.input"),
    (FormatError, 422, "problem.format"),
    (ConflictError, 409, "problem.conflict"),
    (RefusedError, 409, "problem.refused"),
    (UnavailableError, 503, "problem.unavailable"),
    (ConfigError, 500, "problem.internal"),
)


class FaultModel(BaseModel):
    """One thing to mend, with the row and column where it stands."""

    model_config = ConfigDict(extra="forbid")

    code: str
    row: int | None
    column: str | None
    params: dict[str, JsonValue]
    text: Bilingual


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; `title` and `detail` are Vietnamese."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(description="urn:sogoc:problem:<code>")
    status: int
    title: str
    title_en: str
    detail: str
    detail_en: str
    code: str
    params: dict[str, JsonValue]
    faults: list[FaultModel]


def response(error: SogocError, headers: Mapping[str, str] | None = None) -> Response:
    """The problem response for an error of the tree."""
    status, title = _status(error)
    if status == 503:
        headers = {"Retry-After": str(RETRY_AFTER), **(headers or {})}
    if status == 429:
        headers = {"Retry-After": str(error.params["seconds"]), **(headers or {})}
    if status == 401:
        signing_in = error.code.startswith(("session.", "password.", "staff."))
        scheme = "Session" if signing_in else "Bearer"
        headers = {"WWW-Authenticate": scheme, **(headers or {})}
    faults = error.faults if isinstance(error, InputError) else ()
    body = {
        "type": f"urn:sogoc:problem:{error.code}",
        "status": status,
        "title": messages.text("vi", title),
        "title_en": messages.text("en", title),
        "detail": messages.text("vi", error.code, **error.params),
        "detail_en": messages.text("en", error.code, **error.params),
        "code": error.code,
        "params": plain(error.params),
        "faults": [_fault(fault) for fault in faults],
    }
    return Response(orjson.dumps(body), status, headers, media_type=MEDIA_TYPE)


def unforeseen(error: Exception) -> Response:
    """A 500 without details; logs the kind of error and where, never its message or values."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-4:]))
    _log.error("unforeseen %s at %s", type(error).__name__, where)
    return response(SogocError("internal.error"))


def install(app: FastAPI) -> None:
    """Make the app answer every error with a problem."""
    app.add_exception_handler(SogocError, on_error)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem responses of a route, for OpenAPI; their schema is among `schemas`.

    A reference costs nothing, where a model would be compiled for each status of each route.
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}}
    return {status: {"description": _MEANS[status], "content": content} for status in statuses}


def schemas() -> dict[str, Any]:
    """The JSON schemas of what `declared` refers to, by name."""
    schema = Problem.model_json_schema(mode="serialization", ref_template=_REFERENCE)
    return {**schema.pop("$defs", {}), Problem.__name__: schema}


_MEANS = {
    400: "The body is not what its content type says.",
    401: "A secret or a key is needed, or it is not taken.",
    403: "It did not come from this site's own page, or whoever sent it may not do that.",
    404: "There is no such thing here.",
    408: "The body took too long to arrive.",
    409: "A rule forbids it now.",
    413: "The body is larger than allowed.",
    415: "The content type is not accepted.",
    422: "Well transmitted, but nothing of ours can be read in it.",
    429: "Asked too often; Retry-After says when to ask again.",
    431: "Address and headers are longer than allowed.",
    503: "A source did not answer; try again later.",
}


def _status(error: SogocError) -> tuple[int, str]:
    if error.code in _BY_CODE:
        status = _BY_CODE[error.code]
        return status, "problem.unavailable" if status == 503 else "problem.request"
    if isinstance(error, RefusedError) and error.code.endswith(".unknown"):
        return 404, "problem.unknown"
    for kind, status, title in _BY_CLASS:
        if isinstance(error, kind):
            return status, title
    return 500, "problem.internal"


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "row": fault.row,
        "column": fault.column,
        "params": plain(fault.params),
        "text": messages.both(fault.code, **fault.params),
    }


async def on_error(_: Request, error: Exception) -> Response:
    """The problem response for an error of the tree, as an exception handler."""
    assert isinstance(error, SogocError)
    if isinstance(error, ConfigError):
        _log.error("this deployment is set up wrongly: %s", error.code)
        return response(SogocError("internal.error"))
    return response(error)


async def on_http(_: Request, error: Exception) -> Response:
    """The problem response for what the framework refuses, as an exception handler."""
    assert isinstance(error, HTTPException)
    code = {404: "route.unknown", 405: "route.method"}.get(error.status_code, "request.malformed")
    return response(FormatError(code), error.headers)


async def _on_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    where = ", ".join(str(part["loc"][-1]) for part in error.errors())
    return response(FormatError("request.invalid", where=where))
