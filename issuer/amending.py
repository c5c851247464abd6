"""From an order over a corrected file to the order of what really changes, before anything is done.

A row whose content equals the version that stands is left out; one that differs becomes that
line's next version, bound to the key that its holder has now: one that was ended since is bound to
nothing new. The same order planned again, after some or all of it was done, comes to the same: what
it entered itself is compared with what it replaced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from credential import sdjwt
from credential.errors import ConflictError, Fault, InputError, RefusedError
from credential.model import Credential, Lane, Place
from credential.records import AwardLine, IssuedCredential, StandingAward
from issuer.delivery import credential_of, sd_jwt_of
from issuer.differences import Change, Content, differences
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order, Replaced, said
from issuer.ports import BatchStore, RegistryDesk

Row = PupilRow | ResultsRow
_CODE = "Mã định danh Bộ GD&ĐT"


@dataclass(frozen=True, slots=True)
class Amended:
    """A row that corrects a line, and how it differs from the version that it replaces."""

    row: Row
    line: AwardLine
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Plan:
    """What an amending order comes to; `order` asks for the changed and the new rows alone."""

    order: Order
    changed: tuple[Amended, ...] = ()
    unchanged: tuple[Row, ...] = ()
    new: tuple[Row, ...] = ()


def plan(order: Order, desk: RegistryDesk, store: BatchStore, *, new_too: bool = False) -> Plan:
    """Compare every row with the version that stands.

    Raises RefusedError ``amendment.no_reason`` and ``school.unknown``; ConflictError
    ``amendment.overtaken`` when this very order was carried out and a later one corrected what it
    made (the same again would be taken for done); InputError with each row whose pupil has no
    standing version (``amendment.none_stands``, unless `new_too`: then it is to be issued for the
    first time), or one of another school (``amendment.other_school``), suspended
    (``amendment.suspended``) or not issued here (``amendment.not_issued``).
    """
    if not order.reason:
        raise RefusedError("amendment.no_reason")
    school = desk.school(order.school, order.issued)
    if school is None:
        raise RefusedError("school.unknown", found=order.school)
    codes = [row.code for row in order.rows]
    held = desk.awarded(order.type, order.year, codes, school=school.id)
    _check_not_overtaken(order, held, store)
    bases = {code: base for code, one in held.items() if (base := _base(one, order.ref))}
    numbers = [line.register_no for line in bases.values() if line.school == school.id]
    issued = {one.line: one for one in store.versions(school.id, order.type, numbers)}
    found = _Sorted(order, school.id, held, bases, issued)
    faults = [fault for row in order.rows for fault in found.sort(row, new_too=new_too)]
    if faults:
        raise InputError(faults)
    rows = {amended.row.code for amended in found.changed} | {row.code for row in found.new}
    asked = replace(
        order,
        rows=tuple(row for row in order.rows if row.code in rows),
        replaces=found.replaces,
        whole=order.ref,
    )
    return Plan(asked, tuple(found.changed), tuple(found.unchanged), tuple(found.new))


def _check_not_overtaken(
    order: Order, held: Mapping[str, StandingAward], store: BatchStore
) -> None:
    done = store.batch(order.ref)
    for staged in store.staged(done.id) if done else ():
        later = held.get(staged.pupil)
        if later is not None and later.ref != order.ref:
            assert done is not None
            number = later.line.register_no
            raise ConflictError("amendment.overtaken", seq=done.seq, register_no=number)


def _base(one: StandingAward, ref: str) -> AwardLine | None:
    """The version that an order is compared with.

    That which stands or, where the order has entered that one itself, the one before; None where
    it entered the first.
    """
    if one.ref != ref:
        return one.line
    return replace(one.line, version=one.line.version - 1) if one.line.version > 1 else None


@dataclass
class _Sorted:
    """Rows as they come to be changed, unchanged or new."""

    order: Order
    school: int
    held: Mapping[str, StandingAward]
    bases: Mapping[str, AwardLine]
    issued: Mapping[AwardLine, IssuedCredential]
    changed: list[Amended] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)
    replaces: dict[str, Replaced] = field(default_factory=dict)

    def sort(self, row: Row, *, new_too: bool) -> Iterator[Fault]:
        """Put a row where it belongs, or say why it cannot be."""
        line = self.bases.get(row.code)
        if line is None:
            if not new_too:
                params = {"found": row.code, "name": row.name}
                yield Fault("amendment.none_stands", row.row, _CODE, params)
            self.new.append(row)
            return
        about = {"found": row.code, "name": row.name, "register_no": line.register_no}
        if line.school != self.school:
            yield Fault("amendment.other_school", row.row, _CODE, about)
        elif self.held[row.code].lane is Lane.SUSPENDED:
            yield Fault("amendment.suspended", row.row, _CODE, about)
        elif line not in self.issued:
            yield Fault("amendment.not_issued", row.row, _CODE, about)
        else:
            self._compare(row, self.issued[line])

    def _compare(self, row: Row, issued: IssuedCredential) -> None:
        old = credential_of(sdjwt.parse(sd_jwt_of(issued)))
        changes = differences(_content(old), said(row, self.order.year))
        if not changes:
            self.unchanged.append(row)
            return
        place = Place(issued.batch.seq, issued.staged.index)
        self.replaces[row.code] = Replaced(issued.line, place, issued.staged.serial)
        self.changed.append(Amended(row, issued.line, tuple(changes)))


def _content(credential: Credential) -> Content:
    return Content(credential.holder, credential.classification, credential.transcript)
