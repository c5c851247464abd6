"""The issuer's book of batches: `issuer.ports.BatchStore` on a database.

Every method is one transaction, durable on return, with its line in the audit trail. States
only move forward (and from MINED back to SENT when a block was reorganised away); saying again
what is already so changes nothing. What goes into a batch, and when, the issuer decides.
"""

import struct
from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Connection, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from credential.approval import Approval
from credential.errors import ConflictError, RefusedError
from credential.model import CredentialType
from credential.records import (
    Batch,
    BatchState,
    IssuedCredential,
    Located,
    Signatures,
    StagedCredential,
)
from store import audit, mapping, tiles
from store.approvals import Approvals
from store.tables import BATCHES, CREDENTIALS, LEAVES, SIGNATURES, TILES

_ORDER = tuple(BatchState)
_OPEN = [state.value for state in _ORDER[: _ORDER.index(BatchState.FINAL)]]
_PAGE = 1000  # credentials read at once


class Batches(Approvals):
    """The book of one deployment. `actor` is noted where the port names none.

    Codes: ConflictError ``batch.exists`` and ``batch.codes_taken``; RefusedError
    ``batch.unknown``, ``batch.incomplete``, ``batch.tree_shape``, ``batch.state``,
    ``credential.unknown``, ``credential.ambiguous`` and ``outbox.mismatch``; UnavailableError.
    """

    def batch(self, ref: str) -> Batch | None:
        """The batch of that request, if it was ever staged."""
        with self._database.reading() as connection:
            return mapping.one_batch(connection, BATCHES.c.ref == ref)

    def unfinished(self) -> Sequence[Batch]:
        """Batches not yet FINAL, in the order they were staged."""
        query = mapping.select_batches().where(BATCHES.c.state.in_(_OPEN)).order_by(BATCHES.c.id)
        with self._database.reading() as connection:
            return [mapping.batch(row) for row in connection.execute(query)]

    def newest(self, limit: int) -> Sequence[Batch]:
        """The batches that were staged last, newest first."""
        query = mapping.select_batches().order_by(BATCHES.c.id.desc()).limit(limit)
        with self._database.reading() as connection:
            return [mapping.batch(row) for row in connection.execute(query)]

    def of_school(self, school: int) -> Sequence[Batch]:
        """A school's batches, by number."""
        query = mapping.select_batches().where(BATCHES.c.school == school).order_by(BATCHES.c.seq)
        with self._database.reading() as connection:
            return [mapping.batch(row) for row in connection.execute(query)]

    def numbered(self, school: int, seq: int) -> Batch | None:
        """A school's batch of that number."""
        with self._database.reading() as connection:
            return mapping.one_batch(
                connection, (BATCHES.c.school == school) & (BATCHES.c.seq == seq)
            )

    def next_seq(self, school: int) -> int:
        """One more than the school's largest batch number here; 0 for the first."""
        query = select(func.max(BATCHES.c.seq)).where(BATCHES.c.school == school)
        with self._database.reading() as connection:
            last = connection.scalar(query)
        return 0 if last is None else last + 1

    def stage(self, batch: Batch, rows: Sequence[StagedCredential], approval: Approval) -> Batch:
        """Store a new batch with all its rows, unsigned, and who answers for it.

        `batch.id` and `state` are ignored, and the times of the approval: they are now.

        Raises ConflictError ``batch.exists`` if the ref or the school's seq is taken,
        ``batch.codes_taken`` if a look-up code is; RefusedError ``batch.incomplete`` if the
        rows are not exactly those of the indices 0 to size - 1, in order.
        """
        if not rows or [row.index for row in rows] != list(range(batch.size)):
            raise RefusedError("batch.incomplete", size=batch.size, found=len(rows))
        try:
            with self._database.writing() as connection:
                opened = _open(connection, batch)
                staged = mapping.staged_rows(opened.id, rows)
                self._database.insert(connection, CREDENTIALS, staged)
                self._approve(connection, opened, approval)
                about = {"ref": batch.ref}
                for act, actor in (
                    ("batch.prepared", approval.prepared_by),
                    ("batch.approved", approval.approved_by),
                    ("batch.staged", self._actor),
                ):
                    self._note(connection, act, opened, about, actor=actor)
        except IntegrityError:
            raise ConflictError("batch.codes_taken", school=batch.school, seq=batch.seq) from None
        return opened

    def staged(self, batch_id: int) -> Sequence[StagedCredential]:
        """The rows of a batch, by index; none for an unknown batch."""
        with self._database.reading() as connection:
            return [
                mapping.staged(row) for row in connection.execute(mapping.select_staged(batch_id))
            ]

    def sign(
        self, batch_id: int, signatures: Sequence[Signatures], levels: Sequence[bytes]
    ) -> Batch:
        """Store signatures by index and the tree (STAGED→SIGNED).

        Signatures are stored once: if the batch has some, those stay, and the batch is returned
        with *their* root. Raises RefusedError ``batch.unknown`` and ``batch.tree_shape``.
        """
        with self._database.writing() as connection:
            batch = mapping.locked_batch(connection, batch_id)
            if batch.state is not BatchState.STAGED:
                return batch
            if len(signatures) != batch.size or not tiles.well_shaped(levels, 2 * batch.size):
                raise RefusedError("batch.tree_shape", size=batch.size, found=len(signatures))
            pairs = [(batch_id, index, pair.sd, pair.qr) for index, pair in enumerate(signatures)]
            self._database.insert(connection, SIGNATURES, pairs)
            self._database.insert(
                connection, TILES, [(batch_id, *tile) for tile in tiles.cut(levels)]
            )
            self._database.insert(connection, LEAVES, _leaf_rows(batch_id, levels[0]))
            signed = _update(connection, batch_id, state=BatchState.SIGNED.value, root=levels[-1])
            self._note(connection, "batch.signed", signed, {"root": levels[-1].hex()})
        return signed

    def advance(
        self, batch_id: int, to: BatchState, block: int | None = None, time: int | None = None
    ) -> Batch:
        """Move a signed batch on to a later state, or from MINED back to SENT.

        A state that it has reached or passed changes nothing. From FINAL on, the block and its
        time stay as first given. Raises RefusedError ``batch.unknown``, and ``batch.state`` if
        it is unsigned, or final without block and time.
        """
        with self._database.writing() as connection:
            batch = mapping.locked_batch(connection, batch_id)
            back = (batch.state, to) == (BatchState.MINED, BatchState.SENT)
            if _ORDER.index(to) <= _ORDER.index(batch.state) and not back:
                return batch
            if BatchState.STAGED in {batch.state, to} or to is BatchState.SIGNED:
                raise RefusedError("batch.state", state=batch.state.value, asked=to.value)
            values: dict[str, object] = {"state": to.value}
            if _ORDER.index(to) >= _ORDER.index(BatchState.FINAL) and batch.block is None:
                if block is None or time is None:
                    raise RefusedError("batch.state", state=batch.state.value, asked=to.value)
                values |= {"block": block, "final_time": time}
            moved = _update(connection, batch_id, **values)
            detail = {"was": batch.state.value, "block": block}
            self._note(connection, f"batch.{to.value}", moved, detail)
        return moved

    def send(self, batch: Batch) -> Batch:
        """Move a signed batch on to SENT, or back to it: from now on it is not abandoned.

        Raises RefusedError ``batch.unknown`` if it was, also where another has its number by now.
        """
        with self._database.writing() as connection:
            held = mapping.locked_batch(connection, batch.id)
            if (held.ref, held.root) != (batch.ref, batch.root):
                raise RefusedError("batch.unknown", batch=batch.id)
            if held.state not in (BatchState.SIGNED, BatchState.MINED):
                return held
            moved = _update(connection, batch.id, state=BatchState.SENT.value)
            self._note(connection, "batch.sent", moved, {"was": held.state.value, "block": None})
        return moved

    def issued(self, batch_id: int) -> Iterator[IssuedCredential]:
        """The signed credentials of a batch, by index, read page by page."""
        position = CREDENTIALS.c.position
        page = (
            mapping.select_issued()
            .where(CREDENTIALS.c.batch == batch_id)
            .order_by(position)
            .limit(_PAGE)
        )
        start = 0
        while True:
            with self._database.reading() as connection:
                batch = mapping.one_batch(connection, BATCHES.c.id == batch_id)
                found = connection.execute(page.where(position >= start)).all()
            if batch is None or not found:
                return
            yield from (mapping.issued(row, batch) for row in found)
            start += len(found)

    def credential(self, key: str) -> IssuedCredential | None:
        """One signed credential by look-up code or register number: its newest version.

        Raises RefusedError ``credential.ambiguous`` when several schools or types have
        that register number: only the look-up code tells them apart.
        """
        if not key.isprintable():
            return None
        by_key = or_(CREDENTIALS.c.code == key, CREDENTIALS.c.register_no == key)
        newest_first = mapping.select_issued().order_by(CREDENTIALS.c.version.desc())
        with self._database.reading() as connection:
            rows = connection.execute(newest_first.where(by_key).limit(_PAGE)).all()
            batches = mapping.batches(connection, {row[0] for row in rows})
        found = [mapping.issued(row, batches[row[0]]) for row in rows]
        lines = {(one.batch.school, one.batch.type) for one in found}
        newest = [one for one in found if one.line.version == found[0].line.version]
        if max(len(lines), len(newest)) > 1:
            raise RefusedError("credential.ambiguous", key=key)
        return found[0] if found else None

    def audited(self) -> tuple[int, bytes]:
        """The head of the audit trail: number and hash (32 bytes) of its last entry."""
        return audit.head(self._database)

    def place(self, keys: Collection[str]) -> Mapping[str, Sequence[Located]]:
        """Where the credentials with these look-up codes or register numbers are.

        Several may have the same register number; of each, a number finds the newest version, a
        code its own. Keys that nothing has are absent.
        """
        found: dict[str, list[Located]] = {}
        asked = [key for key in dict.fromkeys(keys) if key.isprintable()]
        with self._database.reading() as connection:
            for start in range(0, len(asked), _PAGE):
                some = set(asked[start : start + _PAGE])
                by_key = or_(CREDENTIALS.c.code.in_(some), CREDENTIALS.c.register_no.in_(some))
                for one, code in mapping.located(connection, by_key):
                    for key in some & {code, one.register_no}:
                        found.setdefault(key, []).append(one)
        return {key: _newest(places) for key, places in found.items()}

    def places(self, batch_id: int) -> Sequence[Located]:
        """The credentials of a batch, by index."""
        with self._database.reading() as connection:
            return [one for one, _ in mapping.located(connection, CREDENTIALS.c.batch == batch_id)]


