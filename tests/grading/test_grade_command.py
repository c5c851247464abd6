"""A year as a whole, the table it is read from, and `sogoc grade`."""

import io
import string
from collections.abc import Callable, Iterator

import pytest

from api import coursetable
from api.cli import run
from credential.errors import InputError
from grading import graduation, university
from grading.averages import semester_steps
from grading.circular22 import CIRCULAR_22, Level
from grading.circular58 import CIRCULAR_26, CIRCULAR_58, Conduct, Study
from grading.explaining import Remark, citations
from grading.levels import judge
from grading.primary import CIRCULAR_27, Completion, Trait
from grading.primary import judge as judge_primary
from grading.promotion import Outcome, promote
from grading.years import Course, reckon
from tests.grading.grades import results
from web import messages

TABLE = """Môn;HKI;HKII
Toán;8,0;8,5
Ngữ văn;7,5;8,0
Tiếng Anh;8,2;8,1
Lịch sử;9,0;9,0
Vật lý;4,0;3,5
Hóa học;8,0;8,0
Sinh học;8,5;9,0
Tin học;9,5;9,5
Giáo dục thể chất;CĐ;Đ
"""
YEAR = ("--school-year", "2025-2026", "--grade", "12")


def test_a_year_as_a_whole() -> None:
    courses = coursetable.read(TABLE.encode())
    year = reckon(CIRCULAR_22, courses, (Level.FAIR, Level.GOOD), 3)
    assert [course.result.mark for course in year.courses] == [83, 78, 81, 90, 37, 80, 88, 95, None]
    assert year.courses[-1].result.rating == "Đ"
    assert (year.study.level, year.study.raised_by) == (Level.FAIR, "Vật lý")
    assert (year.conduct, year.title) == (Level.GOOD, None)
    assert year.promotion is not None
    assert year.promotion.outcome is Outcome.PROMOTED


def test_without_conduct_or_absences_nothing_is_said_about_promotion() -> None:
    courses = [Course("mathematics", "Toán", 80, 80)]
    assert reckon(CIRCULAR_22, courses).promotion is None
    assert reckon(CIRCULAR_22, courses, Level.GOOD).promotion is None
    year = reckon(CIRCULAR_58, courses, (Conduct.GOOD, Conduct.GOOD), 0)
    assert (year.conduct, year.promotion, year.title) == (None, None, None)


@pytest.mark.parametrize(
    ("names", "first"),
    [(["Toán", "Tiếng Nhật"], 1), (["Tiếng Nhật", "Tiếng Anh"], 1),
     (["Tiếng Nhật", "Tiếng Đức"], None)],
)  # fmt: skip
def test_which_foreign_language_is_the_first(names: list[str], first: int | None) -> None:
    found = [
        place for place, key in enumerate(coursetable.subject_keys(names))
        if key == "foreign_language_1"
    ]  # fmt: skip
    assert found == ([] if first is None else [first])


def test_a_table_by_any_separator_gives_the_same() -> None:
    wanted = coursetable.read(TABLE.encode())
    assert coursetable.read(TABLE.replace(";", "\t").encode("utf-8-sig")) == wanted
    commas = TABLE.replace(",", ".").replace(";", ",")
    assert coursetable.read(commas.encode()) == wanted
    assert {course.subject for course in wanted} >= {"mathematics", "foreign_language_1", "physics"}


FAULTS = {
    "85 for 8,5": ("Toán;85;8\n", 2, "HKI", "mark.invalid"),
    "a mark for a rating": ("Thể dục;Đ;8\n", 2, "HKII", "rating.invalid"),
    "a rating for a mark": ("Toán;8;Đ\n", 2, "HKII", "mark.invalid"),
    "a cell left out": ("Toán;8\n", 2, None, "row.cells"),
    "a subject twice": ("Toán;8;8\nTOÁN;8;8\n", 3, "Môn", "subject.twice"),
    "no subject": ("", None, None, "row.none"),
}


