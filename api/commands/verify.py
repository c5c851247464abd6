"""`sogoc verify`: a verdict on anything a person has."""

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from api import presenting
from api.session import Session
from api.showing import answer_lines
from verifier.reading.reader import MAX_BYTES
from verifier.verdict import Verdict

_CODES = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNDETERMINED: 2}
_ENDINGS = {".pdf", ".png", ".jpg", ".jpeg", ".webp", ".txt", ".sdjwt"}
_PDF_HEADER_WITHIN = 1024  # bytes; see verifier.reading.reader


@click.command()
@click.argument("thing")
@click.option("--json", "as_json", is_flag=True,
              help="In kết quả dạng JSON / print the answer as JSON.")  # fmt: skip
@click.option("--strict", is_flag=True,
              help="Chứng minh điều đọc từ chuỗi khối / prove what the chain says.")  # fmt: skip
@click.pass_obj
def verify(session: Session, thing: str, as_json: bool, strict: bool) -> int:
    """Kiểm tra một văn bằng / verify a diploma or transcript.

    THING is the link or the digits of its QR code, its look-up code, a PDF, photo or text file,
    or an SD-JWT; "-" reads standard input.

    Exit code: 0 VALID, 1 INVALID, 2 UNDETERMINED, 64 nothing of ours can be read in it.
    """
    if strict:
        session.settings = session.settings.model_copy(update={"chain_strict": True})
    given = _given(session, thing)
    answer = session.system.verifier.verify(given)
    if as_json:
        session.show(json.dumps(presenting.answer(answer), ensure_ascii=False, indent=1))
    else:
        session.show("\n".join(answer_lines(session.lang, answer)))
    return _CODES[answer.conclusion.verdict]


def _given(session: Session, thing: str) -> str | bytes:
    """What the argument stands for: a file's content, or the text itself."""
    if thing == "-":
        session.progress.rest()
        return _content(sys.stdin.buffer)
    if _is_file(thing):
        try:
            with Path(thing).open("rb") as file:
                return _content(file)
        except OSError as error:
            reason = f"không đọc được / cannot be read: {thing} ({error.strerror})"
            raise click.UsageError(reason) from error
    if Path(thing).suffix.lower() in _ENDINGS and "#" not in thing:
        raise click.UsageError(f"không có tệp / there is no file: {thing}")
    return thing


def _is_file(thing: str) -> bool:
    try:
        return Path(thing).is_file()
    except OSError:
        return False  # too long for a path: it is a code


def _content(file: BinaryIO) -> str | bytes:
    """A file's bytes; of a text file, which may hold whatever can be typed, its text."""
    data = file.read(MAX_BYTES + 1)  # one more, to be found too large
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return data
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return data
