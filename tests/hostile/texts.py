"""Texts that a code or a person may hold: none is VALID. (family, name) -> text."""

import json
import random
import struct
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from credential import lookup, qrtoken, sdjwt, sdjwt_issuing
from credential.keys import SoftwareKey, b64url
from tests.hostile.genuine import Genuine, Paper, link

VECTORS = Path(__file__).parent.parent / "vectors"
Named = Iterator[tuple[str, str]]


def foreign(_: Genuine) -> Named:
    """What other people's codes hold, and what somebody wishes that we would open or run."""
    yield "web address", "https://a.example/"
    yield "our look-alike", "https://sogoc.example.evil.example/v"
    yield "address with our host as user", "https://sogoc.example@evil.example/V#123"
    yield "address in punycode", "https://xn--sgc-1na.example/V#123"
    yield "address of this machine", "http://127.0.0.1:22/V#123"
    yield "address of the cloud's metadata", "http://169.254.169.254/latest/meta-data"
    yield "file address", "file:///etc/passwd"
    yield "data address", "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="
    yield "javascript address", "javascript:alert(document.cookie)"
    yield "javascript address that looks ours", "javascript://a/V#123"
    yield "intent of a phone", "intent://scan/#Intent;scheme=zxing;end"
    yield "telephone number", "tel:*2767*3855%23"
    yield "message to send", "SMSTO:1900:mua ngay"
    yield "wireless network", "WIFI:S:truong;T:WPA;P:x;;"
    yield "payment code", "00020101021138540010A00000072701240006970436011010001234560208QRIBFTTA"
    yield "visiting card", "BEGIN:VCARD\nVERSION:3.0\nFN:A\nEND:VCARD"
    yield "HTML", "<img src=x onerror=alert(1)>"
    yield "HTML behind our prefix", "HTTPS://SOGOC.EXAMPLE/V#<script>alert(1)</script>"
    yield "SVG", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    yield "XML with an entity", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    yield "SQL", "' OR 1=1; DROP TABLE credentials; --"
    yield "SQL behind our prefix", "HTTPS://SOGOC.EXAMPLE/V#1' OR '1'='1"
    yield "shell", "$(reboot); `reboot` | reboot"
    yield "template", "{{7*7}}${7*7}<%= 7*7 %>#{7*7}"
    yield "format string", "%s%s%n{0.__class__}"
    yield "look-up in a logger", "${jndi:ldap://a.example/a}"
    yield "path", "../../../../etc/passwd\0.pdf"
    yield "header split", "a\r\nSet-Cookie: a=b\r\n\r\n<html>"
    yield "JSON", '{"verdict":"VALID"}'
    yield "JSON that is deep", "[" * 20_000
    yield "formula", '=HYPERLINK("https://a.example","x")'
    yield "terminal control", "\x1b]0;a\x07\x1b[2J"
    yield "NUL", "\0" * 40
    yield "white space", " \t\n\u00a0\u2003\u3000"
    yield "private use", "\ue000\uf8ff\U000f0000"
    yield "not a character", "\uffff\ufdd0\U0001ffff"
    yield "combining marks", "e" + "\u0301" * 10_000
    yield "right to left", "\u202eDILAV\u202c #123"
    yield "zero width", "\u200b\u200d\ufeff" * 100
    yield "everything long", "Ω" * 30_000
    yield "health pass", "HC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOO6+IDOE"
    yield "card of an identity", "079008001234|250123456|Nguyễn Văn A|07022008|Nam|x|01012021"
    yield (
        "credential offer",
        "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Fa.example",
    )
    yield "presentation request", "openid4vp://?request_uri=https%3A%2F%2Fa.example"


