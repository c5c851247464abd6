"""`sogoc report`: the department's queue of what the public reports."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from api import reporting, reportlist, spreadsheet
from api.clock import today
from api.commands.parameters import Listing
from api.commands.things import writing
from api.session import Session
from credential import lookup
from credential.errors import UnavailableError
from store.reports import Report, ReportState

_DAY = 86_400  # seconds
_WIDTH = 24  # characters of an exported column


@click.group(cls=Listing)
def report() -> None:
    """Phản ánh của người dân / what the public reports, and where chain and register disagree."""


@report.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in ReportState]),
    multiple=True,
    help="Chỉ các trạng thái này / only these. [default: all open ones]",
)
@click.option("--overdue", is_flag=True, help="Chỉ phiếu quá hạn / only what is overdue.")
@click.pass_obj  # fmt: skip
def list_(session: Session, states: tuple[str, ...], *, overdue: bool) -> int:
    """Liệt kê phiếu, gấp nhất trước / list reports, the most urgent first.

    Exit code: 0 nothing is overdue, 1 something is.
    """
    day = today()
    wanted = [ReportState(state) for state in states]
    found = session.system.reports.listed(wanted, day if overdue else None)
    session.show("\n".join(reportlist.lines(session.lang, found, _names(session), day)))
    return int(any(reportlist.is_overdue(one, day) for one in found))


@report.command()
@click.argument("code")
@click.option(
    "--contact",
    is_flag=True,
    help="Kèm cách liên hệ / with how to reach the reporter; --by says who reads it.",
)
@click.option("--by", "actor", metavar="NAME", help="Người xem / who looks.")
@click.pass_obj  # fmt: skip
def show(session: Session, code: str, actor: str | None, *, contact: bool) -> None:
    """Xem một phiếu / show all of a report."""
    reports = session.system.reports
    found = reports.find(reporting.parse_ticket(code))
    if contact:
        reports.contacts_read([found], _named(actor))
    about = reportlist.details(
        session.lang, found, reports.alike(found), _names(session), contact=contact
    )
    session.show("\n".join(about))
    session.show("\n".join(("", *reportlist.history(session.lang, reports.history(found)))))


def _act(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every act on a report must say."""
    for decorate in reversed((
        click.argument("code"),
        click.option("--alike", is_flag=True,
                     help="Cả các phiếu khác về cùng văn bằng / and all open ones on the same."),
        click.option("--by", "actor", required=True, metavar="NAME",
                     help="Người thực hiện / who carries it out."),
        click.pass_obj,
    )):  # fmt: skip
        command = decorate(command)
    return command


@report.command()
@_act
def take(session: Session, code: str, actor: str, *, alike: bool) -> None:
    """Nhận xử lý / start looking into a report."""
    _each(session, code, alike, lambda ticket: _move(session, ticket, ReportState.LOOKING, actor))


@report.command()
@_act
def ask(session: Session, code: str, actor: str, *, alike: bool) -> None:
    """Ghi đã hỏi nhà trường / note that the school was asked."""
    _each(session, code, alike, lambda ticket: _move(session, ticket, ReportState.ASKED, actor))


@report.command()
@_act
@click.argument("text")
def answer(session: Session, code: str, text: str, actor: str, *, alike: bool) -> None:
    """Ghi câu trả lời công khai / write the answer that the reporter reads.

    It shows at once, in place of an earlier one. Name nobody in it: who has the ticket reads it.
    """
    words = reporting.message(text)
    if not words:
        raise click.UsageError("thiếu câu trả lời / the answer is empty")
    reports = session.system.reports
    _each(session, code, alike, lambda ticket: reports.answer(ticket, words, actor))


@report.command()
@_act
def close(session: Session, code: str, actor: str, *, alike: bool) -> None:
    """Kết thúc, khi đã có câu trả lời / close a report that has its answer."""
    _each(session, code, alike, lambda ticket: _move(session, ticket, ReportState.CLOSED, actor))


@report.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--for",
    "receiver",
    type=click.Choice(["1022"]),
    default="1022",
    show_default=True,
    help="Nơi nhận / for whom.",
)
@click.option("--all", "everything", is_flag=True, help="Cả phiếu đã kết thúc / closed ones, too.")
@click.option(
    "--with-contact",
    is_flag=True,
    help="Kèm cách liên hệ / with how to reach reporters; --by says who takes them.",
)
@click.option("--by", "actor", metavar="NAME", help="Người xuất / who exports.")
@click.pass_obj  # fmt: skip
def export(
    session: Session,
    out: Path,
    receiver: str,  # noqa: ARG001 — there is one so far
    actor: str | None,
    *,
    everything: bool,
    with_contact: bool,
) -> None:
    """Xuất cho tổng đài 1022 / write a table for the city's 1022 line (.csv or .xlsx)."""
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise click.UsageError("cần tệp .csv hoặc .xlsx / the file must end in .csv or .xlsx")
    reports = session.system.reports
    found = reports.listed(list(ReportState) if everything else ())
    if with_contact:
        reports.contacts_read(found, _named(actor))
    head = reportlist.headings(session.lang, contact=with_contact)
    table = reportlist.rows(session.lang, found, _names(session), contact=with_contact)
    if out.suffix.lower() == ".csv":
        data = spreadsheet.as_csv(head, table)
    else:
        data = spreadsheet.as_xlsx(head, [_WIDTH] * len(head), table)
    with writing(out):
        draft = out.with_name(f"{out.name}.tmp")
        draft.write_bytes(data)
        draft.replace(out)
    session.say("report.exported", count=len(found), path=out)


@report.command()
@click.pass_obj
def erase(session: Session) -> None:
    """Xóa liên hệ và lời nhắn đã hết hạn giữ / erase contacts and messages whose time is over.

    `sogoc serve` does it once a day, too.
    """
    before = int(time.time()) - reporting.KEPT_DAYS * _DAY
    session.say("report.erased", count=session.system.reports.erase(before))


def _move(session: Session, ticket: str, state: ReportState, actor: str) -> Report:
    return session.system.reports.move(ticket, state, actor)


def _each(session: Session, code: str, alike: bool, act: Callable[[str], Report]) -> None:
    """Do it to the report with that code and, if wanted, to all open ones on the same artefact."""
    reports = session.system.reports
    named = reports.find(reporting.parse_ticket(code))
    others = [one for one in reports.alike(named) if one.is_open and one.id != named.id]
    for one in (named, *(others if alike else ())):
        found = act(one.draft.ticket)
        session.say(
            "report.changed", ticket=lookup.grouped(found.draft.ticket), state=found.state.value
        )


def _named(actor: str | None) -> str:
    if not actor:
        raise click.UsageError("thiếu --by: ai xem liên hệ / --by must say who reads contacts")
    return actor


def _names(session: Session) -> dict[int, str]:
    """What schools are called today; nothing while the register is silent."""
    day = today()
    try:
        return {school.id: school.name for school in session.system.desk.schools(day)}
    except UnavailableError:
        return {}
