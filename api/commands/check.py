"""`sogoc check`: a file looked at as an order would be, and nothing is kept."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import click

from api.annotating import annotated
from api.checking import Look, look
from api.clock import today
from api.commands.ordering import ABOUT
from api.mending import fault_line
from api.session import Session
from credential.errors import Fault, InputError
from credential.model import CredentialType, Decision
from issuer.order import Order
from issuer.order_files import read

_SHOWN = 50  # anomalies; the report has all


def _about(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(ABOUT):
        command = option(command)
    return command


@click.command()
@_about
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), metavar="OUT.xlsx",
              help="Ghi lại trang tính có đánh dấu / write the sheet with what was found marked "
                   "in it.")  # fmt: skip
@click.pass_obj
def check(
    session: Session, file: Path, code: str, kind: str, decision: str, decided_on: date,
    issued: date | None, year: int | None, signer: str | None, first_serial: str | None,
    report: Path | None,
) -> None:  # fmt: skip
    """Kiểm tra một danh sách trước khi cấp / look at a file before issuing from it.

    Faults must be mended before anything is issued: the command then ends with 1. Anomalies are
    shown for a person to judge and decide nothing. Nothing is kept, no number is taken.
    """
    type_, day, data = CredentialType.from_key(kind), issued or decided_on, file.read_bytes()
    reading = read(type_, data, year or day.year)
    order = Order(
        type=type_, school=code, year=year or day.year, issued=day, rows=(), prepared_by="-",
        approved_by="", decision=Decision(decision, decided_on), signer=signer,
        first_serial=first_serial,
    )  # fmt: skip
    found = look(session.system, order, reading, today())
    for notice in found.notices[:_SHOWN]:
        session.notice(fault_line(session.lang, notice))
    _tell(session, found)
    if report is not None:
        remarks = (*found.found.faults, *found.found.anomalies)
        report.write_bytes(annotated(data, reading, remarks))
        session.say("importing.report", path=report)
    if found.found.faults:
        raise InputError(found.found.faults)
    session.say("check.clean", count=len(reading.rows))


def _tell(session: Session, look: Look) -> None:
    anomalies: Sequence[Fault] = look.found.anomalies
    if anomalies:
        session.say("check.anomalies", count=len(anomalies))
        for anomaly in anomalies[:_SHOWN]:
            session.show(f"  ? {fault_line(session.lang, anomaly)}")
        if len(anomalies) > _SHOWN:
            session.show(f"  … +{len(anomalies) - _SHOWN}")
    if look.found.numbers is not None:
        first, last = look.found.numbers
        session.say("check.numbers", first=first, last=last)
