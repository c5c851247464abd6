"""The SD-JWT: the artefact for files, wallets and sharing in part.

RFC 9901 with the SD-JWT VC media type ``dc+sd-jwt``. Plain in the payload stand only what every
verification needs: issuer, type, school, place in the batch, date, numbers. Every personal field
and every course result is a salted disclosure of its own; digests are sorted, and both lists
are padded with decoys to a multiple of 8, so hidden rows can be neither counted nor ordered.

Our JSON has one spelling (RFC 8785: ASCII keys in order, integers and strings only), and only
that spelling is taken, which leaves no room for duplicate keys, NaN or odd white space.

A leaf of the batch tree commits to the *issuer-signed JWT* (all before the first ``~``), so one
path serves every selection that the holder shows.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from credential.errors import FormatError
from credential.jose import decode, load
from credential.keys import SIGNATURE, PublicKey
from credential.model import CredentialType, Place
from credential.text import check_text

MAX_BYTES: Final = 65_536  # 64 KiB; a transcript of 40 results takes 8 kB
SALT: Final = 16  # bytes of salt per disclosure, from the system's generator
PAD: Final = 8  # both lists of digests are filled up to a multiple of this
TYP: Final = "dc+sd-jwt"
_KID = 32  # bytes of a JWK thumbprint
_ALWAYS = frozenset({"name", "birth_date", "school_name", "signer"})
_ON_TRANSCRIPTS = frozenset({"grade", "class", "school_year", "study", "conduct", "absences"})
_FIELDS = _ALWAYS | _ON_TRANSCRIPTS | {
    "birth_place", "sex", "ethnicity", "classification", "decision",
}  # fmt: skip


def digest_of(disclosure: bytes) -> str:
    """Digest of a base64url disclosure (RFC 9901 §4.2.3)."""
    return urlsafe_b64encode(hashlib.sha256(disclosure).digest())[:43].decode()


@dataclass(frozen=True)
class SdJwt:
    """A parsed SD-JWT: well formed, not yet verified.

    `jwt` is the issuer-signed part, `payload` its claims, `disclosures` the raw disclosures
    that came along, `parts` how many parts each has (3: a field, 2: a result), `disclosed` the
    personal fields shown, `results` the course results shown.
    """

    jwt: str
    alg: str
    kid: bytes
    payload: Mapping[str, Any]
    signature: bytes
    disclosures: tuple[str, ...]
    parts: tuple[int, ...]
    disclosed: Mapping[str, Any]
    results: tuple[Mapping[str, Any], ...]

    @property
    def type(self) -> CredentialType:
        """The credential type that `vct` names."""
        return CredentialType.from_vct(self.payload["vct"])

    @property
    def body(self) -> Mapping[str, Any]:
        """The always visible members of ``credential``."""
        body: Mapping[str, Any] = self.payload["credential"]
        return body

    @property
    def place(self) -> Place:
        """Where the credential stands in its school's batches."""
        return Place(self.body["seq"], self.body["index"])

    @property
    def digest(self) -> bytes:
        """SHA-256 of the JWS signing input, as a transcript's QR token carries it."""
        return hashlib.sha256(self.jwt.rpartition(".")[0].encode()).digest()

    @cached_property
    def committed(self) -> bool:
        """Whether the signed payload commits to every disclosure shown, each once."""
        fields, rows = set(self.body["_sd"]), {row["..."] for row in self.body.get("results", ())}
        for text, parts in zip(self.disclosures, self.parts, strict=True):
            home = fields if parts == 3 else rows
            digest = digest_of(text.encode())
            if digest not in home:
                return False
            home.remove(digest)
        return len(self.disclosed) + len(self.results) == len(self.disclosures)

    @property
    def partial(self) -> bool:
        """Whether something may have been left out: a field that belongs, or any result row.

        Decoys look like hidden rows, so a complete file of a few rows may read as partial too;
        the other way round would let a holder drop a bad mark unnoticed.
        """
        transcript = self.type.has_results
        wanted = _ALWAYS | _ON_TRANSCRIPTS if transcript else _ALWAYS
        hidden_rows = len(self.body.get("results", ())) - len(self.results)
        return hidden_rows > 0 or not self.disclosed.keys() >= wanted

    def verify(self, key: PublicKey) -> bool:
        """Whether `key` signed the JWT, with the key's own algorithm."""
        to_sign = self.jwt.rpartition(".")[0].encode()
        return key.alg == self.alg and key.kid == self.kid and key.verify(self.signature, to_sign)


