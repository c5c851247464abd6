"""`sogoc transfer`: a pupil from school to school, each act repeatable until it is done."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from api.commands.parameters import DAY, Listing
from api.commands.things import write_private, writing
from api.commands.transfer_check import check
from api.session import Session
from api.transfers import codes, judgements, paper
from api.transfers.office import Office
from api.transfers.parts import office
from api.transfers.progress import status_lines
from credential import transfer as bundles
from store.transfer_records import TransferState
from verifier.verdict import Outcome

_Command = Callable[..., Any]
_BY = click.option(
    "--by", "actor", required=True, metavar="NAME", help="Người thực hiện / who carries it out."
)
_REASON = click.option(
    "--reason",
    required=True,
    metavar="TEXT",
    help="Lý do, phụ huynh đọc được / why; parents read it.",
)


@click.group(cls=Listing)
def transfer() -> None:
    """Chuyển trường không cần giấy / transfer of a pupil between schools without paper."""


@transfer.command()
@click.argument("pupil")
@click.option(
    "--from",
    "sender",
    required=True,
    metavar="CODE",
    help="Mã trường nơi đi / code of the school they leave.",
)
@click.option(
    "--to", "receiver", metavar="CODE", help="Mã trường nơi đến / code of the school they go to."
)
@click.option(
    "--to-name",
    "outside",
    metavar="NAME",
    default="",
    help="Tên trường ngoài hệ thống / name of a school outside the system.",
)
@click.option("--why", type=click.Choice(bundles.REASONS), required=True, help="Lý do / reason.")
@_BY
@click.pass_obj
def request(
    session: Session,
    pupil: str,
    sender: str,
    receiver: str | None,
    outside: str,
    why: str,
    actor: str,
) -> None:
    """Ghi nhận yêu cầu chuyển trường / enter a transfer that the parents ask for.

    PUPIL is the ministry's code. Prints the code with which the parents see how far it has come.
    """
    if bool(receiver) == bool(outside):
        raise click.UsageError("--to CODE | --to-name NAME")
    made, code = _office(session).request(pupil, sender, receiver, outside, why, actor)
    session.say("transfer.requested_as", name=made.draft.id, receiver=made.draft.to_name)
    _say_code(session, code)


@transfer.command()
@click.argument("name")
@_BY
@click.pass_obj
def code(session: Session, name: str, actor: str) -> None:
    """Cấp mã mới cho phụ huynh / a new code for the parents; the earlier one ends."""
    _say_code(session, _office(session).recode(name, actor))


@transfer.command()
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Thư mục ghi tệp / where the files go. [default: transfers in the data folder]",
)
@_BY
@click.pass_obj
def seal(session: Session, name: str, out: Path | None, actor: str) -> None:
    """Trường nơi đi niêm phong hồ sơ / the sending school seals the bundle.

    Writes NAME.json and NAME.pdf, which holds the same, for their owner alone to read. The transfer
    record must have been issued (sogoc issue --type transfer-record).
    """
    held = _office(session).seal(name, actor)
    if held.bundle is None:
        raise AssertionError("an open transfer that is sealed has its bundle")
    folder = out or session.settings.data / "transfers"
    found = bundles.parse(held.bundle)
    pdf = paper.make_pdf(found, session.settings.public_url, session.settings.specimen)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for ending, data in (("json", held.bundle.encode()), ("pdf", pdf)):
            write_private(folder / f"{name}.{ending}", data)
    session.say("transfer.sealed_as", path=folder / f"{name}.json", count=len(found.credentials))


@transfer.command()
@click.argument("name")
@click.option("--class", "class_name", metavar="CLASS", help="Lớp mới / the pupil's new class.")
@click.option("--on", "on", type=DAY, help="Học từ ngày / first day there. [default: today]")
@click.option(
    "--letter",
    metavar="TEXT",
    help="Trường ngoài hệ thống: số công văn / a school outside the system: its letter.",
)
@_BY
@click.pass_obj
def accept(
    session: Session,
    name: str,
    class_name: str | None,
    on: date | None,
    letter: str | None,
    actor: str,
) -> None:
    """Trường nơi đến tiếp nhận / the receiving school takes the pupil.

    The registry moves the pupil, once; the sender gets a signed acceptance.
    """
    if bool(class_name) == bool(letter):
        raise click.UsageError("--class CLASS | --letter TEXT")
    if letter:
        _office(session).accept_outside(name, letter, actor)
    else:
        _office(session).accept(name, class_name or "", on, actor)
    _show_status(session, name)


@transfer.command()
@click.argument("name")
@_REASON
@_BY
@click.pass_obj
def reject(session: Session, name: str, reason: str, actor: str) -> None:
    """Trường nơi đến từ chối / the receiving school refuses."""
    _office(session).end(name, TransferState.REJECTED, actor, reason)
    _show_status(session, name)


@transfer.command()
@click.argument("name")
@_REASON
@_BY
@click.pass_obj
def withdraw(session: Session, name: str, reason: str, actor: str) -> None:
    """Gia đình rút yêu cầu / the parents take it back."""
    _office(session).end(name, TransferState.WITHDRAWN, actor, reason)
    _show_status(session, name)


@transfer.command()
@click.argument("name")
@click.pass_obj
def status(session: Session, name: str) -> int:
    """Xem một lần chuyển trường / how far a transfer has come, and whether its receipt is genuine.

    Exit code: 0, 1 where the receiving school's signature is wrong, 2 where that is not known.
    """
    return _show_status(session, name)


@transfer.command("list")
@click.option(
    "--school", "school_code", metavar="CODE", help="Chỉ trường này / from or to this school alone."
)
@click.option("--all", "everything", is_flag=True, help="Cả những việc đã xong / ended ones, too.")
@click.pass_obj
def list_(session: Session, school_code: str | None, *, everything: bool) -> None:
    """Liệt kê các lần chuyển trường / list transfers, those that are open first come."""
    at = _office(session)
    states = list(TransferState) if everything else [each for each in TransferState if each.is_open]
    found = at.transfers.listed(states, at.school(school_code).id if school_code else None)
    for held in found:
        state = session.word(f"transfer_state.{held.state.value}")
        session.show(
            f"{held.draft.id}  {state}  {held.draft.requested:%d/%m/%Y}  → {held.draft.to_name}"
        )
    if not found:
        session.say("transfer.none")


transfer.add_command(check)


def _office(session: Session) -> Office:
    return office(session.system)


def _say_code(session: Session, code: str | None) -> None:
    if code is None:
        session.say("transfer.code_given")
    else:
        session.say("transfer.code_is", code=codes.grouped(code))
        session.say("transfer.code_where", address=f"{session.settings.public_url}/transfer")


def _show_status(session: Session, name: str) -> int:
    at = _office(session)
    held = at.transfers.find(name)
    session.show("\n".join(status_lines(session.lang, held)))
    receipt = at.receipt(held)
    if receipt is None:
        return 0
    said = judgements.finding_line(session.lang, receipt)
    session.show(f"{session.word('transfer.acceptance')} {said}")
    return {Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.UNKNOWN: 2}[receipt.outcome]
