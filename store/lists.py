"""Lists to be verified: rows that workers claim, and outcomes that are written once.

A claim is a lease: rows of a worker that died are free again when it ends. An outcome counts only
from whoever holds the claim, and takes what was handed in away in the same transaction; so nothing
is lost or done twice, whether a commit failed or happened without saying so. The last outcome of a
list finishes it, and writes down its webhook. What rows hold, `api.lists` decides.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import RefusedError
from database.connections import Database
from store import audit
from store.actors import PUBLIC
from store.listing_tables import DELIVERIES, LIST_ROWS, LISTS
from store.outbox import now

LEASE = 60  # seconds after which another worker may take a row over
_OPEN_DAYS = 7 * 86_400  # seconds after which a list that never came to its end is forgotten
_PAGE = 500  # outcomes read at once


@dataclass(frozen=True, slots=True)
class Kept:
    """A list as it is kept. `forget` is when all of it goes; see `store.listing_tables`."""

    id: str
    client: str | None
    request: str | None
    body: bytes
    seal: bytes
    files: bool
    size: int
    created: int
    finished: int | None
    forget: int


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row of a new list: what is to be verified, or an outcome that it has already."""

    given: bytes | None
    kind: str = ""
    outcome: bytes | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many lists are not finished: `all`, of nobody's key `anybodys`, archives among those."""

    all: int
    anybodys: int
    archives: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """Rows of one list that a worker may work on: position, what was given, claims so far."""

    list: str
    seal: bytes
    rows: Sequence[tuple[int, bytes, int]]


Outcome = tuple[int, str, bytes]
"""Position, kind, sealed outcome."""

Notice = Callable[[Kept, Mapping[str, int]], bytes]
"""The body of a webhook out of a finished list and its counts by kind."""

_LIST = select(
    LISTS.c.id, LISTS.c.client, LISTS.c.request, LISTS.c.body, LISTS.c.seal, LISTS.c.files,
    LISTS.c.size, LISTS.c.created, LISTS.c.finished, LISTS.c.forget,
)  # fmt: skip


