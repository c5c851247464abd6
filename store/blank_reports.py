"""What the inventory of blanks says: what is on hand, what was done, how a year balances."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from credential.blanks import Fate, Series, Span
from credential.model import CredentialType
from credential.records import BatchState
from database.connections import Database
from store import blank_spans
from store.blank_spans import Held
from store.blank_tables import BLANK_ACTS as ACTS
from store.blank_tables import BLANK_SERIES as SERIES
from store.outbox import now
from store.tables import BATCHES

_FINAL = (BatchState.FINAL.value, BatchState.DELIVERED.value)


class Act(NamedTuple):
    """Something that was done with blanks; `on` a day as yyyymmdd."""

    series: Series
    span: Span
    fate: Fate
    on: int
    by: str
    document: str | None
    reason: str | None
    council: str | None
    batch_ref: str | None


@dataclass(frozen=True, slots=True)
class Balance:
    """A school's blanks of one type over a year: what there was, came, went and is left.

    `destroyed` are those destroyed unused, `spoiled_kept` the spoiled ones not destroyed by the
    end of the year. `under_way` of the used ones are for orders that are not final yet.
    """

    opening: int
    received: int
    used: int
    spoiled: int
    destroyed: int
    spoiled_kept: int
    under_way: int

    @property
    def closing(self) -> int:
        """What is on hand at the end of the year."""
        return self.opening + self.received - self.used - self.spoiled - self.destroyed


class BlankReports:
    """What can be asked of one deployment's inventory. Raises UnavailableError."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock

    def keeps(self, school: int, kind: CredentialType) -> bool:
        """Whether the school keeps an inventory of blanks of that type: it ever received any."""
        query = select(ACTS.c.id).where(*_of(school, kind)).limit(1)
        with self._database.reading() as connection:
            return connection.scalar(query.join_from(ACTS, SERIES)) is not None

    def stock(self, school: int, kind: CredentialType) -> Sequence[Held]:
        """What all blanks are that the school ever received, by series and number."""
        with self._database.reading() as connection:
            return blank_spans.held(connection, school, kind)

    def acts(self, school: int, kind: CredentialType, limit: int = 200) -> Sequence[Act]:
        """What was done with them, newest first; not what came to nothing."""
        query = (
            select(
                SERIES.c.prefix, SERIES.c.digits, ACTS.c.first, ACTS.c.last, ACTS.c.fate,
                ACTS.c.on, ACTS.c.by, ACTS.c.document, ACTS.c.reason, ACTS.c.council,
                ACTS.c.batch_ref,
            )
            .join_from(ACTS, SERIES)
            .where(*_of(school, kind))
            .order_by(ACTS.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Act(
                Series(kind, row.prefix, row.digits), Span(row.first, row.last), Fate(row.fate),
                row.on, row.by, row.document, row.reason, row.council, row.batch_ref,
            )
            for row in rows
        ]  # fmt: skip

    def balance(self, school: int, kind: CredentialType, year: int) -> Balance:
        """What there was, came, went and is left in a year, by the days of the acts."""
        with self._database.reading() as connection:
            row = connection.execute(_balance(school, kind, year)).one()
        return Balance(*map(int, row))


def _of(school: int, kind: CredentialType) -> tuple[ColumnElement[bool], ...]:
    """Acts that count: those of a school and type, without what came to nothing."""
    return ACTS.c.school == school, SERIES.c.type == kind.value, ACTS.c.released_at.is_(None)


def _sum(*which: ColumnElement[bool]) -> ColumnElement[int]:
    """How many blanks some acts are about."""
    return func.coalesce(func.sum(case((and_(*which), ACTS.c.last - ACTS.c.first + 1), else_=0)), 0)


def _balance(
    school: int, kind: CredentialType, year: int
) -> Select[int, int, int, int, int, int, int]:
    earlier, by_then = ACTS.c.on < year * 10000, ACTS.c.on < (year + 1) * 10000
    in_year = and_(by_then, ACTS.c.on >= year * 10000)
    came, used, spoiled, destroyed = (ACTS.c.fate == fate.value for fate in Fate)
    was_on_hand = ACTS.c.before == Fate.ON_HAND.value
    was_spoiled = ACTS.c.before == Fate.SPOILED.value
    final = select(BATCHES.c.ref).where(BATCHES.c.state.in_(_FINAL))
    return (
        select(
            _sum(came, earlier) - _sum(was_on_hand, earlier),
            _sum(came, in_year),
            _sum(used, in_year),
            _sum(spoiled, in_year),
            _sum(destroyed, was_on_hand, in_year),
            _sum(spoiled, by_then) - _sum(destroyed, was_spoiled, by_then),
            _sum(used, in_year, ACTS.c.batch_ref.not_in(final)),
        )
        .join_from(ACTS, SERIES)
        .where(*_of(school, kind))
    )
