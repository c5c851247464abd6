"""What a calculator is asked and what it answers, as JSON.

Marks are text as people type it (``8,5`` or ``8.5``); an empty one is not there. A result says
what it is, its value, the steps to it, what it lacks or what the next level asks for, and on which
articles it rests.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.presenting import Bilingual, RemarkModel

Cell = Annotated[str, StringConstraints(max_length=16)]
Name = Annotated[str, StringConstraints(max_length=80)]
SchoolYear = Annotated[str, StringConstraints(min_length=9, max_length=9)]
_Grade = Annotated[int, Field(ge=6, le=12)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SemesterModel(_Model):
    """The marks of one semester: weight 1, weight 2 (midterm or periodic), weight 3."""

    regular: list[Cell] = Field(max_length=12)
    periodic: list[Cell] = Field(max_length=6)
    final: Cell


class SubjectModel(_Model):
    """One subject with marks, of one semester or two."""

    school_year: SchoolYear
    grade: _Grade
    semesters: list[SemesterModel] = Field(min_length=1, max_length=2)


class CourseModel(_Model):
    """A subject's semester averages, or ``Đ``/``CĐ`` where comments assess it."""

    name: Name
    first: Cell
    second: Cell


class YearModel(_Model):
    """All subjects of a pupil's year, or of its first semester.

    `conduct` is that of the year, or of both semesters.
    """

    school_year: SchoolYear
    grade: _Grade
    courses: list[CourseModel] = Field(max_length=60)
    conduct: list[Cell] = Field(default=[], max_length=2)
    absences: Cell = ""
    specialised: Name = Field(default="", description="subject of a specialised class")


class GraduationModel(_Model):
    """Examination papers, and of each grade its mean (one) or all its year averages (several)."""

    year: int = Field(ge=1900, le=2999, description="of the examination")
    exams: list[Cell] = Field(max_length=4)
    grade_10: list[Cell] = Field(default=[], max_length=20)
    grade_11: list[Cell] = Field(default=[], max_length=20)
    grade_12: list[Cell] = Field(default=[], max_length=20)
    extra: Cell = ""
    priority: Cell = ""


class ResultModel(_Model):
    """One result. Without a value, `missing` says what it lacks; `next` leads to the next level."""

    kind: Literal[
        "average", "course", "study", "conduct", "promotion", "title", "graduation", "pass"
    ]
    at: str = Field(description="the member that it is about, such as courses.3, or empty")
    label: Bilingual
    value: str | None = Field(description="stable: 8,5, Khá, promoted …; empty: there is none")
    shown: Bilingual | None
    steps: list[RemarkModel]
    missing: list[RemarkModel]
    next: list[RemarkModel]
    sources: list[RemarkModel]


class CalculatedModel(_Model):
    """Everything that follows from what was given."""

    results: list[ResultModel]


Result = dict[str, Any]
"""What `ResultModel` describes, as it is answered."""
