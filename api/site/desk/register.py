"""The register on the workbench: its books, a page at a time, printed or as a table.

What is looked for and which line a page goes on behind stand in bodies, never in addresses.
"""

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.book import printing, taking
from api.book.notes import notes, printed
from api.clock import today
from api.desk import keeping
from api.desk.policy import Act, Member
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from credential.errors import RefusedError
from credential.model import CredentialType, Lane
from credential.records import SchoolRecord
from registry.book import Asked, Book, BookLine, Mark, Order

LIMIT = 8192  # bytes of a body
Kind = Literal[
    "thpt-diploma", "transcript", "transfer-record", "digitised-diploma", "certified-copy"
]
School = Annotated[int | None, Field(ge=0, lt=1 << 32, description="None: one's own")]
Year = Annotated[int, Field(ge=1900, le=2199)]
_NUMBER = Annotated[int, Field(ge=1, lt=1 << 31)]
_MEDIA = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}


class BooksModel(BaseModel):
    """Of which school."""

    model_config = ConfigDict(extra="forbid")

    school: School = None


class BookModel(BooksModel):
    """A book of the register."""

    type: Kind
    year: Year


class EverywhereModel(BooksModel):
    """Words that a line of any book has: name, birth date, serial, register number."""

    text: Annotated[str, Field(min_length=1, max_length=200)]


class MarkModel(BaseModel):
    """A version of a line in its book."""

    model_config = ConfigDict(extra="forbid")

    number: _NUMBER
    version: _NUMBER


class PageModel(BookModel):
    """Which lines of it, in what order, behind which."""

    text: Annotated[str, Field(max_length=200)] = ""
    lane: Literal["active", "suspended", "superseded", "revoked"] | None = None
    class_name: Annotated[str, Field(max_length=40)] | None = None
    order: Order = Order.NUMBER
    first: _NUMBER | None = None
    last: _NUMBER | None = None
    after: MarkModel | None = None

    @property
    def mark(self) -> Mark | None:
        """Behind which line, for the registry."""
        return Mark(self.after.number, self.after.version) if self.after else None

    @property
    def asked(self) -> Asked:
        """The same for the registry. What no text of the register holds is not asked for."""
        lane = Lane[self.lane.upper()] if self.lane else None
        name = self.class_name if self.class_name and self.class_name.isprintable() else None
        return Asked(self.text, lane, name, self.order, self.first, self.last)


class TakeModel(PageModel):
    """The same lines, all of them, to be taken out."""

    form: Literal["pdf", "csv"]


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    system = bench.system

    @bench.route(app, "POST", "/api/desk/register/books", Act.READ, takes=BooksModel)
    async def register_books(request: Request, member: Member) -> Response:
        """The books of a school, newest first, and the schools whose registers one works with."""
        given = await bodies.members(request, LIMIT, BooksModel)
        return json_response(await bench.ask(partial(_books, bench, member, given.school)))

    @bench.route(app, "POST", "/api/desk/register/contents", Act.READ, takes=BookModel)
    async def register_contents(request: Request, member: Member) -> Response:
        """How much a book holds, in which states, of which classes, and numbers without a line."""
        given = await bodies.members(request, LIMIT, BookModel)

        def tell() -> dict[str, Any]:
            school = own_school(bench, member, given.school)
            found = taking.contents(system, school, _book(school, given))
            return {
                "lines": found.lines, "last": found.last, "classes": found.classes,
                "states": {lane.name.lower(): count for lane, count in found.states.items()},
                "gaps": printing.gaps(found.gaps),
            }  # fmt: skip

        return json_response(await bench.ask(tell))

    @bench.route(app, "POST", "/api/desk/register/page", Act.READ, takes=PageModel)
    async def register_page(request: Request, member: Member) -> Response:
        """Some lines of a book, every version of them, with their notes."""
        given = await bodies.members(request, LIMIT, PageModel)

        def tell() -> dict[str, Any]:
            school = own_school(bench, member, given.school)
            page = system.books.page(_book(school, given), given.asked, given.mark)
            where = {"school": school.id, "type": given.type, "year": given.year}
            keeping.note_look(system, member, "register", **where)
            return {
                "lines": [_line(line) for line in page.lines],
                "after": page.after._asdict() if page.after else None,
            }

        return json_response(await bench.ask(tell))

    _install_searching(app, bench)


