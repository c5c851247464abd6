"""Who may add, reset, sign out and end whom; keys of programs; reading the log."""

import json

import pytest
from sqlalchemy import update

from api.clock import today
from api.desk.policy import Role
from api.trail import from_lines
from store.audit import first_wrong
from store.service_keys import ServiceKeys
from store.staff import Staff
from store.staff_tables import SERVICE_KEYS
from tests.staff.test_entrance import answer
from tests.workbench import SCHOOLS, Desk, Worker

STAFF, KEYS, AUDIT = "/api/desk/staff", "/api/desk/keys", "/api/desk/audit"


def account(desk: Desk, worker: Worker) -> int:
    found = Staff(desk.system.store_database).named(worker.login)
    assert found
    return found[0].account


ADDING = {
    "a principal, a registrar": (Role.PRINCIPAL, "registrar", None, 200),
    "a principal, a registrar elsewhere": (Role.PRINCIPAL, "registrar", SCHOOLS[1], 404),
    "a principal, another principal": (Role.PRINCIPAL, "principal", None, 403),
    "a principal, an officer": (Role.PRINCIPAL, "officer", None, 409),
    "a principal, a program": (Role.PRINCIPAL, "service", None, 409),
    "an officer, a principal": (Role.OFFICER, "principal", SCHOOLS[1], 200),
    "an officer, a principal of nowhere": (Role.OFFICER, "principal", None, 409),
    "an officer, an officer": (Role.OFFICER, "officer", None, 200),
    "an officer, no role of ours": (Role.OFFICER, "king", None, 409),
}


@pytest.mark.parametrize("case", ADDING)
def test_who_adds_whom(case: str, desk: Desk) -> None:
    adding, role, school, expected = ADDING[case]
    codes = {each.id: each.code for each in desk.system.desk.schools(today())}
    given = {"login": "nguoi.moi", "name": "Vũ Thị Mới", "role": role,
             "school": codes[school] if school else ""}  # fmt: skip
    worker = desk.of(adding)
    status, _ = answer(worker, "POST", STAFF, **given)
    assert status == expected
    found = Staff(desk.system.store_database).named("nguoi.moi")
    assert (found is not None) == (expected == 200)
    if found:
        assert found[0].school == (school or (None if adding is Role.OFFICER else SCHOOLS[0]))


ENDING = {
    "a principal, a registrar": (Role.PRINCIPAL, Role.REGISTRAR, None, 204),
    "a principal, another principal": (Role.PRINCIPAL, Role.PRINCIPAL, None, 403),
    "a principal, an auditor of the city": (Role.PRINCIPAL, Role.AUDITOR, None, 404),
    "an officer, a principal": (Role.OFFICER, Role.PRINCIPAL, SCHOOLS[1], 204),
}


@pytest.mark.parametrize("case", ENDING)
def test_who_ends_whom(case: str, desk: Desk) -> None:
    ending, role, school, expected = ENDING[case]
    worker, other = desk.of(ending), desk.person(role, school)
    assert answer(worker, "POST", f"{STAFF}/{account(desk, other)}/end")[0] == expected
    gone = Staff(desk.system.store_database).named(other.login) is None
    assert gone == (expected == 204)


@pytest.mark.parametrize("case", ENDING)
def test_who_signs_whom_out(case: str, desk: Desk) -> None:
    ending, role, school, expected = ENDING[case]
    worker, other = desk.of(ending), desk.of(role, school)
    assert answer(worker, "POST", f"{STAFF}/{account(desk, other)}/sign-out")[0] == expected
    assert other.get("/api/desk/session")["signed_in"] == (expected != 204)
    desk.entered(other)
    assert other.get("/api/desk/session")["signed_in"], "and may sign in again"


def test_a_nul_is_refused_before_a_database_sees_it(desk: Desk) -> None:
    worker, path = desk.of(Role.REGISTRAR), "/api/desk/credentials/find"
    assert answer(worker, "POST", path, text="a\0b") == (422, "request.invalid")
    assert answer(worker, "POST", path, text="a\\u0000") == (200, "")


def test_nobody_ends_or_resets_themselves(desk: Desk) -> None:
    worker = desk.of(Role.OFFICER)
    for act in ("end", "reset", "sign-out"):
        path = f"{STAFF}/{account(desk, worker)}/{act}"
        assert answer(worker, "POST", path) == (409, "staff.yourself")


