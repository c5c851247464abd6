"""The year's results: marks and ratings as schools write them, and what must follow from them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api import sample
from credential.errors import Fault, InputError
from credential.model import CourseResult
from grading.subjects import LOWER_SECONDARY, UPPER_SECONDARY
from issuer.intake import read_class_list, read_score_sheet
from tests.intake.conftest import PUPILS
from tests.intake.messy import xlsx

YEAR = "2025-2026"

Saved = Callable[[Any], bytes]
Column = Callable[[Any, str], int]


def faults_of(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(InputError) as refused:
        read_score_sheet(data, YEAR)
    return refused.value.faults


def put(book: Any, column: Column, row: int, cells: dict[str, object]) -> None:
    for heading, cell in cells.items():
        book.active.cell(row, column(book, heading)).value = cell


def test_the_sample_results_are_read_as_they_were_drawn(score_sheet: Any, saved: Saved) -> None:
    sheet = read_score_sheet(saved(score_sheet), YEAR)
    for row, pupil in zip(sheet.rows, sample.pupils()[:12], strict=True):
        year = sample.year_results(pupil)
        assert (row.code, row.name, row.birth) == (pupil.code, pupil.name, pupil.birth)
        assert row.class_name == pupil.class_name
        assert row.outcomes == year.outcomes
        assert (row.promotion, row.title, row.completion) == (year.promotion, year.title, None)
        assert row.results == year.results
    assert {n.code for n in sheet.notices} <= {
        "row.skipped",
        "text.composed",
        "text.single_spaces",
        "date.serial",
    }


def test_a_pupil_has_twelve_subjects_with_three_results_each(
    score_sheet: Any, saved: Saved
) -> None:
    for row in read_score_sheet(saved(score_sheet), YEAR).rows:
        assert len(row.results) == 36
        assert {result.term for result in row.results} == {"HK1", "HK2", "CN"}
        assert all((r.mark is None) != (r.rating is None) for r in row.results)


def test_dropped_columns_cannot_be_in_a_result(
    class_list: Any, score_sheet: Any, saved: Saved
) -> None:
    score_sheet.active.cell(4, score_sheet.active.max_column + 1, "SĐT liên hệ")
    score_sheet.active.cell(6, score_sheet.active.max_column, "0000 000 077")
    assert "0000 000" not in repr(read_score_sheet(saved(score_sheet), YEAR))


SPELLINGS: dict[str, tuple[dict[str, object], CourseResult]] = {
    "decimal commas": (
        {"Toán HKI": "7,0", "Toán HKII": "8,5", "Toán CN": "8,0"},
        CourseResult("mathematics", "Toán", "CN", mark=80),
    ),
    "decimal points as text": (
        {"Toán HKI": "7.0", "Toán HKII": "8.5", "Toán CN": "8.0"},
        CourseResult("mathematics", "Toán", "CN", mark=80),
    ),
    "whole numbers": (
        {"Toán HKI": 7, "Toán HKII": 10, "Toán CN": 9},
        CourseResult("mathematics", "Toán", "CN", mark=90),
    ),
    "an average on a tie goes up": (
        {"Toán HKI": 7.5, "Toán HKII": 7.8, "Toán CN": 7.7},
        CourseResult("mathematics", "Toán", "CN", mark=77),
    ),
    "ratings in full": (
        {"Giáo dục thể chất HKI": "Chưa đạt", "Giáo dục thể chất HKII": "Đạt",
         "Giáo dục thể chất CN": "đạt"},
        CourseResult("physical_education", "Giáo dục thể chất", "CN", rating="Đ"),
    ),
    "not passed": (
        {"Giáo dục thể chất HKII": "CĐ", "Giáo dục thể chất CN": "CĐ"},
        CourseResult("physical_education", "Giáo dục thể chất", "CN", rating="CĐ"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "result"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_result_is_read(
    score_sheet: Any,
    saved: Saved,
    column: Column,
    cells: dict[str, object],
    result: CourseResult,
) -> None:
    put(score_sheet, column, 6, cells)
    assert result in read_score_sheet(saved(score_sheet), YEAR).rows[1].results


FAULTS: dict[str, tuple[dict[str, object], str, str, dict[str, object]]] = {
    "85 for 8,5": ({"Toán HKI": 85}, "Toán HKI", "mark.invalid", {"found": "85"}),
    "85 for 8,5 as text": ({"Toán HKI": "85"}, "Toán HKI", "mark.invalid", {"found": "85"}),
    "a mark above ten": ({"Toán HKII": 10.1}, "Toán HKII", "mark.invalid", {"found": "10.1"}),
    "a mark with two decimals": ({"Toán HKI": 7.25}, "Toán HKI", "mark.invalid", {}),
    "a truth value": ({"Toán HKI": True}, "Toán HKI", "mark.invalid", {}),
    "a formula error": ({"Toán HKI": "#N/A"}, "Toán HKI", "mark.invalid", {"found": "#N/A"}),
    "a mark left out": ({"Toán HKI": None}, "Toán HKI", "cell.empty", {}),
    "an elective with one mark left out": ({"Vật lí HKII": None}, "Vật lí HKII", "cell.empty", {}),
    "a rating for a mark": ({"Toán HKI": "Đ"}, "Toán HKI", "mark.invalid", {"found": "Đ"}),
    "a mark for a rating": (
        {"Giáo dục địa phương HKI": 8},
        "Giáo dục địa phương HKI",
        "choice.invalid",
        {"found": "8", "expected": "Đ, CĐ"},
    ),
    "exempt in one semester only": ({"Toán HKI": "M"}, "Toán HKI", "mark.invalid", {}),
    "an unknown study level": (
        {"Kết quả học tập": "Giỏi"},
        "Kết quả học tập",
        "choice.invalid",
        {"expected": "Tốt, Khá, Đạt, Chưa đạt"},
    ),
    "no conduct level": ({"Kết quả rèn luyện": None}, "Kết quả rèn luyện", "cell.empty", {}),
    "absences left out are not zero": ({"Số buổi nghỉ": None}, "Số buổi nghỉ", "cell.empty", {}),
    "half an absence": ({"Số buổi nghỉ": 2.5}, "Số buổi nghỉ", "absences.invalid", {}),
    "negative absences": ({"Số buổi nghỉ": -1}, "Số buổi nghỉ", "absences.invalid", {}),
    "a digit in a name": ({"Họ tên": "Đỗ Thị Thuý 2"}, "Họ tên", "text.not_a_letter", {}),
    "a class without its grade": ({"Lớp": "A3"}, "Lớp", "class.invalid", {"found": "A3"}),
    "a class as a number": ({"Lớp": 12.5}, "Lớp", "class.not_text", {"found": "12.5"}),
}


@pytest.mark.parametrize(("cells", "heading", "code", "params"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_its_row_its_column_and_what_was_found(
    score_sheet: Any,
    saved: Saved,
    column: Column,
    cells: dict[str, object],
    heading: str,
    code: str,
    params: dict[str, object],
) -> None:
    put(score_sheet, column, 9, cells)
    [fault] = faults_of(saved(score_sheet))
    assert (fault.code, fault.row, fault.column) == (code, 9, heading)
    assert params.items() <= dict(fault.params).items()


def test_all_faults_are_reported_at_once_in_the_order_of_rows(
    score_sheet: Any, saved: Saved, column: Column
) -> None:
    code = score_sheet.active.cell(5, 2).value
    put(score_sheet, column, 14, {"Toán HKI": 85, "Ngữ văn HKII": "x"})
    put(score_sheet, column, 6, {"Ngày sinh": "31/02/2008"})
    put(score_sheet, column, 10, {"Mã định danh Bộ GD&ĐT": code})
    assert [(f.row, f.column, f.code) for f in faults_of(saved(score_sheet))] == [
        (6, "Ngày sinh", "date.invalid"),
        (10, "Mã định danh Bộ GD&ĐT", "pupil.twice"),
        (14, "Ngữ văn HKII", "mark.invalid"),
        (14, "Toán HKI", "mark.invalid"),
    ]


@pytest.mark.parametrize("mark", ["M", "miễn"])
def test_an_exempted_subject_has_no_results_and_is_noticed(
    score_sheet: Any, saved: Saved, column: Column, mark: str
) -> None:
    subject = "Giáo dục thể chất"
    put(score_sheet, column, 8, {f"{subject} {term}": mark for term in ("HKI", "HKII", "CN")})
    sheet = read_score_sheet(saved(score_sheet), YEAR)
    assert not [r for r in sheet.rows[3].results if r.name == subject]
    assert [n.row for n in sheet.notices if n.code == "subject.exempt"] == [8]


def test_an_elective_not_taken_is_blank(score_sheet: Any, saved: Saved, column: Column) -> None:
    taken = {"Vật lí HKI": None, "Vật lí HKII": None, "Vật lí CN": None}
    put(score_sheet, column, 8, taken)
    names = {r.name for r in read_score_sheet(saved(score_sheet), YEAR).rows[3].results}
    assert "Vật lí" not in names
    assert len(names) == 11


DIFFERENCES: dict[str, tuple[dict[str, object], str, str, dict[str, object]]] = {
    "a year average that does not follow": (
        {"Toán HKI": 7, "Toán HKII": 8, "Toán CN": 7.6},
        "Toán CN",
        "mark.year_average",
        {"subject": "Toán", "found": "7,6", "expected": "7,7"},
    ),
    "a mean without the double weight": (
        {"Toán HKI": 6, "Toán HKII": 9, "Toán CN": 7.5},
        "Toán CN",
        "mark.year_average",
        {"found": "7,5", "expected": "8,0"},
    ),
    "a year's rating other than semester II's": (
        {"Giáo dục địa phương HKII": "CĐ", "Giáo dục địa phương CN": "Đ"},
        "Giáo dục địa phương CN",
        "rating.year",
        {"subject": "Giáo dục địa phương", "found": "Đ", "expected": "CĐ"},
    ),
}


@pytest.mark.parametrize(
    ("cells", "heading", "code", "params"), DIFFERENCES.values(), ids=DIFFERENCES.keys()
)
def test_what_does_not_follow_from_the_semesters_is_noticed_and_kept(
    score_sheet: Any,
    saved: Saved,
    column: Column,
    cells: dict[str, object],
    heading: str,
    code: str,
    params: dict[str, object],
) -> None:
    put(score_sheet, column, 9, cells)
    sheet = read_score_sheet(saved(score_sheet), YEAR)
    [notice] = [notice for notice in sheet.notices if notice.code == code]
    assert (notice.row, notice.column) == (9, heading)
    assert params.items() <= dict(notice.params).items()
    assert len(sheet.rows) == 12


def test_a_year_whose_rules_are_not_known_is_a_fault(score_sheet: Any, saved: Saved) -> None:
    with pytest.raises(InputError) as refused:
        read_score_sheet(saved(score_sheet), "2009-2010")
    assert {fault.code for fault in refused.value.faults} == {"rules.not_covered"}
    assert {fault.column for fault in refused.value.faults} == {"Lớp"}


def test_levels_are_those_of_the_year(score_sheet: Any, saved: Saved) -> None:
    """By Circular 58 there is no "Đạt"."""
    with pytest.raises(InputError) as refused:
        read_score_sheet(saved(score_sheet), "2019-2020")
    found = {(fault.code, fault.params["expected"]) for fault in refused.value.faults}
    assert found == {
        ("choice.invalid", "Giỏi, Khá, Trung bình, Yếu, Kém"),
        ("choice.invalid", "Tốt, Khá, Trung bình, Yếu"),
    }


DIFFERING = {
    "the year's level": ("Kết quả học tập", "study.differs", ("Tốt", "Khá", "Đạt")),
    "a semester's level": ("Kết quả học tập HKI", "study.term_differs", ("Tốt", "Khá", "Đạt")),
    "the year's conduct": ("Kết quả rèn luyện", "conduct.differs", ("Tốt", "Khá", "Đạt")),
    "the title": ("Danh hiệu", "title.differs", ("Học sinh Giỏi", "Học sinh Xuất sắc")),
    "the promotion": ("Lên lớp", "promotion.differs", ("Được lên lớp", "Không được lên lớp")),
}


@pytest.mark.parametrize(("heading", "code", "words"), DIFFERING.values(), ids=DIFFERING.keys())
def test_an_outcome_that_does_not_follow_is_noticed_and_taken(
    heading: str, code: str, words: tuple[str, ...],
    score_sheet: Any, saved: Saved, column: Column,
) -> None:  # fmt: skip
    follows = score_sheet.active.cell(7, column(score_sheet, heading)).value
    other = next(each for each in words if each != follows)
    put(score_sheet, column, 7, {heading: other})
    sheet = read_score_sheet(saved(score_sheet), YEAR)
    [notice] = [each for each in sheet.notices if each.code == code]
    assert (notice.row, notice.column, notice.params["found"]) == (7, heading, other)
    assert other in repr(sheet.rows[2])


def test_outcomes_of_semesters_and_of_the_year_may_be_left_out(
    score_sheet: Any, saved: Saved, column: Column
) -> None:
    """As sheets were before: only the year's levels and absences are asked for."""
    whole = read_score_sheet(saved(score_sheet), YEAR).rows
    more = ["Lên lớp", "Danh hiệu"]
    more += [f"{name} {term}" for term in ("HKI", "HKII")
             for name in ("Kết quả học tập", "Kết quả rèn luyện", "Số buổi nghỉ")]  # fmt: skip
    for heading in more:
        score_sheet.active.delete_cols(column(score_sheet, heading))
    rows = read_score_sheet(saved(score_sheet), YEAR).rows
    assert [row.outcomes for row in rows] == [row.outcomes[-1:] for row in whole]
    assert {(row.promotion, row.title) for row in rows} == {(None, None)}
    assert [row.results for row in rows] == [row.results for row in whole]


