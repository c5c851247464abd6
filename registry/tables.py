"""The registry's tables.

Dates are integers yyyymmdd as `PartialDate.number` makes them (zeros for what is unknown), so
that they compare in order on every database. A period runs from `since` to `until`, both days
included; `until` is empty while it lasts. Of a pupil it holds what a diploma names, no more.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Named,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    and_,
)

from database.schema import NAMING

METADATA = MetaData(naming_convention=NAMING)


class _Department(TypedColumns):
    id = Column(Integer, primary_key=True, autoincrement=False)
    name = Column(Text, nullable=False)
    place = Column(Text, nullable=False)


DEPARTMENT = Table("department", METADATA, _Department)


class _Schools(TypedColumns):
    """`id` is the school's number on chain, for ever; `kind` such as ``thpt`` or ``gdtx``."""

    id = Column(BigInteger, primary_key=True, autoincrement=False)
    code = Column(Text, nullable=False, unique=True)
    kind = Column(Text, nullable=False)
    ward: Named[str | None] = Column(Text)
    successor: Named[int | None] = Column(BigInteger, ForeignKey("schools.id"))


SCHOOLS = Table("schools", METADATA, _Schools)


class _SchoolNames(TypedColumns):
    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    since = Column(Integer, primary_key=True, autoincrement=False)
    until: Named[int | None] = Column(Integer)
    name = Column(Text, nullable=False)
    place = Column(Text, nullable=False)


SCHOOL_NAMES = Table("school_names", METADATA, _SchoolNames)


class _Heads(TypedColumns):
    """Terms of office. `kind` is ``head`` or ``deputy`` (assigned to sign by `decision_no`)."""

    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    since = Column(Integer, primary_key=True, autoincrement=False)
    kind = Column(Text, primary_key=True)
    name = Column(Text, primary_key=True)
    title = Column(Text, nullable=False)
    until: Named[int | None] = Column(Integer)
    decision_no: Named[str | None] = Column(Text)


HEADS = Table("heads", METADATA, _Heads)


class _Pupils(TypedColumns):
    code = Column(Text, primary_key=True)
    name = Column(Text, nullable=False)
    birth = Column(Integer, nullable=False)
    sex: Named[str | None] = Column(Text)
    ethnicity: Named[str | None] = Column(Text)
    birth_place: Named[str | None] = Column(Text)
    school = Column(BigInteger, ForeignKey("schools.id"), nullable=False, index=True)
    class_name = Column(Text, nullable=False)
    personal_no: Named[str | None] = Column(Text)  # 12 digits; never leaves the registry


PUPILS = Table("pupils", METADATA, _Pupils)
Index("uq_pupils_personal_no", PUPILS.c.personal_no, unique=True)


class _PupilMoves(TypedColumns):
    """A pupil's way from school to school, in order of `number` from 1; never changed."""

    pupil = Column(Text, ForeignKey("pupils.code"), primary_key=True)
    number = Column(Integer, primary_key=True, autoincrement=False)
    ref = Column(Text, nullable=False, unique=True)
    from_school = Column(BigInteger, ForeignKey("schools.id"), nullable=False)
    from_class = Column(Text, nullable=False)
    to_school = Column(BigInteger, ForeignKey("schools.id"), nullable=False)
    class_name = Column(Text, nullable=False)
    moved_on = Column(Integer, nullable=False)
    entered_at = Column(BigInteger, nullable=False)


PUPIL_MOVES = Table("pupil_moves", METADATA, _PupilMoves)


class _Programmes(TypedColumns):
    key = Column(Text, primary_key=True)
    name = Column(Text, nullable=False)
    level = Column(Text, nullable=False)
    since = Column(Integer, nullable=False)
    until: Named[int | None] = Column(Integer)


PROGRAMMES = Table("programmes", METADATA, _Programmes)


class _CredentialTypes(TypedColumns):
    """`number` is the type's on chain, empty for types that are only history here."""

    key = Column(Text, primary_key=True)
    number: Named[int | None] = Column(Integer, unique=True)
    name = Column(Text, nullable=False)
    pattern: Named[str | None] = Column(Text)


CREDENTIAL_TYPES = Table("credential_types", METADATA, _CredentialTypes)


class _IssuingRules(TypedColumns):
    """Who could award a type when. `school_kind` is empty where the rule is for all kinds."""

    type = Column(Text, ForeignKey("credential_types.key"), primary_key=True)
    issuer = Column(Text, primary_key=True)
    school_kind = Column(Text, primary_key=True)
    since = Column(Integer, primary_key=True, autoincrement=False)
    until: Named[int | None] = Column(Integer)
    source = Column(Text, nullable=False)


ISSUING_RULES = Table("issuing_rules", METADATA, _IssuingRules)


