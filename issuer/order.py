"""What a registrar asks for: a file's rows with what the decision adds to them.

An order has one name, its `ref`: the same file with the same decision is the same order,
whoever sends it again and however often, and however Excel saved it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from credential.annex import Annex, AnnexKind
from credential.approval import Approval
from credential.errors import RefusedError
from credential.keys import PublicKey
from credential.lines import RegisterLine
from credential.model import (
    Credential,
    CredentialType,
    Decision,
    Holder,
    Place,
    Signer,
    Transcript,
)
from credential.records import AwardBatch, AwardEntry, AwardLine, SchoolRecord
from issuer import lines
from issuer.differences import Content
from issuer.intake.cells import grade_of
from issuer.intake.rows import PupilRow, ResultsRow, content_digest
from issuer.lines import LineAsked

Known = Mapping[AwardLine, RegisterLine]
_NOTHING: Known = {}
_SERIAL = re.compile(r"(.*?)([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Replaced:
    """A version that stands and is to be replaced: of which line, where it stands, its serial."""

    line: AwardLine
    place: Place
    serial: str | None


@dataclass(frozen=True)
class Order:
    """A request to issue one kind of credential to the pupils of one file.

    `school` is the school's code; `issued` the date printed; `signer` the name of who signs
    (None: the head in office that day); `first_serial` numbers the blanks when the file does
    not; `prepared_by` and `approved_by` are two persons. `holder_keys` are by pupil code the keys
    that only the pupils have; who has none gets a credential that is bound to nobody.

    With a `reason` it corrects what stands (`issuer.amending`): `replaces` says by pupil's code
    which versions its rows replace, `annexes` by which decision each does, where it does not go
    without saying, `whole` is the ref of the order over the whole file of which
    these rows are the part to be issued. `requested` is the day on which somebody asked for it,
    where that is known; the same correction without it is the same order.

    What is issued of lines of a register (`issuer.lines`) has `lines` and no rows.
    """

    type: CredentialType
    school: str
    year: int
    issued: date
    rows: tuple[PupilRow | ResultsRow, ...]
    prepared_by: str
    approved_by: str
    decision: Decision | None = None
    signer: str | None = None
    first_serial: str | None = None
    holder_keys: Mapping[str, PublicKey] = field(default_factory=dict)
    reason: str | None = None
    replaces: Mapping[str, Replaced] = field(default_factory=dict)
    whole: str | None = None
    annexes: Mapping[str, Annex] = field(default_factory=dict)
    lines: tuple[LineAsked, ...] = ()
    requested: date | None = None

    @cached_property  # it takes in every row, and matching asks for it row by row
    def ref(self) -> str:
        """SHA-256 (hex) of what is asked for; who asks is left out.

        So are the holders' keys: a pupil who gets one while an order is under way makes no other
        order of it. Those that were there when it was staged stay.
        """
        if self.whole is not None:
            return self.whole
        asked: list[object] = [
            self.type.key, self.school, self.year, self.issued.isoformat(), self.signer,
            self.first_serial, content_digest(self.rows), [row.code for row in self.rows],
            [self.decision.number, self.decision.on.isoformat()] if self.decision else None,
        ]  # fmt: skip
        if self.reason is not None:
            asked.append(self.reason)
        for code, one in sorted(self.annexes.items()):
            place, why = self.replaces[code].place, one.decision
            asked.append([place.seq, place.index, one.kind.value, one.ground, one.evidence])
            asked.append([why.number, why.on.isoformat(), one.signed_by])
        if self.lines:
            asked.append([line.content for line in self.lines])
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def reissues(self, code: str) -> bool:
        """Whether a pupil gets another paper, with a serial of its own."""
        return code in self.annexes and self.annexes[code].kind is AnnexKind.REISSUED

    @property
    def only_corrects(self) -> bool:
        """Whether every row takes the place of something that stands."""
        return bool(self.rows) and all(row.code in self.replaces for row in self.rows)

    @property
    def size(self) -> int:
        """How many credentials it asks for."""
        return len(self.rows) + len(self.lines)

    def version(self, code: str) -> int:
        """Which version of its line a pupil's row becomes."""
        return self.replaces[code].line.version + 1 if code in self.replaces else 1

    @property
    def approval(self) -> Approval:
        """Who answers for it."""
        return Approval(self.prepared_by, self.approved_by, self.reason, requested=self.requested)

    def serials(self) -> list[str | None]:
        """Each row's serial: the line's that it corrects, its own, or the next blank's.

        Blanks count from `first_serial` on.

        Raises RefusedError ``serial.no_number`` if `first_serial` does not end in digits.
        """
        own = [
            self.replaces[row.code].serial
            if row.code in self.replaces and not self.reissues(row.code)
            else getattr(row, "serial", None)
            for row in self.rows
        ]
        if self.first_serial is None:
            return own
        found = _SERIAL.fullmatch(self.first_serial)
        if found is None:
            raise RefusedError("serial.no_number", found=self.first_serial)
        prefix, digits = found.groups()
        numbers = iter(range(int(digits), int(digits) + len(own)))
        return [serial or f"{prefix}{next(numbers):0{len(digits)}d}" for serial in own]


