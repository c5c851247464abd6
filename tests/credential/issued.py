"""A transcript as a school issues it, signed by keys of these tests."""

import os
from dataclasses import replace
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credential import sdjwt_issuing
from credential.dates import PartialDate
from credential.keys import SoftwareKey
from credential.model import (
    TERMS,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)

DEPLOYMENT = Deployment(3107, bytes(range(20)))
SCHOOL = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
PHONE = SoftwareKey(ec.generate_private_key(ec.SECP256R1()))
EDWARDS = SoftwareKey(Ed25519PrivateKey.generate())
SUBJECTS = {
    "literature": "Ngữ văn", "mathematics": "Toán", "foreign_language_1": "Ngoại ngữ 1",
    "history": "Lịch sử", "geography": "Địa lí",
    "economics_law": "Giáo dục kinh tế và pháp luật", "physics": "Vật lí",
    "chemistry": "Hóa học", "biology": "Sinh học", "technology": "Công nghệ",
    "informatics": "Tin học", "defence_security": "Giáo dục quốc phòng và an ninh",
    "physical_education": "Giáo dục thể chất",
}  # fmt: skip
PLACE = Place(200, 1_799)
FORTY = 40  # results: thirteen subjects in three terms, and one more


def transcript(results: int = FORTY, outcomes: int = 3) -> Credential:
    """A year of `results` results, and the outcomes of its last `outcomes` terms."""
    each = [
        CourseResult(subject, name, term, mark=50 + number)
        for number, (subject, name) in enumerate(SUBJECTS.items())
        for term in TERMS
    ]
    each.append(CourseResult("local_education", "Giáo dục địa phương", "CN", rating="Đ"))
    return Credential(
        type=CredentialType.TRANSCRIPT,
        school=1001,
        school_name="Trường Trung học phổ thông Mẫu Số Một",
        holder=Holder("Nguyễn Thị Hoàng Ngọc Khánh", PartialDate(2008, 2, 7)),
        register_no="H26/0001/00042",
        year=2026,
        issued=date(2026, 6, 20),
        signer=Signer("Trần Văn Mẫu", "Hiệu trưởng"),
        decision=Decision("128/QĐ-THPTM1", date(2026, 6, 20)),
        transcript=Transcript(
            12, "12.10", "2025-2026", tuple(each[-results:] if results else ()),
            tuple(TermOutcome(term, "Khá", "Tốt", 2) for term in TERMS[len(TERMS) - outcomes :]),
            "Được lên lớp", "Học sinh Giỏi",
        ),
    )  # fmt: skip


def bound(credential: Credential, key: SoftwareKey = PHONE) -> Credential:
    """The same for a holder who has a key."""
    return replace(credential, holder_key=key.public)


def issue(credential: Credential, place: Place = PLACE) -> str:
    """The SD-JWT with everything shown."""
    salts = os.urandom(sdjwt_issuing.salt_bytes(credential))
    payload, shown = sdjwt_issuing.prepare(credential, place, DEPLOYMENT, 1_781_913_600, salts)
    header = sdjwt_issuing.header(SCHOOL.public.kid, SCHOOL.public.alg)
    to_sign = sdjwt_issuing.signing_input(header, payload)
    return f"{sdjwt_issuing.assemble(to_sign, SCHOOL.sign(to_sign))}~{shown}"
