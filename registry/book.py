"""The register of awards as it is read: a book for each school, type and year, line by line.

Read only. Lines come in the order of their numbers or in Vietnamese order of names, a page at a
time; a page goes on behind the line that the one before it ended with, so a book of any length
costs the same everywhere. A search looks at all lines of one book (`registry.searching`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_

from credential.model import CredentialType, Lane
from database.connections import Database
from registry.act_tables import ANNEXES
from registry.searching import Wanted, wanted
from registry.tables import AWARDS, COUNTERS

PAGE = 50
"""Lines on a page, where nobody says how many."""

_AT_ONCE = 2000  # lines of a whole book read at once
_MOST_GAPS = 100  # of those that are named


class Order(Enum):
    """How lines stand."""

    NUMBER = "number"
    NAME = "name"


class Book(NamedTuple):
    """Which register it is: a type of credential, a school's number, a year."""

    type: CredentialType
    school: int
    year: int


class Mark(NamedTuple):
    """A version of a line in its book: what a page goes on behind."""

    number: int
    version: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of a book are wanted: words to be found, a state, a class; and in what order.

    `first` and `last` are numbers between which they are.
    """

    text: str = ""
    lane: Lane | None = None
    class_name: str | None = None
    order: Order = Order.NUMBER
    first: int | None = None
    last: int | None = None


class BookLine(NamedTuple):
    """A version of a line, as the register holds it; days are numbers as `PartialDate` has them.

    Its decision is the one that recognised the graduation; an annex's is the one that corrected it.
    """

    number: int
    version: int
    register_no: str
    serial: str | None
    pupil: str
    name: str
    birth: int
    birth_place: str | None
    sex: str | None
    ethnicity: str | None
    class_name: str | None
    classification: str | None
    decision_no: str | None
    decision_on: int | None
    issued: int
    signer: str
    lane: int
    ground: str | None
    withdrawal_decision: str | None
    withdrawn_on: int | None
    reason: str | None
    approved_by: str | None
    seq: int | None
    position: int | None
    annex_decision: str | None = None
    annex_on: int | None = None


class Gap(NamedTuple):
    """Running numbers that no line has, both included."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Contents:
    """What a book holds: lines (numbers), how many versions are in each state, classes, gaps."""

    lines: int
    last: int
    states: dict[Lane, int]
    classes: tuple[str, ...]
    gaps: tuple[Gap, ...]


class Page(NamedTuple):
    """Some lines of a book, and behind which the next page goes on (None: there is none)."""

    lines: Sequence[BookLine]
    after: Mark | None


_COLUMNS = (
    AWARDS.c.number, AWARDS.c.version, AWARDS.c.register_no, AWARDS.c.serial, AWARDS.c.pupil,
    AWARDS.c.holder_name, AWARDS.c.birth, AWARDS.c.birth_place, AWARDS.c.sex, AWARDS.c.ethnicity,
    AWARDS.c.class_name, AWARDS.c.classification, AWARDS.c.decision_no, AWARDS.c.decision_on,
    AWARDS.c.issued, AWARDS.c.signer_name, AWARDS.c.lane, AWARDS.c.ground,
    AWARDS.c.withdrawal_decision, AWARDS.c.withdrawn_on, AWARDS.c.reason, AWARDS.c.approved_by,
    AWARDS.c.seq, AWARDS.c.position, ANNEXES.c.decision_no, ANNEXES.c.decision_on,
)  # fmt: skip
_ANNEXED = and_(
    ANNEXES.c.type == AWARDS.c.type,
    ANNEXES.c.school == AWARDS.c.school,
    ANNEXES.c.register_no == AWARDS.c.register_no,
    ANNEXES.c.version == AWARDS.c.version,
)


