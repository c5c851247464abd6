"""The audit trail as people read it: newest first, by act, day and school, with names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from database.connections import Database
from store import actors
from store.audit import Entry
from store.tables import AUDIT


@dataclass(frozen=True, slots=True)
class Search:
    """Which entries: of these acts (None: all), from and until (not included) when, whose school.

    A school's entries are those that name it in their detail. `before` is the number of the last
    entry seen already; `limit` how many to read.
    """

    acts: Collection[str] | None = None
    since: int | None = None
    until: int | None = None
    school: int | None = None
    before: int | None = None
    limit: int = 100


def search(database: Database, wanted: Search) -> Sequence[tuple[Entry, str]]:
    """Those entries, newest first, each with who acted by name where it is known."""
    query = select(
        AUDIT.c.seq, AUDIT.c.prev, AUDIT.c.at, AUDIT.c.actor, AUDIT.c.act, AUDIT.c.detail,
        AUDIT.c.hash,
    )  # fmt: skip
    if wanted.acts is not None:
        query = query.where(AUDIT.c.act.in_(wanted.acts))
    if wanted.since is not None:
        query = query.where(AUDIT.c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AUDIT.c.at < wanted.until)
    if wanted.before is not None:
        query = query.where(AUDIT.c.seq < wanted.before)
    if wanted.school is not None:  # details are JSON without spaces, members in order
        named = f'"school":{wanted.school}'
        query = query.where(
            or_(AUDIT.c.detail.contains(f"{named},"), AUDIT.c.detail.contains(named + "}"))
        )
    with database.reading() as connection:
        rows = connection.execute(query.order_by(AUDIT.c.seq.desc()).limit(wanted.limit))
        found = [Entry(*row) for row in rows]
        names = actors.names(connection, {each.actor for each in found})
    return [(each, names[each.actor]) for each in found]