PROMOTIONS = {"lên lớp": "Được lên lớp", "Ở lại lớp": "Không được lên lớp",
              "Thi lại": "Kiểm tra, đánh giá lại"}  # fmt: skip


@pytest.mark.parametrize(("said", "meant"), PROMOTIONS.items(), ids=PROMOTIONS.keys())
def test_promotion_is_read_in_the_words_of_schools(
    said: str, meant: str, score_sheet: Any, saved: Saved, column: Column
) -> None:
    put(score_sheet, column, 7, {"Lên lớp": said})
    assert read_score_sheet(saved(score_sheet), YEAR).rows[2].promotion == meant


def test_what_is_no_outcome_is_a_fault(score_sheet: Any, saved: Saved, column: Column) -> None:
    bad = {"Lên lớp": "có lẽ", "Kết quả rèn luyện HKII": "xấu", "Số buổi nghỉ HKI": "nhiều"}
    put(score_sheet, column, 7, bad)
    put(score_sheet, column, 8, {"Kết quả học tập": None, "Danh hiệu": "x" * 250})
    assert {(f.row, f.column, f.code) for f in faults_of(saved(score_sheet))} == {
        (7, "Lên lớp", "choice.invalid"),
        (7, "Kết quả rèn luyện HKII", "choice.invalid"),
        (7, "Số buổi nghỉ HKI", "absences.invalid"),
        (8, "Kết quả học tập", "cell.empty"),
        (8, "Danh hiệu", "text.too_long"),
    }


