"""How spans of blanks are kept apart: one is taken out of what it lies in and put elsewhere.

All of it happens in the caller's transaction under one lock. Spans that touch and are alike become
one row again, so the table stays as short as the safe is orderly.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from credential.blanks import FROM, Fate, Series, Span, merged, without
from credential.errors import ConflictError
from credential.model import CredentialType
from database.connections import lock
from store.blank_tables import BLANK_SERIES as SERIES
from store.blank_tables import BLANK_SPANS as SPANS


class Owned(NamedTuple):
    """Whose the blanks of a span are, and what they are."""

    school: int
    fate: Fate


class Held(NamedTuple):
    """What some blanks of a series are."""

    series: Series
    span: Span
    fate: Fate


def locked_series(connection: Connection, series: Series) -> int:
    """The number of a series, made if it is new; nobody else changes blanks meanwhile."""
    lock(connection, "blanks")
    about = {"type": series.type.value, "prefix": series.prefix, "digits": series.digits}
    found = connection.scalar(select(SERIES.c.id).filter_by(**about))
    if found is None:
        made = connection.execute(insert(SERIES).values(**about).returning(SERIES.c.id))
        found = made.scalar_one()
    return found


def receive(connection: Connection, number: int, span: Span, school: int) -> None:
    """Put blanks on hand. IntegrityError if one of them is there already."""
    connection.execute(insert(SPANS), _row(number, span, Owned(school, Fate.ON_HAND)))
    _put(connection, number, span, Owned(school, Fate.ON_HAND))


def change(
    connection: Connection, number: int, series: Series, school: int, span: Span, fate: Fate
) -> list[tuple[Span, Fate]]:
    """Give blanks of a school a fate; which of them were what before.

    Raises ConflictError ``blanks.not_on_hand`` with the first span of which none may become that.
    """
    found = [
        (Span(max(held.first, span.first), min(held.last, span.last)), owned.fate)
        for held, owned in _overlapping(connection, number, span)
        if owned.school == school and owned.fate in FROM[fate]
    ]
    missing = next(without(span, [held for held, _ in found]), None)
    if missing is not None:
        raise ConflictError("blanks.not_on_hand", found=series.written(missing))
    _put(connection, number, span, Owned(school, fate))
    return found


def put_back(connection: Connection, number: int, span: Span, school: int) -> None:
    """Make blanks of a school be on hand again, whatever they are."""
    _put(connection, number, span, Owned(school, Fate.ON_HAND))


def held(
    connection: Connection, school: int, kind: CredentialType, series: Series | None = None
) -> list[Held]:
    """What a school's blanks are, by series and number."""
    query = (
        select(SERIES.c.prefix, SERIES.c.digits, SPANS.c.first, SPANS.c.last, SPANS.c.fate)
        .join_from(SPANS, SERIES, SERIES.c.id == SPANS.c.series)
        .where(SPANS.c.school == school, SERIES.c.type == kind.value)
        .order_by(SERIES.c.prefix, SERIES.c.digits, SPANS.c.first)
    )
    if series is not None:
        query = query.where(SERIES.c.prefix == series.prefix, SERIES.c.digits == series.digits)
    return [
        Held(Series(kind, prefix, digits), Span(first, last), Fate(fate))
        for prefix, digits, first, last, fate in connection.execute(query)
    ]


def _put(connection: Connection, number: int, span: Span, owned: Owned) -> None:
    """Make a span what it is to be; what touches it and is alike is joined to it."""
    around = Span(span.first - 1, span.last + 1)
    old = _overlapping(connection, number, around)
    left = [(piece, was) for each, was in old for piece in without(each, [span])]
    firsts = [each.first for each, _ in old]
    connection.execute(delete(SPANS).where(SPANS.c.series == number, SPANS.c.first.in_(firsts)))
    rows = [_row(number, each, one) for each, one in merged([*left, (span, owned)])]
    connection.execute(insert(SPANS), rows)


def _overlapping(connection: Connection, number: int, span: Span) -> Sequence[tuple[Span, Owned]]:
    query = (
        select(SPANS.c.first, SPANS.c.last, SPANS.c.school, SPANS.c.fate)
        .where(SPANS.c.series == number, SPANS.c.first <= span.last, SPANS.c.last >= span.first)
        .order_by(SPANS.c.first)
    )
    return [
        (Span(first, last), Owned(school, Fate(fate)))
        for first, last, school, fate in connection.execute(query)
    ]


def _row(number: int, span: Span, owned: Owned) -> dict[str, object]:
    return {
        "series": number, "first": span.first, "last": span.last,
        "school": owned.school, "fate": owned.fate.value,
    }  # fmt: skip
