"""The tables of those who work on the workbench: roles, second factors, services' keys.

Beside `store.tables` and of the same metadata. A staff account is an account
(`store.account_tables`) with a row here. Secrets are kept as SHA-256 where they are random, sealed
where they have to be used. Times are seconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from store.tables import METADATA


class _Staff(TypedColumns):
    """Who works as what: the full name, a role, a school (none: the city).

    `initial` is until when a password that others have seen may be used, to set one's own.
    `totp` is the sealed secret of the second factor, `step` the last time step used with it.
    `issuer` and `subject` are the person as an OpenID provider names them.
    """

    account = Column(Integer, ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    person = Column(Text, nullable=False)
    role = Column(Text, nullable=False)
    school: Named[int | None] = Column(BigInteger, index=True)
    since = Column(BigInteger, nullable=False)
    ended: Named[int | None] = Column(BigInteger)
    initial: Named[int | None] = Column(BigInteger)
    totp: Named[bytes | None] = Column(LargeBinary)
    step: Named[int | None] = Column(BigInteger)
    issuer: Named[str | None] = Column(Text)
    subject: Named[str | None] = Column(Text)


STAFF = Table("staff", METADATA, _Staff, UniqueConstraint("issuer", "subject"))


class _RecoveryCodes(TypedColumns):
    """One-time codes that stand in for a second factor that was lost."""

    digest = Column(LargeBinary, primary_key=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False, index=True)


RECOVERY_CODES = Table("recovery_codes", METADATA, _RecoveryCodes)


class _PasswordGivers(TypedColumns):
    """Who gave somebody an initial password, and when; empty for the command line.

    They could have signed in as that person, until somebody else gives a new one.
    """

    id = Column(Integer, primary_key=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False, index=True)
    giver: Named[int | None] = Column(Integer)
    at = Column(BigInteger, nullable=False)


PASSWORD_GIVERS = Table("password_givers", METADATA, _PasswordGivers)


class _ServiceKeys(TypedColumns):
    """Keys of other programs; `acts` are the words of what a key is for, separated by blanks.

    `maker` is the account of who made it, empty for the command line.
    """

    id = Column(Integer, primary_key=True)
    digest = Column(LargeBinary, nullable=False, unique=True)
    name = Column(Text, nullable=False)
    school = Column(BigInteger, nullable=False, index=True)
    acts = Column(Text, nullable=False)
    made = Column(BigInteger, nullable=False)
    maker: Named[int | None] = Column(Integer)
    expires = Column(BigInteger, nullable=False)
    ended: Named[int | None] = Column(BigInteger)
    seen: Named[int | None] = Column(BigInteger)


SERVICE_KEYS = Table("service_keys", METADATA, _ServiceKeys)
