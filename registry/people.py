"""What the registry knows of pupils, by code, by personal number, by class."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Row, select

from registry.asking import ask
from registry.tables import PUPILS

PupilRow = Row[str, str, int, int, str, str | None, str | None, str | None, str | None]
_PUPIL = select(
    PUPILS.c.code, PUPILS.c.name, PUPILS.c.birth, PUPILS.c.school, PUPILS.c.class_name,
    PUPILS.c.sex, PUPILS.c.ethnicity, PUPILS.c.birth_place, PUPILS.c.personal_no,
)  # fmt: skip


def known(connection: Connection, codes: Sequence[str]) -> Iterator[PupilRow]:
    """What is known of the pupils with those codes."""
    return ask(connection, _PUPIL, PUPILS.c.code, codes)


def numbered(connection: Connection, personal_nos: Sequence[str]) -> Iterator[PupilRow]:
    """What is known of the pupils with those personal numbers."""
    return ask(connection, _PUPIL, PUPILS.c.personal_no, personal_nos)


def of_class(connection: Connection, school: int, class_name: str) -> Sequence[PupilRow]:
    """The same of the pupils in one class."""
    here = (PUPILS.c.school == school) & (PUPILS.c.class_name == class_name)
    return connection.execute(_PUPIL.where(here)).all()