def _install_searching(app: FastAPI, bench: Bench) -> None:
    """Search across books, and taking lines out."""
    system = bench.system

    @bench.route(app, "POST", "/api/desk/register/find", Act.READ, takes=EverywhereModel)
    async def register_find(request: Request, member: Member) -> Response:
        """The lines of all books of a school that hold some words, the best first."""
        given = await bodies.members(request, LIMIT, EverywhereModel)

        def tell() -> dict[str, Any]:
            school = own_school(bench, member, given.school)
            found, more = system.books.everywhere(school.id, given.text)
            keeping.note_look(system, member, "register", school=school.id, found=len(found))
            told = [_line(line) | {"type": book.type.key, "year": book.year}
                    for book, line in found]  # fmt: skip
            return {"lines": told, "more": more}

        return json_response(await bench.ask(tell))

    @bench.route(app, "POST", "/api/desk/register/taken", Act.DELIVER, takes=TakeModel)
    async def register_taken(request: Request, member: Member) -> Response:
        """These lines printed or as a table; who takes them is noted, line by line."""
        given = await bodies.members(request, LIMIT, TakeModel)

        def make() -> bytes:
            school = own_school(bench, member, given.school)
            volume = taking.volume(system, school, _book(school, given), given.asked, member.actor)
            is_pdf = given.form == "pdf"
            content = printing.as_pdf(volume) if is_pdf else printing.as_csv(volume.lines)
            taking.note(system, volume, given.form)
            return content

        headers = {"Content-Disposition": f'attachment; filename="so-goc.{given.form}"'}
        content = await bench.ask(make)
        return Response(content, media_type=_MEDIA[given.form], headers=headers)


def own_school(bench: Bench, member: Member, number: int | None) -> SchoolRecord:
    """The school that is meant, one's own if none is named.

    Raises RefusedError ``staff.no_school`` and ``credential.unknown``.
    """
    wanted = member.own if number is None else number
    keeping.check(bench.system, member, wanted)
    found = bench.system.desk.school_of(wanted, today())
    if found is None:
        raise RefusedError("credential.unknown", found=wanted)
    return found


def schools(bench: Bench, member: Member) -> list[dict[str, Any]]:
    """The schools whose registers a member works with, by name."""
    own, day = keeping.registers(bench.system, member), today()
    found = bench.system.desk.schools(day)
    return [
        {"school": each.id, "name": each.name} for each in found if own is None or each.id in own
    ]


def _books(bench: Bench, member: Member, number: int | None) -> dict[str, Any]:
    known = schools(bench, member)
    if number is None and member.school is None:
        return {"school": None, "schools": known, "books": []}
    school = own_school(bench, member, number)
    books = [
        {"type": book.type.key, "year": book.year, "last": last}
        for book, last in bench.system.books.of(school.id)
    ]
    return {"school": school.id, "schools": known, "books": books}


def _book(school: SchoolRecord, given: BookModel) -> Book:
    return Book(CredentialType.from_key(given.type), school.id, given.year)


def _line(line: BookLine) -> dict[str, Any]:
    return {
        "number": line.number, "version": line.version, "register_no": line.register_no,
        "serial": line.serial, "name": line.name, "birth": printed(line.birth),
        "birth_place": line.birth_place, "sex": line.sex, "ethnicity": line.ethnicity,
        "class_name": line.class_name, "classification": line.classification,
        "decision": line.decision_no, "decided": printed(line.decision_on),
        "lane": Lane(line.lane).name.lower(),
        "notes": [{"code": note.code, "params": note.params} for note in notes(line)],
    }  # fmt: skip
