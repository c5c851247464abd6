"""Answers to claims, the same in process and over HTTP, on both databases."""

import dataclasses
from datetime import date

import pytest

from credential.dates import PartialDate
from credential.errors import UnavailableError
from credential.facts import AwardClaim, AwardMatch, Match, Withdrawal
from credential.model import CredentialType, Lane, Place, Signer
from credential.records import AwardLine, Binding
from registry.matching import Matcher
from verifier.ports import AwardRegistry

DIPLOMA = CredentialType.THPT_DIPLOMA
A, S, D = Match.AGREES, Match.SPELLING, Match.DIFFERS
FULL = AwardClaim(
    type=DIPLOMA,
    school=1,
    register_no="B26/0101/00001",
    year=2026,
    issued=date(2026, 6, 20),
    serial="T00000000",
    name="Nguyễn Thị Hòa",
    birth=PartialDate(2008, 2, 7),
    classification="Giỏi",
    signer_name="Phạm Quốc Đạt",
)
AGREED = dict.fromkeys(
    ("year", "issued", "serial", "name", "birth", "classification", "signer"), Match.AGREES
)


@pytest.fixture
def entered(desk, awards):
    """The award of FULL, and one without serial and classification."""
    mine = awards("a", (0, 1))
    first = dataclasses.replace(mine.entries[0], classification="Giỏi")
    second = dataclasses.replace(mine.entries[1], serial=None)
    desk.enter(dataclasses.replace(mine, entries=(first, second)))
    return desk


def test_a_true_claim_agrees_in_every_field(entered, matcher):
    port: AwardRegistry = matcher
    assert port.match(FULL) == AwardMatch(
        found=True,
        fields=AGREED,
        lane=Lane.ACTIVE,
        withdrawal=None,
        signer_in_office=True,
        entitled=True,
        school_name="Trường THPT Hoa Phượng Đỏ",
    )


def test_only_what_was_claimed_is_answered(entered, matcher):
    claim = AwardClaim(DIPLOMA, 1, "B26/0101/00001", 2026, date(2026, 6, 20))
    assert matcher.match(claim).fields == {"year": A, "issued": A}


@pytest.mark.parametrize(
    ("change", "field", "outcome"),
    [
        pytest.param({"name": "Nguyễn Thị Hoà"}, "name", S, id="tone mark placed otherwise"),
        pytest.param({"name": "NGUYỄN THỊ HÒA"}, "name", S, id="capitals"),
        pytest.param({"name": "Nguyễn  Thị Hòa"}, "name", S, id="a double space"),
        pytest.param({"name": "Nguyễn Thị Hoa"}, "name", D, id="no tone mark"),
        pytest.param({"name": "Nguyễn Thị Hỏa"}, "name", D, id="another tone mark"),
        pytest.param({"name": ""}, "name", D, id="an empty name"),
        pytest.param({"birth": PartialDate(2008, 2, 8)}, "birth", D, id="another day of birth"),
        pytest.param({"birth": PartialDate(2008, 2)}, "birth", D, id="less of the birth date"),
        pytest.param({"serial": "T00000001"}, "serial", D, id="another serial"),
        pytest.param({"serial": "t00000000"}, "serial", D, id="a serial is exact"),
        pytest.param({"year": 2025}, "year", D, id="another year"),
        pytest.param({"issued": date(2026, 6, 21)}, "issued", D, id="another day of issue"),
        pytest.param({"classification": "Xuất sắc"}, "classification", D, id="a better class"),
        pytest.param(
            {"classification": "giỏi"}, "classification", S, id="a class in small letters"
        ),
        pytest.param({"signer_name": "Phạm Quốc Ðạt"}, "signer", S, id="Icelandic Ð in the signer"),
        pytest.param({"signer_name": "Lê Thị Thuỷ"}, "signer", D, id="another signer"),
    ],
)
def test_a_changed_field_is_named_and_no_other(entered, matcher, change, field, outcome):
    answer = matcher.match(dataclasses.replace(FULL, **change))
    assert answer.fields == AGREED | {field: outcome}
    assert (answer.found, answer.lane) == (True, Lane.ACTIVE)


@pytest.mark.parametrize("field", [{"serial": "T00000001"}, {"classification": "Khá"}])
def test_what_the_register_does_not_have_differs(entered, matcher, field):
    claim = AwardClaim(DIPLOMA, 1, "B26/0101/00002", 2026, date(2026, 6, 20), **field)
    assert matcher.match(claim).fields == {"year": A, "issued": A, next(iter(field)): D}


