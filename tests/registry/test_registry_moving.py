"""A pupil moves once, whoever asks how often; nobody is enrolled twice by another way."""

import dataclasses
import os
import threading
from datetime import date

import pytest

from credential.errors import ConflictError, FormatError, InputError, RefusedError
from credential.records import Move
from registry import loading
from registry.desk import Desk
from registry.entries import Admission, PupilEntry
from registry.schema import REGISTRY
from tests.registry.conftest import PUPILS

WHO = PUPILS[0].code
FIRST = Move(WHO, 1, 2, "11A3", "transfer-1", date(2026, 1, 20))
BACK = Move(WHO, 2, 1, "12.6", "transfer-2", date(2026, 6, 10))
ROUNDS = 5


def where(desk, pupil=WHO):
    found = desk.pupils([pupil])[pupil]
    return found.school, found.class_name


def test_a_move_changes_school_and_class_and_is_written_down(desk):
    assert where(desk) == (1, "12.6")
    assert desk.move(FIRST)
    assert where(desk) == (2, "11A3")
    assert desk.moves(WHO) == [FIRST]


def test_the_same_move_again_is_harmless(desk, database, contents):
    desk.move(FIRST)
    before = contents(database)
    assert not desk.move(FIRST)
    assert contents(database) == before


def test_a_repeated_first_move_after_the_way_back_is_still_harmless(desk):
    desk.move(FIRST)
    desk.move(BACK)
    assert not desk.move(FIRST)
    assert where(desk) == (1, "12.6")
    assert desk.moves(WHO) == [FIRST, BACK]


def test_the_class_left_is_kept(desk, database, contents):
    desk.move(FIRST)
    row = contents(database)["pupil_moves"][0]
    assert "12.6" in row
    assert "11A3" in row


DAYS = {
    "before": (date(2026, 1, 19), 1), "the day of the first": (date(2026, 1, 20), 2),
    "between": (date(2026, 6, 9), 2), "the day of the second": (date(2026, 6, 10), 1),
    "after": (date(2027, 1, 1), 1),
}  # fmt: skip


@pytest.mark.parametrize("case", DAYS)
def test_where_a_pupil_was_on_a_day(desk, case):
    day, school = DAYS[case]
    desk.move(FIRST)
    desk.move(BACK)
    assert desk.enrolled([WHO, PUPILS[3].code, "0"], day) == {WHO: school, PUPILS[3].code: 2}


