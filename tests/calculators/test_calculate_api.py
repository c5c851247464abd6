"""The calculators over HTTP say what the rules say, and what is missing; never a 500."""

import logging
from typing import Any

import pytest

from api.calculators.models import CalculatedModel
from api.calculators.offered import offered
from grading import graduation
from grading.averages import semester_average, year_average
from grading.marks import format_hundredths, format_tenths
from grading.rules import rules_for
from grading.years import Course, reckon
from tests.web.conftest import Call, app, call, problem, world

__all__ = ("app", "call", "world")

Json = dict[str, Any]
TODAY: Json = {"school_year": "2025-2026", "grade": 12}
OLD: Json = {"school_year": "2015-2016", "grade": 12}
AMENDED: Json = {"school_year": "2020-2021", "grade": 12}
FILLED: Json = {"regular": ["8", "7,5", "9"], "periodic": ["8"], "final": "8.5"}
EMPTY: Json = {"regular": ["", ""], "periodic": [""], "final": ""}
PASSED = ("Giáo dục thể chất", "Đ", "Đạt")


def asked(call: Call, name: str, body: Any) -> list[Any]:
    response = call("POST", f"/api/calculate/{name}", json=body)
    assert response.status_code == 200, response.text
    return list(CalculatedModel.model_validate_json(response.content).results)


def courses(*rows: tuple[str, str, str]) -> list[Json]:
    return [{"name": name, "first": first, "second": second} for name, first, second in rows]


def faults(call: Call, name: str, body: Json) -> list[tuple[str, str]]:
    response = call("POST", f"/api/calculate/{name}", json=body)
    assert response.status_code == 422, response.text
    return [(str(fault.column), fault.code) for fault in problem(response).faults]


# Regular marks, periodic marks, final: as people type them, and in tenths.
SEMESTERS: dict[str, tuple[Json, list[str], list[str], str, tuple[list[int], list[int], int]]] = {
    "commas and points": (
        TODAY, ["8", "7,5", "9.0"], ["8"], "8.5", ([80, 75, 90], [80], 85)),
    "a tie goes up": (
        TODAY, ["8", "8"], ["8"], "8,1", ([80, 80], [80], 81)),
    "boxes left empty between": (
        TODAY, ["", "7", "", "9"], [" 6,5 "], "10", ([70, 90], [65], 100)),
    "zeros": (
        TODAY, ["0", "0,0"], ["0"], "0", ([0, 0], [0], 0)),
    "several periodic marks of old": (
        OLD, ["5", "6", "7", "8", "9"], ["6,5", "7", "8"], "4,5",
        ([50, 60, 70, 80, 90], [65, 70, 80], 45)),
}  # fmt: skip


@pytest.mark.parametrize("case", SEMESTERS)
def test_averages_are_those_of_the_rules(case: str, call: Call) -> None:
    when, regular, periodic, final, (ones, twos, three) = SEMESTERS[case]
    expected = semester_average(rules_for(when["school_year"], when["grade"]), ones, twos, three)
    typed = {"regular": regular, "periodic": periodic, "final": final}
    first, second, year = asked(call, "subject", {**when, "semesters": [typed, typed]})
    assert (first.at, second.at) == ("semesters.0", "semesters.1")
    assert first.value == second.value == format_tenths(expected)
    assert year.value == format_tenths(year_average(expected, expected))
    assert first.shown.vi == first.value
    assert [step.code for step in first.steps] == ["grading.sum", "grading.divided"]
    assert [step.code for step in year.steps] == ["grading.year"]
    assert first.sources
    assert not first.missing + first.next


