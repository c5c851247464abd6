"""`sogoc verify`: a verdict on anything a person has."""

import json
import time
from pathlib import Path

import click

from api import presenting
from api.commands import receipts
from api.commands.parameters import BLOCK, TRUST
from api.commands.things import given
from api.session import Session
from api.showing import answer_lines
from credential import bundle
from credential.errors import FormatError
from credential.keybinding import Expectation
from verifier.verdict import Verdict
from verifier.verify import Answer, Verifier
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
@TRUST
@BLOCK
@click.option(
    "--receipt",
    "receipt_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="OUT",
    help="Ghi biên nhận có chữ ký (.json, .pdf) / write a signed receipt, by its ending.",
)
@click.option(
    "--anew",
    metavar="THING",
    help="Cùng biên nhận: kiểm tra lại văn bằng này / with a receipt: verify this again and "
    "say what changed.",
)
@click.option(
    "--audience",
    metavar="NAME",
    help="Yêu cầu chứng minh người giữ, làm cho bên nhận này / demand the holder's proof, made "
    "for this recipient; with --nonce.",
)
@click.option(
    "--nonce",
    metavar="NUMBER",
    help="… trả lời đúng mã lần hỏi này / … and in answer to this request.",
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
    receipt_file: Path | None,
    anew: str | None,
    audience: str | None,
    nonce: str | None,
) -> int:
    """Kiểm tra một văn bằng / verify a diploma or transcript.

    THING is the link or the digits of its QR code, its look-up code, a PDF, photo or text file,
    an SD-JWT, or an evidence bundle; "-" reads standard input.

    Exit code: 0 VALID, 1 INVALID, 2 UNDETERMINED, 64 nothing of ours can be read in it. Without
    the register (--offline) nothing is VALID; the answer says when all else holds.

    THING may also be the receipt of a verification (JSON or PDF). Then the judgement is on the
    receipt: 0 genuine, 1 forged, 2 undetermined; how the credential stands today, --anew tells.
    """
    what = given(session, thing)
    if receipt_file is not None and (offline or receipt_file.suffix not in receipts.ENDINGS):
        raise click.UsageError("--receipt OUT.json | OUT.pdf, không cùng / not with --offline")
    if (audience is None) != (nonce is None) or (audience is not None and offline):
        raise click.UsageError("--audience, --nonce: cả hai, không cùng / both, not with --offline")
    expected = None
    if audience is not None and nonce is not None:
        expected = Expectation(audience, nonce, int(time.time()))
    if offline:
        return _offline(session, what, trust_file, block_hash, as_json=as_json)
    if strict:
        session.settings = session.settings.model_copy(update={"chain_strict": True})
    verifier = session.system.verifier
    try:
        answer = _answer(verifier, what, expected)
    except FormatError as error:
        if error.code != "receipt.given":
            raise
        return receipts.judge(session, what, anew, as_json=as_json)
    if anew is not None:
        raise FormatError("receipt.not_given")
    if receipt_file is not None:
        receipts.write(session, answer, receipt_file)
    return _show(session, answer, as_json=as_json)


def _answer(verifier: Verifier, what: str | bytes, expected: Expectation | None) -> Answer:
    if isinstance(what, bytes) and bundle.looks_like_bundle(what):
        return verifier.verify_texts(bundle.decode(what).texts, expected)
    return verifier.verify(what, expected)


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
