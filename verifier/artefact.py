"""Step 1, decode: from text to an artefact with what the later steps need of it.

Both artefacts (QR token, SD-JWT) look the same from here on. Strict; sizes are bounded by the
formats; nothing is fetched and no link is followed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from credential import merkle, qrlink, qrtoken, sdjwt
from credential.dates import PartialDate
from credential.errors import FormatError
from credential.facts import AwardClaim
from credential.keybinding import KeyBinding
from credential.keys import PublicKey
from credential.model import TERMS, BookPage, CredentialType, Deployment, Origin, Original, Place
from credential.origin import of_members


@dataclass(frozen=True, slots=True)
class Artefact:
    """A decoded artefact, not yet verified.

    `kid` is the key id or its 8-byte prefix, `leaf` the leaf hash and `leaf_index` its place in
    the batch tree, `ours` whether it names this deployment, `signed_by` tells whether a key
    signed it, `committed` whether everything shown is covered by that signature. `document` never
    has the school's name, which is only believed of the registry. `holder_key` is the key that
    it is bound to, `binding` the proof shown with it that whoever shows it has that key.
    """

    kind: str
    type: CredentialType
    school: int
    place: Place
    kid: bytes
    leaf: bytes
    leaf_index: int
    ours: bool
    committed: bool
    partial: bool
    signed_by: Callable[[PublicKey], bool]  # remembers its answer: more than one step asks
    claim: AwardClaim
    document: Mapping[str, object]
    sd_jwt: bytes | None
    holder_key: PublicKey | None = None
    binding: KeyBinding | None = None


def decode(text: str, deployment: Deployment) -> Artefact:
    """An artefact from the text of a QR code or of an SD-JWT.

    Raises FormatError ``qr.*`` or ``sdjwt.*``.
    """
    text = text.strip()
    if qrlink.looks_like_link(text):
        return _from_token(qrlink.decode(text), deployment)
    if "~" in text:
        return _from_sdjwt(text, deployment)
    raise FormatError("qr.not_ours")


def _from_token(raw: bytes, deployment: Deployment) -> Artefact:
    token = qrtoken.parse(raw)
    claims = token.claims
    return Artefact(
        kind="qr",
        type=claims.type,
        school=claims.school,
        place=claims.place,
        kid=token.kid,
        leaf=merkle.leaf_hash(raw),
        leaf_index=2 * claims.place.index + 1,
        ours=claims.deployment == deployment.tag,
        committed=True,
        partial=False,
        signed_by=cache(lambda key: token.verify(key, deployment)),
        claim=AwardClaim(
            type=claims.type,
            school=claims.school,
            register_no=claims.register_no,
            year=claims.year,
            issued=claims.issued,
            serial=claims.serial,
            name=claims.name,
            birth=claims.birth,
            classification=claims.classification,
            content=claims.sd_jwt,
            place=claims.place,
            origin_issued=claims.origin_issued,
            original=claims.original,
        ),
        document=_shown(
            name=claims.name,
            birth_date=claims.birth.printed(),
            serial=claims.serial,
            register_no=claims.register_no,
            year=claims.year,
            issued=_printed(claims.issued),
            classification=claims.classification,
            grade=claims.grade,
            study=claims.study,
            conduct=claims.conduct,
            origin_issued=claims.origin_issued and claims.origin_issued.printed(),
            **_line(claims.original),
        ),
        sd_jwt=claims.sd_jwt,
    )


def _from_sdjwt(text: str, deployment: Deployment) -> Artefact:
    found = sdjwt.parse(text)
    body, shown = found.body, found.disclosed
    school, issued = body["school"], date.fromisoformat(body["issued"])
    birth = PartialDate.from_iso(str(shown["birth_date"])) if "birth_date" in shown else None
    origin = of_members(body["origin"]) if "origin" in body else None
    return Artefact(
        kind="sd-jwt",
        type=found.type,
        school=school,
        place=found.place,
        kid=found.kid,
        leaf=merkle.leaf_hash(found.jwt.encode()),
        leaf_index=2 * found.place.index,
        ours=found.payload["iss"] == deployment.issuer(school),
        committed=found.committed,
        partial=found.partial,
        signed_by=cache(found.verify),
        claim=AwardClaim(
            type=found.type,
            school=school,
            register_no=body["register_no"],
            year=body["year"],
            issued=issued,
            serial=body.get("serial"),
            name=shown.get("name"),
            birth=birth,
            classification=shown.get("classification"),
            signer_name=shown.get("signer", {}).get("name"),
            content=found.digest,
            place=found.place,
            origin_issued=origin.issued if origin else None,
            original=origin.place if origin and isinstance(origin.place, Original) else None,
        ),
        document=_shown(
            **(dict(shown) | ({"birth_date": birth.printed()} if birth else {})),
            serial=body.get("serial"),
            register_no=body["register_no"],
            year=body["year"],
            issued=_printed(issued),
            decision=body.get("decision"),
            grade=body.get("grade"),
            school_year=body.get("school_year"),
            **_outcomes(found.outcomes),
            **_origin(origin),
            results=[dict(row) for row in found.results] or None,
        ),
        sd_jwt=found.digest,
        holder_key=found.holder_key,
        binding=found.binding,
    )


def outcome_name(what: str, term: str) -> str:
    """What a document calls an outcome: of the year ``study``, of a semester ``study_hk1``."""
    return f"{what}_{term.lower()}" if term not in ("", TERMS[-1]) else what


def _outcomes(shown: Mapping[str, Any]) -> Mapping[str, object]:
    split = {name: name.rpartition(".") for name in shown}
    return {outcome_name(what, term): shown[name] for name, (term, _, what) in split.items()}


def _origin(origin: Origin | None) -> Mapping[str, object]:
    """What a document says of the diploma that it speaks of."""
    if origin is None:
        return {}
    said: dict[str, object] = {
        "origin_document": origin.document, "origin_issuer": origin.issuer,
        "origin_issued": origin.issued.printed(),
    }  # fmt: skip
    place = origin.place
    if isinstance(place, BookPage):
        return said | {"origin_book": place.book, "origin_page": place.page}
    return {**said, **_line(place)}


def _line(original: Original | None) -> Mapping[str, object]:
    return {} if original is None else {"origin_register_no": original.register_no}


def _printed(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _shown(**fields: object) -> Mapping[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
