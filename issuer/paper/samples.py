"""Made-up papers on which templates are tried: every field, every letter, and long ones."""

from dataclasses import replace
from datetime import date
from hashlib import shake_256

from credential import lookup, qrlink
from credential.dates import PartialDate
from credential.model import (
    TERMS,
    BookPage,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Holder,
    Origin,
    Original,
    Signer,
    TermOutcome,
    Transcript,
)
from issuer.paper.document import Paper

ALPHABET = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)
"""The Vietnamese small letters; `ALPHABET.upper()` are the capitals."""

_TOKENS = {False: 185, True: 225}  # bytes of a QR token, without and with results


def papers(kind: CredentialType, public_url: str) -> list[Paper]:
    """Two papers without one value in common, the second one's as long as they come."""
    return [_paper(kind, each, public_url) for each in (_first(kind), _second(kind))]


def _paper(kind: CredentialType, one: Credential, public_url: str) -> Paper:
    drawn = shake_256(one.register_no.encode()).digest(_TOKENS[kind.has_results] + 10)
    return Paper(
        credential=one if kind.has_results else replace(one, transcript=None),
        code=lookup.encode(drawn[:10]),
        verify_url=public_url,
        qr=qrlink.encode(drawn[10:], public_url),
        sd_jwt=f"eyJhbGciOiJFUzI1NiJ9.{drawn.hex()}.AAAA~",
        specimen=True,
    )


def _first(kind: CredentialType) -> Credential:
    bare = kind.has_results or kind.has_origin
    return Credential(
        type=kind,
        school=7,
        school_name="Trường THPT Ỷ Lan",
        holder=Holder("Đặng Thị Ẵm Ỹ Ọc", PartialDate(2008, 3, 7), "Sông Bé", "Nữ", "Chăm"),
        register_no="A26/079/000123",
        year=2026,
        issued=date(2026, 7, 5),
        signer=Signer("Võ Ằng Ữu", "KT. Hiệu trưởng"),
        serial=None if bare else "T02600123",
        decision=None
        if kind.has_results or kind.has_origin
        else Decision("1187/QĐ-THPT", date(2026, 6, 20)),
        origin=_origin(kind, 1),
        transcript=_transcript("12A3", "2025-2026", 12, 77, 6, TermOutcome("CN", "Khá", "Tốt", 3)),
    )


def _second(kind: CredentialType) -> Credential:
    bare = kind.has_results or kind.has_origin
    return Credential(
        type=kind,
        school=8,
        school_name="Trường Trung học phổ thông chuyên Nguyễn Đình Chiểu – Bà Rịa Vũng Tàu",
        holder=Holder(
            "Công Tằng Tôn Nữ Hoàng Thị Quỳnh Như Phượng", PartialDate(2009, 12, 31),
            "Huyện Thống Nhất, tỉnh Đồng Nai", "Nam", "Bru - Vân Kiều",
        ),
        register_no="B27/080/654321",
        year=2027,
        issued=date(2027, 11, 28),
        signer=Signer("Nguyễn Phước Bảo Quỳnh Châu", "Phó Hiệu trưởng"),
        serial=None if bare else "S09987654",
        decision=None if bare else Decision("99/QĐ-TrTHPT", date(2027, 10, 30)),
        origin=_origin(kind, 2),
        transcript=_transcript(
            "11C10", "2026-2027", 11, 91, 17, TermOutcome("CN", "Tốt", "Đạt", 8)
        ),
    )  # fmt: skip


def _transcript(
    class_name: str, year: str, grade: int, mark: int, rows: int, outcome: TermOutcome
) -> Transcript:
    results = tuple(
        CourseResult(f"s{number}", f"Môn học thứ {number} lớp {grade}", term, mark=mark - number)
        for number in range(1, rows + 1)
        for term in TERMS
    )
    return Transcript(grade, class_name, year, results, (outcome,))


def _origin(kind: CredentialType, number: int) -> Origin | None:
    """Where a digitised diploma or a copy comes from."""
    if not kind.has_origin:
        return None
    place = (
        Original(CredentialType.THPT_DIPLOMA, number, f"A1{number}/079/00044{number}")
        if kind is CredentialType.COPY
        else BookPage(f"Sổ số {number}", f"12{number}", f"4{number}", f"{number}" * 64)
    )
    issued = PartialDate(1990 + number, 6, 20)
    first = Signer(("Lý Thường Kiệt", "Trần Quốc Toản")[number - 1], "Hiệu trưởng")
    issuer = ("Sở Giáo dục Sông Bé", "Trường cấp 3 Thống Nhất")[number - 1]
    return Origin("Bằng tốt nghiệp phổ thông trung học", issuer, issued, place, first)
