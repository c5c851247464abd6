"""How a line of the register of awards is corrected: the next version takes the place of one.

Number and pupil stay, and so does the serial unless the paper is reissued; what is replaced must be
the version that stands, so of two corrections of one line the slower is refused. Everything happens
in the transaction that enters the new versions, under the counter's lock.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from credential.dates import PartialDate
from credential.errors import ConflictError
from credential.model import Lane
from credential.records import AwardBatch, AwardEntry, AwardLine
from registry.tables import AWARDS

GROUND, REISSUED = "amended", "reissued"
"""Why a version does not stand any more: what it says was corrected, or its paper replaced."""

_AT_ONCE = 1000  # register numbers in one question; databases limit them
named = (
    AWARDS.c.type == bindparam("of_type"),
    AWARDS.c.school == bindparam("of_school"),
    AWARDS.c.register_no == bindparam("of_line"),
    AWARDS.c.version == bindparam("of_version"),
)
"""The condition that names one version of a line (a unique key), for many at once."""
_SUPERSEDE = (
    update(AWARDS)
    .where(*named)
    .values(
        lane=int(Lane.SUPERSEDED),
        ground=bindparam("for_ground"),
        withdrawal_decision=bindparam("for_decision"),
        withdrawn_on=bindparam("for_day"),
    )
)


class Standing(NamedTuple):
    """What stays of a version that is replaced; `class_name` unless another is told."""

    number: int
    pupil: str
    serial: str | None
    class_name: str | None


def key(line: AwardLine) -> dict[str, object]:
    """The parameters of `named`."""
    return {
        "of_type": line.type.value,
        "of_school": line.school,
        "of_line": line.register_no,
        "of_version": line.version,
    }


def supersede(connection: Connection, awards: AwardBatch) -> Mapping[AwardLine, Standing]:
    """Supersede every version that an entry replaces; what stays of each.

    Raises ConflictError ``award.not_standing`` with the first `register_no` and `version` that
    is not there, does not stand or is suspended, or is another pupil's, year's or serial's
    (one that is reissued must bear another serial).
    """
    entries = [entry for entry in awards.entries if entry.replaces]
    standing = _standing(connection, awards, entries)
    for entry in entries:
        line = entry.replaces
        assert line is not None
        one = standing.get(line)
        if (
            one is None
            or one.pupil != entry.pupil
            or (one.serial == entry.serial) is entry.brings_serial
        ):
            raise ConflictError(
                "award.not_standing", register_no=line.register_no, version=line.version
            )
    if entries:
        gone = [key(entry.replaces) | _cause(awards, entry) for entry in entries if entry.replaces]
        connection.execute(_SUPERSEDE, gone)
    return standing


def _cause(awards: AwardBatch, entry: AwardEntry) -> dict[str, object]:
    """By which decision the version goes that an entry replaces."""
    annex = entry.annex
    number = annex.decision.number if annex else awards.decision_no or ""
    day = annex.decision.on if annex else awards.decision_on or awards.issued
    return {
        "for_ground": REISSUED if annex and entry.brings_serial else GROUND,
        "for_decision": number,
        "for_day": PartialDate.from_date(day).number,
    }


def _standing(
    connection: Connection, awards: AwardBatch, entries: Sequence[AwardEntry]
) -> Mapping[AwardLine, Standing]:
    """What stays of the active versions among those to be replaced, locked."""
    wanted = {entry.replaces for entry in entries}
    lines = sorted({line.register_no for line in wanted if line})
    query = (
        select(
            AWARDS.c.register_no, AWARDS.c.version, AWARDS.c.number, AWARDS.c.pupil,
            AWARDS.c.serial, AWARDS.c.class_name,
        )
        .where(
            AWARDS.c.type == awards.type.value,
            AWARDS.c.school == awards.school,
            AWARDS.c.year == awards.year,
            AWARDS.c.lane == int(Lane.ACTIVE),
        )
        .order_by(AWARDS.c.register_no)
        .with_for_update()
    )  # fmt: skip
    found = {}
    for start in range(0, len(lines), _AT_ONCE):
        some = AWARDS.c.register_no.in_(lines[start : start + _AT_ONCE])
        for register_no, version, number, pupil, serial, of in connection.execute(
            query.where(some)
        ):
            line = AwardLine(awards.type, awards.school, register_no, version)
            if line in wanted:
                found[line] = Standing(number, pupil, serial, of)
    return found
