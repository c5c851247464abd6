"""Issuing lines of the register on the command line: what copies and digitised diplomas share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from typing import Any

import click

from api.clock import today
from api.commands.issue import answer_for, papers
from api.commands.ordering import PDF
from api.commands.parameters import DAY
from api.session import Session
from credential.model import CredentialType
from issuer.lines import LineAsked
from issuer.order import Order

_OPTIONS = (
    click.option("--issued", type=DAY, help="Ngày cấp / date. [default: today]"),
    click.option("--signer", metavar="NAME", help="Người ký / who signs. [default: the head]"),
    click.option("--prepared-by", required=True, metavar="NAME",
                 help="Người lập / who prepared."),
    click.option("--approved-by", required=True, metavar="NAME",
                 help="Người duyệt, phải là người khác / who approved: somebody else."),
    PDF,
)  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What was given for `answering`: when, and who answers for what is issued."""

    issued: date | None
    signer: str | None
    prepared_by: str
    approved_by: str
    pdf: bool

    def issue(
        self, session: Session, code: str, kind: CredentialType, lines: Sequence[LineAsked]
    ) -> None:
        """Issue these lines for the school with that code, and say what came of it."""
        day = self.issued or today()
        order = Order(
            type=kind, school=code, year=day.year, issued=day, rows=(),
            prepared_by=self.prepared_by, approved_by=self.approved_by, signer=self.signer,
            lines=tuple(lines),
        )  # fmt: skip
        batch, new = session.system.issuing(session.progress.stage).issue(order)
        said = "cli.issued" if new else "cli.issued_before"
        session.say(said, count=batch.size, seq=batch.seq, block=batch.block)
        answer_for(session, batch)
        if self.pdf:
            papers(session, batch, self.prepared_by)


def answering(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options; the command gets an `Answered` for them as `answered`."""

    @wraps(command)
    def asked(*given: Any, **named: Any) -> Any:
        answered = Answered(**{each.name: named.pop(each.name) for each in fields(Answered)})
        return command(*given, answered=answered, **named)

    for option in reversed(_OPTIONS):
        asked = option(asked)
    return asked