def school_year(year: int) -> str:
    """The school year that ends in that year, such as ``2025-2026``."""
    return f"{year - 1}-{year}"


def award_batch(
    order: Order, school: SchoolRecord, signer: Signer, known: Known = _NOTHING
) -> AwardBatch:
    """The lines that the order puts into the register of awards.

    `known` are the lines that it is made of, as the register has them.
    """
    entries = tuple(
        AwardEntry(
            row.code,
            _holder(row),
            serial,
            getattr(row, "classification", None),
            order.replaces[row.code].line if row.code in order.replaces else None,
            order.annexes.get(row.code),
            class_name=row.class_name or None,
        )
        for row, serial in zip(order.rows, order.serials(), strict=True)
    )
    entries += tuple(lines.entries(order.type, order.lines, known))
    return AwardBatch(
        ref=order.ref,
        type=order.type,
        school=school.id,
        year=order.year,
        issued=order.issued,
        signer=signer,
        decision_no=order.decision.number if order.decision else None,
        decision_on=order.decision.on if order.decision else None,
        entries=entries,
        reason=order.reason,
        approved_by=order.approved_by,
    )


def credentials(
    order: Order, school: SchoolRecord, awards: AwardBatch, register_nos: tuple[str, ...],
    known: Known = _NOTHING,
) -> list[Credential]:  # fmt: skip
    """One credential per row, in the file's order; or per line of a register."""
    if order.lines:
        made_of = [known[asked.line] for asked in order.lines]
        return [
            lines.credential(line, awards, school, number, order.issued, awards.signer)
            for line, number in zip(made_of, register_nos, strict=True)
        ]
    return [
        Credential(
            type=order.type,
            school=school.id,
            school_name=school.name,
            holder=entry.holder,
            register_no=register_no,
            year=order.year,
            issued=order.issued,
            signer=awards.signer,
            serial=entry.serial,
            decision=order.decision,
            classification=entry.classification,
            transcript=_transcript(row, order.year) if isinstance(row, ResultsRow) else None,
            holder_key=order.holder_keys.get(row.code),
            supersedes=order.replaces[row.code].place if row.code in order.replaces else None,
        )
        for row, entry, register_no in zip(order.rows, awards.entries, register_nos, strict=True)
    ]


def said(row: PupilRow | ResultsRow, year: int) -> Content:
    """What the credential of a row will say of its holder."""
    results = _transcript(row, year) if isinstance(row, ResultsRow) else None
    return Content(_holder(row), getattr(row, "classification", None), results)


def _holder(row: PupilRow | ResultsRow) -> Holder:
    if isinstance(row, ResultsRow):
        return Holder(row.name, row.birth)
    return Holder(row.name, row.birth, row.birth_place or None, row.sex, row.ethnicity or None)


def _transcript(row: ResultsRow, year: int) -> Transcript:
    return Transcript(
        grade=grade_of(row.class_name),
        class_name=row.class_name,
        school_year=school_year(year),
        results=row.results,
        outcomes=row.outcomes,
        promotion=row.promotion,
        title=row.title,
        completion=row.completion,
    )
