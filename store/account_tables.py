"""The tables of those who sign in: accounts, what they hold, sessions, claims, consents, keys.

Beside `store.tables` and of the same metadata. Secrets are kept only as SHA-256 (they are random)
or, for passwords, as Argon2id. A pupil is named by ministry code. Times are seconds since 1970.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
)

from store.tables import METADATA


class _Accounts(TypedColumns):
    """Who may sign in. `name` and `password` are empty where a provider alone says who it is."""

    id = Column(Integer, primary_key=True)
    name: Named[str | None] = Column(Text, unique=True)
    password: Named[str | None] = Column(Text)
    created = Column(BigInteger, nullable=False)


ACCOUNTS = Table("accounts", METADATA, _Accounts)


class _Identities(TypedColumns):
    """A person as an OpenID provider names them (`iss` and `sub`)."""

    issuer = Column(Text, primary_key=True)
    subject = Column(Text, primary_key=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False, index=True)


IDENTITIES = Table("identities", METADATA, _Identities)


class _Holdings(TypedColumns):
    """Whose records an account may see: its own (``self``) or a child's (``guardian``)."""

    account = Column(Integer, ForeignKey("accounts.id"), primary_key=True)
    pupil = Column(Text, primary_key=True, index=True)
    relation = Column(Text, nullable=False)
    since = Column(BigInteger, nullable=False)


HOLDINGS = Table("holdings", METADATA, _Holdings)


class _Sessions(TypedColumns):
    """One browser that is signed in. `digest` is the SHA-256 of its token, `seen` its last use.

    `audience` is where: on the holder's page or on the workbench. `proven` is when whoever it is
    last showed who they are.
    """

    id = Column(Integer, primary_key=True)
    digest = Column(LargeBinary, nullable=False, unique=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False, index=True)
    way = Column(Text, nullable=False)
    device = Column(Text, nullable=False)
    created = Column(BigInteger, nullable=False)
    seen = Column(BigInteger, nullable=False, index=True)
    audience = Column(Text, nullable=False, server_default="holder")
    proven = Column(BigInteger, nullable=False, server_default="0")


SESSIONS = Table("sessions", METADATA, _Sessions)


class _Devices(TypedColumns):
    """Browsers that signed in before: guesses made elsewhere do not slow them down."""

    digest = Column(LargeBinary, primary_key=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False, index=True)
    since = Column(BigInteger, nullable=False)


DEVICES = Table("devices", METADATA, _Devices)


class _Claims(TypedColumns):
    """One-time codes by which people claim what is theirs; `digest` is the SHA-256 of one.

    `confirmation` is what must be known of the pupil beside it: ``birth`` or ``personal_no``.
    """

    digest = Column(LargeBinary, primary_key=True)
    pupil = Column(Text, nullable=False)
    relation = Column(Text, nullable=False)
    made = Column(BigInteger, nullable=False)
    expires = Column(BigInteger, nullable=False)
    confirmation = Column(Text, nullable=False, server_default="birth")
    used: Named[int | None] = Column(BigInteger)
    account: Named[int | None] = Column(Integer, ForeignKey("accounts.id"))


CLAIMS = Table("claims", METADATA, _Claims, Index(None, "pupil", "relation"))


class _Consents(TypedColumns):
    """Consent to sharing given or withdrawn. A row is never changed, the last one counts."""

    id = Column(Integer, primary_key=True)
    pupil = Column(Text, nullable=False, index=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False)
    relation = Column(Text, nullable=False)
    given = Column(Boolean, nullable=False)
    wording = Column(Text, nullable=False)
    at = Column(BigInteger, nullable=False)


CONSENTS = Table("consents", METADATA, _Consents)


class _HolderKeys(TypedColumns):
    """Public keys to which a pupil's new credentials are bound; the newest that has not ended."""

    id = Column(Integer, primary_key=True)
    pupil = Column(Text, nullable=False, index=True)
    account = Column(Integer, ForeignKey("accounts.id"), nullable=False)
    key = Column(LargeBinary, nullable=False)
    since = Column(BigInteger, nullable=False)
    ended: Named[int | None] = Column(BigInteger)


HOLDER_KEYS = Table("holder_keys", METADATA, _HolderKeys)


class _SignIns(TypedColumns):
    """Sign-ins that are on their way to an OpenID provider and back.

    `state` and `browser` are SHA-256 of what the provider hands back and of the browser's cookie;
    `claim` is the digest of a code that is claimed with it, `account` whose way in it becomes.
    """

    state = Column(LargeBinary, primary_key=True)
    browser = Column(LargeBinary, nullable=False)
    nonce = Column(Text, nullable=False)
    verifier = Column(Text, nullable=False)
    claim: Named[bytes | None] = Column(LargeBinary)
    account: Named[int | None] = Column(Integer, ForeignKey("accounts.id"))
    expires = Column(BigInteger, nullable=False)


SIGN_INS = Table("sign_ins", METADATA, _SignIns)


class _Tries(TypedColumns):
    """What was tried lately at the entrances (`store.tries`): of whom, only the site can tell."""

    kind = Column(Text, primary_key=True)
    digest = Column(LargeBinary, primary_key=True)
    wrong = Column(Integer, nullable=False)
    at = Column(Float, nullable=False)
    until = Column(Float, nullable=False, index=True)


TRIES = Table("tries", METADATA, _Tries)
