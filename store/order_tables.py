"""The store's tables of orders that were prepared, of who did what to them, and of long work.

Times are seconds since 1970. An account is that of a member of staff, empty for whoever acted at
the command line; names are those under which they act.
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
)

from store.tables import METADATA


class _Jobs(TypedColumns):
    """`purpose` is what it is done for: one job for one purpose, however often it is asked for.

    `what` is JSON for whoever does it, `result` what came of it. `cancel` tells that somebody wants
    it ended, `bound` that it can be ended no more. Of a waiting job `owner` is the process that
    may begin before `due`; of a running one, whoever works on it until `due`.
    """

    id = Column(Integer, primary_key=True)
    purpose = Column(Text, nullable=False, unique=True)
    kind = Column(Text, nullable=False)
    school: Named[int | None] = Column(BigInteger)
    by = Column(Text, nullable=False)
    what = Column(Text, nullable=False)
    state = Column(Text, nullable=False)
    stage = Column(Text, nullable=False)
    done = Column(Integer, nullable=False)
    total = Column(Integer, nullable=False)
    cancel = Column(Integer, nullable=False)
    bound = Column(Integer, nullable=False)
    owner = Column(Text, nullable=False)
    due = Column(BigInteger, nullable=False)
    claims = Column(Integer, nullable=False)
    code: Named[str | None] = Column(Text)
    result: Named[str | None] = Column(Text)
    created = Column(BigInteger, nullable=False)
    ended: Named[int | None] = Column(BigInteger)


JOBS = Table("jobs", METADATA, _Jobs, Index(None, "state", "due"))


class _Orders(TypedColumns):
    """`ref` is the order's own name, under which its batch will stand.

    `due` and `paper_due` are the last days (ISO) for its digital form and its paper.

    `content` is the order as JSON, `findings` what was noticed in it; of a cancelled one both go.
    """

    id = Column(Integer, primary_key=True)
    ref = Column(Text, nullable=False, unique=True)
    school = Column(BigInteger, nullable=False)
    type = Column(Integer, nullable=False)
    year = Column(Integer, nullable=False)
    size = Column(Integer, nullable=False)
    content = Column(LargeBinary, nullable=False)
    findings = Column(LargeBinary, nullable=False)
    state = Column(Text, nullable=False)
    account: Named[int | None] = Column(Integer)
    prepared_by = Column(Text, nullable=False)
    approver: Named[int | None] = Column(Integer)
    approved_by: Named[str | None] = Column(Text)
    job: Named[int | None] = Column(Integer, ForeignKey("jobs.id"))
    changed = Column(BigInteger, nullable=False)
    due: Named[str | None] = Column(Text)
    paper_due: Named[str | None] = Column(Text)


ORDERS = Table("orders", METADATA, _Orders, Index(None, "school", "state"))


class _Acts(TypedColumns):
    """What was done to an order, in order of `number` from 0; no row is ever changed."""

    order = Column(Integer, ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    number = Column(Integer, primary_key=True, autoincrement=False)
    act = Column(Text, nullable=False)
    account: Named[int | None] = Column(Integer)
    name = Column(Text, nullable=False)
    reason: Named[str | None] = Column(Text)
    at = Column(BigInteger, nullable=False)


ORDER_ACTS = Table("order_acts", METADATA, _Acts)
