"""Synthetic papers with names that need the whole Vietnamese block."""

import random
from collections.abc import Callable
from datetime import date

import pypdfium2
import pytest

from credential import lookup, qrlink
from credential.dates import PartialDate
from credential.model import (
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Holder,
    Signer,
    TermOutcome,
    Transcript,
)
from issuer.paper.document import Paper

SD_JWT = f"eyJhbGciOiJFUzI1NiJ9.eyJ2Y3QiOiJ4In0.{'A' * 86}~WyJzYWx0IiwibmFtZSJd~"


def _paper(credential: Credential, size: int) -> Paper:
    rng = random.Random(1)
    return Paper(
        credential=credential,
        code=lookup.encode(rng.randbytes(10)),
        verify_url="sogoc.example/v",
        qr=qrlink.encode(rng.randbytes(size), "https://sogoc.example"),
        sd_jwt=SD_JWT,
        specimen=False,
    )


@pytest.fixture
def diploma() -> Paper:
    return _paper(
        Credential(
            type=CredentialType.THPT_DIPLOMA,
            school=7,
            school_name="Trường THPT Rạch Miễu",
            holder=Holder("Đặng Thị Ẵm Ỹ Ọc", PartialDate(2008, 3, 7), "Sông Bé", "Nữ", "Chăm"),
            register_no="A26/079/000123",
            year=2026,
            issued=date(2026, 7, 5),
            signer=Signer("Võ Ằng Ữu", "KT. Hiệu trưởng"),
            serial="T02600123",
            decision=Decision("1187/QĐ-SGDĐT", date(2026, 6, 20)),
        ),
        181,
    )


@pytest.fixture
def transcript() -> Paper:
    marks = [("toan", "Toán", (78, 85, 83)), ("van", "Ngữ văn", (100, 0, 33))]
    terms = ("HK1", "HK2", "CN")
    results = [
        CourseResult(subject, name, term, mark=mark)
        for subject, name, three in marks
        for term, mark in zip(terms, three, strict=True)
    ]
    results += [CourseResult("gdtc", "Giáo dục thể chất", term, rating="Đ") for term in terms]
    results.append(CourseResult("cdvl", "Chuyên đề Vật lí", "CN", rating="CĐ"))
    return _paper(
        Credential(
            type=CredentialType.TRANSCRIPT,
            school=7,
            school_name="Trường THPT Rạch Miễu",
            holder=Holder("Đặng Thị Ẵm Ỹ Ọc", PartialDate(2008), None, "Nữ", None),
            register_no="HB26/079/000123",
            year=2026,
            issued=date(2026, 1, 31),
            signer=Signer("Võ Ằng Ữu", "Hiệu trưởng"),
            transcript=Transcript(
                12, "12A3", "2025-2026", tuple(results), (TermOutcome("CN", "Khá", "Tốt", 2),)
            ),
        ),
        221,
    )


@pytest.fixture
def text_of() -> Callable[[bytes], str]:
    """All text of a PDF with its line breaks and runs of spaces as single spaces."""

    def text(pdf: bytes) -> str:
        with pypdfium2.PdfDocument(pdf) as document:
            pages = [page.get_textpage().get_text_range() for page in document]
        return " ".join(" ".join(pages).split())

    return text
