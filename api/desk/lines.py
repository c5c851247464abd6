"""Lines of registers on the workbench: old books to be digitised, copies to be given.

What a registrar asks for becomes an order like any other, which a principal approves; what is read
is plain JSON.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from api.clock import today
from api.desk.policy import Member
from api.desk.preparing import person, prepare
from api.papers import write
from credential.errors import Fault, RefusedError
from credential.lines import CopyEntry, HeldLine, OldBook, RegisterLine
from credential.model import CredentialType, Lane
from credential.records import AwardLine, BatchState
from credential.requests import CopyRequest
from issuer.lines import LineAsked
from issuer.order import Order
from web import messages

if TYPE_CHECKING:
    from api.wiring import System


def signers(system: "System", school: int) -> list[dict[str, str]]:
    """Who may sign for a school today by their term of office: the head first, then deputies."""
    found = system.desk.heads(school, today())
    return [{"name": one.name, "title": one.title} for one in found]


def order(
    system: "System",
    member: Member,
    kind: CredentialType,
    asked: Sequence[LineAsked],
    signer: str | None,
) -> int:
    """Keep an order over lines for approval; its number. Raises what `prepare` raises.

    `signer` is one of those in office today (`signers`); None: the head.
    """
    day = today()
    school = system.desk.school_of(member.own, day)
    if school is None:
        raise RefusedError("staff.no_school")
    wanted = Order(
        type=kind, school=school.code, year=day.year, issued=day, rows=(), prepared_by="",
        approved_by="", lines=tuple(asked), signer=signer,
    )  # fmt: skip
    return prepare(system, person(member), wanted)


def copy(
    system: "System",
    member: Member,
    line: AwardLine,
    request: CopyRequest,
    count: int,
    signer: str | None,
) -> int:
    """Ask for copies of a line; the number of the order.

    Raises RefusedError ``line.unknown`` also for a line of a register that is not theirs.
    """
    if not system.desk.manages(member.own, line.school):
        raise RefusedError("line.unknown", found=line.register_no)
    asked = [LineAsked(line, request, at) for at in range(1, count + 1)]
    return order(system, member, CredentialType.COPY, asked, signer)


def digitise(system: "System", member: Member, book: OldBook, signer: str | None) -> int:
    """Ask for all checked lines of a book that stand to be issued; the number of the order."""
    asked = [LineAsked(line) for line in system.desk.ready(book.school, book.code)]
    return order(system, member, CredentialType.DIGITISED, asked, signer)


def paper(system: "System", member: Member, number: str) -> bytes:
    """The PDF of a copy, noted as an extract.

    Raises RefusedError ``line.unknown``, ``copy.not_ready`` while it is not final, and
    ``line.not_standing`` once it ended.
    """
    found = system.batches.versions(member.own, CredentialType.COPY, [number])
    if not found:
        raise RefusedError("line.unknown", found=number)
    batch = found[0].batch
    if batch.state not in (BatchState.FINAL, BatchState.DELIVERED):
        raise RefusedError("copy.not_ready", found=number)
    if found[0].lane is not Lane.ACTIVE:
        raise RefusedError("line.not_standing", found=number)
    folder = write(system, batch, member.actor, lambda _count: None).folder
    return (folder / f"{number.replace('/', '-')}.pdf").read_bytes()


def line_json(line: RegisterLine) -> dict[str, Any]:
    """A line of the register, for the counter."""
    own = line.line
    return {
        "type": own.type.key, "school": own.school, "register_no": own.register_no,
        "version": own.version, "name": line.holder.name, "birth": line.holder.birth.printed(),
        "serial": line.serial, "year": line.year, "document": line.document,
        "issuer": line.issuer, "issued": line.issued.printed(), "lane": line.lane.name.lower(),
        "classification": line.classification,
    }  # fmt: skip


def copy_json(one: CopyEntry) -> dict[str, Any]:
    """A line of the copy register."""
    asked = one.request
    return {
        "number": one.line.register_no, "holder": one.holder, "of": one.copied.register_no,
        "issued": f"{one.issued:%d/%m/%Y}", "applicant": asked.applicant,
        "capacity": asked.capacity.value, "fee": asked.fee, "dossier": asked.dossier,
        "signer": one.signer, "lane": one.lane.name.lower(),
        "standing": one.standing.name.lower(),
    }  # fmt: skip


def held_json(one: HeldLine) -> dict[str, Any]:
    """A line of an old book, for whoever checks it."""
    line = one.line
    return {
        "number": line.number, "digest": line.digest, "page": line.page, "scan": line.scan,
        "name": line.name, "birth": line.birth.printed(), "birth_place": line.birth_place,
        "sex": line.sex,
        "ethnicity": line.ethnicity, "serial": line.serial, "year": line.year,
        "classification": line.classification, "issued": line.issued.printed(),
        "signer": line.signer, "note": line.note, "state": one.state.value,
        "entered_by": one.entered_by, "checked_by": one.checked_by, "remark": one.remark,
    }  # fmt: skip


def fault_json(fault: Fault) -> dict[str, Any]:
    """A fault or notice with its sentence in both languages."""
    said = messages.both(fault.code, **fault.params)
    return {
        "code": fault.code, "row": fault.row, "letter": fault.letter, "column": fault.column,
        "text": said,
    }  # fmt: skip
