"""What an order says on the command line: the options that issuing and correcting share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from api.clock import school_year_of
from api.commands.parameters import DAY, FILE, FILE_KIND
from api.mending import fault_line
from api.session import Session
from credential.errors import Fault
from credential.model import CredentialType, Decision
from issuer import order_files
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order

ABOUT = (
    click.argument("file", type=FILE),
    click.option("--school", "code", required=True,
                 help="Mã trường trong sổ gốc / the school's code in the registry."),
    click.option("--type", "kind", type=FILE_KIND, required=True,
                 help="Loại văn bằng / what to issue."),
    click.option("--decision", required=True, metavar="NUMBER",
                 help="Số quyết định / number of the decision."),
    click.option("--decided-on", type=DAY, required=True,
                 help="Ngày quyết định / date of the decision."),
    click.option("--issued", type=DAY,
                 help="Ngày cấp in trên văn bằng / date printed. [default: the decision's]"),
    click.option("--year", type=click.IntRange(1990, 2199),
                 help="Năm tốt nghiệp, hoặc năm kết thúc năm học / year of graduation, or in which "
                 "the school year ends. [default: the date's]"),
    click.option("--signer", metavar="NAME",
                 help="Người ký / who signs. [default: the head in office that day]"),
    click.option("--first-serial", metavar="SERIAL",
                 help="Số hiệu phôi đầu tiên, vd. T01000001 / serial number on the first blank."),
)  # fmt: skip
"""What an order is over, and by which decision."""

_OPTIONS = (
    *ABOUT,
    click.option("--prepared-by", required=True, metavar="NAME",
                 help="Người lập danh sách / who prepared the list."),
)  # fmt: skip
_APPROVED = click.option("--approved-by", required=True, metavar="NAME",
                         help="Người duyệt, phải là người khác / who approved it: somebody else.",
                         )  # fmt: skip

PDF = click.option("--pdf/--no-pdf", default=True, show_default=True,
                   help="Viết cả tệp PDF / write the papers too.")  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What was given for `_OPTIONS`."""

    file: Path
    code: str
    kind: str
    decision: str
    decided_on: date
    issued: date | None
    year: int | None
    signer: str | None
    first_serial: str | None
    prepared_by: str
    approved_by: str = ""

    def order(self, session: Session, reason: str | None = None) -> Order:
        """The order; what was noticed in its file but needs no mending is said beside it."""
        order, noticed = self.noticed(session, reason)
        for remark in noticed:
            session.notice(fault_line(session.lang, remark))
        return order

    def noticed(self, session: Session, reason: str | None) -> tuple[Order, Sequence[Fault]]:
        """The order, and what was noticed in its file but needs no mending."""
        issued = self.issued or self.decided_on
        to_date = self.kind == CredentialType.TRANSFER.key
        year = self.year or (school_year_of(issued) if to_date else issued.year)
        rows, remarks = _read(self.file, self.kind, year)
        if self.kind == CredentialType.TRANSCRIPT.key:
            remarks = [*remarks, *_brought(session, rows, year)]
        order = Order(
            type=CredentialType.from_key(self.kind),
            school=self.code,
            year=year,
            issued=issued,
            rows=rows,
            prepared_by=self.prepared_by,
            approved_by=self.approved_by,
            decision=Decision(self.decision, self.decided_on),
            signer=self.signer,
            first_serial=self.first_serial,
            holder_keys=session.system.holder_keys.keys_of([row.code for row in rows]),
            reason=reason,
        )
        return order, remarks


def ordering(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options; the command gets an `Asked` for them after what else it takes first."""
    return _adding(command, (*_OPTIONS, _APPROVED))


def preparing(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same without who approves: that is for another person to say."""
    return _adding(command, _OPTIONS)


def _adding(command: Callable[..., Any], options: Sequence[Any]) -> Callable[..., Any]:
    @wraps(command)
    def asked(*given: Any, **named: Any) -> Any:
        names = [each.name for each in fields(Asked) if each.name in named]
        return command(*given, Asked(**{name: named.pop(name) for name in names}), **named)

    for option in reversed(options):
        asked = option(asked)
    return asked


def _read(
    file: Path, kind: str, year: int
) -> tuple[tuple[PupilRow | ResultsRow, ...], Sequence[Fault]]:
    found = order_files.read(CredentialType.from_key(kind), file.read_bytes(), year).accepted()
    return tuple(found.rows), found.notices


def _brought(session: Session, rows: Sequence[PupilRow | ResultsRow], year: int) -> Iterable[Fault]:
    """Of pupils who came during the year, what they brought from their former school."""
    # a help text needs no database
    from api.transfers.carrying import carried  # noqa: PLC0415
    from store.held import Held  # noqa: PLC0415

    system = session.system
    return carried(rows, year, system.desk, Held(system.store_database))
