"""Finding lines of the register for whoever works with it: by number, or by the holder's name."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from credential.model import CredentialType, Lane
from credential.text import nfc
from registry.tables import AWARDS

MOST = 50  # lines of one answer


class Found(NamedTuple):
    """The newest version of a line that fits, with its holder's name."""

    type: CredentialType
    school: int
    register_no: str
    version: int
    serial: str | None
    year: int
    holder: str
    lane: Lane


def lines(connection: Connection, text: str, schools: Collection[int] | None) -> list[Found]:
    """Lines of some schools, or all, with that register number, serial, or holder's name.

    A name is found by its beginning or its end (given names stand last), as it is written.
    """
    wanted = nfc(" ".join(text.split()))
    upper = wanted.upper().replace(" ", "")
    query = select(AWARDS).where(
        or_(
            AWARDS.c.register_no == upper,
            AWARDS.c.serial == upper,
            AWARDS.c.holder_name.startswith(wanted, autoescape=True),
            AWARDS.c.holder_name.endswith(f" {wanted}", autoescape=True),
        )
    )
    if schools is not None:
        query = query.where(AWARDS.c.school.in_(schools))
    ordered = query.order_by(AWARDS.c.year.desc(), AWARDS.c.register_no, AWARDS.c.version.desc())
    found: dict[tuple[int, int, str], Found] = {}
    for row in connection.execute(ordered.limit(4 * MOST)):
        key = (row.type, row.school, row.register_no)
        found.setdefault(
            key,
            Found(
                CredentialType(row.type), row.school, row.register_no, row.version, row.serial,
                row.year, row.holder_name, Lane(row.lane),
            ),
        )  # fmt: skip
    return list(found.values())[:MOST]
