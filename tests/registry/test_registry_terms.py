"""Terms of office and what becomes of schools, as the department enters them."""

from datetime import date

import pytest

from credential.errors import ConflictError, InputError, RefusedError, SogocError
from credential.model import CredentialType, Decision, Lane, Signer
from registry.entries import HeadEntry
from registry.office import Department
from registry.schools import by_id

DIPLOMA = CredentialType.THPT_DIPLOMA
WHY = Decision("900/QĐ-SGDĐT", date(2026, 9, 1))
DEPUTY = Signer("Phạm Quốc Đạt", "Phó Hiệu trưởng")
HEAD = Signer("Lê Thị Thuỷ", "Hiệu trưởng")


@pytest.fixture
def department(database):
    return Department(database, clock=lambda: 1_780_000_000)


@pytest.mark.parametrize(
    ("day", "signers"),
    [
        pytest.param(date(2026, 5, 31), ["Trần Văn Cũ"], id="the head on their last day"),
        pytest.param(date(2026, 6, 1), ["Phạm Quốc Đạt"], id="no head: the assigned deputy"),
        pytest.param(date(2026, 7, 31), ["Phạm Quốc Đạt"], id="the deputy's last day"),
        pytest.param(date(2026, 8, 1), ["Lê Thị Thuỷ"], id="the next head's first day"),
        pytest.param(date(2015, 7, 31), [], id="nobody is known before"),
    ],
)
def test_who_signs_is_who_held_office_on_the_day(desk, day, signers):
    assert [signer.name for signer in desk.heads(1, day)] == signers


def test_a_deputy_signs_with_their_own_title(desk):
    assert desk.heads(1, date(2026, 6, 20)) == [DEPUTY]


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        pytest.param(HeadEntry(1, "Ngô An", "Hiệu trưởng", date(2026, 9, 1)), "office.overlaps",
                     id="two heads at once"),
        pytest.param(HeadEntry(1, "Ngô An", "Phó", date(2026, 9, 1), deputy=True), "input.faults",
                     id="a deputy without a decision"),
        pytest.param(HeadEntry(1, "Ngô An", "Hiệu trưởng", date(2014, 1, 2), date(2014, 1, 1)),
                     "input.faults", id="ends before it begins"),
        pytest.param(HeadEntry(9, "Ngô An", "Hiệu trưởng", date(2026, 9, 1)),
                     "award.school_unknown", id="no such school"),
        pytest.param(HeadEntry(1, "Lê Thị Thuỷ", "Hiệu trưởng", date(2026, 8, 1),
                               date(2027, 8, 1)), "office.overlaps", id="the same, another end"),
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_is_refused_and_nothing_is_written(
    department, database, contents, entry, error
):
    before = contents(database)
    with pytest.raises(SogocError, match=error):
        department.begin_term(entry)
    assert contents(database) == before


def test_a_term_is_entered_once_and_counts_at_once(department, desk):
    entry = HeadEntry(2, "Ngô An", "Phó Giám đốc", date(2026, 9, 1), None, True, "4/QĐ")
    assert department.begin_term(entry)
    assert not department.begin_term(entry), "the same again"
    assert [one.name for one in desk.heads(2, date(2026, 9, 1))] == ["Võ Minh Khôi", "Ngô An"]


def test_a_term_ends_early_unless_something_was_signed_after(department, desk, awards):
    assert department.end_term(1, "lê thị thủy", date(2026, 12, 31)), "spelling does not matter"
    assert not department.end_term(1, "Lê Thị Thuỷ", date(2026, 12, 31))
    assert desk.heads(1, date(2027, 1, 1)) == []
    assert department.begin_term(HeadEntry(1, "Ngô An", "Hiệu trưởng", date(2027, 1, 1)))
    desk.enter(awards("a", (0,)))
    with pytest.raises(ConflictError, match=r"office\.has_signed") as caught:
        department.end_term(1, "Phạm Quốc Đạt", date(2026, 6, 10))
    assert caught.value.params["count"] == 1
    assert desk.heads(1, date(2026, 6, 20)) == [DEPUTY]


@pytest.mark.parametrize(
    ("name", "day"),
    [("Ai Đó", date(2026, 6, 10)), ("Phạm Quốc Đạt", date(2026, 8, 10))],
    ids=["nobody of that name", "not in office that day"],
)
def test_what_is_not_there_cannot_end(department, name, day):
    with pytest.raises(RefusedError, match=r"office\.unknown"):
        department.end_term(1, name, day)
    with pytest.raises(RefusedError, match=r"office\.unknown"):
        department.void_term(1, name, day, WHY)


