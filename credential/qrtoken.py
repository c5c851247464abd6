"""The QR token: what the paper carries, a COSE_Sign1 over CWT claims.

RFC 9052 §4.2 (COSE_Sign1, tagged), RFC 8392 (CWT), deterministic CBOR (RFC 8949 §4.2). All
claims sit in one private-use CWT claim with small integer labels, which keeps a diploma under
220 bytes. The signature also covers the deployment (chain and contract) as external data, so a
token of one deployment never verifies in another.

A transcript's token names its SD-JWT by the SHA-256 of the JWS signing input: that is fixed
before either is signed, and does not depend on what the holder discloses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import cbor2

from credential.dates import PartialDate
from credential.errors import FormatError
from credential.keys import KID_PREFIX, SIGNATURE, PublicKey
from credential.model import Credential, CredentialType, Deployment, Origin, Original, Place
from credential.text import MAX_NAME, check_text

_CLAIMS = -65537  # CWT claim key from the private-use range (RFC 8392 §9.1)
_ALGS = {"ES256": -7, "EdDSA": -8}
_ALG_NAMES = {number: name for name, number in _ALGS.items()}
_TAG = b"\xd2"  # CBOR tag 18, COSE_Sign1

# Labels of the claims. Numbers are never used again for something else.
(_DEPLOYMENT, _SCHOOL, _TYPE, _SEQ, _INDEX, _ISSUED, _NAME, _BIRTH, _SERIAL) = range(9)
(_REGISTER_NO, _YEAR, _CLASSIFICATION, _GRADE, _STUDY, _CONDUCT, _SD_JWT) = range(9, 16)
(_ORIGIN_ISSUED, _ORIGIN_TYPE, _ORIGIN_SCHOOL, _ORIGIN_NO) = range(16, 20)
_REQUIRED: dict[int, type] = {
    _DEPLOYMENT: bytes, _SCHOOL: int, _TYPE: int, _SEQ: int, _INDEX: int, _ISSUED: int,
    _NAME: str, _BIRTH: int, _REGISTER_NO: str, _YEAR: int,
}  # fmt: skip
_OPTIONAL: dict[int, type] = {
    _SERIAL: str, _CLASSIFICATION: str, _GRADE: int, _STUDY: str, _CONDUCT: str, _SD_JWT: bytes,
}  # fmt: skip
_DIGITISED: dict[int, type] = {_ORIGIN_ISSUED: int}
_COPIED: dict[int, type] = {
    _ORIGIN_ISSUED: int, _ORIGIN_TYPE: int, _ORIGIN_SCHOOL: int, _ORIGIN_NO: str
}  # fmt: skip
# Of a type, beside what every token must have; no other type may have it.
_OF_TYPE = {CredentialType.DIGITISED.value: _DIGITISED, CredentialType.COPY.value: _COPIED}


@dataclass(frozen=True, slots=True)
class QrClaims:
    """What a QR token says. Fields as in `model`; `sd_jwt` is the digest of a transcript's.

    `origin_issued` and `original` say which diploma a digitised line or a copy speaks of.
    """

    deployment: bytes
    type: CredentialType
    school: int
    place: Place
    issued: date
    name: str
    birth: PartialDate
    register_no: str
    year: int
    serial: str | None = None
    classification: str | None = None
    grade: int | None = None
    study: str | None = None
    conduct: str | None = None
    sd_jwt: bytes | None = None
    origin_issued: PartialDate | None = None
    original: Original | None = None


@dataclass(frozen=True, slots=True)
class QrToken:
    """A parsed token: well formed, not yet verified. `kid` is the 8-byte prefix."""

    alg: str
    kid: bytes
    protected: bytes
    payload: bytes
    signature: bytes
    claims: QrClaims

    def verify(self, key: PublicKey, deployment: Deployment) -> bool:
        """Whether `key` signed this token for this deployment, with the key's own algorithm."""
        return (
            key.alg == self.alg
            and key.kid.startswith(self.kid)
            and key.verify(self.signature, _to_sign(self.protected, self.payload, deployment))
        )


