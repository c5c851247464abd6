"""Circular 58/2011/TT-BGDĐT, as issued and as amended by Circular 26/2020/TT-BGDĐT.

Their numbers only: they held until Circular 22/2021 reached a grade. Conduct of the year is
judged as a whole (art. 3), so no rule computes it.
"""

from dataclasses import replace
from enum import StrEnum

from grading.explaining import Source
from grading.ruleset import Bar, RuleSet, Title

_NAME, _AMENDING = "58/2011/TT-BGDĐT", "26/2020/TT-BGDĐT"


class Study(StrEnum):
    """Học lực (art. 5), as papers print it."""

    EXCELLENT = "Giỏi"
    FAIR = "Khá"
    AVERAGE = "Trung bình"
    WEAK = "Yếu"
    POOR = "Kém"


class Conduct(StrEnum):
    """Hạnh kiểm (art. 3), as papers print it."""

    GOOD = "Tốt"
    FAIR = "Khá"
    AVERAGE = "Trung bình"
    WEAK = "Yếu"


CIRCULAR_58 = RuleSet(
    circular=_NAME,
    study=tuple(Study),
    conduct=tuple(Conduct),
    regular=(2, None),
    periodic=(1, None),
    bars=(
        Bar(Study.EXCELLENT, lowest=65, mean=80, leading=80, failed=0),
        Bar(Study.FAIR, lowest=50, mean=65, leading=65, failed=0),
        Bar(Study.AVERAGE, lowest=35, mean=50, leading=50, failed=0),
        Bar(Study.WEAK, lowest=20, mean=35),
    ),
    raised=(Study.EXCELLENT, Study.FAIR),
    conduct_year=None,
    passing=(Study.AVERAGE, Conduct.AVERAGE),
    hopeless=Study.POOR,
    both=False,
    leading=("mathematics", "literature"),
    titles=(
        Title("Học sinh Giỏi", Study.EXCELLENT, Conduct.GOOD),
        Title("Học sinh Tiên tiến", Study.FAIR, Conduct.FAIR),
    ),
    sources=(
        Source(
            _NAME, "3", "the year's conduct is judged as a whole, mainly by semester II",
            verified=False, note="from memory",
        ),
        Source(
            _NAME, "7, 8, 10", "weights 1, 2, 3; year = (I + 2·II)/3; comments of semester II",
            verified=False, note="from memory; at least 2 regular and 1 periodic mark",
            about="average",
        ),
        Source(
            _NAME, "11", "the mean of all scored subjects, unweighted, one decimal",
            verified=False, note="from memory", about="study",
        ),
        Source(_NAME, "13.1–5", "the five levels of study, with one more condition for a "
               "specialised class", about="study"),
        Source(
            _NAME, "13.6", "a level lowered by one subject goes up by one",
            verified=False, about="study",
            note="the wording was read; it names four cases and not Giỏi lowered to Kém, which "
            "is read as Khá lowered to Kém (decision 0018)",
        ),
        Source(_NAME, "15", "promotion, at most 45 sessions missed", about="promotion"),
        Source(_NAME, "16", "subjects examined again", about="promotion"),
        Source(
            _NAME, "18", "titles: Học sinh Giỏi, Học sinh Tiên tiến",
            verified=False, note="from memory", about="title",
        ),
        Source(
            _NAME, "Circular, art. 2", "in force from 26/01/2012",
            verified=False,
            note="read; that it decides the whole school year 2011-2012 is our reading",
        ),
    ),
)  # fmt: skip

CIRCULAR_26 = replace(
    CIRCULAR_58,
    circular=f"{_NAME}, {_AMENDING}",
    regular=(2, 4),
    periodic=(1, 1),
    leading=("mathematics", "literature", "foreign_language_1"),
    sources=(
        *CIRCULAR_58.sources,
        Source(
            _AMENDING, "1.3–4", "one midterm and one final, 2 to 4 regular marks",
            verified=False, note="from memory", about="average",
        ),
        Source(_AMENDING, "2.6", "one of three: mathematics, literature, foreign language",
               about="study"),
        Source(
            _AMENDING, "4", "in force from 11/10/2020",
            verified=False,
            note="read; that it decides the whole school year 2020-2021 is our reading",
        ),
    ),
)  # fmt: skip
