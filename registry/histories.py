"""Everything that the register knows of one line: its versions, annexes, acts, returned papers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from credential.annex import Annex
from credential.dates import PartialDate
from credential.model import Lane, Signer
from credential.records import AwardLine
from registry import annexing, published
from registry.annexing import StatusAct
from registry.published import Withdrawn
from registry.tables import AWARDS


class Version(NamedTuple):
    """One version of a line; `entered_at` in seconds. `annex` is of those that replaced another.

    `issued` is as precise as an old book has it.
    """

    version: int
    serial: str | None
    issued: PartialDate
    signer: Signer
    lane: Lane
    reason: str | None
    approved_by: str | None
    entered_at: int
    annex: Annex | None
    acts: Sequence[StatusAct]
    withdrawn: Withdrawn | None


class History(NamedTuple):
    """A line with its versions, oldest first; none for a line that is not there."""

    line: AwardLine
    versions: Sequence[Version]


def of_line(connection: Connection, line: AwardLine) -> History:
    """The history of a line, whichever version is named."""
    query = (
        select(AWARDS)
        .where(
            AWARDS.c.type == line.type.value,
            AWARDS.c.school == line.school,
            AWARDS.c.register_no == line.register_no,
        )
        .order_by(AWARDS.c.version)
    )
    annexes: Mapping[int, Annex] = annexing.annexes(connection, line)
    found = []
    for row in connection.execute(query).all():
        each = AwardLine(line.type, line.school, line.register_no, row.version)
        found.append(
            Version(
                row.version, row.serial, PartialDate.from_number(row.issued),
                Signer(row.signer_name, row.signer_title), Lane(row.lane), row.reason,
                row.approved_by, row.entered_at, annexes.get(row.version),
                annexing.acts(connection, each), published.one(connection, each),
            )
        )  # fmt: skip
    return History(line, found)
