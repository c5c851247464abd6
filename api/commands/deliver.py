"""`sogoc deliver`: a batch's papers as a ZIP or a print sheet, and notices that they are ready."""

from pathlib import Path

import click

from api.commands.parameters import FILE, Listing
from api.commands.things import writing
from api.notices.addresses import recipients
from api.notices.ways import sender, ways
from api.packages import Packed, Printing, check, write_sheet, write_zip
from api.printers import Printers
from api.session import Session
from credential.errors import ConfigError, RefusedError
from credential.records import Batch
from issuer.locating import named
from issuer.paper.sheets import Offset
from store.notices import Notices
from web import messages

_BY = click.option("--by", "actor", required=True, metavar="NAME",
                   help="Người làm / who does it; stands in the log of extracts.")  # fmt: skip
_OUT = click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
                    required=True, help="Tệp / where it goes.")  # fmt: skip


@click.group(cls=Listing)
def deliver() -> None:
    """Giao văn bản: gói, bản in, thông báo / hand papers out: ZIP, print sheet, notices."""


@deliver.command("zip")
@click.argument("key", metavar="BATCH")
@_OUT
@_BY
@click.option(
    "--slips",
    is_flag=True,
    help="Kèm phiếu nhận hồ sơ / with a slip with a fresh claim code for each pupil.",
)
@click.option(
    "--signer",
    default="",
    metavar="NAME",
    help="Ký PDF bằng khóa của người này / sign the PDFs by this person's own key.",
)
@click.pass_obj  # fmt: skip
def zip_(session: Session, key: str, output: Path, actor: str, signer: str, *, slips: bool) -> None:
    """Gói mọi văn bản của một đợt / all papers of a batch in one ZIP, by classes.

    BATCH is named as its folder of papers (1001-0003). Interrupted, the same command goes on.
    """
    batch, progress = _batch(session, key), session.progress
    with writing(output):
        packed = write_zip(
            session.system, batch, output, actor, progress.stage, progress.advance,
            person=signer, with_slips=slips,
        )  # fmt: skip
    session.say("delivery.zip_made", count=packed.count, path=output)
    _tell(session, packed)
    if packed.signer:
        session.say("delivery.signed", name=packed.signer)
    else:
        session.notice(messages.text(session.lang, "delivery.unsigned"))


@deliver.command()
@click.argument("key", metavar="BATCH")
@_OUT
@_BY
@click.option(
    "--blank",
    is_flag=True,
    help="Trên phôi in sẵn / on pre-printed blanks: only what differs is printed.",
)
@click.option("--marks", is_flag=True, help="In dấu căn chỉnh / print registration marks.")
@click.option(
    "--printer",
    default="",
    metavar="NAME",
    help="Máy in đã đo độ lệch / a printer whose offset was measured.",
)
@click.pass_obj  # fmt: skip
def sheet(
    session: Session, key: str, output: Path, actor: str, printer: str, *, blank: bool, marks: bool
) -> None:
    """Một tệp PDF để in, theo thứ tự danh sách / one PDF to print, in the order of the list.

    For printing only: nothing is attached and nothing signed.
    """
    batch, progress = _batch(session, key), session.progress
    printing = Printing(blank, marks, printer)
    with writing(output):
        packed = write_sheet(
            session.system, batch, output, actor, progress.stage, progress.advance, printing
        )
    session.say("delivery.sheet_made", count=packed.count, path=output)
    _tell(session, packed)


@deliver.command()
@click.argument("name", required=False)
@click.option("--right", type=float, default=0.0, metavar="MM", help="Sang phải / to the right.")
@click.option("--down", type=float, default=0.0, metavar="MM", help="Xuống dưới / down.")
@click.pass_obj
def printer(session: Session, name: str | None, right: float, down: float) -> None:
    """Độ lệch của máy in / by how much a printer's pages must be moved; without NAME: all.

    Print a sheet with --marks, measure the crosses (10 mm from the edges), give the difference.
    """
    printers = Printers(session.settings.data)
    if name:
        printers.keep(name, Offset(right, down))
    for one, offset in printers.all().items():
        session.say("printer.kept", name=one, right=offset.right, down=offset.down)


@deliver.command()
@click.argument("key", metavar="BATCH")
@click.option(
    "--addresses",
    type=FILE,
    required=True,
    help="Bảng mã học sinh, email, điện thoại / table of pupils, mail, phone.",
)
@_BY
@click.pass_obj  # fmt: skip
def notify(session: Session, key: str, addresses: Path, actor: str) -> None:
    """Báo cho học sinh rằng đã có / tell pupils that something is ready for them.

    Each is told once by each way. Addresses are erased when a notice was sent or given up. "sogoc
    serve" sends, or "sogoc deliver send".
    """
    system, batch = session.system, _batch(session, key)
    check(batch)
    if not ways(system.settings):
        raise ConfigError("delivery.no_ways")
    theirs = {row.pupil for row in system.batches.staged(batch.id)}
    asked = [one for one in recipients(addresses.read_bytes()) if one.pupil in theirs]
    notices = Notices(system.store_database)
    number = notices.put(batch.school, batch.seq, asked, actor)
    session.say("delivery.notices_put", number=number)


@deliver.command()
@click.pass_obj
def send(session: Session) -> None:
    """Gửi ngay những gì đến hạn / send now what is due."""
    system, number = session.system, 0
    work = sender(system)
    while work.once():
        number += 1
    waiting = Notices(system.store_database).open()
    session.say("delivery.notices_sent", number=number, waiting=waiting)


@deliver.command()
@click.argument("key", metavar="BATCH")
@click.pass_obj
def notices(session: Session, key: str) -> None:
    """Các thông báo của một đợt / how the notices about a batch stand."""
    batch = _batch(session, key)
    for one in Notices(session.system.store_database).about(batch.school, batch.seq):
        session.say(
            "delivery.notice_line", pupil=one.pupil, reason=one.reason,
            way=session.word(f"notice.way_{one.channel.value}"),
            state=session.word(f"notice.state_{one.state.value}"),
            time=messages.local_time(one.ended or one.created),
        )  # fmt: skip


def _batch(session: Session, key: str) -> Batch:
    batch = named(session.system.batches, key)
    if batch is None:
        raise RefusedError("delivery.unknown", found=key)
    return batch


def _tell(session: Session, packed: Packed) -> None:
    if packed.left_out:
        session.say("delivery.left_out", count=packed.left_out)
