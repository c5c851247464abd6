"""Which circular governs which grade in which school year: a frozen table of 2010–2030."""

from pathlib import Path

import pytest

from credential.errors import FormatError, RefusedError
from grading import graduation, subjects, university
from grading.circular22 import CIRCULAR_22
from grading.circular58 import CIRCULAR_26, CIRCULAR_58
from grading.explaining import Source
from grading.primary import CIRCULAR_27
from grading.rules import primary_rules_for, rules_for

# One letter per grade 1 … 12: - none written here, p 27/2020, a 58/2011, b 58/2011 with 26/2020,
# c 22/2021.
TABLE = {
    2010: "------------",
    2011: "-----aaaaaaa",
    2012: "-----aaaaaaa",
    2013: "-----aaaaaaa",
    2014: "-----aaaaaaa",
    2015: "-----aaaaaaa",
    2016: "-----aaaaaaa",
    2017: "-----aaaaaaa",
    2018: "-----aaaaaaa",
    2019: "-----aaaaaaa",
    2020: "p----bbbbbbb",
    2021: "pp---cbbbbbb",
    2022: "ppp--ccbbcbb",
    2023: "pppp-cccbccb",
    2024: "pppppccccccc",
    2025: "pppppccccccc",
    2026: "pppppccccccc",
    2027: "pppppccccccc",
    2028: "pppppccccccc",
    2029: "pppppccccccc",
    2030: "pppppccccccc",
}
RULES = {"p": CIRCULAR_27, "a": CIRCULAR_58, "b": CIRCULAR_26, "c": CIRCULAR_22}
ALL = [
    *RULES.values(),
    *graduation.RULES.values(),
    university.DEFAULT,
]


@pytest.mark.parametrize("first", TABLE)
def test_the_rules_of_every_grade_in_a_school_year(first: int) -> None:
    school_year = f"{first}-{first + 1}"
    for grade, letter in enumerate(TABLE[first], 1):
        choose = rules_for if grade > 5 else primary_rules_for
        if letter == "-":
            with pytest.raises(RefusedError) as refused:
                choose(school_year, grade)
            assert refused.value.code == "rules.not_covered"
            assert refused.value.params == {"school_year": school_year, "grade": grade}
        else:
            assert choose(school_year, grade) is RULES[letter]


@pytest.mark.parametrize("grade", [-1, 0, 5, 13])
def test_other_grades_are_not_secondary(grade: int) -> None:
    with pytest.raises(RefusedError):
        rules_for("2025-2026", grade)


@pytest.mark.parametrize("grade", [0, 6, 12])
def test_other_grades_are_not_primary(grade: int) -> None:
    with pytest.raises(RefusedError):
        primary_rules_for("2025-2026", grade)


@pytest.mark.parametrize("text", ["2025", "2025-2027", "2025–2026", "25-26", "", "2026-2025"])
def test_a_school_year_is_two_following_years(text: str) -> None:
    for choose, grade in ((rules_for, 12), (primary_rules_for, 3)):
        with pytest.raises(FormatError) as refused:
            choose(text, grade)
        assert refused.value.code == "school_year.invalid"


def sources() -> list[Source]:
    return [*(source for rules in ALL for source in rules.sources), *subjects.SOURCES]


def test_what_is_not_verified_says_why() -> None:
    for source in sources():
        assert source.circular
        assert source.article
        assert source.settles
        assert bool(source.note) is not source.verified, source


def test_the_documentation_lists_what_is_not_verified() -> None:
    written = (Path(__file__).parents[2] / "docs" / "GRADES.md").read_text(encoding="utf-8")
    table = written.partition("## What is not verified\n")[2].partition("\n## ")[0]
    listed = [line for line in table.splitlines() if line.startswith("| ")][1:]  # without heading
    open_ones = {
        f"| {source.circular} | {source.article} | {source.settles}: {source.note} |"
        for source in sources()
        if not source.verified
    }
    assert sorted(listed) == sorted(open_ones)
