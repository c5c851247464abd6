"""Claims and answers as JSON, for the registry's HTTP service and its client.

One model per direction, strict: a field too many is an error. Types, outcomes and lanes are
words, dates ISO 8601; a birth date has the precision it is known to (``2008``, ``2008-02``);
a digest is 64 hexadecimal digits in small letters.
"""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.facts import AwardClaim, AwardMatch, Match, Withdrawal
from credential.model import CredentialType, Lane, Original, Place

Text = Annotated[str, Field(max_length=200)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

_LANES = {lane.name.lower(): lane for lane in Lane}
# What is answered to each part of a claim. Only `content` may stay unanswered: lines of old
# registers have none to compare with.
_ANSWERED = {
    "year": "year",
    "issued": "issued",
    "serial": "serial",
    "name": "name",
    "birth": "birth",
    "classification": "classification",
    "signer_name": "signer",
    "origin_issued": "origin_issued",
    "original": "original",
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceBody(_Body):
    """Where an artefact says that it stands: batch of its school, and index there."""

    seq: Annotated[int, Field(ge=0, lt=1 << 32)]
    index: Annotated[int, Field(ge=0, lt=1 << 24)]

    @classmethod
    def of(cls, place: Place | None) -> "PlaceBody | None":
        """The body of a place, if there is one."""
        return None if place is None else cls(seq=place.seq, index=place.index)


class OriginalBody(_Body):
    """The line that a copy says it was made of."""

    type: Text
    school: Annotated[int, Field(ge=0, lt=1 << 32)]
    register_no: Text

    @classmethod
    def of(cls, original: Original | None) -> "OriginalBody | None":
        """The body of a line, if there is one."""
        if original is None:
            return None
        return cls(type=original.type.key, school=original.school, register_no=original.register_no)

    def original(self) -> Original:
        """Raises FormatError ``claim.type``."""
        return Original(_type(self.type), self.school, self.register_no)


class ClaimBody(_Body):
    """What an artefact says about one award."""

    type: Text
    school: Annotated[int, Field(ge=0, lt=1 << 32)]
    register_no: Text
    year: Annotated[int, Field(ge=1900, lt=2200)]
    issued: date
    serial: Text | None = None
    name: Text | None = None
    birth: Text | None = None
    classification: Text | None = None
    signer_name: Text | None = None
    content: Digest | None = None
    place: PlaceBody | None = None
    origin_issued: Text | None = None
    original: OriginalBody | None = None

    @classmethod
    def of(cls, claim: AwardClaim) -> "ClaimBody":
        """The body that puts this claim."""
        return cls(
            type=claim.type.key,
            school=claim.school,
            register_no=claim.register_no,
            year=claim.year,
            issued=claim.issued,
            serial=claim.serial,
            name=claim.name,
            birth=None if claim.birth is None else claim.birth.iso(),
            classification=claim.classification,
            signer_name=claim.signer_name,
            content=None if claim.content is None else claim.content.hex(),
            place=PlaceBody.of(claim.place),
            origin_issued=None if claim.origin_issued is None else claim.origin_issued.iso(),
            original=OriginalBody.of(claim.original),
        )

    def claim(self) -> AwardClaim:
        """Raises FormatError ``claim.type`` and ``date.invalid``."""
        kind, born, made = _type(self.type), self.birth, self.origin_issued
        return AwardClaim(
            type=kind,
            school=self.school,
            register_no=self.register_no,
            year=self.year,
            issued=self.issued,
            serial=self.serial,
            name=self.name,
            birth=None if born is None else PartialDate.from_iso(born),
            classification=self.classification,
            signer_name=self.signer_name,
            content=None if self.content is None else bytes.fromhex(self.content),
            place=None if self.place is None else Place(self.place.seq, self.place.index),
            origin_issued=None if made is None else PartialDate.from_iso(made),
            original=None if self.original is None else self.original.original(),
        )


def _type(key: str) -> CredentialType:
    try:
        return CredentialType.from_key(key)
    except KeyError:
        raise FormatError("claim.type", found=key) from None


class WithdrawalBody(_Body):
    """Why an award does not stand."""

    ground: str
    decision: str
    on: date


class MatchBody(_Body):
    """The registry's answer: one outcome per claimed field, never a value of its own."""

    found: bool
    fields: dict[str, Match]
    lane: str
    withdrawal: WithdrawalBody | None
    signer_in_office: bool
    entitled: bool
    school_name: str
    of_original: bool = False

    @classmethod
    def of(cls, match: AwardMatch) -> "MatchBody":
        """The body that gives this answer."""
        gone = match.withdrawal
        reason = (
            None
            if gone is None
            else WithdrawalBody(ground=gone.ground, decision=gone.decision, on=gone.on)
        )
        return cls(
            found=match.found,
            fields=dict(match.fields),
            lane=match.lane.name.lower(),
            withdrawal=reason,
            signer_in_office=match.signer_in_office,
            entitled=match.entitled,
            school_name=match.school_name,
            of_original=match.of_original,
        )

    def match(self, claim: AwardClaim) -> AwardMatch:
        """The answer to that claim.

        Raises FormatError ``match.lane``, and ``match.fields`` unless exactly what was claimed
        is answered: one that leaves something out must not read as agreeing.
        """
        lane = _LANES.get(self.lane)
        if lane is None:
            raise FormatError("match.lane", found=self.lane)
        claimed = {name for part, name in _ANSWERED.items() if getattr(claim, part) is not None}
        expected = claimed if self.found else set()
        spare = {"content"} if self.found and claim.content is not None else set()
        if not expected <= self.fields.keys() <= expected | spare:
            raise FormatError("match.fields")
        gone = self.withdrawal
        return AwardMatch(
            found=self.found,
            fields=self.fields,
            lane=lane,
            withdrawal=None if gone is None else Withdrawal(gone.ground, gone.decision, gone.on),
            signer_in_office=self.signer_in_office,
            entitled=self.entitled,
            school_name=self.school_name,
            of_original=self.of_original,
        )
