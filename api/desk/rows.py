"""The rows of an order as whoever approves sees them: everything that each credential will say.

They are read off the very credentials that signing makes of the order (`issuer.order.credentials`),
so nothing is signed that was not shown. What is the same for all of them (school, day, signer,
decision) stands once, in `api.desk.viewing`. Plain JSON; nothing here decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from credential.lines import RegisterLine
from credential.model import BookPage, Credential, Origin, Signer, Transcript, latest
from credential.records import AwardLine
from credential.requests import CopyRequest
from credential.text import fold
from grading.marks import format_hundredths, format_tenths
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.order import Order, award_batch, credentials
from store.order_records import Kept
from verifier.artefact import outcome_name

if TYPE_CHECKING:
    from api.wiring import System

_UNKNOWN = Signer("", "")


def rows(system: "System", kept: Kept, order: Order) -> list[dict[str, Any]]:
    """The rows of an order, or the lines of the register that it is made of."""
    known = system.desk.lines({asked.line for asked in order.lines}) if order.lines else {}
    made = _credentials(system, order, known)
    if order.lines:
        return list(_of_lines(order, known, made))
    return list(_of_pupils(order, made, numbers_of(system, kept)))


def chosen(system: "System", school: int, order: Order) -> Signer | None:
    """Who will sign, with the office of that day; None where nobody can."""
    heads = system.desk.heads(school, order.issued)
    wanted = fold(order.signer) if order.signer is not None else None
    return next((one for one in heads if wanted in (None, fold(one.name))), None)


def results(order: Order, number: int) -> list[dict[str, Any]] | None:
    """The results in the row of that number, as papers print them; None if there is none."""
    for row in order.rows:
        if row.row == number:
            found = row.results if isinstance(row, ResultsRow) else ()
            return [
                {"subject": one.name, "term": one.term, "result": _result(one)} for one in found
            ]
    return None


def numbers_of(system: "System", kept: Kept) -> Mapping[str, str]:
    """The register numbers that the pupils of a staged order have, by code."""
    batch = system.batches.batch(kept.ref)
    staged = system.batches.staged(batch.id) if batch else ()
    return {one.pupil: one.register_no for one in staged}


def word(row: PupilRow | ResultsRow) -> str | None:
    """What a row comes to, in one word: the classification, or the year's title or level."""
    if isinstance(row, PupilRow):
        return row.classification
    return row.title or latest(row.outcomes).study or row.promotion


def said(one: Credential) -> dict[str, str]:
    """What a credential will say of its own, by the names that `web.messages` has under field."""
    holder = one.holder
    shown = {
        "name": holder.name, "birth_date": holder.birth.printed(),
        "birth_place": holder.birth_place, "sex": holder.sex, "ethnicity": holder.ethnicity,
        "year": str(one.year), "serial": one.serial, "classification": one.classification,
        **(_transcript(one.transcript) if one.transcript else {}),
        **(_origin(one.origin) if one.origin else {}),
    }  # fmt: skip
    return {name: text for name, text in shown.items() if text is not None}


def _credentials(
    system: "System", order: Order, known: Mapping[AwardLine, RegisterLine]
) -> Sequence[Credential | None]:
    """What would be signed now; nothing where the register does not bear the order out."""
    school = system.desk.school(order.school, order.issued)
    if school is None or any(asked.line not in known for asked in order.lines):
        return [None] * order.size
    signer = chosen(system, school.id, order) or _UNKNOWN
    awards = award_batch(order, school, signer, known)
    return credentials(order, school, awards, ("",) * order.size, known)


def _of_pupils(
    order: Order, made: Sequence[Credential | None], numbers: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for row, one in zip(order.rows, made, strict=True):
        yield {
            "row": row.row, "code": row.code, "name": row.name, "birth": row.birth.printed(),
            "birth_place": getattr(row, "birth_place", None), "sex": getattr(row, "sex", None),
            "ethnicity": getattr(row, "ethnicity", None), "class_name": row.class_name,
            "word": word(row), "serial": one.serial if one else None,
            "register_no": numbers.get(row.code), "version": order.version(row.code),
            "says": said(one) if one else {}, "bound": row.code in order.holder_keys,
        }  # fmt: skip


def _of_lines(
    order: Order,
    known: Mapping[AwardLine, RegisterLine],
    made: Sequence[Credential | None],
) -> Iterator[dict[str, Any]]:
    for at, (asked, one) in enumerate(zip(order.lines, made, strict=True), 1):
        line, request = known.get(asked.line), asked.request
        if line is None:  # it is told as a fault where it is approved
            continue
        holder = line.holder
        yield {
            "row": at, "code": asked.line.register_no, "name": holder.name,
            "birth": holder.birth.printed(), "birth_place": holder.birth_place,
            "sex": holder.sex, "ethnicity": holder.ethnicity,
            "class_name": request.applicant if request else line.page.page if line.page else "",
            "word": line.classification, "serial": line.serial, "register_no": None,
            "version": asked.line.version, "says": said(one) if one else {}, "bound": False,
            "request": _request(request) if request else None,
        }  # fmt: skip


def _request(asked: CopyRequest) -> dict[str, Any]:
    """Who asks for a copy: in the register of copies, not in the copy."""
    return {
        "applicant": asked.applicant, "capacity": asked.capacity.value, "proof": asked.proof,
        "fee": asked.fee, "dossier": asked.dossier,
    }  # fmt: skip


def _transcript(one: Transcript) -> dict[str, str | None]:
    outcomes = {
        outcome_name(what, each.term): str(value)
        for each in one.outcomes
        for what in ("study", "conduct", "absences")
        if (value := getattr(each, what)) is not None
    }
    return {
        "grade": str(one.grade), "class": one.class_name, "school_year": one.school_year,
        **outcomes, "promotion": one.promotion, "title": one.title, "completion": one.completion,
    }  # fmt: skip


def _origin(one: Origin) -> dict[str, str | None]:
    place = one.place
    stands = (
        {"origin_book": place.book, "origin_register_no": place.number, "origin_page": place.page}
        if isinstance(place, BookPage)
        else {"origin_register_no": place.register_no}
    )
    return {
        "origin_document": one.document, "origin_issuer": one.issuer,
        "origin_issued": one.issued.printed(),
        "origin_signer": f"{one.signer.title} {one.signer.name}" if one.signer else None, **stands,
    }  # fmt: skip


def _result(one: Any) -> str:
    if one.mark is not None:
        return format_tenths(one.mark)
    if one.points is not None:
        return f"{one.letter or ''} {format_hundredths(one.points)}".strip()
    return one.rating or one.letter or ""
