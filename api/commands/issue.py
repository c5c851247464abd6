"""`sogoc issue` and `resume`: from a spreadsheet to papers, and on from wherever it stopped."""

import click

from api.commands.ordering import PDF, Asked, ordering
from api.session import Session
from credential.errors import SogocError
from credential.model import KeyRole
from credential.records import Batch
from web import messages


@click.command()
@ordering
@PDF
@click.pass_obj
def issue(session: Session, asked: Asked, pdf: bool) -> None:
    """Cấp văn bằng hoặc bảng điểm từ tệp Excel / issue from an Excel file.

    FILE is the class list (thpt-diploma), the year's score sheet (transcript), or one of the year
    or of semester I alone (transfer-record). All faults are reported at once and nothing is
    issued while there is one. The same command again completes what was interrupted and issues
    nothing twice. Of pupils who came during the year, what they brought is compared and named.
    """
    batch, new = session.system.issuing(session.progress.stage).issue(asked.order(session))
    said = "cli.issued" if new else "cli.issued_before"
    session.say(said, count=batch.size, seq=batch.seq, block=batch.block)
    _warn_of_files(session, batch.school)
    answer_for(session, batch)
    if pdf:
        papers(session, batch, asked.prepared_by)


def answer_for(session: Session, batch: Batch) -> None:
    """Say so if nobody's own key signed for a batch: its record goes no further than verified."""
    approval = session.system.batches.approval(batch.id)
    if approval is not None and approval.signature is None:
        session.say("approval.not_signed", name=approval.approved_by)


def _warn_of_files(session: Session, school: int) -> None:
    """Say that a signing key in a file is for trials, where papers are no specimens."""
    system = session.system
    name = system.key_name(school, KeyRole.SIGN)
    if not session.settings.specimen and system.keystore.device(name) is None:
        session.notice(messages.text(session.lang, "device.trial", name=name))


def papers(session: Session, batch: Batch, by: str) -> None:
    """Write the papers of a batch into their folder, as extracts taken by somebody."""
    from api.papers import write  # noqa: PLC0415 — it loads typst, and help must not wait for it

    session.progress.stage("papers", batch.size)
    written = write(session.system, batch, by, session.progress.advance)
    session.say("cli.papers", folder=written.folder)
    if written.signer:
        session.say("delivery.signed", name=written.signer)
    else:
        session.notice(messages.text(session.lang, "delivery.unsigned"))


@click.command()
@click.pass_obj
def resume(session: Session) -> None:
    """Làm tiếp các đợt cấp còn dở / complete every unfinished batch.

    For when an issue was interrupted and the command line is not at hand. Writes no papers.
    """
    issuing = session.system.issuing(session.progress.stage)
    session.system.ledger.flush(session.system.batches)  # of revocations, too
    failed: SogocError | None = None
    store = session.system.batches
    for batch in (*store.unfinished(), *store.unsettled()):
        try:
            done = issuing.resume(batch)
        except SogocError as error:  # one batch that cannot go on must not hold up the others
            failed = error
            session.say("cli.not_resumed", seq=batch.seq, school=batch.school, code=error.code)
        else:
            session.say("cli.resumed", seq=done.seq, school=done.school, count=done.size)
    if failed is not None:
        raise failed
    session.say("cli.nothing_unfinished")
