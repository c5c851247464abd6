"""`sogoc school head`, `deputy`, `end-term`, `void-term` and `terms`: who may sign, since when."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from api.commands.parameters import DAY
from api.schoolkeys import school_of
from api.session import Session
from api.terminal import printable
from credential.dates import PartialDate
from credential.model import Decision
from registry.entries import HeadEntry
from registry.terms import Office
from web import messages


def _beginning(command: Callable[..., Any]) -> Callable[..., Any]:
    """What a term needs, of a head or of a deputy."""
    for decorate in reversed((
        click.argument("code"),
        click.argument("name"),
        click.option("--title", metavar="TEXT", required=True,
                     help="Chức vụ, vd. Hiệu trưởng / the title with which they sign."),
        click.option("--from", "since", type=DAY, required=True,
                     help="Từ ngày / first day of the term."),
        click.option("--until", type=DAY, help="Đến hết ngày / last day. [default: no end]"),
        click.pass_obj,
    )):  # fmt: skip
        command = decorate(command)
    return command


@click.command()
@click.option("--decision", metavar="NUMBER",
              help="Số quyết định bổ nhiệm / number of the appointment.")  # fmt: skip
@_beginning
def head(
    session: Session, code: str, name: str, title: str, since: date, until: date | None,
    decision: str | None,
) -> None:  # fmt: skip
    """Bổ nhiệm người đứng đầu / enter a head's term of office.

    CODE is the school's code. There is one head at a time: end the earlier term first.
    """
    _begin(session, code, HeadEntry(0, name, title, since, until, False, decision))


@click.command()
@click.option("--decision", metavar="NUMBER", required=True,
              help="Số quyết định giao ký / number of the assignment.")  # fmt: skip
@_beginning
def deputy(
    session: Session, code: str, name: str, title: str, since: date, until: date | None,
    decision: str,
) -> None:  # fmt: skip
    """Giao cấp phó ký / enter the term of a deputy who is assigned to sign.

    CODE is the school's code. A deputy signs with their own title while there is no head.
    """
    _begin(session, code, HeadEntry(0, name, title, since, until, True, decision))


@click.command("end-term")
@click.argument("code")
@click.argument("name")
@click.option("--last-day", "last", type=DAY, required=True,
              help="Ngày cuối cùng giữ chức vụ / last day in office.")  # fmt: skip
@click.pass_obj
def end_term(session: Session, code: str, name: str, last: date) -> None:
    """Kết thúc nhiệm kỳ / end a term of office.

    Refused where they signed something later: whether that stands is for people to decide
    (sogoc school void-term).
    """
    school = school_of(session, code)
    session.system.department.end_term(school.id, name, last)
    session.founding.note("school.term_ended", school=school.id, on=last.isoformat())
    session.say("office.ended", name=printable(name), on=last)


@click.command("void-term")
@click.argument("code")
@click.argument("name")
@click.option("--from", "since", type=DAY, required=True,
              help="Không có hiệu lực từ ngày / void from that day on.")  # fmt: skip
@click.option("--decision", metavar="NUMBER", required=True,
              help="Số quyết định / number of the decision.")  # fmt: skip
@click.option("--decided-on", type=DAY, required=True,
              help="Ngày quyết định / date of the decision.")  # fmt: skip
@click.pass_obj
def void_term(
    session: Session, code: str, name: str, since: date, decision: str, decided_on: date
) -> None:
    """Nhiệm kỳ vô hiệu từ một ngày / note that a mandate is void from a day on.

    Nothing new is signed under it. What was signed since is listed, and stands until somebody
    revokes it: that is never decided here.
    """
    school = school_of(session, code)
    _, signed = session.system.department.void_term(
        school.id, name, since, Decision(decision, decided_on)
    )
    session.founding.note(
        "school.term_void", school=school.id, since=since.isoformat(), decision=decision
    )
    session.say("office.void", name=printable(name), since=since, count=len(signed))
    for each in signed:
        session.say(
            "office.signed",
            register_no=each.register_no,
            version=each.version,
            serial=each.serial or messages.MISSING,
            on=_shown(each.issued),
            lane=session.word(f"record.{each.lane.name.lower()}"),
        )


@click.command()
@click.argument("code")
@click.pass_obj
def terms(session: Session, code: str) -> None:
    """Liệt kê người đứng đầu, cấp phó / list a school's heads and deputies, newest first."""
    for term in session.system.department.terms(school_of(session, code).id):
        session.show(_line(session, term))


COMMANDS = (head, deputy, end_term, void_term, terms)


def _begin(session: Session, code: str, entry: HeadEntry) -> None:
    school = school_of(session, code)
    session.system.department.begin_term(
        HeadEntry(school.id, *(getattr(entry, name) for name in entry.__slots__[1:]))
    )
    kind = "deputy" if entry.deputy else "head"
    session.founding.note(
        f"school.{kind}", school=school.id, since=entry.since.isoformat(),
        decision=entry.decision_no,
    )  # fmt: skip
    session.say("office.begun", name=printable(entry.name), title=entry.title, since=entry.since)


def _line(session: Session, term: Office) -> str:
    until = _shown(term.until) if term.until else session.word("office.open")
    title, name = printable(term.title), printable(term.name)
    line = f"{_shown(term.since)} – {until}  {title} {name}"
    if term.decision_no:
        line += f"  ({printable(term.decision_no)})"
    if term.void_since is not None:
        since, by = _shown(term.void_since), printable(term.void_decision or "")
        line += "  " + messages.text(session.lang, "office.is_void", since=since, decision=by)
    return line


def _shown(day: int) -> str:
    return PartialDate.from_number(day).printed()
