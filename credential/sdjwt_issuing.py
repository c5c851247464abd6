"""Making an SD-JWT: from a credential to the bytes that get signed and the disclosures.

Follows `credential.sdjwt`, which says what the format is and reads it. Split so that all of this
can happen, and be stored, before anything is signed.
"""

from base64 import urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

import orjson

from credential import origin
from credential.keys import b64url
from credential.model import TERMS, Credential, Deployment, Place, Transcript
from credential.sdjwt_shape import (
    COUNTS,
    GROUPS,
    OUTCOME,
    PAD,
    TYP,
    check_field,
    check_row,
    check_value,
    refuse_unless,
)

SALT: Final = 16  # bytes of salt per disclosure, from the system's generator
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
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
    top = fresh.disclosures([_field(name, value) for name, value in _personal(credential).items()])
    disclosures = list(top)
    for group, rows in _groups(credential.transcript):
        inner = fresh.disclosures(rows)
        [own] = fresh.disclosures([_content(group, {"_sd": fresh.digests(inner)})])
        top.append(own)
        disclosures += [own, *inner]
    payload = {
        "credential": {"_sd": fresh.digests(top), **_plain(credential, place)},
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
        "origin": credential.origin and origin.members(credential.origin),
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
    refuse_unless((credential.origin is not None) == credential.type.has_origin)
    known = {name: value for name, value in body.items() if value is not None}
    check_value(known)
    return known


def _personal(credential: Credential) -> dict[str, Any]:
    """Fields that are disclosed one by one, by name; absent ones are left out."""
    holder, signer = credential.holder, credential.signer
    first = credential.origin.signer if credential.origin else None
    fields = {
        "name": holder.name,
        "birth_date": holder.birth.iso(),
        "birth_place": holder.birth_place,
        "sex": holder.sex,
        "ethnicity": holder.ethnicity,
        "class": credential.transcript and credential.transcript.class_name,
        "signer": {"name": signer.name, "title": signer.title},
        "classification": credential.classification,
        "origin_signer": first and {"name": first.name, "title": first.title},
    }
    return {name: value for name, value in fields.items() if value is not None}


def _groups(transcript: Transcript | None) -> Iterator[tuple[str, list[bytes]]]:
    """The contents of each group by name: results, then the outcomes and how many of all."""
    if transcript is None:
        return
    groups: dict[str, list[bytes]] = {group: [] for group in GROUPS}
    for item in transcript.results:
        refuse_unless(item.term in TERMS)
        content = _result(item.subject, item.name, item.mark, item.rating, item.letter, item.points)
        groups[item.term].append(content)
    rows = {(item.term, item.subject) for item in transcript.results}
    refuse_unless(len(rows) == len(transcript.results))
    groups[OUTCOME] = [_outcome(name, value) for name, value in _outcomes(transcript)]
    counts = {group: len(contents) for group, contents in groups.items() if contents}
    groups[OUTCOME].append(_content(COUNTS, counts))
    yield from ((group, contents) for group, contents in groups.items() if contents)


def _outcomes(transcript: Transcript) -> Iterator[tuple[str, Any]]:
    named: dict[str, Any] = {}
    for one in transcript.outcomes:
        told = {"study": one.study, "conduct": one.conduct, "absences": one.absences}
        named |= {f"{one.term}.{name}": value for name, value in told.items()}
    year = transcript.promotion, transcript.title, transcript.completion
    named |= dict(zip(("promotion", "title", "completion"), year, strict=True))
    return ((name, value) for name, value in named.items() if value is not None)


# The content of a disclosure is all of it but the salt. Those of rows are remembered: in the
# transcripts of a school each comes again and again. (`typed`: True is no mark of 1.)


def _content(name: str, value: Any) -> bytes:
    return orjson.dumps(name) + b"," + orjson.dumps(value, option=orjson.OPT_SORT_KEYS) + b"]"


def _field(name: str, value: Any) -> bytes:
    check_field(name, value)
    return _content(name, value)


@lru_cache(maxsize=16_384, typed=True)
def _result(
    subject: str,
    name: str,
    mark: int | None,
    rating: str | None,
    letter: str | None,
    points: int | None,
) -> bytes:
    scales = {"mark": mark, "name": name, "letter": letter, "points": points, "rating": rating}
    value = {scale: given for scale, given in scales.items() if given is not None}
    check_row(TERMS[0], subject, value)
    return _content(subject, value)


@lru_cache(maxsize=16_384, typed=True)
def _outcome(name: str, value: str | int) -> bytes:
    check_row(OUTCOME, name, value)
    return _content(name, value)


class _Salts:
    """Hands out the salts that were passed in, each once: to disclosures and to decoys."""

    def __init__(self, salts: bytes) -> None:
        # 16 bytes and 2 of padding make 24 characters of which the first 22 are the salt's own.
        padded = b"\0\0".join([salts[at : at + SALT] for at in range(0, len(salts), SALT)])
        text = b2a_base64(padded + b"\0\0", newline=False).translate(_URL_SAFE)
        self._texts = iter([text[at : at + 22] for at in range(0, len(text), 24)])

    def disclosures(self, contents: Sequence[bytes]) -> list[bytes]:
        """A disclosure of each content. All are put into base64url by one pass."""
        raw = [b'["%b",%b' % (next(self._texts), content) for content in contents]
        joined = b"~".join([b2a_base64(each, newline=False) for each in raw])
        return joined.translate(_URL_SAFE, b"=").split(b"~")

    def digests(self, disclosures: Sequence[bytes]) -> list[str]:
        """Their digests and those of decoys, in order. 33 bytes make 44 characters, 43 its own."""
        decoys = [next(self._texts) for _ in range(-len(disclosures) % PAD)]
        found = b"\0".join([sha256(each).digest() for each in (*disclosures, *decoys)]) + b"\0"
        text = b2a_base64(found, newline=False).translate(_URL_SAFE).decode()
        return sorted([text[at : at + 43] for at in range(0, len(text), 44)])