def test_a_school_sees_its_own_people_and_keys(desk: Desk) -> None:
    keys = ServiceKeys(desk.system.store_database)
    for school in SCHOOLS:
        desk.person(Role.REGISTRAR, school)
        keys.make(f"program {school}", school, ["read"], 60, "operator")
    principal, officer = desk.of(Role.PRINCIPAL), desk.of(Role.OFFICER)
    assert {each["school"] for each in principal.get(STAFF)} == {SCHOOLS[0]}
    assert {each["school"] for each in principal.get(KEYS)} == {SCHOOLS[0]}
    assert {each["school"] for each in officer.get(STAFF)} == {None, *SCHOOLS}
    assert {each["school"] for each in officer.get(KEYS)} == set(SCHOOLS)


def shown(desk: Desk, key: str) -> tuple[int, str]:
    program = Worker(desk.app, "program")
    response = program.ask("GET", "/api/desk/jobs/1", headers={"Authorization": f"Bearer {key}"})
    return response.status_code, response.json()["code"]


def test_a_key_serves_until_its_day_or_its_end(desk: Desk) -> None:
    principal, database = desk.of(Role.PRINCIPAL), desk.system.store_database
    given = {"name": "VnEdu", "acts": ["read"], "days": 7}
    made = [principal.ask("POST", KEYS, json=given).json() for _ in range(2)]
    for each in made:
        assert shown(desk, each["key"]) == (404, "job.unknown")
    with database.writing() as connection:
        first = SERVICE_KEYS.c.id == made[0]["id"]
        row = SERVICE_KEYS.c
        connection.execute(update(SERVICE_KEYS).where(first).values(expires=row.made))
    assert answer(principal, "DELETE", f"{KEYS}/{made[1]['id']}") == (204, "")
    for each in (*made, {"key": "sogoc_" + "A" * 43}):
        assert shown(desk, each["key"]) == (401, "service_key.wrong")


WRONG_KEYS = {
    "for approving": {"acts": ["approve"]},
    "for nothing": {"acts": []},
    "for ever": {"days": 367},
    "with a line break in its name": {"name": "a\nb"},
}


@pytest.mark.parametrize("case", WRONG_KEYS)
def test_keys_that_are_not_made(case: str, desk: Desk) -> None:
    given = {"name": "VnEdu", "acts": ["read"], "days": 7} | WRONG_KEYS[case]
    assert answer(desk.of(Role.PRINCIPAL), "POST", KEYS, **given)[0] == 422
    assert ServiceKeys(desk.system.store_database).all() == []


def test_the_log_is_searched_by_act_and_day(desk: Desk) -> None:
    auditor = desk.of(Role.AUDITOR)
    desk.of(Role.REGISTRAR)
    found = auditor.get(f"{AUDIT}?act=staff.added")
    assert [each["act"] for each in found["entries"]] == ["staff.added"] * 2
    assert found["entries"][0]["seq"] > found["entries"][1]["seq"]
    day = today()
    assert auditor.get(f"{AUDIT}?since={day}&until={day}")["entries"]
    assert auditor.get(f"{AUDIT}?until=2020-01-01")["entries"] == []
    assert "staff.added" in {each["act"] for each in auditor.get(f"{AUDIT}?act=staff")["entries"]}
    table = auditor.ask("GET", f"{AUDIT}/table?act=staff.added").text
    assert "Thêm người làm việc" in table
    assert table.count("\n") == 3, "the table honours the filter"
    older = auditor.get(f"{AUDIT}?before={found['entries'][0]['seq']}&act=staff.added")
    assert len(older["entries"]) == 1
    for wrong in ("act=a%25", "since=yesterday", "before=0"):
        assert auditor.ask("GET", f"{AUDIT}?{wrong}").status_code == 422


def test_an_auditor_of_a_school_reads_what_names_the_school(desk: Desk) -> None:
    desk.person(Role.REGISTRAR, SCHOOLS[1])
    auditor = desk.of(Role.AUDITOR, SCHOOLS[0])
    found = auditor.get(AUDIT)["entries"]
    assert found
    assert {each["detail"]["school"] for each in found} == {SCHOOLS[0]}
    assert answer(auditor, "GET", f"{AUDIT}/log") == (409, "staff.city_only")
    assert str(SCHOOLS[1]) not in auditor.ask("GET", f"{AUDIT}/table").text


def test_the_log_taken_away_can_be_checked(desk: Desk) -> None:
    taken = desk.of(Role.AUDITOR).ask("GET", f"{AUDIT}/log")
    lines = taken.text.splitlines()
    assert first_wrong(from_lines(lines)) is None
    edited = json.loads(lines[3]) | {"act": "staff.ended"}
    assert first_wrong(from_lines([*lines[:3], json.dumps(edited), *lines[4:]])) == 4
    assert taken.headers["content-disposition"] == 'attachment; filename="nhat-ky.jsonl"'
