"""A corrected line: its number stays, one version stands, a claim finds the one that it means."""

import dataclasses
import os
from datetime import date

import pytest
from alembic import command
from sqlalchemy import select, text

from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.facts import AwardClaim, Match, Withdrawal
from credential.model import CredentialType, Lane, Place
from credential.records import AwardLine, Binding, StandingAward
from database.connections import lock
from database.engines import engine
from registry import loading
from registry.desk import Desk
from registry.matching import Award, meant
from registry.schema import REGISTRY
from registry.superseding import GROUND
from registry.tables import AWARDS

DIPLOMA = CredentialType.THPT_DIPLOMA
A, D = Match.AGREES, Match.DIFFERS
FRAUD = Withdrawal("fraud", "12/QĐ-THPT", date(2026, 9, 1))
FIRST = AwardLine(DIPLOMA, 1, "B26/0101/00001")
SECOND = dataclasses.replace(FIRST, version=2)
OLD, NEW = Binding(b"\1" * 32, Place(0, 5)), Binding(b"\2" * 32, Place(1, 0))
CHANGES = {
    "decision_no": "77/QĐ-THPT", "decision_on": date(2026, 7, 3), "issued": date(2026, 7, 3),
    "reason": "Nhập sai điểm", "approved_by": "Phạm Quốc Đạt",
}  # fmt: skip


@pytest.fixture
def corrected(awards):
    """The lines of some pupils once more, the first so many of them corrected."""

    def build(ref="b", pupils=(0,), lines=(FIRST,), **changes):
        again = awards(ref, pupils, **(CHANGES | changes))
        replaced = [*lines, *[None] * (len(pupils) - len(lines))]
        entries = [
            dataclasses.replace(entry, replaces=line, classification="Giỏi")
            for entry, line in zip(again.entries, replaced, strict=True)
        ]
        return dataclasses.replace(again, entries=tuple(entries))

    return build


@pytest.fixture
def entered(desk, awards):
    """A desk on whose register three pupils' lines stand."""
    desk.enter(awards("a"))
    return desk


def rows(database, *columns):
    with database.reading() as connection:
        ordered = select(*columns).order_by(AWARDS.c.number, AWARDS.c.version)
        return [tuple(row) for row in connection.execute(ordered)]


def test_the_number_stays_and_the_next_version_stands_alone(entered, database, corrected):
    assert entered.enter(corrected()) == (FIRST.register_no,)
    c = AWARDS.c
    assert rows(database, c.number, c.version, c.serial, c.lane)[:3] == [
        (1, 1, "T00000000", 2), (1, 2, "T00000000", 0), (2, 1, "T00000001", 0),
    ]  # fmt: skip
    told = rows(database, c.ground, c.withdrawal_decision, c.withdrawn_on, c.reason, c.approved_by)
    assert told[:2] == [
        (GROUND, "77/QĐ-THPT", 20260703, None, None),
        (None, None, None, "Nhập sai điểm", "Phạm Quốc Đạt"),
    ]
    stands = StandingAward("b", SECOND, Lane.ACTIVE)
    assert entered.awarded(DIPLOMA, 2026, ["7900000000"]) == {"7900000000": stands}
    assert entered.serials_taken(DIPLOMA, ["T00000000"]) == {"T00000000": "a"}


def test_a_request_may_correct_some_and_enter_others(entered, database, awards, corrected):
    third = dataclasses.replace(FIRST, register_no="B26/0101/00003")
    mixed = corrected(pupils=(2, 0, 5, 4), lines=(third, FIRST))
    numbers = entered.enter(mixed)
    assert numbers == tuple(f"B26/0101/0000{number}" for number in (3, 1, 4, 5))
    assert entered.enter(mixed) == numbers, "and the same request finds what it entered"
    assert entered.enter(awards("c", (6,))) == ("B26/0101/00006",), "without a gap"
    with pytest.raises(ConflictError, match=r"award\.ref_taken"):
        entered.enter(dataclasses.replace(mixed, reason="khác"))
    with pytest.raises(ConflictError, match=r"award\.ref_taken"):
        entered.enter(dataclasses.replace(mixed, entries=mixed.entries[:3]))


def test_who_says_no_class_leaves_the_one_that_the_line_has(desk, database, awards, corrected):
    first = awards("a")
    of = dataclasses.replace(first.entries[0], class_name="12.1")
    desk.enter(dataclasses.replace(first, entries=(of, *first.entries[1:])))
    desk.enter(corrected())
    again = corrected("c", lines=(SECOND,))
    moved = dataclasses.replace(again.entries[0], class_name="12.2")
    desk.enter(dataclasses.replace(again, entries=(moved,)))
    c = AWARDS.c
    assert rows(database, c.version, c.class_name)[:3] == [(1, "12.1"), (2, "12.1"), (3, "12.2")]


