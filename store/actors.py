"""Who acted, as the audit trail says it: a part of the product by name, a person by commitment.

A commitment is a SHA-256 of a random salt and the name. Both are kept beside the trail: with them
anybody can check whom an entry means, and once they are erased nobody can find out. One name has
one commitment until then.
"""

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from database.connections import Database
from store.actor_tables import AUDIT_PERSONS as PERSONS

ISSUER, UPKEEP, OPERATOR = "issuer", "upkeep", "operator"
PUBLIC, HOLDER = "public", "holder"
"""Who needs no name: parts of the product, whoever has its command line, its users."""

_UNNAMED = (ISSUER, UPKEEP, OPERATOR, PUBLIC, HOLDER)
_NUMBERED = ("account:", "client:", "key:", "service:")  # what follows is no person's name
_PERSON = "person:"
_SALT = 16  # bytes
_SHOWN = 32  # hexadecimal digits of the commitment


def written(connection: Connection, actor: str) -> str:
    """What the trail says for an actor; the name of a person is kept apart."""
    if actor in _UNNAMED or actor.startswith(_NUMBERED):
        return actor
    known = commitment(connection, actor)
    if known is not None:
        return known
    salt = os.urandom(_SALT)
    made = _commitment(salt, actor)
    connection.execute(insert(PERSONS).values(ref=made, salt=salt, name=actor))
    return made


def names(connection: Connection, found: Collection[str]) -> Mapping[str, str]:
    """The name for each of these actors; those that were erased stand for themselves."""
    rows = connection.execute(select(PERSONS.c.ref, PERSONS.c.name)).all()
    known = {row.ref: row.name for row in rows}
    return {actor: known.get(actor, actor) for actor in found}


def false_names(database: Database) -> Sequence[str]:
    """The commitments for which another name is kept than was committed to."""
    with database.reading() as connection:
        rows = connection.execute(select(PERSONS.c.ref, PERSONS.c.salt, PERSONS.c.name)).all()
    return sorted(ref for ref, salt, name in rows if ref != _commitment(salt, name))


def commitment(connection: Connection, name: str) -> str | None:
    """What the trail says for a person, if it says anything."""
    return connection.scalar(select(PERSONS.c.ref).where(PERSONS.c.name == name))


def erase(connection: Connection, ref: str) -> None:
    """Erase the name and the salt of a commitment: from then on it means nobody."""
    connection.execute(delete(PERSONS).where(PERSONS.c.ref == ref))


def _commitment(salt: bytes, name: str) -> str:
    return _PERSON + hashlib.sha256(salt + name.encode()).hexdigest()[:_SHOWN]
