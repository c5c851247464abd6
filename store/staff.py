"""Staff: accounts of people who work on the workbench, and what they are there.

Every method is one transaction, durable on return, and noted in the audit log with it. Who may do
what the caller decides. A staff account is made here and holds no records; nobody signs in to it as
a holder (`store.accounts`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from database.connections import Database, lock
from store import audit
from store.account_tables import ACCOUNTS
from store.accounts import Password, sign_out
from store.apart import note_giver
from store.outbox import now
from store.staff_tables import RECOVERY_CODES, STAFF

INITIAL: Final = 7 * 86_400  # seconds for which a password that others have seen may be used


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff. `login` is the account's name, `name` the person's, as printed.

    `initial` is until when a password given by others may be used to set one's own; None: it is
    their own. `has_factor` says whether a second factor is set up.
    """

    account: int
    login: str
    name: str
    role: str
    school: int | None
    since: int
    ended: int | None
    initial: int | None
    has_factor: bool


_PERSON = select(
    STAFF.c.account,
    ACCOUNTS.c.name,
    STAFF.c.person,
    STAFF.c.role,
    STAFF.c.school,
    STAFF.c.since,
    STAFF.c.ended,
    STAFF.c.initial,
    STAFF.c.totp.is_not(None),
).join(ACCOUNTS, ACCOUNTS.c.id == STAFF.c.account)