def payload(
    credential: Credential, place: Place, deployment: Deployment, sd_jwt: bytes | None = None
) -> bytes:
    """The CWT claims to be signed, as deterministic CBOR.

    `sd_jwt` is the 32-byte digest that a transcript's token carries. Raises FormatError ``text.*``
    and ``qr.malformed`` for what `parse` would not take.
    """
    holder, transcript = credential.holder, credential.transcript
    claims: dict[int, Any] = {
        _DEPLOYMENT: deployment.tag,
        _SCHOOL: credential.school,
        _TYPE: credential.type.value,
        _SEQ: place.seq,
        _INDEX: place.index,
        _ISSUED: PartialDate.from_date(credential.issued).number,
        _NAME: holder.name,
        _BIRTH: holder.birth.number,
        _REGISTER_NO: credential.register_no,
        _YEAR: credential.year,
    }
    if credential.serial is not None:
        claims[_SERIAL] = credential.serial
    if credential.classification is not None:
        claims[_CLASSIFICATION] = credential.classification
    if transcript is not None:
        year = transcript.latest  # a semester's level must not be taken for the year's
        levels = {_STUDY: year.study, _CONDUCT: year.conduct} if year.term == "CN" else {}
        claims |= {label: value for label, value in levels.items() if value is not None}
        claims[_GRADE] = transcript.grade
    if sd_jwt is not None:
        claims[_SD_JWT] = sd_jwt
    if credential.origin is not None:
        claims |= _origin(credential.origin)
    _check_labels(claims)
    _check_values(claims)
    return cbor2.dumps({_CLAIMS: dict(sorted(claims.items()))})


def _origin(origin: Origin) -> dict[int, Any]:
    made_of: dict[int, Any] = {_ORIGIN_ISSUED: origin.issued.number}
    if isinstance(origin.place, Original):
        line = origin.place
        made_of |= {_ORIGIN_TYPE: line.type.value, _ORIGIN_SCHOOL: line.school,
                    _ORIGIN_NO: line.register_no}  # fmt: skip
    return made_of


def protected(kid: bytes, alg: str) -> bytes:
    """The protected header as deterministic CBOR: algorithm and key id prefix."""
    return cbor2.dumps({1: _ALGS[alg], 4: kid[:KID_PREFIX]})


def _to_sign(protected_header: bytes, claims: bytes, deployment: Deployment) -> bytes:
    return cbor2.dumps(["Signature1", protected_header, deployment.aad, claims])


def to_sign(claims: bytes, kid: bytes, alg: str, deployment: Deployment) -> bytes:
    """The bytes that get signed (RFC 9052 §4.4)."""
    return _to_sign(protected(kid, alg), claims, deployment)


def assemble(claims: bytes, kid: bytes, alg: str, signature: bytes) -> bytes:
    """The token: tag, protected header, empty unprotected header, claims, signature."""
    return _TAG + cbor2.dumps([protected(kid, alg), {}, claims, signature])


def parse(token: bytes) -> QrToken:
    """Parse strictly; exactly one spelling of each token is taken.

    Raises FormatError ``qr.malformed`` for anything that `assemble` could not have made.
    """
    try:
        if token[:1] != _TAG:
            raise FormatError("qr.malformed")
        header_bytes, unprotected, claims_bytes, signature = _exact(token[1:])
        header, outer = _exact(header_bytes), _exact(claims_bytes)
        alg, kid = _ALG_NAMES[header[1]], header[4]
        if (
            unprotected != {}
            or not isinstance(kid, bytes)
            or len(kid) != KID_PREFIX
            or header_bytes != protected(kid, alg)
            or _labels(outer) != [_CLAIMS]
            or not isinstance(signature, bytes)
            or len(signature) != SIGNATURE
        ):
            raise FormatError("qr.malformed")
        claims = _claims(outer[_CLAIMS])
    except FormatError as error:
        raise FormatError("qr.malformed") from error
    except (cbor2.CBORError, ArithmeticError, AttributeError, LookupError, TypeError,
            ValueError, RecursionError) as error:  # fmt: skip
        raise FormatError("qr.malformed") from error
    return QrToken(alg, kid, header_bytes, claims_bytes, signature, claims)


