"""Annexes and acts on the status of lines, as rows of the registry and back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select

from credential.annex import Annex, AnnexKind
from credential.dates import PartialDate
from credential.facts import Withdrawal
from credential.model import CredentialType, Decision, Lane
from credential.records import AwardBatch, AwardLine
from registry.act_tables import ANNEXES, STATUS_ACTS

_AT_ONCE = 1000  # register numbers in one question; databases limit them


class StatusAct(NamedTuple):
    """One change of a version's status, when it was entered (seconds) and why."""

    lane: Lane
    withdrawal: Withdrawal
    entered_at: int


def enter(connection: Connection, awards: AwardBatch, register_nos: Sequence[str]) -> None:
    """Write the annexes of the lines that are being entered."""
    rows = [
        {
            "type": awards.type.value,
            "school": awards.school,
            "register_no": register_no,
            "version": entry.replaces.version + 1,
            "kind": entry.annex.kind.value,
            "ground": entry.annex.ground,
            "evidence": entry.annex.evidence,
            "decision_no": entry.annex.decision.number,
            "decision_on": _day(entry.annex.decision.on),
            "signed_by": entry.annex.signed_by,
            "changes": json.dumps(entry.annex.changes, ensure_ascii=False),
        }
        for entry, register_no in zip(awards.entries, register_nos, strict=True)
        if entry.annex and entry.replaces
    ]
    if rows:
        connection.execute(insert(ANNEXES), rows)


def annexes(connection: Connection, line: AwardLine) -> Mapping[int, Annex]:
    """The annexes of a line, by the version that each brought."""
    query = select(ANNEXES).where(
        ANNEXES.c.type == line.type.value,
        ANNEXES.c.school == line.school,
        ANNEXES.c.register_no == line.register_no,
    )
    return {
        row.version: Annex(
            AnnexKind(row.kind),
            row.ground,
            row.evidence,
            Decision(row.decision_no, _date(row.decision_on)),
            row.signed_by,
            tuple((field, old, new) for field, old, new in json.loads(row.changes)),
        )
        for row in connection.execute(query)
    }


def note(
    connection: Connection, lines: Iterable[AwardLine], lane: Lane, cause: Withdrawal, at: int
) -> None:
    """Write down that the status of these versions, which are locked, changes."""
    acts = {
        "lane": int(lane), "ground": cause.ground, "reason": cause.reason,
        "decision_no": cause.decision, "decision_on": _day(cause.on),
        "until": cause.until and _day(cause.until), "entered_at": at,
    }  # fmt: skip
    changed = list(lines)
    last = _last(connection, changed)
    rows = [_key(line) | acts | {"number": last.get(line, 0) + 1} for line in changed]
    if rows:
        connection.execute(insert(STATUS_ACTS), rows)


def _last(connection: Connection, lines: Sequence[AwardLine]) -> dict[AwardLine, int]:
    """The number of the last act on each of these versions that had any."""
    by = (
        STATUS_ACTS.c.type, STATUS_ACTS.c.school, STATUS_ACTS.c.register_no, STATUS_ACTS.c.version,
    )  # fmt: skip
    query = select(*by, func.max(STATUS_ACTS.c.number).label("last")).group_by(*by)
    found = {}
    for start in range(0, len(lines), _AT_ONCE):
        numbers = [line.register_no for line in lines[start : start + _AT_ONCE]]
        for row in connection.execute(query.where(STATUS_ACTS.c.register_no.in_(numbers))):
            line = AwardLine(CredentialType(row.type), row.school, row.register_no, row.version)
            found[line] = row.last
    return found


def acts(connection: Connection, line: AwardLine) -> list[StatusAct]:
    """What happened to the status of a version, oldest first."""
    query = select(STATUS_ACTS).where(*_of(line)).order_by(STATUS_ACTS.c.number)
    return [
        StatusAct(
            Lane(row.lane),
            Withdrawal(
                row.ground, row.decision_no, _date(row.decision_on),
                _date(row.until) if row.until else None, row.reason,
            ),
            row.entered_at,
        )
        for row in connection.execute(query)
    ]  # fmt: skip


def _key(line: AwardLine) -> dict[str, object]:
    return {
        "type": line.type.value, "school": line.school,
        "register_no": line.register_no, "version": line.version,
    }  # fmt: skip


def _of(line: AwardLine) -> tuple[ColumnElement[bool], ...]:
    return tuple(STATUS_ACTS.c[name] == value for name, value in _key(line).items())


def _day(on: date) -> int:
    return PartialDate.from_date(on).number


def _date(day: int) -> date:
    return PartialDate.from_number(day).to_date()
