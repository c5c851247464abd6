"""QR tokens: good ones, and one for each fault."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import cbor2

from credential import qrtoken
from credential.model import (
    Place,
)
from vectors.signing import (
    COPY,
    DEPLOYMENT,
    DIGITISED,
    DIPLOMA,
    ED_KEY,
    ELSEWHERE,
    KEY,
    OTHER_KEY,
    PLACE,
    RECORD,
    TRANSCRIPT,
    link,
    recoded,
    signed_token,
    token,
)


def tokens() -> Iterator[tuple[str, str, str, str]]:
    """(name, what is wrong, artefact, expected) for QR tokens."""
    good, claims = token(DIPLOMA, KEY), qrtoken.payload(DIPLOMA, PLACE, DEPLOYMENT)
    name = DIPLOMA.holder.name.encode()
    yield "qr-good", "nothing", link(good), "ok"
    yield "qr-good-eddsa", "nothing; Ed25519", link(token(DIPLOMA, ED_KEY)), "ok"
    yield "qr-good-transcript", "nothing; a transcript", link(token(TRANSCRIPT, KEY)), "ok"
    yield "qr-good-record", "nothing; a transfer record", link(token(RECORD, KEY)), "ok"
    yield "qr-good-digitised", "nothing; a digitised line", link(token(DIGITISED, KEY)), "ok"
    yield "qr-good-copy", "nothing; a certified copy", link(token(COPY, KEY)), "ok"
    yield from of_origin()
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


def of_origin() -> Iterator[tuple[str, str, str, str]]:
    """Tokens whose type and origin do not go together, each with a good signature."""
    diploma, old, copy = (
        qrtoken.payload(one, PLACE, DEPLOYMENT) for one in (DIPLOMA, DIGITISED, COPY)
    )
    for fault, claims, change in (
        ("digitised-as-diploma", old, {2: 1}),
        ("digitised-as-copy", old, {2: 5}),
        ("copy-as-digitised", copy, {2: 4}),
        ("copy-as-diploma", copy, {2: 1}),
        ("diploma-as-digitised", diploma, {2: 4}),
        ("copy-of-nothing", copy, {19: None}),
        ("copy-of-a-copy", copy, {17: 5}),
        ("origin-day-impossible", old, {16: 19850231}),
        ("origin-school-huge", copy, {18: 2**40}),
    ):
        broken = signed_token(recoded(claims, change), KEY)
        yield f"qr-{fault}", f"well signed, but {fault}", link(broken), "qr.malformed"


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