def _exact(data: bytes) -> Any:
    """Decode CBOR that is in our one spelling, or raise FormatError."""
    value = cbor2.loads(data)
    if cbor2.dumps(value) != data:
        raise FormatError("qr.malformed")
    return value


def _labels(found: Mapping[Any, Any]) -> list[int]:
    """A map's labels in their order; 1.0 and true, which equal 1 here, are no labels."""
    if any(type(label) is not int for label in found):
        raise FormatError("qr.malformed")
    return list(found)


def _claims(found: Mapping[int, Any]) -> QrClaims:
    labels = _labels(found)
    if labels != sorted(labels):
        raise FormatError("qr.malformed")
    _check_labels(found)
    _check_values(found)
    return QrClaims(
        deployment=found[_DEPLOYMENT],
        type=CredentialType(found[_TYPE]),
        school=found[_SCHOOL],
        place=Place(found[_SEQ], found[_INDEX]),
        issued=date.fromisoformat(str(found[_ISSUED])),
        name=found[_NAME],
        birth=PartialDate.from_number(found[_BIRTH]),
        register_no=found[_REGISTER_NO],
        year=found[_YEAR],
        serial=found.get(_SERIAL),
        classification=found.get(_CLASSIFICATION),
        grade=found.get(_GRADE),
        study=found.get(_STUDY),
        conduct=found.get(_CONDUCT),
        sd_jwt=found.get(_SD_JWT),
        origin_issued=PartialDate.from_number(found[_ORIGIN_ISSUED])
        if _ORIGIN_ISSUED in found
        else None,
        original=_original(found) if _ORIGIN_NO in found else None,
    )


def _original(found: Mapping[int, Any]) -> Original:
    kind = CredentialType(found[_ORIGIN_TYPE])
    if kind is CredentialType.COPY:  # of a register's lines there are copies, of copies none
        raise FormatError("qr.malformed")
    return Original(kind, found[_ORIGIN_SCHOOL], found[_ORIGIN_NO])


def _check_labels(claims: Mapping[int, Any]) -> None:
    """Refuse claims without what their type must have, with others, or of other types."""
    required = _REQUIRED | _OF_TYPE.get(claims.get(_TYPE, 0), {})
    fields = required | _OPTIONAL
    if not required.keys() <= claims.keys() <= fields.keys():
        raise FormatError("qr.malformed")
    if any(type(value) is not fields[label] for label, value in claims.items()):
        raise FormatError("qr.malformed")


_RANGES = {  # first and last value allowed
    _SCHOOL: (0, 2**31 - 1),
    _SEQ: (0, 2**32 - 1),
    _INDEX: (0, 2**24 - 1),
    _YEAR: (1900, 2199),
    _ORIGIN_SCHOOL: (0, 2**31 - 1),
    _GRADE: (1, 12),
}
_LENGTHS = {_DEPLOYMENT: 4, _SD_JWT: 32}  # bytes


def _check_values(claims: Mapping[int, Any]) -> None:
    """Refuse values that no source could hold, and text that must not be signed."""
    for label, value in claims.items():
        if isinstance(value, str):
            check_text(value, MAX_NAME)
        first, last = _RANGES.get(label, (value, value))
        if not first <= value <= last:
            raise FormatError("qr.malformed")
        if label in _LENGTHS and len(value) != _LENGTHS[label]:
            raise FormatError("qr.malformed")
