"""Notices to people that were written down before they are sent, until each has an end.

An address is kept for as long as its notice is open, no longer: the end erases it. What is sent is
put together when it is tried, so that no text stands here. A notice has one id for all its tries.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import func, insert, select, update

from database.connections import Database
from store import audit
from store.notice_tables import NOTICES
from store.outbox import now
from store.recipients import Channel, Recipient

LEASE = 120  # seconds after which another process may try again
_ID = 16  # bytes


class NoticeState(Enum):
    """How a notice stands."""

    WAITING = "waiting"
    TRYING = "trying"  # on its way; long after its lease, whoever tried is gone
    SENT = "sent"
    REFUSED = "refused"  # the other side does not want it
    GIVEN_UP = "given_up"  # it never answered
    UNSURE = "unsure"  # it may have arrived: a person decides


_OPEN = (NoticeState.WAITING.value, NoticeState.TRYING.value)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is to be tried; `tries` counts this one. The batch says what it is about.

    `interrupted`: whoever tried before never said what became of it, so it may have arrived.
    """

    id: str
    school: int
    seq: int
    channel: Channel
    address: str
    tries: int
    interrupted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """How a notice stands, as people see it: no address."""

    pupil: str
    channel: Channel
    state: NoticeState
    reason: str
    tries: int
    created: int
    ended: int | None


class Notices:
    """The notices of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def put(self, school: int, seq: int, recipients: Sequence[Recipient], actor: str) -> int:
        """Write notices about a batch down, all or none; how many are new.

        Whoever has one about that batch by that way that was sent, may have been, or is open gets
        no other.
        """
        at = self._clock()
        with self._database.writing() as connection:
            ended = [NoticeState.REFUSED.value, NoticeState.GIVEN_UP.value]
            held = select(NOTICES.c.pupil, NOTICES.c.channel).where(
                NOTICES.c.school == school, NOTICES.c.seq == seq, NOTICES.c.state.not_in(ended)
            )
            told = {tuple(row) for row in connection.execute(held)}
            fresh = {(one.pupil, one.channel.value): one.address for one in recipients}
            rows = [
                {
                    "id": secrets.token_hex(_ID), "school": school, "seq": seq, "pupil": pupil,
                    "channel": channel, "address": address, "state": NoticeState.WAITING.value,
                    "reason": "", "tries": 0, "due": at, "created": at,
                }
                for (pupil, channel), address in fresh.items() if (pupil, channel) not in told
            ]  # fmt: skip
            if rows:
                connection.execute(insert(NOTICES), rows)
                detail = {"school": school, "seq": seq, "number": len(rows)}
                audit.append(connection, at, actor, "notices.put", detail)
        return len(rows)

    def claim(self) -> Notice | None:
        """The notice that is due, leased; None when there is none."""
        time = self._clock()
        due = (
            select(
                NOTICES.c.id, NOTICES.c.school, NOTICES.c.seq, NOTICES.c.channel,
                NOTICES.c.address, NOTICES.c.tries, NOTICES.c.state,
            )
            .where(NOTICES.c.state.in_(_OPEN), NOTICES.c.due <= time)
            .order_by(NOTICES.c.due, NOTICES.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )  # fmt: skip
        with self._database.writing() as connection:
            row = connection.execute(due).one_or_none()
            if row is None:
                return None
            trying = NoticeState.TRYING.value
            leased = {"tries": row.tries + 1, "due": time + LEASE, "state": trying}
            connection.execute(update(NOTICES).where(NOTICES.c.id == row.id).values(leased))
        return Notice(
            row.id, row.school, row.seq, Channel(row.channel), row.address or "", row.tries + 1,
            row.state == trying,
        )  # fmt: skip

    def end(self, notice: Notice, state: NoticeState, reason: str) -> None:
        """Note what became of it, and forget the address."""
        values = {"state": state.value, "reason": reason, "address": None, "ended": self._clock()}
        self._note(notice, values)

    def later(self, notice: Notice, pause: int, reason: str) -> None:
        """Note when it is to be tried again, in seconds from now."""
        waiting = NoticeState.WAITING.value
        self._note(notice, {"due": self._clock() + pause, "reason": reason, "state": waiting})

    def about(self, school: int, seq: int) -> Sequence[Line]:
        """The notices about a batch, newest first."""
        query = (
            select(
                NOTICES.c.pupil, NOTICES.c.channel, NOTICES.c.state, NOTICES.c.reason,
                NOTICES.c.tries, NOTICES.c.created, NOTICES.c.ended,
            )
            .where(NOTICES.c.school == school, NOTICES.c.seq == seq)
            .order_by(NOTICES.c.created.desc(), NOTICES.c.pupil)
        )  # fmt: skip
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            Line(
                row.pupil, Channel(row.channel), NoticeState(row.state), row.reason, row.tries,
                row.created, row.ended,
            )
            for row in rows
        ]  # fmt: skip

    def open(self) -> int:
        """How many wait."""
        query = select(func.count()).select_from(NOTICES).where(NOTICES.c.state.in_(_OPEN))
        with self._database.reading() as connection:
            return connection.scalar(query) or 0

    def _note(self, notice: Notice, values: Mapping[str, object]) -> None:
        """Only of the try that it was: a later one may be on its way."""
        here = (
            NOTICES.c.id == notice.id, NOTICES.c.tries == notice.tries,
            NOTICES.c.state == NoticeState.TRYING.value,
        )  # fmt: skip
        with self._database.writing() as connection:
            connection.execute(update(NOTICES).where(*here).values(values))
