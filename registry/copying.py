"""The copy register: which line each copy was made of, for whom, and how that line stands now.

A copy is worth what its original is: its status is asked of the line that it was made of, each
time (`matching`); here it is said which copies a line has, so that the chain can follow.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, or_, select, tuple_

from credential.dates import PartialDate
from credential.errors import ConflictError
from credential.lines import CopyEntry, RegisterLine
from credential.model import BookPage, CredentialType, Holder, Lane, Signer
from credential.records import AwardBatch, AwardLine
from credential.requests import Capacity, CopyRequest
from credential.text import fold
from registry import schools
from registry.old_tables import COPIES, OLD_BOOKS, OLD_LINES
from registry.tables import AWARDS, CREDENTIAL_TYPES, PUPILS, SCHOOLS

COPIED = (CredentialType.THPT_DIPLOMA, CredentialType.DIGITISED)
"""Types of lines that copies are made of: diplomas, however they came into the register."""

_AT_ONCE = 300  # lines in one question; databases limit the values
_LINES = (
    select(
        AWARDS.c.type, AWARDS.c.school, AWARDS.c.register_no, AWARDS.c.version, AWARDS.c.pupil,
        AWARDS.c.holder_name, AWARDS.c.birth, AWARDS.c.year, AWARDS.c.issued, AWARDS.c.serial,
        AWARDS.c.classification, AWARDS.c.signer_name, AWARDS.c.signer_title, AWARDS.c.lane,
        AWARDS.c.birth_place, AWARDS.c.sex, AWARDS.c.ethnicity, CREDENTIAL_TYPES.c.name,
        OLD_BOOKS.c.title, OLD_BOOKS.c.document, OLD_BOOKS.c.issuer, OLD_LINES.c.page,
        OLD_LINES.c.number.label("old_number"), OLD_LINES.c.scan,
    )
    .join_from(AWARDS, PUPILS, PUPILS.c.code == AWARDS.c.pupil)
    .join(CREDENTIAL_TYPES, CREDENTIAL_TYPES.c.number == AWARDS.c.type)
    .outerjoin(
        OLD_LINES,
        and_(
            AWARDS.c.type == CredentialType.DIGITISED.value,
            OLD_LINES.c.school == AWARDS.c.school,
            OLD_LINES.c.register_no == AWARDS.c.register_no,
        ),
    )
    .outerjoin(
        OLD_BOOKS,
        and_(OLD_BOOKS.c.school == OLD_LINES.c.school, OLD_BOOKS.c.code == OLD_LINES.c.book),
    )
    .order_by(AWARDS.c.year.desc(), AWARDS.c.register_no, AWARDS.c.version.desc())
)  # fmt: skip


def record(connection: Connection, awards: AwardBatch, register_nos: Sequence[str]) -> None:
    """Note what each of the copies just entered was made of.

    Raises ConflictError ``copy.original_not_standing`` (register_no) for a line that is not there
    or does not stand; the line is locked, so that it cannot be withdrawn in between.
    """
    for entry, register_no in zip(awards.entries, register_nos, strict=True):
        line, request = entry.copied, entry.request
        assert line is not None, "copies say of what they are"
        assert request is not None, "and for whom"
        query = select(AWARDS.c.lane).where(*named(line)).with_for_update()
        if connection.scalar(query) != Lane.ACTIVE:
            raise ConflictError("copy.original_not_standing", register_no=line.register_no)
        values = {
            "school": awards.school, "register_no": register_no, "of_type": line.type.value,
            "of_school": line.school, "of_register_no": line.register_no,
            "of_version": line.version, "applicant": request.applicant,
            "capacity": request.capacity.value, "proof": request.proof, "fee": request.fee,
            "dossier": request.dossier,
            "approved_by": awards.approved_by,
        }  # fmt: skip
        connection.execute(insert(COPIES).values(values))


def forget(connection: Connection, ref: str) -> None:
    """What the lines of an order, which is being given up, were copies of."""
    names = select(AWARDS.c.school, AWARDS.c.register_no).where(
        AWARDS.c.type == CredentialType.COPY.value, AWARDS.c.batch_ref == ref
    )
    columns = tuple_(COPIES.c.school, COPIES.c.register_no)
    connection.execute(delete(COPIES).where(columns.in_(names)))


def check_original(connection: Connection, copy: AwardLine) -> None:
    """Refuse to reinstate a copy whose original does not stand; nothing for what is no copy.

    The original is locked, so that it cannot be withdrawn in between. Raises ConflictError
    ``copy.original_ended`` (register_no).
    """
    if copy.type is not CredentialType.COPY:
        return
    query = (
        select(AWARDS.c.register_no, AWARDS.c.lane)
        .join_from(
            COPIES, AWARDS,
            and_(AWARDS.c.type == COPIES.c.of_type, AWARDS.c.school == COPIES.c.of_school,
                 AWARDS.c.register_no == COPIES.c.of_register_no,
                 AWARDS.c.version == COPIES.c.of_version),
        )
        .where(COPIES.c.school == copy.school, COPIES.c.register_no == copy.register_no)
        .with_for_update(of=AWARDS)
    )  # fmt: skip
    original = connection.execute(query).one_or_none()
    if original and original.lane != Lane.ACTIVE:
        raise ConflictError("copy.original_ended", register_no=original.register_no)


def managed(connection: Connection, school: int) -> Sequence[int]:
    """A school and all those whose registers it manages: that it came after, however far back."""
    rows = connection.execute(select(SCHOOLS.c.id, SCHOOLS.c.successor))
    successors = {row.id: row.successor for row in rows}
    found = [school]
    for each in found:
        found += [old for old, after in successors.items() if after == each and old not in found]
    return found


def lines(
    connection: Connection, wanted: Collection[AwardLine]
) -> Mapping[AwardLine, RegisterLine]:
    """These versions of lines with all that copies say of them; unknown ones are absent."""
    keys = [(one.type.value, one.school, one.register_no, one.version) for one in wanted]
    columns = tuple_(AWARDS.c.type, AWARDS.c.school, AWARDS.c.register_no, AWARDS.c.version)
    found: dict[AwardLine, RegisterLine] = {}
    for start in range(0, len(keys), _AT_ONCE):
        query: Any = _LINES.where(columns.in_(keys[start : start + _AT_ONCE]))
        found |= {one.line: one for one in _read(connection, query)}
    return found


def find(
    connection: Connection,
    school: int,
    number: str | None = None,
    name: str | None = None,
    birth: PartialDate | None = None,
) -> Sequence[RegisterLine]:
    """Lines of the registers that a school manages: by serial or register number, or by person.

    A person is meant by name however spelled (case, tone placement, i/y) and birth; old books may
    know only the year of it, so a line that says less is found too. Newest versions only.
    """
    own = [AWARDS.c.school.in_(managed(connection, school)),
           AWARDS.c.type.in_([kind.value for kind in COPIED])]  # fmt: skip
    if number is not None:
        meant = or_(AWARDS.c.register_no == number, AWARDS.c.serial == number,
                    OLD_LINES.c.number == number)  # fmt: skip
    else:
        assert name is not None, "by number, or by person"
        assert birth is not None, "by number, or by person"
        dates = {birth.number, birth.year * 10000, birth.year * 10000 + (birth.month or 0) * 100}
        meant = AWARDS.c.birth.in_(sorted(dates))
    found: dict[tuple[int, str], RegisterLine] = {}
    for one in _read(connection, _LINES.where(*own, meant)):
        if name is None or fold(one.holder.name) == fold(name):
            found.setdefault((one.line.school, one.line.register_no), one)
    return list(found.values())


def copies_of(connection: Connection, wanted: Collection[AwardLine]) -> Sequence[AwardLine]:
    """The copies that were made of these versions of lines."""
    columns = tuple_(
        COPIES.c.of_type, COPIES.c.of_school, COPIES.c.of_register_no, COPIES.c.of_version
    )
    keys = [(one.type.value, one.school, one.register_no, one.version) for one in wanted]
    found: list[AwardLine] = []
    for start in range(0, len(keys), _AT_ONCE):
        query = select(COPIES.c.school, COPIES.c.register_no)
        query = query.where(columns.in_(keys[start : start + _AT_ONCE]))
        rows = connection.execute(query.order_by(COPIES.c.school, COPIES.c.register_no))
        found += [AwardLine(CredentialType.COPY, *row) for row in rows]
    return found


def book(connection: Connection, school: int, year: int | None = None) -> Iterator[CopyEntry]:
    """The copy register of a school, newest first; of one year, or all of it."""
    copy, original = AWARDS.alias("copy"), AWARDS.alias("original")
    query = (
        select(
            COPIES, copy.c.holder_name, copy.c.issued, copy.c.signer_name, copy.c.lane,
            original.c.lane.label("standing"),
        )
        .join_from(
            COPIES, copy,
            and_(copy.c.type == CredentialType.COPY.value, copy.c.school == COPIES.c.school,
                 copy.c.register_no == COPIES.c.register_no),
        )
        .join(
            original,
            and_(original.c.type == COPIES.c.of_type, original.c.school == COPIES.c.of_school,
                 original.c.register_no == COPIES.c.of_register_no,
                 original.c.version == COPIES.c.of_version),
        )
        .where(COPIES.c.school == school)
        .order_by(copy.c.year.desc(), copy.c.number.desc())
    )  # fmt: skip
    if year is not None:
        query = query.where(copy.c.year == year)
    for row in connection.execute(query):
        of = AwardLine(
            CredentialType(row.of_type), row.of_school, row.of_register_no, row.of_version
        )
        request = CopyRequest(
            row.applicant, Capacity(row.capacity), row.proof, row.fee, row.dossier
        )
        yield CopyEntry(
            AwardLine(CredentialType.COPY, row.school, row.register_no), row.holder_name,
            of, request, _day(row.issued), row.signer_name, Lane(row.lane),
            Lane(row.standing),
        )  # fmt: skip


def named(line: AwardLine) -> tuple[Any, ...]:
    """The condition that an award is that version of that line."""
    return (
        AWARDS.c.type == line.type.value, AWARDS.c.school == line.school,
        AWARDS.c.register_no == line.register_no, AWARDS.c.version == line.version,
    )  # fmt: skip


def _read(connection: Connection, query: Any) -> Iterator[RegisterLine]:
    rows = connection.execute(query).all()
    known = {number: schools.by_id(connection, number) for number in {row.school for row in rows}}
    for row in rows:
        school = known[row.school]
        assert school is not None, "a line is some school's"
        named = school.named_on(row.issued) or school.names[0]
        yield _line(row, row.issuer or named.name)


def _line(row: Row[Any], issuer: str) -> RegisterLine:
    page = None
    if row.scan is not None:
        page = BookPage(row.title, row.old_number, row.page, row.scan.hex())
    return RegisterLine(
        line=AwardLine(CredentialType(row.type), row.school, row.register_no, row.version),
        pupil=row.pupil,
        holder=Holder(
            row.holder_name, PartialDate.from_number(row.birth), row.birth_place, row.sex,
            row.ethnicity,
        ),
        year=row.year,
        document=row.document or row.name,
        issuer=issuer,
        issued=PartialDate.from_number(row.issued),
        serial=row.serial,
        classification=row.classification,
        signer=Signer(row.signer_name, row.signer_title) if row.signer_name else None,
        page=page,
        lane=Lane(row.lane),
    )  # fmt: skip


def _day(number: int) -> date:
    return PartialDate.from_number(number).to_date()