def test_a_void_mandate_lists_what_it_signed_decides_nothing_and_signs_nothing_new(
    department, desk, awards, matcher, database
):
    desk.enter(awards("a", (0, 1), issued=date(2026, 6, 5)))
    desk.enter(awards("b", (2,), issued=date(2026, 6, 20)))
    new, signed = department.void_term(1, DEPUTY.name, date(2026, 6, 10), WHY)
    assert new
    assert [(one.register_no, one.issued, one.lane) for one in signed] == [
        ("B26/0101/00003", 20260620, Lane.ACTIVE)
    ]
    assert department.void_term(1, DEPUTY.name, date(2026, 6, 10), WHY) == (False, signed)
    with pytest.raises(ConflictError, match=r"office\.void_otherwise"):
        department.void_term(1, DEPUTY.name, date(2026, 6, 11), WHY)
    assert desk.heads(1, date(2026, 6, 9)) == [DEPUTY]
    assert desk.heads(1, date(2026, 6, 10)) == [], "nothing new is signed"
    with database.reading() as connection:
        school = by_id(connection, 1)
    assert school.signers_on(20260620) == [DEPUTY], "what was signed is judged as before"
    (term,) = [one for one in department.terms(1) if one.deputy]
    assert (term.void_since, term.void_decision) == (20260610, WHY.number)


def test_a_new_name_is_of_its_day_on(department, desk):
    name = "Trường THPT Phượng Vĩ"
    assert department.rename(1, name, "TP", date(2026, 9, 1))
    assert not department.rename(1, name, "TP", date(2026, 9, 1)), "the same again"
    named = [desk.school("79000101", day).name for day in (date(2026, 8, 31), date(2026, 9, 1))]
    assert named == ["Trường THPT Hoa Phượng Đỏ", name]
    with pytest.raises(ConflictError, match=r"school\.name_later"):
        department.rename(1, "Tên khác", "TP", date(2026, 8, 1))


@pytest.mark.parametrize(
    ("name", "day", "error"),
    [
        pytest.param("Tên mới", date(2026, 6, 20), "school.issued_since", id="papers of that day"),
        pytest.param("Tên mới", date(1989, 1, 1), "school.closed", id="before it was founded"),
        pytest.param("Tên\u202e", date(2026, 9, 1), "text.", id="a trick in the name"),
    ],
)
def test_a_name_that_would_rewrite_the_past_is_refused(
    department, desk, awards, database, contents, name, day, error
):
    desk.enter(awards("a", (0,)))
    before = contents(database)
    with pytest.raises(SogocError, match=error):
        department.rename(1, name, "TP", day)
    assert contents(database) == before


def close(department, school=1, successor=2, since=date(2026, 9, 1), kind="merged", why=WHY):
    return department.close(school, successor, since, kind, why)


def test_a_school_ends_and_its_successor_keeps_the_register(department, desk, database):
    day, before = date(2026, 9, 1), date(2026, 8, 31)
    assert close(department)
    assert not close(department), "the same again"
    assert desk.school("79000101", before).name == "Trường THPT Hoa Phượng Đỏ"
    assert desk.school("79000101", day).name == "Trường THPT Hoa Phượng Đỏ", "its last name"
    assert (desk.keeper(1, before), desk.keeper(1, day)) == (None, 2)
    assert desk.heads(1, before) == [HEAD]
    assert desk.heads(1, day) == [Signer("Võ Minh Khôi", "Giám đốc")], "the successor's head"
    assert desk.entitled(1, DIPLOMA, before)
    assert not desk.entitled(1, DIPLOMA, day), "nothing new is issued"
    assert [one.until for one in department.terms(1) if one.name == HEAD.name] == [20260831]
    with database.reading() as connection:
        assert by_id(connection, 1).keeper_on(20270101).school == 2


def test_registers_go_on_from_successor_to_successor(department, desk):
    assert close(department, 3, 1, date(2026, 7, 1), "dissolved")
    assert close(department, 1, 2, date(2026, 9, 1), "merged")
    days = [date(2026, 6, 30), date(2026, 7, 1), date(2026, 8, 31), date(2026, 9, 1)]
    assert [desk.keeper(3, day) for day in days] == [None, 1, 1, 2]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        pytest.param({"successor": 1}, "succession.itself", id="itself"),
        pytest.param({"successor": 9}, "award.school_unknown", id="nobody"),
        pytest.param({"successor": 3}, "succession.successor_closed", id="closed by then"),
        pytest.param({"since": date(2026, 6, 20)}, "school.issued_since", id="it issued later"),
    ],
)
def test_an_end_that_cannot_be_is_refused_and_nothing_is_written(
    department, desk, awards, database, contents, given, error
):
    desk.enter(awards("a", (0,)))
    before = contents(database)
    with pytest.raises(SogocError, match=error):
        close(department, **given)
    assert contents(database) == before


def test_a_circle_and_a_second_end_are_refused(department):
    close(department)
    with pytest.raises(RefusedError, match=r"succession\.itself"):
        close(department, 2, 1, date(2026, 8, 31))
    with pytest.raises(ConflictError, match=r"succession\.otherwise"):
        close(department, since=date(2026, 10, 1))


def test_a_deputy_needs_a_decision_by_name(department):
    with pytest.raises(InputError) as caught:
        department.begin_term(HeadEntry(1, "Ngô An", "Phó", date(2026, 9, 1), deputy=True))
    assert caught.value.faults[0].code == "registry.deputy_decision"
