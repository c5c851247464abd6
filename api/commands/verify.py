"""`sogoc verify`: a verdict on anything a person has."""

import json
from pathlib import Path

import click

from api import presenting
from api.commands.parameters import BLOCK_HASH
from api.commands.things import given
from api.session import Session
from api.showing import answer_lines
from credential import bundle
from verifier.verdict import Verdict
from verifier.verify import Answer
from web import messages

CODES = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNDETERMINED: 2}


@click.command()
@click.argument("thing")
@click.option(
    "--json", "as_json", is_flag=True, help="In kết quả dạng JSON / print the answer as JSON."
)
@click.option(
    "--strict", is_flag=True, help="Chứng minh điều đọc từ chuỗi khối / prove what the chain says."
)
@click.option(
    "--offline",
    is_flag=True,
    help="Chỉ theo gói bằng chứng, không dùng mạng / by an evidence bundle alone, "
    "without network or database.",
)
@click.option(
    "--trust",
    "trust_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Tệp tin cậy / trust file, with --offline. [default: trust.json in the data folder]",
)
@click.option(
    "--block",
    "block_hash",
    type=BLOCK_HASH,
    metavar="HASH",
    help="Mã băm khối mà bạn đã tự kiểm tra / hash of the bundle's block, which you "
    "know to be final; with --offline.",
)
@click.pass_obj  # fmt: skip
def verify(
    session: Session,
    thing: str,
    as_json: bool,
    strict: bool,
    offline: bool,
    trust_file: Path | None,
    block_hash: bytes | None,
) -> int:
    """Kiểm tra một văn bằng / verify a diploma or transcript.

    THING is the link or the digits of its QR code, its look-up code, a PDF, photo or text file,
    an SD-JWT, or an evidence bundle; "-" reads standard input.

    Exit code: 0 VALID, 1 INVALID, 2 UNDETERMINED, 64 nothing of ours can be read in it. Without
    the register (--offline) nothing is VALID; the answer says when all else holds.
    """
    what = given(session, thing)
    if offline:
        return _offline(session, what, trust_file, block_hash, as_json=as_json)
    if strict:
        session.settings = session.settings.model_copy(update={"chain_strict": True})
    verifier = session.system.verifier
    if isinstance(what, bytes) and bundle.looks_like_bundle(what):
        answer = verifier.verify_texts(bundle.decode(what).texts)
    else:
        answer = verifier.verify(what)
    return _show(session, answer, as_json=as_json)


def _offline(
    session: Session,
    what: str | bytes,
    trust_file: Path | None,
    block_hash: bytes | None,
    *,
    as_json: bool,
) -> int:
    from api import evidence, trust  # noqa: PLC0415 — only this way of verifying needs them

    if not isinstance(what, bytes) or not bundle.looks_like_bundle(what):
        raise click.UsageError("không phải gói bằng chứng / not an evidence bundle")
    known = trust.read(trust_file or session.settings.data / trust.FILE, block_hash)
    found = evidence.judge(bundle.decode(what), known)
    code = _show(session, found.answer, as_json=as_json)
    if not found.is_vouched:
        block = {"block": found.block, "hash": "0x" + found.block_hash.hex()}
        session.notice(messages.text(session.lang, "cli.offline_unvouched", **block))
    return code


def _show(session: Session, answer: Answer, *, as_json: bool) -> int:
    if as_json:
        session.show(json.dumps(presenting.answer(answer), ensure_ascii=False, indent=1))
    else:
        session.show("\n".join(answer_lines(session.lang, answer)))
    return CODES[answer.conclusion.verdict]
