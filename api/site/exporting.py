"""Conversions over HTTP: an SD-JWT in, a file in another system's format out; nothing is kept."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.exporting import FORMS, Asked, convert
from api.site import bodies, problems
from api.site.answering import in_pool
from api.site.limits import Limits

PATH: Final = "/api/export"
_LIMIT: Final = bodies.TEXT_LIMIT + 1024  # bytes of a body
_WORKING: Final = 2  # threads that convert, which is work for the processor
_CODE = r"^([0-9]{10})?$"


class ExportModel(BaseModel):
    """What is converted into what.

    `code` is the pupil's code, which only the score sheet has; `decimal` is for CSV.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str = Field(min_length=1, description="an SD-JWT")
    format: Literal["elmo", "clr", "ob", "csv", "xlsx"]
    decimal: Literal[",", "."] = ","
    code: Annotated[str, StringConstraints(pattern=_CODE)] = ""


def install(app: FastAPI, limits: Limits, clock: Callable[[], float] = time.time) -> None:
    """Add the route."""
    working = ThreadPoolExecutor(_WORKING, thread_name_prefix="exports")

    @app.post(
        PATH,
        responses=problems.declared(400, 409, 413, 415, 422, 429) | {200: _files()},
        response_class=Response,
        openapi_extra=_accepts(),
        operation_id="export",
    )
    async def export(request: Request) -> Response:
        """What an SD-JWT shows, as a file for another system.

        A conversion, no verification: it says what the SD-JWT says, and carries it along where the
        format can. A selection says what it hides. Nothing is stored.
        """
        limits.export(request)
        asked = await bodies.members(request, _LIMIT, ExportModel)
        form = FORMS[asked.format]
        given = Asked(asked.text, int(clock()), asked.code, asked.decimal)
        headers = {"Content-Disposition": f'attachment; filename="so-goc.{form.ending}"'}
        content = await in_pool(working, lambda: convert(given, asked.format))
        return Response(content, headers=headers, media_type=form.media_type)


def _files() -> dict[str, Any]:
    kinds = dict.fromkeys(form.media_type.partition(";")[0] for form in FORMS.values())
    file = {"schema": {"type": "string", "format": "binary"}}
    return {"description": "The file.", "content": dict.fromkeys(kinds, file)}


def _accepts() -> dict[str, Any]:
    content = {"application/json": {"schema": ExportModel.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
