"""The transfer bundle: one file with which a pupil's records go from school to school, no paper.

    {"transfer": "sogoc-transfer-1",
     "seal": "<JWS>",
     "credentials": [{"sd_jwt": "…", "evidence": "<base64url of an evidence bundle>"}, …]}

The first credential is the transfer record (results to date, conduct, absences), the others are
what else the pupil holds. The *seal* is a statement (`credential.statement`) by the sending school
that names them by their hashes, so that none can be added, left out or exchanged. The *acceptance*
is the receiving school's statement in return. JSON in its one spelling (RFC 8785), with limits.

    seal         iss     urn:sogoc:CHAIN:CONTRACT:SCHOOL, the sending school
                 iat     when it was sealed, seconds since 1970 by the school's clock
                 id      the transfer, such as CT7K3M9QXA
                 pupil   ministry code
                 from, to   {name, school}; a school outside the system has no number
                 reason, requested    why and since when (ISO 8601)
                 credentials          SHA-256 (hex) of each SD-JWT, in order
    acceptance   iss, iat as above, of the receiving school; id, pupil, from, to as above
                 class, on   the pupil's new class, and since when
                 seal        SHA-256 (hex) of the seal
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson

from credential import bundle, jose, statement
from credential.errors import FormatError
from credential.keys import b64url
from credential.statement import Statement
from credential.text import check_text

SEAL_TYP: Final = "transfer-seal+jwt"
ACCEPTANCE_TYP: Final = "transfer-acceptance+jwt"
MAX_BYTES: Final = 1_000_000  # one of two credentials takes 60 kB
MAX_CREDENTIALS: Final = 16
REASONS: Final = ("residence", "family", "study", "health", "other")
_VERSION = "sogoc-transfer-1"
_LOOK = re.compile(r'\s*\{\s*"(credentials|seal|transfer)"\s*:', re.ASCII)
_NAME = re.compile(r"CT[0-9A-Z]{8}", re.ASCII)
_END_OF_TIME = 253_402_275_599  # 9999-12-31 23:59:59 in Viet Nam


@dataclass(frozen=True, slots=True)
class Sealed:
    """One credential of a bundle: its SD-JWT with all disclosures, its evidence bundle's bytes."""

    sd_jwt: str
    evidence: bytes


@dataclass(frozen=True, slots=True)
class TransferBundle:
    """A parsed bundle: well formed, not yet judged. `text` is the file."""

    seal: Statement
    credentials: tuple[Sealed, ...]
    text: str

    @property
    def id(self) -> str:
        """The transfer that it belongs to."""
        found: str = self.seal.claims["id"]
        return found

    @property
    def whole(self) -> bool:
        """Whether the seal names exactly these credentials."""
        held = [digest(each.sd_jwt) for each in self.credentials]
        return bool(held == self.seal.claims["credentials"])


def digest(text: str) -> str:
    """SHA-256 (hex) of a text, as seals and acceptances name others."""
    return hashlib.sha256(text.encode()).hexdigest()


def looks_like_bundle(text: str) -> bool:
    """Whether a text begins as transfer bundles do, well formed or not."""
    return _LOOK.match(text) is not None


def looks_like_name(text: str) -> bool:
    """Whether a text is a transfer's name, such as ``CT7K3M9QXA``."""
    return _NAME.fullmatch(text.upper()) is not None


def check_seal(claims: Mapping[str, Any]) -> None:
    """Raises FormatError ``transfer.malformed`` unless these are a seal's claims."""
    _check(claims, _SEAL, "from")


def check_acceptance(claims: Mapping[str, Any]) -> None:
    """Raises FormatError ``transfer.malformed`` unless these are an acceptance's claims."""
    _check(claims, _ACCEPTANCE, "to")


