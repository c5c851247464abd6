"""SD-JWTs whose recursive disclosures are wrong, and whose holder's proof is."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from credential import keybinding
from credential.jose import canonical
from credential.keys import b64url
from credential.model import Credential, Place
from credential.sdjwt import digest_of
from vectors.signing import DIPLOMA, ED_KEY, KEY, OTHER_KEY, TRANSCRIPT, sd_jwt

ROW = {"mark": 78, "name": "Toán"}
Vector = tuple[str, str, str, str]


def disclosure(name: str, value: Any, salt: str = "c2FsdA") -> str:
    """A disclosure of whatever."""
    return b64url(canonical([salt, name, value]))


def listed(*texts: str) -> list[str]:
    """A list of digests as it should be: with decoys of its own, in order."""
    digests = [digest_of(text.encode()) for text in texts]
    digests += [digest_of(f"decoy {at} {texts}".encode()) for at in range(-len(texts) % 8)]
    return sorted(digests)


def signed(
    top: Sequence[str], shown: Sequence[str], of: Credential = TRANSCRIPT, **body: Any
) -> str:
    """A well signed SD-JWT that commits to `top` and shows `shown`; `body` changes members."""
    good = sd_jwt(of, KEY).split(".")[1]
    payload = json.loads(urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    payload["credential"] |= {"_sd": listed(*top), **body}
    left = {name: value for name, value in payload["credential"].items() if value is not None}
    payload["credential"] = left
    jwt = sd_jwt(of, KEY, payload=canonical(payload)).split("~")[0]
    return "~".join([jwt, *shown, ""])


def nesting() -> Iterator[Vector]:
    """(name, what is wrong, artefact, expected): groups, rows, lists of digests."""
    row, other = disclosure("toan", ROW), disclosure("van", ROW)
    group = disclosure("CN", {"_sd": listed(row, other)})
    yield "sdjwt-group-good", "nothing; one row of two", signed([group], [group, row]), "ok"
    yield (
        "sdjwt-group-order",
        "nothing; a row before its group",
        signed([group], [row, group]),
        "ok",
    )
    yield "sdjwt-row-alone", "a row without its group", signed([group], [row]), "disclosure"
    twice = signed([group], [group, row, group])
    yield "sdjwt-group-twice", "a group shown twice", twice, "disclosure"
    inner = disclosure("HK1", {"_sd": listed(row)})
    field = disclosure("name", "Lê An")
    for fault, made in {
        "groups-of-one-name": [group, disclosure("CN", {"_sd": listed(inner)})],
        "fields-of-one-name": [field, disclosure("name", "Lê Bình")],
        "row-at-top": [row],
        "group-of-unknown-name": [disclosure("HK3", {"_sd": listed(row)})],
        "group-of-a-text": [disclosure("CN", "x")],
        "group-of-a-list": [disclosure("CN", listed(row))],
        "group-with-a-member": [disclosure("CN", {"_sd": listed(row), "name": "x"})],
        "group-named-like-a-field": [disclosure("class", {"_sd": listed(row)})],
        "list-empty": [disclosure("CN", {"_sd": []})],
        "list-of-seven": [disclosure("CN", {"_sd": listed(row)[:7]})],
        "list-unsorted": [disclosure("CN", {"_sd": listed(row)[::-1]})],
        "list-digest-twice": [disclosure("CN", {"_sd": sorted(listed(row)[:7] * 2)[:8]})],
        "list-digest-short": [disclosure("CN", {"_sd": sorted([*listed(row)[:7], "AA"])})],
        "list-of-numbers": [disclosure("CN", {"_sd": [1, 2, 3, 4, 5, 6, 7, 8]})],
        "field-unknown": [disclosure("isAdmin", "yes")],
        "field-of-plain-name": [disclosure("register_no", "B26/0001/00001")],
        "name-a-number": [disclosure("name", 1)],
        "signer-without-title": [disclosure("signer", {"name": "Trần Văn Mẫu"})],
    }.items():
        yield f"sdjwt-{fault}", f"well signed, but {fault}", signed(made, made), "sdjwt.malformed"
    for fault, inside in {
        "field-in-group": [field],
        "group-in-group": [inner],
        "rows-of-one-subject": [row, disclosure("toan", {"mark": 95, "name": "Toán"})],
        "row-of-digests": [disclosure("toan", {"_sd": listed(field)})],
        "row-without-value": [disclosure("toan", {"name": "Toán"})],
        "row-without-name": [disclosure("toan", {"mark": 78})],
        "row-of-a-term": [disclosure("toan", {**ROW, "term": "CN"})],
        "row-of-two-scales": [disclosure("toan", {"letter": "A", "name": "Toán", "rating": "T"})],
        "row-mark-huge": [disclosure("toan", {"mark": 101, "name": "Toán"})],
        "row-points-huge": [disclosure("toan", {"name": "Toán", "points": 401})],
        "row-mark-boolean": [disclosure("toan", {"mark": True, "name": "Toán"})],
        "outcome-in-a-term": [disclosure("CN.study", "Tốt")],
    }.items():
        outer = disclosure("CN", {"_sd": listed(*inside)})
        text = signed([outer], [outer, *inside])
        yield f"sdjwt-{fault}", f"well signed, but {fault}", text, "sdjwt.malformed"
    for fault, (name, value) in {
        "outcome-unknown": ("CN.rank", "1"),
        "outcome-a-row": ("CN.study", ROW),
        "outcome-absences-text": ("CN.absences", "2"),
        "outcome-counts-a-number": ("counts", 36),
        "outcome-counts-of-unknown": ("counts", {"HK3": 1}),
        "outcome-counts-below-zero": ("counts", {"CN": -1}),
    }.items():
        said = disclosure(name, value)
        outer = disclosure("outcome", {"_sd": listed(said)})
        text = signed([outer], [outer, said])
        yield f"sdjwt-{fault}", f"well signed, but {fault}", text, "sdjwt.malformed"
    yield from _collisions(group, row)
    yield from _plain(group, row)


def _collisions(group: str, row: str) -> Iterator[Vector]:
    """One digest in two places: what it commits to would be somebody's choice."""
    fault = "a row's digest stands at the top, too"
    yield "sdjwt-digest-in-two-lists", fault, signed([group, row], [group, row]), "sdjwt.malformed"
    decoys = [digest_of(b"decoy %d" % at) for at in range(8)]
    alike = [disclosure(term, {"_sd": sorted(decoys)}) for term in ("HK1", "HK2")]
    both = signed(alike, alike)
    yield "sdjwt-decoy-collision", "two groups have decoys in common", both, "sdjwt.malformed"
    on_diploma = signed([group], [group, row], of=DIPLOMA)
    yield "sdjwt-group-on-diploma", "a diploma with results", on_diploma, "sdjwt.malformed"


