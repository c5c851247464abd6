"""`sogoc digitise`: old paper registers, line by line into the register, then issued."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from api.clock import today
from api.commands.answering import Answered, answering
from api.commands.parameters import FILE, Listing
from api.digitising import code_of, preview
from api.mending import fault_line
from api.session import Session
from api.terminal import printable
from credential.errors import ConflictError, InputError, RefusedError
from credential.lines import HeldLine, LineState, OldBook, register_no
from credential.model import CredentialType
from credential.records import AwardLine
from credential.text import check_message
from issuer.intake.register_books import read_book
from issuer.lines import LineAsked
from store import actors, audit
from store.outbox import now

_Command = Callable[..., Any]
_SCHOOL = click.option(
    "--school", "code", required=True, help="Mã đơn vị đang quản lý sổ / who manages the book."
)
_BOOK = click.option(
    "--book", required=True, metavar="CODE", help="Ký hiệu sổ, vd. Q3-85 / the book's code."
)
_BY = click.option("--by", required=True, metavar="NAME", help="Người thực hiện / who does it.")


@click.group(cls=Listing)
def digitise() -> None:
    """Số hóa sổ gốc cũ / old paper registers, entered and checked by two persons."""


@digitise.command()
@click.argument("code", metavar="SCHOOL")
@click.argument("book")
@click.option("--title", required=True, help="Tên sổ, quyển / name and volume.")
@click.option("--document", required=True, help="Tên văn bằng ghi trong sổ / what it awarded.")
@click.option("--issuer", required=True, help="Cơ quan cấp thời đó / who awarded then.")
@click.option("--signer-title", required=True, help="Chức danh người ký thời đó / who signed then.")
@click.pass_obj
def book(
    session: Session,
    code: str,
    book: str,
    title: str,
    document: str,
    issuer: str,
    signer_title: str,
) -> None:
    """Khai báo một quyển sổ cũ / describe an old book.

    SCHOOL manages it today, BOOK is the code by which its lines are named (capitals, digits, . -).
    """
    school = school_id(session, code)
    session.system.old_books.open(OldBook(school, book, title, document, issuer, signer_title))
    session.say("digitise.opened", book=book, title=printable(title))


@digitise.command()
@click.argument("file", type=FILE)
@_SCHOOL
@_BOOK
@click.option(
    "--scans",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Thư mục ảnh quét, mỗi trang một tệp / scans of the pages.",
)
@_BY
@click.pass_obj
def enter(session: Session, file: Path, code: str, book: str, scans: Path, by: str) -> None:
    """Nhập các dòng của sổ từ tệp Excel / enter lines of a book from an Excel file.

    A page's scan is the file that the row names, or the one whose name ends in the page's number.
    All faults are reported at once and nothing is entered while there is one.
    """
    system = session.system
    found = system.old_books.book(school_id(session, code), book)
    kept = {
        path.name: system.scans.keep(found.school, path.read_bytes())
        for path in sorted(scans.iterdir())
        if path.is_file()
    }
    seen = preview(read_book(file.read_bytes()), found, kept, system.old_books)
    for notice in seen.notices:
        session.notice(fault_line(session.lang, notice))
    if seen.faults:
        raise InputError(seen.faults)
    new = system.old_books.enter(found, seen.lines, by)
    session.say("digitise.entered", count=new, all=len(seen.rows), book=book)


@digitise.command()
@_SCHOOL
@_BOOK
@click.option("--page", help="Trang / which page.")
@click.option(
    "--seen", metavar="CODE", help="Mã của trang như đã xem / the page's code as it was shown."
)
@click.option("--agree", is_flag=True, help="Cả trang đúng với ảnh quét / the page is right.")
@click.option(
    "--differs",
    multiple=True,
    nargs=2,
    metavar="NUMBER REMARK",
    help="Dòng khác với trang sổ / a line that is not what the page says.",
)
@click.option("--by", metavar="NAME", help="Người đối chiếu / who checks; not who entered.")
@click.pass_obj
def check(
    session: Session,
    code: str,
    book: str,
    page: str | None,
    seen: str | None,
    agree: bool,
    differs: Sequence[tuple[str, str]],
    by: str | None,
) -> None:
    """Đối chiếu với trang sổ / compare the lines of a page with its scan.

    Without --agree shows what waits, and of a page its code. Whoever entered a line never checks
    it. With --agree all lines of the page but those that differ are in the register; a page that
    was entered anew since has another code, and is looked at again.
    """
    books, school = session.system.old_books, school_id(session, code)
    found = books.book(school, book)
    waiting = [
        one
        for one in books.lines(school, book, (LineState.ENTERED, LineState.DIFFERS))
        if page is None or one.line.page == page
    ]
    if not (agree or differs):
        for one in waiting:
            _tell(session, one)
        session.say("digitise.waiting", count=len(waiting), book=book)
        if page is not None and waiting:
            session.say("digitise.page_code", page=page, seen=code_of(waiting))
        return
    if by is None or page is None or seen is None:
        raise click.UsageError("--by NAME --page PAGE --seen CODE")
    if seen != code_of(waiting):
        raise ConflictError("digitise.page_changed", page=page, found=seen)
    wrong, digests = dict(differs), {one.line.number: one.line.digest for one in waiting}
    for number, remark in wrong.items():
        books.differ(found, number, digests.get(number, ""), by, remark)
    due = {number: digest for number, digest in digests.items() if number not in wrong}
    done = books.agree(found, due, by) if agree else 0
    session.say("digitise.checked", count=done, differing=len(wrong), book=book)


@digitise.command()
@_SCHOOL
@_BOOK
@click.option("--number", required=True, help="Số vào sổ / which line.")
@click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")
@_BY
@click.pass_obj
def withdraw(session: Session, code: str, book: str, number: str, reason: str, by: str) -> None:
    """Rút một dòng đã đối chiếu mà chưa cấp / take a checked line out again.

    Of a line that was never issued or copied. It goes back to whoever enters, and is checked anew.
    """
    books, school = session.system.old_books, school_id(session, code)
    held = books.lines(school, book, (LineState.CHECKED,))
    digests = {one.line.number: one.line.digest for one in held}
    if number not in digests:
        raise ConflictError("digitise.not_checked", found=number)
    check_message(reason, 500)
    books.withdraw(books.book(school, book), number, digests[number], by, reason)
    session.say("digitise.withdrawn", number=number, book=book)


@digitise.command()
@_SCHOOL
@_BOOK
@click.option("--number", "numbers", multiple=True, help="Số vào sổ / only these lines.")
@answering
@click.pass_obj
def issue(
    session: Session, code: str, book: str, numbers: Sequence[str], answered: Answered
) -> None:
    """Cấp văn bằng số hóa / issue checked lines as digitised diplomas.

    They are a type of their own, which nobody can take for a new diploma. The same again completes
    what was interrupted.
    """
    kind, school = CredentialType.DIGITISED, school_id(session, code)
    lines = [AwardLine(kind, school, register_no(book, number)) for number in numbers]
    lines = lines or [*session.system.desk.ready(school, book)]
    answered.issue(session, code, kind, [LineAsked(line) for line in lines])


@digitise.command()
@_SCHOOL
@click.option("--erase", is_flag=True, help="Xóa các ảnh ấy / erase them.")
@click.pass_obj
def tidy(session: Session, code: str, erase: bool) -> None:
    """Ảnh quét không dòng nào dùng / scans that no line names.

    They count in the school's quota. Says how many lie there for a day; with --erase they are gone.
    """
    system, school = session.system, school_id(session, code)
    found = system.scans.unused(school, system.old_books.scans(school), now())
    if erase and found:
        about = {"school": school, "count": len(found)}
        audit.note(system.store_database, now(), actors.OPERATOR, "scans.erased", **about)
        for digest in found:
            system.scans.erase(school, digest)
    said = "digitise.scans_erased" if erase else "digitise.scans_unused"
    session.say(said, count=len(found), size=sum(found.values()))


def school_id(session: Session, code: str) -> int:
    """The number on chain of the school with that code. Raises RefusedError ``school.unknown``."""
    found = session.system.desk.school(code, today())
    if found is None:
        raise RefusedError("school.unknown", found=code)
    return found.id


def _tell(session: Session, one: HeldLine) -> None:
    line = one.line
    said = [line.number, line.name, line.birth.printed(), line.birth_place, line.serial,
            str(line.year), line.classification, line.issued.printed(), line.signer]  # fmt: skip
    session.show(printable(f"{line.page}: " + " · ".join(each for each in said if each)))
    if one.remark:
        session.show(printable(f"    ≠ {one.remark} ({one.checked_by})"))
