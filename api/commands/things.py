"""What a person hands to a command (a link, digits, a code, a file), and where it is to write."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from api.session import Session
from credential.bundle import looks_like_bundle
from verifier.reading.reader import MAX_BYTES

_PRIVATE = 0o600
_ENDINGS = {".pdf", ".png", ".jpg", ".jpeg", ".webp", ".txt", ".sdjwt", ".sogoc", ".json"}
_PDF_HEADER_WITHIN = 1024  # bytes; see verifier.reading.reader


def given(session: Session, thing: str) -> str | bytes:
    """What the argument stands for: a file's content, or the text itself."""
    if thing == "-":
        session.progress.rest()
        return _content(sys.stdin.buffer)
    if is_file(thing):
        try:
            with Path(thing).open("rb") as file:
                return _content(file)
        except OSError as error:
            reason = f"không đọc được / cannot be read: {thing} ({error.strerror})"
            raise click.UsageError(reason) from error
    if Path(thing).suffix.lower() in _ENDINGS and "#" not in thing:
        raise click.UsageError(f"không có tệp / there is no file: {thing}")
    return thing


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What cannot be written there is wrong usage, not a fault of ours."""
    try:
        yield
    except OSError as error:
        reason = f"không ghi được / cannot be written: {path} ({error.strerror})"
        raise click.UsageError(reason) from error


def write_private(path: Path, content: bytes) -> None:
    """Written whole or not at all, and to be read by its owner alone. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(content)
    draft.replace(path)


def is_file(thing: str) -> bool:
    """Whether the argument names a file that is there."""
    try:
        return Path(thing).is_file()
    except OSError:
        return False  # too long for a path: it is a code


def _content(file: BinaryIO) -> str | bytes:
    """A file's bytes; of a text file, which may hold whatever can be typed, its text."""
    data = file.read(MAX_BYTES + 1)  # one more, to be found too large
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN] or looks_like_bundle(data):
        return data
    try:
        return data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return data
