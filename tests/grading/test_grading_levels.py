"""Levels of study: every clause and border of both circulars by name, and what always holds."""

from enum import StrEnum
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import FormatError
from credential.model import CourseResult
from grading.circular22 import CIRCULAR_22, Level
from grading.circular58 import CIRCULAR_26, CIRCULAR_58, Study
from grading.levels import judge
from grading.ruleset import RuleSet
from tests.grading.grades import SCORED, results

GOOD, FAIR, PASSED, NOT_PASSED = Level
GIOI, KHA, TB, YEU, KEM = Study
RULES = {"22": CIRCULAR_22, "58": CIRCULAR_58, "26": CIRCULAR_26}
BORDERS = [0, 19, 20, 34, 35, 49, 50, 64, 65, 79, 80, 90, 100]

# name: scored averages, comments, level
BY_22: dict[str, tuple[list[int], str, Level]] = {
    "Tốt: all at least 6,5, six at least 8,0": ([80] * 6 + [65] * 3, "ĐĐĐ", GOOD),
    "Tốt: exactly six subjects, all 8,0": ([80] * 6, "", GOOD),
    "Tốt: all ten": ([100] * 9, "ĐĐĐ", GOOD),
    "Tốt: no comment subject (all exempted)": ([80] * 9, "", GOOD),
    "Tốt missed: the sixth is 7,9": ([80] * 5 + [79] * 4, "ĐĐĐ", FAIR),
    "Tốt missed: one at 6,4 is Khá, one level lower, not raised": ([90] * 8 + [64], "ĐĐĐ", FAIR),
    "Tốt missed: two at 6,4": ([90] * 7 + [64] * 2, "ĐĐĐ", FAIR),
    "Tốt missed: one at exactly 5,0 is Khá by clause 2b": ([90] * 8 + [50], "ĐĐĐ", FAIR),
    "Tốt missed with five subjects only, all ten": ([100] * 5, "ĐĐĐ", NOT_PASSED),
    "Khá: all at least 5,0, six at least 6,5": ([65] * 6 + [50] * 3, "ĐĐĐ", FAIR),
    "Khá: six at 6,5 exactly and no more": ([65] * 6, "Đ", FAIR),
    "Khá: high but three under 6,5": ([100] * 6 + [64] * 3, "ĐĐĐ", FAIR),
    "Khá missed: the sixth is 6,4": ([65] * 5 + [64] * 4, "ĐĐĐ", PASSED),
    "Khá missed: two at 4,9": ([65] * 7 + [49] * 2, "ĐĐĐ", PASSED),
    "Khá missed: one at 4,9 is one level lower, not raised": ([65] * 8 + [49], "ĐĐĐ", PASSED),
    "Khá missed: one at exactly 3,5, not raised": ([65] * 8 + [35], "ĐĐĐ", PASSED),
    "Đạt: six at least 5,0, none below 3,5": ([50] * 6 + [35] * 3, "ĐĐĐ", PASSED),
    "Đạt: one comment subject not passed": ([50] * 9, "CĐĐ", PASSED),
    "Đạt missed: two comment subjects not passed": ([50] * 9, "CCĐ", NOT_PASSED),
    "Đạt missed: three comment subjects not passed": ([100] * 9, "CCC", NOT_PASSED),
    "Đạt missed: one below 3,5": ([50] * 8 + [34], "ĐĐĐ", NOT_PASSED),
    "Đạt missed: the sixth is 4,9": ([50] * 5 + [49] * 4, "ĐĐĐ", NOT_PASSED),
    "Đạt missed: all nought": ([0] * 9, "ĐĐĐ", NOT_PASSED),
    "Chưa đạt: nothing at all": ([], "", NOT_PASSED),
    "raised: Tốt but for one at 4,9 is Khá": ([80] * 8 + [49], "ĐĐĐ", FAIR),
    "raised: Tốt but for one at 3,5 is Khá": ([80] * 8 + [35], "ĐĐĐ", FAIR),
    "raised: Tốt but for one at 3,4 is Đạt, three lower": ([80] * 8 + [34], "ĐĐĐ", PASSED),
    "raised: Tốt but for one at 0,0 is Đạt": ([80] * 8 + [0], "ĐĐĐ", PASSED),
    "raised: Khá but for one at 3,4 is Đạt": ([65] * 8 + [34], "ĐĐĐ", PASSED),
    "raised: Tốt but for one comment subject is Khá": ([80] * 9, "CĐĐ", FAIR),
    "raised: the one that is low is also the sixth": ([80] * 5 + [40], "Đ", PASSED),
    "not raised: Khá but for one comment subject is Đạt, one lower": ([65] * 9, "CĐĐ", PASSED),
    "not raised: two subjects keep it down": ([80] * 7 + [40] * 2, "ĐĐĐ", PASSED),
    "not raised: a mark and a comment": ([80] * 8 + [40], "CĐĐ", PASSED),
    "not raised: two comments": ([80] * 9, "CCĐ", NOT_PASSED),
    "not raised: Đạt but for one is no more than Chưa đạt": ([50] * 8 + [34], "CĐĐ", NOT_PASSED),
    "raised once only: two below 3,5": ([80] * 7 + [34] * 2, "ĐĐĐ", NOT_PASSED),
}
BY_58: dict[str, tuple[list[int], str, Study]] = {
    "Giỏi: mean 8,0, mathematics 8,0, none below 6,5": ([80, 65, 65, *[85] * 6], "ĐĐ", GIOI),
    "Giỏi: literature instead of mathematics": ([65, 80, 65, *[85] * 6], "ĐĐ", GIOI),
    "Giỏi: mean 7,95 is rounded up to 8,0": ([80] * 5 + [79] * 5, "ĐĐ", GIOI),
    "Giỏi missed: mean 7,94": ([80, 80, 80, 80, 79, 79, 79, 79, 79], "ĐĐ", KHA),
    "Giỏi missed: neither mathematics nor literature at 8,0": ([79, 79] + [90] * 7, "ĐĐ", KHA),
    "Giỏi missed: one at 6,4 is Khá": ([90] * 8 + [64], "ĐĐ", KHA),
    "Giỏi missed: one at exactly 5,0 is Khá": ([90] * 8 + [50], "ĐĐ", KHA),
    "Khá: mean 6,5, mathematics 6,5, none below 5,0": ([65, 50, 50, *[70] * 6], "ĐĐ", KHA),
    "Khá: mean 6,45 is rounded up to 6,5": ([65, 64] * 5, "ĐĐ", KHA),
    "Khá missed: mean 6,4": ([66, 64] + [64] * 7, "ĐĐ", TB),
    "Khá missed: neither at 6,5": ([64, 64] + [75] * 7, "ĐĐ", TB),
    "Khá missed: one at 4,9 is Trung bình, one lower": ([70] * 8 + [49], "ĐĐ", TB),
    "Khá missed: one at exactly 3,5": ([70] * 8 + [35], "ĐĐ", TB),
    "Trung bình: mean 5,0, literature 5,0, one 3,5": ([35, *[50] * 6, 55, 60], "ĐĐ", TB),
    "Trung bình missed: mean 4,9": ([50] + [49] * 8, "ĐĐ", YEU),
    "Trung bình missed: neither at 5,0": ([49, 49] + [60] * 7, "ĐĐ", YEU),
    "Trung bình missed: one at 3,4": ([55] * 8 + [34], "ĐĐ", YEU),
    "Trung bình missed: a comment not passed": ([55] * 9, "CĐ", YEU),
    "Yếu: mean 3,5, none below 2,0": ([35] * 9, "CC", YEU),
    "Yếu: one at exactly 2,0": ([55] * 8 + [20], "ĐĐ", YEU),
    "Kém: mean 3,4": ([34] * 9, "ĐĐ", KEM),
    "Kém: one at 1,9": ([55] * 8 + [19], "ĐĐ", KEM),
    "Kém: two at 1,9": ([90] * 7 + [19] * 2, "ĐĐ", KEM),
    "6a: Giỏi by mean, one at 4,9 is Khá": ([90] * 8 + [49], "ĐĐ", KHA),
    "6a: one at exactly 3,5": ([90] * 8 + [35], "ĐĐ", KHA),
    "6b: Giỏi by mean, one at 3,4 is Trung bình": ([90] * 8 + [34], "ĐĐ", TB),
    "6b: a comment not passed makes Yếu, raised": ([90] * 9, "CĐ", TB),
    "6c: Khá by mean, one at 3,4 is Trung bình": ([70] * 8 + [34], "ĐĐ", TB),
    "6c: a comment not passed": ([70] * 9, "CĐ", TB),
    "6d: Khá by mean, one at 1,9 is Yếu": ([72] * 8 + [19], "ĐĐ", YEU),
    "6, read with d: Giỏi by mean, one at 1,9 is Yếu": ([95] * 8 + [19], "ĐĐ", YEU),
    "6a: mathematics alone, with literature not good enough": ([49, 70] + [95] * 7, "ĐĐ", KHA),
    "6 not: mean itself is lowered below Giỏi": ([82] * 8 + [49], "ĐĐ", TB),
    "6 not: two subjects": ([95] * 7 + [34] * 2, "ĐĐ", YEU),
    "6 not: two comments": ([90] * 9, "CC", YEU),
}  # fmt: skip
DIFFERING_58_26 = {
    "foreign language alone at 8,0": ([79, 79, 90] + [85] * 6, "ĐĐ", KHA, GIOI),
    "foreign language alone at 6,5": ([64, 64, 65] + [70] * 6, "ĐĐ", TB, KHA),
    "foreign language alone at 5,0": ([49, 49, 50] + [60] * 6, "ĐĐ", YEU, TB),
    "none of the three": ([79, 79, 79] + [90] * 6, "ĐĐ", KHA, KHA),
}


