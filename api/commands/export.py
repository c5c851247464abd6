"""`sogoc export`: a credential in another system's format, and what such a file says."""

import time
from pathlib import Path

import click

from api.commands.parameters import FILE
from api.commands.things import given, writing
from api.exporting import FORMS, Asked, convert, lines, read_back
from api.session import Session
from api.terminal import printable
from credential.errors import FormatError, RefusedError
from credential.extracts import ExtractKind
from credential.model import Lane
from credential.records import BatchState, IssuedCredential
from issuer.delivery import sd_jwt_of

_ISSUED = (BatchState.FINAL, BatchState.DELIVERED)
_MOST = 8_000_000  # bytes of a file that is read back


@click.command()
@click.argument("thing", required=False)
@click.option("--as", "form", type=click.Choice(list(FORMS)), metavar="|".join(FORMS),
              help="Định dạng / format.")  # fmt: skip
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="FILE",
              help="Tệp kết quả / where to write it.")  # fmt: skip
@click.option("--decimal", type=click.Choice([",", "."]), default=",", show_default=True,
              help="Dấu thập phân trong CSV / decimal separator in CSV.")  # fmt: skip
@click.option("--by", "actor", metavar="NAME",
              help="Người trích xuất, khi lấy từ kho / who takes it, from the store.")  # fmt: skip
@click.option("--to", "recipient", default="", metavar="NAME",
              help="Trích xuất cho ai / for whom.")  # fmt: skip
@click.option("--check", "checked", type=FILE, metavar="FILE",
              help="Đọc lại một tệp như vậy / read such a file back.")  # fmt: skip
@click.pass_obj
def export(
    session: Session, thing: str | None, form: str | None, out: Path | None, decimal: str,
    actor: str | None, recipient: str, checked: Path | None,
) -> None:  # fmt: skip
    """Chuyển sang ELMO, CLR, Open Badges, CSV, bảng điểm Excel / other systems' formats.

    THING is a file with an SD-JWT (works offline), or the register number or look-up code of one
    that this store issued: then --by says who takes it, and it is noted as an extract. A conversion
    is no verification; what proves it is the SD-JWT that it carries.
    """
    if checked is not None:
        if thing or form or out:
            raise click.UsageError("--check: chỉ một tệp / the file alone")
        _show(session, checked)
        return
    if thing is None or form is None or out is None:
        raise click.UsageError("THING --as … -o … hoặc / or --check FILE")
    asked = _asked(session, thing, decimal, actor, recipient)
    data = convert(asked, form)
    with writing(out):
        out.write_bytes(data)
    session.say("exchange.made", path=out, size=len(data))


def _asked(session: Session, thing: str, decimal: str, actor: str | None, recipient: str) -> Asked:
    now = int(time.time())
    text = given(session, thing)
    if isinstance(text, bytes):
        raise FormatError("exchange.wants_sdjwt")
    if "~" in text:
        return Asked(text, now, decimal=decimal)
    if not actor:
        raise click.UsageError("--by: ai trích xuất từ kho / who takes it from the store")
    issued = _issued(session, text)
    batch, staged = issued.batch, issued.staged
    if issued.lane is not Lane.ACTIVE:
        session.notice(session.word("exchange.withdrawn"))
    session.system.extracts.note(
        staged.pupil, batch.school, batch.seq, staged.index, ExtractKind.EXCHANGE, actor, recipient
    )
    return Asked(sd_jwt_of(issued), now, staged.pupil, decimal)


def _issued(session: Session, key: str) -> IssuedCredential:
    """Of the store, and only what is issued: in a finalised block."""
    found = session.system.batches.credential(key)
    if found is None or found.batch.state not in _ISSUED:
        raise RefusedError("credential.unknown")
    return found


def _show(session: Session, path: Path) -> None:
    with path.open("rb") as file:
        record = read_back(file.read(_MOST))
    session.show("\n".join(map(printable, lines(session.lang, record))))
    session.say("exchange.not_verified")
