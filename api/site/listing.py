"""Lists over HTTP: hand one in, see how far it is, take its result, have it forgotten.

Whoever hands a list in is told a secret once, and proves by it, in a header and never in an
address, that the list is theirs. A client of the API has its key instead.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Annotated, Final

from fastapi import FastAPI, Header, Path, Request, Response

from api.lists import results
from api.lists.desk import Asker, Desk
from api.lists.telling import ListModel
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from api.site.verifying import accepts
from credential.errors import FormatError, RefusedError

LIMIT: Final = 50_000_000  # bytes of a list: 400 papers as PDF take 30 MB
_AT_ONCE = 3  # bodies that are read at once of anybody, as many again of clients: 300 MB
_PATIENCE = 300  # seconds that a body may take: 50 MB over a slow line
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES = ("text/csv", "application/zip", "application/octet-stream", _XLSX)
_RESULTS = {
    "xlsx": (_XLSX, results.as_xlsx),
    "csv": ("text/csv; charset=utf-8", results.as_csv),
}

Number = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22}$", description="id of a list")]
Bearer = Annotated[
    str | None,
    Header(alias="Authorization", description="Bearer and the list's secret, or an API key"),
]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


def install(app: FastAPI, desk: Desk, limits: Limits, waiting: ThreadPoolExecutor) -> None:
    """Add the routes."""
    _add_handing_in(app, desk, limits, waiting)
    _add_progress(app, desk, waiting)
    for kind, (media_type, _) in _RESULTS.items():
        _add_result(app, desk, waiting, kind, media_type)
    _add_sample(app)


def _add_handing_in(app: FastAPI, desk: Desk, limits: Limits, waiting: ThreadPoolExecutor) -> None:
    readers = ThreadPoolExecutor(1, thread_name_prefix="lists")
    # Of each their own: whoever sends slowly and without a key keeps no client out.
    uploads, clients_uploads = asyncio.Semaphore(_AT_ONCE), asyncio.Semaphore(_AT_ONCE)

    @app.post(
        "/api/lists",
        status_code=202,
        response_model=ListModel,
        responses=problems.declared(401, 408, 413, 415, 422, 429, 503),
        openapi_extra=accepts(_TYPES, text=False),
        operation_id="hand_in_list",
    )
    async def hand_in(
        request: Request, authorization: Bearer = None, idempotency_key: Key = None
    ) -> Response:
        """A list to be verified: CSV or XLSX of numbers and birth dates, or a ZIP of PDFs, photos.

        Without a key an address has a few lists of 500 rows a day. With one (`Authorization: Bearer
        sgk_…`) a list may have 20,000, and `Idempotency-Key` makes repeating harmless: the same key
        with the same body answers with the same list, with another body it is a 422.
        """
        asker: Asker | None = None
        if authorization is not None:
            token = _token(authorization)
            asker = await in_pool(waiting, lambda: desk.asker(token))
        elif idempotency_key is not None:
            raise FormatError("request.invalid", where="Idempotency-Key")
        if asker:
            limits.client_list(asker.client.name)
        with nullcontext() if asker else limits.list(request):
            body = await _body(request, clients_uploads if asker else uploads)
            theirs = await in_pool(readers, lambda: desk.hand_in(body, asker, idempotency_key))
        told = await in_pool(waiting, lambda: desk.told(theirs, with_secret=True))
        return json_response(told, 202)


def _add_progress(app: FastAPI, desk: Desk, waiting: ThreadPoolExecutor) -> None:
    @app.get(
        "/api/lists/{number}",
        response_model=ListModel,
        responses=problems.declared(401, 404, 422, 503),
        operation_id="list_progress",
    )
    async def progress(number: Number, authorization: Bearer = None) -> Response:
        """How far a list is."""
        token = _token(authorization)
        told = await in_pool(waiting, lambda: desk.told(desk.theirs(number, token)))
        return json_response(told)

    @app.delete(
        "/api/lists/{number}",
        status_code=204,
        response_class=Response,
        responses=problems.declared(401, 404, 422, 503),
        operation_id="forget_list",
    )
    async def forget(number: Number, authorization: Bearer = None) -> Response:
        """Forget a list and all that came of it, at once, done or not."""
        token = _token(authorization)
        await in_pool(waiting, lambda: desk.forget(desk.theirs(number, token)))
        return Response(status_code=204)


def _add_result(
    app: FastAPI, desk: Desk, waiting: ThreadPoolExecutor, kind: str, media_type: str
) -> None:
    _, written = _RESULTS[kind]

    @app.get(
        f"/api/lists/{{number}}/result.{kind}",
        response_class=Response,
        responses={
            200: {"content": {media_type: {}}},
            **problems.declared(401, 404, 409, 422, 503),
        },
        operation_id=f"list_result_{kind}",
    )
    async def result(number: Number, authorization: Bearer = None) -> Response:
        """What came of each row, when the list is done; a 409 before."""
        token = _token(authorization)
        found = await in_pool(waiting, lambda: written(desk.result(desk.theirs(number, token))))
        return Response(found, headers=_as_file(f"so-goc.{kind}"), media_type=media_type)


def _add_sample(app: FastAPI) -> None:
    sample = results.sample_xlsx()

    @app.get("/list-sample.xlsx", include_in_schema=False)
    async def sample_list() -> Response:
        return Response(sample, headers=_as_file("so-goc-mau.xlsx"), media_type=_XLSX)


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


async def _body(request: Request, uploads: asyncio.Semaphore) -> bytes:
    if uploads.locked():
        raise RefusedError("reading.busy")
    async with uploads:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await bodies.body(request, LIMIT, _TYPES)
        except TimeoutError as error:
            raise FormatError("request.too_slow", seconds=_PATIENCE) from error


def _token(authorization: str | None) -> str:
    """What the header bears. Raises RefusedError ``list.secret``."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise RefusedError("list.secret")
    return token.strip()
