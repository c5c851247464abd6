"""Orders that are made of lines of a register: digitised diplomas, certified copies.

Such an order names versions of lines and says nothing of what stands in them; the register says
that when it is matched. A line that was checked by mistake can be entered anew, so what waits for
approval keeps what each line said when it was prepared, and is issued of nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from credential.errors import Fault
from credential.lines import RegisterLine, origin_of
from credential.model import Credential, CredentialType, Lane, Signer
from credential.records import AwardBatch, AwardEntry, AwardLine, SchoolRecord
from credential.requests import CopyRequest
from issuer.ports import RegistryDesk

COPIED = (CredentialType.THPT_DIPLOMA, CredentialType.DIGITISED)
"""Types of lines that copies are made of: diplomas, however they came into the register."""

_NUMBER = "Số vào sổ"
_MOST_FEE = 10_000_000  # đồng; a slip of the finger, not a fee


@dataclass(frozen=True, slots=True)
class LineAsked:
    """A version of a line to be issued of; `request` who asks for a copy of it.

    `copy` counts from 1 where somebody asks for several copies of one line at a time. `said` is the
    line's digest as it was seen (`RegisterLine.digest`); None: whoever asks means it as it is.
    """

    line: AwardLine
    request: CopyRequest | None = None
    copy: int = 1
    said: str | None = None

    @property
    def content(self) -> list[object]:
        """What is asked for, as plain values in one order."""
        line, asked = self.line, self.request
        said: list[object] = [line.type.key, line.school, line.register_no, line.version, self.copy]
        if asked is not None:
            said += [asked.applicant, asked.capacity.value, asked.proof, asked.fee, asked.dossier]
        if self.said is not None:
            said.append(self.said)
        return said


def faults(
    kind: CredentialType,
    school: SchoolRecord,
    lines: Sequence[LineAsked],
    known: Mapping[AwardLine, RegisterLine],
    desk: RegistryDesk,
) -> Iterator[Fault]:
    """What stands against issuing of these lines; a fault's row is the place in the list, from 1.

    ``line.unknown``, ``line.not_standing``, ``line.changed`` (it was entered anew since it
    was seen), ``line.not_copied`` (there are no copies of such lines), ``line.elsewhere`` (another
    body manages that register), ``copy.no_applicant``, ``copy.fee``.
    """
    managed = {number: desk.manages(school.id, number) for number in {a.line.school for a in lines}}
    kinds = COPIED if kind is CredentialType.COPY else (CredentialType.DIGITISED,)
    for row, asked in enumerate(lines, 1):
        line, held = asked.line, known.get(asked.line)
        found = {"found": line.register_no}
        if held is None:
            yield Fault("line.unknown", row, _NUMBER, found)
        elif not managed[line.school]:
            yield Fault("line.elsewhere", row, _NUMBER, found)
        elif line.type not in kinds:
            yield Fault("line.not_copied", row, _NUMBER, found)
        elif held.lane is not Lane.ACTIVE:
            yield Fault("line.not_standing", row, _NUMBER, found)
        elif asked.said not in (None, held.digest):
            yield Fault("line.changed", row, _NUMBER, found)
        if kind is CredentialType.COPY:
            yield from _request_faults(row, asked.request)


def _request_faults(row: int, asked: CopyRequest | None) -> Iterator[Fault]:
    if asked is None or not asked.applicant.strip():
        yield Fault("copy.no_applicant", row, "Người yêu cầu")
    elif not 0 <= asked.fee <= _MOST_FEE:
        yield Fault("copy.fee", row, "Lệ phí", {"found": asked.fee, "limit": _MOST_FEE})


def entries(
    kind: CredentialType, lines: Sequence[LineAsked], known: Mapping[AwardLine, RegisterLine]
) -> Iterator[AwardEntry]:
    """What the register is to note: a digitised line is issued, a copy is made of a line."""
    for asked in lines:
        held = known[asked.line]
        number = asked.line.register_no if kind is CredentialType.DIGITISED else None
        yield AwardEntry(
            held.pupil,
            held.holder,
            None,
            held.classification,
            line=number,
            copied=asked.line if asked.request else None,
            request=asked.request,
        )


def credential(
    line: RegisterLine, awards: AwardBatch, school: SchoolRecord, register_no: str, issued: date,
    signer: Signer,
) -> Credential:  # fmt: skip
    """What is issued of a line: number, day and signer are today's, all else is the line's own."""
    return Credential(
        type=awards.type,
        school=school.id,
        school_name=school.name,
        holder=line.holder,
        register_no=register_no,
        year=line.year,
        issued=issued,
        signer=signer,
        serial=line.serial,
        classification=line.classification,
        origin=origin_of(line, awards.type),
    )
