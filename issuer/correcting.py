"""One diploma corrected by decision, or reissued for the issuer's own mistake.

The order is made of what was signed and of what is to be said otherwise, so no file is needed; it
takes the path of every order (`issuer.cycle`). Register number, year and the decision by which it
was awarded stay; signed is by who may sign on the day of the new decision. The registry must say
the new values already: it is the one source of who a pupil is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from credential import sdjwt
from credential.annex import Annex, AnnexKind
from credential.errors import Fault, FormatError, InputError, RefusedError
from credential.model import Credential, CredentialType, Decision, Holder, Lane, Place
from credential.records import IssuedCredential
from credential.text import check_name, check_text, nfc
from issuer.delivery import credential_of, sd_jwt_of
from issuer.differences import Change, Content, differences
from issuer.grounds import Ground, grounds
from issuer.intake.cells import one_of, serial_number
from issuer.intake.dates import birth_date
from issuer.intake.pupil_lists import classification
from issuer.intake.rows import PupilRow
from issuer.order import Order, Replaced
from issuer.ports import BatchStore, RegistryDesk
from issuer.revoking import as_stored

_SEX, _LAST_GRADE = one_of("Nam", "Nữ"), 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be changed. `values` are texts by field; an empty one takes the field away.

    `ground` is one of `grounds`, `evidence` names the paper that it rests on, `decision` the
    decision signed by `signed_by`; `serial` is the new paper's where it is reissued. `requested` is
    the day on which somebody asked for it.
    """

    values: Mapping[str, str]
    ground: str
    evidence: str
    decision: Decision
    signed_by: str
    serial: str | None = None
    signer: str | None = None
    requested: date | None = None


class Corrected(NamedTuple):
    """The order that corrects a line, and what differs from the version that it replaces."""

    order: Order
    changes: Sequence[Change]


def plan(
    found: IssuedCredential, asked: Asked, prepared_by: str, approved_by: str,
    desk: RegistryDesk, store: BatchStore,
) -> Corrected:  # fmt: skip
    """The order over the newest version of a line; one that it made itself is found again.

    Raises RefusedError ``correction.ground``, ``correction.type``, ``correction.not_final``,
    ``correction.not_standing``, ``correction.nothing`` and ``school.unknown``; InputError with
    every field that may not change (``correction.field``) or cannot be read.
    """
    if asked.ground not in grounds():
        raise RefusedError("correction.ground", found=asked.ground, expected=", ".join(grounds()))
    if found.batch.type is not CredentialType.THPT_DIPLOMA:
        raise RefusedError("correction.type", kind=found.batch.type.key)
    persons = (prepared_by, approved_by)
    line = found.line
    if line.version > 1:
        held = store.versions(line.school, line.type, [line.register_no])
        (before,) = (one for one in held if one.line.version == line.version - 1)
        made = _planned(before, asked, persons, desk)
        if made.order.ref == found.batch.ref:
            return made
    _check_standing(found)
    made = _planned(found, asked, persons, desk)
    if not made.changes and asked.serial is None:
        raise RefusedError("correction.nothing")
    return made


def named(store: BatchStore, key: str) -> IssuedCredential:
    """The newest version with that look-up code or number. Raises ``credential.unknown``."""
    found = store.credential(as_stored(key))
    if found is None:
        raise RefusedError("credential.unknown", found=key)
    return found


def _check_standing(found: IssuedCredential) -> None:
    if found.batch.block is None:  # set from FINAL on
        raise RefusedError("correction.not_final", state=found.batch.state.value)
    if found.lane is not Lane.ACTIVE:
        raise RefusedError("correction.not_standing", state=found.lane.name.lower())


