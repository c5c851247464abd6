"""What a receiving school has to see to, case by case."""

from dataclasses import replace

import pytest

from api.transfers import codes, offers
from credential.errors import FormatError, InputError
from credential.model import CourseResult, TermOutcome, Transcript
from grading.subjects import LOWER_SECONDARY, PRIMARY, UPPER_SECONDARY
from grading.transferring import differences

ELECTIVES = ("physics", "chemistry", "biology", "informatics")
TAKEN = [each for each in UPPER_SECONDARY if each.compulsory or each.key in ELECTIVES]


def rows(*terms: str) -> tuple[CourseResult, ...]:
    return tuple(
        CourseResult(each.key, each.name, term, mark=80)
        if each.scored
        else CourseResult(each.key, each.name, term, rating="Đ")
        for each in TAKEN
        for term in terms
    )


YEAR = Transcript(
    11, "11A1", "2025-2026", rows("HK1", "HK2", "CN"), (TermOutcome("CN", "Tốt", "Tốt", 1),)
)
HALF = replace(YEAR, results=rows("HK1"), outcomes=(TermOutcome("HK1", "Tốt", "Tốt", 1),))
TAUGHT = [each for each in PRIMARY if each.key not in ("nature_society", "ethnic_language")]
FOURTH = Transcript(
    4, "4/1", "2025-2026",
    tuple(CourseResult(each.key, each.name, "CN", rating="T") for each in TAUGHT),
    (TermOutcome("CN", "Hoàn thành tốt"),),
)  # fmt: skip
FORMER = replace(YEAR, school_year="2022-2023", outcomes=(TermOutcome("CN", "Giỏi", "Tốt", 1),))
ALL = frozenset(each.key for each in TAKEN)


def said(record, offered=None, school_year=None):
    return [
        (each.code.removeprefix("transfer."), *each.params.values())
        for each in differences(record, offered, school_year)
    ]


CASES = {
    "a whole year, the same subjects": (YEAR, ALL, None, []),
    "nothing known of the new school": (YEAR, None, None, []),
    "half a year": (HALF, ALL, None, [("half_year",)]),
    "an elective that is not taught": (
        YEAR, ALL - {"biology"}, None, [("not_offered", "Sinh học")],
    ),
    "electives that are new": (
        YEAR, ALL | {"geography", "music"}, None, [("not_studied", "Địa lí, Âm nhạc")],
    ),
    "no result in a compulsory subject": (
        replace(YEAR, results=tuple(r for r in YEAR.results if r.subject != "history")), None, None,
        [("mark_missing", "Lịch sử", term) for term in ("HK1", "HK2", "CN")],
    ),
    "one semester of an elective is missing": (
        replace(
            YEAR,
            results=tuple(r for r in YEAR.results if (r.subject, r.term) != ("physics", "HK2")),
        ),
        None, None, [("mark_missing", "Vật lí", "HK2")],
    ),
    "levels of the rules before": (
        replace(YEAR, outcomes=(TermOutcome("CN", "Giỏi", "Trung bình", 1),)), None, None,
        [
            ("study_unknown", "Giỏi", "Tốt, Khá, Đạt, Chưa đạt"),
            ("conduct_unknown", "Trung bình", "Tốt, Khá, Đạt, Chưa đạt"),
        ],
    ),
    "no conduct": (
        replace(YEAR, outcomes=(TermOutcome("CN", "Tốt", None, 1),)), None, None,
        [("outcome_missing",)],
    ),
    "a primary record": (FOURTH, {each.key for each in TAUGHT}, None, []),
    "a primary record without Tiếng Việt": (
        replace(FOURTH, results=tuple(r for r in FOURTH.results if r.subject != "vietnamese")),
        None, None, [("mark_missing", "Tiếng Việt", "CN")],
    ),
    "a primary record with a level of secondary school": (
        replace(FOURTH, outcomes=(TermOutcome("CN", "Khá"),)), None, None,
        [("study_unknown", "Khá",
          "Hoàn thành xuất sắc, Hoàn thành tốt, Hoàn thành, Chưa hoàn thành")],
    ),
    "a primary record without its result": (
        replace(FOURTH, outcomes=()), None, None, [("outcome_missing",)],
    ),
    "a primary record of rules not written here": (
        FOURTH, None, "2022-2023", [("rules.not_covered", "2022-2023", 4)],
    ),
    "a year later, by rules that reach the pupil's next grade no sooner": (
        FORMER, None, "2023-2024", [],
    ),
    "the same grade again, which newer rules have reached": (
        replace(FORMER, promotion="Không được lên lớp"), None, "2023-2024",
        [
            ("other_rules", "58/2011/TT-BGDĐT, 26/2020/TT-BGDĐT", "22/2021/TT-BGDĐT"),
            ("study_unknown", "Giỏi", "Tốt, Khá, Đạt, Chưa đạt"),
        ],
    ),
    "a year without rules": (
        replace(YEAR, school_year="1999-2000"), None, None, [("school_year.invalid", "1999-2000")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_differences(case):
    record, offered, school_year, expected = CASES[case]
    assert said(record, offered, school_year) == expected


def test_another_circular_at_the_new_school():
    old = replace(YEAR, school_year="2021-2022", outcomes=(TermOutcome("CN", None, None, None),))
    found = said(old, None, "2025-2026")
    assert found[0][0] == "other_rules"
    assert "22/2021" in found[0][2]


OFFERS = {
    "keys and names, comments, blank lines": (
        "# môn học\n\nToán\nliterature\nVật lý\n", {"mathematics", "literature", "physics"},
    ),
    "more columns": ("Toán;105 tiết\nNgữ văn\t105\n", {"mathematics", "literature"}),
    "a name with a comma": ("Hoạt động trải nghiệm, hướng nghiệp", {"career_activities"}),
    "lower secondary too": (LOWER_SECONDARY[3].name, {"civics"}),
    "primary too": ("Tiếng Việt\nHoạt động trải nghiệm", {"vietnamese", "experience_activities"}),
}  # fmt: skip


@pytest.mark.parametrize("case", OFFERS)
def test_offers(case):
    text, keys = OFFERS[case]
    assert offers.read(text.encode("utf-8-sig")) == keys


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"Nghe\nToan h\xe1\xbb\x8dc\n", [(1, "transfer.subject"), (2, "transfer.subject")]),
        (b"", [(None, "transfer.offers")]),
        (b"\xff\xfe", [(None, "transfer.offers")]),
        (b"# x\n" * 9999, [(None, "transfer.offers")]),
    ],
    ids=["unknown subjects", "empty", "no text", "too long"],
)
def test_offers_that_are_none(data, faults):
    with pytest.raises(InputError) as caught:
        offers.read(data)
    assert [(each.row, each.code) for each in caught.value.faults] == faults


def test_a_code_is_taken_however_it_is_typed():
    code = codes.make()
    assert codes.parse(f" {codes.grouped(code).lower()} ") == code
    assert codes.parse(codes.grouped(code).replace(" ", "-").replace("0", "O")) == code
    assert len({codes.make() for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "typed", ["", "A", "U" * 20, "0" * 19, "0" * 21, "é" * 20, "0" * 19 + "\n!"]
)
def test_what_is_no_code(typed):
    with pytest.raises(FormatError) as caught:
        codes.parse(typed)
    assert caught.value.code == "transfer.code"
