"""The registry's desk, as the issuer is promised it (issuer.ports.RegistryDesk)."""

import dataclasses
import hashlib
import os
from datetime import date

import pytest

from credential.dates import PartialDate
from credential.errors import ConflictError, FormatError, RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Holder, Lane, Place, Signer
from credential.records import AwardLine, Binding, PupilRecord, SchoolRecord, StandingAward
from issuer.ports import RegistryDesk
from registry import loading
from registry.desk import Desk
from registry.entries import NameEntry, SchoolEntry
from registry.schema import REGISTRY

DIPLOMA, TRANSCRIPT = CredentialType.THPT_DIPLOMA, CredentialType.TRANSCRIPT
TRANSFER = CredentialType.TRANSFER
SINCE = date(2020, 9, 1)
FRAUD = Withdrawal("gian lận", "12/QĐ-THPT", date(2026, 9, 1))


def test_it_is_what_the_issuer_asks_for(desk):
    port: RegistryDesk = desk
    assert port.school("none", date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("on", "found"),
    [
        pytest.param(date(1990, 8, 31), None, id="before it was founded"),
        pytest.param(date(1990, 9, 1), ("Trường THPT Hoa Phượng", "Bình Dương"), id="first day"),
        pytest.param(date(2025, 6, 30), ("Trường THPT Hoa Phượng", "Bình Dương"), id="last day"),
        pytest.param(
            date(2025, 7, 1),
            ("Trường THPT Hoa Phượng Đỏ", "Thành phố Hồ Chí Minh"),
            id="renamed",
        ),
    ],
)
def test_a_school_has_the_name_and_place_of_the_day(desk, on, found):
    assert desk.school("79000101", on) == (found and SchoolRecord(1, "79000101", *found))


@pytest.mark.parametrize(
    ("on", "names"),
    [
        pytest.param(date(1979, 12, 31), [], id="none yet"),
        pytest.param(date(1990, 8, 31), ["Trường THCS Bến Xưa"], id="the first one"),
        pytest.param(
            date(2025, 6, 30),
            ["Trung tâm GDTX Sao Mai", "Trường THCS Bến Xưa", "Trường THPT Hoa Phượng"],
            id="all three, in the order of the dictionary",
        ),
        pytest.param(
            date(2026, 7, 1),
            ["Trung tâm GDTX Sao Mai", "Trường THPT Hoa Phượng Đỏ"],
            id="one renamed and one closed",
        ),
    ],
)
def test_the_schools_of_a_day_are_listed_with_their_names(desk, on, names):
    listed = desk.schools(on)
    assert [school.name for school in listed] == names
    assert all(desk.school(school.code, on) == school for school in listed)


def test_schools_are_listed_as_a_vietnamese_dictionary_sorts_them(desk, database):
    names = ["Trường THPT Dĩ An", "Trường THPT Đa Kao", "Trường THPT Ê Đê", "Trường THPT Yên Đổ"]
    entries = [
        SchoolEntry(10 + at, f"7900100{at}", "thpt", (NameEntry(name, "Bình Dương", SINCE),))
        for at, name in enumerate(reversed(names))
    ]
    loading.load_schools(database, entries)
    listed = [school.name for school in desk.schools(SINCE)]
    assert [name for name in listed if name in names] == names


@pytest.mark.parametrize(
    ("school", "kind", "on", "entitled"),
    [
        pytest.param(1, DIPLOMA, date(2025, 12, 31), False, id="2025: the department awards"),
        pytest.param(1, DIPLOMA, date(2026, 1, 1), True, id="2026: the head of the school awards"),
        pytest.param(2, DIPLOMA, date(2026, 1, 1), True, id="2026: a centre awards too"),
        pytest.param(3, DIPLOMA, date(2026, 1, 1), False, id="a lower-secondary school never does"),
        pytest.param(3, TRANSCRIPT, date(2026, 1, 1), True, id="but it makes transcripts"),
        pytest.param(3, TRANSFER, date(2026, 1, 1), True, id="and transfer records"),
        pytest.param(3, TRANSCRIPT, date(2026, 7, 1), False, id="until it is merged"),
        pytest.param(1, TRANSCRIPT, date(2020, 1, 1), True, id="schools always made transcripts"),
        pytest.param(99, TRANSCRIPT, date(2026, 1, 1), False, id="an unknown school"),
    ],
)
def test_who_may_award_what_depends_on_the_day(desk, school, kind, on, entitled):
    assert desk.entitled(school, kind, on) is entitled