def _plain(group: str, row: str) -> Iterator[Vector]:
    """Plain members of transcripts and of versions."""
    shown = [group, row]
    newer = replace(TRANSCRIPT, supersedes=Place(2, 9))
    yield "sdjwt-good-version", "nothing; it replaces another", sd_jwt(newer, KEY), "ok"
    for fault, body in {
        "no-school-year": {"school_year": None},
        "no-grade": {"grade": None},
        "grade-huge": {"grade": 13},
        "no-school-name": {"school_name": None},
        "school-name-turned": {"school_name": "Trường \u202egnud"},
        "decision-without-day": {"decision": {"number": "128/QĐ-THPTM1"}},
        "decision-of-no-day": {"decision": {"number": "128/QĐ-THPTM1", "on": "2026-02-30"}},
        "supersedes-a-list": {"supersedes": [2, 9]},
        "supersedes-a-school": {"supersedes": {"index": 9, "school": 1001, "seq": 2}},
        "supersedes-negative": {"supersedes": {"index": 9, "seq": -1}},
        "results-as-before": {"results": [{"...": "x"}]},
    }.items():
        text = signed(shown[:1], shown, **body)
        yield f"sdjwt-{fault}", f"well signed, but {fault}", text, "sdjwt.malformed"
    text = signed([], [], of=DIPLOMA, grade=12)
    yield "sdjwt-diploma-with-grade", "a diploma with a grade", text, "sdjwt.malformed"


