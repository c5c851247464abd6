"""Taking lines back out of the register of awards: those of an order given up before it was sent.

A line is written once, and what was issued stays for ever. These were never issued: no credential
of theirs was sent anywhere. They go only if they are the last ones of their register, so that its
numbers still run without gaps and the next order gets the same; what they replaced stands again.
Lines of old books were there before the order, which only took them: they stay, to be issued again.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from credential.errors import ConflictError
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry import copying, oldlines, superseding
from registry.tables import AWARDS, COUNTERS

_LINES = select(
    AWARDS.c.type, AWARDS.c.school, AWARDS.c.year, AWARDS.c.number, AWARDS.c.version,
    AWARDS.c.register_no,
).order_by(AWARDS.c.number)  # fmt: skip
_STANDS = {
    AWARDS.c.lane: int(Lane.ACTIVE),
    AWARDS.c.ground: None,
    AWARDS.c.withdrawal_decision: None,
    AWARDS.c.withdrawn_on: None,
}


def take_back(connection: Connection, ref: str) -> int:
    """Take out all lines of `ref`; how many there were.

    Raises ConflictError ``award.not_last`` when others have got numbers after them.
    """
    mine = AWARDS.c.batch_ref == ref
    found = connection.execute(_LINES.where(mine)).all()
    if not found:
        return 0
    if found[0].type == CredentialType.DIGITISED.value:
        return oldlines.release(connection, ref)
    counter = {"type": found[0].type, "school": found[0].school, "year": found[0].year}
    last = connection.scalar(select(COUNTERS.c.last).filter_by(**counter).with_for_update()) or 0
    fresh = [row.number for row in found if row.version == 1]
    if fresh and fresh != list(range(last - len(fresh) + 1, last + 1)):
        raise ConflictError("award.not_last", register_no=found[-1].register_no)
    copying.forget(connection, ref)
    connection.execute(delete(AWARDS).where(mine))
    _let_stand(connection, [row for row in found if row.version > 1])
    if fresh:
        connection.execute(update(COUNTERS).filter_by(**counter).values(last=last - len(fresh)))
    return len(found)


def _let_stand(connection: Connection, replacing: Sequence[Any]) -> None:
    """The versions before these stand again; only what stood can have been replaced."""
    lines = [
        AwardLine(CredentialType(row.type), row.school, row.register_no, row.version - 1)
        for row in replacing
    ]
    if lines:
        connection.execute(
            update(AWARDS).where(*superseding.named).values(_STANDS),
            list(map(superseding.key, lines)),
        )