@pytest.mark.parametrize(
    ("on", "signers"),
    [
        pytest.param(date(2015, 7, 31), [], id="nobody known yet"),
        pytest.param(date(2026, 5, 31), [("Trần Văn Cũ", "Hiệu trưởng")], id="the head's last day"),
        pytest.param(
            date(2026, 6, 1), [("Phạm Quốc Đạt", "Phó Hiệu trưởng")], id="the assigned deputy"
        ),
        pytest.param(date(2026, 8, 1), [("Lê Thị Thuỷ", "Hiệu trưởng")], id="the new head"),
    ],
)
def test_who_may_sign_depends_on_the_day(desk, on, signers):
    assert desk.heads(1, on) == [Signer(*signer) for signer in signers]


def test_the_head_comes_before_the_deputy(desk, database):
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE heads SET until = NULL WHERE kind = 'deputy'")
    names = [signer.name for signer in desk.heads(1, date(2026, 9, 1))]
    assert names == ["Lê Thị Thuỷ", "Phạm Quốc Đạt"]


def test_known_pupils_are_told_and_others_left_out(desk):
    found = desk.pupils(["7900000001", "7999999999"])
    assert found == {
        "7900000001": PupilRecord(
            "7900000001",
            "Đặng Quốc Huy",
            PartialDate(2008, 11),
            1,
            "12.6",
            "Nữ",
            "Kinh",
            "Đồng Nai",
        )
    }


def test_more_pupils_than_one_question_takes(desk):
    codes = [f"79{number:08d}" for number in range(2500)]
    assert sorted(desk.pupils(codes)) == codes[:14]


def test_register_numbers_run_on_in_each_school_type_and_year(desk, awards):
    assert desk.enter(awards("a", (0, 1))) == ("B26/0101/00001", "B26/0101/00002")
    assert desk.enter(awards("b", (2,))) == ("B26/0101/00003",)
    transcripts = awards("c", (0, 1), type=TRANSCRIPT)
    assert desk.enter(transcripts) == ("H26/0101/00001", "H26/0101/00002")
    assert desk.enter(awards("d", (3,), school=2)) == ("B26/0202/00001",)
    assert desk.enter(awards("e", (4,), year=2027)) == ("B27/0101/00001",)


def test_the_same_request_enters_nothing_twice(desk, database, awards, contents):
    first = desk.enter(awards("a", (0, 1)))
    desk.enter(awards("b", (2,)))
    before = contents(database)
    assert desk.enter(awards("a", (0, 1))) == first
    assert contents(database) == before


