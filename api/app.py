"""The HTTP application: the check page, verification, evidence, health.

It decides what stands at which address and what may run beside the event loop. Bodies and their
limits are in `api.bodies`, answers in `api.presenting`, errors in `api.problems`, headers in
`api.edge`; who answers the questions behind it is put together in `api.wiring`.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path as FilePath
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlsplit

import orjson
from fastapi import FastAPI, Path, Request, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field

from api import bodies, health, presenting, problems
from api.edge import Edge, Handler
from api.presenting import AnswerModel, EvidenceModel
from chain.indexed import Lag
from credential.errors import FormatError, RefusedError
from credential.facts import Evidence
from credential.model import Deployment
from verifier import reading
from verifier.verify import Answer
from web import page

_T = TypeVar("_T")

_BINARY = "application/octet-stream"
_VERIFY = "/api/verify"
_WAITING = 32  # threads that wait for sources
_READING = 2  # threads that read PDFs and photos, which is work for the processor
_SCANNER = "vendor/zxing_reader.wasm"  # there when `scripts/make_assets.sh` has run


class Verifying(Protocol):
    """What answers a verification; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text or a file's bytes; blocks while sources are asked."""
        ...

    def at_hand(self) -> bool:
        """Whether no source has to be waited for just now: a text takes about a millisecond."""
        ...


class PublishedEvidence(Protocol):
    """What anybody may have of the evidence; `store.evidence.EvidenceReader` holds it."""

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        """School, batch number, leaf index and evidence of a leaf hash, if known here."""
        ...

    def leaves(self, school: int, seq: int) -> bytes | None:
        """A batch's leaf hashes joined; None when no such batch is known here."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """Which deployment this site serves, its public address, and whether it is a specimen."""

    deployment: Deployment
    public_url: str
    specimen: bool = False


class TextModel(BaseModel):
    """A text to verify: link or digits of a QR code, SD-JWT, or look-up code."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=bodies.TEXT_LIMIT)


class FrameModel(BaseModel):
    """What a camera frame shows: the text of a code of ours or null; `other`: another code."""

    text: str | None
    other: bool


def create_app(
    verifier: Verifying,
    evidence: PublishedEvidence,
    readiness: Callable[[], Mapping[str, bool]],
    site: Site,
    index_lag: Callable[[], Lag | None] = lambda: None,
) -> FastAPI:
    """The application over a verifier, an evidence store and a readiness probe.

    `readiness` asks each source once and says which answered, `index_lag` how far the index of the
    chain is behind, if one is kept; both may block.
    """
    app = FastAPI(
        title="Sổ Gốc",
        version="1",
        summary="Checks diplomas and transcripts against a chain and the register of awards.",
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    waiting = ThreadPoolExecutor(_WAITING, thread_name_prefix="http")
    _pages(app, site)
    verify = _verification(app, verifier, waiting)
    app.add_middleware(Edge, direct={("POST", _VERIFY): verify})
    _evidence(app, evidence, site.deployment, waiting)
    health.install(app, readiness, index_lag, waiting)
    app.openapi = _openapi(app)  # type: ignore[method-assign]
    return app


def _verification(app: FastAPI, verifier: Verifying, waiting: ThreadPoolExecutor) -> Handler:
    """Adds the routes; returns what answers `_VERIFY`."""
    readers = ThreadPoolExecutor(_READING, thread_name_prefix="files")
    frames = ThreadPoolExecutor(_READING, thread_name_prefix="frames")

    @app.post(
        _VERIFY,
        response_model=AnswerModel,
        responses=problems.declared(400, 404, 413, 415, 422, 503),
        openapi_extra=_accepts(bodies.FILES, text=True),
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
            found = await _in(pool, lambda: verifier.verify(thing))
        return _json(presenting.answer(found))

    @app.post(
        "/api/decode",
        response_model=FrameModel,
        responses=problems.declared(413, 415, 422, 503),
        openapi_extra=_accepts(bodies.IMAGES, text=False),
        operation_id="decode",
    )
    async def decode(request: Request) -> Response:
        """The text of the QR code in a camera frame, for browsers that cannot read it."""
        frame = await bodies.image(request)
        return _json(await _in(frames, lambda: _seen(frame)))

    return verify


def _evidence(
    app: FastAPI, evidence: PublishedEvidence, deployment: Deployment, waiting: ThreadPoolExecutor
) -> None:
    @app.get(
        "/api/evidence/{digest}",
        response_model=EvidenceModel,
        responses=problems.declared(404, 422, 503),
        operation_id="evidence",
    )
    async def evidence_of(
        digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="leaf hash")],
    ) -> Response:
        """The Merkle path of an artefact by its leaf hash, to check it without this site."""
        found = await _in(waiting, lambda: evidence.by_digest(bytes.fromhex(digest)))
        if found is None:
            raise RefusedError("evidence.unknown")
        return _json(presenting.evidence(*found, deployment))

    @app.get(
        "/api/leaves/{school}/{seq}",
        response_class=Response,
        responses={200: {"content": {_BINARY: {}}}, **problems.declared(404, 422, 503)},
        operation_id="leaves",
    )
    async def leaves_of(
        school: Annotated[int, Path(ge=0, lt=1 << 32)], seq: Annotated[int, Path(ge=0, lt=1 << 32)]
    ) -> Response:
        """A batch's leaf file, 32 bytes a leaf, 64 a credential: for mirrors to keep."""
        found = await _in(waiting, lambda: evidence.leaves(school, seq))
        if found is None:
            raise RefusedError("evidence.unknown")
        return Response(found, media_type=_BINARY)


async def _in(pool: ThreadPoolExecutor, ask: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(pool, ask)


def _seen(frame: bytes) -> dict[str, object]:
    """A frame without a code is no error: the camera has not found it yet."""
    try:
        return {"text": reading.read(frame).texts[0], "other": False}
    except FormatError as error:
        if error.code not in ("reading.no_code", "reading.not_ours"):
            raise
        return {"text": None, "other": error.code == "reading.not_ours"}


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")


def _pages(app: FastAPI, site: Site) -> None:
    """The check page at its three addresses, and what it loads."""
    with as_file(files("web") / "static") as folder:
        static = FilePath(folder)
    document = page.check_page(
        {
            "host": urlsplit(site.public_url).netloc.lower(),
            "specimen": site.specimen,
            "scanner": "local" if (static / _SCANNER).exists() else "server",
        }
    )

    async def check_page() -> Response:
        return Response(document, media_type="text/html; charset=utf-8")

    for path in ("/", "/v", "/V"):
        app.add_api_route(path, check_page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=static), name="static")


def _accepts(types: tuple[str, ...], *, text: bool) -> dict[str, Any]:
    """The request body of a route that reads it itself, for OpenAPI."""
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in types}
    if text:
        content = {"application/json": {"schema": TextModel.model_json_schema()}} | content
        file = {"type": "string", "contentMediaType": "application/octet-stream"}
        form = {"type": "object", "properties": {"file": file}, "required": ["file"]}
        content["multipart/form-data"] = {"schema": form}
    return {"requestBody": {"required": True, "content": content}}


def _openapi(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """OpenAPI as FastAPI makes it, with problems under their own media type."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            for path in generate()["paths"].values():
                for operation in path.values():
                    for status, declared in operation["responses"].items():
                        if int(status) >= 400:
                            content = declared["content"]
                            content[problems.MEDIA_TYPE] = content.pop("application/json")
        return generate()

    return openapi