class Staff:
    """The staff of one deployment. Raises UnavailableError ``store``."""

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def add(
        self,
        way: Password,
        name: str,
        role: str,
        school: int | None,
        actor: str,
        giver: int | None = None,
    ) -> int:
        """A new person with a password that they have to change; their account.

        `giver` is the account of who tells them the password, None for the command line. Raises
        ConflictError ``account.name_taken``, also for the name of a holder's account.
        """
        at = self._clock()
        try:
            with self._database.writing() as connection:
                made = insert(ACCOUNTS).values(name=way.name, password=way.phc, created=at)
                account: int = connection.execute(made.returning(ACCOUNTS.c.id)).scalar_one()
                row = {
                    "account": account, "person": name, "role": role, "school": school,
                    "since": at, "initial": at + INITIAL,
                }  # fmt: skip
                connection.execute(insert(STAFF).values(row))
                note_giver(connection, account, giver, at)
                detail = {"account": account, "role": role, "school": school}
                audit.append(connection, at, actor, "staff.added", detail)
        except IntegrityError:
            raise ConflictError("account.name_taken", name=way.name) from None
        return account

    def find(self, account: int) -> Person | None:
        """Somebody who still works here."""
        query = _PERSON.where(STAFF.c.account == account, STAFF.c.ended.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return _person(row) if row else None

    def named(self, login: str) -> tuple[Person, str] | None:
        """Somebody who still works here, by login name, and their password as PHC string."""
        query = _PERSON.add_columns(ACCOUNTS.c.password).where(
            ACCOUNTS.c.name == login, STAFF.c.ended.is_(None)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return (_person(row), row[-1]) if row and row[-1] else None

    def of_identity(self, issuer: str, subject: str) -> Person | None:
        """Somebody who still works here, as a provider names them."""
        query = _PERSON.where(
            STAFF.c.issuer == issuer, STAFF.c.subject == subject, STAFF.c.ended.is_(None)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return _person(row) if row else None

    def provider_of(self, account: int) -> str | None:
        """The provider with whose account somebody may sign in, if any."""
        query = select(STAFF.c.issuer).where(STAFF.c.account == account, STAFF.c.ended.is_(None))
        with self._database.reading() as connection:
            found: str | None = connection.scalar(query)
        return found

    def link(self, account: int, issuer: str, subject: str, actor: str) -> None:
        """Let a provider's person sign in to an account; one before has to do so no more.

        Raises ConflictError ``account.identity_taken`` and RefusedError ``staff.unknown``.
        """
        here = (STAFF.c.account == account) & STAFF.c.ended.is_(None)
        try:
            with self._database.writing() as connection:
                values = {"issuer": issuer, "subject": subject}
                if not connection.execute(update(STAFF).where(here).values(values)).rowcount:
                    raise RefusedError("staff.unknown")
                at = self._clock()
                audit.append(connection, at, actor, "staff.linked", {"account": account})
        except IntegrityError:
            raise ConflictError("account.identity_taken") from None

    def all(self, school: int | None = None) -> Sequence[Person]:
        """Everybody, or everybody of one school, also those who left; by name."""
        query = _PERSON.order_by(STAFF.c.ended.is_not(None), STAFF.c.person, STAFF.c.account)
        if school is not None:
            query = query.where(STAFF.c.school == school)
        with self._database.reading() as connection:
            return [_person(row) for row in connection.execute(query)]

    def end(self, account: int, actor: str) -> None:
        """Somebody works here no more: signed out everywhere, at once, and for good.

        Harmless to repeat. Raises RefusedError ``staff.unknown``.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            found = self._locked(connection, account)
            if found.ended is not None:
                return
            at = self._clock()
            mine = STAFF.c.account == account
            cleared = {"ended": at, "totp": None, "issuer": None, "subject": None}
            connection.execute(update(STAFF).where(mine).values(cleared))
            _forget(connection, account)
            audit.append(connection, at, actor, "staff.ended", {"account": account})

    def reset(self, account: int, phc: str, actor: str, giver: int | None = None) -> None:
        """A new initial password, told by `giver`; factor, provider and sessions end.

        Raises as `end` does.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            found = self._locked(connection, account)
            if found.ended is not None:
                raise RefusedError("staff.unknown")
            at = self._clock()
            mine = STAFF.c.account == account
            gone = dict.fromkeys(("totp", "step", "issuer", "subject"))
            values = {"initial": at + INITIAL, **gone}
            connection.execute(update(STAFF).where(mine).values(values))
            connection.execute(
                update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(password=phc)
            )
            _forget(connection, account)
            note_giver(connection, account, giver, at)
            audit.append(connection, at, actor, "staff.reset", {"account": account})

    def set_password(self, account: int, phc: str, actor: str) -> None:
        """Somebody's own new password; all their sessions end."""
        with self._database.writing() as connection:
            lock(connection, "accounts")
            self._locked(connection, account)
            connection.execute(
                update(ACCOUNTS).where(ACCOUNTS.c.id == account).values(password=phc)
            )
            mine = STAFF.c.account == account
            connection.execute(update(STAFF).where(mine).values(initial=None))
            sign_out(connection, account)
            at = self._clock()
            audit.append(connection, at, actor, "staff.password", {"account": account})

    def sign_out(self, account: int | None, actor: str) -> None:
        """End all sessions of somebody or, with None, of everybody, holders too.

        Their passwords and factors stay. Raises RefusedError ``staff.unknown``.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            at = self._clock()
            if account is None:
                audit.append(connection, at, actor, "sessions.ended", {})
            else:
                self._locked(connection, account)
                audit.append(connection, at, actor, "staff.signed_out", {"account": account})
            sign_out(connection, account)

    def note(self, actor: str, act: str, **detail: object) -> None:
        """Note what happened at the entrance and changed nothing: sign-ins, refusals."""
        audit.note(self._database, self._clock(), actor, act, **detail)

    def _locked(self, connection: Connection, account: int) -> Person:
        row = connection.execute(_PERSON.where(STAFF.c.account == account)).one_or_none()
        if row is None:
            raise RefusedError("staff.unknown")
        return _person(row)


def _forget(connection: Connection, account: int) -> None:
    connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.account == account))
    sign_out(connection, account)


def _person(row: Row[*tuple[object, ...]]) -> Person:
    return Person(*row[: len(Person.__slots__)])  # type: ignore[arg-type]
