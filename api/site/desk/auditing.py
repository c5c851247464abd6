"""The log of all acts: looked through by act and day, taken away whole or as a table.

Who is an auditor of one school is told of entries that name the school, and not the whole log,
whose hashes only all entries together can show to be right.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, JsonValue

from api import spreadsheet, trail
from api.clock import today
from api.desk.policy import Act, Member
from api.site.answering import json_response
from api.site.desk.bench import Bench
from api.wiring import System
from credential.errors import RefusedError
from store.audit import Entry
from store.audit_acts import ACTS, GROUPS, meant
from store.audit_reading import Search, search
from web import messages
from web.messages import VIETNAM, local_time

_PATH = "/api/desk/audit"
_PAGE = 100  # entries
_LINES = "application/jsonl"
_TABLE = 10_000  # entries of a table to be taken away
_HEADINGS = ("seq", "at", "actor", "act", "code", "detail")
_GROUPS = [{"group": group, "acts": acts} for group, acts in GROUPS.items()]
_Act = Annotated[str, Query(max_length=40, pattern=r"^[a-z_.]*$")]
_Before = Annotated[int | None, Query(ge=1, lt=1 << 62)]


class EntryModel(BaseModel):
    """An entry of the log, with who it was by name where that is known."""

    model_config = ConfigDict(extra="forbid")

    seq: int
    at: str
    actor: str
    act: str
    detail: dict[str, JsonValue]


class GroupModel(BaseModel):
    """Acts that belong together, as `store.audit_acts` has them."""

    model_config = ConfigDict(extra="forbid")

    group: str
    acts: list[str]


class EntriesModel(BaseModel):
    """A page of the log, newest first; `more` says whether there are older ones.

    `groups` are all acts that there are, as people look for them; `schools` names those that the
    entries name by number.
    """

    model_config = ConfigDict(extra="forbid")

    entries: list[EntryModel]
    more: bool
    groups: list[GroupModel]
    schools: dict[str, str]


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    store = bench.system.store_database

    @bench.route(app, "GET", _PATH, Act.AUDIT, gives=EntriesModel)
    async def read_audit(
        member: Member,
        act: _Act = "",
        since: date | None = None,
        until: date | None = None,
        before: _Before = None,
    ) -> Response:
        """The log by days, both included, and by act: its name, its beginning, or a group's."""
        wanted = _search(member, act, since, until, before, _PAGE + 1)
        found = await bench.ask(lambda: search(store, wanted))
        told = [_told(*each) for each in found[:_PAGE]]
        return json_response({
            "entries": told, "more": len(found) > _PAGE, "groups": _GROUPS,
            "schools": await bench.ask(lambda: _schools(bench.system, told)),
        })  # fmt: skip

    @bench.route(app, "GET", f"{_PATH}/table", Act.AUDIT)
    async def take_audit_table(
        member: Member,
        act: _Act = "",
        since: date | None = None,
        until: date | None = None,
    ) -> Response:
        """The newest 10,000 of them as CSV for spreadsheet programs; nothing is a formula."""
        wanted = _search(member, act, since, until, None, _TABLE)
        content = await bench.ask(lambda: _table(search(store, wanted)))
        return Response(content, headers=_named("nhat-ky.csv"), media_type="text/csv")

    @bench.route(app, "GET", f"{_PATH}/log", Act.AUDIT)
    async def take_audit_log(member: Member) -> Response:
        """The whole log as JSON lines, which ``sogoc audit verify --file`` checks anywhere."""
        if member.school is not None:
            raise RefusedError("staff.city_only")
        lines = trail.as_lines(trail.system_trail(bench.system))
        return StreamingResponse(lines, headers=_named("nhat-ky.jsonl"), media_type=_LINES)


def _search(
    member: Member, act: str, since: date | None, until: date | None, before: int | None, limit: int
) -> Search:
    last = until + timedelta(days=1) if until is not None and until < date.max else None
    return Search(
        meant(act) if act else None, _second(since), _second(last), member.school, before, limit
    )


def _second(day: date | None) -> int | None:
    """The first second of a day in Viet Nam."""
    return int(datetime.combine(day, time(), VIETNAM).timestamp()) if day else None


def _told(entry: Entry, actor: str) -> dict[str, object]:
    return {
        "seq": entry.seq, "at": local_time(entry.at), "actor": actor, "act": entry.act,
        "detail": orjson.loads(entry.detail),
    }  # fmt: skip


def _table(found: Sequence[tuple[Entry, str]]) -> bytes:
    rows: Iterable[spreadsheet.Row] = (
        [each.seq, local_time(each.at), actor, _words(each.act), each.act, each.detail]
        for each, actor in found
    )
    return spreadsheet.as_csv(_HEADINGS, rows)


def _words(act: str) -> str:
    """What an act is called; its code where an older version did something that is done no more."""
    code = f"audited.{act.replace('.', '_')}"
    return messages.text("vi", code) if act in ACTS else act


def _schools(system: System, told: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the schools that these entries are about, by number."""
    numbers = {each["detail"].get("school") for each in told}
    day = today()
    found = {
        number: system.desk.numbered(number, day) for number in numbers if isinstance(number, int)
    }
    return {str(number): one.name for number, one in found.items() if one}


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
