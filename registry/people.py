"""What the registry knows of pupils, by code, by personal number, by class."""

import hmac
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, select

from credential.dates import PartialDate
from credential.records import PupilRecord
from registry.asking import ask
from registry.tables import PUPILS

PupilRow = Row[str, str, int, int, str, str | None, str | None, str | None, str | None]
_PUPIL = select(
    PUPILS.c.code, PUPILS.c.name, PUPILS.c.birth, PUPILS.c.school, PUPILS.c.class_name,
    PUPILS.c.sex, PUPILS.c.ethnicity, PUPILS.c.birth_place, PUPILS.c.personal_no,
)  # fmt: skip


def known(connection: Connection, codes: Sequence[str]) -> Iterator[PupilRecord]:
    """The pupils with those codes."""
    return map(_record, ask(connection, _PUPIL, PUPILS.c.code, codes))


def numbered(connection: Connection, personal_nos: Sequence[str]) -> Iterator[PupilRecord]:
    """The pupils with those personal numbers."""
    return map(_record, ask(connection, _PUPIL, PUPILS.c.personal_no, personal_nos))


def of_class(connection: Connection, school: int, class_name: str) -> Sequence[PupilRecord]:
    """The pupils in one class."""
    here = (PUPILS.c.school == school) & (PUPILS.c.class_name == class_name)
    return [_record(row) for row in connection.execute(_PUPIL.where(here))]


def has_number(connection: Connection, code: str, personal_no: str) -> bool:
    """Whether that is a pupil's personal number, compared in constant time; no number is told."""
    held = connection.scalar(select(PUPILS.c.personal_no).where(PUPILS.c.code == code))
    is_right = hmac.compare_digest(personal_no.encode(), (held or "").encode())
    return is_right and held is not None


def _record(row: PupilRow) -> PupilRecord:
    born = PartialDate.from_number(row.birth)
    about = (row.sex, row.ethnicity, row.birth_place, row.personal_no)
    return PupilRecord(row.code, row.name, born, row.school, row.class_name, *about)
