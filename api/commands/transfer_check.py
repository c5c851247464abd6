"""`sogoc transfer check`: what a transfer bundle is, and what differs at the new school."""

import json
from pathlib import Path

import click

from api import trust
from api.commands.parameters import BLOCK, TRUST
from api.commands.things import given
from api.commands.verify import CODES
from api.session import Session
from api.transfers import judgements, offers
from api.transfers.checking import check_offline
from api.transfers.parts import office
from credential import sdjwt
from credential import transfer as bundles
from credential.errors import FormatError
from grading.transferring import differences
from issuer.delivery import credential_of
from verifier import reading
from verifier.transferring import TransferJudgement


@click.command()
@click.argument("thing")
@click.option(
    "--offers",
    "offered",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Các môn trường dạy, mỗi dòng một môn / subjects that the school teaches, one a line.",
)
@click.option(
    "--year",
    "school_year",
    metavar="2025-2026",
    help="Năm học khi đến / the school year in which the pupil comes.",
)
@click.option(
    "--offline", is_flag=True, help="Chỉ theo tệp / by the file alone, without network or database."
)
@TRUST
@BLOCK
@click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON / print as JSON.")
@click.option(
    "--by",
    "actor",
    metavar="NAME",
    help="Ghi nhận đã nhận, người kiểm tra / note it as received, by whom.",
)
@click.pass_obj
def check(
    session: Session,
    thing: str,
    offered: Path | None,
    school_year: str | None,
    trust_file: Path | None,
    block_hash: bytes | None,
    actor: str | None,
    *,
    offline: bool,
    as_json: bool,
) -> int:
    """Kiểm tra hồ sơ chuyển trường / verify a bundle and see what differs at the new school.

    THING is the bundle (JSON or PDF) or the transfer's name. Exit code: 0 VALID, 1 INVALID,
    2 UNDETERMINED.
    """
    taught = None if offered is None else offers.read(offered.read_bytes())
    if offline:
        known = trust.read(trust_file or session.settings.data / trust.FILE, block_hash)
        judged = check_offline(bundles.parse(_text(session, thing)), known)
    else:
        judged = _checked(session, thing, actor)
    if as_json:
        session.show(json.dumps(judgements.judgement(judged), ensure_ascii=False, indent=1))
    else:
        session.show("\n".join(judgements.judgement_lines(session.lang, judged)))
        _show_differences(session, judged, taught, school_year)
    return CODES[judged.verdict]


def _text(session: Session, thing: str) -> str:
    """The bundle in what was handed in."""
    found = reading.read(given(session, thing))
    if found.kind != "transfer":
        raise FormatError("transfer.not_given")
    return found.texts[0]


def _checked(session: Session, thing: str, actor: str | None) -> TransferJudgement:
    """Checked online; with a name, an open transfer of this deployment counts as received."""
    at = office(session.system)
    named = thing.upper() if bundles.looks_like_name(thing) else None
    if named is not None:
        return at.receive(named, actor) if actor else at.check(at.bundle(named))
    text = _text(session, thing)
    judged = at.check(text)
    if actor and at.bundle(judged.bundle.id) == judged.bundle.text:
        return at.receive(judged.bundle.id, actor)
    return judged


def _show_differences(
    session: Session,
    judged: TransferJudgement,
    taught: frozenset[str] | None,
    school_year: str | None,
) -> None:
    record = credential_of(sdjwt.parse(judged.bundle.credentials[0].sd_jwt)).transcript
    if record is not None:
        remarks = differences(record, taught, school_year)
        session.show("\n".join(("", *judgements.remark_lines(session.lang, remarks))))