def assemble(seal: str, credentials: Sequence[Sealed]) -> str:
    """The file. Raises FormatError ``transfer.too_long`` (`limit`)."""
    data = jose.canonical(
        {
            "transfer": _VERSION,
            "seal": seal,
            "credentials": [
                {"sd_jwt": each.sd_jwt, "evidence": b64url(each.evidence)} for each in credentials
            ],
        }
    )
    if len(data) > MAX_BYTES:
        raise FormatError("transfer.too_long", limit=MAX_BYTES)
    return data.decode()


def parse(text: str) -> TransferBundle:
    """Read a file strictly. Raises FormatError ``transfer.too_long``, ``transfer.malformed``."""
    text = text.strip()
    if len(text) > MAX_BYTES:
        raise FormatError("transfer.too_long", limit=MAX_BYTES)
    try:
        data = text.encode()
        found = orjson.loads(data)
        members = {"transfer": _VERSION, "seal": found["seal"], "credentials": found["credentials"]}
        held = tuple(map(_sealed, found["credentials"]))
        if found != members or jose.canonical(found) != data:
            raise FormatError("transfer.malformed")
        if not 1 <= len(held) <= MAX_CREDENTIALS:
            raise FormatError("transfer.malformed")
        seal = statement.parse(found["seal"], SEAL_TYP)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError,
            FormatError) as error:  # fmt: skip
        raise FormatError("transfer.malformed") from error
    check_seal(seal.claims)
    return TransferBundle(seal, held, text)


def parse_acceptance(text: str) -> Statement:
    """Read an acceptance. Raises FormatError ``statement.*`` and ``transfer.malformed``."""
    found = statement.parse(text, ACCEPTANCE_TYP)
    check_acceptance(found.claims)
    return found


def _sealed(found: Mapping[str, Any]) -> Sealed:
    if found.keys() != {"sd_jwt", "evidence"}:
        raise FormatError("transfer.malformed")
    made = Sealed(found["sd_jwt"], jose.decode(found["evidence"]))
    if bundle.decode(made.evidence).texts != (made.sd_jwt,):
        raise FormatError("transfer.malformed")
    return made


Fits = Callable[[Any], bool]


def _check(claims: Mapping[str, Any], members: Mapping[str, Fits], signed_by: str) -> None:
    try:
        sound = claims.keys() == members.keys()
        if not (sound and all(fits(claims[name]) for name, fits in members.items())):
            raise FormatError("transfer.malformed")
        if claims["iss"].rpartition(":")[2] != str(claims[signed_by]["school"]):
            raise FormatError("transfer.malformed")
    except (TypeError, LookupError, AttributeError, ValueError) as error:
        raise FormatError("transfer.malformed") from error


def _text(value: object) -> bool:
    if type(value) is not str:
        return False
    try:
        check_text(value, 200)
    except FormatError:
        return False
    return True


def _like(pattern: str) -> Fits:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None


def _day(value: object) -> bool:
    return type(value) is str and date.fromisoformat(value).isoformat() == value


def _school(value: Any) -> bool:
    number = value.get("school", 1)
    known = value.keys() <= {"name", "school"} and _text(value["name"])
    return known and type(number) is int and 0 < number < 1 << 32


_HASH = _like(r"[0-9a-f]{64}")
_BOTH: Mapping[str, Fits] = {
    "iss": _like(r"urn:sogoc:(0|[1-9][0-9]{0,19}):[0-9a-f]{40}:[1-9][0-9]{0,9}"),
    "iat": lambda value: type(value) is int and 0 <= value <= _END_OF_TIME,
    "id": _like(_NAME.pattern),
    "pupil": _text,
    "from": lambda value: _school(value) and "school" in value,
    "to": _school,
}
_SEAL: Mapping[str, Fits] = {
    **_BOTH,
    "reason": lambda value: value in REASONS,
    "requested": _day,
    "credentials": lambda value: (
        type(value) is list and 1 <= len(value) <= MAX_CREDENTIALS and all(map(_HASH, value))
    ),
}
_ACCEPTANCE: Mapping[str, Fits] = {**_BOTH, "class": _text, "on": _day, "seal": _HASH}
