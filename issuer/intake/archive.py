"""Whether bytes may be opened as an .xlsx at all, and the only parts of it that are.

Decides on size, kind and inflation before any parser sees the file. What the sheets hold is
left to `workbook`.
"""

import io
import re
import zipfile
import zlib

from credential.errors import Fault, InputError

MAX_FILE = 10 * 2**20  # bytes; a list of 20,000 rows takes about 4 MB
MAX_INFLATED = 100 * 2**20  # bytes, all parts together
MAX_RATIO = 100  # inflated : stored; real sheets stay below 30
MAX_PARTS = 1_000
MAX_TAGS = 6_000_000  # of one part; 20,000 rows of 60 cells take 5 million
MAX_ROW_TAGS = 200_000  # parsed at once, some 70 MB; the widest sheet has 16,384 columns

_ENCRYPTED_FLAGS = 0x41  # encrypted, strongly encrypted (APPNOTE.TXT 4.4.4)
# RuntimeError, NotImplementedError with it: a version or a feature that zipfile does not have.
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError)
_TYPES = "[Content_Types].xml"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # ECMA-376 part 2 allows no others
_ROWS = re.compile(rb"<(?:\w+:)?(?:row|si)\b")  # a row, or a shared string
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be"))


def safe_archive(data: bytes) -> bytes:
    """The XML parts of an .xlsx in a new archive, so that what was checked is what is parsed.

    Macros, pictures and embedded files stay behind. Raises InputError with one fault:
    ``file.encrypted``, ``file.not_a_table``, ``file.too_many_parts``, ``file.inflates``,
    ``file.entities``, ``file.too_many_cells`` or ``file.damaged``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive, len(data))
            return _copy(archive)
    except _ZIP_ERRORS as error:
        raise InputError([Fault("file.damaged")]) from error


def _check_parts(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse by the archive's own directory, before anything is inflated."""
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise InputError([Fault("file.too_many_parts", params=_sizes(len(parts), MAX_PARTS))])
    inflated, limit = sum(part.file_size for part in parts), min(MAX_INFLATED, MAX_RATIO * size)
    if inflated > limit:
        raise InputError([Fault("file.inflates", params=_sizes(inflated, limit))])
    if any(part.flag_bits & _ENCRYPTED_FLAGS for part in parts):
        raise InputError([Fault("file.encrypted")])
    if any(part.compress_type not in _METHODS for part in parts):
        raise InputError([Fault("file.damaged")])


def _copy(archive: zipfile.ZipFile) -> bytes:
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as kept:
        for name, part in archive.NameToInfo.items():
            if name.endswith((".xml", ".rels")):
                kept.writestr(name, _read(archive, part))
        if _TYPES not in kept.NameToInfo or b"spreadsheetml" not in kept.read(_TYPES):
            raise InputError([Fault("file.not_a_table")])
    return copy.getvalue()


def _read(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The part, inflated to its declared size and no further, whatever the stream holds.

    No spreadsheet program writes a document type: it could only declare entities.
    """
    with archive.open(part) as stream:
        content = stream.read(part.file_size)
    if any(doctype in content for doctype in _DOCTYPES):
        raise InputError([Fault("file.entities")])
    tags = [row.count(b"<") for row in _ROWS.split(content)]
    for found, limit in ((sum(tags), MAX_TAGS), (max(tags), MAX_ROW_TAGS)):
        if found > limit:
            raise InputError([Fault("file.too_many_cells", params=_sizes(found, limit))])
    return content


def _sizes(found: int, limit: int) -> dict[str, int]:
    return {"found": found, "limit": limit}
