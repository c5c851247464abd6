"""What is shown of one credential: the value that every format here is made of and read into.

A holder may show a selection. Then what belongs to the credential and is not shown is None, and
`Record.hidden` names it, so that no format has to leave a blank that reads as "there is none".
Which optional fields are hidden cannot be known: that is what the SD-JWT is made for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from credential.dates import PartialDate
from credential.model import (
    TERMS,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Place,
    Signer,
    TermOutcome,
)
from credential.sdjwt import SdJwt

RESULTS: Final = "results"
"""How `Record.hidden` says that results or outcomes may have been left out."""
_ALWAYS = ("school_name", "name", "birth", "signer")
_OF_RESULTS = ("grade", "class_name", "school_year")


@dataclass(frozen=True, slots=True)
class Record:
    """One credential as far as it is shown; names are those of `credential.model`.

    `issuer` is the SD-JWT's `iss`. `partial` says that something may have been left out.
    `results` are arranged by subject, then by term (`arranged`).
    """

    type: CredentialType
    issuer: str
    school: int
    place: Place
    register_no: str
    year: int
    issued: date
    serial: str | None = None
    supersedes: Place | None = None
    school_name: str | None = None
    name: str | None = None
    birth: PartialDate | None = None
    birth_place: str | None = None
    sex: str | None = None
    ethnicity: str | None = None
    signer: Signer | None = None
    decision: Decision | None = None
    classification: str | None = None
    grade: int | None = None
    class_name: str | None = None
    school_year: str | None = None
    promotion: str | None = None
    title: str | None = None
    completion: str | None = None
    results: tuple[CourseResult, ...] = ()
    outcomes: tuple[TermOutcome, ...] = ()
    partial: bool = False

    @property
    def id(self) -> str:
        """A name for the credential that no other one has (a URN)."""
        return f"{self.issuer}:{self.place.seq}:{self.place.index}"

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of what belongs to the credential and is not shown; empty if all is shown."""
        if not self.partial:
            return ()
        wanted = (*_ALWAYS, *_OF_RESULTS) if self.type.has_results else _ALWAYS
        fields = tuple(name for name in wanted if getattr(self, name) is None)
        return (*fields, RESULTS) if self.type.has_results else fields


def arranged(results: Iterable[CourseResult]) -> tuple[CourseResult, ...]:
    """Results by subject in the order in which subjects first come, then by term."""
    found = tuple(results)
    subjects = list(dict.fromkeys(result.subject for result in found))
    places = {subject: place for place, subject in enumerate(subjects)}
    return tuple(sorted(found, key=lambda each: (places[each.subject], TERMS.index(each.term))))


def from_credential(credential: Credential, place: Place, deployment: Deployment) -> Record:
    """All that a credential says, at its place."""
    holder, transcript = credential.holder, credential.transcript
    more: dict[str, Any] = {}
    if transcript is not None:
        more = {
            "results": arranged(transcript.results),
            "outcomes": _ordered(transcript.outcomes),
            **{name: getattr(transcript, name) for name in (
                *_OF_RESULTS, "promotion", "title", "completion")},
        }  # fmt: skip
    return Record(
        type=credential.type,
        issuer=deployment.issuer(credential.school),
        school=credential.school,
        place=place,
        register_no=credential.register_no,
        year=credential.year,
        issued=credential.issued,
        serial=credential.serial,
        supersedes=credential.supersedes,
        school_name=credential.school_name,
        name=holder.name,
        birth=holder.birth,
        birth_place=holder.birth_place,
        sex=holder.sex,
        ethnicity=holder.ethnicity,
        signer=credential.signer,
        decision=credential.decision,
        classification=credential.classification,
        **more,
    )


def from_sdjwt(shown: SdJwt) -> Record:
    """What an SD-JWT shows. Its signature is not looked at: that is the verifier's to do."""
    said: Mapping[str, Any] = {**shown.body, **shown.disclosed}
    outcomes = shown.outcomes
    signer, decision, before = (said.get(name) for name in ("signer", "decision", "supersedes"))
    return Record(
        type=shown.type,
        issuer=str(shown.payload["iss"]),
        school=said["school"],
        place=shown.place,
        register_no=said["register_no"],
        year=said["year"],
        issued=date.fromisoformat(said["issued"]),
        supersedes=Place(before["seq"], before["index"]) if before else None,
        birth=PartialDate.from_iso(said["birth_date"]) if "birth_date" in said else None,
        signer=Signer(signer["name"], signer["title"]) if signer else None,
        decision=Decision(decision["number"], date.fromisoformat(decision["on"]))
        if decision
        else None,
        class_name=said.get("class"),
        **{name: said.get(name) for name in (
            "serial", "school_name", "name", "birth_place", "sex", "ethnicity", "classification",
            "grade", "school_year")},
        **{name: outcomes.get(name) for name in ("promotion", "title", "completion")},
        results=arranged(CourseResult(**row) for row in shown.results),
        outcomes=_outcomes(outcomes),
        partial=shown.partial,
    )  # fmt: skip


def _outcomes(said: Mapping[str, Any]) -> tuple[TermOutcome, ...]:
    """Outcomes by term of names such as ``CN.study``."""
    terms: dict[str, dict[str, Any]] = {}
    for name, value in said.items():
        term, dot, what = name.partition(".")
        if dot:
            terms.setdefault(term, {})[what] = value
    return _ordered(TermOutcome(term, **values) for term, values in terms.items())


def _ordered(outcomes: Iterable[TermOutcome]) -> tuple[TermOutcome, ...]:
    said = (each for each in outcomes if each != TermOutcome(each.term))
    return tuple(sorted(said, key=lambda each: TERMS.index(each.term)))
