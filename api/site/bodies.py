"""What a client may send to be verified: limits first, then parsing.

Bodies are counted while they stream in and refused at the first byte too many; large ones wait
for a place (`api.site.places`); nothing is written to disk. What the bytes mean is decided by
`verifier`.
"""

import re
from collections.abc import AsyncGenerator, Collection
from functools import cache
from typing import Any, Final, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from credential.errors import FormatError

TEXT_LIMIT: Final = 65_536  # bytes; the longest SD-JWT taken
FILE_LIMIT: Final = 10_000_000  # bytes; a sharp photo from a phone takes 3 to 8 MB
FRAME_LIMIT: Final = 2_000_000  # bytes; a camera frame as JPEG takes 100 kB
_ENVELOPE: Final = 1024  # bytes around the content: JSON syntax, multipart headers
_SMALL: Final = TEXT_LIMIT + _ENVELOPE  # bytes; what is larger waits for a place
IMAGES: Final = ("image/png", "image/jpeg", "image/webp")
# What the bytes really are is told by the bytes; an SD-JWT may come as a text file.
FILES: Final = ("application/pdf", *IMAGES, "text/plain", "application/octet-stream")

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL in JSON, whose backslash is not escaped itself. PostgreSQL keeps none in a text."""

_Model = TypeVar("_Model", bound=BaseModel)


class _InMemory(MultiPartParser):
    spool_max_size = FILE_LIMIT + _ENVELOPE  # never rolls over to a file on disk


async def thing(request: Request) -> str | bytes:
    """What to verify: text out of JSON, or a file's bytes, sent raw or as multipart.

    Raises FormatError ``request.too_large`` (limit), ``request.unsupported``,
    ``request.malformed``, ``request.invalid`` (where), ``receipt.given`` and ``transfer.given``.
    """
    kind = _content_type(request)
    if kind == "application/json":
        return _text(_parsed(await _read(request, TEXT_LIMIT + _ENVELOPE)))
    if kind == "multipart/form-data":
        return await _multipart(request)
    if kind in FILES:
        return await _read(request, FILE_LIMIT)
    raise FormatError("request.unsupported")


async def thing_or(request: Request, model: type[_Model]) -> str | bytes | _Model:
    """What to verify as `thing` has it, or what JSON with members of `model` (not `text`) says.

    Raises FormatError as `thing` does.
    """
    if _content_type(request) != "application/json":
        return await thing(request)
    body = await _read(request, TEXT_LIMIT + _ENVELOPE)
    found = _parsed(body)
    if isinstance(found, dict) and found.keys() & (model.model_fields.keys() - {"text"}):
        return _shaped(found, body, model)
    return _text(found)


async def receipt(request: Request) -> tuple[bytes, str | bytes | None]:
    """A receipt's bytes, JSON or PDF; out of a form also the thing that it is about, if given.

    A form has ``receipt`` (a file) and perhaps ``file`` or ``text``. Raises FormatError as `thing`.
    """
    kind = _content_type(request)
    if kind in ("application/json", "application/pdf"):
        return await _read(request, FILE_LIMIT), None
    if kind != "multipart/form-data":
        raise FormatError("request.unsupported")
    parts = await _form(request, FILE_LIMIT + TEXT_LIMIT, files=2)
    given, thing = parts.get("receipt"), parts.get("file") or parts.get("text")
    if not isinstance(given, bytes):
        raise FormatError("request.invalid", where="receipt")
    return given, thing


async def image(request: Request) -> bytes:
    """A camera frame's bytes. Raises FormatError as `thing` does."""
    if _content_type(request) not in IMAGES:
        raise FormatError("request.unsupported")
    return await _read(request, FRAME_LIMIT)


async def body(request: Request, limit: int, types: Collection[str]) -> bytes:
    """A body of one of these types, whole. Raises FormatError as `thing` does."""
    if _content_type(request) not in types:
        raise FormatError("request.unsupported")
    return await _read(request, limit)


async def members(request: Request, limit: int, model: type[_Model]) -> _Model:
    """A JSON body of that shape. Raises FormatError as `thing` does."""
    if _content_type(request) != "application/json":
        raise FormatError("request.unsupported")
    body = await _read(request, limit)
    return _shaped(_parsed(body), body, model)


@cache
def described(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON body of a route that reads it with `members`, for OpenAPI."""
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}


def _shaped(found: Any, body: bytes, model: type[_Model]) -> _Model:
    if _NUL.search(body):
        raise FormatError("request.invalid", where="members")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        places = {".".join(map(str, part["loc"][:1])) for part in error.errors()}
        where = ", ".join(sorted(places & set(model.model_fields))) or "members"
        raise FormatError("request.invalid", where=where) from None


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _read(request: Request, limit: int) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise FormatError("request.too_large", limit=limit)
        if size > _SMALL:
            await request.state.place.take()
        chunks.append(chunk)
    return b"".join(chunks)


def _text(members: Any) -> str:
    if isinstance(members, dict) and "jwt" in members:
        raise FormatError("receipt.given")
    if isinstance(members, dict) and "transfer" in members:
        raise FormatError("transfer.given")
    text = members.get("text") if isinstance(members, dict) and len(members) == 1 else None
    if not isinstance(text, str):
        raise FormatError("request.invalid", where="text")
    return text


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise FormatError("request.malformed") from error


async def _multipart(request: Request) -> bytes:
    file = (await _form(request, FILE_LIMIT, files=1)).get("file")
    if not isinstance(file, bytes):
        raise FormatError("request.invalid", where="file")
    return file


async def _form(request: Request, limit: int, *, files: int) -> dict[str, str | bytes]:
    """A form's texts, and its files' bytes, by name."""
    body = await _read(request, limit + _ENVELOPE)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = _InMemory(request.headers, stream(), max_files=files, max_fields=1)
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise FormatError("request.malformed") from error
    try:
        return {
            name: await part.read() if isinstance(part, UploadFile) else part
            for name, part in form.items()
        }
    finally:
        await form.close()
