"""Orders over HTTP: who sees what, the approval with a key of one's own, what is refused."""

from dataclasses import fields

import pytest
from sqlalchemy import update

from api import assembly
from api.desk.issuing import order_of
from api.desk.policy import Role
from api.desk.preparing import person
from api.site.desk.entry import service_of
from credential.model import Credential, Holder
from store.account_tables import SESSIONS
from store.jobs import JobState
from store.order_records import OrderState
from store.order_records import Person as PreparedBy
from store.service_keys import ServiceKeys
from tests import workbench
from tests.orders.conftest import BINH, Bench
from tests.web.conftest import problem
from tests.web.simulator import HOST
from tests.workbench import NAMES

PRINCIPAL = NAMES[Role.PRINCIPAL]
PASSPHRASE = "hai cái cánh"


@pytest.fixture
def site(bench: Bench) -> workbench.Desk:
    bench.system.settings = bench.system.settings.model_copy(update={"public_url": HOST})
    return workbench.Desk(bench.system, assembly.site(bench.system))


def own_key(bench: Bench) -> None:
    """The principal has a key in a file, under a passphrase of their own."""
    made = bench.system.persons.make(1001, PRINCIPAL, PASSPHRASE).public
    bench.system.persons.listed.list(made, 1001, PRINCIPAL, "operator")


def approval(shown: dict, secret: str = "") -> dict:
    return {"ref": shown["ref"], "secret": secret}


def test_the_principal_sees_what_they_approve(bench, site):
    number = bench.prepare()
    shown = site.of(Role.PRINCIPAL).get(f"/api/desk/orders/{number}")
    about = shown["about"]
    assert (shown["state"], shown["size"], shown["prepared_by"]) == ("prepared", 6, BINH.name)
    assert about["register"] == ["B26/1001/00001", "B26/1001/00006"]
    assert about["serials"] == ["T01000001", "T01000006"]
    assert about["decision"] == {"number": "128/QĐ-THPT", "on": "2026-06-20"}
    assert sum(count for _, count in about["classes"]) == 6
    assert shown["signing"] == {"kind": "none", "token": None, "demanded": False}
    rows = site.of(Role.PRINCIPAL).get(f"/api/desk/orders/{number}/rows")["rows"]
    assert [row["serial"] for row in rows][:2] == ["T01000001", "T01000002"]
    listed = site.of(Role.PRINCIPAL).get("/api/desk/queue")["open"][0]
    assert (listed["mine"], listed["due"], listed["paper_due"]) == (
        True, "2026-06-25", "2026-07-20",
    )  # fmt: skip
    assert not site.of(Role.REGISTRAR).get("/api/desk/queue")["open"][0]["mine"]


def test_every_field_that_is_signed_is_shown(bench, site):
    """Of a row, or once for all of them: nothing is signed that its approver could not see."""
    number = bench.prepare()
    kept = bench.orders.of(number)
    order = order_of(bench.system, bench.orders, kept, None)
    principal = site.of(Role.PRINCIPAL)
    about = principal.get(f"/api/desk/orders/{number}")["about"]
    assert {"school_name", "issued", "signer", "decision", "register"} <= about.keys()
    row, read = principal.get(f"/api/desk/orders/{number}/rows")["rows"][0], order.rows[0]
    assert row["says"] == {
        "name": read.name, "birth_date": read.birth.printed(), "birth_place": read.birth_place,
        "sex": read.sex, "ethnicity": read.ethnicity, "year": "2026", "serial": "T01000001",
    } | ({"classification": read.classification} if read.classification else {})  # fmt: skip
    shown_once = {"type", "school", "school_name", "issued", "signer", "decision", "register_no"}
    parts = {"holder", "transcript", "origin", "supersedes", "holder_key"}  # told by their own
    assert {one.name for one in fields(Credential)} == (
        shown_once | parts | {"year", "serial", "classification"}
    )
    held = {"name", "birth", "birth_place", "sex", "ethnicity"}
    assert {one.name for one in fields(Holder)} == held


