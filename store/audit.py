"""The audit trail: who did what, each entry bound to all before it by a hash.

An entry is written in the transaction of the act itself, so neither exists without the other.
It holds numbers and decisions, never a person's data. Whoever may write to the database can
still cut the trail's end or forge all of it anew: publish `head` from time to time, and give
it to `verify` later.
"""

import hashlib
from collections.abc import Mapping

import orjson
from sqlalchemy import Connection, insert, select

from database.connections import Database, lock
from store.tables import AUDIT

_START = bytes(32)
_LAST = select(AUDIT.c.seq, AUDIT.c.hash).order_by(AUDIT.c.seq.desc()).limit(1)
_ENTRIES = select(
    AUDIT.c.seq,
    AUDIT.c.prev,
    AUDIT.c.at,
    AUDIT.c.actor,
    AUDIT.c.act,
    AUDIT.c.detail,
    AUDIT.c.hash,
)
_PAGE = 1000  # entries read at once


def append(
    connection: Connection, at: int, actor: str, act: str, *details: Mapping[str, object]
) -> None:
    """Add an entry for each detail in the caller's transaction. None holds personal data."""
    lock(connection, "audit")
    last = connection.execute(_LAST).one_or_none()
    first, prev = (last.seq + 1, last.hash) if last else (1, _START)
    rows = []
    for seq, detail in enumerate(details, first):
        text = _text(detail)
        sound = _hash(prev, seq, at, actor, act, text)
        rows.append({
            "seq": seq, "prev": prev, "at": at, "actor": actor, "act": act,
            "detail": text, "hash": sound,
        })  # fmt: skip
        prev = sound
    if rows:
        connection.execute(insert(AUDIT), rows)


def about(database: Database, *details: Mapping[str, object]) -> list[tuple[int, str, str]]:
    """When, who and what of every entry that has exactly one of these details, oldest first."""
    query = (
        select(AUDIT.c.at, AUDIT.c.actor, AUDIT.c.act)
        .where(AUDIT.c.detail.in_(map(_text, details)))
        .order_by(AUDIT.c.seq)
    )
    with database.reading() as connection:
        return [(at, actor, act) for at, actor, act in connection.execute(query)]


def head(database: Database) -> tuple[int, bytes]:
    """Number and hash of the last entry: what to publish. (0, zeros) for an empty trail."""
    with database.reading() as connection:
        last = connection.execute(_LAST).one_or_none()
    return (last.seq, last.hash) if last else (0, _START)


def verify(database: Database, published: tuple[int, bytes] = (0, _START)) -> int | None:
    """The number of the first entry that was changed, removed, added or moved; None if none was.

    With an earlier `head`, a trail cut short or forged anew is found too.
    """
    expected, prev = 1, _START
    with database.reading() as connection:
        while rows := connection.execute(
            _ENTRIES.where(AUDIT.c.seq >= expected).order_by(AUDIT.c.seq).limit(_PAGE)
        ).all():
            for seq, before, at, actor, act, detail, found in rows:
                sound = _hash(prev, seq, at, actor, act, detail)
                if (seq, before, found) != (expected, prev, sound):
                    return expected
                if seq == published[0] and found != published[1]:
                    return expected
                expected, prev = seq + 1, found
    return expected if published[0] >= expected else None


def _text(detail: Mapping[str, object]) -> str:
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode()


def _hash(prev: bytes, seq: int, at: int, actor: str, act: str, detail: str) -> bytes:
    return hashlib.sha256(prev + orjson.dumps([seq, at, actor, act, detail])).digest()
