"""Transfers between schools: how far each has come, who brought it there, when and why.

    requested → sealed → received → accepted
        └─────────┴─────────┴────→ rejected | withdrawn

Every method is one transaction, durable on return, with its line in the audit trail; saying again
what is already so changes nothing. What the receiving school decides (class, day) is written down
before the registry moves the pupil, and from then on nobody can reject or withdraw: whoever
repeats the acceptance completes it. The bundle, which has marks, is erased when a transfer ends.
"""

from collections.abc import Callable, Collection
from datetime import date

from sqlalchemy import Connection, Update, func, insert, or_, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from database.connections import Database, lock
from store import audit
from store.outbox import now
from store.transfer_records import OPEN, Draft, Transfer, TransferState, read, values_of
from store.transfer_tables import TRANSFER_EVENTS, TRANSFERS


class Transfers:
    """The transfers of one deployment.

    Codes: RefusedError ``transfer.unknown``, ``transfer.closed`` (`stage`),
    ``transfer.not_sealed``, ``transfer.not_received``, ``transfer.deciding``; ConflictError
    ``transfer.decided`` (`class_name`, `on`); UnavailableError.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database = database
        self._clock = clock

    def request(self, draft: Draft, code: bytes, actor: str) -> tuple[Transfer, bool]:
        """Enter a transfer whose code has that SHA-256; says whether it is new.

        One that is open for the same pupil and schools is found instead and keeps its code.
        """
        same = (
            TRANSFERS.c.pupil == draft.pupil,
            TRANSFERS.c.from_school == draft.from_school,
            TRANSFERS.c.to_school.is_not_distinct_from(draft.to_school),
            TRANSFERS.c.to_name == draft.to_name,
            TRANSFERS.c.state.in_([state.value for state in OPEN]),
        )
        with self._database.writing() as connection:
            lock(connection, "transfers")
            held = connection.scalar(select(TRANSFERS.c.id).where(*same))
            if held is not None:
                return read(connection, held), False
            first = {"code": code, "state": TransferState.REQUESTED.value}
            connection.execute(insert(TRANSFERS).values(values_of(draft) | first))
            self._note(connection, draft.id, TransferState.REQUESTED, actor, "")
            return read(connection, draft.id), True

    def recode(self, transfer: str, code: bytes, actor: str) -> None:
        """Let another code open its state; the earlier one no longer does."""
        with self._database.writing() as connection:
            lock(connection, "transfers")
            read(connection, transfer)
            connection.execute(_of(transfer).values(code=code))
            audit.append(
                connection, self._clock(), actor, "transfer.recoded", {"transfer": transfer}
            )

    def find(self, transfer: str) -> Transfer:
        """The transfer of that name."""
        with self._database.reading() as connection:
            return read(connection, transfer)

    def coded(self, code: bytes) -> Transfer:
        """The transfer whose code has that SHA-256."""
        with self._database.reading() as connection:
            held = connection.scalar(select(TRANSFERS.c.id).where(TRANSFERS.c.code == code))
            return read(connection, held or "")

    def listed(
        self, states: Collection[TransferState] = OPEN, school: int | None = None
    ) -> list[Transfer]:
        """Transfers in these states, from or to that school if one is named, oldest first."""
        query = select(TRANSFERS.c.id).where(TRANSFERS.c.state.in_([each.value for each in states]))
        if school is not None:
            query = query.where(
                or_(TRANSFERS.c.from_school == school, TRANSFERS.c.to_school == school)
            )
        query = query.order_by(TRANSFERS.c.requested, TRANSFERS.c.id)
        with self._database.reading() as connection:
            return [read(connection, each) for each in connection.scalars(query).all()]

    def seal(self, transfer: str, bundle: str, actor: str) -> Transfer:
        """Keep the bundle that the sending school sealed. A first one is never replaced."""
        with self._database.writing() as connection:
            held = self._open(connection, transfer)
            if held.state is not TransferState.REQUESTED:
                return held
            return self._move(connection, held, TransferState.SEALED, actor, bundle=bundle)

    def receive(self, transfer: str, actor: str) -> Transfer:
        """Note that the receiving school has the bundle and found it genuine."""
        with self._database.writing() as connection:
            held = self._open(connection, transfer)
            if held.state is TransferState.REQUESTED:
                raise RefusedError("transfer.not_sealed")
            if held.state is TransferState.RECEIVED:
                return held
            return self._move(connection, held, TransferState.RECEIVED, actor)

    def decide(self, transfer: str, class_name: str, on: date, actor: str) -> Transfer:
        """Write down what the receiving school decides, before the registry is told."""
        with self._database.writing() as connection:
            held = self._open(connection, transfer)
            if held.state is not TransferState.RECEIVED:
                raise RefusedError("transfer.not_received")
            if held.decided is not None:
                if held.decided != (class_name, on):
                    said = {"class_name": held.decided[0], "on": held.decided[1]}
                    raise ConflictError("transfer.decided", **said)
                return held
            day = PartialDate.from_date(on).number
            connection.execute(_of(transfer).values(class_name=class_name, moved_on=day))
            audit.append(
                connection, self._clock(), actor, "transfer.decided", {"transfer": transfer}
            )
            return read(connection, transfer)

    def undecide(self, transfer: str, actor: str, carried_out: Callable[[], bool]) -> Transfer:
        """Take a decision back that the registry has refused for good.

        `carried_out` asks the registry, under the lock, whether a repetition has moved the pupil
        meanwhile: then the decision stays.
        """
        with self._database.writing() as connection:
            held = self._open(connection, transfer)
            if held.decided is None or carried_out():
                return held
            connection.execute(_of(transfer).values(class_name=None, moved_on=None))
            audit.append(
                connection, self._clock(), actor, "transfer.undecided", {"transfer": transfer}
            )
            return read(connection, transfer)

    def accept(
        self, transfer: str, actor: str, acceptance: str | None, reason: str = ""
    ) -> Transfer:
        """End it well. `acceptance` is the receiving school's statement; a first one is kept.

        None for a school outside the system: then `reason` says what it wrote.
        """
        with self._database.writing() as connection:
            lock(connection, "transfers")
            held = read(connection, transfer)
            if held.state is TransferState.ACCEPTED:
                return held
            _need_open(held)
            if held.state is TransferState.REQUESTED:
                raise RefusedError("transfer.not_sealed")
            if acceptance is not None and held.decided is None:
                raise RefusedError("transfer.not_received")
            return self._move(
                connection, held, TransferState.ACCEPTED, actor, reason,
                acceptance=acceptance, bundle=None,
            )  # fmt: skip

    def end(self, transfer: str, state: TransferState, actor: str, reason: str) -> Transfer:
        """End it as REJECTED or WITHDRAWN, unless an acceptance is on its way."""
        with self._database.writing() as connection:
            lock(connection, "transfers")
            held = read(connection, transfer)
            if held.state is state:
                return held
            _need_open(held)
            if held.decided is not None:
                raise RefusedError("transfer.deciding")
            return self._move(connection, held, state, actor, reason, bundle=None)

    def _open(self, connection: Connection, transfer: str) -> Transfer:
        lock(connection, "transfers")
        held = read(connection, transfer)
        _need_open(held)
        return held

    def _move(
        self,
        connection: Connection,
        held: Transfer,
        state: TransferState,
        actor: str,
        reason: str = "",
        **values: str | None,
    ) -> Transfer:
        connection.execute(_of(held.draft.id).values(state=state.value, **values))
        self._note(connection, held.draft.id, state, actor, reason)
        return read(connection, held.draft.id)

    def _note(
        self, connection: Connection, transfer: str, state: TransferState, actor: str, reason: str
    ) -> None:
        at = self._clock()
        query = select(func.count()).where(TRANSFER_EVENTS.c.transfer == transfer)
        row = {"state": state.value, "actor": actor, "reason": reason, "at": at}
        number = (connection.scalar(query) or 0) + 1
        connection.execute(insert(TRANSFER_EVENTS).values(transfer=transfer, number=number, **row))
        detail = {"transfer": transfer}
        audit.append(connection, at, actor, f"transfer.{state.value}", detail)


def _of(transfer: str) -> Update:
    return update(TRANSFERS).where(TRANSFERS.c.id == transfer)


def _need_open(held: Transfer) -> None:
    if not held.state.is_open:
        raise RefusedError("transfer.closed", stage=held.state.value)
