"""Copies from the register over HTTP: find a line, ask for a copy, the copy register, the PDF."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.desk import lines
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from credential.dates import PartialDate
from credential.errors import FormatError
from credential.lines import CopyEntry
from credential.model import CredentialType
from credential.records import AwardLine
from credential.requests import Capacity, CopyRequest
from credential.text import check_name, check_text
from issuer.capacities import rules

_LIMIT = 4096  # bytes of a body
_PATH = "/api/desk/copies"
_NUMBER = 64  # characters
_Year = Annotated[int | None, Query(ge=1990, le=2199)]
_Numbered = Annotated[str, Query(min_length=1, max_length=_NUMBER)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SearchModel(_Model):
    """Which line: by serial or register number, or by name and birth (ISO, or the year alone)."""

    number: str = Field("", max_length=_NUMBER)
    name: str = Field("", max_length=100)
    birth: str = Field("", max_length=10)


class LineModel(_Model):
    """A line of the register that may be copied."""

    type: str
    school: int
    register_no: str
    version: int
    name: str
    birth: str
    serial: str | None
    year: int
    document: str
    issuer: str
    issued: str
    lane: str
    classification: str | None


class CopyModel(_Model):
    """A request: which version of which line, who asks, in which capacity, by which paper."""

    type: str = Field(max_length=32)
    school: int = Field(ge=0, lt=1 << 31)
    register_no: str = Field(min_length=1, max_length=_NUMBER)
    version: int = Field(ge=1, lt=1 << 31)
    applicant: str = Field(max_length=100)
    capacity: str = Field(max_length=32)
    proof: str = Field("", max_length=200)
    fee: int = Field(0, ge=0, lt=1 << 31)
    dossier: str = Field("", max_length=_NUMBER)
    count: int = Field(1, ge=1, le=20)
    signer: str = Field("", max_length=100)


class AskedModel(_Model):
    """The order that waits for the principal."""

    order: int


class BookModel(_Model):
    """The copy register, newest first, who may ask by which article, and who may sign today."""

    copies: list[dict[str, Any]]
    capacities: list[dict[str, str]]
    signers: list[dict[str, str]]


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    system = bench.system

    @bench.route(app, "GET", _PATH, Act.READ, gives=BookModel)
    async def copy_book(member: Member, year: _Year = None) -> Response:
        """The copy register of the school; of the city, nothing."""
        found: Sequence[CopyEntry] = ()
        heads: list[dict[str, str]] = []
        if member.school is not None:
            heads = await bench.ask(partial(lines.signers, system, member.school))
            found = await bench.ask(partial(system.desk.copy_book, member.school, year))
        told = [
            {"capacity": one.value, "article": rule.article, "proof": rule.proof}
            for one, rule in rules().items()
        ]
        copies = [*map(lines.copy_json, found)]
        return json_response({"copies": copies, "capacities": told, "signers": heads})

    @bench.route(app, "POST", f"{_PATH}/search", Act.COPY, takes=SearchModel, gives=list[LineModel])
    async def search_lines(request: Request, member: Member) -> Response:
        """Lines that the school may copy. A person's name and birth stand in no address."""
        given = await bodies.members(request, _LIMIT, SearchModel)
        birth = PartialDate.from_iso(given.birth) if given.birth else None
        if not given.number and not (given.name and birth):
            raise FormatError("request.invalid", where="number, name, birth")
        asked = (given.number or None, given.name or None, birth)
        found = await bench.ask(partial(system.desk.find_lines, member.own, *asked))
        return json_response([*map(lines.line_json, found)])

    @bench.route(app, "POST", _PATH, Act.COPY, takes=CopyModel, gives=AskedModel)
    async def ask_copy(request: Request, member: Member) -> Response:
        """Prepare a copy; the principal approves it as any order."""
        given = await bodies.members(request, _LIMIT, CopyModel)
        line, asked = _wanted(given)
        work = partial(lines.copy, system, member, line, asked, given.count, given.signer or None)
        return json_response({"order": await bench.ask(work)})

    @bench.route(app, "GET", f"{_PATH}/paper", Act.DELIVER)
    async def copy_paper(member: Member, number: _Numbered) -> Response:
        """The PDF of a copy that is final, noted as an extract."""
        pdf = await bench.ask(partial(lines.paper, system, member, number))
        name = "".join(char if char.isalnum() and char.isascii() else "-" for char in number)
        headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
        return Response(pdf, media_type="application/pdf", headers=headers)


def _wanted(given: CopyModel) -> tuple[AwardLine, CopyRequest]:
    """Raises FormatError ``request.invalid`` and ``text.*``."""
    try:
        kind, capacity = CredentialType.from_key(given.type), Capacity(given.capacity)
    except (KeyError, ValueError):
        raise FormatError("request.invalid", where="type, capacity") from None
    check_name(given.applicant)
    for text in filter(None, (given.proof, given.dossier, given.register_no)):
        check_text(text)
    line = AwardLine(kind, given.school, given.register_no, given.version)
    asked = CopyRequest(
        given.applicant, capacity, given.proof or None, given.fee, given.dossier or None
    )
    return line, asked
