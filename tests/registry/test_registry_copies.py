"""Copies: numbered per year in a register of their own, and worth what their original is."""

from dataclasses import replace
from datetime import date

import pytest

from credential.dates import PartialDate
from credential.errors import ConflictError
from credential.facts import AwardClaim, Match, Withdrawal
from credential.model import CredentialType, Holder, Lane, Original, Signer
from credential.records import AwardBatch, AwardEntry, AwardLine
from credential.requests import Capacity, CopyRequest
from database.connections import Database
from registry import loading
from registry.desk import Desk
from registry.matching import Matcher
from tests.registry.conftest import PUPILS, SCHOOLS

DIPLOMA = CredentialType.THPT_DIPLOMA
ORIGINAL = AwardLine(DIPLOMA, 1, "B26/0101/00001")
NEXT = AwardLine(DIPLOMA, 1, "B26/0101/00002")
TODAY = date(2026, 9, 3)
GONE = Withdrawal("fraud", "5/QĐ", date(2026, 9, 10))
REQUEST = CopyRequest("Nguyễn Thị Hòa", Capacity.HOLDER, "Căn cước", 3000, "H29-0001")


def _entry(of: AwardLine) -> AwardEntry:
    who = PUPILS[0 if of.register_no == ORIGINAL.register_no else 1]
    holder = Holder(who.name, who.birth)
    return AwardEntry(who.code, holder, None, None, copied=of, request=REQUEST)


def copies(
    ref: str = "copy 1", of: AwardLine = ORIGINAL, count: int = 1, **changes: object
) -> AwardBatch:
    """A batch of so many copies of a line."""
    values = {
        "ref": ref, "type": CredentialType.COPY, "school": 1, "year": 2026, "issued": TODAY,
        "signer": Signer("Lê Thị Thuỷ", "Hiệu trưởng"), "decision_no": None, "decision_on": None,
        "entries": (_entry(of),) * count, "approved_by": "Lê Thị Thuỷ",
    }  # fmt: skip
    return AwardBatch(**(values | changes))


CLAIM = AwardClaim(
    CredentialType.COPY, 1, "S26/0101/00001", 2026, TODAY, "T00000000", "Nguyễn Thị Hòa",
    PartialDate(2008, 2, 7), None, "Lê Thị Thuỷ", origin_issued=PartialDate(2026, 6, 20),
    original=Original(DIPLOMA, 1, "B26/0101/00001"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def register(desk: Desk, awards: object) -> None:
    """Three diplomas stand in the register."""
    desk.enter(awards())


def test_numbers_run_per_year_and_one_line_has_as_many_as_are_asked_for(desk: Desk) -> None:
    assert desk.enter(copies()) == ("S26/0101/00001",)
    assert desk.enter(copies()) == ("S26/0101/00001",), "the same request is the same copy"
    assert desk.enter(copies("copy 2", count=2)) == ("S26/0101/00002", "S26/0101/00003")
    later = copies("copy 3", year=2027, issued=date(2027, 1, 4))
    assert desk.enter(later) == ("S27/0101/00001",)
    assert [one.line.register_no for one in desk.copy_book(1)] == [
        "S27/0101/00001", "S26/0101/00003", "S26/0101/00002", "S26/0101/00001",
    ]  # fmt: skip
    [first] = [one for one in desk.copy_book(1, 2026) if one.line.register_no.endswith("1")]
    assert (first.holder, first.request) == ("Nguyễn Thị Hòa", REQUEST)
    assert desk.copy_book(2) == []


def test_the_registry_answers_for_a_copy_by_its_original(desk: Desk, matcher: Matcher) -> None:
    desk.enter(copies())
    found = matcher.match(CLAIM)
    assert (found.found, found.lane, found.of_original) == (True, Lane.ACTIVE, False)
    assert (found.entitled, found.signer_in_office) == (True, True)
    assert set(found.fields.values()) == {Match.AGREES}
    assert {"serial", "original", "origin_issued"} <= found.fields.keys()


@pytest.mark.parametrize("lane", [Lane.SUSPENDED, Lane.REVOKED])
def test_a_copy_stands_as_its_original_does(desk: Desk, matcher: Matcher, lane: Lane) -> None:
    desk.enter(copies())
    desk.set_status(ORIGINAL, lane, GONE)
    found = matcher.match(CLAIM)
    assert (found.lane, found.of_original, found.withdrawal) == (lane, True, GONE)
    assert [one.standing for one in desk.copy_book(1)] == [lane]
    if lane is Lane.SUSPENDED:
        desk.set_status(ORIGINAL, Lane.ACTIVE, None)
        assert matcher.match(CLAIM).lane is Lane.ACTIVE


def test_a_copy_of_what_was_corrected_is_superseded(
    desk: Desk, matcher: Matcher, awards: object
) -> None:
    desk.enter(copies())
    entry = AwardEntry(PUPILS[0].code, Holder("Nguyễn Thị Hoa", PUPILS[0].birth), "T00000000",
                       None, replaces=ORIGINAL)  # fmt: skip
    desk.enter(awards("correction", entries=(entry,), reason="Cải chính hộ tịch"))
    found = matcher.match(CLAIM)
    assert (found.lane, found.of_original) == (Lane.SUPERSEDED, True)
    with pytest.raises(ConflictError):
        desk.enter(copies("copy of the old version"))
    newest = replace(ORIGINAL, version=2)
    assert desk.enter(copies("new", of=newest)) == ("S26/0101/00002",)
    claim = replace(CLAIM, register_no="S26/0101/00002")
    assert matcher.match(claim).lane is Lane.ACTIVE


def test_a_copy_withdrawn_alone_leaves_its_original(desk: Desk, matcher: Matcher) -> None:
    desk.enter(copies())
    desk.set_status(AwardLine(CredentialType.COPY, 1, "S26/0101/00001"), Lane.REVOKED, GONE)
    found = matcher.match(CLAIM)
    assert (found.lane, found.of_original) == (Lane.REVOKED, False)
    assert desk.lines([ORIGINAL])[ORIGINAL].lane is Lane.ACTIVE


@pytest.mark.parametrize("lane", [Lane.SUSPENDED, Lane.REVOKED])
def test_a_copy_is_not_reinstated_while_its_original_does_not_stand(desk: Desk, lane: Lane) -> None:
    desk.enter(copies())
    copy = AwardLine(CredentialType.COPY, 1, "S26/0101/00001")
    desk.set_status(copy, Lane.SUSPENDED, GONE)
    desk.set_status(ORIGINAL, lane, GONE)
    with pytest.raises(ConflictError) as told:
        desk.set_status(copy, Lane.ACTIVE, GONE)
    assert told.value.code == "copy.original_ended"
    if lane is Lane.SUSPENDED:
        desk.set_status(ORIGINAL, Lane.ACTIVE, GONE)
        assert desk.set_status(copy, Lane.ACTIVE, GONE)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"original": Original(DIPLOMA, 1, "B26/0101/00002")}, "original"),
        ({"original": Original(CredentialType.DIGITISED, 1, "B26/0101/00001")}, "original"),
        ({"original": Original(DIPLOMA, 2, "B26/0101/00001")}, "original"),
        ({"origin_issued": PartialDate(2026, 6, 21)}, "origin_issued"),
        ({"serial": "T00000001"}, "serial"),
        ({"name": "Đặng Quốc Huy"}, "name"),
        ({"year": 2025}, "year"),
    ],
)
def test_a_copy_that_names_another_line_differs(
    desk: Desk, matcher: Matcher, change: dict[str, object], field: str
) -> None:
    desk.enter(copies())
    found = matcher.match(replace(CLAIM, **change))
    assert [name for name, told in found.fields.items() if told is Match.DIFFERS] == [field]