def parse(text: str) -> SdJwt:
    """Parse strictly an SD-JWT without key binding.

    Raises FormatError ``sdjwt.too_long`` and ``sdjwt.malformed``.
    """
    if len(text) > MAX_BYTES:
        raise FormatError("sdjwt.too_long", limit=MAX_BYTES)
    try:
        jwt, *disclosures, end = text.split("~")
        head, body, signature = jwt.split(".")
        members, payload = load(head), load(body)
        raw_signature = decode(signature)
        if end or len(raw_signature) != SIGNATURE or not _well_formed(members, payload):
            raise FormatError("sdjwt.malformed")
        loaded = [load(item) for item in disclosures]
        disclosed = {item[1]: item[2] for item in loaded if len(item) == 3}
        results = tuple(item[1] for item in loaded if len(item) == 2)
        if not all(_is_disclosure(item) for item in loaded):
            raise FormatError("sdjwt.malformed")
        check_values(payload["credential"])
        for item in loaded:
            check_values(item[-1], item[1] if len(item) == 3 else "")
        kid = decode(members["kid"])
        if len(kid) != _KID:
            raise FormatError("sdjwt.malformed")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, FormatError) as error:
        raise FormatError("sdjwt.malformed") from error
    return SdJwt(
        jwt=jwt,
        alg=members["alg"],
        kid=kid,
        payload=payload,
        signature=raw_signature,
        disclosures=tuple(disclosures),
        parts=tuple(map(len, loaded)),
        disclosed=disclosed,
        results=results,
    )


_BODY: dict[str, type] = {
    "_sd": list, "index": int, "issued": str, "register_no": str, "school": int, "seq": int,
    "year": int,
}  # fmt: skip
_BODY_OPTIONAL: dict[str, type] = {"results": list, "serial": str}


def _well_formed(members: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    body, known = payload["credential"], _BODY | _BODY_OPTIONAL
    rows = body.get("results", [])
    CredentialType.from_vct(payload["vct"])
    return (
        date.fromisoformat(body["issued"]).isoformat() == body["issued"]  # of several spellings
        and members.keys() == {"alg", "kid", "typ"}
        and members["typ"] == TYP
        and members["alg"] in ("ES256", "EdDSA")
        and payload.keys() == {"_sd_alg", "credential", "iat", "iss", "vct"}
        and payload["_sd_alg"] == "sha-256"
        and type(payload["iat"]) is int
        and _BODY.keys() <= body.keys() <= known.keys()
        and all(type(value) is known[name] for name, value in body.items())
        and all(type(digest) is str for digest in body["_sd"])
        and all(type(row) is dict and row.keys() == {"..."} for row in rows)
        and all(type(row["..."]) is str for row in rows)
    )


def _is_disclosure(item: Any) -> bool:
    if type(item) is not list or type(item[0]) is not str:
        return False
    if len(item) == 2:
        return type(item[1]) is dict and item[1].keys() <= _ROW
    return len(item) == 3 and item[1] in _FIELDS and type(item[2]) in (str, int, dict)


_ROW = {"name", "subject", "term", "mark", "rating"}
_RANGES = {  # first and last value allowed
    "school": (0, 2**31 - 1),
    "seq": (0, 2**32 - 1),
    "index": (0, 2**24 - 1),
    "year": (1900, 2199),
    "grade": (1, 12),
    "absences": (0, 999),
    "mark": (0, 100),
}


def check_values(value: Any, name: str = "") -> None:
    """Refuse values that no source could hold, and text that must not be signed.

    Raises FormatError ``text.*`` and ``sdjwt.malformed``.
    """
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        for member, inner in value.items():
            check_values(inner, member)
    elif isinstance(value, list):
        for inner in value:
            check_values(inner)
    else:
        first, last = _RANGES.get(name, (value, value))
        if type(value) is not int or not first <= value <= last:
            raise FormatError("sdjwt.malformed")


def present(
    text: str, fields: Callable[[str], bool], results: Callable[[Mapping[str, Any]], bool]
) -> str:
    """A selection: keep the personal fields and course results that the holder chose.

    Raises what `parse` raises.
    """
    found = parse(text)
    kept = []
    for disclosure in found.disclosures:
        item = load(disclosure)
        if fields(item[1]) if len(item) == 3 else results(item[1]):
            kept.append(disclosure)
    return "~".join([found.jwt, *kept, ""])
