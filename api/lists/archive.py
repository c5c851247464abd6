"""Archives of PDFs and photos, taken apart in memory and within bounds.

Nothing is extracted to a folder, so no name in an archive leads anywhere; names are only shown.
Sizes are counted while parts are unpacked, whatever the archive says of them.
"""

import hashlib
import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from credential.errors import Fault, InputError
from verifier.reading.reader import MAX_BYTES

MOST_FILES: Final = 2_000  # of one archive, whoever hands it in
MAX_INFLATED: Final = 100 * 2**20  # bytes, all files together
_MAX_RATIO = 100  # inflated : stored; PDFs and photos hardly shrink at all
_SIGNATURE = b"PK\x01\x02"  # of an entry in the archive's directory
_MOST_ENTRIES = 10_000  # folders and what is skipped included; counted before anything is parsed
_TYPES = b"[Content_Types].xml"  # what makes an archive a workbook
_ENCRYPTED = 0x41
_UTF8 = 0x800
_CHUNK = 2**16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
_LONGEST = 120  # characters of a name that are shown

Member = tuple[int, str, Mapping[str, Any], Fault | None]
"""Row number, name, what is to be verified, fault."""


def is_workbook(data: bytes) -> bool:
    """Whether an archive is an .xlsx; one damaged or too large to look into is not."""
    if data.count(_SIGNATURE) > _MOST_ENTRIES or _TYPES not in data:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _TYPES.decode() in archive.NameToInfo
    except _ERRORS:
        return False


def members(data: bytes, most: int) -> list[Member]:
    """The files of an archive in its order, numbered from 1, folders and hidden files left out.

    Raises InputError ``list.too_many_files`` (found, limit), ``file.inflates`` (found, limit),
    ``file.damaged`` and ``list.no_files``. A file that cannot be taken is a fault of its own:
    ``list.link``, ``file.encrypted``, ``file.too_large``, ``file.damaged``, ``list.twice``.
    """
    limit = min(most, MOST_FILES)
    entries = data.count(_SIGNATURE)
    if entries > _MOST_ENTRIES:
        raise _too_many(entries, limit)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if _is_wanted(part.filename)]
            if len(parts) > limit:
                raise _too_many(len(parts), limit)
            found = list(_unpacked(archive, parts, len(data)))
    except _ERRORS as error:
        raise InputError([Fault("file.damaged")]) from error
    if not found:
        raise InputError([Fault("list.no_files")])
    return found


def _too_many(found: int, limit: int) -> InputError:
    return InputError([Fault("list.too_many_files", params={"found": found, "limit": limit})])


def _is_wanted(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith((".", "__MACOSX")) and part not in {".", ".."} for part in parts)
    return not (name.endswith("/") or hidden or parts[-1].lower() in {"thumbs.db", "desktop.ini"})


def _unpacked(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int
) -> Iterator[Member]:
    left, limit = 0, min(MAX_INFLATED, _MAX_RATIO * size)
    seen: dict[bytes, int] = {}
    for row, part in enumerate(parts, 1):
        name, fault = _shown(part), _refusal(part, row)
        content = b""
        if fault is None:
            try:
                content = _read(archive, part)
            except _ERRORS:
                fault = Fault("file.damaged", row)
        left += len(content)
        if left > limit:
            raise InputError([Fault("file.inflates", params={"found": left, "limit": limit})])
        if len(content) > MAX_BYTES:
            fault = Fault("file.too_large", row, None, {"limit": MAX_BYTES})
        if fault is None:
            first = seen.setdefault(hashlib.sha256(content).digest(), row)
            if first != row:
                fault = Fault("list.twice", row, None, {"found": name, "other_row": first})
        yield row, name, {} if fault else {"file": content}, fault


def _refusal(part: zipfile.ZipInfo, row: int) -> Fault | None:
    """Why a file is not even opened, if so."""
    if stat.S_ISLNK(part.external_attr >> 16):
        return Fault("list.link", row)
    if part.flag_bits & _ENCRYPTED:
        return Fault("file.encrypted", row)
    if part.compress_type not in _METHODS:
        return Fault("file.damaged", row)
    return None


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The file, or one byte more than is allowed of it."""
    content = bytearray()
    with archive.open(part) as stream:
        while len(content) <= MAX_BYTES and (chunk := stream.read(_CHUNK)):
            content += chunk
    return bytes(content[: MAX_BYTES + 1])


def _shown(part: zipfile.ZipInfo) -> str:
    """The file's name for people. Many programs write UTF-8 without saying so."""
    name = part.filename
    if not part.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = part.filename
    kept = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return unicodedata.normalize("NFC", kept)[-_LONGEST:]
