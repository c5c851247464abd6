"""The audit trail: who did what, each entry bound to all before it by a hash.

An entry is written in the transaction of the act itself, so neither exists without the other.
It holds numbers and decisions, never a pupil's data, and of who acted a commitment instead of a
name (`store.actors`), so that a name can be erased and the trail stays whole. Whoever may write to
the database can still cut the trail's end or forge all of it anew: each batch's transaction carries
the head of its moment onto the chain, and `first_wrong` compares with what it carried.

An entry's hash is SHA-256 of the hash before it (32 zero bytes for the first) and the JSON array
[number, seconds since 1970, actor, act, detail], where the detail is a text: JSON with sorted keys.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, insert, select

from database.connections import Database, lock
from store import actors
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


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the trail as it is kept: `actor` may be a commitment, `detail` is JSON text."""

    seq: int
    prev: bytes
    at: int
    actor: str
    act: str
    detail: str
    hash: bytes


def append(
    connection: Connection, at: int, actor: str, act: str, *details: Mapping[str, object]
) -> None:
    """Add an entry for each detail in the caller's transaction. None holds personal data."""
    lock(connection, "audit")
    last = connection.execute(_LAST).one_or_none()
    first, prev = (last.seq + 1, last.hash) if last else (1, _START)
    who = actors.written(connection, actor)
    rows = []
    for seq, detail in enumerate(details, first):
        text = _text(detail)
        sound = _hash(prev, seq, at, who, act, text)
        rows.append({
            "seq": seq, "prev": prev, "at": at, "actor": who, "act": act,
            "detail": text, "hash": sound,
        })  # fmt: skip
        prev = sound
    if rows:
        connection.execute(insert(AUDIT), rows)


def note(database: Database, at: int, actor: str, act: str, **detail: object) -> None:
    """Add an entry about what was done outside of this database."""
    with database.writing() as connection:
        append(connection, at, actor, act, detail)


def about(database: Database, *details: Mapping[str, object]) -> list[tuple[int, str, str]]:
    """When, who and what of every entry that has exactly one of these details, oldest first."""
    query = (
        select(AUDIT.c.at, AUDIT.c.actor, AUDIT.c.act)
        .where(AUDIT.c.detail.in_(map(_text, details)))
        .order_by(AUDIT.c.seq)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
        names = actors.names(connection, {actor for _, actor, _ in rows})
    return [(at, names[actor], act) for at, actor, act in rows]


def forget(database: Database, at: int, name: str, actor: str) -> str | None:
    """Erase a person's name; the commitment that means nobody from now on, None if there is none.

    The entries stay as they are, and one more says that this was done.
    """
    with database.writing() as connection:
        ref = actors.commitment(connection, name)
        if ref is not None:
            append(connection, at, actor, "audit.forgotten", {"person": ref})
            actors.erase(connection, ref)
        return ref


def head(database: Database) -> tuple[int, bytes]:
    """Number and hash of the last entry: what to publish. (0, zeros) for an empty trail."""
    with database.reading() as connection:
        last = connection.execute(_LAST).one_or_none()
    return (last.seq, last.hash) if last else (0, _START)


def entries(database: Database) -> Iterator[Entry]:
    """The whole trail, oldest first, read page by page."""
    # Ordered by number, and numbers are the primary key: an entry with any other one is seen, too.
    after: int | None = None
    while True:
        page = _ENTRIES if after is None else _ENTRIES.where(AUDIT.c.seq > after)
        with database.reading() as connection:
            rows = connection.execute(page.order_by(AUDIT.c.seq).limit(_PAGE)).all()
        if not rows:
            return
        yield from (Entry(*row) for row in rows)
        after = rows[-1].seq


def first_wrong(trail: Iterable[Entry], heads: Iterable[tuple[int, bytes]] = ()) -> int | None:
    """The number of the first entry that was changed, removed, added or moved; None if none was.

    With earlier heads, a trail cut short or forged anew is found too: of one that does not fit,
    the number of its entry, or of the first one missing.
    """
    expected, prev = 1, _START
    published = sorted(set(heads))
    due = iter(published)
    next_due = next(due, None)
    for entry in trail:
        if not _fits(entry, expected, prev):
            return expected
        while next_due is not None and next_due[0] <= expected:
            if next_due[0] == expected and next_due[1] != entry.hash:
                return expected
            next_due = next(due, None)
        expected, prev = expected + 1, entry.hash
    return expected if next_due is not None else None


def verify(database: Database, published: tuple[int, bytes] = (0, _START)) -> int | None:
    """The same of the trail in a database, with one earlier head."""
    return first_wrong(entries(database), [published] if published[0] else ())


def _fits(entry: Entry, expected: int, prev: bytes) -> bool:
    try:
        sound = _hash(prev, expected, entry.at, entry.actor, entry.act, entry.detail)
    except TypeError:  # a value of a kind that was never written
        return False
    return (entry.seq, entry.prev, entry.hash) == (expected, prev, sound)


def _text(detail: Mapping[str, object]) -> str:
    return orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode()


def _hash(prev: bytes, seq: int, at: int, actor: str, act: str, detail: str) -> bytes:
    return hashlib.sha256(prev + orjson.dumps([seq, at, actor, act, detail])).digest()
