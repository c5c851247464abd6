"""Write the frozen test vectors: tests/vectors/<name>.json, one file per known fault.

Keys and salts are fixed and signatures deterministic, so running this again changes nothing
unless a format changed, and then the difference is the review.
"""

import hashlib
import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credential import jose, merkle, qrlink, qrtoken, receipt, sdjwt_issuing
from credential.dates import PartialDate
from credential.keys import SoftwareKey, b64url
from credential.model import (
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Place,
    Signer,
    Transcript,
)

FOLDER = Path(__file__).parent.parent / "tests" / "vectors"
DEPLOYMENT = Deployment(3107, bytes.fromhex("c0ffee" + "00" * 16 + "01"))
ELSEWHERE = Deployment(1, DEPLOYMENT.contract)


class FixedKey(SoftwareKey):
    """A P-256 key with RFC 6979 signatures, so that vectors do not change by themselves."""

    def __init__(self, scalar: int) -> None:
        self._fixed = ec.derive_private_key(scalar, ec.SECP256R1())
        super().__init__(self._fixed)

    def sign(self, data: bytes) -> bytes:
        """The deterministic signature."""
        der = self._fixed.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(der))


KEY, OTHER_KEY = FixedKey(0x5060C), FixedKey(0x5060D)
ED_KEY = SoftwareKey(Ed25519PrivateKey.from_private_bytes(b"so goc vector key of 32 bytes..."))
DIPLOMA = Credential(
    type=CredentialType.THPT_DIPLOMA,
    school=1001,
    school_name="Trường THPT Mẫu Số Một",
    holder=Holder(
        "Nguyễn Thị Ngọc Khánh", PartialDate(2008, 2, 7), "Thành phố Hồ Chí Minh", "Nữ", "Kinh"
    ),
    register_no="B26/0001/00042",
    year=2026,
    issued=date(2026, 6, 20),
    signer=Signer("Trần Văn Mẫu", "Hiệu trưởng"),
    serial="T01000042",
    decision=Decision("128/QĐ-THPTM1", date(2026, 6, 20)),
)
TRANSCRIPT = replace(
    DIPLOMA,
    type=CredentialType.TRANSCRIPT,
    register_no="H26/0001/00042",
    serial=None,
    transcript=Transcript(
        12, "12.10", "2025-2026", "Khá", "Tốt", 2,
        tuple(
            CourseResult(code, name, term, mark=mark)
            for code, name, mark in (("toan", "Toán", 78), ("nguvan", "Ngữ văn", 65))
            for term in ("HK1", "HK2", "CN")
        )
        + (CourseResult("gdtc", "Giáo dục thể chất", "CN", rating="Đ"),),
    ),
)  # fmt: skip
PLACE = Place(3, 17)


