"""`sogoc blanks`: the inventory of blanks: received, spoiled, destroyed, listed, balanced."""

from datetime import date

import click

from api.book import taking
from api.book.notes import printed
from api.clock import today
from api.commands.parameters import DAY, KIND, Listing
from api.session import Session
from api.terminal import printable
from credential.blanks import Why
from credential.model import CredentialType
from store.blank_spans import Held

_SCHOOL = click.option("--school", "code", required=True, help="Mã trường / the school's code.")
_TYPE = click.option("--type", "kind", type=KIND, default=CredentialType.THPT_DIPLOMA.key,
                     show_default=True, help="Loại văn bằng / type of credential.")  # fmt: skip
_FIRST = click.argument("first")
_LAST = click.argument("last", required=False)
_ON = click.option("--on", "day", type=DAY, help="Ngày / the day. [default: today]")
_BY = click.option("--by", "actor", required=True, metavar="NAME", help="Người làm / who does it.")


@click.group(cls=Listing)
def blanks() -> None:
    """Kho phôi văn bằng / the inventory of blanks: received, used, spoiled, destroyed."""


@blanks.command()
@_FIRST
@_LAST
@_SCHOOL
@_TYPE
@click.option(
    "--decision",
    required=True,
    metavar="NUMBER",
    help="Quyết định cấp phôi, biên bản giao nhận / decision or minutes.",
)
@_ON
@_BY
@click.pass_obj  # fmt: skip
def receive(
    session: Session, first: str, last: str | None, code: str, kind: str, decision: str,
    day: date | None, actor: str,
) -> None:  # fmt: skip
    """Nhận phôi / take blanks into the inventory, from serial FIRST to LAST.

    From then on the school issues only what has a blank on hand.
    """
    why = Why(actor, day or today(), document=decision)
    school, of = taking.school(session.system, code).id, CredentialType.from_key(kind)
    held = session.system.blanks.receive(school, of, first, last or first, why)
    _say(session, "blanks.done_received", held)


@blanks.command()
@_FIRST
@_LAST
@_SCHOOL
@_TYPE
@click.option("--reason", required=True, metavar="TEXT", help="Lý do hỏng / why.")
@_ON
@_BY
@click.pass_obj
def spoil(
    session: Session, first: str, last: str | None, code: str, kind: str, reason: str,
    day: date | None, actor: str,
) -> None:  # fmt: skip
    """Ghi phôi hỏng / note that blanks are spoiled."""
    why = Why(actor, day or today(), reason=reason)
    school, of = taking.school(session.system, code).id, CredentialType.from_key(kind)
    held = session.system.blanks.spoil(school, of, first, last or first, why)
    _say(session, "blanks.done_spoiled", held)


@blanks.command()
@_FIRST
@_LAST
@_SCHOOL
@_TYPE
@click.option("--minutes", required=True, metavar="NUMBER", help="Biên bản hủy / the minutes.")
@click.option(
    "--council",
    required=True,
    metavar="NAMES",
    help="Hội đồng hủy phôi / the council that destroyed them.",
)
@_ON
@_BY
@click.pass_obj  # fmt: skip
def destroy(
    session: Session, first: str, last: str | None, code: str, kind: str, minutes: str,
    council: str, day: date | None, actor: str,
) -> None:  # fmt: skip
    """Ghi phôi đã hủy / note that spoiled or unused blanks were destroyed."""
    why = Why(actor, day or today(), document=minutes, council=council)
    school, of = taking.school(session.system, code).id, CredentialType.from_key(kind)
    held = session.system.blanks.destroy(school, of, first, last or first, why)
    _say(session, "blanks.done_destroyed", held)


@blanks.command("list")
@_SCHOOL
@_TYPE
@click.pass_obj
def list_(session: Session, code: str, kind: str) -> None:
    """Phôi nào đang ở đâu / what all blanks are, from serial to serial."""
    school, of = taking.school(session.system, code).id, CredentialType.from_key(kind)
    held = session.system.blanks.stock(school, of)
    for each in held:
        fate = session.word(f"blanks.{each.fate.value}")
        written = printable(each.series.written(each.span))
        session.say("blanks.span", blanks=f"{written:<28}", count=f"{each.span.size:>9}", fate=fate)
    if not held:
        session.say("blanks.none")


@blanks.command()
@_SCHOOL
@_TYPE
@click.option("--year", type=click.IntRange(1900, 2199), help="Năm / year. [default: this one]")
@click.pass_obj
def report(session: Session, code: str, kind: str, year: int | None) -> None:
    """Cân đối phôi trong năm / how the blanks of a year balance, and what was done."""
    school, of = taking.school(session.system, code).id, CredentialType.from_key(kind)
    inventory, in_year = session.system.blanks, year or today().year
    if not inventory.keeps(school, of):
        session.say("blanks.none")
        return
    found = inventory.balance(school, of, in_year)
    session.say(
        "blanks.balance", year=str(in_year), opening=found.opening, received=found.received,
        used=found.used, under_way=found.under_way, spoiled=found.spoiled,
        destroyed=found.destroyed, closing=found.closing, spoiled_kept=found.spoiled_kept,
    )  # fmt: skip
    for act in inventory.acts(school, of):
        if act.on // 10000 == in_year:
            why = "; ".join(filter(None, (act.document, act.reason, act.council)))
            session.say(
                "blanks.act", on=printed(act.on), fate=session.word(f"blanks.{act.fate.value}"),
                blanks=printable(act.series.written(act.span)), count=act.span.size,
                by=printable(act.by), why=printable(why or "–"),
            )  # fmt: skip


def _say(session: Session, code: str, held: Held) -> None:
    session.say(code, count=held.span.size, blanks=printable(held.series.written(held.span)))
