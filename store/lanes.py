"""The status that is asked for on chain, credential by credential or many at once.

What was asked to be revoked or superseded stays so here, as it does on chain: of a suspension and
a revocation that race, the slower suspension is not written down.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from credential.errors import RefusedError
from credential.model import Lane
from credential.records import Batch
from store import audit, mapping
from store.outbox import Outbox
from store.tables import LANES


class Lanes(Outbox):
    """Lanes beside the outbox, whose database and actor they share."""

    def set_lane(self, batch_id: int, index: int, lane: Lane, actor: str, reason: str) -> int:
        """Record the status that is asked for on chain; return which change it is (from 1).

        Asking again for the status recorded last, or for another than a terminal one, is the same
        change and writes nothing; for a credential that was active all along that is 0, no change.
        `reason` goes into the audit trail: a decision, no person's data. Raises RefusedError
        ``batch.unknown`` and ``credential.unknown``.
        """
        with self._database.writing() as connection:
            self._set(connection, batch_id, [index], lane, actor, reason)
            here = (LANES.c.batch == batch_id, LANES.c.position == index)
            return connection.scalar(select(LANES.c.changes).where(*here)) or 0

    def set_lanes(
        self, batch_id: int, indices: Collection[int], lane: Lane, actor: str, reason: str
    ) -> None:
        """The same for many of one batch, in one transaction, with an audit entry for each."""
        if not indices:
            return
        with self._database.writing() as connection:
            self._set(connection, batch_id, indices, lane, actor, reason)

    def _set(
        self,
        connection: Connection,
        batch_id: int,
        indices: Collection[int],
        lane: Lane,
        actor: str,
        reason: str,
    ) -> None:
        batch = mapping.locked_batch(connection, batch_id)
        for index in indices:
            if not 0 <= index < batch.size:
                raise RefusedError("credential.unknown", batch=batch_id, index=index)
        query = select(LANES.c.position, LANES.c.lane, LANES.c.changes)
        near = LANES.c.position.between(min(indices), max(indices))
        rows = connection.execute(query.where(LANES.c.batch == batch_id, near))
        known = {position: (Lane(held), changes) for position, held, changes in rows}
        changed = []
        for index in sorted(set(indices)):
            held, changes = known.get(index, (Lane.ACTIVE, 0))
            if held != lane and held < Lane.SUPERSEDED:
                changed.append((batch_id, index, int(lane), changes + 1))
        self._database.upsert(connection, LANES, changed)
        details = [
            {"index": index, "lane": int(lane), "reason": reason} for _, index, *_ in changed
        ]
        self._note(connection, "credential.lane", batch, *details, actor=actor)

    def _note(
        self,
        connection: Connection,
        act: str,
        batch: Batch,
        *details: Mapping[str, object],
        actor: str = "",
    ) -> None:
        """An audit entry about a batch for each detail."""
        about = {"batch": batch.id, "school": batch.school, "seq": batch.seq, "size": batch.size}
        entries = [about | dict(detail) for detail in details]
        audit.append(connection, self._clock(), actor or self._actor, act, *entries)
