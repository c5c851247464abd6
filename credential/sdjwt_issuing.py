"""Making an SD-JWT: from a credential to the bytes that get signed and the disclosures.

Follows `credential.sdjwt`, which says what the format is and reads it. Split so that all of this
can happen, and be stored, before anything is signed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import orjson

from credential.keys import b64url
from credential.model import CourseResult, Credential, Deployment, Place
from credential.sdjwt import PAD, SALT, TYP, check_values, digest_of
from credential.text import check_text

_DECOYS = 2 * PAD  # at most PAD - 1 in each of the two lists


def salt_bytes(credential: Credential) -> int:
    """How many random bytes `prepare` uses at most for this credential."""
    transcript = credential.transcript
    results = len(transcript.results) if transcript else 0
    return SALT * (len(_personal(credential)) + results + _DECOYS)


def header(kid: bytes, alg: str) -> bytes:
    """The encoded protected header (the same for a whole batch)."""
    members = {"alg": alg, "kid": b64url(kid), "typ": TYP}
    return b64url(orjson.dumps(members)).encode()


def prepare(
    credential: Credential, place: Place, deployment: Deployment, iat: int, salts: bytes
) -> tuple[bytes, str]:
    """The payload to be signed and the disclosures, each followed by ``~``.

    `iat` is in seconds since 1970. `salts` are `salt_bytes(credential)` fresh random bytes.
    Raises FormatError ``text.*`` and ``sdjwt.malformed`` for what `sdjwt.parse` would not take.
    """
    check_values(place.index, "index")
    check_text(credential.register_no)
    fresh = _Salts(salts)
    disclosures: list[bytes] = []
    body: dict[str, Any] = {
        "index": place.index,
        "issued": credential.issued.isoformat(),
        "register_no": credential.register_no,
        "school": credential.school,
        "seq": place.seq,
        "year": credential.year,
    }
    if credential.serial is not None:
        body["serial"] = credential.serial
    if credential.transcript is not None:
        made = [_disclosure([next(fresh), _result(item)]) for item in credential.transcript.results]
        body["results"] = [{"...": digest} for digest in _padded(made, fresh)]
        disclosures += made
    personal = [
        _disclosure([next(fresh), name, value]) for name, value in _personal(credential).items()
    ]
    body["_sd"] = _padded(personal, fresh)
    payload = {
        "_sd_alg": "sha-256",
        "credential": body,
        "iat": iat,
        "iss": deployment.issuer(credential.school),
        "vct": credential.type.vct,
    }
    text = b"~".join([*personal, *disclosures, b""]).decode()
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS), text


def signing_input(encoded_header: bytes, payload: bytes) -> bytes:
    """The JWS signing input (RFC 7515 §5.1)."""
    return encoded_header + b"." + urlsafe_b64encode(payload).rstrip(b"=")


def assemble(to_sign: bytes, signature: bytes) -> str:
    """The issuer-signed JWT; followed by ``~`` and the disclosures it is an SD-JWT."""
    return f"{to_sign.decode()}.{b64url(signature)}"


def _personal(credential: Credential) -> dict[str, Any]:
    """Fields that are disclosed one by one, by name; absent ones are left out."""
    holder, signer, decision = credential.holder, credential.signer, credential.decision
    fields: dict[str, Any] = {
        "name": holder.name,
        "birth_date": holder.birth.iso(),
        "birth_place": holder.birth_place,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "school_name": credential.school_name,
        "signer": {"name": signer.name, "title": signer.title},
        "classification": credential.classification,
    }
    if decision is not None:
        fields["decision"] = {"number": decision.number, "on": decision.on.isoformat()}
    if credential.transcript is not None:
        transcript = credential.transcript
        levels = transcript.latest
        fields |= {
            "grade": transcript.grade,
            "class": transcript.class_name,
            "school_year": transcript.school_year,
            "study": levels.study,
            "conduct": levels.conduct,
            "absences": levels.absences,
        }
    return {name: value for name, value in fields.items() if value is not None}


def _result(item: CourseResult) -> dict[str, Any]:
    found: dict[str, Any] = {"name": item.name, "subject": item.subject, "term": item.term}
    found["mark" if item.rating is None else "rating"] = (
        item.mark if item.rating is None else item.rating
    )
    return found


class _Salts:
    """Hands out the salts that were passed in, each once."""

    def __init__(self, salts: bytes) -> None:
        encoded = urlsafe_b64encode(b"".join(_with_pad(salts)))
        self._texts = iter([encoded[at : at + 22].decode() for at in range(0, len(encoded), 24)])

    def __next__(self) -> str:
        return next(self._texts)


def _with_pad(salts: bytes) -> Iterator[bytes]:
    # 16 bytes and 2 of padding make 24 characters of which the first 22 are the salt's own:
    # one base64 call serves a whole credential.
    for at in range(0, len(salts), SALT):
        yield salts[at : at + SALT] + b"\0\0"


def _disclosure(parts: list[Any]) -> bytes:
    check_values(parts[-1], parts[1] if len(parts) == 3 else "")
    return urlsafe_b64encode(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).rstrip(b"=")


def _padded(disclosures: list[bytes], fresh: _Salts) -> list[str]:
    digests = [digest_of(disclosure) for disclosure in disclosures]
    digests += [digest_of(next(fresh).encode()) for _ in range(-len(digests) % PAD)]
    digests.sort()
    return digests
