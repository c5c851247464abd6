"""`sogoc amend`: a corrected file becomes new versions of what it changes, and of nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

import click

from api.commands.issue import answer_for, papers
from api.commands.ordering import PDF, Asked, ordering
from api.commands.parameters import REQUESTED
from api.session import Session
from api.terminal import printable
from issuer.amending import Amended, Plan, Row, plan
from issuer.differences import Change
from issuer.matching import match
from web import messages


@click.command()
@ordering
@click.option("--reason", required=True, metavar="TEXT",
              help="Lý do chỉnh sửa / why it is corrected.")  # fmt: skip
@REQUESTED
@click.option("--new-too", is_flag=True,
              help="Cấp lần đầu cho ai chưa có / issue for the first time to others.")  # fmt: skip
@click.option("--dry-run", is_flag=True,
              help="Chỉ cho biết sẽ thay đổi những gì / only say what would change.")  # fmt: skip
@PDF
@click.pass_obj
def amend(
    session: Session, asked: Asked, reason: str, requested: date | None, new_too: bool,
    dry_run: bool, pdf: bool,
) -> None:  # fmt: skip
    """Chỉnh sửa văn bằng, bảng điểm đã cấp theo tệp Excel đã sửa / correct what was issued.

    FILE is the corrected file, whole or in part. Rows that say the same as what stands are left
    out; each other one becomes the next version under its register number, and what it replaces is
    superseded: in the register at once, on the chain when the new one is final. --dry-run says for
    each pupil what would change, old → new, and does nothing. The same command again completes
    what was interrupted.
    """
    system = session.system
    order = replace(asked.order(session, reason), requested=requested)
    found = plan(order, system.desk, system.batches, new_too=new_too)
    _tell(session, found)
    if not found.order.rows:
        session.say("amendment.nothing")
        return
    if dry_run:
        match(found.order, system.desk, system.blanks)
        session.say("amendment.would", count=len(found.order.rows))
        return
    batch, new = system.issuing(session.progress.stage).issue(found.order)
    said = "amendment.done" if new else "cli.issued_before"
    session.say(said, count=batch.size, seq=batch.seq, block=batch.block)
    answer_for(session, batch)
    if pdf:
        papers(session, batch, asked.prepared_by)


def _tell(session: Session, found: Plan) -> None:
    """Each pupil whose record changes with what changes; the rows left out; who is new."""
    for one in found.changed:
        session.say("amendment.changed", **_about(one))
        for change in one.changes:
            session.show(f"    {change_line(session.lang, change)}")
    if found.unchanged:
        rows = _ranges(found.unchanged)
        session.say("amendment.unchanged", count=len(found.unchanged), rows=rows)
    for row in found.new:
        session.say("amendment.new", row=row.row, name=printable(row.name))


def _about(one: Amended) -> dict[str, object]:
    line = one.line
    return {
        "row": one.row.row, "name": printable(one.row.name), "register_no": line.register_no,
        "old": line.version, "new": line.version + 1,
    }  # fmt: skip


def change_line(lang: str, change: Change) -> str:
    """One change for people: subject, term, field, old → new."""
    field = messages.text(lang, f"amended.{change.field}")
    where = [part for part in (change.subject, change.term) if part]
    old, new = change.old or messages.MISSING, change.new or messages.MISSING
    return printable(f"{', '.join([*where, field])}: {old} → {new}")


def _ranges(rows: Sequence[Row]) -> str:
    """Rows of a sheet as people write them: 5–9, 11."""
    numbers = sorted(row.row for row in rows)
    found = []
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        found.append(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}")
    return ", ".join(found)