def level(
    rules: RuleSet, marks: list[int], comments: str, specialised: str | None = None
) -> StrEnum:
    ratings = [{"C": "CĐ", "Đ": "Đ"}[each] for each in comments if each in "CĐ"]
    return judge(rules, results(marks, ratings), specialised).level


@pytest.mark.parametrize(("marks", "comments", "wanted"), BY_22.values(), ids=BY_22.keys())
def test_by_circular_22_article_9(marks: list[int], comments: str, wanted: Level) -> None:
    assert level(CIRCULAR_22, marks, comments) is wanted


@pytest.mark.parametrize(("marks", "comments", "wanted"), BY_58.values(), ids=BY_58.keys())
def test_by_circular_58_article_13(marks: list[int], comments: str, wanted: Study) -> None:
    assert level(CIRCULAR_58, marks, comments) is wanted


@pytest.mark.parametrize(
    ("marks", "comments", "before", "after"), DIFFERING_58_26.values(), ids=DIFFERING_58_26.keys()
)
def test_circular_26_takes_the_foreign_language_too(
    marks: list[int], comments: str, before: Study, after: Study
) -> None:
    assert level(CIRCULAR_58, marks, comments) is before
    assert level(CIRCULAR_26, marks, comments) is after


# the same marks by Circular 58 (with 26) and by Circular 22
SAME_MARKS = {
    "a high mean hides three weak subjects": ([95] * 6 + [64] * 3, "ĐĐ", KHA, FAIR),
    "five very good, the others fair: Giỏi, but Khá": ([100] * 5 + [70] * 4, "ĐĐ", GIOI, FAIR),
    "weak in all three main subjects": ([64, 64, 64] + [85] * 6, "ĐĐ", TB, FAIR),
    "no mean any more": ([65] * 6 + [50] * 3, "ĐĐ", TB, FAIR),
    "a comment not passed costs less": ([55] * 9, "CĐ", YEU, PASSED),
    "one below 3,5": ([55] * 8 + [34], "ĐĐ", YEU, NOT_PASSED),
}