def spelling(genuine: Genuine) -> Named:
    """The genuine link, spelt otherwise than it is."""
    prefix, digits = genuine.first.link.split("#")
    at = len(digits) // 2
    yield "leading zero", f"{prefix}#0{digits}"
    yield "many leading zeros", "0" * 900 + digits
    yield "plus sign", f"{prefix}#+{digits}"
    yield "minus sign", f"{prefix}#-{digits}"
    yield "exponent", f"{prefix}#{digits[0]}e{digits[1:4]}"
    yield "decimal point", f"{prefix}#{digits}.0"
    yield "underscore between digits", f"{prefix}#{digits[:at]}_{digits[at:]}"
    yield "comma between digits", f"{prefix}#{digits[:at]},{digits[at:]}"
    yield "space between digits", f"{prefix}#{digits[:at]} {digits[at:]}"
    yield "line between digits", f"{prefix}#{digits[:at]}\n{digits[at:]}"
    yield "NUL between digits", f"{prefix}#{digits[:at]}\0{digits[at:]}"
    yield "zero width between digits", f"{prefix}#{digits[:at]}\u200b{digits[at:]}"
    yield "bidi around digits", f"{prefix}#\u202e{digits}\u202c"
    for name, zero in {
        "Arabic": 0x660,
        "Persian": 0x6F0,
        "Devanagari": 0x966,
        "Bengali": 0x9E6,
        "full width": 0xFF10,
        "bold": 0x1D7CE,
        "double-struck": 0x1D7D8,
    }.items():
        yield f"{name} digits", f"{prefix}#" + "".join(chr(zero + int(one)) for one in digits)
    yield "one superscript digit", f"{prefix}#{digits[:-1]}²"
    yield "base 36", f"{prefix}#{int(digits):x}"
    yield "two fragments", f"{prefix}##{digits}"
    yield "a fragment in the fragment", f"{prefix}#1#{digits}"
    yield "query for fragment", f"{prefix}?{digits}"
    yield "another path", f"HTTPS://SOGOC.EXAMPLE/W#{digits}"
    yield "path below", f"HTTPS://SOGOC.EXAMPLE/a/V#{digits}"
    yield "another scheme", f"ftp://sogoc.example/V#{digits}"
    yield "no host", f"https:///V#{digits}"
    yield "host with a space", f"https://sogoc example/V#{digits}"
    yield "host too long", f"https://{'a' * 300}/V#{digits}"
    yield "something before", f"x{genuine.first.link}"
    yield "something after", f"{genuine.first.link}x"
    yield "two links", f"{genuine.first.link} {genuine.second.link}"
    yield "digits of both papers", digits + genuine.second.link.split("#")[1]
    yield "a digit less", f"{prefix}#{digits[:-1]}"
    yield "a digit more", f"{prefix}#{digits}1"
    yield "another digit", f"{prefix}#{digits[:at]}{(int(digits[at]) + 1) % 10}{digits[at + 1 :]}"
    yield "digits backwards", f"{prefix}#{digits[::-1]}"
    yield "zero", f"{prefix}#0"
    yield "one", f"{prefix}#1"
    yield "nothing after the prefix", f"{prefix}#"
    yield "digits of nothing", "1" * 400
    yield "the most digits", f"{prefix}#{'9' * 1450}"
    yield "a digit beyond the most", f"{prefix}#{'9' * 1451}"
    yield "4,300 digits, where Python refuses", "9" * 4_301
    yield "60,000 digits", "9" * 60_000
    yield "a number of the limit's size", str(1 << 8 * 600)
    yield "the mark alone", str(1)
    yield "another mark", str(int.from_bytes(b"\2" + genuine.first.token, "big"))


