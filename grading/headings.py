"""Headings of the spreadsheets in which schools keep pupils and their year's results.

"Bảng tổng kết" of upper secondary schools as it is written for others; intake reads it, among other
spellings, and a test holds the two together.
"""

from typing import Final

from grading.subjects import Subject

CODE: Final = "Mã định danh Bộ GD&ĐT"
NAME: Final = "Họ tên"
BIRTH: Final = "Ngày sinh"
CLASS: Final = "Lớp"
STUDY: Final = "Kết quả học tập"
CONDUCT: Final = "Kết quả rèn luyện"
ABSENCES: Final = "Số buổi nghỉ"
PROMOTION: Final = "Lên lớp"
TITLE: Final = "Danh hiệu"
COMPLETION: Final = "Hoàn thành chương trình"
TERMS: Final = {"HK1": "HKI", "HK2": "HKII", "CN": "CN"}
"""How a term is written in a subject's heading."""
EXEMPT: Final = "M"
"""What stands for a subject that a pupil is exempted from."""


def heading(subject: Subject, term: str) -> str:
    """The heading of a subject's column in a term."""
    return f"{subject.name} {TERMS[term]}"
