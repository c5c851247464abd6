"""Scans of pages of old registers: files in the data folder, named by what is in them.

They hold what the pages hold of many people; nothing serves them but to the person who checks.
Each school has a folder of its own, and a quota, which is counted under a lock: nothing that is
sent at once goes past it. A file is written whole or not at all, for its owner alone to read, and
never changed.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from credential.errors import FormatError, RefusedError

MAX_BYTES = 20 * 1024 * 1024  # a page in colour at 300 dpi is about 3 MB
QUOTA: Final = 20_000_000_000
"""Bytes of a school's scans, unless a deployment says otherwise: some 6,000 such pages."""
_WAITS = 24 * 3600  # seconds
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
    """The scans of one deployment, in a folder of their own; `quota` is in bytes, of a school."""

    def __init__(self, folder: Path, quota: int = QUOTA) -> None:
        self._folder = folder
        self._quota = quota

    def keep(self, school: int, data: bytes) -> str:
        """Keep a scan; its SHA-256 (64 digits). The same again writes nothing.

        Raises FormatError ``scan.kind`` and ``scan.too_large`` (limit, in bytes), RefusedError
        ``scan.quota`` (limit, in bytes).
        """
        if len(data) > MAX_BYTES:
            raise FormatError("scan.too_large", limit=MAX_BYTES)
        kind_of(data)
        digest = hashlib.sha256(data).hexdigest()
        folder = self._folder / str(school)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / ".lock").open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if (folder / digest).exists():
                os.utime(folder / digest)  # it is wanted again
            else:
                self._check_room(folder, len(data))
                _write(folder / digest, data)
        return digest

    def has(self, school: int, digest: str) -> bool:
        """Whether the school has a scan of that name; what is in the file is not looked at."""
        path = self._folder / str(school) / digest
        return _DIGEST.fullmatch(digest) is not None and path.is_file()

    def read(self, school: int, digest: str) -> bytes:
        """A scan's bytes. Raises RefusedError ``scan.unknown``, also for one that was changed."""
        if not self.has(school, digest):
            raise RefusedError("scan.unknown")
        data = (self._folder / str(school) / digest).read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise RefusedError("scan.unknown")
        return data

    def unused(self, school: int, used: Collection[str], at: float) -> Mapping[str, int]:
        """Scans with their bytes that are not among `used` and lie for a day at that time.

        What was kept just now waits for the sheet that names it.
        """
        folder = self._folder / str(school)
        if not folder.is_dir():
            return {}
        with os.scandir(folder) as found:
            held = {each.name: each.stat() for each in found if _DIGEST.fullmatch(each.name)}
        return {
            name: about.st_size
            for name, about in held.items()
            if name not in used and about.st_mtime < at - _WAITS
        }

    def erase(self, school: int, digest: str) -> None:
        """Erase a scan that nobody needs."""
        if self.has(school, digest):
            (self._folder / str(school) / digest).unlink()

    def _check_room(self, folder: Path, size: int) -> None:
        with os.scandir(folder) as found:
            held = sum(each.stat().st_size for each in found)
        if held + size > self._quota:
            raise RefusedError("scan.quota", limit=self._quota)


def _write(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".tmp")  # whoever writes holds the lock; what a crash left is replaced
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