def bombs(genuine: Genuine) -> Named:
    """CBOR made to break a decoder, in a token's place or in its claims'."""
    claims = genuine.first.claims
    kid, alg = genuine.key.public.kid, genuine.key.public.alg
    head = cbor2.dumps({qrtoken._CLAIMS: 0})[:-1]

    def cose(payload: bytes) -> str:
        return link(qrtoken.assemble(payload, kid, alg, bytes(64)))

    yield "arrays 590 deep", link(b"\xd2" + b"\x81" * 590 + b"\0")
    yield "endless arrays 590 deep", link(b"\xd2" + b"\x9f" * 590)
    yield "maps 290 deep", link(b"\xd2" + b"\xa1\0" * 290 + b"\0")
    yield "tags 590 deep", link(b"\xd2" + b"\xc1" * 590 + b"\0")
    yield "claims 250 deep", cose(head + b"\x81" * 250 + b"\0")
    yield "bytes of 2^63", link(b"\xd2\x84\x5b" + struct.pack(">Q", 2**63))
    yield "text of 2^64", link(b"\xd2\x84\x7b" + b"\xff" * 8)
    yield "array of 2^64", link(b"\xd2\x9b" + b"\xff" * 8)
    yield "array of 2^31", link(b"\xd2\x9a\x80\0\0\0")
    yield "map of 2^40", link(b"\xd2\xbb" + struct.pack(">Q", 2**40))
    yield "claims of 2^40 pairs", cose(head + b"\xbb" + struct.pack(">Q", 2**40))
    yield "bytes without end", link(b"\xd2\x5f" + b"\x41a" * 200)
    yield "array without end", link(b"\xd2\x9f" + b"\0" * 100 + b"\xff")
    yield "map without end", cose(b"\xbf" + head[1:] + cbor2.dumps(claims) + b"\xff")
    yield "shared references", link(b"\xd2\xd8\x1c\x81\xd8\x1d\0")
    yield "reference to itself in claims", cose(head + b"\xd8\x1c\x81\xd8\x1d\0")
    yield "string references", link(b"\xd2\xd9\x01\x00\x82\x63abc\xd8\x19\0")
    yield "number of 500 bytes", link(b"\xd2\xc2\x59\x01\xf4" + b"\xff" * 500)
    yield "fraction of huge exponent", cose(head + b"\xc4\x82\x1b" + b"\x7f" * 8 + b"\x01")
    yield "bigfloat of huge exponent", cose(head + b"\xc5\x82\x1b" + b"\x7f" * 8 + b"\x01")
    yield "rational over zero", cose(head + b"\xd8\x1e\x82\x01\x00")
    yield "regular expression", cose(head + b"\xd8\x23" + cbor2.dumps("(a+)+$" * 10))
    yield "MIME message", cose(head + b"\xd8\x24" + cbor2.dumps("Content-Type: x\n\n"))
    yield "date of the far future", cose(head + b"\xc1\x1b" + b"\x7f" * 8)
    yield "network address", cose(head + b"\xd9\x01\x04\x44\x7f\0\0\x01")
    yield "infinity", cose(head + b"\xf9\x7c\x00")
    yield "not a number", cose(head + b"\xf9\x7e\x00")
    yield "undefined", cose(head + b"\xf7")
    yield "simple value", cose(head + b"\xf8\xff")
    yield "reserved head", link(b"\xd2\x1c\x1d\x1e")
    yield "break alone", link(b"\xd2\xff")
    yield "text that is no UTF-8", cose(head + b"\x62\xc3\x28")
    yield "CBOR described by itself", link(b"\xd9\xd9\xf7" + genuine.first.token)
    yield "no tag", link(genuine.first.token[1:])
    yield "tag of COSE_Sign", link(b"\xd8\x62" + genuine.first.token[1:])
    yield "tag of COSE_Mac0", link(b"\xd1" + genuine.first.token[1:])
    yield "tag twice", link(b"\xd2" + genuine.first.token)
    yield "claims twice", cose(cbor2.dumps(claims) * 2)
    yield "nothing", link(b"\xd2")
    yield "null", link(b"\xd2\xf6")
    for seed in range(5):
        yield f"noise {seed}", link(b"\xd2" + random.Random(seed).randbytes(180))


