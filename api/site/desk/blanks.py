"""The inventory of blanks on the workbench: what is on hand, what was done, how a year balances."""

from functools import partial
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import ConfigDict

from api.book.notes import printed
from api.clock import today
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from api.site.desk.credentials import Day, Word, day_of
from api.site.desk.register import LIMIT, BookModel, BooksModel, Kind, own_school, schools
from credential.blanks import Fate, Span, Why
from credential.model import CredentialType
from store.blank_reports import Act as Done


class GivenModel(BooksModel):
    """Blanks from one serial to another (none: one alone), and the day."""

    model_config = ConfigDict(extra="forbid")

    type: Kind
    first: Word
    last: Word = ""
    on: Day


class ReceivedModel(GivenModel):
    """Received by a decision or minutes."""

    document: Word


class SpoiledModel(GivenModel):
    """Spoiled, and why."""

    reason: Word


class DestroyedModel(GivenModel):
    """Destroyed by a council with minutes."""

    document: Word
    council: Word


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    stock = bench.system.blanks

    @bench.route(app, "POST", "/api/desk/blanks/stock", Act.READ, takes=BookModel)
    async def blanks_stock(request: Request, member: Member) -> Response:
        """What a school's blanks are, what was done with them, and how a year balances."""
        given = await bodies.members(request, LIMIT, BookModel)
        return json_response(await bench.ask(partial(_stock, bench, member, given)))

    @bench.route(app, "POST", "/api/desk/blanks/received", Act.BLANKS, takes=ReceivedModel)
    async def blanks_received(request: Request, member: Member) -> Response:
        """Take blanks into the inventory."""
        given = await bodies.members(request, LIMIT, ReceivedModel)
        why = Why(member.name, day_of(given.on), document=given.document.strip())
        return json_response(
            await bench.ask(partial(_do, bench, member, given, stock.receive, why))
        )

    @bench.route(app, "POST", "/api/desk/blanks/spoiled", Act.BLANKS, takes=SpoiledModel)
    async def blanks_spoiled(request: Request, member: Member) -> Response:
        """Note that blanks are spoiled."""
        given = await bodies.members(request, LIMIT, SpoiledModel)
        why = Why(member.name, day_of(given.on), reason=given.reason.strip())
        return json_response(await bench.ask(partial(_do, bench, member, given, stock.spoil, why)))

    @bench.route(app, "POST", "/api/desk/blanks/destroyed", Act.BLANKS, takes=DestroyedModel)
    async def blanks_destroyed(request: Request, member: Member) -> Response:
        """Note that blanks were destroyed."""
        given = await bodies.members(request, LIMIT, DestroyedModel)
        why = Why(
            member.name, day_of(given.on), given.document.strip(), council=given.council.strip()
        )
        return json_response(
            await bench.ask(partial(_do, bench, member, given, stock.destroy, why))
        )


def _do(bench: Bench, member: Member, given: GivenModel, act: Any, why: Why) -> dict[str, Any]:
    """Do it at one's own school, or one whose register it keeps."""
    school = own_school(bench, member, given.school).id
    first = given.first.strip()
    last = given.last.strip() or first
    held = act(school, CredentialType.from_key(given.type), first, last, why)
    return {"blanks": held.series.written(held.span), "count": held.span.size}


def _stock(bench: Bench, member: Member, given: BookModel) -> dict[str, Any]:
    known = schools(bench, member)
    if given.school is None and member.school is None:
        return {"school": None, "schools": known, "keeps": False, "year": given.year}
    school, stock = own_school(bench, member, given.school).id, bench.system.blanks
    kind = CredentialType.from_key(given.type)
    held, balance = stock.stock(school, kind), stock.balance(school, kind, given.year)
    return {
        "school": school, "schools": known, "keeps": stock.keeps(school, kind), "year": given.year,
        "today": today().strftime("%d/%m/%Y"),
        "spans": [_span(each.series, each.span, each.fate) for each in held],
        "acts": [_act(each) for each in stock.acts(school, kind)],
        "balance": {
            "opening": balance.opening, "received": balance.received, "used": balance.used,
            "spoiled": balance.spoiled, "destroyed": balance.destroyed,
            "closing": balance.closing, "spoiled_kept": balance.spoiled_kept,
            "under_way": balance.under_way,
        },
    }  # fmt: skip


def _span(series: Any, span: Span, fate: Fate) -> dict[str, Any]:
    return {"blanks": series.written(span), "first": series.serial(span.first),
            "count": span.size, "fate": fate.value}  # fmt: skip


def _act(act: Done) -> dict[str, Any]:
    why = [each for each in (act.document, act.reason, act.council) if each]
    return _span(act.series, act.span, act.fate) | {
        "on": printed(act.on), "by": act.by, "why": "; ".join(why),
    }  # fmt: skip
