"""`sogoc book`: the register of a school, type and year, on the screen, printed, or as a table."""

from pathlib import Path

import click

from api.book import printing, taking
from api.book.notes import notes, printed, sentence
from api.commands.parameters import KIND
from api.commands.things import write_private, writing
from api.session import Session
from api.terminal import printable
from credential.model import CredentialType
from registry.book import Asked, Book, BookLine, Order
from store.actors import OPERATOR

_SHOWN = 50  # lines on the screen
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--school", "code", required=True, help="Mã trường / the school's code.")
@click.option(
    "--year",
    type=click.IntRange(1900, 2199),
    required=True,
    help="Năm của sổ / the register's year.",
)
@click.option(
    "--type",
    "kind",
    type=KIND,
    default=CredentialType.THPT_DIPLOMA.key,
    show_default=True,
    help="Loại văn bằng / type of credential.",
)
@click.option(
    "--search",
    default="",
    metavar="TEXT",
    help="Tìm: tên có dấu hay không dấu, số hiệu, số vào sổ, lớp, ngày sinh / a name with "
    "or without marks, a number, a class, a birth date.",
)
@click.option("--class", "class_name", help="Chỉ một lớp / one class only.")
@click.option(
    "--from",
    "first",
    type=click.IntRange(1),
    metavar="N",
    help="Từ số thứ tự / from this number on.",
)
@click.option(
    "--to", "last", type=click.IntRange(1), metavar="N", help="Đến số thứ tự / up to this number."
)
@click.option("--by-name", is_flag=True, help="Xếp theo tên / in order of names.")
@click.option("--csv", "csv_file", type=_OUT, metavar="OUT", help="Ghi ra tệp / write a table.")
@click.option(
    "--pdf", "pdf_file", type=_OUT, metavar="OUT", help="In ra tệp / write a printed book."
)
@click.option(
    "--by", "actor", default=OPERATOR, metavar="NAME", help="Người in, xuất / who takes it."
)
@click.pass_obj  # fmt: skip
def book(
    session: Session,
    code: str,
    year: int,
    kind: str,
    search: str,
    class_name: str | None,
    first: int | None,
    last: int | None,
    csv_file: Path | None,
    pdf_file: Path | None,
    actor: str,
    *,
    by_name: bool,
) -> None:
    """Xem, tìm, in sổ gốc / look at, search, print the register.

    Every version of each line is there, with how it came about and why it stands no more; numbers
    that no line has are named. What is written to a file is noted in the audit log and as extracts.
    """
    system = session.system
    school = taking.school(system, code)
    wanted = Book(CredentialType.from_key(kind), school.id, year)
    order = Order.NAME if by_name else Order.NUMBER
    asked = Asked(search, None, class_name, order, first, last)
    found = taking.contents(system, school, wanted)
    session.say("register_book.contents", kind=session.word(f"kind.{kind}"), year=str(year),
                school=school.name, lines=found.lines, last=found.last)  # fmt: skip
    if found.gaps:
        session.say("register_book.gaps", gaps=printing.gaps(found.gaps))
    if csv_file is None and pdf_file is None:
        _show(session, wanted, asked)
        return
    volume = taking.volume(system, school, wanted, asked, actor)
    for form, path in (("csv", csv_file), ("pdf", pdf_file)):
        if path is not None:
            _write(session, volume, form, path)


def _show(session: Session, wanted: Book, asked: Asked) -> None:
    page = session.system.books.page(wanted, asked, limit=_SHOWN)
    for line in page.lines:
        session.say("register_book.line", **_about(session, line))
        for note in notes(line):
            session.show(f"      {printable(sentence(session.lang, note))}")
    if page.after is not None:
        session.say("register_book.more")
    elif not page.lines:
        session.say("register_book.none")


def _about(session: Session, line: BookLine) -> dict[str, object]:
    number = str(line.number) if line.version == 1 else f"{line.number}.{line.version}"
    return {
        "number": f"{number:>6}", "name": f"{printable(line.name):<30}",
        "birth": f"{printed(line.birth):>10}", "class_name": f"{line.class_name or '':<6}",
        "serial": line.serial or "–", "register_no": line.register_no,
        "state": printing.state(session.lang, line),
    }  # fmt: skip


def _write(session: Session, volume: printing.Volume, form: str, path: Path) -> None:
    is_pdf = form == "pdf"
    content = printing.as_pdf(volume) if is_pdf else printing.as_csv(volume.lines)
    taking.note(session.system, volume, form)
    with writing(path):
        write_private(path, content)
    said = "register_book.written" if is_pdf else "register_book.exported"
    about = {"digest": volume.digest} if is_pdf else {}
    session.say(said, count=len(volume.lines), path=path, **about)