class _Awards(TypedColumns):
    """The register of awards (sổ gốc): a line is written once; only its status changes.

    What is corrected gets another `version` of its line, under the same number and serial, with
    `reason` and `approved_by`; the earlier one is superseded. One that is reissued gets a serial of
    its own (`own_serial` 1, as the first version's). `content` (32 bytes) is added once,
    when it is known what the credential will say, with the place (`seq`, `position`) where it
    will stand. `class_name` is empty on lines older than it; `sort_key` and `search` are made of
    the line (`registry.searching`).
    """

    type = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    year = Column(Integer, primary_key=True, autoincrement=False)
    number = Column(Integer, primary_key=True, autoincrement=False)
    version = Column(Integer, primary_key=True, autoincrement=False)
    register_no = Column(Text, nullable=False)
    serial: Named[str | None] = Column(Text)
    pupil = Column(Text, ForeignKey("pupils.code"), nullable=False)
    holder_name = Column(Text, nullable=False)
    birth = Column(Integer, nullable=False)
    classification: Named[str | None] = Column(Text)
    issued = Column(Integer, nullable=False)
    signer_name = Column(Text, nullable=False)
    signer_title = Column(Text, nullable=False)
    decision_no: Named[str | None] = Column(Text)
    decision_on: Named[int | None] = Column(Integer)
    content: Named[bytes | None] = Column(LargeBinary)
    seq: Named[int | None] = Column(BigInteger)
    position: Named[int | None] = Column(Integer)
    reason: Named[str | None] = Column(Text)
    approved_by: Named[str | None] = Column(Text)
    lane = Column(Integer, nullable=False)
    ground: Named[str | None] = Column(Text)
    withdrawal_decision: Named[str | None] = Column(Text)
    withdrawn_on: Named[int | None] = Column(Integer)
    batch_ref = Column(Text, nullable=False, index=True)
    entered_at = Column(BigInteger, nullable=False)
    own_serial = Column(Integer, nullable=False, server_default="1")
    birth_place: Named[str | None] = Column(Text)
    sex: Named[str | None] = Column(Text)
    ethnicity: Named[str | None] = Column(Text)
    class_name: Named[str | None] = Column(Text)
    sort_key = Column(LargeBinary, nullable=False, server_default="")
    search = Column(Text, nullable=False, server_default="")


AWARDS = Table(
    "awards",
    METADATA,
    _Awards,
    UniqueConstraint("type", "school", "register_no", "version"),
    Index("ix_awards_in_order", "type", "school", "year", "sort_key", "number", "version"),
)
# a serial is one line's for ever; versions that correct it bear the same, reissued ones another.
# Old blanks were numbered by many: of lines of old books `oldlines` compares the serials
OWN_SERIAL = AWARDS.c.own_serial == 1
Index(
    "uq_awards_serial",
    AWARDS.c.serial,
    AWARDS.c.type,
    unique=True,
    sqlite_where=OWN_SERIAL,
    postgresql_where=OWN_SERIAL,
)
# one standing award per pupil, type and year, so one version of a line; a revoked or superseded
# one makes room; of copies (5) there are as many as were asked for, of transfer records (3) one of
# each school that the pupil left in a year
STANDING = AWARDS.c.lane < 2
_SINGLE = and_(STANDING, AWARDS.c.type != 5, AWARDS.c.type != 3)
_LEAVING = and_(STANDING, AWARDS.c.type == 3)
Index("ix_awards_birth", AWARDS.c.birth)
Index(
    "uq_awards_standing",
    AWARDS.c.pupil,
    AWARDS.c.type,
    AWARDS.c.year,
    unique=True,
    sqlite_where=_SINGLE,
    postgresql_where=_SINGLE,
)
Index(
    "uq_awards_leaving",
    AWARDS.c.pupil,
    AWARDS.c.school,
    AWARDS.c.year,
    unique=True,
    sqlite_where=_LEAVING,
    postgresql_where=_LEAVING,
)


class _Counters(TypedColumns):
    """The last running number given per type, school and year."""

    type = Column(Integer, primary_key=True, autoincrement=False)
    school = Column(BigInteger, ForeignKey("schools.id"), primary_key=True)
    year = Column(Integer, primary_key=True, autoincrement=False)
    last = Column(Integer, nullable=False)


COUNTERS = Table("counters", METADATA, _Counters)


class _Clients(TypedColumns):
    """Who may ask over HTTP. `digest` is the SHA-256 of a secret of 256 random bits."""

    id = Column(Text, primary_key=True)
    digest = Column(LargeBinary, nullable=False)
    label = Column(Text, nullable=False)


CLIENTS = Table("clients", METADATA, _Clients)
