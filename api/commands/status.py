"""`sogoc revoke`, `suspend` and `reinstate`: registry first, then chain."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from api.commands.parameters import DAY, FILE
from api.keylist import read_key_list
from api.session import Session
from credential.facts import Withdrawal
from credential.model import Lane
from credential.records import Located
from issuer.locating import Key, by_batches, by_keys
from issuer.revoking import GROUNDS


def _decided(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every change of status must say."""
    for decorate in reversed((
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
@click.argument("key", required=False)
@click.option("--batch", "batches", multiple=True, metavar="BATCH",
              help="Cả đợt cấp, vd. 1001-0003, lặp lại được / a batch; repeatable.")  # fmt: skip
@click.option("--list", "path", type=FILE, metavar="FILE",
              help="Danh sách mã tra cứu hoặc số vào sổ / a list of keys.")  # fmt: skip
@click.option("--dry-run", is_flag=True,
              help="Chỉ cho biết sẽ thu hồi những gì / only say what would be.")  # fmt: skip
@click.option("--ground", type=click.Choice(list(GROUNDS)), required=True,
              help="Lý do theo thông tư / ground, one of the circular's.")  # fmt: skip
@_decided
def revoke(
    session: Session, key: str | None, batches: Sequence[str], path: Path | None, dry_run: bool,
    ground: str, decision: str, day: date, actor: str,
) -> None:  # fmt: skip
    """Thu hồi, không thể khôi phục / revoke for good.

    KEY is the look-up code or the register number. Many at once: --batch names whole batches as
    their folders of papers are called, --list a file with one key a row in its first column
    (text, CSV or Excel); all its faults are reported at once, and nothing is done while there is
    one; --dry-run says how many they are, by batch. The register says so at once, the chain when
    it has taken it; repeating the command completes what was interrupted.
    """
    if sum((key is not None, bool(batches), path is not None)) != 1:
        raise click.UsageError("KEY | --batch | --list: chọn một / exactly one of them")
    cause = Withdrawal(ground, decision, day)
    if key is not None and not dry_run:
        _change(session, key, Lane.REVOKED, cause, actor)
        return
    store = session.system.batches
    if batches:
        found = by_batches(store, batches)
    else:
        found = by_keys(store, read_key_list(path.read_bytes()) if path else [Key(key or "")])
    if dry_run:
        _foretell(session, found)
    else:
        _revoke_many(session, found, cause, actor)


def _foretell(session: Session, found: Sequence[Located]) -> None:
    batches = Counter(one.batch for one in found)
    for batch, count in batches.items():
        place = {"school": batch.school, "seq": batch.seq, "size": batch.size}
        session.say("revocation.would", count=count, **place)


def _revoke_many(session: Session, found: Sequence[Located], cause: Withdrawal, actor: str) -> None:
    progress = session.progress
    revoking = session.system.mass_revoking(progress.stage, progress.advance)
    outcome = revoking.revoke(found, cause, actor)
    session.say("revocation.done", count=outcome.revoked)
    for register_no in outcome.superseded:
        session.say("revocation.superseded", register_no=register_no)


@click.command()
@click.argument("key")
@click.option("--reason", metavar="TEXT",
              help="Lý do, chỉ cho nội bộ / why, told only inside.")  # fmt: skip
@click.option("--until", type=DAY,
              help="Xem lại trước ngày / to be looked at again by then.")  # fmt: skip
@_decided
def suspend(
    session: Session, key: str, reason: str | None, until: date | None, decision: str, day: date,
    actor: str,
) -> None:  # fmt: skip
    """Tạm đình chỉ / suspend until further notice.

    KEY is the look-up code or the register number. "sogoc reinstate" ends it; the day of --until
    alone does not.
    """
    cause = Withdrawal("suspend", decision, day, until, reason)
    _change(session, key, Lane.SUSPENDED, cause, actor)


@click.command()
@click.argument("key")
@click.option("--reason", metavar="TEXT",
              help="Lý do, chỉ cho nội bộ / why, told only inside.")  # fmt: skip
@_decided
def reinstate(
    session: Session, key: str, reason: str | None, decision: str, day: date, actor: str
) -> None:
    """Khôi phục sau đình chỉ / end a suspension.

    KEY is the look-up code or the register number. What is revoked stays revoked.
    """
    _change(session, key, Lane.ACTIVE, Withdrawal("reinstate", decision, day, None, reason), actor)


_SAID = {Lane.REVOKED: "revoke", Lane.SUSPENDED: "suspend", Lane.ACTIVE: "reinstate"}


def _change(session: Session, key: str, lane: Lane, cause: Withdrawal, actor: str) -> None:
    found = session.system.revoking.change(key, lane, cause, actor)
    session.say(f"cli.{_SAID[lane]}", register_no=found.staged.register_no)