def test_another_school_s_order_is_not_there(bench, site):
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL, 1002)
    paths = [("GET", ""), ("GET", "/rows"), ("POST", "/approve"), ("POST", "/return"),
             ("POST", "/cancel")]  # fmt: skip
    for method, rest in paths:
        body = {"json": {"ref": "0" * 64}} if method == "POST" else {}
        response = principal.ask(method, f"/api/desk/orders/{number}{rest}", **body)
        assert (response.status_code, problem(response).code) == (404, "order.unknown"), rest
    assert principal.get("/api/desk/queue") == {
        "open": [], "tasks": [], "done": [], "jobs": [],
    }  # fmt: skip


def test_the_seal_alone_where_nobody_has_a_key(bench, site):
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL)
    path = f"/api/desk/orders/{number}"
    shown = principal.get(path)
    told = principal.ask("POST", f"{path}/approve", json=approval(shown)).json()
    assert told["state"] == "approved"
    again = principal.ask("POST", f"{path}/approve", json=approval(shown)).json()
    assert again["job"]["id"] == told["job"]["id"]
    assert bench.work(told["job"]["id"]).state is JobState.DONE
    done = principal.get(path)
    assert (done["state"], done["batch"]["state"]) == ("issued", "final")
    assert [one["state"] for one in done["batch"]["record"]] == ["complete", "verified"]
    assert done["about"]["register"] == ["B26/1001/00001", "B26/1001/00006"]
    assert [one["id"] for one in principal.get("/api/desk/queue")["done"]] == [number]


def test_a_key_of_one_s_own_signs_once_and_is_closed(bench, site):
    own_key(bench)
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL)
    path = f"/api/desk/orders/{number}"
    shown = principal.get(path)
    assert shown["signing"]["kind"] == "file"
    for secret, code in (("", "pen.needed"), ("falsch", "pen.wrong")):
        refused = principal.ask("POST", f"{path}/approve", json=approval(shown, secret))
        assert (refused.status_code, problem(refused).code) == (409, code)
    assert principal.get(path)["state"] == "prepared"
    told = principal.ask("POST", f"{path}/approve", json=approval(shown, PASSPHRASE)).json()
    assert bench.work(told["job"]["id"]).state is JobState.DONE
    done = principal.get(path)
    record = [one["state"] for one in done["batch"]["record"]]
    assert record == ["complete", "verified", "personally_signed", "sealed"]
    assert bench.system.pens.of(f"issue:{number}") is None
    assert bench.desk.sogoc("record", "check", "1001-0000") == 0


def test_a_process_that_lost_the_key_asks_again_and_seals_nothing_without(bench, site):
    own_key(bench)
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL)
    path = f"/api/desk/orders/{number}"
    shown = principal.get(path)
    principal.ask("POST", f"{path}/approve", json=approval(shown, PASSPHRASE))
    bench.system.pens.drop(f"issue:{number}")  # as if it had died
    failed = bench.work(bench.orders.of(number).job)
    assert (failed.state, failed.code) == (JobState.FAILED, "pen.closed")
    assert bench.system.batches.newest(1) == []
    told = principal.ask("POST", f"{path}/approve", json=approval(shown, PASSPHRASE)).json()
    assert bench.work(told["job"]["id"]).state is JobState.DONE


def test_without_a_key_whoever_approves_has_just_shown_who_they_are(bench, site):
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL)
    path = f"/api/desk/orders/{number}"
    shown = principal.get(path)
    with bench.system.store_database.writing() as connection:
        connection.execute(update(SESSIONS).values(proven=SESSIONS.c.proven - 3600))
    stale = principal.ask("POST", f"{path}/approve", json=approval(shown))
    assert (stale.status_code, problem(stale).code) == (403, "session.stale")
    whatever = principal.ask("POST", f"{path}/approve", json=approval(shown, "whatever"))
    assert problem(whatever).code == "pen.none"
    assert principal.get(path)["state"] == "prepared"


def test_who_made_a_programs_key_does_not_approve_what_it_prepared(bench, site):
    maker, other = site.of(Role.PRINCIPAL), site.of(Role.PRINCIPAL, name="Võ Thị Hạnh")
    given = {"name": "VnEdu", "acts": ["prepare"], "days": 7}
    key = maker.ask("POST", "/api/desk/keys", json=given).json()["key"]
    program = service_of(ServiceKeys(bench.system.store_database).of(key))
    number = bench.prepare(person(program))
    path = f"/api/desk/orders/{number}"
    refused = maker.ask("POST", f"{path}/approve", json=approval(maker.get(path)))
    assert problem(refused).code == "approval.same_person"
    assert other.ask("POST", f"{path}/approve", json=approval(other.get(path))).status_code == 200


