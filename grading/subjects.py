"""Subjects of upper secondary school and how each is assessed.

Decides keys, printed names and the kind of assessment (General Education Programme, Circular
32/2018 as amended by 13/2022; Circular 22/2021/TT-BGDĐT art. 5). Marks are left to
`grading.marks`, averages and levels to the rule sets.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject: stable `key`, `name` as circulars spell it, and how it is assessed.

    `scored` subjects have marks, the others a comment (Đạt/Chưa đạt). Pupils choose among the
    subjects that are not `compulsory`.
    """

    key: str
    name: str
    scored: bool = True
    compulsory: bool = False


UPPER_SECONDARY: tuple[Subject, ...] = (
    Subject("literature", "Ngữ văn", compulsory=True),
    Subject("mathematics", "Toán", compulsory=True),
    Subject("foreign_language_1", "Ngoại ngữ 1", compulsory=True),
    Subject("history", "Lịch sử", compulsory=True),
    Subject("geography", "Địa lí"),
    Subject("economics_law", "Giáo dục kinh tế và pháp luật"),
    Subject("physics", "Vật lí"),
    Subject("chemistry", "Hóa học"),
    Subject("biology", "Sinh học"),
    Subject("technology", "Công nghệ"),
    Subject("informatics", "Tin học"),
    Subject("music", "Âm nhạc", scored=False),
    Subject("fine_arts", "Mĩ thuật", scored=False),
    Subject("defence_security", "Giáo dục quốc phòng và an ninh", compulsory=True),
    Subject("physical_education", "Giáo dục thể chất", scored=False, compulsory=True),
    Subject("local_education", "Giáo dục địa phương", scored=False, compulsory=True),
    Subject(
        "career_activities", "Hoạt động trải nghiệm, hướng nghiệp", scored=False, compulsory=True
    ),
)