def salts(count: int) -> bytes:
    """Fixed "random" bytes."""
    return b"".join(hashlib.sha256(bytes([at])).digest() for at in range(count // 32 + 1))[:count]


def token(credential: Credential, key: SoftwareKey, place: Place = PLACE,
          deployment: Deployment = DEPLOYMENT) -> bytes:  # fmt: skip
    """A correctly signed QR token."""
    claims = qrtoken.payload(credential, place, deployment)
    return signed_token(claims, key, deployment)


def signed_token(claims: bytes, key: SoftwareKey, deployment: Deployment = DEPLOYMENT) -> bytes:
    """A token with a good signature over whatever claims."""
    kid, alg = key.public.kid, key.public.alg
    return qrtoken.assemble(
        claims, kid, alg, key.sign(qrtoken.to_sign(claims, kid, alg, deployment))
    )


def link(raw: bytes) -> str:
    """The link of a token."""
    return "".join(qrlink.encode(raw, "https://sogoc.example"))


def sd_jwt(credential: Credential, key: SoftwareKey, header: bytes | None = None,
           payload: bytes | None = None) -> str:  # fmt: skip
    """A signed SD-JWT with all disclosures, over a given header or payload if any."""
    count = sdjwt_issuing.salt_bytes(credential)
    good, disclosures = sdjwt_issuing.prepare(
        credential, PLACE, DEPLOYMENT, 1_781_913_600, salts(count)
    )
    head = header or sdjwt_issuing.header(key.public.kid, key.public.alg)
    to_sign = sdjwt_issuing.signing_input(head, payload or good)
    return f"{sdjwt_issuing.assemble(to_sign, key.sign(to_sign))}~{disclosures}"


def recoded(claims: bytes, change: dict[int, object]) -> bytes:
    """Claims with some labels changed (None removes one)."""
    outer = cbor2.loads(claims)
    (label,) = outer
    changed = {k: v for k, v in (outer[label] | change).items() if v is not None}
    return cbor2.dumps({label: dict(sorted(changed.items()))})


def tokens() -> Iterator[tuple[str, str, str, str]]:
    """(name, what is wrong, artefact, expected) for QR tokens."""
    good, claims = token(DIPLOMA, KEY), qrtoken.payload(DIPLOMA, PLACE, DEPLOYMENT)
    name = DIPLOMA.holder.name.encode()
    yield "qr-good", "nothing", link(good), "ok"
    yield "qr-good-eddsa", "nothing; Ed25519", link(token(DIPLOMA, ED_KEY)), "ok"
    yield "qr-good-transcript", "nothing; a transcript", link(token(TRANSCRIPT, KEY)), "ok"
    yield "qr-good-digits", "nothing; digits alone", link(good).split("#")[1], "ok"
    changed = good.replace(name, "Nguyễn Thị Ngọc Khang".encode().ljust(len(name), b"h"))
    yield "qr-name-changed", "another name, same signature", link(changed), "signature"
    later = replace(DIPLOMA, year=2025)
    forged = good.replace(claims, qrtoken.payload(later, PLACE, DEPLOYMENT))
    yield "qr-year-changed", "another year, same signature", link(forged), "signature"
    moved = good.replace(claims, qrtoken.payload(DIPLOMA, Place(3, 18), DEPLOYMENT))
    yield "qr-index-changed", "the neighbour's index", link(moved), "signature"
    yield "qr-other-key", "signed by another key", link(token(DIPLOMA, OTHER_KEY)), "signature"
    foreign = token(DIPLOMA, KEY, deployment=ELSEWHERE)
    yield "qr-other-deployment", "signed for another chain", link(foreign), "signature"
    tagged = signed_token(claims, KEY, ELSEWHERE)
    yield "qr-replayed-tag", "other deployment's signature, our tag", link(tagged), "signature"
    yield "qr-truncated", "last byte missing", link(good[:-1]), "qr.malformed"
    yield "qr-trailing", "a byte too many", link(good + b"\0"), "qr.malformed"
    yield "qr-no-tag", "COSE tag missing", link(good[1:]), "qr.malformed"
    yield "qr-no-mark", "mark byte is 2", str(int.from_bytes(b"\2" + good, "big")), "qr.malformed"
    digits = link(good).split("#")[1]
    yield "qr-leading-zero", "second spelling of the number", "0" + digits, "qr.malformed"
    yield "qr-too-long", "2,000 digits", "1" * 2000, "qr.too_long"
    yield "qr-not-a-link", "a Wi-Fi code", "WIFI:S:truong;T:WPA;P:x;;", "qr.not_ours"
    yield "qr-script", "a javascript address", "javascript:alert(1)//v#12", "qr.not_ours"
    for fault, change in {
        "label-unknown": {99: "x"},
        "label-missing": {6: None},
        "type-unknown": {2: 77},
        "seq-negative": {3: -1},
        "index-text": {4: "17"},
        "school-huge": {1: 2**70},
        "year-huge": {10: 10**12},
        "name-nul": {6: "Lê\0An"},
        "name-nfd": {6: "Le\u0302 An"},
        "hint-long": {0: b"12345"},
        "date-impossible": {5: 20260231},
        "birth-impossible": {7: 20080230},
        "year-boolean": {10: True},
    }.items():
        broken = signed_token(recoded(claims, change), KEY)
        yield f"qr-{fault}", f"well signed, but {fault}", link(broken), "qr.malformed"
    for fault, odd in {
        "claims-list": cbor2.dumps({qrtoken._CLAIMS: [1, 2]}),
        "outer-list": cbor2.dumps([1, 2]),
        "claims-text": cbor2.dumps({qrtoken._CLAIMS: "x"}),
        "label-boolean": relabelled(claims, {1: True}),
        "label-float": relabelled(claims, {0: 0.0}),
        "claims-label-float": cbor2.dumps({float(qrtoken._CLAIMS): opened(claims)}),
        "claims-tag": cbor2.dumps({qrtoken._CLAIMS: cbor2.CBORTag(36, "x")}),
    }.items():
        yield (
            f"qr-{fault}",
            f"well signed, but {fault}",
            link(signed_token(odd, KEY)),
            "qr.malformed",
        )
    kid, alg = KEY.public.kid, KEY.public.alg
    sealed = qrtoken.protected(kid, alg)
    for fault, odd_header in {
        "header-order": {4: kid[:8], 1: -7},
        "header-boolean": {True: -7, 4: kid[:8]},
    }.items():
        yield (
            f"qr-{fault}",
            f"COSE_Sign1 with {fault}",
            link(b"\xd2" + cbor2.dumps([cbor2.dumps(odd_header), {}, claims, bytes(64)])),
            "qr.malformed",
        )
    for fault, parts in {
        "header-list": [cbor2.dumps([1, 2]), {}, claims, bytes(64)],
        "signature-text": [sealed, {}, claims, "x" * 64],
        "claims-unwrapped": [sealed, {}, {1: 2}, bytes(64)],
        "five-parts": [sealed, {}, claims, bytes(64), 1],
        "not-an-array": {1: 2},
    }.items():
        yield (
            f"qr-{fault}",
            f"COSE_Sign1 with {fault}",
            link(b"\xd2" + cbor2.dumps(parts)),
            "qr.malformed",
        )
    loose = claims.replace(cbor2.dumps(1001), b"\x1a\x00\x00\x03\xe9")
    yield (
        "qr-cbor-loose",
        "an integer not in its shortest form",
        link(signed_token(loose, KEY)),
        "qr.malformed",
    )
    yield (
        "qr-duplicate-label",
        "the same label twice",
        link(signed_token(_duplicate_label(claims), KEY)),
        "qr.malformed",
    )


def opened(claims: bytes) -> dict[int, object]:
    """The claims by label."""
    found: dict[int, object] = cbor2.loads(claims)[qrtoken._CLAIMS]
    return found


def relabelled(claims: bytes, labels: Mapping[int, object]) -> bytes:
    """The claims with other labels, which Python takes for the same."""
    return cbor2.dumps(
        {qrtoken._CLAIMS: {labels.get(label, label): it for label, it in opened(claims).items()}}
    )


def _duplicate_label(claims: bytes) -> bytes:
    # The inner map's head counts its pairs (0xa0 + n); one more pair repeats label 1.
    head = cbor2.dumps({qrtoken._CLAIMS: 0})[:-1]
    inner = claims[len(head) :]
    return head + bytes([inner[0] + 1]) + cbor2.dumps(1) + cbor2.dumps(1002) + inner[1:]


def sd_jwts() -> Iterator[tuple[str, str, str, str]]:
    """(name, what is wrong, artefact, expected) for SD-JWTs."""
    good = sd_jwt(TRANSCRIPT, KEY)
    jwt, *disclosures, _ = good.split("~")
    head, body, signature = jwt.split(".")
    payload = urlsafe_b64decode(body + "==")
    yield "sdjwt-good", "nothing", good, "ok"
    yield "sdjwt-good-diploma", "nothing; a diploma", sd_jwt(DIPLOMA, KEY), "ok"
    yield "sdjwt-good-eddsa", "nothing; Ed25519", sd_jwt(TRANSCRIPT, ED_KEY), "ok"
    yield (
        "sdjwt-selection",
        "nothing; two disclosures shown",
        "~".join([jwt, disclosures[0], disclosures[-1], ""]),
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
        "credential-list": b'{"_sd_alg":"sha-256","credential":[1],"iat":1,"iss":"x","vct":"y"}',
        "payload-list": b"[1]",
        "row-digest-list": payload.replace(b'{"...":"', b'{"...":["').replace(b'"}', b'"]}'),
        "vct-unknown": payload.replace(b"vct:transcript:1", b"vct:transcript:9"),
    }.items():
        yield (
            f"sdjwt-{fault}",
            f"well signed, but {fault}",
            sd_jwt(TRANSCRIPT, KEY, payload=changed),
            "sdjwt.malformed",
        )
    for fault, parts in {
        "disclosure-of-plain-field": ["c2FsdA", "register_no", "B26/0001/00001"],
        "disclosure-unknown-name": ["c2FsdA", "isAdmin", "yes"],
        "disclosure-of-results": ["c2FsdA", "results", "none"],
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


def paths() -> Iterator[tuple[str, str, dict[str, object], bool]]:
    """(name, what is wrong, path case, whether it leads to the root)."""
    leaves = [merkle.leaf_hash(bytes([at])) for at in range(11)]
    tree = merkle.levels(leaves)
    good = {
        "leaf": leaves[4].hex(), "index": 4, "size": 11, "root": tree[-1].hex(),
        "path": [node.hex() for node in merkle.path(tree, 4)],
    }  # fmt: skip
    siblings = list(good["path"])
    yield "path-good", "nothing", good, True
    yield "path-index", "the neighbour's index", good | {"index": 5}, False
    # Of a tree with an odd last node a size one off may lead to the same root for inner
    # leaves; sizes come from the chain, and this one changes the shape.
    yield "path-size", "a size that has another shape", good | {"size": 4}, False
    yield "path-short", "last sibling missing", good | {"path": siblings[:-1]}, False
    yield "path-long", "a sibling too many", good | {"path": [*siblings, siblings[0]]}, False
    yield "path-beyond", "an index beyond the size", good | {"index": 11}, False
    inner = tree[1][64:96]
    yield "path-inner-node", "an inner node as leaf", good | {
        "leaf": inner.hex(), "index": 2, "path": siblings[1:],
    }, False  # fmt: skip
    swapped = [siblings[1], siblings[0], *siblings[2:]]
    yield "path-order", "siblings in another order", good | {"path": swapped}, False


def main() -> None:
    """Write every vector."""
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, fault, artefact, expected in [*tokens(), *sd_jwts(), *receipts()]:
        key = ED_KEY if name.endswith("eddsa") else KEY
        write(name, {
            "fault": fault, "expected": expected, "artefact": artefact,
            "public_key": key.public.raw.hex(), "chain_id": DEPLOYMENT.chain_id,
            "contract": DEPLOYMENT.contract.hex(),
        })  # fmt: skip
    for name, fault, case, leads in paths():
        write(name, {"fault": fault, "expected": leads} | case)


def write(name: str, content: dict[str, object]) -> None:
    """One vector as readable JSON."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