def test_no_copy_of_what_does_not_stand_and_no_number_is_lost(desk: Desk) -> None:
    desk.set_status(NEXT, Lane.SUSPENDED, GONE)
    for of in (NEXT, replace(ORIGINAL, version=7), replace(ORIGINAL, register_no="B26/0101/00009")):
        refused = replace(copies("refused"), entries=(_entry(of),))
        with pytest.raises(ConflictError) as told:
            desk.enter(refused)
        assert told.value.code == "copy.original_not_standing"
    assert desk.enter(copies()) == ("S26/0101/00001",)


def test_copies_of_an_order_that_is_given_up_were_never_made(
    desk: Desk, database: Database, contents
) -> None:
    desk.enter(copies())
    before = contents(database)
    desk.enter(copies("copy 2", count=2))
    assert desk.take_back("copy 2") == 2
    assert contents(database) == before
    assert desk.enter(copies("copy 3")) == ("S26/0101/00002",)


def test_copies_are_found_by_what_they_were_made_of(desk: Desk) -> None:
    desk.enter(copies())
    desk.enter(copies("other", of=NEXT))
    assert [one.register_no for one in desk.copies_of([ORIGINAL])] == ["S26/0101/00001"]
    assert len(desk.copies_of([ORIGINAL, NEXT])) == 2
    assert desk.copies_of([replace(ORIGINAL, version=2)]) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "B26/0101/00001"},
        {"number": "T00000000"},
        {"name": "nguyễn thị hoà", "birth": PartialDate(2008, 2, 7)},
    ],
)
def test_a_line_is_found_by_number_or_by_person(desk: Desk, asked: dict[str, object]) -> None:
    [found] = desk.find_lines(1, **asked)
    assert (found.line, found.serial, found.lane) == (ORIGINAL, "T00000000", Lane.ACTIVE)
    assert found.issuer == "Trường THPT Hoa Phượng Đỏ"
    assert desk.find_lines(2, **asked) == []


def test_the_successor_finds_the_lines_of_a_school_that_is_no_more(
    desk: Desk, database: Database
) -> None:
    merged = [SCHOOLS[1], replace(SCHOOLS[0], successor=2), SCHOOLS[2]]
    loading.load_schools(database, merged)
    [found] = desk.find_lines(2, number="T00000000")
    assert found.line == ORIGINAL
    assert desk.manages(2, 1)
    assert desk.manages(2, 3), "of the one before it, too"
    assert not desk.manages(1, 2)