def test_a_missing_compulsory_column_is_named(
    score_sheet: Any, saved: Saved, column: Column
) -> None:
    put(score_sheet, column, 4, {"Toán HKII": "Toán kỳ hai", "Lịch sử CN": None})
    assert [(f.code, f.row, f.column) for f in faults_of(saved(score_sheet))] == [
        ("column.missing", 4, "Toán HKII"),
        ("column.missing", 4, "Lịch sử CN"),
    ]


def test_an_elective_needs_all_three_columns(
    score_sheet: Any, saved: Saved, column: Column
) -> None:
    put(score_sheet, column, 4, {"Vật lí HKII": None})
    assert [(f.code, f.column) for f in faults_of(saved(score_sheet))] == [
        ("column.missing", "Vật lí HKII")
    ]


def test_headings_may_use_the_other_spelling_of_i_and_y(
    score_sheet: Any, saved: Saved, column: Column
) -> None:
    expected = read_score_sheet(saved(score_sheet), YEAR).rows
    put(score_sheet, column, 4, {f"Vật lí {t}": f"VẬT LÝ {t}" for t in ("HKI", "HKII", "CN")})
    assert read_score_sheet(saved(score_sheet), YEAR).rows == expected


def test_a_class_list_is_no_score_sheet_and_the_other_way_round(
    class_list: Any, score_sheet: Any, saved: Saved
) -> None:
    missing = {str(f.column) for f in faults_of(saved(class_list))}
    assert any("Toán" in heading for heading in missing)
    with pytest.raises(InputError) as refused:
        read_class_list(saved(score_sheet))
    assert {f.column for f in refused.value.faults} == {
        "Giới tính", "Dân tộc", "Trạng thái", "Nơi sinh chi tiết", "Khối học",
    }  # fmt: skip


