"""SD-JWTs: good ones, and one for each fault."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import replace

from credential.keys import b64url
from vectors.signing import (
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


def _raw(disclosure: str) -> bytes:
    return urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4))
