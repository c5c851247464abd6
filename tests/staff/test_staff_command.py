"""`sogoc staff`: adding, listing, ending, resetting, signing out."""

import re
from pathlib import Path

import pytest

from api.cli import run
from api.clock import today
from api.desk.policy import Role
from store.audit_acts import meant
from store.audit_reading import Search, search
from store.sessions import SessionStore
from store.staff import Staff
from tests.workbench import HOST, Desk, Worker


@pytest.fixture
def sogoc(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    settings = desk.system.settings
    monkeypatch.setenv("SOGOC_STORE_URL", settings.store_url)
    monkeypatch.setenv("SOGOC_PUBLIC_URL", HOST)

    def call(*arguments: str) -> tuple[int, str]:
        code = run(["--data", str(Path(settings.data)), "staff", *arguments])
        out = capsys.readouterr()
        return code, out.out + out.err

    return call


def test_a_person_is_added_works_is_reset_and_ended(desk: Desk, sogoc) -> None:
    school = desk.system.desk.schools(today())[0]
    new = ("add", "Van.Thu", "--name", "Lê Thị Bích", "--role", "registrar", "--school",
           school.code, "--by", "Sở")  # fmt: skip
    code, said = sogoc(*new)
    assert code == 0, said
    first = re.search(r"[0-9a-f]{4}(-[0-9a-f]{4}){4}", said)
    assert first
    worker = Worker(desk.app, "van.thu")
    assert _sign_in(worker, first[0]) == 204
    assert worker.get("/api/desk/session")["member"]["name"] == "Lê Thị Bích"
    code, said = sogoc("list")
    assert "van.thu  Lê Thị Bích  Văn thư" in said
    code, said = sogoc("reset", "van.thu", "--by", "Sở")
    second = re.search(r"[0-9a-f]{4}(-[0-9a-f]{4}){4}", said)
    assert second
    assert worker.get("/api/desk/session")["signed_in"] is False
    assert (_sign_in(worker, first[0]), _sign_in(worker, second[0])) == (401, 204)
    assert sogoc("end", "van.thu", "--by", "Sở")[0] == 0
    assert worker.get("/api/desk/session")["signed_in"] is False
    assert _sign_in(worker, second[0]) == 401
    assert "†" in sogoc("list")[1]


ENDS = {"staff.signed_out", "sessions.ended"}
SIGNED_OUT = {
    "one": (("{login}",), (False, True, True), "staff.signed_out"),
    "everybody, holders too": (("--all",), (False, False, False), "sessions.ended"),
    "nobody by name": ((), (True, True, True), None),
    "one and everybody": (("{login}", "--all"), (True, True, True), None),
    "somebody who is none": (("khong.ai",), (True, True, True), None),
}


@pytest.mark.parametrize("case", SIGNED_OUT)
def test_whose_sessions_end(case: str, desk: Desk, sogoc) -> None:
    given, stays, act = SIGNED_OUT[case]
    one, other = desk.of(Role.REGISTRAR), desk.of(Role.PRINCIPAL)
    database, token = desk.system.store_database, bytes(32)
    holders, others = SessionStore(database), Staff(database).named(other.login)
    assert others
    holders.start(others[0].account, token, "password", "")
    said = sogoc("sign-out", *(each.format(login=one.login) for each in given), "--by", "Sở")
    assert (said[0] == 0) == (act is not None), said
    found = [each.get("/api/desk/session")["signed_in"] for each in (one, other)]
    assert (*found, holders.find(token) is not None) == stays
    noted = [entry.act for entry, _ in search(database, Search(meant("staff")))]
    assert [each for each in noted if each in ENDS] == ([act] if act else [])


REFUSED = {
    "a registrar without a school": ("--role", "registrar"),
    "an officer with a school": ("--role", "officer", "--school", "{code}"),
    "a school that is none": ("--role", "registrar", "--school", "XX"),
    "a name that nobody can have": ("--name", "Lê <b>", "--role", "officer"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str, desk: Desk, sogoc) -> None:
    code = desk.system.desk.schools(today())[0].code
    more = [each.format(code=code) for each in REFUSED[case]]
    given = more if "--name" in more else [*more, "--name", "Lê Thị Bích"]
    assert sogoc("add", "van.thu", *given, "--by", "Sở")[0] in (1, 64)
    assert sogoc("list")[1].strip() == ""


def test_a_login_name_is_had_once(desk: Desk, sogoc) -> None:
    desk.person(Role.OFFICER)
    taken = sogoc("list")[1].split()[0]
    code, said = sogoc("add", taken, "--name", "Lê Thị Bích", "--role", "officer", "--by", "Sở")
    assert code == 1
    assert taken in said


def _sign_in(worker: Worker, password: str) -> int:
    worker.csrf, given = "", {"name": worker.login, "password": password}
    return worker.ask("POST", "/api/desk/session", json=given).status_code
