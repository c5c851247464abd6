"""Old books over HTTP: describe, type in with scans, check line by line, hand in to be issued."""

from base64 import b64decode
from binascii import Error as Base64Error
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.desk import lines, parsing
from api.desk.policy import Act, Member
from api.digitising import Preview, preview
from api.site import bodies
from api.site.answering import json_response
from api.site.desk.bench import Bench
from credential.errors import FormatError, InputError, RefusedError
from credential.lines import LineState, OldBook
from credential.text import check_message
from store.scans import MAX_BYTES, kind_of

_LIMIT = 16_384  # bytes of a body
_CHECKED = 131_072  # bytes of 500 numbers with digests
_SHEET = 4 * 1024 * 1024  # bytes of a workbook as base64, with the names of scans
_SCANS = 2000  # pages that one workbook may speak of
_SHOWN = 200  # faults and notices that are told at once
_PATH = "/api/desk/books"
_STATES = {"open": (LineState.ENTERED, LineState.DIFFERS), "checked": (LineState.CHECKED,)}
_FILES = ("application/octet-stream", "image/jpeg", "image/png", "image/webp", "application/pdf")
_Code = Annotated[str, Query(min_length=1, max_length=12)]
_Digest = Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]
_Number = Annotated[str, Field(min_length=1, max_length=40)]
_Seen = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DescribedModel(_Model):
    """What an old book is: its code, name and volume, what it awarded, by whom, signed by whom."""

    code: str = Field(max_length=12)
    title: str = Field(max_length=200)
    document: str = Field(max_length=200)
    issuer: str = Field(max_length=200)
    signer_title: str = Field(max_length=200)


class CountedModel(DescribedModel):
    """A book with how many of its lines are in which state."""

    counts: dict[str, int]


class BooksModel(_Model):
    """The books that the school manages, and who may sign for it today."""

    books: list[CountedModel]
    signers: list[dict[str, str]]


class ScanModel(_Model):
    """A scan that is kept, by its SHA-256."""

    digest: str


class SheetModel(_Model):
    """A workbook (base64) of a book's lines and its scans by file name; `enter` writes them."""

    book: str = Field(max_length=12)
    file: str = Field(max_length=_SHEET)
    scans: dict[str, str]
    enter: bool = False


class PreviewModel(_Model):
    """What the workbook comes to; `entered` is how many lines are new, once they are written."""

    lines: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    fault_count: int
    notice_count: int
    entered: int | None


class LinesModel(_Model):
    """Lines of a book that say what their page says: number → `digest` of the line as seen."""

    book: str = Field(max_length=12)
    seen: dict[_Number, _Seen] = Field(min_length=1, max_length=500)


class DiffersModel(_Model):
    """A line that differs from its page, and in what."""

    book: str = Field(max_length=12)
    number: _Number
    digest: _Seen
    remark: str = Field(min_length=1, max_length=500)


class WithdrawnModel(_Model):
    """A checked line that is to leave the register again, and why."""

    book: str = Field(max_length=12)
    number: _Number
    digest: _Seen
    reason: str = Field(min_length=1, max_length=500)


class IssueModel(_Model):
    """A book whose checked lines are to be issued; `signer` empty: the head signs."""

    book: str = Field(max_length=12)
    signer: str = Field("", max_length=100)


def install(app: FastAPI, bench: Bench) -> None:
    """Add the routes."""
    _reading(app, bench)
    _entering(app, bench)
    books = bench.system.old_books

    @bench.route(app, "POST", f"{_PATH}/agree", Act.DIGITISE, takes=LinesModel, status=204)
    async def agree_lines(request: Request, member: Member) -> Response:
        """Lines that are right: they are in the register now. Whoever entered them is refused."""
        given = await bodies.members(request, _CHECKED, LinesModel)
        book = await bench.ask(partial(books.book, member.own, given.book))
        await bench.ask(partial(books.agree, book, given.seen, member.actor))
        return Response(status_code=204)

    @bench.route(app, "POST", f"{_PATH}/differ", Act.DIGITISE, takes=DiffersModel, status=204)
    async def differ_line(request: Request, member: Member) -> Response:
        """A line that is not what its page says goes back."""
        given = await bodies.members(request, _LIMIT, DiffersModel)
        check_message(given.remark, 500)
        book = await bench.ask(partial(books.book, member.own, given.book))
        said = (given.number, given.digest, member.actor, given.remark)
        await bench.ask(partial(books.differ, book, *said))
        return Response(status_code=204)

    @bench.route(app, "POST", f"{_PATH}/withdraw", Act.DIGITISE, takes=WithdrawnModel, status=204)
    async def withdraw_line(request: Request, member: Member) -> Response:
        """A line that was checked by mistake and never issued goes back to be entered anew."""
        given = await bodies.members(request, _LIMIT, WithdrawnModel)
        check_message(given.reason, 500)
        book = await bench.ask(partial(books.book, member.own, given.book))
        said = (given.number, given.digest, member.actor, given.reason)
        await bench.ask(partial(books.withdraw, book, *said))
        return Response(status_code=204)

    @bench.route(app, "POST", f"{_PATH}/issue", Act.DIGITISE, takes=IssueModel)
    async def issue_book(request: Request, member: Member) -> Response:
        """Prepare all checked lines of a book; the principal approves them as any order."""
        given = await bodies.members(request, _LIMIT, IssueModel)
        book = await bench.ask(partial(books.book, member.own, given.book))
        made = await bench.ask(
            partial(lines.digitise, bench.system, member, book, given.signer or None)
        )
        return json_response({"order": made})