def _planned(
    found: IssuedCredential, asked: Asked, persons: tuple[str, str], desk: RegistryDesk
) -> Corrected:
    ground = grounds()[asked.ground]
    old = credential_of(sdjwt.parse(sd_jwt_of(found)))
    row = _row(found, old, ground, asked)
    new = Content(
        Holder(row.name, row.birth, row.birth_place, row.sex, row.ethnicity), row.classification
    )
    changes = differences(Content(old.holder, old.classification), new)
    school = desk.numbered(old.school, asked.decision.on)
    if school is None:
        raise RefusedError("school.unknown", found=old.school)
    annex = Annex(
        ground.kind, ground.key, asked.evidence, asked.decision, asked.signed_by,
        tuple((change.field, change.old, change.new) for change in changes),
    )  # fmt: skip
    prepared_by, approved_by = persons
    place = Place(found.batch.seq, found.staged.index)
    order = Order(
        type=old.type,
        school=school.code,
        year=old.year,
        issued=asked.decision.on,
        rows=(row,),
        prepared_by=prepared_by,
        approved_by=approved_by,
        decision=old.decision,
        signer=asked.signer,
        reason=ground.name,
        replaces={row.code: Replaced(found.line, place, row.serial)},
        annexes={row.code: annex},
        requested=asked.requested,
    )
    return Corrected(order, changes)


def _row(found: IssuedCredential, old: Credential, ground: Ground, asked: Asked) -> PupilRow:
    """The holder as the new version is to name them. Raises InputError with every fault."""
    holder, faults = old.holder, list(_faults(ground, asked))
    read: dict[str, object] = {}
    for field, text in asked.values.items():
        if field in _READERS:
            try:
                name, value = _READERS[field](text)
                read[name] = value
            except FormatError as error:
                faults.append(Fault(error.code, None, field, error.params))
    reissued = ground.kind is AnnexKind.REISSUED
    serial = asked.serial if reissued else found.staged.serial
    if faults:
        raise InputError(faults)
    row = PupilRow(
        1, found.staged.pupil, holder.name, holder.birth, holder.sex, holder.ethnicity,
        holder.birth_place, "", _LAST_GRADE, serial, old.classification,
    )  # fmt: skip
    return replace(row, **read)  # type: ignore[arg-type]


def _faults(ground: Ground, asked: Asked) -> Iterator[Fault]:
    """What cannot be asked for on that ground, and what it lacks."""
    expected = ", ".join(ground.fields)
    for field in asked.values:
        if field not in ground.fields:
            yield Fault("correction.field", None, field, {"found": field, "expected": expected})
    for name, text in (("evidence", asked.evidence), ("signed_by", asked.signed_by)):
        yield from _read_fault(name, partial(check_text, text))
    yield from _read_fault("decision", partial(check_text, asked.decision.number))
    if ground.kind is AnnexKind.CORRECTED and asked.serial is not None:
        yield Fault("correction.serial_stays", None, "serial")
    elif ground.kind is AnnexKind.REISSUED and asked.serial is None:
        yield Fault("correction.no_serial", None, "serial")
    elif asked.serial is not None:
        yield from _read_fault("serial", partial(serial_number, asked.serial))


def _read_fault(field: str, read: Callable[[], object]) -> Iterator[Fault]:
    try:
        read()
    except FormatError as error:
        yield Fault(error.code, None, field, error.params)


def _optional(text: str) -> str | None:
    if text:
        check_text(text)
    return text or None


def _name(text: str) -> str:
    check_name(text)
    return text


_READERS: Mapping[str, Callable[[str], tuple[str, object]]] = {
    "name": lambda text: ("name", _name(nfc(text))),
    "birth_date": lambda text: ("birth", birth_date(text)),
    "birth_place": lambda text: ("birth_place", _optional(nfc(text))),
    "sex": lambda text: ("sex", _SEX(text)),
    "ethnicity": lambda text: ("ethnicity", _optional(nfc(text))),
    "classification": lambda text: ("classification", classification(nfc(text)) if text else None),
}
"""How each field is read, and what it is called in a row. They raise FormatError."""