def test_no_two_subjects_share_a_key_or_a_name() -> None:
    for field in ("key", "name"):
        values = [getattr(subject, field) for subject in UPPER_SECONDARY]
        assert len(set(values)) == len(values)


def test_a_sheet_of_semester_one_is_a_record_to_date(tmp_path: Path) -> None:
    sample.write_score_sheet(tmp_path / "half.xlsx", PUPILS, half=True)
    data = (tmp_path / "half.xlsx").read_bytes()
    row = read_score_sheet(data, YEAR, to_date=True).rows[0]
    drawn = sample.year_results(PUPILS[0])
    assert row.results == tuple(each for each in drawn.results if each.term == "HK1")
    assert [each.term for each in row.outcomes] == ["HK1"]
    with pytest.raises(InputError) as caught:
        read_score_sheet(data, YEAR)
    assert {fault.code for fault in caught.value.faults} == {"column.missing"}


def test_a_record_to_date_may_hold_the_whole_year_but_no_two_thirds_of_it(
    score_sheet: Any, saved: Saved
) -> None:
    whole = read_score_sheet(saved(score_sheet), YEAR, to_date=True)
    assert whole.rows == read_score_sheet(saved(score_sheet), YEAR).rows
    score_sheet.active.delete_cols(8)  # a subject's whole year
    with pytest.raises(InputError) as caught:
        read_score_sheet(saved(score_sheet), YEAR, to_date=True)
    assert [fault.code for fault in caught.value.faults] == ["column.missing"]


