"""What is written in another format and read back is the same record, whatever it says."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from credential.model import CourseResult, TermOutcome
from exchange.record import Record, arranged
from tests.exchange.formats import FORMATS
from tests.exchange.records import DIPLOMA, LETTERS, record, records, transcript, year

NAMED = {
    "a whole year": record(transcript(year())),
    "a diploma, born in a year": record(DIPLOMA),
    "half a year": record(transcript(
        [CourseResult("mathematics", "Toán", "HK1", mark=85)],
        outcomes=(TermOutcome("HK1", "Khá", None, 0),), promotion=None, title=None)),
    "no results": record(transcript([], outcomes=())),
    "missing terms": record(transcript([
        CourseResult("mathematics", "Toán", "HK2", mark=0),
        CourseResult("physics", "Vật lí", "CN", mark=100)])),
    "primary school": record(transcript([
        CourseResult("math", "Toán", "CN", rating="T", mark=90),
        CourseResult("ethics", "Đạo đức", "CN", rating="H")])),
    "a university": record(transcript([
        CourseResult("MATH101", "Giải tích 1", "HK1", letter="B+", points=350),
        CourseResult("PE/1:2", "Thể dục", "HK1", letter="P")])),
    "terms in another order": record(transcript([
        CourseResult("b", "B", "CN", mark=1), CourseResult("a", "A", "HK1", mark=2),
        CourseResult("b", "B", "HK1", mark=3)])),
    "a selection": replace(
        record(transcript(year(2))), partial=True, name=None, birth=None, class_name=None),
    "a selection of nothing": replace(
        record(transcript([], outcomes=())), partial=True, name=None, birth=None, signer=None,
        birth_place=None, sex=None, class_name=None, promotion=None, title=None),
    "a name of one word": replace(record(DIPLOMA), name="Bhiu"),
    "a name of five": replace(record(DIPLOMA), name="Công Tằng Tôn Nữ Ái Liên"),
    "every letter": replace(record(DIPLOMA), name=LETTERS[:90], birth_place=LETTERS),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", NAMED)
def test_a_record_comes_back_as_it_went(case: str, form: str) -> None:
    wanted = NAMED[case]
    assert FORMATS[form].read(FORMATS[form].write(wanted)) == wanted


@pytest.mark.parametrize("form", FORMATS)
def test_any_record_comes_back_as_it_went(form: str) -> None:
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    @given(wanted=records())
    def run(wanted: Record) -> None:
        assert FORMATS[form].read(FORMATS[form].write(wanted)) == wanted

    run()


def test_records_are_arranged_by_subject_then_term() -> None:
    results = NAMED["terms in another order"].results
    assert [(each.subject, each.term) for each in results] == [
        ("b", "HK1"), ("b", "CN"), ("a", "HK1"),
    ]  # fmt: skip
    assert arranged(reversed(results))[0].subject == "a"


def test_what_a_selection_hides_is_named() -> None:
    assert NAMED["a selection"].hidden == ("name", "birth", "class_name", "results")
    assert NAMED["a whole year"].hidden == ()
    assert replace(NAMED["a diploma, born in a year"], partial=True, name=None).hidden == ("name",)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_hidden_is_said_and_never_empty(form: str) -> None:
    text = FORMATS[form].write(NAMED["a selection"]).decode()
    for name in NAMED["a selection"].hidden:
        assert name in text
    assert "hidden" in text
    assert "hidden" not in FORMATS[form].write(NAMED["a whole year"]).decode()
