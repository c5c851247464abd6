"""The ministry's score sheet: opened again by our own intake, and nothing in it is a formula."""

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from credential.errors import InputError, RefusedError
from credential.model import CourseResult, TermOutcome
from exchange.record import Record, arranged
from exchange.score_sheet import to_score_sheet
from exchange.table import NOT_SHOWN
from grading import headings
from grading.headings import BIRTH, NAME
from grading.headings import CODE as CODE_HEADING
from grading.levels import judge
from grading.rules import rules_for
from grading.subjects import LOWER_SECONDARY
from issuer.intake import pupil_lists, read_score_sheet, score_sheet
from tests.exchange.records import DIPLOMA, record, transcript, year

CODE, OTHER = "0123456789", "0123456780"


def whole(**more: object) -> Record:
    """A year whose level follows from its results, as intake checks."""
    return _whole(year(), **more)


def lower() -> Record:
    """A year of grade 9."""
    return _whole(year(programme=LOWER_SECONDARY), grade=9, class_name="9A3", title=None)


def _whole(results: list[CourseResult], **more: object) -> Record:
    last = [each for each in results if each.term == "CN"]
    level = str(judge(rules_for("2025-2026", 12), last).level)
    outcomes = (TermOutcome("HK1", "Khá", "Tốt", 1), TermOutcome("CN", level, "Tốt", 3))
    return record(transcript(results, **{"outcomes": outcomes, **more}))


def test_intake_reads_what_was_written() -> None:
    first, second = whole(), replace(whole(), name="Y Bhiu Niê")
    read = read_score_sheet(to_score_sheet([(CODE, first), (OTHER, second)]), "2025-2026")
    assert [row.code for row in read.rows] == [CODE, OTHER]
    assert [row.name for row in read.rows] == [first.name, second.name]
    assert read.rows[0].birth == first.birth
    assert read.rows[0].class_name == first.class_name
    assert arranged(read.rows[0].results) == first.results
    assert read.rows[0].outcomes == first.outcomes
    assert read.rows[0].title == first.title


def test_lower_secondary_has_the_columns_of_its_subjects() -> None:
    pupil = lower()
    read = read_score_sheet(to_score_sheet([(CODE, pupil)]), "2025-2026")
    assert "study.differs" not in [notice.code for notice in read.notices]
    [row] = read.rows
    assert (row.name, row.class_name) == (pupil.name, "9A3")
    assert arranged(row.results) == pupil.results
    assert row.outcomes == pupil.outcomes


def test_two_levels_of_school_are_two_sheets() -> None:
    with pytest.raises(RefusedError) as refused:
        to_score_sheet([(CODE, lower()), (OTHER, whole())])
    assert (refused.value.code, refused.value.params["found"]) == ("exchange.not_in_sheet", "12")


def test_it_is_called_as_intake_reads_it() -> None:
    for name in ("STUDY", "CONDUCT", "ABSENCES", "PROMOTION", "TITLE", "COMPLETION", "TERMS"):
        assert getattr(headings, name) == getattr(score_sheet, name)
    assert {CODE_HEADING, NAME, BIRTH} <= {
        spelling for field in pupil_lists.IDENTITY for spelling in field.headings
    }


def test_half_a_year_has_the_columns_of_semester_one() -> None:
    first = [each for each in year() if each.term == "HK1"]
    half = record(transcript(first, outcomes=(TermOutcome("HK1", "Đạt", "Tốt", 1),)))
    data = to_score_sheet([(CODE, half)])
    read = read_score_sheet(data, "2025-2026", to_date=True)
    assert arranged(read.rows[0].results) == half.results


def test_an_exempted_subject_is_said_to_be() -> None:
    without = [each for each in whole().results if each.subject != "physical_education"]
    read = read_score_sheet(
        to_score_sheet([(CODE, replace(whole(), results=tuple(without)))]), "2025-2026"
    )
    assert "subject.exempt" in [notice.code for notice in read.notices]
    assert arranged(read.rows[0].results) == tuple(without)


def test_marks_are_numbers_and_texts_are_never_formulas() -> None:
    odd = replace(whole(), name="=HYPERLINK(1)", class_name="+1")
    page = load_workbook(io.BytesIO(to_score_sheet([("-1", odd)]))).active
    cells = [cell for row in page.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert page.cell(2, 3).value == "=HYPERLINK(1)"
    assert page.cell(2, 3).quotePrefix
    mark = next(cell for cell in cells if cell.number_format == "0.0")
    assert Decimal(str(mark.value)) == Decimal("6.0")


def test_what_a_selection_hides_is_said_and_intake_does_not_take_it() -> None:
    kept = tuple(each for each in whole().results if each.subject == "mathematics")
    selection = replace(whole(), partial=True, name=None, results=kept, outcomes=())
    data = to_score_sheet([(CODE, selection)])
    page = load_workbook(io.BytesIO(data)).active
    shown = [cell.value for cell in page[2]]
    assert shown[2] == NOT_SHOWN
    assert NOT_SHOWN in shown[5:]
    assert None not in shown
    with pytest.raises(InputError):
        read_score_sheet(data, "2025-2026")


REFUSED = {
    "a diploma": record(DIPLOMA),
    "primary": replace(whole(), grade=5, results=()),
    "subjects of upper secondary in grade 9": replace(whole(), grade=9),
    "a subject of a university": replace(
        whole(), results=(CourseResult("MATH1", "Giải tích", "HK1", mark=80),)),
    "letters": replace(
        whole(), results=(CourseResult("mathematics", "Toán", "HK1", letter="A"),)),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_sheet_cannot_say_is_refused(case: str) -> None:
    with pytest.raises(RefusedError) as refused:
        to_score_sheet([(CODE, REFUSED[case])])
    assert refused.value.code == "exchange.not_in_sheet"