def ninth(terms: tuple[str, ...], class_name: str = "9A3", drop: str = "", **said: object) -> bytes:
    """A sheet of one pupil of grade 9, right unless `said` otherwise; the year is Khá."""
    marks = {"HKI": 7.0, "HKII": 7.5, "CN": 7.3}
    cells: dict[str, object] = {
        "STT": 1, "Mã định danh Bộ GD&ĐT": "7912345678", "Họ tên": "Đỗ Thị Thúy",
        "Ngày sinh": "07/02/2011", "Lớp": class_name,
    }  # fmt: skip
    for subject in LOWER_SECONDARY:
        cells |= {f"{subject.name} {term}": marks[term] if subject.scored else "Đ"
                  for term in terms}  # fmt: skip
    for term in terms:
        suffix = "" if term == terms[-1] else f" {term}"
        cells |= {f"Kết quả học tập{suffix}": "Khá", f"Kết quả rèn luyện{suffix}": "Tốt",
                  f"Số buổi nghỉ{suffix}": 1}  # fmt: skip
    cells |= said
    cells.pop(drop, None)
    return xlsx([list(cells), list(cells.values())])


WHOLE = ("HKI", "HKII", "CN")


@pytest.mark.parametrize(
    ("terms", "to_date"), [(WHOLE, False), (WHOLE, True), (("HKI",), True)],
    ids=["a year", "a record to date of the whole year", "semester I"],
)  # fmt: skip
def test_lower_secondary_has_its_own_subjects(terms: tuple[str, ...], to_date: bool) -> None:
    sheet = read_score_sheet(ninth(terms), YEAR, to_date=to_date)
    assert not sheet.notices
    [row] = sheet.rows
    assert row.class_name == "9A3"
    assert [each.study for each in row.outcomes] == ["Khá"] * len(terms)
    assert len(row.results) == len(LOWER_SECONDARY) * len(terms)
    assert {each.subject for each in row.results} == {each.key for each in LOWER_SECONDARY}


NINTH: dict[str, tuple[dict[str, object], str, dict[str, object]]] = {
    "the year's level": (
        {"Kết quả học tập": "Tốt"}, "study.differs", {"found": "Tốt", "expected": "Khá"}),
    "a semester's level": (
        {"Kết quả học tập HKI": "Tốt"}, "study.term_differs", {"term": "HK1", "expected": "Khá"}),
    "a year average": (
        {"Khoa học tự nhiên CN": 7.5}, "mark.year_average", {"found": "7,5", "expected": "7,3"}),
}  # fmt: skip


@pytest.mark.parametrize(("said", "code", "params"), NINTH.values(), ids=NINTH.keys())
def test_a_year_of_grade_9_is_computed_again(
    said: dict[str, object], code: str, params: dict[str, object]
) -> None:
    [notice] = read_score_sheet(ninth(WHOLE, **said), YEAR).notices
    assert (notice.code, notice.row) == (code, 2)
    assert params.items() <= dict(notice.params).items()


def test_a_class_of_another_level_is_a_fault() -> None:
    assert [(f.column, f.code) for f in faults_of(ninth(WHOLE, "12A3"))] == [
        ("Lớp", "class.invalid")
    ]


def test_a_missing_column_of_lower_secondary_is_named() -> None:
    data = ninth(WHOLE, drop="Khoa học tự nhiên HKII")
    assert [(f.code, f.column) for f in faults_of(data)] == [
        ("column.missing", "Khoa học tự nhiên HKII")
    ]