REFUSALS = {
    "nobody": ({"pupil": "0000000000"}, RefusedError, "transfer.pupil_unknown"),
    "another school than theirs": ({"from_school": 3}, ConflictError, "transfer.already_moved"),
    "to where they are": ({"to_school": 1}, RefusedError, "transfer.same_school"),
    "to no school": ({"to_school": 9}, RefusedError, "transfer.school_unknown"),
    "to a school closed by then": (
        {"to_school": 3, "on": date(2026, 7, 1)}, RefusedError, "transfer.school_unknown",
    ),
    "a class with a space at its end": ({"class_name": "11A3 "}, FormatError, "text.spaces"),
    "no ref": ({"ref": ""}, FormatError, "text.empty"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_refused_and_nothing_written(desk, database, contents, case):
    change, kind, code = REFUSALS[case]
    before = contents(database)
    with pytest.raises(kind) as caught:
        desk.move(dataclasses.replace(FIRST, **change))
    assert caught.value.code == code
    assert contents(database) == before


AFTER_ONE = {
    "a second school": ({"ref": "transfer-9"}, "transfer.already_moved"),
    "the same ref for another class": ({"class_name": "11A4"}, "transfer.ref_taken"),
    "the same ref for another pupil": ({"pupil": PUPILS[1].code}, "transfer.ref_taken"),
    "the same ref on another day": ({"on": date(2026, 1, 21)}, "transfer.ref_taken"),
    "a day before the last move": (
        {"from_school": 2, "to_school": 1, "ref": "transfer-9", "on": date(2026, 1, 19)},
        "transfer.before_last",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", AFTER_ONE)
def test_after_a_move_nothing_contradicts_it(desk, database, contents, case):
    change, code = AFTER_ONE[case]
    desk.move(FIRST)
    before = contents(database)
    with pytest.raises(RefusedError) as caught:
        desk.move(dataclasses.replace(FIRST, **change))
    assert caught.value.code == code
    assert contents(database) == before


def outcome(desk, move):
    try:
        return desk.move(move)
    except ConflictError as error:
        return error.code


def test_of_two_threads_one_moves_the_pupil(database):
    for pupil in PUPILS[-ROUNDS:]:
        found, start = [], threading.Barrier(2)
        wanted = [
            dataclasses.replace(FIRST, pupil=pupil.code, ref=f"{pupil.code} {school}")
            for school in ("a", "b")
        ]

        def accept(move, found=found, start=start):
            start.wait()
            found.append(outcome(Desk(database), move))

        workers = [threading.Thread(target=accept, args=(move,)) for move in wanted]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(found, key=str) == [True, "transfer.already_moved"]


def test_of_two_processes_one_moves_the_pupil(database, database_url, in_processes):
    database.close()

    def accept(ref):
        def work():
            found = outcome(
                Desk(REGISTRY.connect(database_url)), dataclasses.replace(FIRST, ref=ref)
            )
            os._exit({True: 10, "transfer.already_moved": 11}[found])

        return work

    assert sorted(in_processes(accept("a"), accept("b"))) == [10, 11]
    desk = Desk(database)  # opens new connections
    assert len(desk.moves(WHO)) == 1
    assert where(desk) == (2, "11A3")


def test_the_same_ref_for_two_pupils_at_once_moves_one(database, database_url, in_processes):
    database.close()

    def accept(pupil):
        def work():
            found = outcome(
                Desk(REGISTRY.connect(database_url)), dataclasses.replace(FIRST, pupil=pupil)
            )
            os._exit({True: 10, "transfer.ref_taken": 11}[found])

        return work

    ended = in_processes(accept(PUPILS[0].code), accept(PUPILS[1].code))
    assert sorted(ended) == [10, 11]


def test_an_old_list_does_not_fetch_a_pupil_back(desk, database, contents):
    desk.move(FIRST)
    before = contents(database)
    with pytest.raises(InputError) as caught:
        loading.load_pupils(database, PUPILS)
    assert [(fault.row, fault.code, fault.params) for fault in caught.value.faults] == [
        (1, "registry.pupil_elsewhere", {"found": 2})
    ]
    assert contents(database) == before


def test_the_new_school_brings_its_pupil_up_to_date(desk, database):
    desk.move(FIRST)
    loading.load_pupils(database, [dataclasses.replace(PUPILS[0], school=2, class_name="12A1")])
    assert where(desk) == (2, "12A1")


def test_two_lists_with_the_same_new_pupil_enrol_them_once(database, database_url, in_processes):
    database.close()
    new = PupilEntry("7900009999", "Trần Văn Mới", PUPILS[0].birth, 1, "10A1")

    def load(school):
        def work():
            try:
                entry = dataclasses.replace(new, school=school)
                loading.load_pupils(REGISTRY.connect(database_url), [entry])
            except InputError as error:
                codes = [fault.code for fault in error.faults]
                os._exit(11 if codes == ["registry.pupil_elsewhere"] else 12)
            os._exit(10)

        return work

    assert sorted(in_processes(load(1), load(2))) == [10, 11]


ADMISSION = Admission("12/QĐ-SGDĐT", date(2026, 8, 20))
ADMITTED = [
    dataclasses.replace(pupil, school=2, class_name="10A1") for pupil in (PUPILS[0], PUPILS[3])
]


def test_an_admission_moves_the_pupils_of_a_list_once(desk, database, contents):
    loading.load_pupils(database, ADMITTED, ADMISSION)
    assert where(desk) == (2, "10A1")
    assert desk.moves(WHO) == [Move(WHO, 1, 2, "10A1", f"12/QĐ-SGDĐT {WHO}", ADMISSION.on)]
    assert desk.moves(PUPILS[3].code) == [], "was there already"
    before = contents(database)
    loading.load_pupils(database, ADMITTED, ADMISSION)
    assert contents(database) == before


def test_an_admission_of_long_ago_does_not_fetch_a_pupil_back(desk, database, contents):
    loading.load_pupils(database, ADMITTED, ADMISSION)
    desk.move(dataclasses.replace(BACK, on=date(2027, 1, 10)))
    before = contents(database)
    with pytest.raises(InputError) as caught:
        loading.load_pupils(database, ADMITTED, ADMISSION)
    assert [fault.code for fault in caught.value.faults] == ["registry.pupil_elsewhere"]
    assert contents(database) == before


def test_what_a_move_refuses_is_a_fault_of_its_row(desk, database, contents):
    desk.move(FIRST)
    desk.move(BACK)
    before = contents(database)
    early = dataclasses.replace(ADMISSION, on=date(2026, 6, 1))
    with pytest.raises(InputError) as caught:
        loading.load_pupils(database, ADMITTED[::-1], early)
    assert [(fault.row, fault.code) for fault in caught.value.faults] == [
        (2, "transfer.before_last")
    ]
    assert contents(database) == before
