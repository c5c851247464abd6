"""Making an SD-JWT: from a credential to the bytes that get signed and the disclosures.

Follows `credential.sdjwt`, which says what the format is and reads it. Split so that all of this
can happen, and be stored, before anything is signed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any, Final

import orjson

from credential.errors import FormatError
from credential.keys import b64url
from credential.model import TERMS, CourseResult, Credential, Deployment, Place, Transcript
from credential.sdjwt import digest_of
from credential.sdjwt_shape import (
    COUNTS,
    OUTCOME,
    PAD,
    TYP,
    check_field,
    check_row,
    check_value,
    refuse_unless,
)

SALT: Final = 16  # bytes of salt per disclosure, from the system's generator
# Two lists of at most 16 (fields and groups, outcomes), and what fills up those of three terms.
_BESIDE_RESULTS = 2 * 2 * PAD + len(TERMS) * (PAD - 1)


def salt_bytes(credential: Credential) -> int:
    """How many random bytes `prepare` uses at most for this credential."""
    transcript = credential.transcript
    return SALT * (_BESIDE_RESULTS + (len(transcript.results) if transcript else 0))


def header(kid: bytes, alg: str) -> bytes:
    """The encoded protected header (the same for a whole batch)."""
    members = {"alg": alg, "kid": b64url(kid), "typ": TYP}
    return b64url(orjson.dumps(members)).encode()


def prepare(
    credential: Credential, place: Place, deployment: Deployment, iat: int, salts: bytes
) -> tuple[bytes, str]:
    """The payload to be signed and the disclosures, each followed by ``~``.

    `iat` is in seconds since 1970. `salts` are `salt_bytes(credential)` fresh random bytes.
    Raises FormatError ``text.*``, ``key.malformed`` and ``sdjwt.malformed`` for what `sdjwt.parse`
    would not take: a subject twice in a term among it.
    """
    fresh = _Salts(salts)
    top = [_field(fresh, name, value) for name, value in _personal(credential).items()]
    disclosures = list(top)
    for group, rows in _groups(credential.transcript):
        refuse_unless(len({name for name, _ in rows}) == len(rows))
        inner = [_row(fresh, group, name, value) for name, value in rows]
        top.append(_disclosure(fresh, group, {"_sd": _padded(inner, fresh)}))
        disclosures += [top[-1], *inner]
    payload = {
        "credential": {"_sd": _padded(top, fresh), **_plain(credential, place)},
        "iat": iat,
        "iss": deployment.issuer(credential.school),
        "vct": credential.type.vct,
    }
    if credential.holder_key is not None:
        credential.holder_key.check()
        payload["cnf"] = {"jwk": credential.holder_key.jwk}
    text = b"~".join([*disclosures, b""]).decode()
    return orjson.dumps(payload, option=orjson.OPT_SORT_KEYS), text


def signing_input(encoded_header: bytes, payload: bytes) -> bytes:
    """The JWS signing input (RFC 7515 §5.1)."""
    return encoded_header + b"." + urlsafe_b64encode(payload).rstrip(b"=")


def assemble(to_sign: bytes, signature: bytes) -> str:
    """The issuer-signed JWT; followed by ``~`` and the disclosures it is an SD-JWT."""
    return f"{to_sign.decode()}.{b64url(signature)}"


def _plain(credential: Credential, place: Place) -> dict[str, Any]:
    """What stands in the payload for every verification."""
    replaced, transcript = credential.supersedes, credential.transcript
    decision = credential.decision
    body = {
        "decision": decision and {"number": decision.number, "on": decision.on.isoformat()},
        "grade": transcript and transcript.grade,
        "index": place.index,
        "issued": credential.issued.isoformat(),
        "register_no": credential.register_no,
        "school": credential.school,
        "school_name": credential.school_name,
        "school_year": transcript and transcript.school_year,
        "seq": place.seq,
        "serial": credential.serial,
        "supersedes": replaced and {"index": replaced.index, "seq": replaced.seq},
        "year": credential.year,
    }
    refuse_unless((transcript is not None) == credential.type.has_results)
    known = {name: value for name, value in body.items() if value is not None}
    check_value(known)
    return known


def _personal(credential: Credential) -> dict[str, Any]:
    """Fields that are disclosed one by one, by name; absent ones are left out."""
    holder, signer = credential.holder, credential.signer
    fields = {
        "name": holder.name,
        "birth_date": holder.birth.iso(),
        "birth_place": holder.birth_place,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "class": credential.transcript and credential.transcript.class_name,
        "signer": {"name": signer.name, "title": signer.title},
        "classification": credential.classification,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _groups(transcript: Transcript | None) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """The rows of each group by name: results by subject, then the outcomes and how many of all."""
    if transcript is None:
        return
    results: dict[str, list[tuple[str, Any]]] = {term: [] for term in TERMS}
    for item in transcript.results:
        if item.term not in results:
            raise FormatError("sdjwt.malformed")
        results[item.term].append((item.subject, _result(item)))
    groups = {**results, OUTCOME: list(_outcomes(transcript))}
    counts = {group: len(rows) for group, rows in groups.items() if rows}
    groups[OUTCOME].append((COUNTS, counts))
    yield from ((group, rows) for group, rows in groups.items() if rows)


def _result(item: CourseResult) -> dict[str, Any]:
    scales = {
        "mark": item.mark, "name": item.name, "letter": item.letter, "points": item.points,
        "rating": item.rating,
    }  # fmt: skip
    return {name: value for name, value in scales.items() if value is not None}


def _outcomes(transcript: Transcript) -> Iterator[tuple[str, Any]]:
    named: dict[str, Any] = {}
    for one in transcript.outcomes:
        told = {"study": one.study, "conduct": one.conduct, "absences": one.absences}
        named |= {f"{one.term}.{name}": value for name, value in told.items()}
    year = transcript.promotion, transcript.title, transcript.completion
    named |= dict(zip(("promotion", "title", "completion"), year, strict=True))
    return ((name, value) for name, value in named.items() if value is not None)


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


def _field(fresh: _Salts, name: str, value: Any) -> bytes:
    check_field(name, value)
    return _disclosure(fresh, name, value)


def _row(fresh: _Salts, group: str, name: str, value: Any) -> bytes:
    check_row(group, name, value)
    return _disclosure(fresh, name, value)


def _disclosure(fresh: _Salts, name: str, value: Any) -> bytes:
    content = orjson.dumps([next(fresh), name, value], option=orjson.OPT_SORT_KEYS)
    return urlsafe_b64encode(content).rstrip(b"=")


def _padded(disclosures: list[bytes], fresh: _Salts) -> list[str]:
    digests = [digest_of(disclosure) for disclosure in disclosures]
    digests += [digest_of(next(fresh).encode()) for _ in range(-len(digests) % PAD)]
    digests.sort()
    return digests
