"""Keys with which other programs work for a school."""

from collections.abc import Mapping
from functools import partial

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.desk.policy import SCOPES, Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench, Number
from api.site.desk.staffing import school_names, school_of
from credential.errors import FormatError, RefusedError
from credential.text import check_text
from store.service_keys import ServiceKey
from web.messages import local_time

_LIMIT = 4096  # bytes of a body
_PATH = "/api/desk/keys"
_DAY = 86_400  # seconds
_NAME = 80  # characters


class NewKeyModel(BaseModel):
    """A key to be made: which program, what for, how many days; `school` as for people."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(min_length=1, max_length=_NAME)
    acts: list[str] = Field(min_length=1, max_length=len(SCOPES))
    days: int = Field(ge=1, le=366)
    school: str = Field("", max_length=32)


class MadeKeyModel(BaseModel):
    """A key, told once. It goes into the header ``Authorization: Bearer sogoc_…``."""

    model_config = ConfigDict(extra="forbid")

    id: int
    key: str


class KeyModel(BaseModel):
    """A key without the key: `seen` is when it was last used."""

    model_config = ConfigDict(extra="forbid")

    id: int
    name: str
    school: int
    school_name: str
    acts: list[str]
    expires: str
    ended: str | None
    seen: str | None


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""

    @bench.route(app, "GET", _PATH, Act.STAFF, gives=list[KeyModel])
    async def list_keys(member: Member) -> Response:
        """The keys of the school, or of all schools; the newest first."""
        found = await bench.ask(lambda: bench.keys.all(member.school))
        names = await bench.ask(lambda: school_names(bench, {each.school for each in found}))
        return json_response([_told(each, names).model_dump() for each in found])

    @bench.route(app, "POST", _PATH, Act.STAFF, takes=NewKeyModel, gives=MadeKeyModel, fresh=True)
    async def make_key(request: Request, member: Member) -> Response:
        """Make a key; it is told once."""
        given = await bodies.members(request, _LIMIT, NewKeyModel)
        check_text(given.name, _NAME)
        if not set(given.acts) <= set(SCOPES):
            raise FormatError("request.invalid", where="acts")
        school = await bench.ask(lambda: school_of(bench, member, given.school))
        if school is None:
            raise RefusedError("service_key.school")
        make = partial(
            bench.keys.make, given.name, school, sorted(set(given.acts)), given.days * _DAY,
            member.actor, member.account,
        )  # fmt: skip
        key, number = await bench.ask(make)
        return json_response({"id": number, "key": key})

    @bench.route(app, "DELETE", f"{_PATH}/{{number}}", Act.STAFF, status=204)
    async def end_key(member: Member, number: Number) -> Response:
        """Take a key no more, at once."""
        await bench.ask(lambda: _end(bench, member, number))
        return Response(status_code=204)


def _end(bench: Bench, member: Member, number: int) -> None:
    if not member.sees(bench.keys.find(number).school):
        raise RefusedError("service_key.unknown")
    bench.keys.end(number, member.actor)


def _told(key: ServiceKey, names: Mapping[int | None, str]) -> KeyModel:
    return KeyModel(
        id=key.id, name=key.name, school=key.school, school_name=names[key.school],
        acts=list(key.acts),
        expires=local_time(key.expires),
        ended=local_time(key.ended) if key.ended is not None else None,
        seen=local_time(key.seen) if key.seen is not None else None,
    )  # fmt: skip
