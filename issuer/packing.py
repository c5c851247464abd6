"""Many papers as one file to hand over: a ZIP by classes.

Names are people's and readable in any system (NFC, no sign that a file system forbids); they hold
the register number so that two of one name stay two, and no personal number.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_LONGEST = 80  # characters of a person's name in a file's
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same papers make the same file


@dataclass(frozen=True, slots=True)
class Item:
    """A paper, and what it is called: whose, in which class, under which register number."""

    path: Path
    name: str
    class_name: str
    register_no: str


def pack(out: IO[bytes], items: Iterable[Item], beside: Iterable[tuple[str, bytes]] = ()) -> None:
    """Write papers into a ZIP as they come, a folder for each class, then other files beside.

    PDFs are compressed already, so they are stored. Raises OSError.
    """
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for item in items:
            archive.writestr(_entry(called(item)), item.path.read_bytes())
        for name, data in beside:
            archive.writestr(_entry(name), data)


def called(item: Item) -> str:
    """A paper's path inside of the ZIP."""
    number = _plain(item.register_no)
    file = f"{_plain(item.name)[:_LONGEST]} {number}.pdf".strip()
    folder = _plain(item.class_name)
    return f"{folder}/{file}" if folder else file


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.external_attr = 0o600 << 16  # to be read by their owner
    return entry


def _plain(text: str) -> str:
    """A text as a file's name: no separator, nothing at its ends that Windows drops."""
    return _FORBIDDEN.sub("-", unicodedata.normalize("NFC", text)).strip(" .")
