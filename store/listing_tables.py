"""The store's tables of lists to be verified, of those who hand them in by API, and of webhooks.

Times are seconds since 1970. What a person handed in stands in `list_rows.given` until its row has
an outcome; the outcome is sealed to a key that only whoever handed the list in can make
(`docs/decisions/0014`).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
)

from store.tables import METADATA


class _Clients(TypedColumns):
    """`digest` is the SHA-256 of the API key, `secret` what webhooks are signed with."""

    name = Column(Text, primary_key=True)
    digest = Column(LargeBinary, nullable=False, unique=True)
    webhook = Column(Text, nullable=False)
    secret = Column(LargeBinary, nullable=False)
    created = Column(BigInteger, nullable=False)
    retired: Named[int | None] = Column(BigInteger)


API_CLIENTS = Table("api_clients", METADATA, _Clients)


class _Lists(TypedColumns):
    """`request` is the client's Idempotency-Key, `body` the SHA-256 of what came with it.

    `seal` is the public key of outcomes, `files` tells (1) that rows are files, `served` grows with
    each claim so that every list has its turn, `forget` is when all of it goes.
    """

    id = Column(Text, primary_key=True)
    client: Named[str | None] = Column(Text, ForeignKey("api_clients.name"))
    request: Named[str | None] = Column(Text)
    body = Column(LargeBinary, nullable=False)
    seal = Column(LargeBinary, nullable=False)
    files = Column(Integer, nullable=False)
    size = Column(Integer, nullable=False)
    created = Column(BigInteger, nullable=False)
    served = Column(BigInteger, nullable=False)
    finished: Named[int | None] = Column(BigInteger)
    forget = Column(BigInteger, nullable=False, index=True)


LISTS = Table("lists", METADATA, _Lists, UniqueConstraint("client", "request"))


class _Rows(TypedColumns):
    """`kind` is empty until there is an outcome; `due` is before when nobody may claim the row."""

    list = Column(Text, ForeignKey("lists.id"), primary_key=True)
    position = Column(Integer, primary_key=True)
    given: Named[bytes | None] = Column(LargeBinary)
    claims = Column(Integer, nullable=False)
    due = Column(BigInteger, nullable=False)
    owner = Column(Text, nullable=False)
    kind = Column(Text, nullable=False)
    outcome: Named[bytes | None] = Column(LargeBinary)


LIST_ROWS = Table("list_rows", METADATA, _Rows, Index(None, "list", "kind", "due"))


class _Deliveries(TypedColumns):
    """`done` is when it was taken or given up; `tries` says how often it was sent."""

    id = Column(Text, primary_key=True)
    client = Column(Text, ForeignKey("api_clients.name"), nullable=False)
    body = Column(LargeBinary, nullable=False)
    created = Column(BigInteger, nullable=False)
    tries = Column(Integer, nullable=False)
    due = Column(BigInteger, nullable=False)
    done: Named[int | None] = Column(BigInteger)


DELIVERIES = Table("deliveries", METADATA, _Deliveries, Index(None, "done", "due"))
