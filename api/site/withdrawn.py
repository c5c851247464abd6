"""The public list of diplomas that were revoked or cancelled, as JSON and CSV; it names nobody."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from fastapi import FastAPI, Response
from pydantic import BaseModel, ConfigDict

from api.site import problems
from api.site.answering import in_pool, json_response
from api.withdrawing import csv_of, json_of
from registry.published import Withdrawn

PublicList = Callable[[], Sequence[Withdrawn]]
_FRESH = "public, max-age=60"


class WithdrawnModel(BaseModel):
    """A paper that does not stand. Days are ISO 8601; it was to be given back by `due`."""

    model_config = ConfigDict(extra="forbid")

    type: str
    school: int
    school_code: str
    school_name: str
    serial: str | None
    register_no: str
    issued: str
    ground: str
    decision: str
    decided_on: str
    due: str
    returned: bool


def install(app: FastAPI, listed: PublicList, waiting: ThreadPoolExecutor) -> None:
    """Add the routes."""

    @app.get(
        "/api/withdrawn",
        response_model=list[WithdrawnModel],
        responses=problems.declared(503),
        operation_id="withdrawn",
    )
    async def withdrawn() -> Response:
        """Diplomas that were revoked or cancelled, newest decision first, without names."""
        response = json_response(json_of(await in_pool(waiting, listed)))
        response.headers["Cache-Control"] = _FRESH
        return response

    @app.get(
        "/api/withdrawn.csv",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}}}, **problems.declared(503)},
        operation_id="withdrawn_csv",
    )
    async def withdrawn_csv() -> Response:
        """The same as CSV."""
        found = csv_of(await in_pool(waiting, listed))
        response = Response(found.encode("utf-8-sig"), media_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="thu-hoi.csv"'
        response.headers["Cache-Control"] = _FRESH
        return response
