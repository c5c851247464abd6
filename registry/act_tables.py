"""The registry's tables of what happens to schools, to mandates and to lines after they are there.

Beside `registry.tables` and of the same metadata. Days are numbers yyyymmdd, as there.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    Named,
    Table,
    Text,
    TypedColumns,
)

from registry.tables import METADATA


class _Successions(TypedColumns):
    """From `since` on a school is no more, and `successor` keeps its register.

    `kind` is ``merged``, ``split`` or ``dissolved``.
    """

    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True, autoincrement=False)
    since = Column(Integer, nullable=False)
    successor = Column(BigInteger, ForeignKey("schools.id"), nullable=False, index=True)
    kind = Column(Text, nullable=False)
    decision_no = Column(Text, nullable=False)
    decision_on = Column(Integer, nullable=False)
    entered_at = Column(BigInteger, nullable=False)


SUCCESSIONS = Table("successions", METADATA, _Successions)


class _VoidTerms(TypedColumns):
    """Mandates that somebody found void from a day on, by decision; the term itself stays."""

    school = Column(BigInteger, primary_key=True, autoincrement=False)
    since = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(Text, primary_key=True)
    name = Column(Text, primary_key=True)
    void_since = Column(Integer, nullable=False)
    decision_no = Column(Text, nullable=False)
    decision_on = Column(Integer, nullable=False)
    entered_at = Column(BigInteger, nullable=False)


VOID_TERMS = Table(
    "void_terms",
    METADATA,
    _VoidTerms,
    ForeignKeyConstraint(
        ["school", "since", "kind", "name"],
        ["heads.school", "heads.since", "heads.kind", "heads.name"],
    ),
)

# No foreign keys to `awards` below: SQLite could not make that table anew in a later migration.


class _Annexes(TypedColumns):
    """Why a version took another's place: the decision with its annex (phụ lục).

    `kind` is ``corrected`` or ``reissued``, `ground` one of `issuer.grounds`, `evidence` the paper
    that it rests on. `changes` is a JSON list of [field, old, new] as printed.
    """

    type = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, primary_key=True, autoincrement=False)
    register_no = Column(Text, primary_key=True)
    version = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(Text, nullable=False)
    ground = Column(Text, nullable=False)
    evidence = Column(Text, nullable=False)
    decision_no = Column(Text, nullable=False)
    decision_on = Column(Integer, nullable=False)
    signed_by = Column(Text, nullable=False)
    changes = Column(Text, nullable=False)


ANNEXES = Table("annexes", METADATA, _Annexes)


class _StatusActs(TypedColumns):
    """Every change of a line's status, numbered from 1 for each version; never changed.

    `until` is the day by which a suspension is to be looked at again.
    """

    type = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, primary_key=True, autoincrement=False)
    register_no = Column(Text, primary_key=True)
    version = Column(Integer, primary_key=True, autoincrement=False)
    number = Column(Integer, primary_key=True, autoincrement=False)
    lane = Column(Integer, nullable=False)
    ground = Column(Text, nullable=False)
    reason: Named[str | None] = Column(Text)
    decision_no = Column(Text, nullable=False)
    decision_on = Column(Integer, nullable=False)
    until: Named[int | None] = Column(Integer)
    entered_at = Column(BigInteger, nullable=False)


STATUS_ACTS = Table("status_acts", METADATA, _StatusActs)


class _Returns(TypedColumns):
    """Papers that came back after they were revoked or replaced."""

    type = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, primary_key=True, autoincrement=False)
    register_no = Column(Text, primary_key=True)
    version = Column(Integer, primary_key=True, autoincrement=False)
    returned_on = Column(Integer, nullable=False)
    entered_at = Column(BigInteger, nullable=False)


RETURNS = Table("returns", METADATA, _Returns)