@pytest.mark.parametrize(
    ("marks", "comments", "old", "new"), SAME_MARKS.values(), ids=SAME_MARKS.keys()
)
def test_the_same_marks_by_the_old_and_the_new_circular(
    marks: list[int], comments: str, old: Study, new: Level
) -> None:
    assert (level(CIRCULAR_26, marks, comments), level(CIRCULAR_22, marks, comments)) == (old, new)


SPECIALISED = {
    "at 8,0": (80, GIOI),
    "at 7,9 it is no Giỏi": (79, KHA),
    "at 6,4 it is no Khá: from Trung bình raised": (64, KHA),
    "at 4,9 it is no Trung bình either: from Yếu raised": (49, TB),
}


@pytest.mark.parametrize(("mark", "wanted"), SPECIALISED.values(), ids=SPECIALISED.keys())
def test_a_specialised_class_asks_more_of_its_subject(mark: int, wanted: Study) -> None:
    marks = [90, 90, 90, 90, mark, 90, 90, 90, 90]
    assert level(CIRCULAR_58, marks, "Đ", "physics") is wanted


def test_the_tables_name_at_least_sixty_cases() -> None:
    assert len(BY_22) + len(BY_58) + len(DIFFERING_58_26) + len(SPECIALISED) >= 60


@pytest.mark.parametrize("circular", RULES)
def test_each_pair_of_borders_changes_the_level_where_a_bar_stands(circular: str) -> None:
    """Equal marks just under and at each border: the level changes there and nowhere else."""
    changes = {
        "22": {35: None, 50: PASSED, 65: FAIR, 80: GOOD},
        "58": {35: YEU, 50: TB, 65: KHA, 80: GIOI},
    }["22" if circular == "22" else "58"]
    rules = RULES[circular]
    for border in range(1, 101):
        below, at = (level(rules, [mark] * 9, "ĐĐ") for mark in (border - 1, border))
        if changes.get(border) is None:
            assert below is at, border
        else:
            assert (at, below is not at) == (changes[border], True)


