"""What is kept of a transfer, and how it is read out of its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import Connection, Row, select

from credential.dates import PartialDate
from credential.errors import RefusedError
from store.transfer_tables import TRANSFER_EVENTS, TRANSFERS


class TransferState(Enum):
    """How far a transfer has come."""

    REQUESTED = "requested"
    SEALED = "sealed"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in OPEN


OPEN = (TransferState.REQUESTED, TransferState.SEALED, TransferState.RECEIVED)


@dataclass(frozen=True, slots=True)
class Draft:
    """A transfer as requested. `to_school` is None for a school outside the system."""

    id: str
    pupil: str
    from_school: int
    to_school: int | None
    from_name: str
    to_name: str
    reason: str
    requested: date


@dataclass(frozen=True, slots=True)
class Event:
    """How a transfer came to a state; `at` in seconds since 1970."""

    state: TransferState
    actor: str
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer as it stands, with its way there, oldest first.

    `decided` is the class and the first day there, once the receiving school has decided;
    `acceptance` its signed statement.
    """

    draft: Draft
    state: TransferState
    events: tuple[Event, ...]
    bundle: str | None = None
    decided: tuple[str, date] | None = None
    acceptance: str | None = None


def read(connection: Connection, transfer: str) -> Transfer:
    """The transfer of that name. Raises RefusedError ``transfer.unknown``."""
    row = connection.execute(select(TRANSFERS).where(TRANSFERS.c.id == transfer)).one_or_none()
    if row is None:
        raise RefusedError("transfer.unknown")
    query = (
        select(
            TRANSFER_EVENTS.c.state,
            TRANSFER_EVENTS.c.actor,
            TRANSFER_EVENTS.c.reason,
            TRANSFER_EVENTS.c.at,
        )
        .where(TRANSFER_EVENTS.c.transfer == transfer)
        .order_by(TRANSFER_EVENTS.c.number)
    )
    events = tuple(
        Event(TransferState(state), actor, reason, at)
        for state, actor, reason, at in connection.execute(query)
    )
    return _made(row, events)


def _made(row: Row[*tuple[object, ...]], events: Sequence[Event]) -> Transfer:
    held = row._mapping
    day = held["moved_on"]
    on = None if day is None else PartialDate.from_number(day).to_date()
    return Transfer(
        draft=Draft(
            requested=PartialDate.from_number(held["requested"]).to_date(),
            **{name: held[name] for name in _SAID},
        ),
        state=TransferState(held["state"]),
        events=tuple(events),
        bundle=held["bundle"],
        decided=None if on is None else (held["class_name"], on),
        acceptance=held["acceptance"],
    )


_SAID = ("id", "pupil", "from_school", "to_school", "from_name", "to_name", "reason")


def values_of(draft: Draft) -> dict[str, object]:
    """The columns that are known when it is requested."""
    said: dict[str, object] = {name: getattr(draft, name) for name in _SAID}
    return said | {"requested": PartialDate.from_date(draft.requested).number}
