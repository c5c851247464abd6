"""Successors over HTTP: a superseded credential in, the code of what took its place out."""

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.verifying import accepts

PATH = "/api/successor"
_READING = 2  # threads that read files: they wait for their turn, and nobody else behind them


class Succeeding(Protocol):
    """What finds successors; `api.succeeding.Successions` does."""

    def of(self, thing: str | bytes) -> str:
        """The digits of the successor's QR code; raises RefusedError ``successor.unknown``."""
        ...


class SuccessorModel(BaseModel):
    """What took a credential's place, as a text to verify."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="the digits of its QR code")


def install(app: FastAPI, successions: Succeeding, waiting: ThreadPoolExecutor) -> None:
    """Add the route."""
    readers = ThreadPoolExecutor(_READING, thread_name_prefix="successors")

    @app.post(
        PATH,
        response_model=SuccessorModel,
        responses=problems.declared(400, 404, 413, 415, 422, 503),
        openapi_extra=accepts(bodies.FILES, text=True),
        operation_id="successor",
    )
    async def successor(request: Request) -> Response:
        """The code of what took a superseded credential's place, for who holds the old one."""
        thing = await bodies.thing(request)
        pool = waiting if isinstance(thing, str) else readers
        return json_response({"text": await in_pool(pool, lambda: successions.of(thing))})