@pytest.mark.parametrize(("lines", "row", "column", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_names_its_line(lines: str, row: int | None, column: str | None, code: str) -> None:
    with pytest.raises(InputError) as refused:
        coursetable.read(f"Môn;HKI;HKII\n{lines}".encode())
    [fault] = refused.value.faults
    assert (fault.row, fault.column, fault.code) == (row, column, code)


Grade = Callable[..., tuple[int, str, str]]


@pytest.fixture
def grade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Grade:
    def call(*arguments: str, table: str = TABLE, lang: str = "vi") -> tuple[int, str, str]:
        stdin = io.TextIOWrapper(io.BytesIO(table.encode()), encoding="utf-8")
        monkeypatch.setattr("sys.stdin", stdin)
        code = run(["--lang", lang, "grade", "-", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_command_shows_every_step(grade: Grade) -> None:
    code, said, _ = grade(*YEAR, "--conduct", "Khá", "--conduct", "Tốt", "--absences", "3")
    assert code == 0
    for shown in (
        "Toán: 8,3",
        "(học kì I 8,0 + 2 × học kì II 8,5) : 3 = 8,3",
        "Chỉ vì môn Vật lý",
        "Kết quả học tập: Khá",
        "Môn Vật lý 3,7, cần từ 6,5",
        "Kết quả rèn luyện: Tốt",
        "Được lên lớp",
    ):
        assert shown in said


def test_the_command_knows_the_rules_of_other_years(grade: Grade) -> None:
    code, said, _ = grade(
        "--school-year", "2015-2016", "--grade", "11", "--specialised", "Vật lí", lang="en"
    )
    assert code == 0
    assert "Academic result: Trung bình (average)" in said
    assert "The specialised subject Vật lý has 3,7, 8,0 needed." in said


UNREAD = (
    "Căn cứ: Thông tư 08/2021/TT-BGDĐT, Điều 9, 10 "
    "(theo cách hiểu thông dụng; nguyên văn chưa được đối chiếu hết)."
)
STUDENT = """Học phần;Số tín chỉ;Điểm
Giải tích;3;8,5
Vật lí đại cương;2;5,5
Triết học;1;3,9
"""


def test_the_command_grades_a_student(grade: Grade) -> None:
    code, said, _ = grade("--university", table=STUDENT)
    assert code == 0
    assert said.splitlines() == [
        "Giải tích: A",
        "  Điểm 8,5, từ 8,5 trở lên: A, tức 4,0 theo thang 4.",
        "Vật lí đại cương: C",
        "  Điểm 5,5, từ 5,5 trở lên: C, tức 2,0 theo thang 4.",
        "Triết học: F",
        "  Điểm 3,9, từ 0,0 trở lên: F, tức 0,0 theo thang 4.",
        "Trung bình tích lũy: (4,0 × 3 + 2,0 × 2 + 0,0 × 1) : 6 tín chỉ = 2,67.",
        "Xếp loại Khá: từ 2,50 trở lên.",
        UNREAD,
    ]


STUDENT_FAULTS = {
    "no credits": ("Giải tích;0;8", "Số tín chỉ", "credits.invalid"),
    "half a credit": ("Giải tích;1,5;8", "Số tín chỉ", "credits.invalid"),
    "credits without end": (f"Giải tích;{'9' * 5000};8", "Số tín chỉ", "credits.invalid"),
    "a letter for a mark": ("Giải tích;3;A", "Điểm", "mark.invalid"),
    "a mark of four points with two decimals": ("Giải tích;3;3,25", "Điểm", "mark.invalid"),
    "a course twice": ("Triết học;3;5\nTriết  học;3;7", "Học phần", "subject.twice"),
    "a line of a pupil": ("Giải tích;3", None, "row.cells"),
}


@pytest.mark.parametrize(
    ("lines", "column", "code"), STUDENT_FAULTS.values(), ids=STUDENT_FAULTS.keys()
)
def test_a_fault_of_a_students_table(lines: str, column: str | None, code: str) -> None:
    with pytest.raises(InputError) as refused:
        coursetable.read_university(f"Học phần;Số tín chỉ;Điểm\n{lines}\n".encode())
    [fault] = refused.value.faults
    assert (fault.column, fault.code) == (column, code)


REFUSED = {
    "a university's table with a grade": (("--university", *YEAR), 64),
    "a year without rules": (("--school-year", "2005-2006", "--grade", "12"), 1),
    "neither year nor grade": ((), 64),
    "no school year": (("--school-year", "2025", "--grade", "12"), 64),
    "a primary grade": (("--school-year", "2025-2026", "--grade", "5"), 64),
    "a level of other rules": ((*YEAR, "--conduct", "Yếu"), 64),
    "conduct three times": ((*YEAR, *(("--conduct", "Tốt") * 3)), 64),
}


@pytest.mark.parametrize(("arguments", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_command_cannot_do(grade: Grade, arguments: tuple[str, ...], code: int) -> None:
    found, said, why = grade(*arguments)
    assert (found, said) == (code, "")
    assert why


def test_a_faulty_table_names_every_fault(grade: Grade) -> None:
    code, said, why = grade(*YEAR, table="Môn;HKI;HKII\nToán;85;8\nVăn;x;8\n")
    assert (code, said) == (1, "")
    assert "Dòng 2, HKI" in why
    assert "Dòng 3, HKI" in why


def every_remark() -> Iterator[Remark]:
    """One of each kind that the rules utter."""
    yield from semester_steps(CIRCULAR_22, [80, 80], [80], 80)
    for rules in (CIRCULAR_22, CIRCULAR_26):
        for marks in ([40] * 9, [90] * 8 + [40], [70] * 9, [80] * 4, [34] * 9):
            judged = judge(rules, results(marks, ["CĐ", "CĐ"]), "physics")
            yield from (*judged.steps, *judged.missing)
            judged = judge(rules, results(marks), "physics")
            yield from (*judged.steps, *judged.missing)
    yield from reckon(CIRCULAR_22, [Course("x", "X", 50, 60)]).courses[0].steps
    for absences in (0, 46):
        for study, conduct in ((Level.GOOD, Level.GOOD), (Level.NOT_PASSED, Level.NOT_PASSED)):
            yield from promote(CIRCULAR_22, study, conduct, absences).steps
    yield from promote(CIRCULAR_58, Study.POOR, Conduct.WEAK, 0).steps
    years = {10: 600, 11: 600, 12: 600}
    yield from graduation.score(graduation.rules_for(2026), [100] * 4, years).steps
    standing = university.reckon(university.DEFAULT, coursetable.read_university(STUDENT.encode()))
    yield from (standing.courses[0][2], *standing.steps)
    yield from citations(CIRCULAR_22.sources, "study")
    yield from judge_primary(
        CIRCULAR_27, {"Toán": Completion("C")}, {"Nhân ái": Trait("C")}, {"Toán": 3}
    ).missing


def test_every_step_has_a_sentence_with_all_it_needs() -> None:
    uttered = {remark.code: remark for remark in every_remark()}
    spoken = {code for code in messages.codes("vi") if code.startswith("grading.")}
    assert spoken - uttered.keys() == {"grading.missing", "grading.title"}  # the command's own
    for code, remark in uttered.items():
        for lang in messages.LANGUAGES:
            template = messages.template(lang, code)
            needed = {name for _, name, _, _ in string.Formatter().parse(template) if name}
            assert needed <= remark.params.keys(), code