def cose(genuine: Genuine) -> Named:
    """COSE headers and signatures other than ours, around the genuine claims."""
    parsed = qrtoken.parse(genuine.first.token)
    kid, payload, signature = parsed.kid, parsed.payload, parsed.signature
    other = SoftwareKey(ec.derive_private_key(77, ec.SECP256R1()))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

    def token(header: object, unprotected: object = None, sig: object = signature) -> str:
        sealed = header if isinstance(header, bytes) else cbor2.dumps(header)
        return link(b"\xd2" + cbor2.dumps([sealed, unprotected or {}, payload, sig]))

    yield "no algorithm", token({4: kid})
    yield "algorithm none", token({1: 0, 4: kid})
    yield "algorithm none in words", token({1: "none", 4: kid}, sig=b"")
    for name, number in {
        "HMAC": 5,
        "EdDSA": -8,
        "ES384": -35,
        "ES512": -36,
        "ES256K": -47,
        "PS256": -37,
        "RS256": -257,
        "RS1": -65535,
        "ECDH": -25,
        "huge": 2**63,
    }.items():
        yield f"algorithm {name}", token({1: number, 4: kid})
    yield "algorithm in the unprotected header", token({4: kid}, {1: -7})
    yield "critical header", token({1: -7, 2: [99], 4: kid, 99: 1})
    yield "critical header of nothing", token({1: -7, 2: [], 4: kid})
    yield "content type", token({1: -7, 3: 0, 4: kid})
    yield "key inside", token({1: -7, 4: kid, -1: {1: 2}})
    yield "certificate inside", token({1: -7, 4: kid, 33: b"0"})
    yield "address of a certificate", token({1: -7, 4: kid, 35: "https://a.example/x5u"})
    yield "unprotected header", token({1: -7, 4: kid}, {99: 1})
    yield "counter signature", token({1: -7, 4: kid}, {7: [b"", {}, b""]})
    yield "header that is no map", token([1, -7])
    yield "empty header", token(b"")
    yield "no key id", token({1: -7})
    yield "key id of another school", token({1: -7, 4: bytes(8)})
    yield "key id too short", token({1: -7, 4: kid[:4]})
    yield "key id too long", token({1: -7, 4: kid + kid})
    yield "key id as text", token({1: -7, 4: kid.hex()})
    yield "payload elsewhere", link(b"\xd2" + cbor2.dumps([parsed.protected, {}, None, signature]))
    yield "two signatures", token({1: -7, 4: kid}, sig=[signature, signature])
    yield "no signature", token({1: -7, 4: kid}, sig=b"")
    yield "signature of zeros", token({1: -7, 4: kid}, sig=bytes(64))
    yield "signature of ones", token({1: -7, 4: kid}, sig=b"\xff" * 64)
    yield (
        "signature of a paper beside",
        token({1: -7, 4: kid}, sig=qrtoken.parse(genuine.second.token).signature),
    )
    yield "signature backwards", token({1: -7, 4: kid}, sig=signature[32:] + signature[:32])
    mirrored = (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    # Also a signature of these claims for ECDSA; but the leaf of the tree covers it.
    yield "signature with the other s", token({1: -7, 4: kid}, sig=signature[:32] + mirrored)
    yield "signature plus the order", token({1: -7, 4: kid}, sig=b"\xff" * 32 + signature[32:])
    yield "signature as DER", token({1: -7, 4: kid}, sig=b"\x30\x44\x02\x20" + signature)
    yield "signature anew by the school", genuine.signed(payload)
    yield "signature by a stranger", genuine.signed(payload, key=other)
    stranger = other.sign(qrtoken.to_sign(payload, genuine.key.public.kid, "ES256", genuine.ledger))
    yield "stranger's signature under the school's key id", token({1: -7, 4: kid}, sig=stranger)


CLAIMS: dict[str, tuple[int, object]] = {
    "deployment": (0, b"\0\0\0\0"),
    "school": (1, 1002),
    "type": (2, 2),
    "batch": (3, 1),
    "index": (4, 1),
    "date of issue": (5, 20260621),
    "name": (6, "Lê Văn Khác"),
    "birth date": (7, 20080208),
    "serial": (8, "T09999999"),
    "register number": (9, "B26/1001/00002"),
    "year": (10, 2025),
    "ranking": (11, "Giỏi"),
    "grade": (12, 12),
    "study": (13, "Tốt"),
    "conduct": (14, "Tốt"),
    "digest of a file": (15, bytes(32)),
}
IMPOSSIBLE: dict[str, tuple[int, object]] = {
    "school beyond any": (1, 2**31),
    "negative school": (1, -1),
    "batch beyond any": (3, 2**32),
    "index beyond any": (4, 2**24),
    "year of 500 digits": (10, 10**100),
    "year as text": (10, "2026"),
    "day that never was": (5, 20260231),
    "day zero": (7, 20080200),
    "name with NUL": (6, "Lê\0An"),
    "name from right to left": (6, "\u202eLê An"),
    "name not composed": (6, "Le\u0302 An"),
    "name of 5,00 letters": (6, "A" * 300),
    "empty name": (6, ""),
    "name as bytes": (6, b"An"),
    "name of HTML": (6, "<script>alert(1)</script>"),
    "name as a formula": (6, "=1+1"),
    "float": (10, 2026.0),
    "true for a number": (4, True),
    "null": (8, None),
    "label unknown": (99, "x"),
    "label as text": ("6", "An"),
}


def changed(genuine: Genuine) -> Named:
    """The genuine token with one claim changed: with the old signature, then well signed anew."""
    paper = genuine.first
    parsed = qrtoken.parse(paper.token)
    for what, (label, value) in (CLAIMS | IMPOSSIBLE).items():
        claims = cbor2.dumps({qrtoken._CLAIMS: _sorted(paper.claims | {label: value})})
        old = qrtoken.assemble(claims, parsed.kid, parsed.alg, parsed.signature)
        if what in CLAIMS:
            yield f"{what}, old signature", link(old)
        yield f"{what}, signed by the school", genuine.signed(claims)
    for label in paper.claims:
        rest = {key: value for key, value in paper.claims.items() if key != label}
        yield f"claim {label} left out", genuine.signed(cbor2.dumps({qrtoken._CLAIMS: rest}))
    for byte in range(0, len(paper.token), 16):
        flipped = bytearray(paper.token)
        flipped[byte] ^= 1
        yield f"bit flipped in byte {byte}", link(bytes(flipped))
    yield "cut by a byte", link(paper.token[:-1])
    yield "a byte more", link(paper.token + b"\0")


def _sorted(claims: dict[int, object]) -> dict[int, object]:
    return dict(sorted(claims.items(), key=lambda item: str(item[0]).zfill(9)))


def sd_jwts(genuine: Genuine) -> Named:
    """The genuine SD-JWTs with every trick that JWTs and disclosures know."""
    paper, other = genuine.first, genuine.second
    jwt, *disclosures, _ = paper.sd_jwt.split("~")
    head, body, signature = jwt.split(".")
    members, payload = json.loads(_raw(head)), json.loads(_raw(body))

    def whole(head: str = head, body: str = body, signature: str = signature) -> str:
        return "~".join([f"{head}.{body}.{signature}", *disclosures, ""])

    def signed(**change: object) -> str:
        header = sdjwt_issuing.header(genuine.key.public.kid, genuine.key.public.alg)
        to_sign = sdjwt_issuing.signing_input(header, _json(payload | change))
        return "~".join(
            [sdjwt_issuing.assemble(to_sign, genuine.key.sign(to_sign)), *disclosures, ""]
        )

    for alg in ("none", "None", "nOnE", "HS256", "RS256", "ES384", "EdDSA", "ES256K", "", "dir"):
        yield f"alg {alg or 'empty'}", whole(head=_packed(members | {"alg": alg}))
    yield "alg none without signature", whole(head=_packed(members | {"alg": "none"}), signature="")
    for name, more in {
        "jwk": {"kty": "EC"},
        "jku": "https://a.example/jwks",
        "x5u": "https://a.example/x5u",
        "x5c": ["MIIB"],
        "crit": ["b64"],
        "b64": False,
        "zip": "DEF",
        "enc": "A128GCM",
        "cty": "json",
    }.items():
        yield f"header {name}", whole(head=_packed(members | {name: more}))
    for kid in ("../../etc/passwd", "' OR 1=1", "https://a.example", "", "A" * 43):
        yield f"kid {kid[:16] or 'empty'}", whole(head=_packed(members | {"kid": kid}))
    yield "kid null", whole(head=_packed(members | {"kid": None}))
    for name, value in {
        "iss": "https://evil.example",
        "vct": "urn:sogoc:vct:transcript:1",
        "iat": 0,
        "_sd_alg": "md5",
        "status": {"status_list": {"uri": "https://a.example"}},
        "cnf": {"jwk": {}},
        "exp": 1,
        "nbf": 2**40,
        "credentialSchema": {"id": "https://a.example"},
    }.items():
        yield f"{name} changed, signed by the school", signed(**{name: value})
    for name in ("index", "seq", "school", "year", "serial", "register_no", "issued"):
        old = payload["credential"][name]
        new = old + 1 if isinstance(old, int) else old[:-1] + ("1" if old[-1] != "1" else "2")
        credential = payload["credential"] | {name: new}
        yield (
            f"{name} changed, old signature",
            whole(body=_packed(payload | {"credential": credential})),
        )
        yield f"{name} changed, signed by the school", signed(credential=credential)
    yield "signature of a paper beside", whole(signature=other.sd_jwt.split("~")[0].split(".")[2])
    yield "signature of zeros", whole(signature="A" * 86)
    yield "empty signature", whole(signature="")
    yield "signature padded", whole(signature=signature + "==")
    yield "signature in the other alphabet", whole(signature=signature[:-2] + "+/")
    yield "signature with loose bits", whole(signature=signature[:-1] + chr(ord(signature[-1]) + 1))
    yield "payload of a paper beside", whole(body=other.sd_jwt.split(".")[1])
    yield "header twice", f"{head}.{paper.sd_jwt}"
    yield "JWE of five parts", "a.b.c.d.e~"
    yield "JWT without disclosures' end", jwt
    yield "JSON serialisation", json.dumps({"payload": body, "signatures": []})
    yield from _disclosures(paper, other, jwt, disclosures)


def _disclosures(paper: Paper, other: Paper, jwt: str, disclosures: list[str]) -> Named:
    def shown(*items: object) -> str:
        return "~".join([jwt, *(i if isinstance(i, str) else _packed(i) for i in items), ""])

    name = next(item for item in disclosures if json.loads(_raw(item))[1] == "name")
    salt, _, value = json.loads(_raw(name))
    yield (
        "another name",
        shown(*[_packed([salt, "name", "Lê Văn Khác"]) if i == name else i for i in disclosures]),
    )
    yield "another name beside the true one", shown(*disclosures, ["c2FsdA", "name", "Lê Văn Khác"])
    yield "a disclosure twice", shown(*disclosures, disclosures[0])
    yield "all disclosures twice", shown(*disclosures, *disclosures)
    yield "a disclosure of a paper beside", shown(*disclosures, other.sd_jwt.split("~")[1])
    yield "all disclosures of a paper beside", shown(*other.sd_jwt.split("~")[1:-1])
    yield (
        "a disclosure of other white space",
        shown(b64url(json.dumps([salt, "name", value]).encode())),
    )
    yield "salt as a number", shown([1, "name", value])
    yield "object for a name", shown([salt, "name", {"a": [1]}])
    yield "name of a claim of the JWT", shown([salt, "iss", "https://evil.example"])
    yield "name of the list of digests", shown([salt, "_sd", ["x"]])
    yield "name of Python", shown([salt, "__class__", "x"])
    yield "name of JavaScript", shown([salt, "__proto__", {"verdict": "VALID"}])
    yield "claim of nothing", shown([salt])
    yield "claim of four", shown([salt, "name", value, 1])
    yield "claim that is text", shown("a")
    yield "empty disclosure", f"{jwt}~~"
    yield "disclosure 200 deep", shown([salt, "name", _deep(200)])
    yield "disclosure of a float", shown([salt, "name", 1.5])
    yield "disclosure with NUL", shown([salt, "name", "Lê\0An"])
    yield "disclosure from right to left", shown([salt, "name", "\u202eLê An"])
    yield "disclosure of HTML", shown([salt, "name", "<b onclick=alert(1)>"])
    yield "disclosure of lone surrogates", shown(b64url(b'["c2FsdA","name","\\ud800"]'))
    yield "disclosure with a key twice", shown(b64url(b'["c2FsdA",{"mark":1,"mark":100}]'))
    yield "disclosure of not-a-number", shown(b64url(b'["c2FsdA","absences",NaN]'))
    yield "a mark of 10^400", shown(b64url(b'["c2FsdA",{"mark":1' + b"0" * 400 + b"}]"))
    yield "10,000 empty disclosures", jwt + "~" * 10_000
    yield "10,000 disclosures", shown(*["W10"] * 10_000)
    yield "key binding of nothing", f"{paper.sd_jwt}a.b.c"
    yield "tildes", "~" * 60_000
    yield (
        "as long as is taken",
        paper.sd_jwt + "A" * (sdjwt.MAX_BYTES - len(paper.sd_jwt) - 1) + "~",
    )
    yield "two papers in one", paper.sd_jwt + other.sd_jwt


def codes(genuine: Genuine) -> Named:
    """Look-up codes that stand for nothing."""
    code = genuine.first.code
    wrong = lookup.ALPHABET[(lookup.ALPHABET.index(code[0]) + 1) % 32]
    yield "mistyped", wrong + code[1:]
    yield "two letters swapped", code[1] + code[0] + code[2:] if code[0] != code[1] else wrong * 16
    yield "a letter less", code[:-1]
    yield "a letter more", code + "0"
    yield "zeros", "0" * 16
    yield "a letter that is none of ours", "U" + code[1:]
    yield "homoglyphs", code.translate(str.maketrans("ABEHKMPT", "АВЕНКМРТ"))
    yield "full width", "".join(chr(ord(one) + 0xFEE0) for one in code)
    yield "circled", "①" * 16
    yield "wildcards", "%" * 16
    yield "hyphens for ever", "0-" + "-" * 50_000 + "0" * 15
    for seed in range(6):
        yield f"guessed {seed}", lookup.encode(random.Random(seed).randbytes(lookup.RANDOM_BYTES))


def vectors(_: Genuine) -> Named:
    """The frozen vectors: even the good ones are of another deployment."""
    for path in sorted(VECTORS.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content.get("artefact"), str):
            yield path.stem, content["artefact"]


FAMILIES = {
    "foreign": foreign,
    "spelling": spelling,
    "cbor": bombs,
    "cose": cose,
    "changed": changed,
    "sd-jwt": sd_jwts,
    "code": codes,
    "vector": vectors,
}


def _raw(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _packed(value: object) -> str:
    return b64url(_json(value))


def _deep(levels: int) -> object:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    return value
