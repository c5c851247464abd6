"""What is signed in the vectors, and by which fixed keys."""

import hashlib
from dataclasses import replace
from datetime import date

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credential import qrlink, qrtoken, sdjwt_issuing
from credential.dates import PartialDate
from credential.keys import SoftwareKey
from credential.model import (
    BookPage,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Origin,
    Original,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)

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
        12, "12.10", "2025-2026",
        tuple(
            CourseResult(code, name, term, mark=mark)
            for code, name, mark in (("toan", "Toán", 78), ("nguvan", "Ngữ văn", 65))
            for term in ("HK1", "HK2", "CN")
        )
        + (CourseResult("gdtc", "Giáo dục thể chất", "CN", rating="Đ"),),
        (TermOutcome("CN", "Khá", "Tốt", 2),),
    ),
)  # fmt: skip
RECORD = replace(
    TRANSCRIPT,
    type=CredentialType.TRANSFER,
    register_no="C26/0001/00042",
    transcript=Transcript(
        12, "12.10", "2025-2026",
        (
            CourseResult("toan", "Toán", "HK1", mark=78),
            CourseResult("gdtc", "Giáo dục thể chất", "HK1", rating="Đ"),
        ),
        (TermOutcome("HK1", "Khá", "Tốt", 2),),
    ),
)  # fmt: skip
DIGITISED = replace(
    DIPLOMA,
    type=CredentialType.DIGITISED,
    holder=Holder("NGUYỄN THỊ NGỌC KHÁNH", PartialDate(1965), "Sông Bé", "Nữ", "Kinh"),
    register_no="Q3-85/0042",
    year=1985,
    serial="A 012345",
    decision=None,
    classification="Khá",
    origin=Origin(
        "Bằng tốt nghiệp phổ thông trung học", "Sở Giáo dục Thành phố Hồ Chí Minh",
        PartialDate(1985, 8, 15), BookPage("Sổ cấp bằng 1985, quyển 3", "0042", "14", "5c" * 32),
        Signer("Lê Văn Xưa", "Giám đốc"),
    ),
)  # fmt: skip
COPY = replace(
    DIPLOMA,
    type=CredentialType.COPY,
    register_no="S26/0001/00007",
    issued=date(2026, 9, 3),
    decision=None,
    origin=Origin(
        "Bằng tốt nghiệp trung học phổ thông", "Trường THPT Mẫu Số Một", PartialDate(2026, 6, 20),
        Original(CredentialType.THPT_DIPLOMA, 1001, "B26/0001/00042"),
        Signer("Trần Văn Mẫu", "Hiệu trưởng"),
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
