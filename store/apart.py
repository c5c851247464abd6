"""Two persons: who approves is not who prepared, by account or name, nor who could act as them.

Whoever gave somebody a password could have signed in as them and prepared in their name, until
somebody else gives them a new one.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from credential.errors import RefusedError
from store.order_records import Person
from store.staff_tables import PASSWORD_GIVERS


def check_apart(connection: Connection, by: Person, prepared: Sequence[tuple[Person, int]]) -> None:
    """Whether `by` may approve what these prepared, and when, the last one last.

    Raises RefusedError ``approval.same_person`` and, for who gave the preparer's password,
    ``approval.own_password``.
    """
    if any(by.is_same(one) for one, _ in prepared):
        raise RefusedError("approval.same_person", found=by.name)
    last, at = prepared[-1]
    if by.account is not None and _giver(connection, last.account, at) == by.account:
        raise RefusedError("approval.own_password", found=last.name)


def note_giver(connection: Connection, account: int, giver: int | None, at: int) -> None:
    """Note that `giver` (None: the command line) told somebody a new initial password."""
    connection.execute(insert(PASSWORD_GIVERS).values(account=account, giver=giver, at=at))


def _giver(connection: Connection, account: int | None, at: int) -> int | None:
    """Who gave the password with which an account worked at that second."""
    query = (
        select(PASSWORD_GIVERS.c.giver)
        .where(PASSWORD_GIVERS.c.account == account, PASSWORD_GIVERS.c.at <= at)
        .order_by(PASSWORD_GIVERS.c.id.desc())
        .limit(1)
    )
    found: int | None = connection.scalar(query)
    return found
