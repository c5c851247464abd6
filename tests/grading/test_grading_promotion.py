"""The end of the year: conduct, promotion, summer, titles."""

from enum import StrEnum
from itertools import product

import pytest

from credential.errors import FormatError, RefusedError
from grading.circular22 import CIRCULAR_22, Level
from grading.circular58 import CIRCULAR_26, CIRCULAR_58, Conduct, Study
from grading.levels import judge
from grading.promotion import Outcome, after_retakes, conduct_year, promote, retakable, title
from grading.ruleset import RuleSet
from tests.grading.grades import results

GOOD, FAIR, PASSED, NOT_PASSED = Level
UP, SUMMER, STAYS = Outcome

# rules, study, conduct, absences, outcome, codes of the steps
PROMOTIONS: dict[str, tuple[RuleSet, StrEnum, StrEnum, int, Outcome, list[str]]] = {
    "22: both Đạt, 45 sessions": (CIRCULAR_22, PASSED, PASSED, 45, UP, ["promoted"]),
    "22: both Tốt, 46 sessions": (CIRCULAR_22, GOOD, GOOD, 46, STAYS, ["absent"]),
    "22: study Chưa đạt": (CIRCULAR_22, NOT_PASSED, PASSED, 0, SUMMER, ["study_low", "retake"]),
    "22: conduct Chưa đạt": (CIRCULAR_22, GOOD, NOT_PASSED, 0, SUMMER, ["conduct_low", "training"]),
    "22: both Chưa đạt": (
        CIRCULAR_22, NOT_PASSED, NOT_PASSED, 0, SUMMER,
        ["study_low", "conduct_low", "retake", "training"],
    ),
    "58: both Trung bình": (CIRCULAR_58, Study.AVERAGE, Conduct.AVERAGE, 45, UP, ["promoted"]),
    "58: 46 sessions": (CIRCULAR_58, Study.EXCELLENT, Conduct.GOOD, 46, STAYS, ["absent"]),
    "58: study Yếu": (
        CIRCULAR_58, Study.WEAK, Conduct.AVERAGE, 0, SUMMER, ["study_low", "retake"],
    ),
    "58: study Kém": (CIRCULAR_58, Study.POOR, Conduct.GOOD, 0, STAYS, ["study_low"]),
    "58: conduct Yếu": (
        CIRCULAR_58, Study.AVERAGE, Conduct.WEAK, 0, SUMMER, ["conduct_low", "training"],
    ),
    "58: both Yếu": (
        CIRCULAR_58, Study.WEAK, Conduct.WEAK, 0, STAYS, ["study_low", "conduct_low"],
    ),
    "26: as 58": (CIRCULAR_26, Study.WEAK, Conduct.WEAK, 0, STAYS, ["study_low", "conduct_low"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "study", "conduct", "absences", "outcome", "codes"),
    PROMOTIONS.values(),
    ids=PROMOTIONS.keys(),
)
def test_promotion(
    rules: RuleSet, study: StrEnum, conduct: StrEnum, absences: int, outcome: Outcome,
    codes: list[str],
) -> None:  # fmt: skip
    found = promote(rules, study, conduct, absences)
    assert found.outcome is outcome
    assert [step.code.removeprefix("grading.") for step in found.steps] == codes
    after = promote(rules, study, conduct, absences, after_summer=True).outcome
    assert after is (STAYS if outcome is SUMMER else outcome)


def conduct_by_article_8(hk1: Level, hk2: Level) -> Level:
    """Circular 22/2021 article 8 clause 2, in its own words."""
    if hk2 is GOOD and hk1 in (GOOD, FAIR):
        return GOOD
    if (
        (hk2 is FAIR and hk1 in (GOOD, FAIR, PASSED))
        or (hk2 is PASSED and hk1 is GOOD)
        or (hk2 is GOOD and hk1 in (PASSED, NOT_PASSED))
    ):
        return FAIR
    if (hk2 is PASSED and hk1 in (FAIR, PASSED, NOT_PASSED)) or (hk2 is FAIR and hk1 is NOT_PASSED):
        return PASSED
    return NOT_PASSED


@pytest.mark.parametrize(("hk1", "hk2"), list(product(Level, Level)))
def test_the_conduct_of_a_year_follows_article_8(hk1: Level, hk2: Level) -> None:
    assert conduct_year(CIRCULAR_22, hk1, hk2) is conduct_by_article_8(hk1, hk2)


def test_by_circular_58_the_conduct_of_a_year_is_judged_as_a_whole() -> None:
    assert conduct_year(CIRCULAR_58, Conduct.GOOD, Conduct.GOOD) is None


def test_what_may_be_examined_again() -> None:
    year = results([50, 49, 80], ["Đ", "CĐ"])
    assert [row.subject for row in retakable(CIRCULAR_22, year)] == ["literature", "comment_1"]


def test_a_pupil_who_passes_the_examinations_in_summer_goes_up() -> None:
    year = results([34, 49, 60, 60, 60, 60, 60, 60], ["CĐ", "CĐ", "Đ"])
    assert judge(CIRCULAR_22, year).level is NOT_PASSED
    mended = after_retakes(CIRCULAR_22, year, {"mathematics": 50, "comment_0": "Đ"})
    level = judge(CIRCULAR_22, mended).level
    assert level is PASSED
    assert promote(CIRCULAR_22, level, PASSED, 0, after_summer=True).outcome is UP
    assert year[0].mark == 34


def test_a_worse_mark_in_summer_counts_too() -> None:
    assert after_retakes(CIRCULAR_22, results([49]), {"mathematics": 20})[0].mark == 20


@pytest.mark.parametrize(
    "retaken", [{"literature": 60}, {"mathematics": "Đ"}, {"comment_0": 50}, {"music": 50}]
)
def test_other_subjects_are_not_examined_again(retaken: dict[str, int | str]) -> None:
    with pytest.raises(RefusedError) as refused:
        after_retakes(CIRCULAR_22, results([40, 50], ["CĐ"]), retaken)
    assert refused.value.code == "subject.not_retaken"


def test_a_rating_that_is_none_is_refused() -> None:
    with pytest.raises(FormatError):
        after_retakes(CIRCULAR_22, results([], ["CĐ"]), {"comment_0": "T"})


TITLES: dict[str, tuple[RuleSet, StrEnum, StrEnum, list[int], str | None]] = {
    "22: six at 9,0": (CIRCULAR_22, GOOD, GOOD, [90] * 6 + [65] * 3, "Học sinh Xuất sắc"),
    "22: the sixth 8,9": (CIRCULAR_22, GOOD, GOOD, [90] * 5 + [89] * 4, "Học sinh Giỏi"),
    "22: conduct Khá": (CIRCULAR_22, GOOD, FAIR, [100] * 9, None),
    "22: study Khá": (CIRCULAR_22, FAIR, GOOD, [100] * 8 + [60], None),
    "58: Giỏi and Tốt": (CIRCULAR_58, Study.EXCELLENT, Conduct.GOOD, [90] * 9, "Học sinh Giỏi"),
    "58: Giỏi, Khá": (CIRCULAR_58, Study.EXCELLENT, Conduct.FAIR, [90] * 9, "Học sinh Tiên tiến"),
    "58: Khá and Khá": (CIRCULAR_58, Study.FAIR, Conduct.FAIR, [70] * 9, "Học sinh Tiên tiến"),
    "58: Khá and Trung bình": (CIRCULAR_58, Study.FAIR, Conduct.AVERAGE, [70] * 9, None),
    "58: Trung bình and Tốt": (CIRCULAR_58, Study.AVERAGE, Conduct.GOOD, [60] * 9, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "study", "conduct", "marks", "name"), TITLES.values(), ids=TITLES.keys()
)
def test_titles(
    rules: RuleSet, study: StrEnum, conduct: StrEnum, marks: list[int], name: str | None
) -> None:
    assert title(rules, study, conduct, results(marks)) == name


@pytest.mark.parametrize("rules", [CIRCULAR_22, CIRCULAR_58])
def test_a_level_of_other_rules_is_refused(rules: RuleSet) -> None:
    assert rules.level("Khá") == "Khá"
    assert rules.conduct_level("Tốt") == "Tốt"
    for read in (rules.level, rules.conduct_level):
        with pytest.raises(FormatError) as refused:
            read("Xuất sắc")
        assert refused.value.code == "choice.invalid"
