"""`sogoc orders`: what registrars prepared and principals approve, at the command line."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import click

from api.commands.ordering import Asked, preparing
from api.commands.parameters import REQUESTED, Listing
from api.desk import approving, viewing
from api.desk import preparing as desk
from api.desk.jobs import Worker
from api.desk.opening import open_pen, place_of
from api.desk.preparing import Noticed
from api.desk.runners import RUNNERS
from api.pens import Pen
from api.schoolkeys import school_of
from api.session import Session
from api.terminal import printable
from credential.errors import ConfigError, RefusedError, UnavailableError
from issuer.amending import plan
from store.jobs import Job, Jobs, JobState
from store.order_records import Kept, OrderState, Person
from store.orders import Orders
from web import messages

_OPEN = (OrderState.PREPARED, OrderState.RETURNED, OrderState.APPROVED, OrderState.ISSUING)
_BY = click.option("--by", required=True, metavar="NAME",
                   help="Người thực hiện / who does it.")  # fmt: skip
_NUMBER = click.argument("number", type=int)


@click.group(cls=Listing)
def orders() -> None:
    """Đề nghị cấp: văn thư lập, hiệu trưởng duyệt / orders between two persons."""


@orders.command(name="list")
@click.option("--school", "code", help="Mã trường / the school's code. [default: all]")
@click.option("--all", "every", is_flag=True, help="Cả đề nghị đã xong / those done, too.")
@click.pass_obj
def list_orders(session: Session, code: str | None, every: bool) -> None:
    """Các đề nghị đang chờ / orders that wait or are at work."""
    schools = [school_of(session, code).id] if code else None
    found = _orders(session).listed(schools, list(OrderState) if every else _OPEN)
    for kept in found:
        session.show(_line(session, kept))
    if not found:
        session.say("orders.nothing")


@orders.command()
@_NUMBER
@click.pass_obj
def show(session: Session, number: int) -> None:
    """Một đề nghị: gồm gì, ai đã làm gì / one order: what it holds, who did what."""
    kept = _orders(session).of(number)
    shown = viewing.whole(session.system, _orders(session), kept)
    session.show(_line(session, kept))
    about = shown["about"] or {}
    for code in ("register", "serials"):
        if about.get(code):
            session.show(f"    {session.word(f'orders.{code}')}: {' – '.join(about[code])}")
    for one in shown["notices"]:
        session.show(f"    · {printable(one['text'][session.lang])}")
    for one in shown["acts"]:
        at, why = messages.local_time(one["at"]), one["reason"]
        act = session.word(f"orders.act_{one['act']}")
        said = f"    {at} {act}: {printable(one['by'])}"
        session.show(f"{said} — {printable(why)}" if why else said)


@orders.command()
@preparing
@click.option("--reason", metavar="TEXT",
              help="Lý do, nếu là chỉnh sửa / why, if it corrects what stands.")  # fmt: skip
@REQUESTED
@click.option("--new-too", is_flag=True,
              help="Khi chỉnh sửa: cấp lần đầu cho ai chưa có / with --reason: issue to new pupils "
              "too.")  # fmt: skip
@click.pass_obj
def prepare(
    session: Session, asked: Asked, reason: str | None, requested: date | None, new_too: bool
) -> None:
    """Lập đề nghị cấp để người khác duyệt / prepare an order for another person to approve."""
    system = session.system
    order, remarks = asked.noticed(session, reason)
    noticed = Noticed(tuple(remarks))
    if reason:
        found = plan(
            replace(order, requested=requested), system.desk, system.batches, new_too=new_too
        )
        order, noticed = found.order, Noticed(tuple(remarks), found.changed)
    number = desk.prepare(system, Person(None, asked.prepared_by), order, noticed)
    session.say("order.kept", number=number, count=len(order.rows))


@orders.command()
@_NUMBER
@_BY
@click.pass_obj
def approve(session: Session, number: int, by: str) -> int:
    """Duyệt, ký và cấp / approve the whole order, sign it and issue it.

    Whoever has a key of their own (sogoc key personal) signs with it: its PIN or passphrase is
    asked for. Interrupted, it is completed by whatever serves, or by the same command.
    """
    system, person = session.system, Person(None, by)
    ref = _orders(session).of(number).ref
    job = approving.approve(system, number, person, ref, _opened(session, by))
    Worker(system, RUNNERS, heard=_heard(session)).once(job)
    return _tell(session, _job(session, job))


@orders.command(name="return")
@_NUMBER
@_BY
@click.option("--reason", required=True, metavar="TEXT", help="Lý do / why.")
@click.pass_obj
def send_back(session: Session, number: int, by: str, reason: str) -> None:
    """Trả lại để sửa / return an order to who prepared it."""
    _orders(session).send_back(number, Person(None, by), reason)
    session.say("orders.returned")


@orders.command()
@_NUMBER
@_BY
@click.pass_obj
def cancel(session: Session, number: int, by: str) -> int:
    """Hủy, khi chưa gửi lên chuỗi khối / give an order up, until it was sent."""
    kept = _orders(session).of(number)
    _orders(session).cancel(number, Person(None, by))
    if kept.job is None:
        session.say("orders.state_cancelled")
        return 0
    Worker(session.system, RUNNERS, heard=_heard(session)).once(kept.job)
    return _tell(session, _job(session, kept.job))


def _orders(session: Session) -> Orders:

    return Orders(session.system.store_database)


def _job(session: Session, number: int) -> Job:

    return Jobs(session.system.store_database).of(number)


def _line(session: Session, kept: Kept) -> str:
    kind, state = (session.word(f"{name}") for name in (
        f"kind.{kept.type.key}", f"orders.state_{kept.state.value}"))  # fmt: skip
    about = messages.text(session.lang, "orders.title", kind=kind, year=kept.year, count=kept.size)
    return f"{kept.id}  {about} · {printable(kept.prepared_by.name)} · {state}"


def _opened(session: Session, name: str) -> approving.Open:
    """Opens the key of whoever approves: as settings say, or by asking at the terminal."""
    system = session.system

    def opened(kept: Kept) -> Pen | None:
        if not place_of(system, kept.school, name):
            if system.settings.personal_signature:
                raise RefusedError("approval.no_key", name=name)
            return None
        try:
            signer = system.persons.signer(kept.school, name)
        except ConfigError as error:
            if error.code != "key.cannot_open":
                raise
            asked = session.word("orders.passphrase")
            secret = click.prompt(asked, hide_input=True, err=True)
            return open_pen(system, kept.school, name, secret)
        if signer is None:
            raise RefusedError("pen.unlisted", name=name)
        return Pen(kept.school, name, signer, system.certificates(kept.school, name))

    return opened


def _heard(session: Session) -> Callable[[str, int], None]:
    def heard(stage: str, total: int) -> None:
        if stage != "begun":
            session.progress.stage(stage, total)

    return heard


def _tell(session: Session, job: Job) -> int:
    """What came of a job. Raises the error that it failed with or waits for."""
    if job.state is JobState.DONE and job.result is not None:
        found = job.result
        session.say("cli.issued", count=found["size"], seq=found["seq"], block=found["block"])
        return 0
    if job.state is JobState.CANCELLED:
        session.say("orders.state_cancelled")
        return 0
    params = (job.result or {}).get("params", {})
    if job.state is JobState.WAITING and job.code:
        raise UnavailableError(str(params.get("source", "chain")))
    if job.code:
        code = job.code  # of the error that the job ended with
        raise RefusedError(code, **params)
    session.say("order.elsewhere")
    return 0
