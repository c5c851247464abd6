"""Verification over HTTP: a text or a file in, a verdict out; codes in camera frames."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import presenting
from api.observing import FILE, TEXT
from api.presenting import AnswerModel
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.edge import Handler
from credential.errors import FormatError
from verifier import reading
from verifier.verify import Answer

PATH = "/api/verify"
Note = Callable[[Answer, str], None]
"""Is told of a verdict and the way in (`api.observing`); takes no time and raises nothing."""
_READING = 2  # threads that read PDFs and photos, which is work for the processor


class Verifying(Protocol):
    """What answers a verification; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text or a file's bytes; blocks while sources are asked."""
        ...

    def at_hand(self) -> bool:
        """Whether no source has to be waited for just now: a text takes about a millisecond."""
        ...


class TextModel(BaseModel):
    """A text to verify: link or digits of a QR code, SD-JWT, or look-up code."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=bodies.TEXT_LIMIT)


class FrameModel(BaseModel):
    """What a camera frame shows: the text of a code of ours or null; `other`: another code."""

    text: str | None
    other: bool


def install(app: FastAPI, verifier: Verifying, waiting: ThreadPoolExecutor, note: Note) -> Handler:
    """Adds the routes; returns what answers `PATH`."""
    readers = ThreadPoolExecutor(_READING, thread_name_prefix="files")
    frames = ThreadPoolExecutor(_READING, thread_name_prefix="frames")

    @app.post(
        PATH,
        response_model=AnswerModel,
        responses=problems.declared(400, 404, 413, 415, 422, 503),
        openapi_extra=accepts(bodies.FILES, text=True),
        operation_id="verify",
    )
    async def verify(request: Request) -> Response:
        """The verdict on a text (JSON) or on a PDF, PNG or JPEG (raw, or multipart ``file``)."""
        thing = await bodies.thing(request)
        if isinstance(thing, str) and verifier.at_hand():
            # No thread needed. Requests that came together are first all read, then all
            # verified, then all answered: it keeps each kind of work in the processor's cache.
            await asyncio.sleep(0)
            found = verifier.verify(thing)
            await asyncio.sleep(0)
        else:
            pool = waiting if isinstance(thing, str) else readers
            found = await in_pool(pool, lambda: verifier.verify(thing))
        note(found, TEXT if isinstance(thing, str) else FILE)
        return json_response(presenting.answer(found))

    @app.post(
        "/api/decode",
        response_model=FrameModel,
        responses=problems.declared(413, 415, 422, 503),
        openapi_extra=accepts(bodies.IMAGES, text=False),
        operation_id="decode",
    )
    async def decode(request: Request) -> Response:
        """The text of the QR code in a camera frame, for browsers that cannot read it."""
        frame = await bodies.image(request)
        return json_response(await in_pool(frames, lambda: _seen(frame)))

    return verify


def accepts(types: tuple[str, ...], *, text: bool) -> dict[str, Any]:
    """The request body of a route that reads it itself, for OpenAPI."""
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in types}
    if text:
        content = {"application/json": {"schema": TextModel.model_json_schema()}} | content
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def _seen(frame: bytes) -> dict[str, object]:
    """A frame without a code is no error: the camera has not found it yet."""
    try:
        return {"text": reading.read(frame).texts[0], "other": False}
    except FormatError as error:
        if error.code not in ("reading.no_code", "reading.not_ours"):
            raise
        return {"text": None, "other": error.code == "reading.not_ours"}