def test_no_lines_are_no_write(desk, database, awards, contents):
    before = contents(database)
    assert desk.enter(awards(entries=())) == ()
    assert contents(database) == before


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"pupils": (0,)}, id="fewer pupils"),
        pytest.param({"pupils": (1, 0)}, id="another order"),
        pytest.param({"year": 2027}, id="another year"),
        pytest.param({"type": TRANSCRIPT}, id="another type"),
    ],
)
def test_a_request_cannot_change_what_it_asked_for(desk, awards, changes):
    desk.enter(awards("a", (0, 1)))
    with pytest.raises(ConflictError, match=r"award\.ref_taken"):
        desk.enter(awards("a", **({"pupils": (0, 1)} | changes)))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"issued": date(2026, 6, 21)}, id="another day of issue"),
        pytest.param({"signer": Signer("Trần Văn Cũ", "KT. Hiệu trưởng")}, id="another signer"),
        pytest.param({"signer": Signer("Phạm Quốc Đạt", "Hiệu trưởng")}, id="another title"),
        pytest.param({"decision_no": "1235/QĐ-SGDĐT"}, id="another decision"),
        pytest.param({"decision_no": None}, id="no decision"),
        pytest.param({"decision_on": date(2026, 6, 19)}, id="another day of decision"),
        pytest.param({"decision_on": None}, id="no day of decision"),
        pytest.param({"entry": {"serial": "T00000009"}}, id="another serial"),
        pytest.param({"entry": {"serial": None}}, id="no serial"),
        pytest.param({"entry": {"classification": "Giỏi"}}, id="another classification"),
        pytest.param(
            {"entry": {"holder": Holder("Nguyễn Thị Hoà", PartialDate(2008, 2, 7))}},
            id="a name printed otherwise",
        ),
        pytest.param(
            {"entry": {"holder": Holder("Nguyễn Thị Hòa", PartialDate(2008, 2))}},
            id="less of the birth date",
        ),
    ],
)
def test_a_request_cannot_change_anything_that_it_said(desk, awards, database, contents, changes):
    mine = awards("a", (0, 1))
    desk.enter(mine)
    before = contents(database)
    entry = dataclasses.replace(mine.entries[0], **changes.get("entry", {}))
    others = {name: value for name, value in changes.items() if name != "entry"}
    changed = dataclasses.replace(mine, entries=(entry, mine.entries[1]), **others)
    with pytest.raises(ConflictError, match=r"award\.ref_taken"):
        desk.enter(changed)
    assert contents(database) == before


ONE = Binding(hashlib.sha256(b"1").digest(), Place(0, 0))
TWO = Binding(hashlib.sha256(b"2").digest(), Place(0, 1))
SHORT, EMPTY = Binding(bytes(31), Place(0, 1)), Binding(b"", Place(0, 1))
ELSEWHERE = Binding(ONE.content, Place(1, 0))


def held(database):
    with database.reading() as connection:
        lines = "SELECT register_no, content FROM awards ORDER BY number"
        return {
            number: content and bytes(content)
            for number, content in connection.exec_driver_sql(lines)
        }


def test_lines_keep_what_they_will_say(desk, awards, database, contents):
    first, second, third = desk.enter(awards("a"))
    desk.bind("a", {first: ONE})
    assert held(database) == {first: ONE.content, second: None, third: None}
    desk.bind("a", {first: ONE, second: TWO})
    assert held(database) == {first: ONE.content, second: TWO.content, third: None}
    before = contents(database)
    desk.bind("a", {first: ONE, second: TWO})
    desk.bind("a", {})
    assert contents(database) == before
    assert desk.enter(awards("a")) == (first, second, third), "and the request stays the same"


@pytest.mark.parametrize(
    ("ref", "more", "error", "code"),
    [
        pytest.param("a", {"B26/0101/00001": TWO}, ConflictError, "award.bound", id="bound"),
        pytest.param("a", {"B26/0101/00001": ELSEWHERE}, ConflictError, "award.bound", id="place"),
        pytest.param("a", {"B26/0101/00009": TWO}, RefusedError, "award.unknown", id="no line"),
        pytest.param("a", {"B26/0101/00003": TWO}, RefusedError, "award.unknown", id="of another"),
        pytest.param("c", {"B26/0101/00002": TWO}, RefusedError, "award.unknown", id="no request"),
        pytest.param("a", {"B26/0101/00002": SHORT}, FormatError, "award.content", id="short"),
        pytest.param("a", {"B26/0101/00002": EMPTY}, FormatError, "award.content", id="empty"),
    ],
)
def test_lines_are_bound_all_or_none(desk, awards, database, contents, ref, more, error, code):
    desk.enter(awards("a", (0, 1)))
    desk.enter(awards("b", (2,)))
    desk.bind("a", {"B26/0101/00001": ONE})
    before = contents(database)
    with pytest.raises(error) as caught:
        desk.bind(ref, {"B26/0101/00002": TWO} | more)
    assert caught.value.code == code
    assert caught.value.params["register_no"] in {"B26/0101/00002", *more}
    assert contents(database) == before


