"""Receipts: good ones, and one for each fault."""

import json
from collections.abc import Iterator, Mapping

from credential import jose, receipt
from credential.keys import SoftwareKey, b64url
from vectors.signing import (
    DEPLOYMENT,
    DIPLOMA,
    KEY,
    OTHER_KEY,
)

CLAIMS = {
    "iss": DEPLOYMENT.issuer(receipt.OPERATOR), "iat": 1_790_000_000,
    "site": "https://sogoc.example", "software": "sogoc 0.1.0", "specimen": False,
    "verdict": "VALID", "reason": "valid", "spoken": "valid",
    "artefacts": [{
        "artefact": "qr", "type": "thpt-diploma", "school": 1001,
        "school_name": DIPLOMA.school_name, "digest": "5a" * 32,
        "register_no": DIPLOMA.register_no, "serial": DIPLOMA.serial,
        "name": DIPLOMA.holder.name, "partial": False, "verdict": "VALID", "reason": "valid",
        "as_of": {
            "block": 500, "hash": "ab" * 32, "time": 1_789_999_990, "agreed": 1, "endpoints": 1,
            "proven": False, "indexed": False,
        },
        "checks": [
            {"step": step, "outcome": "passed", "code": code, "reason": "", "params": params}
            for step, (code, params) in enumerate([
                ("decode.qr", {}), ("signature.ok", {}), ("inclusion.ok", {"size": 120}),
                ("anchor.ok", {"seq": 3, "time": 1_781_913_600}), ("accreditation.ok", {}),
                ("status.ok", {}), ("registry.ok", {"fields": ["name", "birth"]}),
                ("terms.none", {}),
            ], 1)
        ],
    }],
}  # fmt: skip


def receipts() -> Iterator[tuple[str, str, str, str]]:
    """(name, what is wrong, file, expected) for receipts."""
    good = _receipt()
    token, claims = json.loads(good)["jwt"], jose.canonical(CLAIMS)
    head, body, _ = token.split(".")
    members = {"alg": "ES256", "kid": b64url(KEY.public.kid), "typ": receipt.TYP}
    sad = json.loads(claims)
    sad |= {"verdict": "UNDETERMINED", "reason": "chain", "spoken": "chain"}
    first = sad["artefacts"][0]
    first |= {"verdict": "UNDETERMINED", "reason": "chain", "silence": "silent"}
    del first["as_of"], first["school_name"]
    first["checks"][1] |= {"outcome": "unknown", "code": "signature.no_chain", "reason": "chain"}
    yield "receipt-good", "nothing", good, "ok"
    yield "receipt-good-line-end", "nothing; a line end behind it", good + "\n", "ok"
    yield "receipt-good-no-block", "nothing; the chain was silent", _receipt(sad), "ok"
    yield "receipt-other-key", "signed by another key", _receipt(key=OTHER_KEY), "signature"
    raised = claims.replace(b'"VALID"', b'"INVALID"')
    yield (
        "receipt-altered",
        "another serial number in both parts",
        good.replace(body, b64url(claims.replace(b"T01000042", b"T01000043"))).replace(
            "T01000042", "T01000043"
        ),
        "signature",
    )
    yield (
        "receipt-copy-differs",
        "another name in the readable part",
        good.replace(DIPLOMA.holder.name, "Nguyễn Thị Ngọc Khanh"),
        "copy",
    )
    yield (
        "receipt-copy-true-for-1",
        "a number for a truth value in the readable part",
        good.replace('"specimen":false', '"specimen":0'),
        "copy",
    )
    yield (
        "receipt-copy-of-nothing",
        "an empty readable part",
        json.dumps({"jwt": token, "receipt": {}}, separators=(",", ":")),
        "copy",
    )
    for fault, changed in {
        "alg-none": members | {"alg": "none"},
        "alg-hs256": members | {"alg": "HS256"},
        "alg-eddsa": members | {"alg": "EdDSA"},
        "typ-jwt": members | {"typ": "JWT"},
        "typ-sd-jwt": members | {"typ": "dc+sd-jwt"},
        "header-jwk": members | {"jwk": {"kty": "EC"}},
        "header-jku": members | {"jku": "https://sogoc.example/keys"},
        "kid-short": members | {"kid": "AA"},
        "kid-number": members | {"kid": 1},
    }.items():
        yield f"receipt-{fault}", f"header: {fault}", _receipt(header=changed), "receipt.malformed"
    for fault, payload in {
        "key-twice": claims.replace(b'"iat":', b'"iat":1,"iat":'),
        "space": claims.replace(b'"iat":', b'"iat": '),
        "float": claims.replace(b'"iat":1790000000', b'"iat":1790000000.5'),
        "iat-huge": claims.replace(b'"iat":1790000000', b'"iat":99999999999999'),
        "member-unknown": claims.replace(b'"iat":', b'"admin":1,"iat":'),
        "site-nul": claims.replace(b"https://sogoc.example", b"https://\\u0000"),
        "name-bidi": claims.replace(DIPLOMA.holder.name.encode(), "Nguyễn \u202e An".encode()),
        "verdict-new": raised.replace(b'"INVALID"', b'"PERFECT"'),
        "valid-over-failed": claims.replace(b'"outcome":"passed"', b'"outcome":"failed"', 1),
        "valid-without-block": _without_block(claims),
        "step-missing": claims.replace(b'"step":8', b'"step":7'),
        "no-artefact": jose.canonical(CLAIMS | {"artefacts": []}),
        "for-a-school": claims.replace(b':0","reason"', b':1001","reason"'),
        "proven-one": claims.replace(b'"proven":false', b'"proven":0'),
        "a-list": b"[]",
        "deep": b"[" * 900 + b"]" * 900,
    }.items():
        made = _receipt(payload=payload)
        yield f"receipt-{fault}", f"well signed, but {fault}", made, "receipt.malformed"
    for fault, text in {
        "file-key-twice": good.replace('{"jwt":', '{"jwt":"a.b.c","jwt":'),
        "copy-key-twice": good.replace('"iat":', '"iat":1,"iat":'),
        "file-member": good[:-1] + ',"z":1}',
        "file-spaces": json.dumps(json.loads(good), indent=1, ensure_ascii=False),
        "surrogate": good.replace(DIPLOMA.holder.name, "\\ud800"),
        "padded": good.replace(f"{body}.", f"{body}=."),
        "four-parts": good.replace(token, f"{token}.{head}"),
        "signature-short": good.replace(token, token[:-4]),
        "token-only": json.dumps({"jwt": token}, separators=(",", ":")),
        "truncated": good[:-2],
    }.items():
        yield f"receipt-{fault}", fault, text, "receipt.malformed"
    yield "receipt-too-long", "more than 64 KiB", good[:-1] + " " * 70_000 + "}", "receipt.too_long"


def _without_block(claims: bytes) -> bytes:
    found = json.loads(claims)
    del found["artefacts"][0]["as_of"]
    return jose.canonical(found)


def _receipt(
    claims: Mapping[str, object] = CLAIMS,
    key: SoftwareKey = KEY,
    *,
    header: Mapping[str, object] | None = None,
    payload: bytes | None = None,
) -> str:
    """A receipt with a good signature, over a given header or payload if any."""
    members = header or {"alg": "ES256", "kid": b64url(key.public.kid), "typ": receipt.TYP}
    body = jose.canonical(claims) if payload is None else payload
    signed = f"{b64url(jose.canonical(members))}.{b64url(body)}".encode()
    token = f"{signed.decode()}.{b64url(key.sign(signed))}"
    return f'{{"jwt":"{token}","receipt":{body.decode()}}}'
