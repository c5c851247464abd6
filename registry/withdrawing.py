"""How many lines of the register of awards are revoked at once: all of them, or none.

Lines are locked in one order, so that two who revoke overlapping lists wait for each other and
never for ever.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select, update

from credential.dates import PartialDate
from credential.errors import RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry import annexing
from registry.tables import AWARDS, STANDING

_AT_ONCE = 1000  # register numbers in one question; databases limit them


class _Some(NamedTuple):
    """Some lines of one type, school and version."""

    type: CredentialType
    school: int
    version: int
    numbers: Sequence[str]

    @property
    def rows(self) -> tuple[ColumnElement[bool], ...]:
        return (
            AWARDS.c.type == self.type.value,
            AWARDS.c.school == self.school,
            AWARDS.c.version == self.version,
            AWARDS.c.register_no.in_(self.numbers),
        )


def revoke(
    connection: Connection, lines: Sequence[AwardLine], withdrawal: Withdrawal, at: int
) -> frozenset[AwardLine]:
    """Revoke all lines that stand; return those that were superseded, which stay so.

    What was revoked before keeps its reason. Raises RefusedError ``award.unknown``.
    """
    some = list(_in_order(lines))
    held = {line: lane for each in some for line, lane in _held(connection, each).items()}
    for line in lines:
        if line not in held:
            raise RefusedError("award.unknown", type=line.type.key, register_no=line.register_no)
    values = {
        AWARDS.c.lane: int(Lane.REVOKED),
        AWARDS.c.ground: withdrawal.ground,
        AWARDS.c.withdrawal_decision: withdrawal.decision,
        AWARDS.c.withdrawn_on: PartialDate.from_date(withdrawal.on).number,
    }
    for each in some:
        connection.execute(update(AWARDS).where(*each.rows, STANDING).values(values))
    standing = [line for line, lane in held.items() if lane < Lane.SUPERSEDED]
    annexing.note(connection, standing, Lane.REVOKED, withdrawal, at)
    return frozenset(line for line, lane in held.items() if lane == Lane.SUPERSEDED)


def _in_order(lines: Sequence[AwardLine]) -> Iterator[_Some]:
    def register(line: AwardLine) -> tuple[int, int, int]:
        return line.type.value, line.school, line.version

    ordered = sorted(set(lines), key=lambda line: (register(line), line.register_no))
    for _, group in groupby(ordered, register):
        while some := list(islice(group, _AT_ONCE)):
            first, numbers = some[0], [line.register_no for line in some]
            yield _Some(first.type, first.school, first.version, numbers)


def _held(connection: Connection, some: _Some) -> Mapping[AwardLine, int]:
    """The status of those that are there, locked until the transaction ends."""
    query = select(AWARDS.c.register_no, AWARDS.c.lane).where(*some.rows)
    rows = connection.execute(query.order_by(AWARDS.c.register_no).with_for_update())
    return {
        AwardLine(some.type, some.school, row.register_no, some.version): row.lane for row in rows
    }
