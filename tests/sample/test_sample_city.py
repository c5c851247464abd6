"""The synthetic city: always the same, sound, and odd where it is meant to be."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from api import sample
from api.sample.sheets import CLASS_LIST_HEADINGS
from credential.text import check_name, check_text
from grading.averages import year_average
from grading.circular22 import CIRCULAR_22, Level
from grading.levels import judge
from grading.recomputing import Said, recompute
from issuer.intake import content_digest, read_class_list, read_score_sheet

FIRST, SECOND = sample.schools()
BY_SCHOOL = {
    school.id: [pupil for pupil in sample.pupils() if pupil.school == school.id]
    for school in (FIRST, SECOND)
}


def written(tmp_path: Path, school: int, **options: bool) -> tuple[Path, Path]:
    paths = tmp_path / "list.xlsx", tmp_path / "scores.xlsx"
    sample.write_class_list(paths[0], BY_SCHOOL[school], **options)
    sample.write_score_sheet(paths[1], BY_SCHOOL[school])
    return paths


@pytest.mark.parametrize("school", [FIRST.id, SECOND.id])
def test_what_is_written_is_read_back_as_the_same_pupils(tmp_path: Path, school: int) -> None:
    class_list, scores = written(tmp_path, school, serials=True)
    rows = read_class_list(class_list.read_bytes()).rows
    results = read_score_sheet(scores.read_bytes(), sample.SCHOOL_YEAR).rows
    for row, result, pupil in zip(rows, results, BY_SCHOOL[school], strict=True):
        assert (row.code, row.name, row.birth, row.sex) == (
            pupil.code, pupil.name, pupil.birth, pupil.sex,
        )  # fmt: skip
        assert (row.ethnicity, row.birth_place) == (pupil.ethnicity, pupil.birth_place)
        assert (row.class_name, row.grade) == (pupil.class_name, pupil.grade)
        assert row.serial == sample.serial_number(pupil)
        assert (result.code, result.name, result.birth) == (row.code, row.name, row.birth)
        assert result.results == sample.year_results(pupil).results


def test_the_city_is_the_one_it_always_was(tmp_path: Path) -> None:
    class_list, scores = written(tmp_path, FIRST.id)
    frozen = "0c863adda2baf93d9c1bba8288280924a94b9826045b20abaea1889caaff1e76"
    assert content_digest(read_class_list(class_list.read_bytes()).rows) == frozen
    frozen = "a8f1757d676da28be585805f7581144279daa7aa9bf108990ab6115f0753dd69"
    assert content_digest(read_score_sheet(scores.read_bytes(), sample.SCHOOL_YEAR).rows) == frozen


def test_drawing_again_gives_the_same_pupils() -> None:
    before = sample.pupils()
    sample.pupils.cache_clear()
    assert sample.pupils() == before


def test_there_are_120_pupils_in_three_classes_and_30_in_one() -> None:
    classes = Counter((pupil.school, pupil.class_name) for pupil in sample.pupils())
    assert classes == {
        (FIRST.id, "12.1"): 40,
        (FIRST.id, "12.2"): 40,
        (FIRST.id, "12.10"): 40,
        (SECOND.id, "12A1"): 30,
    }


def test_codes_and_serials_are_unique_and_well_formed() -> None:
    pupils = sample.pupils()
    assert all(re.fullmatch(r"7900[0-9]{6}", pupil.code) for pupil in pupils)
    assert len({pupil.code for pupil in pupils}) == len(pupils)
    assert len({sample.serial_number(pupil) for pupil in pupils}) == len(pupils)


def test_every_name_may_be_signed() -> None:
    for pupil in sample.pupils():
        check_name(pupil.name)
        check_name(pupil.ethnicity)
        check_name(pupil.birth_place)
    for school in (FIRST, SECOND):
        check_text(school.place)
        for name in school.names:
            check_text(name.name)
        for head in school.heads:
            check_name(head.name)
            check_text(head.title)
    check_text(sample.department().name)


def test_two_pupils_share_name_and_birthday_and_nothing_else() -> None:
    twins = Counter((pupil.name, pupil.birth) for pupil in sample.pupils())
    assert [count for count in twins.values() if count > 1] == [2]


def test_most_pupils_were_born_in_2008() -> None:
    years = Counter(pupil.birth.year for pupil in sample.pupils())
    assert set(years) <= {2007, 2008}
    assert years[2008] > 0.95 * len(sample.pupils())


@pytest.mark.parametrize("school", [FIRST, SECOND], ids=lambda school: school.code)
def test_every_day_since_2020_has_exactly_one_head(school: Any) -> None:
    day = date(2020, 1, 1)
    while day < date(2027, 1, 1):
        leading = [
            h for h in school.heads if h.since <= day and (h.until is None or day <= h.until)
        ]
        assert len(leading) == 1, day
        day += timedelta(days=1)


def test_one_school_was_renamed_and_one_is_led_by_a_deputy_at_graduation() -> None:
    assert [len(FIRST.names), len(SECOND.names)] == [2, 1]
    assert FIRST.names[0].until == FIRST.names[1].since - timedelta(days=1)
    assert [school.heads[-1].kind for school in (FIRST, SECOND)] == ["head", "deputy"]
    assert [bool(school.heads[-1].decision_no) for school in (FIRST, SECOND)] == [False, True]
    assert FIRST.id != SECOND.id
    assert all(re.fullmatch(r"79[0-9]{6}", school.code) for school in (FIRST, SECOND))


def test_marks_follow_the_rules_and_all_pupils_may_graduate() -> None:
    for pupil in sample.pupils():
        year = sample.year_results(pupil)
        marks = {(r.subject, r.term): r.mark for r in year.results if r.mark is not None}
        for subject in {subject for subject, _ in marks}:
            follows = year_average(marks[subject, "HK1"], marks[subject, "HK2"])
            assert marks[subject, "CN"] == follows
        ratings = [r.rating for r in year.results if r.term == "CN" and r.rating]
        averages = [mark for (_, term), mark in marks.items() if term == "CN"]
        results = [r for r in year.results if r.term == "CN"]
        of_year = year.outcomes[-1]
        assert judge(CIRCULAR_22, results).level == of_year.study
        assert of_year.study != Level.NOT_PASSED
        assert (len(averages), len(ratings)) == (9, 3)
        assert of_year.absences is not None
        assert 0 <= of_year.absences <= 45
        assert sum(each.absences or 0 for each in year.outcomes[:2]) == of_year.absences


def test_levels_are_spread_as_in_a_real_school() -> None:
    levels = Counter(sample.year_results(pupil).outcomes[-1].study for pupil in sample.pupils())
    assert levels[Level.FAIR] > levels[Level.GOOD] > 0
    assert levels[Level.FAIR] > levels[Level.PASSED] > 0


def test_the_class_list_has_exactly_the_25_columns_under_three_title_rows(tmp_path: Path) -> None:
    sheet = load_workbook(written(tmp_path, FIRST.id)[0]).active
    assert [cell.value for cell in sheet[4]] == list(CLASS_LIST_HEADINGS)
    assert len(CLASS_LIST_HEADINGS) == len(set(CLASS_LIST_HEADINGS)) == 25
    assert all(sheet.cell(row, 2).value is None for row in (1, 2, 3))


def test_the_harmless_oddities_are_there(tmp_path: Path) -> None:
    class_list, scores = written(tmp_path, FIRST.id)
    sheet = load_workbook(class_list).active
    kinds = {type(sheet.cell(row, 4).value).__name__ for row in range(5, 45)}
    assert kinds == {"str", "int", "datetime"}
    assert sheet.cell(45, 2).value == CLASS_LIST_HEADINGS[1]  # the header again
    assert sheet.cell(129, 3).value is None
    classes = {sheet.cell(row, 23).value for row in range(5, 127)} - {"Lớp học"}
    assert classes == {"12.1", "12.2", "12.10"}
    found = {n.code for n in read_class_list(class_list.read_bytes()).notices}
    mended = {"text.composed", "text.single_spaces", "row.skipped", "date.serial"}
    assert found == {*mended, "pupil.alike"}  # two pupils share their name and birth date
    marks = [
        cell.value for row in load_workbook(scores).active.iter_rows(5, 20, 6, 14) for cell in row
    ]
    assert any(isinstance(mark, str) and "," in mark for mark in marks)
    assert any(isinstance(mark, float) for mark in marks)


def test_every_sample_transcript_is_what_the_rules_make_of_it() -> None:
    """Its programme is whole, so a verifier computes the level too, however rows are padded."""
    for pupil in sample.pupils():
        year = sample.year_results(pupil)
        found = recompute(
            Said(
                pupil.grade, sample.SCHOOL_YEAR, year.results, year.outcomes,
                year.title, year.promotion,
            )
        )  # fmt: skip
        assert (found.compared, found.level, found.differences) == (12, True, ())
