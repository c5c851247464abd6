"""`sogoc withdrawn`: the public list of what was revoked or cancelled, and papers given back."""

import json
from dataclasses import replace
from datetime import date

import click

from api.clock import today
from api.commands.parameters import DAY, Listing
from api.session import Session
from api.withdrawing import csv_of, json_of
from issuer.correcting import named
from registry.published import Withdrawn, overdue
from web import messages


@click.group(cls=Listing)
def withdrawn() -> None:
    """Văn bằng đã thu hồi, hủy bỏ / diplomas that were revoked or cancelled."""


@withdrawn.command("list")
@click.option("--overdue", "late", is_flag=True,
              help="Chỉ bản quá hạn nộp lại / only papers that are overdue.")  # fmt: skip
@click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text",
              show_default=True, help="Dạng kết quả / form of the answer.")  # fmt: skip
@click.pass_obj
def list_withdrawn(session: Session, late: bool, form: str) -> None:
    """Danh sách công khai / the public list, newest decision first; without any person's name."""
    day = today()
    found = session.system.desk.withdrawn(day)
    if late:
        found = overdue(found, day)
    if form == "json":
        session.show(json.dumps(json_of(found), ensure_ascii=False, indent=1))
    elif form == "csv":
        session.show(csv_of(found).rstrip())
    else:
        for each in found:
            _tell(session, each)
        if not found:
            session.say("withdrawn.none")


@withdrawn.command()
@click.argument("key")
@click.option("--on", "day", type=DAY, required=True,
              help="Ngày nhận lại / day on which it came back.")  # fmt: skip
@click.option("--version", type=click.IntRange(min=1),
              help="Bản nào / which version. [default: newest]")  # fmt: skip
@click.pass_obj
def returned(session: Session, key: str, day: date, version: int | None) -> None:
    """Ghi nhận đã nộp lại bản giấy / note that a paper was given back.

    KEY is the look-up code or the register number.
    """
    found = named(session.system.batches, key).line
    line = found if version is None else replace(found, version=version)
    new = session.system.desk.note_return(line, day)
    session.founding.note(
        "paper.returned", school=line.school, register_no=line.register_no, version=line.version,
        on=day.isoformat(),
    )  # fmt: skip
    session.say("withdrawn.returned" if new else "withdrawn.returned_before",
                register_no=line.register_no)  # fmt: skip


def _tell(session: Session, each: Withdrawn) -> None:
    back = each.returned or session.word("withdrawn.not_returned")
    session.say(
        "withdrawn.line", on=each.decided_on, decision=each.decision, school=each.school_name,
        serial=each.serial or messages.MISSING, register_no=each.line.register_no,
        ground=session.word(f"ground.{each.ground}"), due=each.due, returned=back,
    )  # fmt: skip
