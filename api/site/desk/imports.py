"""Schools' files over HTTP: looked at, marked, kept, made into an order; samples that teach.

A file is the body itself, of any type: what it is, its bytes say. What was read of it is found
again by a secret, which stands in bodies alone.
"""

from datetime import date
from functools import partial
from typing import Any, Final, Literal

import orjson
from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from api.clock import past
from api.desk import previewing, samples
from api.desk.bringing import Asking, Bringing
from api.desk.parsing import PUPILS, Asked
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from credential.errors import FormatError
from credential.model import Decision
from credential.text import nfc

_LIMIT: Final = 4096  # bytes of a JSON body
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILES: Final = ("application/octet-stream",)
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
Purpose = Literal["pupils", "thpt-diploma", "transcript", "transfer-record"]
_YEAR = Query(default=2000, ge=1990, le=2199, description="in which the school year ends")
_COLUMNS = Query(default="", max_length=4000, description="JSON: our heading → the file's")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SeenModel(_Model):
    """A file as it was looked at. `upload` is the secret that finds it again for a day.

    `rows` are those that change something, with what; `unmatched` the columns to be named by hand
    where no layout was recognised.
    """

    upload: str | None
    file: dict[str, JsonValue] | None
    counts: dict[str, int]
    rows: list[dict[str, JsonValue]]
    faults: list[dict[str, JsonValue]]
    notices: list[dict[str, JsonValue]]
    unmatched: dict[str, JsonValue] | None


class UploadModel(_Model):
    """The secret of a file that was looked at."""

    upload: str = Field(min_length=64, max_length=64)


class KeptModel(_Model):
    """How many pupils were new or changed."""

    kept: int


class AskingModel(UploadModel):
    """What an order adds to the file; days as ISO 8601. With a reason it corrects what stands.

    `requested_on` is the day on which somebody asked for that, not to come.
    """

    decision: str = Field(min_length=1, max_length=100)
    decided_on: str = Field(min_length=10, max_length=10)
    issued: str = Field(default="", max_length=10)
    signer: str = Field(default="", max_length=100)
    first_serial: str = Field(default="", max_length=32)
    reason: str = Field(default="", max_length=500)
    requested_on: str = Field(default="", max_length=10)
    instead_of: int | None = Field(default=None, ge=1, lt=1 << 31)

    def asking(self) -> Asking:
        """The same. Raises FormatError ``request.invalid``, ``date.in_future``."""
        try:
            days = [date.fromisoformat(day) for day in (self.decided_on, self.issued) if day]
            requested = date.fromisoformat(self.requested_on) if self.requested_on else None
        except ValueError:
            where = "decided_on, issued, requested_on"
            raise FormatError("request.invalid", where=where) from None
        return Asking(
            Decision(nfc(self.decision).strip(), days[0]), days[-1], self.signer.strip() or None,
            self.first_serial.strip() or None, self.instead_of, nfc(self.reason).strip() or None,
            past(requested) if requested else None,
        )  # fmt: skip


class LookModel(_Model):
    """What checking an order came to: faults stop it, anomalies are shown.

    `numbers` are the first and last register number that it would get, `heads` who may sign.
    Where it corrects, `changes` are by pupil what is said now and would be said, `unchanged` counts
    the rows left out, `fresh` those issued for the first time.
    """

    count: int
    faults: list[dict[str, JsonValue]]
    anomalies: list[dict[str, JsonValue]]
    notices: list[dict[str, JsonValue]]
    numbers: list[str] | None
    heads: list[str]
    changes: list[dict[str, JsonValue]]
    unchanged: int
    fresh: int


class PreparedModel(_Model):
    """The number of the order that now waits for approval."""

    order: int


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    desk = Bringing(bench.system)
    _files(app, bench, desk)
    _orders(app, bench, desk)

    @bench.route(app, "POST", "/api/desk/imports/keep", Act.IMPORT, takes=UploadModel,
                 gives=KeptModel)  # fmt: skip
    async def keep_import(request: Request, member: Member) -> Response:
        """Keep what a list of pupils changes, all or nothing. Again, it changes nothing."""
        given = await bodies.members(request, _LIMIT, UploadModel)
        kept = await bench.ask(partial(desk.commit, member, given.upload))
        return json_response({"kept": kept})

    @bench.route(app, "GET", "/api/desk/samples/{name}", Act.READ)
    async def sample(request: Request, name: str, member: Member) -> Response:  # noqa: ARG001
        """A file to try: of people who do not exist."""
        data = await bench.ask(partial(samples.sample, name))
        return _file(data, f"{name}.xlsx")


def _files(app: FastAPI, bench: Bench, desk: Bringing) -> None:
    @bench.route(app, "POST", "/api/desk/imports", Act.IMPORT, gives=SeenModel, more=_BODY)
    async def look_at_import(
        request: Request, member: Member, purpose: Purpose = PUPILS, year: int = _YEAR,
        layout: str | None = None, columns: str = _COLUMNS,
    ) -> Response:  # fmt: skip
        """Read a file and compare it with the registry; nothing is changed."""
        asked = _asked(purpose, year, layout, columns)
        data = await bodies.body(request, bodies.FILE_LIMIT, _FILES)
        seen = await bench.ask(partial(desk.look, member, asked, data))
        return json_response(await bench.ask(partial(previewing.seen, seen)))

    @bench.route(app, "POST", "/api/desk/imports/marked", Act.IMPORT, more=_BODY)
    async def mark_import(
        request: Request, member: Member, purpose: Purpose = PUPILS, year: int = _YEAR,
        layout: str | None = None, columns: str = _COLUMNS,
    ) -> Response:  # fmt: skip
        """The file's sheet with what has to be mended marked in it."""
        asked = _asked(purpose, year, layout, columns)
        data = await bodies.body(request, bodies.FILE_LIMIT, _FILES)
        return _file(await bench.ask(partial(desk.marked, member, asked, data)), "can-sua.xlsx")


def _orders(app: FastAPI, bench: Bench, desk: Bringing) -> None:
    @bench.route(app, "POST", "/api/desk/imports/check", Act.PREPARE, takes=AskingModel,
                 gives=LookModel)  # fmt: skip
    async def check_import(request: Request, member: Member) -> Response:
        """Look at the file as an order; nothing is kept, no number is taken."""
        given = await bodies.members(request, _LIMIT, AskingModel)
        asking = given.asking()
        found = await bench.ask(partial(desk.check, member, given.upload, asking))
        heads = await bench.ask(partial(desk.heads, member, asking.issued or asking.decision.on))
        return json_response(await bench.ask(partial(previewing.look, found, heads)))

    @bench.route(app, "POST", "/api/desk/imports/order", Act.PREPARE, takes=AskingModel,
                 gives=PreparedModel, status=201)  # fmt: skip
    async def prepare_import(request: Request, member: Member) -> Response:
        """Prepare the order, for another person to approve. The same again is the same order."""
        given = await bodies.members(request, _LIMIT, AskingModel)
        number = await bench.ask(partial(desk.prepare, member, given.upload, given.asking()))
        return json_response({"order": number}, 201)


def _asked(purpose: str, year: int, layout: str | None, columns: str) -> Asked:
    try:
        named: Any = orjson.loads(columns or "{}")
    except orjson.JSONDecodeError:
        named = None
    texts = isinstance(named, dict) and all(isinstance(theirs, str) for theirs in named.values())
    if not texts:
        raise FormatError("request.invalid", where="columns")
    return Asked(purpose, year, layout or None, named)


def _file(data: bytes, name: str) -> Response:
    response = Response(data, media_type=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
