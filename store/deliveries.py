"""Webhooks that were written down with what they tell of, until they are taken or given up."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, update

from database.connections import Database
from store.listing_tables import API_CLIENTS, DELIVERIES
from store.outbox import now

LEASE = 60  # seconds after which another process may send it again


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be sent: under which id, where, signed with what; `tries` counts this one."""

    id: str
    webhook: str
    secret: bytes
    body: bytes
    tries: int


class Deliveries:
    """The webhooks of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def claim(self) -> Delivery | None:
        """The delivery that is due, leased; None when there is none.

        What a client without a webhook, or a retired one, would be told is put away.
        """
        time = self._clock()
        due = (
            select(
                DELIVERIES.c.id, API_CLIENTS.c.webhook, API_CLIENTS.c.secret, DELIVERIES.c.body,
                DELIVERIES.c.tries, API_CLIENTS.c.retired,
            )
            .join_from(DELIVERIES, API_CLIENTS, API_CLIENTS.c.name == DELIVERIES.c.client)
            .where(DELIVERIES.c.done.is_(None), DELIVERIES.c.due <= time)
            .order_by(DELIVERIES.c.due)
            .limit(1)
            .with_for_update(skip_locked=True, of=DELIVERIES)
        )  # fmt: skip
        with self._database.writing() as connection:
            row = connection.execute(due).one_or_none()
            if row is None:
                return None
            here = update(DELIVERIES).where(DELIVERIES.c.id == row.id)
            wanted = row.webhook and row.retired is None
            leased = {"tries": row.tries + 1, "due": time + LEASE}
            connection.execute(here.values(leased if wanted else {"done": time}))
        found = Delivery(row.id, row.webhook, row.secret, row.body, row.tries + 1)
        return found if wanted else None

    def taken(self, delivery: Delivery) -> None:
        """Note that it was taken, or that nobody will try again."""
        self._note(delivery, done=self._clock())

    def later(self, delivery: Delivery, pause: int) -> None:
        """Note when it is to be tried again, in seconds from now."""
        self._note(delivery, due=self._clock() + pause)

    def _note(self, delivery: Delivery, **values: int) -> None:
        """Only of the try that it was: a later one may be on its way."""
        here = (DELIVERIES.c.id == delivery.id, DELIVERIES.c.tries == delivery.tries)
        with self._database.writing() as connection:
            connection.execute(update(DELIVERIES).where(*here).values(values))
