"""Transfers over HTTP: a bundle in, what it is out; how far a transfer has come, by its code.

Nothing of a bundle is kept. The parents' code stands in the body of a request, never in an address.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.limits import Limits
from api.transfers.judgements import TransferJudgementModel, judgement
from api.transfers.progress import ProgressModel, progress
from credential import transfer
from credential.errors import FormatError
from credential.transfer import TransferBundle
from store.transfer_records import Transfer
from verifier import reading
from verifier.transferring import TransferJudgement

CHECK = "/api/transfers/check"
STATUS = "/api/transfers/status"
_TYPES = ("application/json", "application/pdf")
_STATUS_LIMIT = 1024  # bytes
_WORKING = 2  # threads that read files, which is work for the processor


class CheckingBundles(Protocol):
    """What judges bundles; `api.transfers.checking.Checking` does."""

    def check(self, found: TransferBundle) -> TransferJudgement:
        """What a bundle is; blocks while sources are asked."""
        ...


class Following(Protocol):
    """What knows how far transfers have come; `api.transfers.office.Office` does."""

    def follow(self, code: str) -> Transfer:
        """The transfer that a code opens; RefusedError ``transfer.unknown``; blocks."""
        ...


class TransferCodeModel(BaseModel):
    """The code that the parents were given, however it is grouped."""

    model_config = ConfigDict(extra="forbid", strict=True)

    code: str = Field(min_length=1, max_length=64)


def install_check(
    app: FastAPI, checking: CheckingBundles, limits: Limits, waiting: ThreadPoolExecutor
) -> None:
    """Add the route on which bundles are checked."""
    working = ThreadPoolExecutor(_WORKING, thread_name_prefix="bundles")

    @app.post(
        CHECK,
        response_model=TransferJudgementModel,
        responses=problems.declared(400, 413, 415, 422, 429, 503),
        openapi_extra=_bundles_accepted(),
        operation_id="check_transfer",
    )
    async def check(request: Request) -> Response:
        """Verify a transfer bundle (JSON, or PDF with it attached) in one call.

        The seal and every credential in it are checked; each credential has a verdict of its own.
        """
        limits.bundle(request)
        given = await bodies.body(request, bodies.FILE_LIMIT, _TYPES)
        found = await in_pool(working, lambda: _bundle_in(given))
        return json_response(judgement(await in_pool(waiting, lambda: checking.check(found))))


def install_status(
    app: FastAPI, transfers: Following, limits: Limits, waiting: ThreadPoolExecutor
) -> None:
    """Add the route on which parents follow a transfer."""

    @app.post(
        STATUS,
        response_model=ProgressModel,
        responses=problems.declared(400, 404, 413, 415, 422, 429, 503),
        openapi_extra=_code_accepted(),
        operation_id="follow_transfer",
    )
    async def follow(request: Request) -> Response:
        """How far a transfer has come, what comes next and which school to ask.

        No marks, no birth date, no name of a pupil.
        """
        limits.transfer(request)
        code = (await bodies.members(request, _STATUS_LIMIT, TransferCodeModel)).code
        return json_response(progress(await in_pool(waiting, lambda: transfers.follow(code))))


def _bundle_in(given: bytes) -> TransferBundle:
    """The bundle in a file. Raises FormatError ``transfer.not_given`` and as `transfer.parse`."""
    found = reading.read(given)
    if found.kind != "transfer":
        raise FormatError("transfer.not_given")
    return transfer.parse(found.texts[0])


def _bundles_accepted() -> dict[str, Any]:
    bundle = {"type": "object", "description": "a transfer bundle; keep its bytes as they are"}
    content = {"application/json": {"schema": bundle}, "application/pdf": {}}
    return {"requestBody": {"required": True, "content": content}}


def _code_accepted() -> dict[str, Any]:
    content = {"application/json": {"schema": TransferCodeModel.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