def test_versions_go_on_and_each_says_whom_it_replaced(entered, database, corrected):
    entered.enter(corrected())
    entered.enter(corrected("c", lines=(SECOND,)))
    assert rows(database, AWARDS.c.version, AWARDS.c.lane)[:3] == [(1, 2), (2, 2), (3, 0)]


REFUSED = {
    "a line that is not there": {"register_no": "B26/0101/00009"},
    "a version that is not there": {"version": 2},
    "another pupil's line": {"register_no": "B26/0101/00002"},
    "a line of another school": {"school": 2},
    "a line of another type": {"type": CredentialType.TRANSCRIPT},
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_stand_so_is_not_replaced(entered, database, corrected, contents, case):
    before = contents(database)
    line = dataclasses.replace(FIRST, **REFUSED[case])
    with pytest.raises(ConflictError) as caught:
        entered.enter(corrected(lines=(line,)))
    assert caught.value.code == "award.not_standing"
    assert caught.value.params == {"register_no": line.register_no, "version": line.version}
    assert contents(database) == before


def test_neither_another_serial_nor_another_year_belongs_to_the_line(entered, corrected):
    asked = corrected()
    other = dataclasses.replace(asked.entries[0], serial="T09999999")
    for wrong in (
        dataclasses.replace(asked, entries=(other,)), dataclasses.replace(asked, year=2027),
    ):  # fmt: skip
        with pytest.raises(ConflictError, match=r"award\.not_standing"):
            entered.enter(wrong)


@pytest.mark.parametrize("lane", [Lane.SUSPENDED, Lane.SUPERSEDED, Lane.REVOKED])
def test_what_is_stopped_is_not_corrected(entered, database, corrected, contents, lane):
    """A correction must not end a suspension unseen."""
    entered.set_status(FIRST, lane, FRAUD)
    before = contents(database)
    with pytest.raises(ConflictError, match=r"award\.not_standing"):
        entered.enter(corrected())
    assert contents(database) == before


def test_a_serial_of_a_corrected_line_stays_that_lines(entered, awards, corrected):
    entered.enter(corrected())
    taken = dataclasses.replace(awards("c", (4,)).entries[0], serial="T00000000")
    with pytest.raises(ConflictError) as caught:
        entered.enter(awards("c", (4,), entries=(taken,)))
    assert [found["what"] for found in caught.value.params["duplicates"]] == ["serial"]


def test_of_two_corrections_at_once_one_is_refused(
    database_url, entered, database, corrected, in_processes
):
    def worker(ref):
        def work():
            try:
                Desk(REGISTRY.connect(database_url)).enter(corrected(ref))
            except ConflictError as refused:
                assert refused.code == "award.not_standing"
                os._exit(3)

        return work

    assert sorted(in_processes(worker("b"), worker("c"))) == [0, 3]
    assert rows(database, AWARDS.c.version, AWARDS.c.lane)[:2] == [(1, 2), (2, 0)]


def test_each_version_has_a_status_of_its_own(entered, corrected):
    entered.enter(corrected())
    with pytest.raises(RefusedError, match=r"award\.terminal"):
        entered.set_status(FIRST, Lane.REVOKED, FRAUD)
    assert entered.set_status(SECOND, Lane.SUSPENDED, FRAUD)
    assert entered.revoke([FIRST, SECOND], FRAUD) == {FIRST}
    assert entered.awarded(DIPLOMA, 2026, ["7900000000"]) == {}


def test_each_version_is_bound_to_what_it_says(entered, database, corrected):
    entered.bind("a", {FIRST.register_no: OLD})
    entered.enter(corrected())
    entered.bind("b", {FIRST.register_no: NEW})
    entered.bind("b", {FIRST.register_no: NEW})
    c = AWARDS.c
    assert rows(database, c.content, c.seq, c.position)[:2] == [
        (OLD.content, 0, 5), (NEW.content, 1, 0),
    ]  # fmt: skip


def claim(**said):
    given = {"name": "Nguyễn Thị Hòa", "birth": PartialDate(2008, 2, 7)} | said
    return AwardClaim(DIPLOMA, 1, FIRST.register_no, 2026, date(2026, 7, 3), **given)


def version(number, bound=None):
    place = (bound.place.seq, bound.place.index) if bound else (None, None)
    return Award(
        number, *place, None, "A", 20080101, 2026, 20260703, None, "B", bound and bound.content,
        0, None, None, None,
    )  # fmt: skip


V1, V2, LEGACY, UNBOUND = version(1, OLD), version(2, NEW), version(1), version(2)
MEANT = {
    "the old content": (claim(content=OLD.content), (V2, V1), V1),
    "the new content": (claim(content=NEW.content), (V2, V1), V2),
    "the old content at a wrong place": (claim(content=OLD.content, place=NEW.place), (V2, V1), V1),
    "other content": (claim(content=bytes(32)), (V2, V1), V2),
    "other content at the old place": (claim(content=bytes(32), place=OLD.place), (V2, V1), V2),
    "the old place": (claim(place=OLD.place), (V2, V1), V1),
    "the new place": (claim(place=NEW.place), (V2, V1), V2),
    "another place": (claim(place=Place(9, 9)), (V2, V1), V2),
    "nothing": (claim(), (V2, V1), V2),
    "content, the first older than bindings": (claim(content=OLD.content), (V2, LEGACY), LEGACY),
    "a place, the first older than bindings": (claim(place=OLD.place), (V2, LEGACY), LEGACY),
    "new content, the first older": (claim(content=NEW.content), (V2, LEGACY), V2),
    "the old content, the newest not bound yet": (claim(content=OLD.content), (UNBOUND, V1), V1),
    "other content, the newest not bound yet": (claim(content=bytes(32)), (UNBOUND, V1), UNBOUND),
    "no line at all": (claim(content=OLD.content), (), None),
}


@pytest.mark.parametrize("case", MEANT)
def test_which_version_a_claim_means(case):
    asked, versions, found = MEANT[case]
    assert meant(asked, versions) is found


ANSWERED = {
    "the old file": ({"content": OLD.content, "place": OLD.place}, Lane.SUPERSEDED, A),
    "the new file": ({"content": NEW.content, "place": NEW.place}, Lane.ACTIVE, A),
    "another file": ({"content": bytes(32), "place": NEW.place}, Lane.ACTIVE, D),
    "the old code": ({"place": OLD.place}, Lane.SUPERSEDED, None),
    "the new code": ({"place": NEW.place}, Lane.ACTIVE, None),
    "a number": ({}, Lane.ACTIVE, None),
}


@pytest.mark.parametrize("case", ANSWERED)
def test_the_old_version_reads_superseded_and_the_new_one_active(entered, matcher, corrected, case):
    entered.bind("a", {FIRST.register_no: OLD})
    entered.enter(corrected())
    entered.bind("b", {FIRST.register_no: NEW})
    said, lane, content = ANSWERED[case]
    answer = matcher.match(claim(**said))
    assert (answer.lane, answer.fields.get("content")) == (lane, content)
    gone = Withdrawal(GROUND, "77/QĐ-THPT", date(2026, 7, 3))
    assert answer.withdrawal == (gone if lane is Lane.SUPERSEDED else None)


def test_nothing_agrees_with_a_version_that_is_not_bound_yet(entered, matcher, corrected):
    """Nothing of it is signed by then, so what claims to be it is not."""
    entered.bind("a", {FIRST.register_no: OLD})
    entered.enter(corrected())
    assert matcher.match(claim(content=bytes(32))).fields["content"] is D


def test_lines_of_before_become_first_versions(new_database, awards):
    url = new_database()
    """A register of the migration before, with a line in it, brought up to date."""
    config = REGISTRY._config()
    writes = engine(url, write=True, create=True)
    with writes.begin() as connection:
        lock(connection, REGISTRY.version_table)
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.exec_driver_sql(
            "INSERT INTO schools (id, code, kind) VALUES (1, '79000101', 'thpt')"
        )
        connection.exec_driver_sql(
            "INSERT INTO pupils (code, name, birth, school, class_name)"
            " VALUES ('7900000000', 'A', 20080207, 1, '12.6')"
        )
        line = {
            "type": 1, "school": 1, "year": 2026, "number": 1, "register_no": FIRST.register_no,
            "serial": "T00000000", "pupil": "7900000000", "holder_name": "A", "birth": 20080207,
            "issued": 20260620, "signer_name": "B", "signer_title": "C", "lane": 0,
            "batch_ref": "a", "entered_at": 1, "content": OLD.content,
        }  # fmt: skip
        names = ", ".join(line)
        holes = ", ".join(f":{name}" for name in line)
        connection.execute(text(f"INSERT INTO awards ({names}) VALUES ({holes})"), line)
    writes.dispose()
    REGISTRY.migrate(url)
    database = REGISTRY.connect(url)
    c = AWARDS.c
    assert rows(database, c.version, c.register_no, c.content, c.seq, c.reason) == [
        (1, FIRST.register_no, OLD.content, None, None)
    ]
    loading.load_rules(database, *loading.standard_rules())
    request = awards("b", (0,))
    entry = dataclasses.replace(request.entries[0], replaces=FIRST)
    assert Desk(database).enter(dataclasses.replace(request, entries=(entry,))) == (
        FIRST.register_no,
    )
    assert rows(database, c.version, c.lane) == [(1, 2), (2, 0)]
    database.close()
