"""SD-JWTs: good ones, and one for each fault."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace

from credential.keys import b64url
from vectors.signing import (
    COPY,
    DIGITISED,
    DIPLOMA,
    ED_KEY,
    KEY,
    OTHER_KEY,
    RECORD,
    TRANSCRIPT,
    sd_jwt,
)


def sd_jwts() -> Iterator[tuple[str, str, str, str]]:
    """(name, what is wrong, artefact, expected) for SD-JWTs."""
    good = sd_jwt(TRANSCRIPT, KEY)
    jwt, *disclosures, _ = good.split("~")
    head, body, signature = jwt.split(".")
    payload = urlsafe_b64decode(body + "==")
    yield "sdjwt-good", "nothing", good, "ok"
    yield "sdjwt-good-diploma", "nothing; a diploma", sd_jwt(DIPLOMA, KEY), "ok"
    yield "sdjwt-good-record", "nothing; a transfer record", sd_jwt(RECORD, KEY), "ok"
    yield "sdjwt-good-digitised", "nothing; a digitised line", sd_jwt(DIGITISED, KEY), "ok"
    yield "sdjwt-good-copy", "nothing; a certified copy", sd_jwt(COPY, KEY), "ok"
    yield from of_origin()
    yield "sdjwt-good-eddsa", "nothing; Ed25519", sd_jwt(TRANSCRIPT, ED_KEY), "ok"
    yield (
        "sdjwt-selection",
        "nothing; two disclosures shown",
        "~".join([jwt, disclosures[0], disclosures[2], ""]),
        "ok",
    )
    marks = [at for at, text in enumerate(disclosures) if b'"mark":65' in _raw(text)]
    better = list(disclosures)
    better[marks[0]] = b64url(_raw(disclosures[marks[0]]).replace(b'"mark":65', b'"mark":95'))
    yield "sdjwt-mark-changed", "6,5 made 9,5", "~".join([jwt, *better, ""]), "disclosure"
    yield (
        "sdjwt-disclosure-twice",
        "a disclosure shown twice",
        "~".join([jwt, *disclosures, disclosures[0], ""]),
        "disclosure",
    )
    stranger = replace(DIPLOMA, holder=replace(DIPLOMA.holder, name="Lê Văn Khác"))
    foreign = sd_jwt(stranger, KEY).split("~")[1]
    yield (
        "sdjwt-disclosure-foreign",
        "another person's name",
        "~".join([jwt, foreign, ""]),
        "disclosure",
    )
    yield "sdjwt-other-key", "signed by another key", sd_jwt(TRANSCRIPT, OTHER_KEY), "signature"
    older = payload.replace(b'"register_no":"H26', b'"register_no":"H25')
    yield (
        "sdjwt-payload-changed",
        "another register number",
        "~".join([f"{head}.{b64url(older)}.{signature}", *disclosures, ""]),
        "signature",
    )
    for fault, members in {
        "alg-none": {"alg": "none", "kid": b64url(KEY.public.kid), "typ": "dc+sd-jwt"},
        "alg-hs256": {"alg": "HS256", "kid": b64url(KEY.public.kid), "typ": "dc+sd-jwt"},
        "typ-other": {"alg": "ES256", "kid": b64url(KEY.public.kid), "typ": "JWT"},
        "header-jwk": {"alg": "ES256", "jwk": {}, "kid": "AA", "typ": "dc+sd-jwt"},
    }.items():
        header = b64url(json.dumps(members, separators=(",", ":")).encode()).encode()
        yield (
            f"sdjwt-{fault}",
            f"header: {fault}",
            sd_jwt(TRANSCRIPT, KEY, header=header),
            "sdjwt.malformed",
        )
    for fault, changed in {
        "member-unknown": payload.replace(b'"iat"', b'"admin":1,"iat"'),
        "key-twice": payload.replace(b'"iat"', b'"iat":1,"iat"'),
        "space": payload.replace(b'"iat":', b'"iat": '),
        "not-a-number": payload.replace(b'"iat":1781913600', b'"iat":NaN'),
        "float": payload.replace(b'"iat":1781913600', b'"iat":1781913600.5'),
        "school-missing": payload.replace(b'"school":1001,', b""),
        "issued-basic": payload.replace(b'"issued":"2026-06-20"', b'"issued":"20260620"'),
        "issued-week": payload.replace(b'"issued":"2026-06-20"', b'"issued":"2026-W25-6"'),
        "seq-text": payload.replace(b'"seq":3', b'"seq":"3"'),
        "year-huge": payload.replace(b'"year":2026', b'"year":18446744073709551615'),
        "register-nul": payload.replace(b'"register_no":"H', b'"register_no":"\\u0000'),
        "credential-list": b'{"credential":[1],"iat":1,"iss":"x","vct":"y"}',
        "hash-named": b'{"_sd_alg":"sha-256",' + payload[1:],
        "payload-list": b"[1]",
        "vct-unknown": payload.replace(b"vct:transcript:1", b"vct:transcript:9"),
    }.items():
        yield (
            f"sdjwt-{fault}",
            f"well signed, but {fault}",
            sd_jwt(TRANSCRIPT, KEY, payload=changed),
            "sdjwt.malformed",
        )
    for fault, parts in {
        "disclosure-of-digests": ["c2FsdA", "_sd", "none"],
        "disclosure-of-an-element": ["c2FsdA", "...", "none"],
        "disclosure-of-two-parts": ["c2FsdA", {"mark": 100, "name": "Toán"}],
        "disclosure-deep": ["c2FsdA", "name", {"a": [{"b": "c"}]}],
        "disclosure-null": ["c2FsdA", "name", None],
        "disclosure-number-salt": [1, "name", "Lê An"],
        "disclosure-empty": [],
        "disclosure-object": {"a": 1},
    }.items():
        item = b64url(json.dumps(parts, separators=(",", ":"), ensure_ascii=False).encode())
        yield f"sdjwt-{fault}", fault, "~".join([jwt, item, ""]), "sdjwt.malformed"
    header_list = b64url(b'["alg"]')
    yield (
        "sdjwt-header-list",
        "a header that is a list",
        f"{header_list}.{body}.{signature}~",
        ("sdjwt.malformed"),
    )
    short = {"alg": "ES256", "kid": "AA", "typ": "dc+sd-jwt"}
    header = b64url(json.dumps(short, separators=(",", ":")).encode()).encode()
    yield (
        "sdjwt-kid-short",
        "a key id that is no thumbprint",
        sd_jwt(TRANSCRIPT, KEY, header=header),
        "sdjwt.malformed",
    )
    yield "sdjwt-key-binding", "something after the last ~", good + "a.b.c", "sdjwt.malformed"
    yield (
        "sdjwt-padded",
        "base64 with padding",
        good.replace(disclosures[0], disclosures[0] + "="),
        "sdjwt.malformed",
    )
    yield "sdjwt-no-tilde-end", "last ~ missing", good[:-1], "sdjwt.malformed"
    yield "sdjwt-four-parts", "a JWT of four parts", "a." + good, "sdjwt.malformed"
    yield "sdjwt-too-long", "more than 64 KiB", good + "A" * 70_000 + "~", "sdjwt.too_long"


def of_origin() -> Iterator[tuple[str, str, str, str]]:
    """SD-JWTs whose type and origin do not go together, each with a good signature."""
    bodies = {}
    for name, one in (("diploma", DIPLOMA), ("digitised", DIGITISED), ("copy", COPY)):
        body = sd_jwt(one, KEY).split(".")[1]
        bodies[name] = (one, json.loads(urlsafe_b64decode(body + "==")))
    vct = {name: payload["vct"] for name, (_, payload) in bodies.items()}
    for fault, name, outer, origin in (
        ("digitised-as-diploma", "digitised", {"vct": vct["diploma"]}, {}),
        ("digitised-as-copy", "digitised", {"vct": vct["copy"]}, {}),
        ("copy-as-digitised", "copy", {"vct": vct["digitised"]}, {}),
        ("copy-of-a-copy", "copy", {}, {"type": "certified-copy"}),
        ("copy-of-unknown", "copy", {}, {"type": "degree"}),
        ("copy-school-text", "copy", {}, {"school": "1001"}),
        ("copy-school-huge", "copy", {}, {"school": 2**40}),
        ("origin-day-impossible", "digitised", {}, {"issued": "1985-02-31"}),
        ("origin-scan-short", "digitised", {}, {"scan": "5c5c"}),
        ("origin-member", "digitised", {}, {"clerk": "Lê A"}),
    ):
        one, payload = bodies[name]
        credential = payload["credential"]
        body = credential | {"origin": credential["origin"] | origin}
        changed = _spelled(payload | outer | {"credential": body})
        yield f"sdjwt-{fault}", fault, sd_jwt(one, KEY, payload=changed), "sdjwt.malformed"
    bare = {k: v for k, v in bodies["copy"][1]["credential"].items() if k != "origin"}
    changed = _spelled(bodies["copy"][1] | {"credential": bare})
    yield (
        "sdjwt-copy-of-nothing",
        "a copy without origin",
        sd_jwt(COPY, KEY, payload=changed),
        "sdjwt.malformed",
    )


def _spelled(payload: object) -> bytes:
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _raw(disclosure: str) -> bytes:
    return urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