some_marks = st.lists(st.sampled_from(BORDERS), min_size=0, max_size=12)
some_comments = st.text("CĐ", max_size=4)


def by_the_text_of_22(marks: list[int], failed: int) -> int:
    """Article 9 clause 2, written out once more; 0 is Tốt."""
    above = {border: len([mark for mark in marks if mark >= border]) for border in (80, 65, 50)}
    if not failed and not [mark for mark in marks if mark < 65] and above[80] > 5:
        return 0
    if not failed and not [mark for mark in marks if mark < 50] and above[65] > 5:
        return 1
    return 2 if failed < 2 and not [mark for mark in marks if mark < 35] and above[50] > 5 else 3


def by_the_text_of_58(marks: list[int], failed: int, mean: int, leading: int) -> int:
    """Article 13 clauses 1–5; 0 is Giỏi."""
    best = max(marks[:leading], default=100)
    lowest = min(marks, default=100)
    for place, (all_of_them, none_below) in enumerate(((80, 65), (65, 50), (50, 35))):
        if mean >= all_of_them and best >= all_of_them and lowest >= none_below and not failed:
            return place
    return 3 if mean >= 35 and lowest >= 20 else 4


@given(some_marks, some_comments, st.sampled_from(sorted(RULES)))
def test_the_level_is_what_trying_every_single_subject_gives(
    marks: list[int], comments: str, circular: str
) -> None:
    failed = comments.count("C")
    total, count = sum(marks), max(len(marks), 1)
    mean = (2 * total + count) // (2 * count)

    def plain(these: list[int], not_passed: int) -> int:
        if circular == "22":
            return by_the_text_of_22(these, not_passed)
        return by_the_text_of_58(these, not_passed, mean, 2 if circular == "58" else 3)

    place = plain(marks, failed)
    tried = [plain([*marks[:i], 100, *marks[i + 1 :]], failed) for i in range(len(marks))]
    tried += [plain(marks, failed - 1)] * (failed > 0)
    raised = any(best <= 1 and place - best >= 2 for best in tried)
    judged = level(RULES[circular], marks, comments)
    assert judged is RULES[circular].study[place - raised]


