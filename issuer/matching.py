"""Step 2 of issuing: whether the registry knows this school, its signer and every pupil.

Everything that a person has to mend is reported at once, row by row. The registry stays the one
source of who a pupil is; the file only says who is to get what.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from credential.errors import Fault, InputError, RefusedError
from credential.lines import RegisterLine
from credential.model import CredentialType, Signer
from credential.records import AwardLine, PupilRecord, SchoolRecord, StandingAward
from credential.text import fold
from issuer import binding, lines
from issuer.entering import fresh_serials
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order
from issuer.ports import BlankStock, NoInventory, RegistryDesk

_CODE, _NAME, _BIRTH = "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh"
_SERIAL, _GRADE = "Số hiệu", "Khối học"
_LAST_GRADE = 12
_NO_INVENTORY = NoInventory()
_YEAR_ENDS = (5, 31)  # month and day by which a school year is closed


@dataclass(frozen=True, slots=True)
class Looked:
    """What the registry says of an order: its school and who signs, and all that is against it.

    `refusals` are of the order as a whole, `faults` of its rows, as far as the school is known.
    `lines` are those of the register that it is made of.
    """

    school: SchoolRecord | None
    signer: Signer | None
    refusals: tuple[RefusedError, ...]
    faults: tuple[Fault, ...]
    lines: Mapping[AwardLine, RegisterLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Matched:
    """An order that the registry bears out: the school as named that day, and who signs.

    `lines` are those that it is made of, as the register has them.
    """

    school: SchoolRecord
    signer: Signer
    lines: Mapping[AwardLine, RegisterLine] = field(default_factory=dict)


def match(order: Order, desk: RegistryDesk, stock: BlankStock = _NO_INVENTORY) -> Matched:
    """Check an order against the registry, and its serials against the blanks on hand.

    Raises RefusedError ``school.unknown``, ``issue.not_entitled``, ``issue.no_head``,
    ``issue.signer_not_in_office``, ``approval.same_person``, ``issue.no_rows``; InputError with
    every faulty row.
    """
    found = look(order, desk, stock)
    if found.refusals:
        raise found.refusals[0]
    if found.faults:
        raise InputError(found.faults)
    assert found.school
    assert found.signer
    return Matched(found.school, found.signer, found.lines)


def look(order: Order, desk: RegistryDesk, stock: BlankStock = _NO_INVENTORY) -> Looked:
    """The same without raising: everything that `match` would refuse, at once."""
    refusals: list[RefusedError] = []
    if not order.size:
        refusals.append(RefusedError("issue.no_rows"))
    if fold(order.prepared_by) == fold(order.approved_by):
        refusals.append(RefusedError("approval.same_person", found=order.approved_by))
    school = desk.school(order.school, order.issued)
    if school is None:
        refusals.append(RefusedError("school.unknown", found=order.school))
        return Looked(None, None, tuple(refusals), ())
    if not (
        desk.entitled(school.id, order.type, order.issued)
        or (order.only_corrects and desk.keeper(school.id, order.issued) is not None)
    ):
        about = {"school": school.name, "kind": order.type.key, "on": order.issued}
        refusals.append(RefusedError("issue.not_entitled", **about))
    signer: Signer | None = None
    faults: list[Fault] = []
    known = desk.lines({asked.line for asked in order.lines}) if order.lines else {}
    try:
        signer = _signer(order, school, desk)
    except RefusedError as error:
        refusals.append(error)
    try:
        found = (
            lines.faults(order.type, school, order.lines, known, desk)
            if order.type.has_origin
            else [
                *_faults(order, school, desk),
                *_blank_faults(order, school, stock),
                *binding.faults(order, school, desk),
            ]
        )
        faults = sorted(found, key=lambda fault: fault.row or 0)
    except RefusedError as error:
        refusals.append(error)
    return Looked(school, signer, tuple(refusals), tuple(faults), known)


def _signer(order: Order, school: SchoolRecord, desk: RegistryDesk) -> Signer:
    heads = desk.heads(school.id, order.issued)
    if not heads:
        raise RefusedError("issue.no_head", school=school.name, on=order.issued)
    if order.signer is None:
        return heads[0]
    for head in heads:
        if fold(head.name) == fold(order.signer):
            return head
    expected = ", ".join(head.name for head in heads)
    raise RefusedError(
        "issue.signer_not_in_office", found=order.signer, expected=expected, on=order.issued
    )


def _faults(order: Order, school: SchoolRecord, desk: RegistryDesk) -> Iterator[Fault]:
    codes = [row.code for row in order.rows]
    known = desk.pupils(codes)
    held = desk.awarded(order.type, order.year, codes, school=school.id)
    foreign = _foreign(order, school, desk, known)
    for row in order.rows:
        if row.code in foreign:
            yield Fault("pupil.other_school", row.row, _CODE, {"found": row.code})
            continue
        yield from pupil_faults(row, known)
        if row.code in held and not _is_expected(held[row.code], order, row.code):
            params = {"found": row.code, "register_no": held[row.code].line.register_no}
            yield Fault("award.already_held", row.row, _CODE, params)
        if order.type is CredentialType.THPT_DIPLOMA:
            yield from _grade_faults(row)
    yield from _serial_faults(order, desk)


def _is_expected(held: StandingAward, order: Order, code: str) -> bool:
    """Whether it was entered by this very order, or is what it is to replace."""
    replaced = order.replaces.get(code)
    return held.ref == order.ref or (replaced is not None and held.line == replaced.line)


def _foreign(
    order: Order, school: SchoolRecord, desk: RegistryDesk, known: Mapping[str, PupilRecord]
) -> set[str]:
    """Pupils of whom this school has nothing to say.

    Who left may still have a line of the school corrected, and be given what the school owes for
    a year that they ended there; a record for a transfer is for those who are there.
    """
    elsewhere = {code for code, pupil in known.items() if pupil.school != school.id}
    left = elsewhere - order.replaces.keys()
    if not left or order.type is CredentialType.TRANSFER:
        return left
    return not_there(left, school, order.year, desk)


def not_there(
    pupils: Collection[str], school: SchoolRecord, year: int, desk: RegistryDesk
) -> set[str]:
    """Those of the pupils who did not end the school year that ends in `year` at that school."""
    then = desk.enrolled(sorted(pupils), date(year, *_YEAR_ENDS))
    return {code for code in pupils if then.get(code) != school.id}


def pupil_faults(row: PupilRow | ResultsRow, known: Mapping[str, PupilRecord]) -> Iterator[Fault]:
    """What the registry has against a row: a pupil not known, of another name or birth."""
    pupil = known.get(row.code)
    if pupil is None:
        yield Fault("pupil.unknown", row.row, _CODE, {"found": row.code})
    else:
        if fold(pupil.name) != fold(row.name):
            params = {"found": row.name, "expected": pupil.name}
            yield Fault("pupil.name_differs", row.row, _NAME, params)
        elif pupil.name != row.name:
            params = {"found": row.name, "expected": pupil.name}
            yield Fault("pupil.name_spelling", row.row, _NAME, params)
        if pupil.birth != row.birth:
            params = {"found": row.birth.printed(), "expected": pupil.birth.printed()}
            yield Fault("pupil.birth_differs", row.row, _BIRTH, params)


def _grade_faults(row: PupilRow | ResultsRow) -> Iterator[Fault]:
    if isinstance(row, PupilRow) and row.grade != _LAST_GRADE:
        yield Fault("issue.not_last_grade", row.row, _GRADE, {"found": row.grade, "expected": 12})


def _serial_faults(order: Order, desk: RegistryDesk) -> Iterator[Fault]:
    """A line that is corrected keeps its serial; every other paper needs one of its own."""
    fresh = []
    for row, serial in zip(order.rows, order.serials(), strict=True):
        own = getattr(row, "serial", None)
        if row.code not in order.replaces or order.reissues(row.code):
            fresh.append((row, serial))
        elif own is not None and own != serial:
            yield Fault("serial.kept", row.row, _SERIAL, {"found": own, "expected": serial})
    if order.type is CredentialType.THPT_DIPLOMA:
        for row, serial in fresh:
            if serial is None:
                yield Fault("serial.missing", row.row, _SERIAL)
    given = Counter(serial for _, serial in fresh if serial is not None)
    taken = desk.serials_taken(order.type, list(given))
    for row, serial in fresh:
        if serial is not None and taken.get(serial, order.ref) != order.ref:
            yield Fault("serial.taken", row.row, _SERIAL, {"found": serial})
        elif serial is not None and given[serial] > 1:
            yield Fault("serial.twice", row.row, _SERIAL, {"found": serial})


def _blank_faults(order: Order, school: SchoolRecord, stock: BlankStock) -> Iterator[Fault]:
    """Serials of which no blank is on hand, where the school keeps an inventory of them."""
    fresh = list(fresh_serials(order))
    serials = [serial for _, serial in fresh]
    lacking = set(stock.lacking(school.id, order.type, serials, order.ref))
    for row, serial in fresh:
        if serial in lacking:
            yield Fault("serial.not_on_hand", row, _SERIAL, {"found": serial})
