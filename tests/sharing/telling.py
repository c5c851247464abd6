"""Searching the tables that sharing writes for what they must not tell, in whatever spelling.

Those are the shares, their openings, the log of extracts and the audit trail. What is short, such
as a mark as papers print it, stands in ciphertexts and hashes by chance: it is searched in texts.
"""

import itertools
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Table

from credential import jose, sdjwt
from credential.keys import b64url
from database.connections import Database
from grading.marks import format_tenths
from store.record_tables import EXTRACTS
from store.share_tables import SHARE_VIEWS, SHARES
from store.tables import AUDIT
from tests.sharing.sealing import Link

LEAST = 6  # bytes of what is searched for in bytes; shorter ones stand there by chance
TABLES = (SHARES, SHARE_VIEWS, EXTRACTS, AUDIT)


@dataclass(frozen=True)
class Dump:
    """What tables hold: all columns as bytes, and the columns of text again by themselves."""

    columns: bytes
    texts: bytes

    def __contains__(self, needle: bytes) -> bool:
        return needle in self.columns

    def tells(self, needle: bytes) -> bool:
        """Whether it stands there in any spelling; what is short: in a text, as a whole."""
        if len(needle) < LEAST:
            alone = rb"(?<!\d)" + re.escape(needle) + rb"(?!\d)"
            return re.search(alone, self.texts) is not None
        spellings = (each for each in _spellings(needle) if len(each) >= LEAST)
        return any(spelling in self.columns for spelling in spellings)


def rows(database: Database, table: Table) -> list[tuple[object, ...]]:
    """All that a table holds."""
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(table.select())]


def dump(database: Database) -> Dump:
    """All that these tables hold: texts, numbers and bytes, and bytes also as hex."""
    cells = [cell for table in TABLES for row in rows(database, table) for cell in row]
    parts = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
    texts = [cell.encode() for cell in cells if isinstance(cell, str)]
    return Dump(b"\n".join([*parts, *(part.hex().encode() for part in parts)]), b"\n".join(texts))


def assert_nothing_told(tables: Dump, whole: str, link: Link, pin: str, label: str) -> None:
    """That there is no mark, name or salt of the SD-JWT `whole`, shown or hidden, and no secret."""
    secrets = (label.encode(), pin.encode(), link.key, link.capability, link.proof(pin),
               b64url(link.key).encode())  # fmt: skip
    long = {each for each in {*_needles(whole), *secrets} if len(each) >= LEAST}
    assert {each for each in {*long, *_marks(whole)} if tables.tells(each)} == set()


def _marks(whole: str) -> Iterator[bytes]:
    """Every mark alone: as JSON has it, and as papers print it."""
    for row in sdjwt.parse(whole).results:
        if "mark" in row:
            yield b'"mark":%d' % row["mark"]
            yield b'"mark": %d' % row["mark"]
            yield format_tenths(row["mark"]).encode()


def _needles(whole: str) -> Iterator[bytes]:
    for each in sdjwt.parse(whole).shown:
        salt, name, value = jose.load(each.text)
        yield from (each.text.encode(), salt.encode(), name.encode(), jose.canonical(value))
        inner = value.values() if isinstance(value, dict) else [value]
        yield from (str(one).encode() for one in inner)
        if name == "birth_date":
            yield "/".join(reversed(value.split("-"))).encode()


def _spellings(needle: bytes) -> Iterator[bytes]:
    """In plain, in JSON, in hex, and in base64 whatever stands before it."""
    yield needle
    yield needle.hex().encode()
    yield needle.hex().upper().encode()
    text = needle.decode("utf-8", "replace")
    yield json.dumps(text)[1:-1].encode()
    yield text.encode("utf-16-le")
    for before, encode in itertools.product(range(3), (b64encode, urlsafe_b64encode)):
        encoded = encode(bytes(before) + needle)
        first, last = -(-before * 8 // 6), (before + len(needle)) * 8 // 6
        yield encoded[first:last]
