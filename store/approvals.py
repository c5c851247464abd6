"""Who answers for a batch, and what its credentials replace.

Both are written with the batch itself. What comes later is added once: the approver's own signature
under the manifest, and when all that the batch replaces was superseded on chain.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from credential.approval import Approval
from credential.errors import ConflictError, RefusedError
from credential.model import CredentialType
from credential.records import Batch, BatchState, IssuedCredential, Located, Succession
from database.connections import lock
from store import mapping
from store.lanes import Lanes
from store.record_tables import APPROVALS, CERTIFICATES
from store.tables import BATCHES, CREDENTIALS, LANES, LEAVES, OUTBOX, SIGNATURES, TILES

_PAGE = 1000  # register numbers in one question
_UNSENT = (BatchState.STAGED, BatchState.SIGNED)
_OF_A_BATCH = (LANES, LEAVES, TILES, SIGNATURES, CERTIFICATES, APPROVALS, CREDENTIALS)
_ISSUED = (BatchState.FINAL.value, BatchState.DELIVERED.value)
_APPROVAL = select(
    APPROVALS.c.prepared_by,
    APPROVALS.c.approved_by,
    APPROVALS.c.reason,
    APPROVALS.c.prepared_at,
    APPROVALS.c.approved_at,
    APPROVALS.c.kid,
    APPROVALS.c.signature,
    APPROVALS.c.signed_at,
    APPROVALS.c.settled_at,
    APPROVALS.c.requested,
)


class Approvals(Lanes):
    """Approvals beside the lanes, whose database and actor they share."""

    def approval(self, batch_id: int) -> Approval | None:
        """Who answers for a batch; None for one that is older than this record of it."""
        with self._database.reading() as connection:
            row = connection.execute(_APPROVAL.where(_of(batch_id))).one_or_none()
        return None if row is None else _approval(row)

    def countersign(self, batch_id: int, kid: bytes, signature: str) -> Approval:
        """Store the approver's signature under a staged batch's manifest, once.

        The one that is there stays. Raises RefusedError ``batch.unknown``, ``batch.state`` once
        the school has signed.
        """
        with self._database.writing() as connection:
            batch = mapping.locked_batch(connection, batch_id)
            held = _held(connection, batch_id)
            if held.signature is None:
                if batch.state is not BatchState.STAGED:
                    asked = "personally_signed"
                    raise RefusedError("batch.state", state=batch.state.value, asked=asked)
                values = {"kid": kid, "signature": signature, "signed_at": self._clock()}
                connection.execute(update(APPROVALS).where(_of(batch_id)).values(values))
                detail = {"kid": kid.hex()}
                self._note(connection, "batch.countersigned", batch, detail, actor=held.approved_by)
            return _held(connection, batch_id)

    def certify(self, batch_id: int, signer: str, chain: Sequence[bytes]) -> None:
        """Store the certificates (DER) of a key that signs a staged batch; the first stay.

        `signer` is ``school`` or ``approver``.
        """
        rows = [(batch_id, signer, place, der) for place, der in enumerate(chain)]
        with self._database.writing() as connection:
            batch = mapping.locked_batch(connection, batch_id)
            mine = (CERTIFICATES.c.batch == batch_id) & (CERTIFICATES.c.signer == signer)
            known = connection.scalar(select(CERTIFICATES.c.position).where(mine).limit(1))
            if known is None and batch.state is BatchState.STAGED:
                self._database.insert(connection, CERTIFICATES, rows)
                detail = {"signer": signer, "sha256": hashlib.sha256(chain[0]).hexdigest()}
                self._note(connection, "batch.certified", batch, detail)

    def certificates(self, batch_id: int, signer: str) -> Sequence[bytes]:
        """The certificates (DER) of a key that signed a batch, its own first."""
        mine = (CERTIFICATES.c.batch == batch_id) & (CERTIFICATES.c.signer == signer)
        query = select(CERTIFICATES.c.der).where(mine).order_by(CERTIFICATES.c.position)
        with self._database.reading() as connection:
            return connection.scalars(query).all()

    def successions(self, batch_id: int) -> Sequence[Succession]:
        """What the credentials of a batch replace, by index; none for most batches."""
        new, old = CREDENTIALS.alias("new"), CREDENTIALS.alias("old")
        home, elder = BATCHES.alias("home"), BATCHES.alias("elder")
        query = (
            select(new.c.position, old.c.batch, old.c.position, old.c.register_no, old.c.version)
            .join_from(new, home, home.c.id == new.c.batch)
            .join(elder, and_(elder.c.school == home.c.school, elder.c.seq == new.c.old_seq))
            .join(old, and_(old.c.batch == elder.c.id, old.c.position == new.c.old_position))
            .where(new.c.batch == batch_id)
            .order_by(new.c.position)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            batches = mapping.batches(connection, {row[1] for row in rows})
        return [
            Succession(index, Located(batches[batch], position, register_no, version))
            for index, batch, position, register_no, version in rows
        ]

    def settle(self, batch_id: int) -> None:
        """Note that all that a batch replaces is superseded on chain; harmless to repeat."""
        with self._database.writing() as connection:
            batch = mapping.locked_batch(connection, batch_id)
            if _held(connection, batch_id).settled_at is None:
                at = {"settled_at": self._clock()}
                connection.execute(update(APPROVALS).where(_of(batch_id)).values(at))
                self._note(connection, "batch.settled", batch, {"ref": batch.ref})

    def unsettled(self) -> Sequence[Batch]:
        """Issued batches that replace something, before `settle`; in the order of staging."""
        query = (
            mapping.select_batches()
            .join(APPROVALS, APPROVALS.c.batch == BATCHES.c.id)
            .where(
                APPROVALS.c.reason.is_not(None),
                APPROVALS.c.settled_at.is_(None),
                BATCHES.c.state.in_(_ISSUED),
            )
            .order_by(BATCHES.c.id)
        )
        with self._database.reading() as connection:
            return [mapping.batch(row) for row in connection.execute(query)]

    def versions(
        self, school: int, kind: CredentialType, register_nos: Collection[str]
    ) -> Sequence[IssuedCredential]:
        """All signed versions of these lines of a school's register, in no order."""
        query, found = mapping.select_issued(), []
        asked = sorted(set(register_nos))
        with self._database.reading() as connection:
            for start in range(0, len(asked), _PAGE):
                some = CREDENTIALS.c.register_no.in_(asked[start : start + _PAGE])
                rows = connection.execute(query.where(some)).all()
                batches = mapping.batches(connection, {row[0] for row in rows})
                found += [mapping.issued(row, batches[row[0]]) for row in rows]
        return [one for one in found if (one.batch.school, one.batch.type) == (school, kind)]

    def abandon(self, batch_id: int) -> None:
        """Take a batch out again of which nothing was sent, and which is its school's last.

        Its number is the next batch's then. Raises ConflictError ``batch.sent`` and
        ``batch.not_last``, RefusedError ``batch.unknown``.
        """
        with self._database.writing() as connection:
            lock(connection, "outbox")
            batch = mapping.locked_batch(connection, batch_id)
            sent = select(OUTBOX.c.id).where(
                OUTBOX.c.purpose.in_([f"anchor:{batch_id}", f"anchor:{batch_id}:0"])
            )
            if batch.state not in _UNSENT or connection.scalar(sent.limit(1)) is not None:
                raise ConflictError("batch.sent", seq=batch.seq)
            later = (BATCHES.c.school == batch.school) & (BATCHES.c.seq > batch.seq)
            if connection.scalar(select(BATCHES.c.id).where(later).limit(1)) is not None:
                raise ConflictError("batch.not_last", seq=batch.seq)
            for table in _OF_A_BATCH:
                connection.execute(delete(table).where(table.c.batch == batch_id))
            connection.execute(delete(BATCHES).where(BATCHES.c.id == batch_id))
            self._note(connection, "batch.abandoned", batch, {"ref": batch.ref})

    def _approve(self, connection: Connection, batch: Batch, approval: Approval) -> None:
        """Write down who answers for a new batch, in the transaction that stages it."""
        now = self._clock()
        row = {
            "batch": batch.id, "prepared_by": approval.prepared_by, "prepared_at": now,
            "approved_by": approval.approved_by, "approved_at": now, "reason": approval.reason,
            "requested": approval.requested.isoformat() if approval.requested else None,
        }  # fmt: skip
        connection.execute(insert(APPROVALS).values(row))


def _of(batch_id: int) -> ColumnElement[bool]:
    return APPROVALS.c.batch == batch_id


def _held(connection: Connection, batch_id: int) -> Approval:
    row = connection.execute(_APPROVAL.where(_of(batch_id))).one_or_none()
    if row is None:
        raise RefusedError("batch.unknown", batch=batch_id)
    return _approval(row)


def _approval(row: Any) -> Approval:
    requested = date.fromisoformat(row.requested) if row.requested else None
    return Approval(**row._asdict() | {"requested": requested})
