"""Personal numbers in the registry: one pupil's alone, kept where a list has none."""

from typing import Any

import pytest

from credential.dates import PartialDate
from credential.errors import InputError
from database.connections import Database
from registry import loading
from registry.desk import Desk
from registry.entries import PupilEntry

NUMBER, OTHER = "079308000001", "079308000002"


def numbers(database: Database) -> dict[str, str | None]:
    """Personal numbers by the last digit of the pupil's code, of those who have one."""
    found = Desk(database).pupils([f"790000000{digit}" for digit in range(4, 9)]).values()
    return {pupil.code[-1]: pupil.personal_no for pupil in found if pupil.personal_no}


def girls(**given: str | None) -> list[PupilEntry]:
    """Two of the pupils, born in March 2008, with those numbers."""
    return [
        PupilEntry(
            f"790000000{code[1:]}", "Trần Thị Mẫu", PartialDate(2008, 3, 3), 1, "12.6", "Nữ",
            personal_no=no,
        )
        for code, no in given.items()
    ]  # fmt: skip


def refused(database: Database, pupils: list[PupilEntry]) -> list[Any]:
    with pytest.raises(InputError) as caught:
        loading.load_pupils(database, pupils)
    return [(fault.code, fault.row, fault.column) for fault in caught.value.faults]


def test_a_personal_number_is_one_pupils_and_stays_where_a_list_has_none(database):
    loading.load_pupils(database, girls(p4=NUMBER))
    loading.load_pupils(database, girls(p4=None, p5=OTHER))
    assert numbers(database) == {"4": NUMBER, "5": OTHER}
    assert {no: pupil.code for no, pupil in Desk(database).holding([NUMBER, "x"]).items()} == {
        NUMBER: "7900000004"
    }
    faults = refused(database, girls(p6=NUMBER, p7=None))
    assert faults == [("registry.personal_no_taken", 1, "personal_no")]
    assert numbers(database) == {"4": NUMBER, "5": OTHER}


def test_two_pupils_exchange_their_numbers(database):
    loading.load_pupils(database, girls(p4=NUMBER, p5=OTHER))
    loading.load_pupils(database, girls(p4=OTHER, p5=NUMBER))
    assert numbers(database) == {"4": OTHER, "5": NUMBER}


def test_numbers_that_cannot_be_are_refused(database):
    faults = refused(database, girls(p4="12", p5=NUMBER, p6=NUMBER, p7="079208000003"))
    assert faults == [
        ("personal_no.invalid", 1, "personal_no"),
        ("registry.repeated", 3, "personal_no"),
        ("personal_no.sex", 4, "personal_no"),
    ]
