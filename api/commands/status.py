"""`sogoc revoke`, `suspend` and `reinstate`: registry first, then chain."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from api.commands.parameters import DAY
from api.session import Session
from credential.facts import Withdrawal
from credential.model import Lane
from issuer.revoking import GROUNDS


def _parameters(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every change of status must say."""
    for decorate in reversed((
        click.argument("key"),
        click.option("--decision", required=True, metavar="NUMBER",
                     help="Số quyết định / number of the decision."),
        click.option("--on", "day", type=DAY, required=True,
                     help="Ngày quyết định / date of the decision."),
        click.option("--by", "actor", required=True, metavar="NAME",
                     help="Người thực hiện / who carries it out."),
        click.pass_obj,
    )):  # fmt: skip
        command = decorate(command)
    return command


@click.command()
@click.option("--ground", type=click.Choice(list(GROUNDS)), required=True,
              help="Lý do theo thông tư / ground, one of the circular's.")  # fmt: skip
@_parameters
def revoke(session: Session, key: str, ground: str, decision: str, day: date, actor: str) -> None:
    """Thu hồi, không thể khôi phục / revoke for good.

    KEY is the look-up code or the register number. The register says so at once, the chain when
    it has taken it; repeating the command completes what was interrupted.
    """
    _change(session, key, Lane.REVOKED, Withdrawal(ground, decision, day), actor)


@click.command()
@_parameters
def suspend(session: Session, key: str, decision: str, day: date, actor: str) -> None:
    """Tạm đình chỉ / suspend until further notice.

    KEY is the look-up code or the register number. "sogoc reinstate" ends it.
    """
    _change(session, key, Lane.SUSPENDED, Withdrawal("suspend", decision, day), actor)


@click.command()
@_parameters
def reinstate(session: Session, key: str, decision: str, day: date, actor: str) -> None:
    """Khôi phục sau đình chỉ / end a suspension.

    KEY is the look-up code or the register number. What is revoked stays revoked.
    """
    _change(session, key, Lane.ACTIVE, Withdrawal("reinstate", decision, day), actor)


_SAID = {Lane.REVOKED: "revoke", Lane.SUSPENDED: "suspend", Lane.ACTIVE: "reinstate"}


def _change(session: Session, key: str, lane: Lane, cause: Withdrawal, actor: str) -> None:
    found = session.system.revoking.change(key, lane, cause, actor)
    session.say(f"cli.{_SAID[lane]}", register_no=found.staged.register_no)