def test_who_gave_a_password_does_not_approve_what_was_prepared_with_it(bench, site):
    giver, other, officer = (
        site.of(Role.PRINCIPAL), site.of(Role.PRINCIPAL, name="Võ Thị Hạnh"), site.of(Role.OFFICER)
    )  # fmt: skip
    given = {"login": "ho.ten.gia", "name": "Hồ Tên Giả", "role": "registrar"}
    account = giver.ask("POST", "/api/desk/staff", json=given).json()["account"]
    as_them = PreparedBy(account, given["name"])
    path = f"/api/desk/orders/{bench.prepare(as_them)}"
    refused = giver.ask("POST", f"{path}/approve", json=approval(giver.get(path)))
    assert problem(refused).code == "approval.own_password"
    assert giver.get(path)["state"] == "prepared"
    other.ask("POST", f"{path}/return", json={"reason": "lập lại"})
    officer.ask("POST", f"/api/desk/staff/{account}/reset")
    bench.prepare(as_them)
    approved = giver.ask("POST", f"{path}/approve", json=approval(giver.get(path)))
    assert approved.status_code == 200, "prepared anew, with a password that somebody else gave"


@pytest.mark.parametrize("path", ["orders", "jobs", "withdrawals"])
def test_a_number_that_no_database_has_is_a_fault_of_the_request(path, site):
    asked = ("POST", "/approve") if path == "withdrawals" else ("GET", "")
    response = site.of(Role.PRINCIPAL).ask(asked[0], f"/api/desk/{path}/{10**30}{asked[1]}")
    assert response.status_code == 422


def test_wrong_passphrases_have_an_end(bench, site):
    own_key(bench)
    number = bench.prepare()
    principal = site.of(Role.PRINCIPAL)
    path = f"/api/desk/orders/{number}"
    shown = principal.get(path)
    codes = [
        problem(principal.ask("POST", f"{path}/approve", json=approval(shown, "falsch"))).code
        for _ in range(11)
    ]
    assert codes == ["pen.wrong"] * 10 + ["request.too_many"]


def test_it_is_returned_with_a_reason_to_who_prepared_it(bench, site):
    number = bench.prepare()
    principal, registrar = site.of(Role.PRINCIPAL), site.of(Role.REGISTRAR)
    path = f"/api/desk/orders/{number}"
    refused = principal.ask("POST", f"{path}/return", json={"reason": " "})
    assert problem(refused).code == "order.no_reason"
    sent = principal.ask("POST", f"{path}/return", json={"reason": "Sai lớp"})
    assert sent.status_code == 204
    assert registrar.get("/api/desk/queue")["open"][0]["state"] == "returned"
    assert registrar.get(path)["acts"][-1]["reason"] == "Sai lớp"
    assert registrar.ask("POST", f"{path}/cancel").status_code == 204
    assert registrar.get(path)["about"] is None
    assert bench.orders.of(number).state is OrderState.CANCELLED


def test_what_was_seen_is_what_is_approved(bench, site):
    number = bench.prepare()
    given = {"ref": "0" * 64}
    response = site.of(Role.PRINCIPAL).ask("POST", f"/api/desk/orders/{number}/approve", json=given)
    assert (response.status_code, problem(response).code) == (409, "order.changed")


def test_the_same_name_in_another_role_approves_nothing(bench, site):
    number = bench.prepare()
    other = site.of(Role.PRINCIPAL, name=BINH.name)
    shown = other.get(f"/api/desk/orders/{number}")
    response = other.ask("POST", f"/api/desk/orders/{number}/approve", json=approval(shown))
    assert (response.status_code, problem(response).code) == (409, "approval.same_person")


def test_a_failed_job_says_what_is_to_be_mended(bench, site):
    number, other = bench.prepare(), bench.prepare(count=2, first_serial="T05000001")
    job = bench.approve(number)
    bench.work(bench.approve(other))
    bench.work(job)
    told = site.of(Role.REGISTRAR).get(f"/api/desk/orders/{number}")["job"]
    assert (told["state"], told["code"]) == ("failed", "input.faults")
    assert next((one["row"], one["code"]) for one in told["faults"]) == (5, "award.already_held")
    assert "vi" in told["faults"][0]["text"]
