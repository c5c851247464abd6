"""How the records of issuing become rows and come back.

Nothing is decided here: columns are chosen and values are put into their places.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from credential.errors import RefusedError
from credential.model import CredentialType, Lane, Place
from credential.records import (
    Batch,
    BatchState,
    IssuedCredential,
    Located,
    Signatures,
    StagedCredential,
)
from store.tables import BATCHES, CREDENTIALS, LANES, SIGNATURES

_STAGED = (
    "index",
    "pupil",
    "register_no",
    "serial",
    "code",
    "sd_payload",
    "disclosures",
    "qr_payload",
    "version",
)
_staged_values = attrgetter(*_STAGED)
_staged_columns = tuple(CREDENTIALS.c)[1:]
_batch_columns = tuple(BATCHES.c)


def staged_rows(batch: int, credentials: Sequence[StagedCredential]) -> list[tuple[Any, ...]]:
    """Rows of CREDENTIALS."""
    rows = []
    for one in credentials:
        old = one.supersedes
        place = (None, None) if old is None else (old.seq, old.index)
        rows.append((batch, *_staged_values(one), *place))
    return rows


def select_batches() -> Select[Any]:
    """Whole batches; narrow it down, then read each row with `batch`."""
    return select(*_batch_columns)


def batch(row: Sequence[Any]) -> Batch:
    """A batch out of a row of `select_batches`."""
    number, ref, school, kind, seq, size, state, *rest = row
    return Batch(number, ref, school, CredentialType(kind), seq, size, BatchState(state), *rest)


def one_batch(connection: Connection, where: ColumnElement[bool]) -> Batch | None:
    """The batch that fulfils a condition of uniqueness."""
    row = connection.execute(select_batches().where(where)).one_or_none()
    return None if row is None else batch(row)


def locked_batch(connection: Connection, number: int) -> Batch:
    """The batch, for the rest of the transaction nobody else's. Raises ``batch.unknown``."""
    query = select_batches().where(BATCHES.c.id == number).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        raise RefusedError("batch.unknown", batch=number)
    return batch(row)


def batches(connection: Connection, numbers: Collection[int]) -> dict[int, Batch]:
    """The batches with these ids."""
    rows = connection.execute(select_batches().where(BATCHES.c.id.in_(numbers)))
    return {found.id: found for found in map(batch, rows)}


def located(connection: Connection, where: ColumnElement[bool]) -> Iterator[tuple[Located, str]]:
    """Where credentials that fulfil a condition are, in order, each with its look-up code."""
    query = (
        select(
            CREDENTIALS.c.batch,
            CREDENTIALS.c.position,
            CREDENTIALS.c.register_no,
            CREDENTIALS.c.version,
            CREDENTIALS.c.code,
        )
        .where(where)
        .order_by(CREDENTIALS.c.batch, CREDENTIALS.c.position)
    )
    rows = connection.execute(query).all()
    known = batches(connection, {row.batch for row in rows})
    for number, position, register_no, version, code in rows:
        yield Located(known[number], position, register_no, version), code


def select_staged(number: int) -> Select[Any]:
    """The staged rows of a batch by index; read each with `staged`."""
    return (
        select(*_staged_columns)
        .where(CREDENTIALS.c.batch == number)
        .order_by(CREDENTIALS.c.position)
    )


def staged(row: Sequence[Any]) -> StagedCredential:
    """A staged credential out of a row of `select_staged`."""
    *values, seq, index = row
    found = StagedCredential(*values)
    return found if seq is None else replace(found, supersedes=Place(seq, index))


def select_issued() -> Select[Any]:
    """Signed credentials, each with its batch's number; read each with `issued`."""
    same = and_(
        SIGNATURES.c.batch == CREDENTIALS.c.batch,
        SIGNATURES.c.position == CREDENTIALS.c.position,
    )
    asked = and_(
        LANES.c.batch == CREDENTIALS.c.batch,
        LANES.c.position == CREDENTIALS.c.position,
    )
    lane = func.coalesce(LANES.c.lane, int(Lane.ACTIVE))
    return (
        select(CREDENTIALS.c.batch, lane, SIGNATURES.c.sd, SIGNATURES.c.qr, *_staged_columns)
        .join_from(CREDENTIALS, SIGNATURES, same)
        .outerjoin(LANES, asked)
    )


def issued(row: Sequence[Any], of: Batch) -> IssuedCredential:
    """A signed credential of that batch out of a row of `select_issued`."""
    _, lane, sd, qr, *rest = row
    return IssuedCredential(of, staged(rest), Signatures(sd, qr), Lane(lane))
