"""What was issued to a pupil, as its holder sees it: signed, in a final batch, newest first."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, and_, or_, select

from credential import qrtoken
from credential.errors import FormatError, UnavailableError
from credential.model import Holder
from credential.records import BatchState, IssuedCredential
from database.connections import Database
from store import mapping
from store.tables import BATCHES, CREDENTIALS

_ISSUED = or_(
    *(BATCHES.c.state == state.value for state in (BatchState.FINAL, BatchState.DELIVERED))
)
_NEWEST = (BATCHES.c.final_time.desc(), CREDENTIALS.c.batch.desc(), CREDENTIALS.c.position.desc())


class Held:
    """Credentials by their holder. Raises UnavailableError ``store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, pupil: str) -> Sequence[IssuedCredential]:
        """All that was issued to that pupil, whatever became of it."""
        return self._found(_issued().where(CREDENTIALS.c.pupil == pupil).order_by(*_NEWEST))

    def at(self, school: int, seq: int, index: int) -> IssuedCredential | None:
        """What stands at that place, if it was issued."""
        place = and_(
            BATCHES.c.school == school, BATCHES.c.seq == seq, CREDENTIALS.c.position == index
        )
        return next(iter(self._found(_issued().where(place))), None)

    def holders(self, pupils: Sequence[str]) -> Mapping[str, Holder]:
        """Each pupil as on their newest credential; pupils without one are absent."""
        query = (
            select(CREDENTIALS.c.pupil, CREDENTIALS.c.qr_payload)
            .join(BATCHES, BATCHES.c.id == CREDENTIALS.c.batch)
            .where(CREDENTIALS.c.pupil.in_(pupils), _ISSUED)
            .order_by(*_NEWEST)
        )
        found: dict[str, Holder] = {}
        with self._database.reading() as connection:
            for pupil, payload in connection.execute(query):
                if pupil not in found:
                    found[pupil] = _holder(payload)
        return found

    def _found(self, query: Select[tuple[object, ...]]) -> list[IssuedCredential]:
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            numbers = {row[0] for row in rows}
            batches = {
                number: mapping.one_batch(connection, BATCHES.c.id == number) for number in numbers
            }
        of_rows = ((row, batches[row[0]]) for row in rows)
        return [mapping.issued(row, batch) for row, batch in of_rows if batch is not None]


def _issued() -> Select[tuple[object, ...]]:
    query = mapping.select_issued()
    return query.join(BATCHES, BATCHES.c.id == CREDENTIALS.c.batch).where(_ISSUED)


def _holder(payload: bytes) -> Holder:
    try:
        claims = qrtoken.parse(qrtoken.assemble(payload, bytes(32), "ES256", bytes(64))).claims
    except FormatError:
        raise UnavailableError("store", "damaged") from None
    return Holder(claims.name, claims.birth)