def test_what_is_missing_for_an_average_is_said_and_what_would_be_needed(call: Call) -> None:
    lacks_final = {**FILLED, "final": ""}
    first, second, year = asked(call, "subject", {**TODAY, "semesters": [lacks_final, EMPTY]})
    assert first.value is None
    assert [one.code for one in first.missing] == ["calculate.lacks_final"]
    assert [one.text.vi for one in first.next] == [
        "Cuối kì từ 7,7 thì trung bình môn từ 8,0.",
        "Cuối kì từ 3,7 thì trung bình môn từ 6,5.",
        "Cuối kì từ 0,0 thì trung bình môn từ 5,0.",
    ]
    assert [one.code for one in second.missing] == [
        "calculate.lacks_regular",
        "calculate.lacks_periodic",
        "calculate.lacks_final",
    ]
    assert second.next == []
    assert [one.code for one in year.missing] == [
        "calculate.lacks_semester_1",
        "calculate.lacks_semester_2",
    ]


def test_an_average_out_of_reach_is_said_to_be(call: Call) -> None:
    low = {"regular": ["2", "2"], "periodic": ["2"], "final": ""}
    (only,) = asked(call, "subject", {**TODAY, "semesters": [low]})
    assert [one.code for one in only.next] == [
        "calculate.out_of_reach",
        "calculate.out_of_reach",
        "calculate.final_needed",
    ]