@given(some_marks.filter(bool), some_comments, st.sampled_from(sorted(RULES)), st.data())
def test_a_better_mark_never_makes_a_worse_level(
    marks: list[int], comments: str, circular: str, data: st.DataObject
) -> None:
    rules = RULES[circular]
    place = data.draw(st.integers(0, len(marks) - 1))
    better = [*marks]
    better[place] = data.draw(st.integers(marks[place], 100))
    before, after = level(rules, marks, comments), level(rules, better, comments)
    assert rules.study.index(after) <= rules.study.index(before)
    if "C" in comments:
        mended = level(rules, marks, comments.replace("C", "Đ", 1))
        assert rules.study.index(mended) <= rules.study.index(before)


@given(some_marks, some_comments, st.sampled_from(sorted(RULES)))
def test_a_judgement_explains_itself(marks: list[int], comments: str, circular: str) -> None:
    rules = RULES[circular]
    ratings = ["CĐ" if each == "C" else "Đ" for each in comments]
    found = judge(rules, results(marks, ratings))
    best = found.level is rules.study[0]
    assert (found.above is None) is best
    assert (not found.missing) is best
    assert best or found.decided_by or len(marks) < 6
    assert (found.raised_by != "") == ("grading.raised" in {step.code for step in found.steps})
    assert found.steps[-1].params["level"] == found.level


def test_what_is_missing_for_the_next_level_is_named() -> None:
    found = judge(CIRCULAR_22, results([80] * 4 + [78, 79, 60, 70, 70], ["Đ"]))
    assert (found.level, found.above) == (FAIR, GOOD)
    assert [(each.code, dict(each.params)) for each in found.missing] == [
        ("grading.below", {"subject": "biology", "found": "6,0", "needed": "6,5"}),
        (
            "grading.count",
            {"count": 4, "wanted": 6, "needed": "8,0", "subjects": ["chemistry", "physics"]},
        ),
    ]
    assert found.decided_by == ("biology", "chemistry", "physics")


def test_the_subject_that_alone_lowered_the_level_is_named() -> None:
    found = judge(CIRCULAR_22, results([80] * 8 + [40]))
    assert (found.level, found.raised_by) == (FAIR, SCORED[8])
    assert [step.code for step in found.steps] == [
        "grading.not_level", "grading.below",
        "grading.not_level", "grading.below",
        "grading.level", "grading.raised",
    ]  # fmt: skip


def test_a_rating_that_is_none_is_refused() -> None:
    with pytest.raises(FormatError) as refused:
        judge(CIRCULAR_22, [CourseResult("arts", "Nghệ thuật", "CN", rating="Ð")])
    assert refused.value.code == "rating.invalid"


@pytest.mark.parametrize(("term", "circular"), list(product(("HK1", "HK2", "CN"), RULES)))
def test_a_semester_is_judged_as_a_year_is(term: str, circular: str) -> None:
    judged = judge(RULES[circular], results([80] * 9, ["Đ"], term))
    assert judged.level is RULES[circular].study[0]


def test_too_few_subjects_is_said_so() -> None:
    found = judge(CIRCULAR_22, results([100] * 5))
    assert [(each.code, each.params["count"]) for each in found.missing] == [("grading.few", 5)]