@pytest.mark.parametrize(
    ("claimed", "outcome"),
    [
        pytest.param(bytes(range(32)), {"content": A}, id="the same content"),
        pytest.param(bytes(32), {"content": D}, id="other content"),
        pytest.param(None, {}, id="not claimed"),
    ],
)
def test_a_line_that_is_bound_tells_whether_the_content_agrees(entered, matcher, claimed, outcome):
    entered.bind("a", {"B26/0101/00001": Binding(bytes(range(32)), Place(0, 0))})
    answer = matcher.match(dataclasses.replace(FULL, content=claimed))
    assert answer.fields == AGREED | outcome


def test_a_line_of_an_old_register_says_nothing_of_the_content(entered, matcher):
    assert matcher.match(dataclasses.replace(FULL, content=bytes(32))).fields == AGREED


@pytest.mark.parametrize(
    ("change", "school_name"),
    [
        pytest.param({"register_no": "B26/0101/00009"}, "Trường THPT Hoa Phượng Đỏ", id="number"),
        pytest.param({"type": CredentialType.TRANSCRIPT}, "Trường THPT Hoa Phượng Đỏ", id="type"),
        pytest.param({"school": 2}, "Trung tâm GDTX Sao Mai", id="school"),
        pytest.param({"school": 99}, "", id="unknown school"),
        pytest.param({"school": (1 << 32) - 1}, "", id="largest school number"),
        pytest.param({"register_no": ""}, "Trường THPT Hoa Phượng Đỏ", id="empty number"),
    ],
)
def test_what_is_not_registered_is_not_found(entered, matcher, change, school_name):
    answer = matcher.match(dataclasses.replace(FULL, **change))
    assert answer == AwardMatch(found=False, school_name=school_name)


@pytest.mark.parametrize("register_no", ["B26\0", "B26\n", "\u202eB26", "' OR 1=1 --"])
def test_a_hostile_register_number_is_just_not_found(entered, matcher, register_no):
    assert matcher.match(dataclasses.replace(FULL, register_no=register_no)).found is False


@pytest.mark.parametrize("lane", [Lane.SUSPENDED, Lane.SUPERSEDED, Lane.REVOKED])
def test_a_withdrawal_shows_at_once(entered, matcher, lane):
    assert matcher.match(FULL).lane is Lane.ACTIVE
    why = Withdrawal("gian lận", "12/QĐ-THPT", date(2026, 9, 1))
    entered.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), lane, why)
    answer = matcher.match(FULL)
    assert (answer.lane, answer.withdrawal, answer.fields) == (lane, why, AGREED)


@pytest.mark.parametrize(
    ("signer", "issued", "in_office"),
    [
        pytest.param("Phạm Quốc Đạt", date(2026, 6, 1), True, id="first day of the deputy"),
        pytest.param("Phạm Quốc Đạt", date(2026, 5, 31), False, id="the day before"),
        pytest.param("Phạm Quốc Đạt", date(2026, 8, 1), False, id="the day after"),
        pytest.param("Trần Văn Cũ", date(2026, 5, 31), True, id="last day of the head"),
        pytest.param("Trần Văn Cũ", date(2026, 6, 1), False, id="a head whose term is over"),
        pytest.param("Lê Thị Thủy", date(2026, 8, 1), True, id="spelt otherwise"),
        pytest.param("Võ Minh Khôi", date(2026, 6, 20), False, id="head of another school"),
    ],
)
def test_who_signed_must_have_been_in_office(desk, awards, matcher, signer, issued, in_office):
    desk.enter(awards("a", (0,), signer=Signer(signer, "Hiệu trưởng"), issued=issued))
    assert matcher.match(dataclasses.replace(FULL, issued=issued)).signer_in_office is in_office


@pytest.mark.parametrize(
    ("school", "pupil", "issued", "entitled"),
    [
        pytest.param(1, 0, date(2025, 12, 31), False, id="2025 was the department's"),
        pytest.param(1, 0, date(2026, 1, 1), True, id="2026 is the school's"),
        pytest.param(3, 0, date(2026, 1, 1), False, id="not a lower-secondary school's"),
    ],
)
def test_the_issuing_rules_of_the_day_hold(desk, awards, matcher, school, pupil, issued, entitled):
    number = desk.enter(awards("a", (pupil,), school=school, issued=issued))[0]
    claim = dataclasses.replace(FULL, school=school, register_no=number, issued=issued)
    assert matcher.match(claim).entitled is entitled


def test_names_and_terms_are_remembered_for_seconds_only(database, entered):
    now = 0.0
    matcher = Matcher(database, clock=lambda: now)
    assert matcher.match(FULL).signer_in_office
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM heads")
    now = 4.9
    assert matcher.match(FULL).signer_in_office
    now = 5.1
    assert not matcher.match(FULL).signer_in_office


def test_a_silent_database_is_said_to_be_silent(entered, database, matcher):
    with database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE awards RENAME TO elsewhere")
    with pytest.raises(UnavailableError) as caught:
        matcher.match(FULL)
    assert caught.value.source == "registry"
