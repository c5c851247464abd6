"""Records to issue: plain dictionaries as a school's system would send them, and credentials."""

from datetime import date
from typing import Any

from credential.dates import PartialDate
from credential.model import (
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Signer,
    TermOutcome,
    Transcript,
)

DEPLOYMENT = Deployment(3107, bytes(range(20)))
_GIVEN = ["An", "Bảo Ngọc", "Gia Huy", "Khánh Vy", "Minh Khôi", "Ngọc Hân", "Thiên Ân", "Uyên"]
_SUBJECTS = [
    "Ngữ văn", "Toán", "Tiếng Anh", "Lịch sử", "Giáo dục quốc phòng và an ninh", "Địa lí", "Vật lí",
    "Hóa học", "Sinh học", "Tin học", "Giáo dục thể chất", "Hoạt động trải nghiệm",
    "Nội dung giáo dục của địa phương",
]  # fmt: skip


def record(number: int, results: int = 0) -> dict[str, Any]:
    """One pupil's record; with `results` course results it is a transcript's."""
    found: dict[str, Any] = {
        "name": f"Nguyễn Thị {_GIVEN[number % len(_GIVEN)]}",
        "birth": f"2008-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
        "birth_place": "Thành phố Hồ Chí Minh",
        "sex": "Nữ",
        "ethnicity": "Kinh",
        "register_no": f"{'H' if results else 'B'}26/0001/{number:06d}",
        "serial": None if results else f"T{number:08d}",
    }
    if results:
        found["results"] = [
            {
                "subject": f"mon{at // 3}",
                "name": _SUBJECTS[at // 3 % len(_SUBJECTS)],
                "term": ("HK1", "HK2", "CN")[at % 3],
                "mark": 50 + (number + at) % 50,
            }
            for at in range(results)
        ]
    return found


def parse(found: dict[str, Any]) -> Credential:
    """From a record to a credential."""
    transcript = None
    if "results" in found:
        results = tuple(CourseResult(**row) for row in found["results"])
        transcript = Transcript(
            12, "12.10", "2025-2026", results, (TermOutcome("CN", "Khá", "Tốt", 1),)
        )
    return Credential(
        type=CredentialType.TRANSCRIPT if transcript else CredentialType.THPT_DIPLOMA,
        school=1001,
        school_name="Trường THPT Mẫu Số Một",
        holder=Holder(
            found["name"], PartialDate.from_iso(found["birth"]), found["birth_place"],
            found["sex"], found["ethnicity"],
        ),
        register_no=found["register_no"],
        year=2026,
        issued=date(2026, 6, 20),
        signer=Signer("Trần Văn Mẫu", "Hiệu trưởng"),
        serial=found["serial"],
        decision=Decision("128/QĐ-THPTM1", date(2026, 6, 20)),
        transcript=transcript,
    )  # fmt: skip
