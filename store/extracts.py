"""The log of extracts: what was taken out of a pupil's record, by whom, for whom and when.

Whoever makes an extract notes it *before* handing it out: one that was interrupted may stand here
without having been given to anybody, or twice, but none is given without standing here. Lines are
never changed. A pupil is named by the ministry's code, as on the credentials beside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from credential.extracts import Extract, ExtractKind
from database.connections import Database
from store.outbox import now
from store.record_tables import EXTRACTS

_COLUMNS = (
    EXTRACTS.c.pupil,
    EXTRACTS.c.school,
    EXTRACTS.c.seq,
    EXTRACTS.c.position,
    EXTRACTS.c.kind,
    EXTRACTS.c.by,
    EXTRACTS.c.recipient,
    EXTRACTS.c.at,
)

_EAST = 7 * 3600  # seconds by which days begin earlier in Viet Nam than in UTC


@dataclass(frozen=True, slots=True)
class Taken:
    """How many credentials of a batch were taken at once, in what form, by and for whom, when."""

    kind: ExtractKind
    by: str
    to: str
    at: int
    count: int


class Extracts:
    """The log of one deployment; `issuer.ports.ExtractLog`. Raises UnavailableError."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock

    def note(
        self, pupil: str, school: int, seq: int, index: int, kind: ExtractKind, by: str, to: str
    ) -> None:
        """Note one extract of the credential at that place, taken by somebody for somebody.

        `to` is empty where it is for whoever takes it.
        """
        self.note_all([Extract(pupil, school, seq, index, kind, by, to)])

    def note_daily(self, extract: Extract) -> None:
        """Note it, unless one alike was noted this day in Viet Nam; its `at` is ignored."""
        at = self._clock()
        alike = (
            EXTRACTS.c.pupil == extract.pupil,
            EXTRACTS.c.school == extract.school,
            EXTRACTS.c.seq == extract.seq,
            EXTRACTS.c.position == extract.index,
            EXTRACTS.c.kind == extract.kind.value,
            EXTRACTS.c.by == extract.by,
            EXTRACTS.c.recipient == extract.to,
        )
        midnight = at - (at + _EAST) % 86_400
        query = select(EXTRACTS.c.id).where(*alike, EXTRACTS.c.at >= midnight).limit(1)
        with self._database.reading() as connection:
            noted = connection.scalar(query) is not None
        if not noted:
            self.note_all([extract])

    def note_all(self, extracts: Sequence[Extract]) -> None:
        """Note many in one transaction; their `at` is ignored, it is now."""
        if extracts:
            with self._database.writing() as connection:
                write(connection, extracts, self._clock())

    def of(self, pupil: str) -> Sequence[Extract]:
        """All extracts of a pupil's record, newest first."""
        query = (
            select(*_COLUMNS)
            .where(EXTRACTS.c.pupil == pupil)
            .order_by(EXTRACTS.c.at.desc(), EXTRACTS.c.id.desc())
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Extract(pupil, school, seq, index, ExtractKind(kind), by, to, at)
            for pupil, school, seq, index, kind, by, to, at in rows
        ]

    def about(self, school: int, seq: int, limit: int) -> Sequence[Taken]:
        """What was taken out of a batch, newest first: what one act took is one line."""
        same = (EXTRACTS.c.kind, EXTRACTS.c.by, EXTRACTS.c.recipient, EXTRACTS.c.at)
        query = (
            select(*same, func.count())
            .where(EXTRACTS.c.school == school, EXTRACTS.c.seq == seq)
            .group_by(*same)
            .order_by(EXTRACTS.c.at.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Taken(ExtractKind(kind), by, recipient, at, count)
            for kind, by, recipient, at, count in rows
        ]


def write(connection: Connection, extracts: Sequence[Extract], at: int) -> None:
    """Note some at least within a transaction that is under way, as of that moment."""
    names = [column.name for column in _COLUMNS]
    rows = [dict(zip(names, (*_values(extract)[:-1], at), strict=True)) for extract in extracts]
    connection.execute(insert(EXTRACTS), rows)


def _values(extract: Extract) -> tuple[object, ...]:
    return (
        extract.pupil, extract.school, extract.seq, extract.index, extract.kind.value,
        extract.by, extract.to, extract.at,
    )  # fmt: skip
