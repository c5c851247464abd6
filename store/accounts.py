"""Accounts: who may sign in, by which ways, and whose records they hold.

Every method is one transaction, durable on return. Whether a password is right, how old somebody
is and what they may do for that, the caller decides. Names are given folded. Accounts of staff
(`store.staff`) are among them, but nobody signs in to one as a holder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, true, update
from sqlalchemy.exc import IntegrityError

from credential.errors import ConflictError, RefusedError
from database.connections import Database, lock
from store import audit
from store.account_tables import (
    ACCOUNTS,
    CLAIMS,
    DEVICES,
    HOLDER_KEYS,
    HOLDINGS,
    IDENTITIES,
    SESSIONS,
    SIGN_INS,
)
from store.outbox import now
from store.staff_tables import STAFF


class Relation(StrEnum):
    """What somebody is to the pupil whose records they hold."""

    SELF = "self"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Holding:
    """A pupil (ministry code) whose records an account may see, and as what."""

    pupil: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in. `holdings` are in the order in which they were claimed."""

    id: int
    holdings: tuple[Holding, ...]

    def holding(self, pupil: str) -> Holding:
        """What it holds of that pupil. Raises RefusedError ``holding.unknown``."""
        for holding in self.holdings:
            if holding.pupil == pupil:
                return holding
        raise RefusedError("holding.unknown")


