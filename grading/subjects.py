"""Subjects of primary, lower and upper secondary school and how each is assessed.

Decides keys, printed names and the kind of assessment (General Education Programme, Circular
32/2018 as amended by 13/2022; Circular 22/2021/TT-BGDĐT art. 5). Marks are left to
`grading.marks`, averages and levels to the rule sets.
"""

from collections.abc import Collection
from dataclasses import dataclass

from grading.explaining import Source


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

LOWER_SECONDARY: tuple[Subject, ...] = (
    Subject("literature", "Ngữ văn", compulsory=True),
    Subject("mathematics", "Toán", compulsory=True),
    Subject("foreign_language_1", "Ngoại ngữ 1", compulsory=True),
    Subject("civics", "Giáo dục công dân", compulsory=True),
    Subject("history_geography", "Lịch sử và Địa lí", compulsory=True),
    Subject("natural_science", "Khoa học tự nhiên", compulsory=True),
    Subject("technology", "Công nghệ", compulsory=True),
    Subject("informatics", "Tin học", compulsory=True),
    Subject("physical_education", "Giáo dục thể chất", scored=False, compulsory=True),
    Subject("arts", "Nghệ thuật", scored=False, compulsory=True),
    Subject("local_education", "Giáo dục địa phương", scored=False, compulsory=True),
    Subject(
        "career_activities", "Hoạt động trải nghiệm, hướng nghiệp", scored=False, compulsory=True
    ),
)

PRIMARY: tuple[Subject, ...] = (
    Subject("mathematics", "Toán", compulsory=True),
    Subject("vietnamese", "Tiếng Việt", compulsory=True),
    Subject("ethics", "Đạo đức"),
    Subject("nature_society", "Tự nhiên và Xã hội"),
    Subject("science", "Khoa học"),
    Subject("history_geography", "Lịch sử và Địa lí"),
    Subject("foreign_language_1", "Ngoại ngữ"),
    Subject("ethnic_language", "Tiếng dân tộc"),
    Subject("informatics", "Tin học"),
    Subject("technology", "Công nghệ"),
    Subject("music", "Âm nhạc"),
    Subject("fine_arts", "Mĩ thuật"),
    Subject("experience_activities", "Hoạt động trải nghiệm"),
    Subject("physical_education", "Giáo dục thể chất"),
)
"""Of Circular 27/2020: each has T, H or C, some a test; grades differ in which are taught."""

SOURCES = (
    Source(
        "32/2018/TT-BGDĐT", "programme, IV",
        "subjects of secondary school, electives: four of nine",
        verified=False,
        note="from memory, with 13/2022/TT-BGDĐT, by which history is compulsory",
    ),
    Source(
        "32/2018/TT-BGDĐT", "programme, IV", "subjects of primary school",
        verified=False, note="from the ministry's Excel columns, the programme was not read",
    ),
    Source(
        "22/2021/TT-BGDĐT", "5", "subjects assessed by comments alone",
        verified=False, note="from memory",
    ),
)  # fmt: skip

LAST_PRIMARY, LAST_LOWER = 5, 9  # grades
_ELECTIVES = 4  # that a pupil of upper secondary school takes


def programme_of(grade: int) -> tuple[Subject, ...]:
    """The subjects of the level of school that a grade (1–12) belongs to."""
    if grade <= LAST_PRIMARY:
        return PRIMARY
    return LOWER_SECONDARY if grade <= LAST_LOWER else UPPER_SECONDARY


def is_whole_programme(grade: int, taken: Collection[str]) -> bool:
    """Whether a pupil of that grade takes no more subjects than those `taken` (keys).

    Of the 2018 programme; exempted pupils have fewer, which this cannot tell from rows left out.
    """
    programme = programme_of(grade)
    compulsory = {subject.key for subject in programme if subject.compulsory}
    chosen = {subject.key for subject in programme} - compulsory
    electives = _ELECTIVES if programme is UPPER_SECONDARY else 0
    return compulsory <= set(taken) and len(chosen & set(taken)) >= electives
