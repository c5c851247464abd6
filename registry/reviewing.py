"""Suspensions whose day of review has come or is near, as the acts on their lines name it."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, exists, select

from credential.dates import PartialDate
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry.act_tables import STATUS_ACTS
from registry.tables import AWARDS

_SHOWN = 200  # of one question; those that are due first


class Review(NamedTuple):
    """A suspended version, by when it is to be looked at again, since when (seconds) it is so."""

    line: AwardLine
    until: date
    since: int


def due(connection: Connection, schools: Collection[int], by: date) -> Sequence[Review]:
    """Suspensions of these schools that are to be looked at on that day or before; first due first.

    What counts is the last act on a version that is still suspended; one without a day never comes.
    """
    later = STATUS_ACTS.alias("later")
    key = [STATUS_ACTS.c[name] for name in ("type", "school", "register_no", "version")]
    is_last = ~exists().where(
        later.c.number > STATUS_ACTS.c.number, *(later.c[one.name] == one for one in key)
    )
    query = (
        select(*key, STATUS_ACTS.c.until, STATUS_ACTS.c.entered_at)
        .join_from(STATUS_ACTS, AWARDS, and_(*(AWARDS.c[one.name] == one for one in key)))
        .where(
            STATUS_ACTS.c.school.in_(schools),
            STATUS_ACTS.c.until <= PartialDate.from_date(by).number,
            AWARDS.c.lane == int(Lane.SUSPENDED),
            is_last,
        )
        .order_by(STATUS_ACTS.c.until, STATUS_ACTS.c.entered_at, *key)
        .limit(_SHOWN)
    )
    return [
        Review(
            AwardLine(CredentialType(row.type), row.school, row.register_no, row.version),
            PartialDate.from_number(row.until).to_date(),
            row.entered_at,
        )
        for row in connection.execute(query)
    ]
