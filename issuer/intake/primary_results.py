"""KetQuaHocTapImportExcel C1: a primary school's results, 35 columns under three rows of headings.

Each subject has a level (T, H, C) and may have a test; then come competences, qualities (T, Đ, C),
and whether the pupil completes the grade and goes up. The traits are looked at, to see whether the
year's result follows from them, and not kept: a transcript has no place for them. What a cell may
hold is decided here, the rules are `grading.primary`'s.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from credential.errors import FormatError, RefusedError
from credential.model import CourseResult, TermOutcome
from credential.text import fold
from grading.primary import Completion, Overall, Trait, judge
from grading.promotion import PRINTED, Outcome
from grading.rules import primary_rules_for
from grading.subjects import PRIMARY, Subject
from issuer.intake.cells import RowReader, class_of, grade_of, one_of
from issuer.intake.layout import CLASS, CODE, Field, Layout
from issuer.intake.mending import shown
from issuer.intake.pupil_lists import IDENTITY
from issuer.intake.reading import settled
from issuer.intake.rows import Reading, ResultsRow
from issuer.intake.table import Table
from issuer.intake.workbook import Cell

PROMOTED = PRINTED[Outcome.PROMOTED]
COMPLETED = "Hoàn thành chương trình tiểu học"  # in grade 5 (Circular 27/2020 art. 11)

_LAST_GRADE = 5
_NAMES = {  # other headings of a subject
    "nature_society": ("TN&XH", "TNXH", "Tự nhiên xã hội"),
    "foreign_language_1": ("Tiếng Anh", "Ngoại ngữ 1"),
    "experience_activities": ("HĐTN", "Hoạt động trải nghiệm"),
    "physical_education": ("GDTC", "Thể dục"),
    "history_geography": ("LS&ĐL", "Lịch sử & Địa lí"),
    "informatics": ("Tin học và Công nghệ (Tin học)", "TH&CN (Tin học)"),
    "technology": ("Tin học và Công nghệ (Công nghệ)", "TH&CN (Công nghệ)"),
}
_TRAITS = (
    "Tự chủ và tự học", "Giao tiếp và hợp tác", "Giải quyết vấn đề và sáng tạo", "Ngôn ngữ",
    "Tính toán", "Khoa học", "Thẩm mĩ", "Thể chất", "Yêu nước", "Nhân ái", "Chăm chỉ",
    "Trung thực", "Trách nhiệm",
)  # fmt: skip
_GROUPS = ("Năng lực chung", "Năng lực đặc thù", "Năng lực", "Năng lực cốt lõi",
           "Phẩm chất", "Phẩm chất chủ yếu")  # fmt: skip
_YES = {"x", "✓", "✔", "1", "có"}

_level = one_of(*Completion, aliases={"Hoàn thành tốt": "T", "Hoàn thành": "H",
                                      "Chưa hoàn thành": "C"})  # fmt: skip
_trait = one_of(*Trait, aliases={"Tốt": "T", "Đạt": "Đ", "Cần cố gắng": "C", "CCG": "C"})
_overall = one_of(*Overall, aliases={
    "HTXS": Overall.EXCELLENT, "HTT": Overall.GOOD, "HT": Overall.COMPLETED,
    "CHT": Overall.NOT_COMPLETED,
})  # fmt: skip


def whole_mark(cell: Cell) -> int:
    """A test's mark in tenths: whole, 1 to 10. Raises FormatError ``mark.whole`` (found)."""
    text = shown(cell)
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 10):
        raise FormatError("mark.whole", found=text)
    return int(text) * 10


def _ticked(cell: Cell) -> bool:
    if fold(shown(cell)) not in _YES:
        raise FormatError("choice.invalid", found=shown(cell), expected="x")
    return True


def _subject_fields(subject: Subject) -> Iterator[Field]:
    names = (subject.name, *_NAMES.get(subject.key, ()))
    levels = [f"{name} > {part}" for name in names
              for part in ("Mức đạt được", "Mức", "Mức ĐĐ", "Mức độ")]  # fmt: skip
    tests = [f"{name} > {part}" for name in names
             for part in ("Điểm KTĐK", "KTĐK", "Điểm", "Điểm KT")]  # fmt: skip
    must = subject.compulsory
    yield Field(_key(subject, "level"), (levels[0], *names, *levels), _level, must, not must)
    yield Field(_key(subject, "test"), tuple(tests), whole_mark).optional()


def _key(subject: Subject, part: str) -> str:
    return f"{subject.key} {part}"