def _newest(places: Sequence[Located]) -> list[Located]:
    """Of each line the newest version (of a damaged store, where it stands twice, both)."""
    last: dict[tuple[int, CredentialType], int] = {}
    for one in places:
        line = (one.batch.school, one.batch.type)
        last[line] = max(one.version, last.get(line, 0))
    return [one for one in places if one.version == last[one.batch.school, one.batch.type]]


def _open(connection: Connection, batch: Batch) -> Batch:
    row = {
        "ref": batch.ref,
        "school": batch.school,
        "type": batch.type.value,
        "seq": batch.seq,
        "size": batch.size,
        "state": BatchState.STAGED.value,
        "kid": batch.kid,
        "alg": batch.alg,
    }
    try:
        number = connection.execute(
            insert(BATCHES).values(row).returning(BATCHES.c.id)
        ).scalar_one()
    except IntegrityError:
        raise ConflictError("batch.exists", school=batch.school, seq=batch.seq) from None
    return mapping.locked_batch(connection, number)


def _update(connection: Connection, number: int, **values: object) -> Batch:
    connection.execute(update(BATCHES).where(BATCHES.c.id == number).values(values))
    return mapping.locked_batch(connection, number)


def _leaf_rows(batch: int, leaves: bytes) -> list[tuple[int, int, int]]:
    # sorted, because a table in order of its key is filled fastest in that order
    prefixes = struct.iter_unpack(f">q{tiles.HASH - 8}x", leaves)
    return sorted((prefix, batch, leaf) for leaf, (prefix,) in enumerate(prefixes))