def _reading(app: FastAPI, bench: Bench) -> None:
    books, scans = bench.system.old_books, bench.system.scans

    @bench.route(app, "GET", _PATH, Act.DIGITISE, gives=BooksModel)
    async def list_books(member: Member) -> Response:
        """The books that the school manages."""
        found = await bench.ask(partial(books.books, member.own))
        told = [
            {name: getattr(book, name) for name in DescribedModel.model_fields}
            | {"counts": {state.value: many for state, many in counts.items()}}
            for book, counts in found.items()
        ]
        heads = await bench.ask(partial(lines.signers, bench.system, member.own))
        return json_response({"books": told, "signers": heads})

    @bench.route(app, "GET", f"{_PATH}/lines", Act.DIGITISE)
    async def book_lines(
        member: Member, book: _Code, state: Literal["open", "checked"] = "open"
    ) -> Response:
        """The lines of a book that wait for the check, or to be issued."""
        found = await bench.ask(partial(books.lines, member.own, book, _STATES[state]))
        return json_response([*map(lines.held_json, found)])

    @bench.route(app, "GET", f"{_PATH}/scan", Act.DIGITISE)
    async def page_scan(member: Member, book: _Code, digest: _Digest) -> Response:
        """The scan of a page of one of the school's books, for whoever checks it."""
        found = await bench.ask(partial(books.lines, member.own, book))
        if digest not in {one.line.scan for one in found}:
            raise RefusedError("scan.unknown")
        data = await bench.ask(partial(scans.read, member.own, digest))
        kind = kind_of(data)
        ending = kind.rpartition("/")[2]
        headers = {"Content-Disposition": f'attachment; filename="scan.{ending}"',
                   "Cache-Control": "no-store"}  # fmt: skip
        return Response(data, media_type=kind, headers=headers)


def _entering(app: FastAPI, bench: Bench) -> None:
    books, scans = bench.system.old_books, bench.system.scans

    @bench.route(app, "POST", _PATH, Act.DIGITISE, takes=DescribedModel, status=204)
    async def describe_book(request: Request, member: Member) -> Response:
        """Describe an old book."""
        given = await bodies.members(request, _LIMIT, DescribedModel)
        await bench.ask(partial(books.open, OldBook(member.own, **given.model_dump())))
        return Response(status_code=204)

    @bench.route(app, "POST", f"{_PATH}/scans", Act.DIGITISE, gives=ScanModel)
    async def keep_scan(request: Request, member: Member) -> Response:
        """Keep the scan of a page: the bytes of a picture or PDF."""
        data = await bodies.body(request, MAX_BYTES, _FILES)
        kept = await bench.ask(partial(scans.keep, member.own, data))
        return json_response({"digest": kept})

    @bench.route(app, "POST", f"{_PATH}/lines", Act.DIGITISE, takes=SheetModel, gives=PreviewModel)
    async def enter_lines(request: Request, member: Member) -> Response:
        """Read a workbook of lines, and write them if asked to and nothing is to be mended."""
        given = await bodies.members(request, _SHEET, SheetModel)
        book = await bench.ask(partial(books.book, member.own, given.book))
        return json_response(await bench.ask(partial(_entered, bench, member, book, given)))


def _entered(bench: Bench, member: Member, book: OldBook, given: SheetModel) -> dict[str, Any]:
    books, scans = bench.system.old_books, bench.system.scans
    if len(given.scans) > _SCANS:
        raise FormatError("scan.too_many", limit=_SCANS)
    try:
        data = b64decode(given.file, validate=True)
    except (Base64Error, ValueError):
        raise FormatError("request.invalid", where="file") from None
    # Only that they are there: a file that was changed is found when its page is looked at.
    if not all(scans.has(book.school, digest) for digest in set(given.scans.values())):
        raise RefusedError("scan.unknown")
    try:
        found = preview(parsing.read_book(data), book, given.scans, books)
    except InputError as error:
        found = Preview((), error.faults, ())
    entered = None
    if given.enter and not found.faults:
        entered = books.enter(book, found.lines, member.actor)
    said = [
        {"row": row, "number": line.number, "page": line.page, "name": line.name,
         "birth": line.birth.printed(), "serial": line.serial, "year": line.year}
        for row, line in found.rows
    ]  # fmt: skip
    return {
        "lines": said, "faults": [*map(lines.fault_json, found.faults[:_SHOWN])],
        "notices": [*map(lines.fault_json, found.notices[:_SHOWN])],
        "fault_count": len(found.faults), "notice_count": len(found.notices), "entered": entered,
    }  # fmt: skip
