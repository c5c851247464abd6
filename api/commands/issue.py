"""`sogoc issue` and `resume`: from a spreadsheet to papers, and on from wherever it stopped."""

from datetime import date
from pathlib import Path

import click

from api.commands.parameters import DAY, FILE, KIND
from api.mending import fault_line
from api.session import Session
from credential.errors import SogocError
from credential.model import CredentialType, Decision, KeyRole
from credential.records import Batch
from issuer.delivery import deliver
from issuer.intake import read_class_list, read_score_sheet
from issuer.intake.rows import PupilRow, Reading, ResultsRow
from issuer.order import Order, school_year
from web import messages


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--school",
    "code",
    required=True,
    help="Mã trường trong sổ gốc / the school's code in the registry.",
)
@click.option("--type", "kind", type=KIND, required=True, help="Loại văn bằng / what to issue.")
@click.option(
    "--decision",
    required=True,
    metavar="NUMBER",
    help="Số quyết định công nhận / number of the decision that recognises it.",
)
@click.option(
    "--decided-on", type=DAY, required=True, help="Ngày quyết định / date of the decision."
)
@click.option(
    "--issued", type=DAY, help="Ngày cấp in trên văn bằng / date printed. [default: the decision's]"
)
@click.option(
    "--year",
    type=click.IntRange(1990, 2199),
    help="Năm tốt nghiệp / graduation year. [default: the date's]",
)
@click.option(
    "--signer", metavar="NAME", help="Người ký / who signs. [default: the head in office that day]"
)
@click.option(
    "--first-serial",
    metavar="SERIAL",
    help="Số hiệu phôi đầu tiên, vd. T01000001 / serial number on the first blank.",
)
@click.option(
    "--prepared-by",
    required=True,
    metavar="NAME",
    help="Người lập danh sách / who prepared the list.",
)
@click.option(
    "--approved-by",
    required=True,
    metavar="NAME",
    help="Người duyệt, phải là người khác / who approved it: somebody else.",
)
@click.option(
    "--pdf/--no-pdf",
    default=True,
    show_default=True,
    help="Viết cả tệp PDF / write the papers too.",
)
@click.pass_obj
def issue(
    session: Session, file: Path, code: str, kind: str, decision: str, decided_on: date,
    issued: date | None, year: int | None, signer: str | None, first_serial: str | None,
    prepared_by: str, approved_by: str, pdf: bool,
) -> None:  # fmt: skip
    """Cấp văn bằng hoặc bảng điểm từ tệp Excel / issue from an Excel file.

    FILE is the class list (thpt-diploma), the year's score sheet (transcript), or one of the year
    or of semester I alone (transfer-record). All faults are
    reported at once and nothing is issued while there is one. The same command again completes
    what was interrupted and issues nothing twice.
    """
    rows = _rows(session, file, kind, year or (issued or decided_on).year)
    order = Order(
        type=CredentialType.from_key(kind),
        school=code,
        year=year or (issued or decided_on).year,
        issued=issued or decided_on,
        rows=rows,
        prepared_by=prepared_by,
        approved_by=approved_by,
        decision=Decision(decision, decided_on),
        signer=signer,
        first_serial=first_serial,
        holder_keys=session.system.holder_keys.keys_of([row.code for row in rows]),
    )
    batch, new = session.system.issuing(session.progress.stage).issue(order)
    said = "cli.issued" if new else "cli.issued_before"
    session.say(said, count=batch.size, seq=batch.seq, block=batch.block)
    _warn_of_files(session, batch.school)
    if pdf:
        papers(session, batch, prepared_by)


def _rows(session: Session, file: Path, kind: str, year: int) -> tuple[PupilRow | ResultsRow, ...]:
    """The rows of the file; what was noticed but needs no mending is said beside them."""
    data = file.read_bytes()
    if kind == CredentialType.THPT_DIPLOMA.key:
        found: Reading[PupilRow] | Reading[ResultsRow] = read_class_list(data)
    else:
        to_date = kind == CredentialType.TRANSFER.key
        found = read_score_sheet(data, school_year(year), to_date=to_date)
    for remark in found.notices:
        session.notice(fault_line(session.lang, remark))
    return tuple(found.rows)


def _warn_of_files(session: Session, school: int) -> None:
    """Say that a signing key in a file is for trials, where papers are no specimens."""
    system = session.system
    name = system.key_name(school, KeyRole.SIGN)
    if not session.settings.specimen and system.keystore.device(name) is None:
        session.notice(messages.text(session.lang, "device.trial", name=name))


def papers(session: Session, batch: Batch, by: str) -> None:
    """Write the papers of a batch into their folder, as extracts taken by somebody."""
    system, progress = session.system, session.progress
    folder = system.settings.data / "papers" / f"{batch.school}-{batch.seq:04d}"
    progress.stage("papers", batch.size)
    deliver(system.batches, system.extracts, batch, folder, system.style, by, progress.advance)
    session.say("cli.papers", folder=folder)


@click.command()
@click.pass_obj
def resume(session: Session) -> None:
    """Làm tiếp các đợt cấp còn dở / complete every unfinished batch.

    For when an issue was interrupted and the command line is not at hand. Writes no papers.
    """
    issuing = session.system.issuing(session.progress.stage)
    session.system.ledger.flush(session.system.batches)  # of revocations, too
    failed: SogocError | None = None
    for batch in session.system.batches.unfinished():
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