def test_of_two_writers_with_different_contents_one_is_refused(
    database_url, database, desk, awards, in_processes
):
    numbers = desk.enter(awards("a"))

    def worker(digest):
        def work():
            mine = Desk(REGISTRY.connect(database_url))
            try:
                mine.bind("a", dict.fromkeys(numbers, digest))
            except ConflictError as refused:
                assert refused.code == "award.bound"
                os._exit(3)

        return work

    assert sorted(in_processes(worker(ONE), worker(TWO))) == [0, 3]
    assert len(set(held(database).values())) == 1


def test_every_clash_with_another_request_is_listed(desk, database, awards, contents):
    desk.enter(awards("a", (0, 1)))
    before = contents(database)
    mine = awards("b", (0, 1, 2))
    third = dataclasses.replace(mine.entries[2], serial="T00000001")
    mine = dataclasses.replace(mine, entries=(*mine.entries[:2], third))
    with pytest.raises(ConflictError) as caught:
        desk.enter(mine)
    assert caught.value.code == "award.duplicate"
    listed = {tuple(found.values()) for found in caught.value.params["duplicates"]}
    assert listed == {
        ("pupil", "7900000000", "a", "B26/0101/00001"),
        ("pupil", "7900000001", "a", "B26/0101/00002"),
        ("serial", "T00000000", "a", "B26/0101/00001"),
        ("serial", "T00000001", "a", "B26/0101/00002"),
    }
    assert contents(database) == before


def test_a_pupil_twice_in_one_request_is_a_clash(desk, awards):
    with pytest.raises(ConflictError) as caught:
        desk.enter(awards("a", (0, 1, 0)))
    listed = [(found["what"], found["value"]) for found in caught.value.params["duplicates"]]
    assert listed == [("pupil", "7900000000"), ("serial", "T00000000")]


def test_lines_without_a_serial_do_not_clash(desk, awards):
    entries = [dataclasses.replace(entry, serial=None) for entry in awards().entries]
    assert len(desk.enter(awards(entries=tuple(entries)))) == 3


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"school": 99}, "award.school_unknown", id="an unknown school"),
        pytest.param({"pupils": (0, 1)}, "award.pupils_unknown", id="an unknown pupil"),
        pytest.param({}, "award.type_unknown", id="a type without numbers"),
    ],
)
def test_what_the_registry_does_not_know_is_not_entered(desk, database, awards, change, code):
    mine = awards(**change)
    with database.writing() as connection:
        if code == "award.pupils_unknown":
            connection.exec_driver_sql("DELETE FROM pupils WHERE code = '7900000001'")
        if code == "award.type_unknown":
            connection.exec_driver_sql("UPDATE credential_types SET pattern = NULL")
    with pytest.raises(RefusedError) as caught:
        desk.enter(mine)
    assert caught.value.code == code
    assert caught.value.params.get("pupils", ("7900000001",)) == ("7900000001",)


def test_what_was_entered_is_found_by_pupil_and_by_serial(desk, awards):
    desk.enter(awards("a", (0, 1)))
    codes = [entry.pupil for entry in awards().entries]
    assert desk.awarded(DIPLOMA, 2026, codes) == {
        f"790000000{at}": StandingAward(
            "a", AwardLine(DIPLOMA, 1, f"B26/0101/0000{at + 1}"), Lane.ACTIVE
        )
        for at in (0, 1)
    }
    assert desk.awarded(DIPLOMA, 2027, codes) == {}
    assert desk.awarded(TRANSCRIPT, 2026, codes) == {}
    assert desk.serials_taken(DIPLOMA, ["T00000001", "T00000002"]) == {"T00000001": "a"}
    assert desk.serials_taken(TRANSCRIPT, ["T00000001"]) == {}


