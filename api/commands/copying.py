"""`sogoc copy`: electronic certified copies from the register, in minutes."""

from collections.abc import Sequence

import click

from api.commands.answering import Answered, answering
from api.commands.digitise import school_id
from api.commands.parameters import BIRTH, Listing
from api.session import Session
from api.terminal import printable
from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.lines import RegisterLine
from credential.model import CredentialType
from credential.requests import Capacity, CopyRequest
from issuer.capacities import rules
from issuer.lines import LineAsked
from web import messages

_SCHOOL = click.option(
    "--school", "code", required=True, help="Mã đơn vị quản lý sổ gốc / who manages the register."
)


@click.group("copy", cls=Listing)
def copy() -> None:
    """Cấp bản sao từ sổ gốc / certified copies from the register."""


@copy.command()
@_SCHOOL
@click.option("--number", help="Số vào sổ hoặc số hiệu / register or serial number.")
@click.option("--name", help="Họ tên / name, with --birth.")
@click.option("--birth", type=BIRTH, help="Ngày sinh, hoặc năm sinh / birth, or its year.")
@click.pass_obj
def find(
    session: Session, code: str, number: str | None, name: str | None, birth: PartialDate | None
) -> None:
    """Tìm dòng trong sổ gốc / find a line of the register.

    By number, or by name and birth; registers of schools that the body came after are looked at
    too, and old books as soon as they were checked.
    """
    found = _found(session, code, number, name, birth)
    for line in found:
        session.show(_line(session, line))
    session.say("copy.found", count=len(found))


@copy.command()
@_SCHOOL
@click.option("--number", required=True, help="Số vào sổ hoặc số hiệu / which line.")
@click.option("--applicant", required=True, metavar="NAME", help="Người yêu cầu / who asks.")
@click.option(
    "--capacity",
    type=click.Choice([capacity.value for capacity in Capacity]),
    default=Capacity.HOLDER.value,
    show_default=True,
    help="Quan hệ với người được cấp / how they stand to the holder.",
)
@click.option("--proof", metavar="TEXT", help="Giấy tờ chứng minh / by what paper.")
@click.option("--fee", type=int, default=0, metavar="ĐỒNG", help="Lệ phí / fee taken.")
@click.option("--dossier", metavar="CODE", help="Mã hồ sơ / number of the request.")
@click.option("--count", type=click.IntRange(1, 20), default=1, help="Số bản / how many.")
@answering
@click.pass_obj
def issue(
    session: Session,
    code: str,
    number: str,
    applicant: str,
    capacity: str,
    proof: str | None,
    fee: int,
    dossier: str | None,
    count: int,
    answered: Answered,
) -> None:
    """Cấp bản sao điện tử có mã QR / issue a copy with its QR code.

    It gets the next number of this year's copy register and stands as long as the line does. The
    same request again finds the copy; another one of the same person bears another --dossier.
    """
    [line] = _one(_found(session, code, number, None, None), number)
    asked = CopyRequest(applicant, Capacity(capacity), proof, fee, dossier)
    session.say("copy.asked_as", article=rules()[asked.capacity].article)
    lines = [LineAsked(line.line, asked, at) for at in range(1, count + 1)]
    answered.issue(session, code, CredentialType.COPY, lines)


@copy.command()
@_SCHOOL
@click.option("--year", type=click.IntRange(1990, 2199), help="Năm / which year. [default: all]")
@click.pass_obj
def book(session: Session, code: str, year: int | None) -> None:
    """Sổ cấp bản sao / the copy register, newest first."""
    found = session.system.desk.copy_book(school_id(session, code), year)
    for one in found:
        asked, of = one.request, one.copied
        said = [one.line.register_no, f"{one.issued:%d/%m/%Y}", one.holder, of.register_no,
                asked.applicant, messages.text(session.lang, f"copy.{asked.capacity.value}"),
                f"{asked.fee} đ", one.lane.name, one.standing.name]  # fmt: skip
        session.show(printable(" · ".join(said)))
    session.say("copy.book", count=len(found))


def _found(
    session: Session, code: str, number: str | None, name: str | None, birth: PartialDate | None
) -> Sequence[RegisterLine]:
    if number is None and (name is None or birth is None):
        raise click.UsageError("--number NUMBER | --name NAME --birth dd/mm/yyyy")
    return session.system.desk.find_lines(school_id(session, code), number, name, birth)


def _one(found: Sequence[RegisterLine], number: str) -> Sequence[RegisterLine]:
    """Exactly one. Raises RefusedError ``line.unknown``, ConflictError ``copy.ambiguous``."""
    if not found:
        raise RefusedError("line.unknown", found=number)
    if len(found) > 1:
        several = ", ".join(line.line.register_no for line in found)
        raise ConflictError("copy.ambiguous", found=number, several=several)
    return found


def _line(session: Session, line: RegisterLine) -> str:
    kind = messages.text(session.lang, f"kind.{line.line.type.key}")
    said = [line.line.register_no, line.serial, line.holder.name, line.holder.birth.printed(),
            line.document, line.issuer, line.issued.printed(), kind, line.lane.name]  # fmt: skip
    return printable(" · ".join(each for each in said if each))
