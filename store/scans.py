"""Scans of pages of old registers: files in the data folder, named by what is in them.

They hold what the pages hold of many people; nothing serves them but to the person who checks.
A file is written whole or not at all, for its owner alone to read, and never changed.
"""

import hashlib
import os
import re
from pathlib import Path

from credential.errors import FormatError, RefusedError

MAX_BYTES = 20 * 1024 * 1024  # a page in colour at 300 dpi is about 3 MB
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KINDS = (  # first bytes → media type
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)


def kind_of(data: bytes) -> str:
    """The media type. Raises FormatError ``scan.kind`` for what is no JPEG, PNG or PDF."""
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise FormatError("scan.kind")


class Scans:
    """The scans of one deployment, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, data: bytes) -> str:
        """Keep a scan; its SHA-256 (64 digits). The same again writes nothing.

        Raises FormatError ``scan.kind`` and ``scan.too_large`` (limit, in bytes).
        """
        if len(data) > MAX_BYTES:
            raise FormatError("scan.too_large", limit=MAX_BYTES)
        kind_of(data)
        digest = hashlib.sha256(data).hexdigest()
        path = self._folder / digest
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = path.with_suffix(f".{os.getpid()}.tmp")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as f:
                f.write(data)
                f.flush()
                os.fsync(f.fileno())
            draft.replace(path)
        return digest

    def read(self, digest: str) -> bytes:
        """A scan's bytes. Raises RefusedError ``scan.unknown``, also for one that was changed."""
        path = self._folder / digest
        if not _DIGEST.fullmatch(digest) or not path.is_file():
            raise RefusedError("scan.unknown")
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise RefusedError("scan.unknown")
        return data