def bindings() -> Iterator[Vector]:
    """(name, what is wrong, artefact, expected): holder keys and proofs of having them."""
    bound = sd_jwt(replace(TRANSCRIPT, holder_key=OTHER_KEY.public), KEY)
    proof = keybinding.bind(bound, OTHER_KEY, "https://truong.example", "n-17", 1_781_999_000)
    yield "sdjwt-holder-good", "nothing; bound to a key, no proof", bound, "ok"
    edwards = sd_jwt(replace(TRANSCRIPT, holder_key=ED_KEY.public), KEY)
    yield "sdjwt-holder-good-ed25519", "nothing; bound to an Ed25519 key", edwards, "ok"
    yield "sdjwt-binding-good", "nothing; with a proof", proof, "ok"
    by_edwards = keybinding.bind(edwards, ED_KEY, "https://truong.example", "n-17", 1_781_999_000)
    yield "sdjwt-binding-good-ed25519", "nothing; with a proof by Ed25519", by_edwards, "ok"
    other = keybinding.bind(bound, KEY, "https://truong.example", "n-17", 1_781_999_000)
    yield "sdjwt-binding-other-key", "the proof is another key's", other, "binding"
    fewer = "~".join([*bound.split("~")[:3], ""])
    text = fewer + proof.rpartition("~")[2]
    yield "sdjwt-binding-other-selection", "a proof of another selection", text, "binding"
    unbound = sd_jwt(TRANSCRIPT, KEY) + proof.rpartition("~")[2]
    yield "sdjwt-binding-unbound", "a proof, but no holder key", unbound, "sdjwt.malformed"
    head, claims, signature = proof.rpartition("~")[2].split(".")
    sound = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    for fault, parts in {
        "binding-none": (b64url(canonical({"alg": "none", "typ": "kb+jwt"})), claims, signature),
        "binding-typ": (b64url(canonical({"alg": "ES256", "typ": "JWT"})), claims, signature),
        "binding-no-nonce": (head, _without(sound, "nonce"), signature),
        "binding-no-hash": (head, _without(sound, "sd_hash"), signature),
        "binding-extra": (head, b64url(canonical({**sound, "exp": 1})), signature),
        "binding-time-text": (head, b64url(canonical({**sound, "iat": "now"})), signature),
        "binding-time-huge": (head, b64url(canonical({**sound, "iat": 2**60})), signature),
        "binding-nonce-turned": (head, b64url(canonical({**sound, "nonce": "\u202e1"})), signature),
        "binding-short": (head, claims, signature[:-2]),
        "binding-two-parts": (head, claims),
    }.items():
        yield f"sdjwt-{fault}", f"proof: {fault}", bound + ".".join(parts), "sdjwt.malformed"
    yield "sdjwt-binding-twice", "two proofs", f"{proof}~{proof}", "sdjwt.malformed"
    point = OTHER_KEY.public.jwk
    for fault, cnf in {
        "holder-off-curve": {"jwk": {**point, "x": b64url(bytes(31) + b"\x05")}},
        "holder-private": {"jwk": {**point, "d": "AA"}},
        "holder-other-curve": {"jwk": {**point, "crv": "P-384"}},
        "holder-short": {"jwk": {**point, "y": point["y"][:-2]}},
        "holder-no-x": {"jwk": {"crv": "P-256", "kty": "EC"}},
        "holder-kid": {"kid": "a"},
        "holder-jwk-text": {"jwk": "a"},
        "holder-null": {"jwk": None},
    }.items():
        payload = json.loads(urlsafe_b64decode(bound.split(".")[1] + "=="))
        text = sd_jwt(TRANSCRIPT, KEY, payload=canonical(payload | {"cnf": cnf}))
        yield f"sdjwt-{fault}", f"well signed, but {fault}", text, "sdjwt.malformed"


def _without(claims: dict[str, Any], name: str) -> str:
    return b64url(canonical({key: value for key, value in claims.items() if key != name}))
