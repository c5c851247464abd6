"""What is found in an order before it is issued, case by case: these findings and no others."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.wiring import System
from credential.dates import PartialDate
from credential.errors import InputError, RefusedError
from credential.model import CourseResult, CredentialType, Decision
from issuer.checking.orders import Sources, check
from issuer.intake.rows import PupilRow, ResultsRow
from issuer.matching import match
from issuer.order import Order
from registry import loading
from registry.entries import ProgrammeEntry
from tests.checking.conftest import order

TODAY = date(2026, 6, 25)
Change = Callable[[Order], Order]


def codes(found: Sequence[Any]) -> list[tuple[str, int | None]]:
    return [(one.code, one.row) for one in found]


def row(place: int, **changes: Any) -> Change:
    """One row otherwise; row 5 of the sheet is the first."""

    def change(asked: Order) -> Order:
        rows = list(asked.rows)
        rows[place] = replace(rows[place], **changes)
        return replace(asked, rows=tuple(rows))

    return change


def rows(**changes: Any) -> Change:
    """All rows otherwise; a function is given the row."""

    def change(asked: Order) -> Order:
        return replace(asked, rows=tuple(
            replace(one, **{k: v(one) if callable(v) else v for k, v in changes.items()})
            for one in asked.rows
        ))  # fmt: skip

    return change


def whole(**changes: Any) -> Change:
    return lambda asked: replace(asked, **changes)


def other_number(asked: Order) -> Order:
    """The first pupil with the number of the second, whose sex and year are made to fit."""
    second = asked.rows[1]
    assert isinstance(second, PupilRow)
    return row(0, personal_no=second.personal_no)(asked)


DIPLOMAS: dict[str, tuple[Change, list[Any], list[Any]]] = {
    "nothing": (whole(), [], []),
    "a school that is not there": (whole(school="79009009"), [("school.unknown", None)], []),
    "somebody not in office": (
        whole(signer="Trần Thị Mẫu Đơn"), [("issue.signer_not_in_office", None)], [],
    ),
    "somebody not in office, and a row": (
        lambda asked: row(2, name="Đỗ Tên Khác")(whole(signer="Ai Đó")(asked)),
        [("issue.signer_not_in_office", None), ("pupil.name_differs", 7)], [],
    ),
    "a pupil who is not there": (
        row(0, code="7900000000", personal_no=None), [("pupil.unknown", 5)], [],
    ),
    "a number of another sex": (row(0, personal_no="079208123456"),
                                [("personal_no.sex", 5)], []),
    "another pupil's number": (other_number, [("personal_no.taken", 5)], []),
    "a class of grade 9": (
        row(0, class_name="9.1", grade=9),
        [("issue.not_last_grade", 5), ("check.not_of_school", 5)], [],
    ),
    "no serial": (row(3, serial=None), [("serial.missing", 8)], [("check.serial_gap", 9)]),
    "a serial twice": (
        lambda asked: row(3, serial=asked.rows[2].serial)(asked),
        [("serial.twice", 7), ("serial.twice", 8)], [("check.serial_gap", 9)],
    ),
    "serials that leave blanks out": (row(11, serial="T01000019"), [],
                                      [("check.serial_gap", 16)]),
    "serials in no order": (
        lambda asked: replace(asked, rows=tuple(
            replace(one, serial=f"T01{n * 7:05d}") for n, one in enumerate(asked.rows, 1)
        )), [], [("check.serial_runs", None)],
    ),
    "serials of two forms": (row(11, serial="T1"), [], [("check.serial_forms", None)]),
    "a decision of later": (
        whole(decision=Decision("1", date(2026, 6, 21))), [("check.decision_later", None)], [],
    ),
    "a decision that cannot be read": (
        whole(decision=Decision("128\u202e/QĐ", date(2026, 6, 20))), [("text.invisible", None)], [],
    ),
    "a decision without a number": (
        whole(decision=Decision("", date(2026, 6, 20))), [("text.empty", None)], [],
    ),
    "a decision of no year": (
        whole(decision=Decision("1", date(1, 6, 20))), [("date.invalid", None)],
        [("check.decision_old", None)],
    ),
    "a first serial that no paper bears": (
        whole(first_serial="t\u202e0001"), [("serial.invalid", None)], [],
    ),
    "a decision of long ago": (
        whole(decision=Decision("1", date(2025, 6, 1))), [], [("check.decision_old", None)],
    ),
    "a day to come": (whole(issued=date(2026, 6, 26)), [], [("check.in_future", None)]),
    "another year": (whole(year=2025), [], [("check.other_year", None)]),
    "a child": (
        row(0, birth=PartialDate(2014, 1, 1), personal_no=None),
        [("pupil.birth_differs", 5)], [("check.age", 5)],
    ),
    "one person with two codes": (
        lambda asked: row(1, name=asked.rows[0].name, birth=asked.rows[0].birth,
                          personal_no=None)(asked),
        [("pupil.name_differs", 6), ("pupil.birth_differs", 6)], [("check.alike", 6)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "faults", "anomalies"), DIPLOMAS.values(), ids=DIPLOMAS)
def test_diplomas_with(
    system: System, listed: tuple[PupilRow, ...], change: Change,
    faults: list[Any], anomalies: list[Any],
) -> None:  # fmt: skip
    asked = change(order(CredentialType.THPT_DIPLOMA, 2026, listed))
    found = check(asked, Sources(system.desk, system.batches), TODAY)
    # two of the same birth by chance in a class of twelve share nothing else
    assert (sorted(codes(found.faults), key=str), codes(found.anomalies)) == (
        sorted(faults, key=str), anomalies,
    )  # fmt: skip
    assert (found.numbers is None) == bool(faults)
    with pytest.raises((InputError, RefusedError)) if faults else nullcontext():
        match(asked, system.desk)  # what every door passes


def test_the_numbers_that_the_order_would_get_are_told(
    system: System, listed: tuple[PupilRow, ...]
) -> None:
    asked = order(CredentialType.THPT_DIPLOMA, 2026, listed)
    numbers = check(asked, Sources(system.desk, system.batches), TODAY).numbers
    assert numbers == ("B26/1001/00001", "B26/1001/00012")


def marks(found: ResultsRow, change: Callable[[CourseResult], int | None]) -> Any:
    """The results of a row with other marks."""
    return tuple(
        one if one.mark is None else replace(one, mark=change(one)) for one in found.results
    )


def every(change: Callable[[CourseResult], int | None]) -> Change:
    return rows(results=lambda one: marks(one, change))


def first(change: Callable[[CourseResult], int | None]) -> Change:
    return lambda asked: row(0, results=marks(asked.rows[0], change))(asked)  # type: ignore[arg-type]


def lowered(by: int, *terms: str) -> Callable[[CourseResult], int]:
    """Marks of those terms lowered, kept above zero."""
    return lambda one: max((one.mark or 0) - (by if one.term in terms else 0), 10)


def _alike(one: CourseResult) -> int | None:
    return 80 if (one.name, one.term) == ("Toán", "HK1") else one.mark


RESULTS: dict[str, tuple[Change, set[str]]] = {
    "nothing": (whole(), set()),
    "a year that does not follow": (
        first(lambda one: 100 if (one.name, one.term) == ("Toán", "CN") else one.mark),
        {"mark.year_average"},
    ),
    "one mark for all": (every(_alike), {"check.all_alike"}),
    "two with all marks the same": (
        lambda asked: row(1, results=asked.rows[0].results)(asked), {"check.same_marks"},
    ),
    "a pupil who fell in semester II": (first(lowered(40, "HK2")), {"check.term_leap"}),
    "a class that fell in semester II": (every(lowered(30, "HK2")), {"check.term_leap_class"}),
    "a pupil who fell against last year": (
        first(lowered(40, "HK1", "HK2", "CN")), {"check.year_leap"},
    ),
    "a class that fell against last year": (
        every(lowered(20, "HK1", "HK2", "CN")), {"check.year_leap_class"},
    ),
    "a child of another age": (
        row(0, birth=PartialDate(1990)), {"check.grade_age", "pupil.birth_differs"},
    ),
}  # fmt: skip
_BY_RULES = {"mark.year_average", "study.differs", "study.term_differs", "title.differs",
             "promotion.differs", "conduct.differs"}  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), RESULTS.values(), ids=RESULTS)
def test_results_with(
    system: System, results: tuple[ResultsRow, ...], change: Change, expected: set[str]
) -> None:
    asked = change(order(CredentialType.TRANSCRIPT, 2026, results))
    found = check(asked, Sources(system.desk, system.batches), TODAY)
    told = {one.code for one in (*found.faults, *found.anomalies)}
    assert told - _BY_RULES == expected - _BY_RULES
    assert expected <= told


def test_a_leap_says_what_is_usual(system: System, results: tuple[ResultsRow, ...]) -> None:
    asked = first(lowered(40, "HK1", "HK2", "CN"))(order(CredentialType.TRANSCRIPT, 2026, results))
    found = check(asked, Sources(system.desk, system.batches), TODAY)
    [leap] = [one for one in found.anomalies if one.code == "check.year_leap"]
    assert leap.row == 5
    assert leap.params["count"] == 12
    assert leap.params["usual"] == "+0,00"
    assert leap.params["school_year"] == "2024-2025"


def test_many_marks_changed_after_the_term_are_told_with_how_many_rose(
    system: System, results: tuple[ResultsRow, ...]
) -> None:
    def raised(one: CourseResult) -> int | None:
        return (one.mark or 0) + 1 if one.name == "Toán" and (one.mark or 0) < 100 else one.mark

    before = rows(class_name="11.1")(order(CredentialType.TRANSCRIPT, 2025, results))
    asked = replace(every(raised)(before), reason="Chấm lại", signer=None)
    sources = Sources(system.desk, system.batches)
    edits = [one for one in check(asked, sources, TODAY).anomalies
             if one.code == "check.late_edits"]  # fmt: skip
    assert {one.params["term"] for one in edits} == {"HK1", "HK2", "CN"}
    for one in edits:
        assert one.params["raised"] == one.params["count"] == one.params["pupils"]
    same = check(replace(before, reason="Chấm lại"), sources, TODAY)
    assert "check.late_edits" not in {one.code for one in same.anomalies}


def test_a_programme_that_has_ended_is_a_fault_once_programmes_are_listed(
    system: System, results: tuple[ResultsRow, ...]
) -> None:
    asked = order(CredentialType.TRANSCRIPT, 2026, results)
    sources = Sources(system.desk, system.batches)
    lower = ProgrammeEntry("gdpt-thcs", "Giáo dục phổ thông", "thcs", date(2018, 12, 26))
    upper = ProgrammeEntry("gdpt-thpt", "Giáo dục phổ thông", "thpt", date(2018, 12, 26))
    loading.load_programmes(system.registry_database, [lower])
    assert {one.code for one in check(asked, sources, TODAY).faults} == {"check.no_programme"}
    loading.load_programmes(system.registry_database, [upper])
    assert not check(asked, sources, TODAY).faults
