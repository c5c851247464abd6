"""One credential on the workbench: found, its history, corrected or reissued by decision.

What is looked for and which credential is meant stands in bodies, never in addresses.
"""

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.annexes import as_pdf, taken
from api.clock import past, today
from api.desk import keeping, telling
from api.desk.policy import Act, Member
from api.desk.preparing import Noticed, person, prepare
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from api.spelling import day as spelled_day
from credential.errors import FormatError, RefusedError
from credential.model import CredentialType, Decision
from credential.records import AwardLine
from issuer.amending import Amended
from issuer.correcting import Asked, named, plan
from issuer.matching import match

LIMIT = 16_384  # bytes of a body
Word = Annotated[str, Field(max_length=200)]
Day = Annotated[str, Field(max_length=10, description="dd/mm/yyyy, or ISO 8601")]

__all__ = ["LIMIT", "Day", "LineModel", "Word", "day_of", "install", "line_of"]


class FindModel(BaseModel):
    """A register number, a serial, a look-up code, or a holder's name as it is written."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=2, max_length=100)]


class LineModel(BaseModel):
    """A line of a register."""

    model_config = ConfigDict(extra="forbid")

    school: Annotated[int, Field(ge=0, lt=1 << 32)]
    type: Word
    register_no: Word


class AnnexModel(LineModel):
    """The version that a decision brought."""

    version: Annotated[int, Field(ge=2, lt=1000)]


class SignersModel(BaseModel):
    """Which school, and on which day; None: today."""

    model_config = ConfigDict(extra="forbid")

    school: Annotated[int, Field(ge=0, lt=1 << 32)]
    on: Day | None = None


class CorrectModel(LineModel):
    """What is to be said otherwise of its holder, on what ground, by which decision.

    `signed_by` signed the decision, `signer` signs the new version (None: the head in office).
    `serial` is of the new paper, where it is reissued; `requested_on` the day on which somebody
    asked for it, not to come; `dry` only tells what would change.
    """

    values: dict[Word, Word]
    ground: Word
    evidence: Word
    decision: Word
    decided_on: Day
    signed_by: Word
    signer: Word | None = None
    serial: Word | None = None
    requested_on: Day | None = None
    dry: bool = False


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    system = bench.system

    @bench.route(app, "POST", "/api/desk/credentials/find", Act.READ, takes=FindModel)
    async def find_credentials(request: Request, member: Member) -> Response:
        """Credentials by number, code or name, of the registers that one works with."""
        text = (await bodies.members(request, LIMIT, FindModel)).text
        return json_response(await bench.ask(partial(_found, bench, member, text)))

    @bench.route(app, "POST", "/api/desk/credentials/history", Act.READ, takes=LineModel)
    async def credential_history(request: Request, member: Member) -> Response:
        """Everything that is known of one line: versions, decisions, acts, extracts, shares."""
        line = line_of(await bodies.members(request, LIMIT, LineModel))

        def tell() -> dict[str, Any]:
            keeping.check(system, member, line.school)
            found = telling.history(system, line)
            where = {"school": line.school, "register_no": line.register_no}
            keeping.note_look(system, member, "history", **where)
            if not found["versions"]:
                raise RefusedError("credential.unknown", found=line.register_no)
            return found

        return json_response(await bench.ask(tell))

    @bench.route(app, "POST", "/api/desk/credentials/correct", Act.CORRECT, takes=CorrectModel)
    async def correct_credential(request: Request, member: Member) -> Response:
        """Prepare a correction or a reissue for the principal; or only tell what would change."""
        given = await bodies.members(request, LIMIT, CorrectModel)
        return json_response(await bench.ask(partial(_correct, bench, member, given)))

    _install_correcting(app, bench)


def _install_correcting(app: FastAPI, bench: Bench) -> None:
    """What a correction needs besides: who may sign it, and its annex once it is issued."""
    system = bench.system

    @bench.route(app, "POST", "/api/desk/credentials/signers", Act.CORRECT, takes=SignersModel)
    async def correction_signers(request: Request, member: Member) -> Response:
        """Who may sign for a school on a day: its head first, then deputies, by their terms."""
        given = await bodies.members(request, LIMIT, SignersModel)

        def tell() -> list[dict[str, str]]:
            keeping.check(system, member, given.school)
            on = day_of(given.on) if given.on else today()
            heads = system.desk.heads(given.school, on)
            return [{"name": one.name, "title": one.title} for one in heads]

        return json_response(await bench.ask(tell))

    @bench.route(app, "POST", "/api/desk/credentials/annex", Act.DELIVER, takes=AnnexModel)
    async def credential_annex(request: Request, member: Member) -> Response:
        """The annex of a version as PDF, noted as an extract."""
        given = await bodies.members(request, LIMIT, AnnexModel)

        def make() -> bytes:
            keeping.check(system, member, given.school)
            return as_pdf(taken(system, line_of(given), given.version, member.actor))

        headers = {"Content-Disposition": 'attachment; filename="phu-luc.pdf"'}
        content = await bench.ask(make)
        return Response(content, media_type="application/pdf", headers=headers)


def line_of(given: LineModel) -> AwardLine:
    """The line that a body names. Raises FormatError ``claim.type``."""
    try:
        return AwardLine(CredentialType.from_key(given.type), given.school, given.register_no)
    except KeyError:
        raise FormatError("claim.type", found=given.type) from None


def day_of(text: str) -> date:
    """A day as people write it. Raises FormatError ``date.invalid``."""
    try:
        return spelled_day(text)
    except ValueError:
        raise FormatError("date.invalid", found=text, expected="dd/mm/yyyy") from None


def _found(bench: Bench, member: Member, text: str) -> list[dict[str, Any]]:
    system, own = bench.system, keeping.registers(bench.system, member)
    wanted = text
    try:
        one = named(system.batches, text)  # a look-up code leads to its register number
        wanted = one.staged.register_no
    except (FormatError, RefusedError):
        pass
    day = today()
    found = system.desk.find(wanted, own)
    keeping.note_look(system, member, "find", found=len(found))
    schools = {one.school: system.desk.numbered(one.school, day) for one in found}
    return [
        {
            "school": one.school, "type": one.type.key, "register_no": one.register_no,
            "version": one.version, "serial": one.serial, "year": one.year,
            "holder": one.holder, "lane": one.lane.name.lower(),
            "school_name": record.name if (record := schools[one.school]) else "",
        }
        for one in found
    ]  # fmt: skip


def _correct(bench: Bench, member: Member, given: CorrectModel) -> dict[str, Any]:
    system, line = bench.system, line_of(given)
    keeping.check(system, member, line.school)
    held = system.batches.versions(line.school, line.type, [line.register_no])
    if not held:
        raise RefusedError("credential.unknown", found=line.register_no)
    newest = max(held, key=lambda one: one.line.version)
    asked = Asked(
        given.values, given.ground, given.evidence,
        Decision(given.decision, day_of(given.decided_on)), given.signed_by, given.serial,
        given.signer or None, past(day_of(given.requested_on)) if given.requested_on else None,
    )  # fmt: skip
    order, changes = plan(newest, asked, member.name, "", system.desk, system.batches)
    told = [[change.field, change.old, change.new] for change in changes]
    if given.dry:
        match(order, system.desk)
        return {"order": None, "changes": told}
    noticed = Noticed(changed=(Amended(order.rows[0], newest.line, tuple(changes)),))
    return {"order": prepare(system, person(member), order, noticed), "changes": told}
