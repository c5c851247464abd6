"""Verification over HTTP: a text or a file in, a verdict out; codes in camera frames."""

import asyncio
import time
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
from credential.keybinding import MAX_AGE, Expectation
from verifier import reading
from verifier.verify import Answer

PATH = "/api/verify"
Note = Callable[[Answer, str], None]
"""Is told of a verdict and the way in (`api.observing`); takes no time and raises nothing."""
_YEARS = 2 * 366 * 86_400  # seconds; the oldest proof that anybody can ask for
_READING = 2  # threads that read PDFs and photos, which is work for the processor


class Verifying(Protocol):
    """What answers a verification; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes, expected: Expectation | None = None) -> Answer:
        """The verdict on a text or a file's bytes; blocks while sources are asked."""
        ...

    def at_hand(self) -> bool:
        """Whether no source has to be waited for just now: a text takes about a millisecond."""
        ...


class TextModel(BaseModel):
    """A text to verify: link or digits of a QR code, SD-JWT, or look-up code."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=bodies.TEXT_LIMIT)


class PresentedModel(BaseModel):
    """An SD-JWT that must be shown by its holder: with a proof for that audience and nonce."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(description="as long as a text alone may be")
    audience: str = Field(min_length=1, max_length=256, description="for whom it was made")
    nonce: str = Field(min_length=1, max_length=256, description="in answer to what it was made")
    max_age: int = Field(MAX_AGE, ge=1, le=_YEARS, description="seconds since it was made")


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
        openapi_extra=accepts(bodies.FILES, PresentedModel, text=True),
        operation_id="verify",
    )
    async def verify(request: Request) -> Response:
        """The verdict on a text (JSON) or on a PDF, PNG or JPEG (raw, or multipart ``file``).

        With `audience` and `nonce`, only what its holder shows for them is valid.
        """
        given = await bodies.thing_or(request, PresentedModel)
        expected = _expected(given) if isinstance(given, PresentedModel) else None
        thing = given.text if isinstance(given, PresentedModel) else given
        if isinstance(thing, str) and verifier.at_hand():
            # No thread needed. Requests that came together are first all read, then all
            # verified, then all answered: it keeps each kind of work in the processor's cache.
            await asyncio.sleep(0)
            found = verifier.verify(thing, expected)
            await asyncio.sleep(0)
        else:
            pool = waiting if isinstance(thing, str) else readers
            found = await in_pool(pool, lambda: verifier.verify(thing, expected))
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


def _expected(given: PresentedModel) -> Expectation:
    return Expectation(given.audience, given.nonce, int(time.time()), given.max_age)


def accepts(types: tuple[str, ...], *more: type[BaseModel], text: bool = False) -> dict[str, Any]:
    """The request body of a route that reads it itself, for OpenAPI; JSON may be `more`."""
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in types}
    if text:
        models: tuple[type[BaseModel], ...] = (TextModel, *more)
        shapes = [each.model_json_schema() for each in models]
        shape = {"oneOf": shapes} if more else shapes[0]
        content = {"application/json": {"schema": shape}} | content
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