GOOD = tuple((f"Môn {number}", "9", "9") for number in range(6))
YEARS: dict[str, tuple[Json, list[tuple[str, str, str]], Json, dict[str, str | None]]] = {
    "all good": (
        TODAY, [*GOOD, PASSED], {"conduct": ["Tốt", "Tốt"], "absences": "0"},
        {"study": "Tốt", "conduct": "Tốt", "promotion": "promoted", "title": "Học sinh Xuất sắc"}),
    "one subject under 6,5": (
        TODAY, [*GOOD, ("Vật lí", "6,5", "6,4"), PASSED],
        {"conduct": ["Khá", "Tốt"], "absences": "45"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": ""}),
    "one subject alone lowers it by two": (
        TODAY, [*GOOD, ("Vật lí", "4,0", "3,5"), PASSED],
        {"conduct": ["Tốt", "Tốt"], "absences": "0"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": ""}),
    "a comment not passed": (
        TODAY, [*GOOD, ("Thể chất", "Đạt", "chưa đạt")],
        {"conduct": ["Tốt", "Tốt"], "absences": "0"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": ""}),
    "46 sessions missed": (
        TODAY, list(GOOD), {"conduct": ["Tốt", "Tốt"], "absences": "46"},
        {"study": "Tốt", "conduct": "Tốt", "promotion": "retained", "title": "Học sinh Xuất sắc"}),
    "conduct not known": (
        TODAY, list(GOOD), {"conduct": ["Tốt", ""], "absences": "0"},
        {"study": "Tốt", "promotion": None}),
    "by the rules of old": (
        OLD, [("Toán", "8", "8"), ("Ngữ văn", "6,5", "6,5"), ("Vật lí", "9", "9")],
        {"conduct": ["Tốt"], "absences": "3"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": "Học sinh Tiên tiến"}),
    "of 2020, another first foreign language than English leads": (
        AMENDED, [("Toán", "7", "7"), ("Ngữ văn", "7", "7"), ("Tiếng Pháp", "9", "9"), *GOOD],
        {"conduct": ["Tốt"], "absences": "3", "specialised": "tiếng Pháp"},
        {"study": "Giỏi", "conduct": "Tốt", "promotion": "promoted", "title": "Học sinh Giỏi"}),
    "of 2020, a second foreign language does not": (
        AMENDED,
        [("Toán", "7", "7"), ("Ngữ văn", "7", "7"), ("Tiếng Anh", "7", "7"),
         ("Tiếng Pháp", "9", "9"), *GOOD],
        {"conduct": ["Tốt"], "absences": "3"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": "Học sinh Tiên tiến"}),
    "of old, a specialised class": (
        OLD, [("Toán", "9", "9"), ("Ngữ văn", "8", "8"), ("Vật lí", "7,9", "7,9")],
        {"conduct": ["Tốt"], "absences": "3", "specialised": "Vật lý"},
        {"study": "Khá", "conduct": "Tốt", "promotion": "promoted", "title": "Học sinh Tiên tiến"}),
    "of old, conduct of two semesters decides nothing": (
        OLD, [("Toán", "9", "9")], {"conduct": ["Tốt", "Tốt"], "absences": "3"},
        {"study": "Giỏi", "promotion": None}),
}  # fmt: skip


@pytest.mark.parametrize("case", YEARS)
def test_a_year_is_that_of_the_rules(case: str, call: Call) -> None:
    when, rows, more, expected = YEARS[case]
    found = asked(call, "year", {**when, "courses": courses(*rows), **more})
    assert {one.kind: one.value for one in found if one.kind != "course"} == expected
    for one in found:
        assert (one.value is None) == bool(one.missing), one.kind


def test_a_year_equals_grading_step_by_step(call: Call) -> None:
    rows = [*GOOD, ("Toán", "6,1", "6,2")]
    rules = rules_for("2025-2026", 12)
    tenths = [
        Course("mathematics" if name == "Toán" else name, name, *marks)
        for (name, *_), marks in zip(rows, [*((90, 90),) * 6, (61, 62)], strict=True)
    ]
    expected = reckon(rules, tenths)
    found = asked(call, "year", {**TODAY, "courses": courses(*rows)})
    study = next(one for one in found if one.kind == "study")
    assert [one.code for one in study.steps[:-1]] == [one.code for one in expected.study.steps]
    assert study.steps[-1].code == "calculate.few_subjects"
    assert [one.code for one in study.next] == [
        "grading.missing",
        *(one.code for one in expected.study.missing),
        "calculate.held_by",
    ]
    assert study.next[-1].params == {"subjects": ["Toán"]}
    marks = [one.value for one in found if one.kind == "course"]
    assert marks == [format_tenths(course.result.mark or 0) for course in expected.courses]


def test_marks_that_are_missing_are_named_and_no_level_is_guessed(call: Call) -> None:
    rows = courses(("Toán", "8", ""), ("Ngữ văn", "", "8"), ("Lịch sử", "9", "9"),
                   ("Địa lí", "", ""), ("Thể dục", "Đ", ""), ("Âm nhạc", "", "Đ"))  # fmt: skip
    found = asked(call, "year", {**TODAY, "courses": rows, "conduct": ["Tốt", "Tốt"]})
    study = next(one for one in found if one.kind == "study")
    assert study.value is None
    assert [one.text.vi for one in study.missing] == [
        "môn Toán: học kì 2",
        "môn Ngữ văn: học kì 1",
        "môn Thể dục: học kì 2",
    ]
    shown = {one.label.vi: one.value for one in found if one.kind == "course"}
    assert shown == {"Toán": None, "Ngữ văn": None, "Lịch sử": "9,0", "Thể dục": None,
                     "Âm nhạc": "Đ"}  # fmt: skip
    assert [one.at for one in found if one.kind == "course"] == [
        f"courses.{place}" for place in (0, 1, 2, 4, 5)
    ]


def test_a_first_semester_alone_has_its_level(call: Call) -> None:
    rows = courses(*((name, first, "") for name, first, _ in GOOD))
    (study,) = asked(call, "year", {**TODAY, "courses": rows})
    assert (study.label.vi, study.value) == ("Kết quả học tập học kì I", "Tốt")


def test_nothing_filled_in_says_what_is_needed(call: Call) -> None:
    study, promotion = asked(call, "year", {**TODAY, "courses": courses(("Toán", "", ""))})
    assert (study.value, [one.code for one in study.missing]) == (None, ["calculate.lacks_marks"])
    assert [one.code for one in promotion.missing] == [
        "calculate.lacks_study",
        "calculate.lacks_conduct",
        "calculate.lacks_absences",
    ]


SCORES: dict[str, tuple[Json, tuple[list[int], dict[int, int], int, int], str]] = {
    "of 2025": (
        {"year": 2025, "exams": ["7,25", "8", "6.5", "9"], "grade_10": ["8,12"],
         "grade_11": ["8"], "grade_12": ["8,5"], "priority": "0,25"},
        ([725, 800, 650, 900], {10: 812, 11: 800, 12: 850}, 0, 25), "yes"),
    "years' means out of all averages": (
        {"year": 2026, "exams": ["5", "5", "5", "5"], "grade_10": ["8,1", "7,9", "8,6"],
         "grade_11": ["7"], "grade_12": ["6"]},
        ([500] * 4, {10: 820, 11: 700, 12: 600}, 0, 0), "yes"),
    "a failing paper": (
        {"year": 2025, "exams": ["10", "10", "10", "1"], "grade_10": ["9"], "grade_11": ["9"],
         "grade_12": ["9"]},
        ([1000, 1000, 1000, 100], {10: 900, 11: 900, 12: 900}, 0, 0), "no"),
    "of 2022": (
        {"year": 2022, "exams": ["6", "7", "5,5", "6,25"], "grade_12": ["7,8"], "extra": "1",
         "priority": "0.5"},
        ([600, 700, 550, 625], {12: 780}, 100, 50), "yes"),
    "too low": (
        {"year": 2024, "exams": ["3", "3", "3", "3"], "grade_12": ["5"]},
        ([300] * 4, {12: 500}, 0, 0), "no"),
}  # fmt: skip


@pytest.mark.parametrize("case", SCORES)
def test_a_graduation_score_is_that_of_the_rules(case: str, call: Call) -> None:
    body, (exams, years, extra, priority), passed = SCORES[case]
    rules = graduation.rules_for(body["year"])
    expected = graduation.score(rules, exams, years, extra, priority)
    score, verdict = asked(call, "graduation", body)
    assert score.value == format_hundredths(expected.score)
    assert verdict.value == passed == ("yes" if expected.passed else "no")
    codes = [step.code for step in score.steps if step.code != "calculate.year_mean"]
    assert codes == [step.code for step in expected.steps]


def test_what_a_graduation_score_lacks(call: Call) -> None:
    (score,) = asked(call, "graduation", {"year": 2025, "exams": ["7", "", "8"], "grade_11": ["8"]})
    assert score.value is None
    assert [one.text.vi for one in score.missing] == [
        "điểm bài thi thứ 2",
        "trung bình các môn lớp 10",
        "trung bình các môn lớp 12",
    ]


FAULTS: dict[str, tuple[str, Json, list[tuple[str, str]]]] = {
    "marks of a subject": (
        "subject",
        {**TODAY, "semesters": [{"regular": ["85", "8", "x"], "periodic": ["8,55"], "final": "-1"},
                                {"regular": ["1"] * 5, "periodic": ["1", "2"], "final": "11"}]},
        [("semesters.0.regular.0", "mark.invalid"), ("semesters.0.regular.2", "mark.invalid"),
         ("semesters.0.periodic.0", "mark.invalid"), ("semesters.0.final", "mark.invalid"),
         ("semesters.1.regular", "mark.count"), ("semesters.1.periodic", "mark.count"),
         ("semesters.1.final", "mark.invalid")]),
    "a year": (
        "year",
        {**TODAY, "courses": courses(("Toán", "8", "8"), ("toán", "7", "7"), ("", "5", "5"),
                                     ("Lí", "Đ", "8"), ("Hóa", "8", "Đ")),
         "conduct": ["Giỏi", "Tốt"], "absences": "-2", "specialised": "Sinh"},
        [("courses.1.name", "subject.twice"), ("courses.2.name", "cell.empty"),
         ("courses.3.second", "rating.invalid"), ("courses.4.second", "mark.invalid"),
         ("specialised", "choice.invalid"), ("conduct.0", "choice.invalid"),
         ("absences", "absences.invalid")]),
    "a graduation": (
        "graduation",
        {"year": 2025, "exams": ["7,255", "8"], "grade_10": ["8", "x"], "grade_11": ["11"],
         "grade_12": ["8"], "extra": "a", "priority": "1"},
        [("exams.0", "score.invalid"), ("grade_10", "mark.invalid"), ("grade_11", "score.invalid"),
         ("extra", "score.invalid"), ("priority", "choice.invalid")]),
    "a mean of old in parts": (
        "graduation",
        {"year": 2022, "exams": ["7"], "grade_12": ["8", "8"]}, [("grade_12", "mark.count")]),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_is_told_at_once_with_its_box(case: str, call: Call) -> None:
    name, body, expected = FAULTS[case]
    assert faults(call, name, body) == expected


REFUSED: dict[str, tuple[str, Any, int, str]] = {
    "a year before the rules": (
        "subject", {"school_year": "2009-2010", "grade": 12, "semesters": [FILLED]}, 409,
        "rules.not_covered"),
    "no school year": (
        "year", {"school_year": "2025-2027", "grade": 12, "courses": []}, 422,
        "school_year.invalid"),
    "an examination before the rules": (
        "graduation", {"year": 2019, "exams": []}, 409, "graduation.not_covered"),
    "a number for a mark": (
        "subject", {**TODAY, "semesters": [{**FILLED, "final": 8.5}]}, 422, "request.invalid"),
    "true for a grade": (
        "subject", {**TODAY, "grade": True, "semesters": [FILLED]}, 422, "request.invalid"),
    "a grade in words": (
        "subject", {**TODAY, "grade": "12", "semesters": [FILLED]}, 422, "request.invalid"),
    "a primary grade": (
        "subject", {**TODAY, "grade": 5, "semesters": [FILLED]}, 422, "request.invalid"),
    "a member too many": (
        "subject", {**TODAY, "semesters": [FILLED], "name": "An"}, 422, "request.invalid"),
    "three semesters": (
        "subject", {**TODAY, "semesters": [FILLED] * 3}, 422, "request.invalid"),
    "61 subjects": (
        "year", {**TODAY, "courses": courses(*[("Toán", "1", "1")] * 61)}, 422, "request.invalid"),
    "a long cell": (
        "subject", {**TODAY, "semesters": [{**FILLED, "final": "8" * 17}]}, 422, "request.invalid"),
    "a list": ("year", [], 422, "request.invalid"),
    "a text": ("graduation", "2025", 422, "request.invalid"),
    "too much": ("year", {"x": "x" * 70_000}, 413, "request.too_large"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_hostile_bodies_are_refused(case: str, call: Call) -> None:
    name, body, status, code = REFUSED[case]
    response = call("POST", f"/api/calculate/{name}", json=body)
    assert (response.status_code, problem(response).code) == (status, code)


RAW = {
    "cut off": (b'{"year": 2025', "application/json", 400),
    "a form": (b"year=2025", "application/x-www-form-urlencoded", 415),
    "lone surrogates": (b'{"year": 2025, "exams": ["\\ud800"]}', "application/json", 400),
    "not a number": (b'{"year": NaN, "exams": []}', "application/json", 400),
    "other digits": ('{"year": 2025, "exams": ["８"]}'.encode(), "application/json", 422),
    "a bidi override": (
        '{"year": 2025, "exams": ["\u202e8"]}'.encode(), "application/json", 422),
    "deep": (b"[" * 5000, "application/json", 400),
}  # fmt: skip


@pytest.mark.parametrize("case", RAW)
def test_hostile_bytes_are_refused(case: str, call: Call) -> None:
    body, kind, status = RAW[case]
    response = call("POST", "/api/calculate/graduation", content=body,
                    headers={"content-type": kind})  # fmt: skip
    assert response.status_code == status
    problem(response)


def test_nothing_that_is_asked_is_logged(call: Call, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        rows = courses(("Môn Riêng Tư", "3,3", "7,7"), ("Sai", "99", ""))
        call("POST", "/api/calculate/year", json={**TODAY, "courses": rows})
    for secret in ("Riêng Tư", "3,3", "99"):
        assert secret not in caplog.text


def test_the_page_knows_the_rules_of_every_year_and_grade() -> None:
    known = offered()
    for grade, changes in known["since"].items():
        for year in range(2011, 2031):
            _, place = [change for change in changes if change[0] <= year][-1]
            rules = rules_for(f"{year}-{year + 1}", grade)
            assert known["rules"][place]["circular"] == rules.circular