@dataclass(frozen=True, slots=True)
class Password:
    """A login name, folded, and its password as PHC string."""

    name: str
    phc: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody as an OpenID provider names them."""

    issuer: str
    subject: str


Way = Password | Identity
"""How somebody comes back to an account."""


class Accounts:
    """The accounts of one deployment.

    Codes: ConflictError ``account.name_taken`` and ``account.identity_taken``; RefusedError
    ``claim_code.unknown``; UnavailableError.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = now) -> None:
        self._database, self._clock = database, clock

    def holdings(self, account: int) -> tuple[Holding, ...]:
        """Whose records an account holds."""
        query = (
            select(HOLDINGS.c.pupil, HOLDINGS.c.relation)
            .where(HOLDINGS.c.account == account)
            .order_by(HOLDINGS.c.since, HOLDINGS.c.pupil)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return tuple(Holding(pupil, Relation(relation)) for pupil, relation in rows)

    def holders(self, pupil: str) -> Sequence[tuple[int, Relation]]:
        """The accounts that hold a pupil's records, and as what."""
        query = select(HOLDINGS.c.account, HOLDINGS.c.relation).where(HOLDINGS.c.pupil == pupil)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(HOLDINGS.c.account)).all()
        return [(account, Relation(relation)) for account, relation in rows]

    def named(self, name: str) -> tuple[int, str] | None:
        """The account of a login name and its password as PHC string; not one of staff."""
        query = select(ACCOUNTS.c.id, ACCOUNTS.c.password).where(
            ACCOUNTS.c.name == name, ACCOUNTS.c.id.not_in(select(STAFF.c.account))
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        return (row.id, row.password) if row and row.password else None

    def of_identity(self, identity: Identity) -> int | None:
        """The account that a provider's person signs in to."""
        query = select(IDENTITIES.c.account).where(
            IDENTITIES.c.issuer == identity.issuer, IDENTITIES.c.subject == identity.subject
        )
        with self._database.reading() as connection:
            found: int | None = connection.scalar(query)
        return found

    def ways(self, account: int) -> tuple[str | None, int]:
        """Its login name, if it has one, and how many providers' people may sign in to it."""
        name = select(ACCOUNTS.c.name).where(ACCOUNTS.c.id == account)
        identities = select(IDENTITIES.c.subject).where(IDENTITIES.c.account == account)
        with self._database.reading() as connection:
            return connection.scalar(name), len(connection.execute(identities).all())

    def claim(self, digest: bytes, way: Way | int) -> int:
        """Use up a claim: a new account with that way in, or the given account, holds its pupil.

        Whoever claims as the pupil takes the place of whoever did before, whose key is bound to
        nothing new: the code came from the school. Returns the account.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            at = self._clock()
            query = select(CLAIMS.c.pupil, CLAIMS.c.relation).where(
                CLAIMS.c.digest == digest, CLAIMS.c.used.is_(None), CLAIMS.c.expires > at
            )
            row = connection.execute(query).one_or_none()
            if row is None:
                raise RefusedError("claim_code.unknown")
            account = way if isinstance(way, int) else _made(connection, way, at)
            used = update(CLAIMS).where(CLAIMS.c.digest == digest)
            connection.execute(used.values(used=at, account=account))
            _hold(connection, account, Holding(row.pupil, Relation(row.relation)), at)
            audit.append(connection, at, f"account:{account}", "account.claimed", {})
        return account

    def enter(self, identity: Identity, pupil: str) -> int:
        """The account of a person whom the provider says to be that pupil, made if there is none.

        Raises ConflictError ``account.other_pupil`` if it is another pupil's.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            at = self._clock()
            query = select(IDENTITIES.c.account).where(
                IDENTITIES.c.issuer == identity.issuer, IDENTITIES.c.subject == identity.subject
            )
            account = connection.scalar(query)
            if account is None:
                account = _made(connection, identity, at)
                audit.append(connection, at, f"account:{account}", "account.entered", {})
            own = select(HOLDINGS.c.pupil).where(
                HOLDINGS.c.account == account, HOLDINGS.c.relation == Relation.SELF.value
            )
            held = set(connection.scalars(own))
            if held - {pupil}:
                raise ConflictError("account.other_pupil")
            if not held:
                _hold(connection, account, Holding(pupil, Relation.SELF), at)
        return account

    def add(self, account: int, way: Way, *, only: bool = False) -> None:
        """Another way in, or the `only` one; a new password takes the place of the old one.

        Harmless to repeat.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            if only:
                connection.execute(delete(IDENTITIES).where(IDENTITIES.c.account == account))
            _add(connection, account, way)
            detail = {"way": type(way).__name__.lower()} | ({"only": True} if only else {})
            audit.append(connection, self._clock(), f"account:{account}", "account.way", detail)

    def withdraw(self, pupil: str, actor: str) -> int:
        """Take a pupil's records from every account; how many had them.

        Its unused claims are gone then, and its key is bound to nothing new.
        """
        with self._database.writing() as connection:
            lock(connection, "accounts")
            holders = list(
                connection.scalars(select(HOLDINGS.c.account).where(HOLDINGS.c.pupil == pupil))
            )
            connection.execute(delete(HOLDINGS).where(HOLDINGS.c.pupil == pupil))
            unused = (CLAIMS.c.pupil == pupil) & CLAIMS.c.used.is_(None)
            connection.execute(delete(CLAIMS).where(unused))
            at = self._clock()
            for account in holders:
                sign_out(connection, account)
                detail = {"account": account}
                audit.append(connection, at, actor, "account.withdrawn", detail)
            _end_keys(connection, pupil, at, actor)
        return len(holders)


def _made(connection: Connection, way: Way, at: int) -> int:
    row = connection.execute(insert(ACCOUNTS).values(created=at).returning(ACCOUNTS.c.id)).one()
    account: int = row.id
    _add(connection, account, way)
    return account


def _add(connection: Connection, account: int, way: Way) -> None:
    if isinstance(way, Password):
        values = {"name": way.name, "password": way.phc}
        try:
            with connection.begin_nested():
                mine = ACCOUNTS.c.id == account
                connection.execute(update(ACCOUNTS).where(mine).values(values))
        except IntegrityError:
            raise ConflictError("account.name_taken", name=way.name) from None
        return
    query = select(IDENTITIES.c.account).where(
        IDENTITIES.c.issuer == way.issuer, IDENTITIES.c.subject == way.subject
    )
    held = connection.scalar(query)
    if held not in (None, account):
        raise ConflictError("account.identity_taken")
    if held is None:
        row = {"issuer": way.issuer, "subject": way.subject, "account": account}
        connection.execute(insert(IDENTITIES).values(row))


def _hold(connection: Connection, account: int, holding: Holding, at: int) -> None:
    pupil = HOLDINGS.c.pupil == holding.pupil
    own = pupil & (HOLDINGS.c.relation == Relation.SELF.value)
    if holding.relation is Relation.SELF:
        others = select(HOLDINGS.c.account).where(own, HOLDINGS.c.account != account)
        for other in list(connection.scalars(others)):
            connection.execute(delete(HOLDINGS).where(pupil, HOLDINGS.c.account == other))
            sign_out(connection, other)
        _end_keys(connection, holding.pupil, at, f"account:{account}", but=account)
    elif connection.scalar(select(HOLDINGS.c.pupil).where(own, HOLDINGS.c.account == account)):
        return  # who is the pupil stays the pupil, whatever slip they use
    connection.execute(delete(HOLDINGS).where(pupil, HOLDINGS.c.account == account))
    row = {
        "account": account, "pupil": holding.pupil, "relation": holding.relation.value, "since": at,
    }  # fmt: skip
    connection.execute(insert(HOLDINGS).values(row))


def _end_keys(
    connection: Connection, pupil: str, at: int, actor: str, but: int | None = None
) -> None:
    """Bind nothing new to a pupil's key, unless it is that account's: others' keys go with them."""
    standing = (HOLDER_KEYS.c.pupil == pupil) & HOLDER_KEYS.c.ended.is_(None)
    if but is not None:
        standing &= HOLDER_KEYS.c.account != but
    if connection.execute(update(HOLDER_KEYS).where(standing).values(ended=at)).rowcount:
        audit.append(connection, at, actor, "holder_key.ended", {})


def sign_out(connection: Connection, account: int | None) -> None:
    """Within a transaction: end an account's sessions and what is under way to a provider for it.

    None of its browsers is known any more. None: so for all accounts.
    """
    for table in (SESSIONS, DEVICES, SIGN_INS):
        theirs = true() if account is None else table.c.account == account
        connection.execute(delete(table).where(theirs))
