"""Receipts over HTTP: a thing in, a signed receipt out; a receipt in, what it is out.

Nothing is stored: a receipt is of a verification that is made for it.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Protocol

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api import judging
from api.judging import JudgementModel
from api.site import bodies, problems
from api.site.answering import in_pool, json_response
from api.site.numbering import LookUp, NumberModel
from api.site.verifying import accepts
from credential import receipt
from credential.errors import FormatError, RefusedError
from verifier import reading
from verifier.auditing import Judgement
from verifier.verify import Answer

PATH = "/api/receipts"
CHECK = "/api/receipts/check"
_PDF = "application/pdf"
_JSON = "application/json"
_WORKING = 2  # threads that read files and print, which is work for the processor


class Receipts(Protocol):
    """What gives receipts and judges them; `api.receipts.ReceiptOffice` does."""

    def check_key(self) -> object:
        """Raises RefusedError ``receipt.no_key`` where receipts cannot be given."""
        ...

    def give(self, thing: str | bytes) -> str:
        """Verify a thing anew and sign what was found: the receipt's file; blocks."""
        ...

    def sign(self, answer: Answer) -> str:
        """The receipt of an answer that was just given; blocks."""
        ...

    def print(self, text: str) -> bytes:
        """A receipt as a PDF."""
        ...

    def judge(self, text: str) -> Judgement:
        """What a receipt is; blocks while the chain is asked."""
        ...

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a thing now, to compare with; blocks."""
        ...


class ReceiptModel(BaseModel):
    """A receipt's file. Keep its bytes as they are: it has one spelling."""

    model_config = ConfigDict(extra="forbid")

    jwt: str = Field(description="compact JWS (RFC 7515) of type verification-receipt+jwt")
    receipt: dict[str, JsonValue] = Field(description="its claims, for reading; see the token")


def install(
    app: FastAPI, office: Receipts, waiting: ThreadPoolExecutor, look_up: LookUp | None = None
) -> None:
    """Add the routes; without `look_up` nothing is found by number."""
    working = ThreadPoolExecutor(_WORKING, thread_name_prefix="receipts")

    async def signed(request: Request, thing: str | bytes | NumberModel) -> str:
        if isinstance(thing, NumberModel):
            if look_up is None:
                raise RefusedError("number.not_here")
            look_up.limits.look_up(request)
            first, *_ = await look_up.find(thing)
            return await in_pool(waiting, lambda: office.sign(first))
        pool = waiting if isinstance(thing, str) else working
        return await in_pool(pool, lambda: office.give(thing))

    @app.post(
        PATH,
        response_class=Response,
        responses={
            200: {"content": {_JSON: {"schema": ReceiptModel.model_json_schema()}, _PDF: {}}},
            **problems.declared(400, 404, 409, 413, 415, 422, 429, 503),
        },
        openapi_extra=_things_accepted(),
        operation_id="give_receipt",
    )
    async def give(request: Request) -> Response:
        """Verify anew and answer a signed receipt: JSON, or PDF by Accept.

        A text or file is verified as /api/verify does it, a number and birth date as
        /api/verify-number, under the same limits; the receipt is of the one that stands.
        """
        office.check_key()
        text = await signed(request, await bodies.thing_or(request, NumberModel))
        if not _wants_pdf(request):
            return _file(text, text.encode(), _JSON)
        return _file(text, await in_pool(working, lambda: office.print(text)), _PDF)

    @app.post(
        CHECK,
        response_model=JudgementModel,
        responses=problems.declared(400, 404, 413, 415, 422, 503),
        openapi_extra=_receipts_accepted(),
        operation_id="check_receipt",
    )
    async def check(request: Request) -> Response:
        """What a receipt (JSON or PDF) is; in a form, with the thing itself, what changed since."""
        given, thing = await bodies.receipt(request)
        text = await in_pool(working, lambda: _receipt_in(given))
        found = await in_pool(waiting, lambda: office.judge(text))
        if thing is None:
            return json_response(judging.judgement(found))
        anew = await in_pool(working, lambda: office.verify(thing))
        return json_response(judging.judgement(found, anew))


def _wants_pdf(request: Request) -> bool:
    kinds = (part.partition(";")[0] for part in request.headers.get("accept", "").split(","))
    return _PDF in {kind.strip().lower() for kind in kinds}


def _file(text: str, content: bytes, kind: str) -> Response:
    """Named by when it was given, which is nobody's secret."""
    given = datetime.fromtimestamp(receipt.parse(text).claims["iat"], UTC)
    name = f"bien-nhan-{given:%Y%m%d-%H%M%S}.{kind.rpartition('/')[2]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Accept"}
    return Response(content, headers=headers, media_type=kind)


def _receipt_in(given: bytes) -> str:
    """The receipt in what was handed in. Raises FormatError ``receipt.not_given``."""
    found = reading.read(given)
    if found.kind != "receipt":
        raise FormatError("receipt.not_given")
    return found.texts[0]


def _things_accepted() -> dict[str, Any]:
    """What is verified, or a number and a birth date instead of a text."""
    accepted = accepts(bodies.FILES, text=True)
    content = accepted["requestBody"]["content"]
    text = content[_JSON]["schema"]
    content[_JSON] = {"schema": {"anyOf": [text, NumberModel.model_json_schema()]}}
    return accepted


def _receipts_accepted() -> dict[str, Any]:
    binary = {"type": "string", "contentMediaType": "application/octet-stream"}
    form = {
        "type": "object",
        "properties": {"receipt": binary, "file": binary, "text": {"type": "string"}},
        "required": ["receipt"],
    }
    content = {
        _JSON: {"schema": ReceiptModel.model_json_schema()},
        _PDF: {"schema": {"type": "string"}},
        "multipart/form-data": {"schema": form},
    }
    return {"requestBody": {"required": True, "content": content}}