class Books:
    """The books of one registry. Raises UnavailableError ``registry``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, school: int) -> Sequence[tuple[Book, int]]:
        """The books of a school, newest first, each with the last number given in it."""
        query = (
            select(COUNTERS.c.type, COUNTERS.c.year, COUNTERS.c.last)
            .where(COUNTERS.c.school == school, COUNTERS.c.last > 0)
            .order_by(COUNTERS.c.year.desc(), COUNTERS.c.type)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [(Book(CredentialType(row.type), school, row.year), row.last) for row in rows]

    def contents(self, book: Book) -> Contents:
        """How many lines a book has, in which states, of which classes, and which are missing."""
        where = _of(book)
        states = select(AWARDS.c.lane, func.count()).where(*where).group_by(AWARDS.c.lane)
        classes = select(AWARDS.c.class_name).where(*where).distinct()
        given = select(COUNTERS.c.last).filter_by(
            type=book.type.value, school=book.school, year=book.year
        )
        numbers = select(func.count(), func.max(AWARDS.c.number)).where(
            *where, AWARDS.c.version == 1
        )
        with self._database.reading() as connection:
            last = connection.scalar(given) or 0
            count, highest = connection.execute(numbers).one()
            held = connection.execute(states).all()
            named = [name for name in connection.scalars(classes) if name]
            last = max(last, highest or 0)
            missing = connection.execute(_gaps(where)).all() if count != last else []
        gaps = [Gap(before + 1, number - 1) for number, before in missing]
        if last > (highest or 0) and len(gaps) < _MOST_GAPS:
            gaps.append(Gap((highest or 0) + 1, last))
        return Contents(
            lines=count,
            last=last,
            states={Lane(lane): number for lane, number in held},
            classes=tuple(sorted(named, key=_natural)),
            gaps=tuple(gaps),
        )

    def page(self, book: Book, asked: Asked, after: Mark | None = None, limit: int = PAGE) -> Page:
        """Some lines of a book in order, the first ones or those behind a line of it.

        Of a search, those come first that are spelled as it was typed, then those that have its
        words with other marks, then those in which a word only begins so.
        """
        words = wanted(asked.text)
        place = _place(words, asked.order)
        query = select(*_COLUMNS).outerjoin_from(AWARDS, ANNEXES, _ANNEXED)
        query = query.where(*_of(book), *_filters(asked, words))
        with self._database.reading() as connection:
            if after is not None:
                start = select(*place).where(*_of(book), AWARDS.c.number == after.number,
                                             AWARDS.c.version == after.version)  # fmt: skip
                found = connection.execute(start).one_or_none()
                if found is None:
                    return Page((), None)
                query = query.where(tuple_(*place) > tuple(found))
            rows = connection.execute(query.order_by(*place).limit(limit + 1)).all()
        lines = [BookLine._make(row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(lines, Mark(lines[-1].number, lines[-1].version) if more else None)

    def everywhere(
        self, school: int, text: str, limit: int = PAGE
    ) -> tuple[Sequence[tuple[Book, BookLine]], bool]:
        """Lines of all a school's books with these words, best spelled first; if there are more."""
        words = wanted(text)
        if not words:
            return (), False
        rank = _place(words, Order.NUMBER)[0]
        query = select(AWARDS.c.type, AWARDS.c.year, *_COLUMNS)
        query = query.outerjoin_from(AWARDS, ANNEXES, _ANNEXED).where(
            AWARDS.c.type.in_([kind.value for kind in CredentialType]),  # as the index begins
            AWARDS.c.school == school,
            *_filters(Asked(text), words),
        )
        order = (rank, AWARDS.c.year.desc(), AWARDS.c.type, AWARDS.c.number, AWARDS.c.version)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(*order).limit(limit + 1)).all()
        found = [
            (Book(CredentialType(kind), school, year), BookLine(*line))
            for kind, year, *line in rows[:limit]
        ]
        return found, len(rows) > limit

    def lines(self, book: Book, asked: Asked) -> Iterator[BookLine]:
        """All of them, read page by page."""
        page = self.page(book, asked, limit=_AT_ONCE)
        yield from page.lines
        while page.after is not None:
            page = self.page(book, asked, page.after, _AT_ONCE)
            yield from page.lines


def _of(book: Book) -> tuple[ColumnElement[bool], ...]:
    return (
        AWARDS.c.type == book.type.value,
        AWARDS.c.school == book.school,
        AWARDS.c.year == book.year,
    )


def _filters(asked: Asked, words: Sequence[Wanted]) -> Iterator[ColumnElement[bool]]:
    if asked.lane is not None:
        yield AWARDS.c.lane == int(asked.lane)
    if asked.class_name is not None:
        yield AWARDS.c.class_name == asked.class_name
    if asked.first is not None:
        yield AWARDS.c.number >= asked.first
    if asked.last is not None:
        yield AWARDS.c.number <= asked.last
    for word in words:
        yield or_(*map(_has, word.parts))


def _place(words: Sequence[Wanted], order: Order) -> list[ColumnElement[Any]]:
    """What lines stand in order of; a version has a place of its own."""
    place: list[ColumnElement[Any]] = [AWARDS.c.number, AWARDS.c.version]
    if order is Order.NAME:
        place.insert(0, AWARDS.c.sort_key)
    if words:
        ranks = [case((_has(word.exact), 0), (_has(word.whole), 1), else_=2) for word in words]
        place.insert(0, reduce(add, ranks))
    return place


def _has(part: str) -> ColumnElement[bool]:
    return AWARDS.c.search.contains(part, autoescape=True)


def _gaps(where: Sequence[ColumnElement[bool]]) -> Select[int, int]:
    """Numbers behind a gap, each with the number before it (0 before the first)."""
    before = func.coalesce(func.lag(AWARDS.c.number).over(order_by=AWARDS.c.number), 0)
    numbered = (
        select(AWARDS.c.number, before.label("before"))
        .where(*where, AWARDS.c.version == 1)
        .subquery()
    )
    return (
        select(numbered.c.number, numbered.c.before)
        .where(numbered.c.number > numbered.c.before + 1)
        .order_by(numbered.c.number)
        .limit(_MOST_GAPS)
    )


def _natural(name: str) -> tuple[list[int], str]:
    """12.2 before 12.10."""
    return [int(digits) for digits in re.findall(r"[0-9]+", name)], name