class Lists:
    """The lists of one deployment. `kept` is how long a finished one stays, in seconds."""

    def __init__(
        self, database: Database, kept: int = 86_400, clock: Callable[[], int] = now
    ) -> None:
        self._database, self._kept, self._clock = database, kept, clock

    def create(self, new: Kept, rows: Sequence[NewRow], notice: Notice) -> Kept:
        """Keep a list with all its rows, and return it; `created` and later fields are ignored.

        If its client has sent this `request` before, what came of that is returned unchanged.
        """
        time = self._clock()
        head = (
            new.id, new.client, new.request, new.body, new.seal, int(new.files), len(rows), time,
            0, None, time + _OPEN_DAYS,
        )  # fmt: skip
        body = [
            (new.id, place, row.given, 0, 0, "", row.kind, row.outcome)
            for place, row in enumerate(rows)
        ]
        with suppress(IntegrityError), self._database.writing() as connection:
            self._database.insert(connection, LISTS, [head])
            self._database.insert(connection, LIST_ROWS, body)
            who = f"client:{new.client}" if new.client else PUBLIC
            detail = {"list": new.id, "rows": len(rows)}
            audit.append(connection, time, who, "list.received", detail)
            self._close(connection, new.id, notice)
        found = self.of(new.id) or (
            self.of_request(new.client, new.request) if new.client else None
        )
        if found is None:
            raise RefusedError("list.unknown")  # forgotten at the same moment
        return found

    def of(self, number: str) -> Kept | None:
        """The list of that id."""
        with self._database.reading() as connection:
            return _one(connection, number)

    def of_request(self, client: str, request: str | None) -> Kept | None:
        """The list that a client made with that Idempotency-Key."""
        here = (LISTS.c.client == client, LISTS.c.request == request)
        with self._database.reading() as connection:
            row = connection.execute(_LIST.where(*here)).one_or_none()
        return _kept(row) if row else None

    def waiting(self) -> Waiting:
        """How many lists are not finished."""
        anybodys = LISTS.c.client.is_(None)
        query = select(
            func.count(),
            func.count().filter(anybodys),
            func.count().filter(anybodys, LISTS.c.files == 1),
        ).where(LISTS.c.finished.is_(None))
        with self._database.reading() as connection:
            return Waiting(*connection.execute(query).one())

    def counts(self, number: str) -> Mapping[str, int]:
        """How many rows have an outcome of each kind."""
        with self._database.reading() as connection:
            return _counts(connection, number)

    def outcomes(self, number: str, kind: str | None = None) -> Iterator[bytes]:
        """The sealed outcomes in the order of rows, a page at a time; of one kind if named."""
        place, page = -1, _PAGE
        query = select(LIST_ROWS.c.position, LIST_ROWS.c.outcome).where(LIST_ROWS.c.list == number)
        query = query.where(LIST_ROWS.c.kind == kind if kind else LIST_ROWS.c.kind != "")
        while page == _PAGE:
            after = query.where(LIST_ROWS.c.position > place).order_by("position").limit(_PAGE)
            with self._database.reading() as connection:
                rows = connection.execute(after).all()
            yield from (outcome for _, outcome in rows if outcome is not None)
            place, page = (rows[-1].position if rows else place), len(rows)

    def claim(
        self, owner: str, rows: int, files: int, *, clients_first: bool = False
    ) -> Claimed | None:
        """Take some rows of the list whose turn it is: so many, or so many if they are files.

        `owner` names this claim and no other. With `clients_first` lists without a key have their
        turn only when no client's has rows. None when no row is free.
        """
        time = self._clock()
        free = (LIST_ROWS.c.kind == "", LIST_ROWS.c.due <= time)
        turn = (
            select(LISTS.c.id, LISTS.c.seal, LISTS.c.files)
            .where(LISTS.c.finished.is_(None))
            .where(select(1).where(LIST_ROWS.c.list == LISTS.c.id, *free).exists())
            .order_by(
                *((LISTS.c.client.is_(None),) if clients_first else ()),
                LISTS.c.served,
                LISTS.c.created,
            )
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.writing() as connection:
            found = connection.execute(turn).one_or_none()
            if found is None:
                return None
            here = LIST_ROWS.c.list == found.id
            query = select(LIST_ROWS.c.position, LIST_ROWS.c.given, LIST_ROWS.c.claims)
            query = query.where(here, *free).order_by(LIST_ROWS.c.position)
            taken = connection.execute(query.limit(files if found.files else rows)).all()
            claim = {"owner": owner, "due": time + LEASE, "claims": LIST_ROWS.c.claims + 1}
            places = [row.position for row in taken]
            chosen = (here, LIST_ROWS.c.position.in_(places))
            connection.execute(update(LIST_ROWS).where(*chosen).values(claim))
            last = select(func.max(LISTS.c.served)).scalar_subquery()
            connection.execute(update(LISTS).where(LISTS.c.id == found.id).values(served=last + 1))
        return Claimed(found.id, found.seal, [(p, g or b"", c + 1) for p, g, c in taken])

    def settle(
        self,
        claimed: Claimed,
        owner: str,
        done: Sequence[Outcome],
        later: Mapping[int, int],
        notice: Notice,
        untouched: Sequence[int] = (),
    ) -> None:
        """Write outcomes of a claim down, and when its other rows may be claimed again (times).

        Rows that were left `untouched` are free again as if they had not been claimed. What is not
        held by that claim any more is left alone.
        """
        mine = (LIST_ROWS.c.list == claimed.list, LIST_ROWS.c.owner == owner)
        with self._database.writing() as connection:
            # Of two workers with the last rows of a list, the second sees what the first wrote.
            connection.execute(_LIST.where(LISTS.c.id == claimed.list).with_for_update())
            for place, kind, outcome in done:
                here = (*mine, LIST_ROWS.c.position == place, LIST_ROWS.c.kind == "")
                values = {"kind": kind, "outcome": outcome, "given": None, "owner": ""}
                connection.execute(update(LIST_ROWS).where(*here).values(values))
            for place, due in later.items():
                here = (*mine, LIST_ROWS.c.position == place, LIST_ROWS.c.kind == "")
                connection.execute(update(LIST_ROWS).where(*here).values(due=due, owner=""))
            if untouched:
                here = (*mine, LIST_ROWS.c.position.in_(untouched), LIST_ROWS.c.kind == "")
                free = {"due": 0, "owner": "", "claims": LIST_ROWS.c.claims - 1}
                connection.execute(update(LIST_ROWS).where(*here).values(free))
            self._close(connection, claimed.list, notice)

    def forget(self, number: str) -> None:
        """Forget a list and all its rows now; workers' later outcomes for it go nowhere."""
        with self._database.writing() as connection:
            _forget(connection, [number])

    def forget_old(self) -> int:
        """Forget what has been kept long enough; how many lists that were."""
        time = self._clock()
        with self._database.reading() as connection:
            old = connection.scalars(select(LISTS.c.id).where(LISTS.c.forget <= time)).all()
        for number in old:
            self.forget(number)
        with self._database.writing() as connection:
            past = DELIVERIES.c.created <= time - _OPEN_DAYS
            connection.execute(delete(DELIVERIES).where(past))
        return len(old)

    def _close(self, connection: Connection, number: str, notice: Notice) -> None:
        """Finish a list whose every row has an outcome, once, and write its webhook down."""
        here = (LIST_ROWS.c.list == number, LIST_ROWS.c.kind == "")
        kept = _one(connection, number)
        if kept is None or kept.finished is not None:
            return
        if connection.execute(select(1).where(*here).limit(1)).first() is not None:
            return
        time = self._clock()
        ended = {"finished": time, "forget": time + self._kept}
        connection.execute(update(LISTS).where(LISTS.c.id == number).values(ended))
        if kept.client is not None:
            body = notice(_one(connection, number) or kept, _counts(connection, number))
            row = (f"list_{number}", kept.client, body, time, 0, time, None)
            self._database.insert(connection, DELIVERIES, [row])


def _one(connection: Connection, number: str) -> Kept | None:
    row = connection.execute(_LIST.where(LISTS.c.id == number)).one_or_none()
    return _kept(row) if row else None


def _kept(row: Any) -> Kept:
    number, client, request, body, seal, files, *rest = row
    return Kept(number, client, request, body, seal, bool(files), *rest)


def _counts(connection: Connection, number: str) -> dict[str, int]:
    query = select(LIST_ROWS.c.kind, func.count()).where(
        LIST_ROWS.c.list == number, LIST_ROWS.c.kind != ""
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(LIST_ROWS.c.kind))}


def _forget(connection: Connection, numbers: Sequence[str]) -> None:
    # Locks are taken in the order in which workers take them.
    connection.execute(select(LISTS.c.id).where(LISTS.c.id.in_(numbers)).with_for_update())
    connection.execute(delete(LIST_ROWS).where(LIST_ROWS.c.list.in_(numbers)))
    connection.execute(delete(LISTS).where(LISTS.c.id.in_(numbers)))