@pytest.mark.parametrize("lane", [Lane.REVOKED, Lane.SUPERSEDED])
def test_an_award_that_does_not_stand_makes_room_but_its_serial_stays_used(desk, awards, lane):
    desk.enter(awards("a", (0,)))
    desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), lane, FRAUD)
    again = awards("b", (0,))
    assert desk.awarded(DIPLOMA, 2026, ["7900000000"]) == {}
    with pytest.raises(ConflictError) as caught:
        desk.enter(again)
    assert [found["what"] for found in caught.value.params["duplicates"]] == ["serial"]
    renewed = dataclasses.replace(again.entries[0], serial="T99999999")
    assert desk.enter(dataclasses.replace(again, entries=(renewed,))) == ("B26/0101/00002",)


L = Lane


@pytest.mark.parametrize(
    ("path", "changed", "end"),
    [
        pytest.param([L.SUSPENDED], [True], L.SUSPENDED, id="suspended"),
        pytest.param([L.SUSPENDED, L.SUSPENDED], [True, False], L.SUSPENDED, id="suspended twice"),
        pytest.param([L.SUSPENDED, L.ACTIVE], [True, True], L.ACTIVE, id="reinstated"),
        pytest.param([L.SUSPENDED, L.REVOKED], [True, True], L.REVOKED, id="suspended, revoked"),
        pytest.param([L.REVOKED, L.REVOKED], [True, False], L.REVOKED, id="revoked twice"),
        pytest.param([L.SUPERSEDED], [True], L.SUPERSEDED, id="superseded"),
        pytest.param([L.ACTIVE], [False], L.ACTIVE, id="active all along"),
    ],
)
def test_a_status_is_set_once(desk, awards, database, path, changed, end):
    desk.enter(awards("a", (0,)))
    assert [
        desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), lane, FRAUD) for lane in path
    ] == changed
    with database.reading() as connection:
        row = connection.exec_driver_sql("SELECT lane, ground, withdrawn_on FROM awards").one()
    assert row == ((end, None, None) if end is L.ACTIVE else (end, "gian lận", 20260901))


REVIEWED = {
    # the acts on a line, each with its day of review: is it found by the 15th of October?
    "due on the day": ([(L.SUSPENDED, 15)], True),
    "overdue": ([(L.SUSPENDED, 1)], True),
    "due later": ([(L.SUSPENDED, 16)], False),
    "without a day": ([(L.SUSPENDED, None)], False),
    "reinstated": ([(L.SUSPENDED, 1), (L.ACTIVE, None)], False),
    "revoked": ([(L.SUSPENDED, 1), (L.REVOKED, None)], False),
    "anew, due later": ([(L.SUSPENDED, 1), (L.ACTIVE, None), (L.SUSPENDED, 31)], False),
    "anew, without a day": ([(L.SUSPENDED, 1), (L.ACTIVE, None), (L.SUSPENDED, None)], False),
    "anew, due": ([(L.SUSPENDED, 31), (L.ACTIVE, None), (L.SUSPENDED, 2)], True),
}


@pytest.mark.parametrize("case", REVIEWED)
def test_suspensions_come_up_for_review(desk, awards, case):
    acts, comes = REVIEWED[case]
    desk.enter(awards("a", (0,)))
    for number, (lane, day) in enumerate(acts):
        until = day and date(2026, 10, day)
        why = Withdrawal("suspend", f"{number}/QĐ", date(2026, 9, 1), until)
        desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), lane, why)
    found = [(one.line.register_no, one.until) for one in desk.reviews([1], date(2026, 10, 15))]
    assert found == ([("B26/0101/00001", until)] if comes else [])
    assert desk.reviews([2], date(2026, 10, 31)) == desk.reviews([], date(2026, 10, 31)) == []


