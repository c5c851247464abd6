"""Searching the share tables for what they must not tell, in whatever spelling it would stand."""

import itertools
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator

from sqlalchemy import Table

from credential import jose, sdjwt
from credential.keys import b64url
from database.connections import Database
from store.share_tables import SHARE_VIEWS, SHARES
from tests.sharing.sealing import Link

LEAST = 6  # bytes of what is searched for; shorter ones stand in random bytes by chance


def rows(database: Database, table: Table) -> list[tuple[object, ...]]:
    """All that a table holds."""
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(table.select())]


def dump(database: Database) -> bytes:
    """All columns of all share tables: texts, numbers and bytes, and bytes also as hex."""
    cells = itertools.chain(*rows(database, SHARES), *rows(database, SHARE_VIEWS))
    parts = [cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
    return b"\n".join([*parts, *(part.hex().encode() for part in parts)])


def assert_nothing_told(tables: bytes, whole: str, link: Link, pin: str, label: str) -> None:
    """That there is no mark, name or salt of the SD-JWT `whole`, shown or hidden, and no secret."""
    secrets = (label.encode(), pin.encode(), link.key, link.capability, link.proof(pin),
               b64url(link.key).encode())  # fmt: skip
    told = {
        needle
        for needle in {*_needles(whole), *secrets}
        if len(needle) >= LEAST
        for spelling in _spellings(needle)
        if len(spelling) >= LEAST and spelling in tables
    }
    assert told == set()


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