def _trait_field(name: str) -> Field:
    headings = tuple(f"{group} > {name}" for group in _GROUPS)
    return Field(f"trait {name}", headings, _trait).optional()


_OVERALL = Field("overall", ("Xếp loại", "Kết quả giáo dục", "Đánh giá KQGD"), _overall).optional()
_COMPLETES = Field("completes", ("Hoàn thành", "Hoàn thành chương trình lớp học",
                                 "Hoàn thành CT lớp học"), _ticked).optional()  # fmt: skip
_GOES_UP = Field("goes_up", ("Lên lớp", "Được lên lớp"), _ticked).optional()
_CLASS = Field(CLASS, ("Mã lớp", "Lớp", "Tên lớp"), class_of(range(1, 6)))

C1_RESULTS = Layout(
    "c1-ketqua",
    (
        *IDENTITY, _CLASS, *(field for subject in PRIMARY for field in _subject_fields(subject)),
        *map(_trait_field, _TRAITS), _OVERALL, _COMPLETES, _GOES_UP,
    ),
    depth=3,
)  # fmt: skip
C1_TO_DATE = replace(C1_RESULTS, name="c1-ketqua-to-date")


def primary_results_of(table: Table, school_year: str, term: str | None) -> Reading[ResultsRow]:
    """The results in a table of one of these layouts, of a term of `credential.model.TERMS`.

    The form does not name its term: it is the year, but to date semester I where the sheet says no
    year's result of anybody.

    Faults of rows are in the reading: those of `cells`, ``mark.whole``, ``pupil.twice``,
    ``rules.not_covered``. A year's result other than the rules give is noticed
    (``study.differs``).
    """
    rows = []
    half = table.layout is C1_TO_DATE and not _says_the_year(table)
    term = term or ("HK1" if half else "CN")
    for line in table.rows:
        reader = RowReader(line, table.findings)
        found = {field.key: reader.field(field) for field in table.layout.fields
                 if reader.has(field.key) or field.needed}  # fmt: skip
        reader.once(CODE, "pupil.twice", found[CODE])
        _refuse_tests_alone(reader, found)
        if reader.sound:
            rows.append(_row(line.number, found, term))
            if term == "CN":
                _compare(reader, found, school_year)
    return settled(table, rows)


def _says_the_year(table: Table) -> bool:
    keys = [field.key for field in (_OVERALL, _COMPLETES, _GOES_UP)]
    return any(line.cells.get(key) is not None for line in table.rows for key in keys)


def _refuse_tests_alone(reader: RowReader, found: Mapping[str, Any]) -> None:
    """A test's mark is no result: the subject's level must stand beside it."""
    for subject in PRIMARY:
        level, tested = _key(subject, "level"), found.get(_key(subject, "test")) is not None
        if tested and reader.cell(level) is None and not subject.compulsory:  # those have theirs
            reader.fault("cell.empty", level)


def _row(number: int, found: Mapping[str, Any], term: str) -> ResultsRow:
    goes_up, grade = found.get("goes_up"), grade_of(found[CLASS])
    return ResultsRow(
        row=number,
        code=found[CODE],
        name=found["name"],
        birth=found["birth"],
        class_name=found[CLASS],
        results=tuple(_results(found, term)),
        outcomes=(TermOutcome(term, study=found.get("overall")),),
        promotion=PROMOTED if goes_up and term == "CN" else None,
        completion=COMPLETED if found.get("completes") and grade == _LAST_GRADE else None,
    )


def _results(found: Mapping[str, Any], term: str) -> Iterator[CourseResult]:
    for subject in PRIMARY:
        level, test = (found.get(_key(subject, part)) for part in ("level", "test"))
        if level is not None:
            yield CourseResult(subject.key, subject.name, term, mark=test, rating=level)


def _compare(reader: RowReader, found: Mapping[str, Any], school_year: str) -> None:
    try:
        rules = primary_rules_for(school_year, grade_of(found[CLASS]))
    except RefusedError as error:
        reader.fault(error.code, CLASS, **error.params)
        return
    levels = {s.name: Completion(found[_key(s, "level")]) for s in PRIMARY
              if found.get(_key(s, "level"))}  # fmt: skip
    tests = {s.name: found[_key(s, "test")] // 10 for s in PRIMARY if found.get(_key(s, "test"))}
    traits = {name: Trait(found[f"trait {name}"]) for name in _TRAITS if found.get(f"trait {name}")}
    follows = judge(rules, levels, traits, tests).level
    said = found.get("overall")
    if said and len(traits) == len(_TRAITS) and said != follows:
        reader.notice("study.differs", "overall", found=said, expected=str(follows))