def test_the_review_that_is_due_first_comes_first(desk, awards):
    desk.enter(awards("a", (0, 1, 2)))
    for number, day in enumerate((20, 5, 10), 1):
        why = Withdrawal("suspend", "1/QĐ", date(2026, 9, 1), date(2026, 10, day))
        desk.set_status(AwardLine(DIPLOMA, 1, f"B26/0101/{number:05d}"), L.SUSPENDED, why)
    found = desk.reviews([1, 2], date(2026, 10, 31))
    assert [one.until.day for one in found] == [5, 10, 20]


@pytest.mark.parametrize("first", [L.REVOKED, L.SUPERSEDED])
@pytest.mark.parametrize("then", [L.ACTIVE, L.SUSPENDED, L.REVOKED, L.SUPERSEDED])
def test_revoked_and_superseded_never_reopen(desk, awards, database, contents, first, then):
    desk.enter(awards("a", (0,)))
    desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), first, FRAUD)
    before = contents(database)
    if first is then:
        assert desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), then, None) is False
    else:
        with pytest.raises(RefusedError, match=r"award\.terminal"):
            desk.set_status(AwardLine(DIPLOMA, 1, "B26/0101/00001"), then, None)
    assert contents(database) == before


@pytest.mark.parametrize(
    "line",
    [
        (TRANSCRIPT, 1, "B26/0101/00001"),
        (DIPLOMA, 2, "B26/0101/00001"),
        (DIPLOMA, 1, ""),
        (DIPLOMA, 1, "B26/0101/00001", 2),
    ],
)
def test_an_unknown_award_has_no_status(desk, awards, line):
    desk.enter(awards("a", (0,)))
    with pytest.raises(RefusedError, match=r"award\.unknown"):
        desk.set_status(AwardLine(*line), Lane.REVOKED, FRAUD)


def test_two_writers_leave_no_gap_and_no_number_twice(
    database_url, database, desk, awards, in_processes
):
    def worker(first):
        def work():
            mine = Desk(REGISTRY.connect(database_url))
            for number in range(first, 14, 2):
                mine.enter(awards(f"ref {number}", (number,)))
                with_conflict = awards(f"again {number}", (number,))
                with pytest.raises(ConflictError):
                    mine.enter(with_conflict)

        return work

    assert in_processes(worker(0), worker(1)) == [0, 0]
    with database.reading() as connection:
        numbers = connection.exec_driver_sql("SELECT number FROM awards ORDER BY number").scalars()
        assert list(numbers) == list(range(1, 15))


def test_two_writers_with_one_request_enter_it_once(
    database_url, database, desk, awards, in_processes
):
    def work():
        mine = Desk(REGISTRY.connect(database_url))
        for number in range(14):
            assert mine.enter(awards(f"ref {number}", (number,))) == (f"B26/0101/{number + 1:05d}",)

    assert in_processes(work, work) == [0, 0]


def test_two_writers_for_different_registers_may_want_one_serial(
    database_url, database, desk, awards, in_processes
):
    def worker(year):
        def work():
            mine = Desk(REGISTRY.connect(database_url))
            for number in range(14):
                try:
                    mine.enter(awards(f"{year} {number}", (number,), year=year))
                except ConflictError as refused:
                    assert refused.code == "award.duplicate"
                    listed = refused.params["duplicates"]
                    assert [found["what"] for found in listed] == ["serial"]

        return work

    assert in_processes(worker(2026), worker(2027)) == [0, 0]
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT year, number FROM awards ORDER BY 1, 2").all()
        counters = dict(connection.exec_driver_sql("SELECT year, last FROM counters").all())
    assert len(rows) == 14
    for year, last in counters.items():
        numbers = [number for of_year, number in rows if of_year == year]
        assert numbers == list(range(1, last + 1))
