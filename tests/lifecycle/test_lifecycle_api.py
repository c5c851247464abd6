"""Routes of one credential, of withdrawals and schools: by role, by school, by two persons."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api import assembly
from api.clock import today
from api.desk.jobs import Worker as JobWorker
from api.desk.policy import Role
from api.desk.runners import RUNNERS
from api.site.limits import Allowance, Limits
from credential.errors import ConfigError, RefusedError
from credential.model import Decision, Lane
from store.account_tables import SESSIONS
from store.sessions import FRESH
from tests.lifecycle.conftest import FIRST, Diploma
from tests.web.conftest import calling, problem
from tests.web.simulator import HOST
from tests.workbench import NAMES, Desk, Worker

LINE = {"school": 1001, "type": "thpt-diploma", "register_no": FIRST}
FIND = "/api/desk/credentials/find"
HISTORY = "/api/desk/credentials/history"
CORRECT = "/api/desk/credentials/correct"
WITHDRAWALS = "/api/desk/withdrawals"
ANNEX, SIGNERS = "/api/desk/credentials/annex", "/api/desk/credentials/signers"
CORRECTION = LINE | {
    "values": {"birth_place": "Cà Mau"}, "ground": "civil_status", "evidence": "Trích lục số 12",
    "decision": "77/QĐ-THPT", "decided_on": "03/08/2026", "signed_by": "Lê Hoàng Ví Dụ",
}  # fmt: skip
REVOCATION = LINE | {
    "lane": "revoked", "ground": "fraud", "decision": "90/QĐ-THPT", "decided_on": "02/10/2026",
}  # fmt: skip


@pytest.fixture
def bench(diploma: Diploma) -> Iterator[Desk]:
    with diploma.desk.system() as system:
        system.settings = system.settings.model_copy(update={"public_url": HOST})
        allowed = Limits(Allowance(lookups=1000))
        yield Desk(system, assembly.site(system, allowed))


def work(bench: Desk) -> None:
    worker = JobWorker(bench.system, RUNNERS)
    while worker.once() is not None:
        pass


def post(worker: Worker, path: str, body: dict[str, Any] | None = None, expect: int = 200) -> Any:
    response = worker.ask("POST", path, json=body or {})
    assert response.status_code == expect, response.text
    return response.json() if response.content else None


def lane(bench: Desk, number: str = FIRST) -> Lane:
    found = bench.system.batches.credential(number)
    assert found is not None
    return bench.system.desk.history(found.line).versions[-1].lane


@pytest.mark.parametrize(
    "text", [FIRST, " b26/1001/00001 ", "T01000001", "name", "given name", "look-up code"]
)
def test_a_credential_is_found_by_what_people_have_of_it(
    bench: Desk, diploma: Diploma, text: str
) -> None:
    (issued,), (said,) = diploma.versions(), diploma.said()
    known = {
        "name": said.holder.name, "given name": said.holder.name.split()[-1],
        "look-up code": issued.staged.code,
    }  # fmt: skip
    found = post(bench.of(Role.REGISTRAR), FIND, {"text": known.get(text, text)})
    (one,) = [each for each in found if each["register_no"] == FIRST]
    assert (one["holder"], one["lane"], one["serial"]) == (
        said.holder.name, "active", "T01000001",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["T0100", "B26/1001/99999", "%", "Ai Đó", "' OR 1=1 --"])
def test_nothing_else_is_found(bench: Desk, text: str) -> None:
    body = {"text": text if len(text) > 1 else text * 2}
    assert post(bench.of(Role.REGISTRAR), FIND, body) == []


def test_another_school_finds_and_sees_nothing_until_it_keeps_the_register(bench: Desk) -> None:
    other = bench.of(Role.REGISTRAR, school=1002)
    assert post(other, FIND, {"text": FIRST}) == []
    for path, body in ((HISTORY, LINE), (CORRECT, CORRECTION), (WITHDRAWALS, REVOCATION)):
        assert problem(other.ask("POST", path, json=body)).code == "credential.unknown", path
    why = Decision("500/QĐ-UBND", date(2026, 6, 25))
    bench.system.department.close(1001, 1002, date(2026, 7, 1), "merged", why)
    assert len(post(other, FIND, {"text": FIRST})) == 1
    assert post(other, HISTORY, LINE)["keeper"] == "Trường THPT Gò Mây"


def test_who_keeps_a_register_corrects_in_it_and_approves(bench: Desk, diploma: Diploma) -> None:
    why = Decision("500/QĐ-UBND", date(2026, 6, 25))
    bench.system.department.close(1001, 1002, date(2026, 7, 1), "merged", why)
    registrar, principal = bench.of(Role.REGISTRAR, 1002), bench.of(Role.PRINCIPAL, 1002)
    order = post(registrar, CORRECT, CORRECTION)["order"]
    assert [one["id"] for one in principal.get("/api/desk/queue")["open"]] == [order]
    shown = principal.get(f"/api/desk/orders/{order}")
    told = post(principal, f"/api/desk/orders/{order}/approve", {"ref": shown["ref"]})
    work(bench)
    assert principal.get(f"/api/desk/jobs/{told['job']['id']}")["state"] == "done"
    assert [one.lane for one in diploma.versions()] == [Lane.SUPERSEDED, Lane.ACTIVE]
    assert {one["seq"] for one in principal.get("/api/desk/papers")["batches"]} >= {0, 1}
    made = post(registrar, "/api/desk/papers/1001/0", {"form": "zip"}, 202)["job"]["id"]
    fetched = registrar.ask("GET", f"/api/desk/deliveries/{made}")
    assert problem(fetched).code == "delivery.gone", "it is theirs, and not made yet"


def test_the_citys_people_are_noted_when_they_look_at_pupils(bench: Desk) -> None:
    book = {"school": 1001, "type": "thpt-diploma", "year": 2026}
    for role in (Role.REGISTRAR, Role.OFFICER):
        worker = bench.of(role, name=f"Người {role.value}")
        post(worker, FIND, {"text": FIRST})
        post(worker, HISTORY, LINE)
        post(worker, "/api/desk/register/page", book)
        worker.get("/api/desk/papers/1001/0")
    seen = bench.of(Role.AUDITOR).get("/api/desk/audit?act=pupils.seen")["entries"]
    assert {each["actor"] for each in seen} == {"Người officer"}
    assert [each["detail"] for each in reversed(seen)] == [
        {"what": "find", "found": 1},
        {"what": "history", "school": 1001, "register_no": FIRST},
        {"what": "register"} | book,
        {"what": "papers", "school": 1001, "seq": 0},
    ]


def test_a_change_of_status_waits_in_the_queue_of_whoever_is_next(bench: Desk) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)

    def waits() -> list[bool]:
        found = [each.get("/api/desk/queue")["tasks"] for each in (registrar, principal)]
        return [one["mine"] for tasks in found for one in tasks if one["kind"] == "withdrawal"]

    asked = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    assert waits() == [False, True]
    post(principal, f"{WITHDRAWALS}/{asked}/return", {"reason": "Sai số quyết định"}, 204)
    assert waits() == [True, False]
    again = REVOCATION | {"decision": "91/QĐ-THPT"}
    asked = post(registrar, WITHDRAWALS, again)["withdrawal"]
    post(principal, f"{WITHDRAWALS}/{asked}/return", {"reason": "Còn thiếu"}, 204)
    post(registrar, f"{WITHDRAWALS}/{asked}/cancel", expect=204)
    assert waits() == []
    post(registrar, WITHDRAWALS, REVOCATION | {"decision": "92/QĐ-THPT"})
    assert waits() == [False, True], "what was given up is gone"


def test_a_suspension_waits_for_review_until_somebody_asks_what_becomes_of_it(bench: Desk) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    others = [bench.of(Role.REGISTRAR, 1002), bench.of(Role.OFFICER), bench.of(Role.AUDITOR)]

    def tasks(worker: Worker) -> list[tuple[str, bool, str | None]]:
        found = worker.get("/api/desk/queue")["tasks"]
        return [
            (one["kind"], one["mine"], one["due"])
            for one in found
            if one["about"].get("register_no") == FIRST
        ]

    def change(body: dict[str, Any]) -> None:
        asked = post(registrar, WITHDRAWALS, body)["withdrawal"]
        post(principal, f"{WITHDRAWALS}/{asked}/approve")
        work(bench)

    near, far = ((today() + timedelta(days=days)).strftime("%d/%m/%Y") for days in (14, 15))
    suspend, reinstate = (
        REVOCATION | {"lane": name, "decision": f"{name}/QĐ"} for name in ("suspended", "active")
    )
    change(suspend | {"until": far})
    assert tasks(registrar) == [], "not yet near"
    change(reinstate)
    change(suspend | {"until": near, "decision": "2/QĐ"})
    due = date(*map(int, reversed(near.split("/")))).isoformat()
    assert tasks(registrar) == [("review", True, due)]
    assert tasks(principal) == [("review", False, due)]
    assert [tasks(each) for each in others] == [[], [], []]
    post(registrar, WITHDRAWALS, reinstate | {"decision": "3/QĐ"})
    assert [tasks(each) for each in (registrar, principal)] == [
        [("withdrawal", False, None)], [("withdrawal", True, None)],
    ]  # fmt: skip


def test_claim_slips_are_not_made_for_a_cookie_that_somebody_found(bench: Desk) -> None:
    worker, path = bench.of(Role.REGISTRAR), "/api/desk/papers/1001/0"
    with bench.system.store_database.writing() as connection:
        connection.execute(update(SESSIONS).values(proven=SESSIONS.c.proven - FRESH))
    stale = worker.ask("POST", path, json={"form": "zip", "slips": True})
    assert (stale.status_code, problem(stale).code) == (403, "session.stale")
    assert worker.ask("POST", path, json={"form": "zip"}).status_code == 202


def test_nor_fetched_where_somebody_else_had_them_made(bench: Desk) -> None:
    worker, path = bench.of(Role.REGISTRAR), "/api/desk/papers/1001/0"
    made = {slips: post(worker, path, {"form": "zip", "slips": slips}, 202)["job"]["id"]
            for slips in (True, False)}  # fmt: skip
    with bench.system.store_database.writing() as connection:
        connection.execute(update(SESSIONS).values(proven=SESSIONS.c.proven - FRESH))
    codes = {slips: problem(worker.ask("GET", f"/api/desk/deliveries/{job}")).code
             for slips, job in made.items()}  # fmt: skip
    assert codes == {True: "session.stale", False: "delivery.gone"}


def test_an_approved_revocation_ends_with_nobodys_job(bench: Desk) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    asked = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    job = post(principal, f"{WITHDRAWALS}/{asked}/approve")["job"]
    response = registrar.ask("POST", f"/api/desk/jobs/{job}/cancel", json={})
    assert problem(response).code == "withdrawal.state"
    work(bench)
    assert lane(bench) is Lane.REVOKED


def test_a_history_tells_who_when_and_where_but_nothing_of_shares(
    bench: Desk, diploma: Diploma
) -> None:
    for role in (Role.REGISTRAR, Role.PRINCIPAL, Role.AUDITOR, Role.OFFICER):
        told = post(bench.of(role), HISTORY, LINE)
        (one,) = told["versions"]
        assert (one["version"], one["lane"], one["batch"]["state"]) == (1, "active", "final")
        assert one["batch"]["block"] > 0
        assert (one["batch"]["prepared_by"], one["signer"]) == ("Văn thư", "Lê Hoàng Ví Dụ")
        assert told["shares"] == 0
        assert diploma.versions()[0].staged.code not in str(told)


def test_a_correction_is_shown_prepared_and_waits_for_another_person(bench: Desk) -> None:
    registrar = bench.of(Role.REGISTRAR)
    told = post(registrar, CORRECT, CORRECTION | {"dry": True})
    assert (told["order"], told["changes"][0][0::2]) == (None, ["birth_place", "Cà Mau"])
    order = post(registrar, CORRECT, CORRECTION)["order"]
    assert post(registrar, CORRECT, CORRECTION)["order"] == order, "the same again"
    assert lane(bench) is Lane.ACTIVE
    ref = bench.of(Role.PRINCIPAL).get(f"/api/desk/orders/{order}")["ref"]
    post(bench.of(Role.PRINCIPAL), f"/api/desk/orders/{order}/approve", {"ref": ref})
    work(bench)
    told = post(registrar, HISTORY, LINE)
    old, new = told["versions"]
    assert (old["lane"], new["lane"], new["says"]["birth_place"]) == (
        "superseded", "active", "Cà Mau",
    )  # fmt: skip
    assert new["annex"]["evidence"] == "Trích lục số 12"
    assert new["batch"]["approved_by"] == NAMES[Role.PRINCIPAL]
    annex = registrar.ask("POST", f"{ANNEX}", json=LINE | {"version": 2})
    assert annex.content.startswith(b"%PDF")
    assert [one["kind"] for one in post(registrar, HISTORY, LINE)["extracts"]] == ["paper"]
    absent = bench.of(Role.REGISTRAR, 1002).ask("POST", ANNEX, json=LINE | {"version": 2})
    assert problem(absent).code == "credential.unknown"


def test_a_correction_is_due_some_working_days_after_it_was_asked_for(
    bench: Desk, diploma: Diploma
) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    tomorrow = (today() + timedelta(days=1)).strftime("%d/%m/%Y")
    response = registrar.ask("POST", CORRECT, json=CORRECTION | {"requested_on": tomorrow})
    assert problem(response).code == "date.in_future"
    order = post(registrar, CORRECT, CORRECTION | {"requested_on": "31/07/2026"})["order"]
    assert post(registrar, CORRECT, CORRECTION)["order"] == order, "the same, whoever asked when"
    [head] = principal.get("/api/desk/queue")["open"]
    assert (head["due"], head["paper_due"]) == ("2026-08-05", None)  # 31/07 is a Friday
    told = principal.get(f"/api/desk/orders/{order}")
    assert told["about"]["requested"] == "2026-07-31"
    post(principal, f"/api/desk/orders/{order}/approve", {"ref": told["ref"]})
    work(bench)
    _, new = post(registrar, HISTORY, LINE)["versions"]
    assert new["batch"]["requested"] == "2026-07-31"


def test_a_correction_is_signed_by_who_is_in_office_that_day(bench: Desk) -> None:
    registrar = bench.of(Role.REGISTRAR)
    heads = post(registrar, SIGNERS, {"school": 1001, "on": "03/08/2026"})
    assert heads[0] == {"name": "Lê Hoàng Ví Dụ", "title": "Hiệu trưởng"}
    assert post(registrar, SIGNERS, {"school": 1001, "on": "01/01/1990"}) == []
    chosen = CORRECTION | {"signer": heads[-1]["name"], "dry": True}
    assert post(registrar, CORRECT, chosen)["changes"]
    response = registrar.ask("POST", CORRECT, json=chosen | {"signer": "Ai Đó"})
    assert problem(response).code == "issue.signer_not_in_office"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"decided_on": "31/02/2026"}, "date.invalid"),
        ({"ground": "fraud"}, "correction.ground"),
        ({"values": {"name": "Ai\u202e"}}, "input.faults"),
        ({"values": {"school": "1"}}, "input.faults"),
        ({"values": {}}, "correction.nothing"),
        ({"evidence": ""}, "input.faults"),
        ({"register_no": "B26/1001/99999"}, "credential.unknown"),
        ({"type": "diploma"}, "claim.type"),
        ({"school": -1}, "request.invalid"),
        ({"birth_place": "Cà Mau"}, "request.invalid"),
    ],
)
def test_a_faulty_correction_is_told_and_nothing_is_kept(
    bench: Desk, change: dict[str, Any], code: str
) -> None:
    response = bench.of(Role.REGISTRAR).ask("POST", CORRECT, json=CORRECTION | change)
    assert (response.status_code < 500, problem(response).code) == (True, code)


@pytest.mark.parametrize(
    ("steps", "end"),
    [
        (["suspended"], Lane.SUSPENDED),
        (["suspended", "active"], Lane.ACTIVE),
        (["suspended", "revoked"], Lane.REVOKED),
        (["revoked"], Lane.REVOKED),
    ],
)
def test_a_status_changes_once_a_second_person_approves(
    bench: Desk, steps: list[str], end: Lane
) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    for number, step in enumerate(steps):
        before = lane(bench)
        body = REVOCATION | {"lane": step, "decision": f"{number}/QĐ"}
        asked = post(registrar, WITHDRAWALS, body)["withdrawal"]
        assert post(registrar, WITHDRAWALS, body)["withdrawal"] == asked, "the same again"
        work(bench)
        assert lane(bench) is before
        for _ in range(2):
            post(principal, f"{WITHDRAWALS}/{asked}/approve")
        work(bench)
    assert lane(bench) is end
    acts = post(registrar, HISTORY, LINE)["versions"][0]["acts"]
    assert [act["lane"] for act in acts] == steps
    assert bench.system.audit() is None


def test_whoever_approves_a_revocation_has_just_shown_who_they_are(bench: Desk) -> None:
    asked = post(bench.of(Role.REGISTRAR), WITHDRAWALS, REVOCATION)["withdrawal"]
    principal = bench.of(Role.PRINCIPAL)
    with bench.system.store_database.writing() as connection:
        connection.execute(update(SESSIONS).values(proven=SESSIONS.c.proven - 3600))
    stale = principal.ask("POST", f"{WITHDRAWALS}/{asked}/approve", json={})
    assert (stale.status_code, problem(stale).code) == (403, "session.stale")
    work(bench)
    assert lane(bench) is Lane.ACTIVE


def test_nobody_approves_what_they_prepared_even_under_another_account(bench: Desk) -> None:
    asked = post(bench.of(Role.REGISTRAR), WITHDRAWALS, REVOCATION)["withdrawal"]
    twin = bench.of(Role.PRINCIPAL, name=NAMES[Role.REGISTRAR])
    response = twin.ask("POST", f"{WITHDRAWALS}/{asked}/approve", json={})
    assert problem(response).code == "approval.same_person"
    work(bench)
    assert lane(bench) is Lane.ACTIVE


def test_returned_or_taken_back_it_is_not_carried_out(bench: Desk) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    asked = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    other = bench.of(Role.PRINCIPAL, school=1002)
    for rest in ("approve", "return"):
        response = other.ask("POST", f"{WITHDRAWALS}/{asked}/{rest}", json={"reason": "a"})
        assert problem(response).code == "withdrawal.unknown"
    post(principal, f"{WITHDRAWALS}/{asked}/return", {"reason": "Sai căn cứ"}, 204)
    (told,) = principal.get(WITHDRAWALS)
    assert (told["state"], told["sent_back"]) == ("returned", "Sai căn cứ")
    response = principal.ask("POST", f"{WITHDRAWALS}/{asked}/approve", json={})
    assert problem(response).code == "withdrawal.state"
    again = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    assert again != asked
    post(registrar, f"{WITHDRAWALS}/{again}/cancel", None, 204)
    work(bench)
    assert lane(bench) is Lane.ACTIVE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ground": "suspend"}, "ground.unknown"),
        ({"ground": None}, "ground.unknown"),
        ({"decision": " "}, "withdrawal.no_decision"),
        ({"lane": "active"}, "withdrawal.impossible"),
        ({"lane": "superseded"}, "request.invalid"),
        ({"decided_on": "mai"}, "date.invalid"),
        ({"decided_on": "01/01/0001"}, "date.invalid"),
        ({"decided_on": "31/12/2199"}, "date.in_future"),
        ({"lane": "suspended", "until": "31/12/9999"}, "date.invalid"),
        ({"decision": "90\u202e/QĐ"}, "text.invisible"),
        ({"reason": "\x01"}, "text.invisible"),
    ],
)
def test_what_cannot_become_of_it_is_refused(
    bench: Desk, change: dict[str, Any], code: str
) -> None:
    response = bench.of(Role.REGISTRAR).ask("POST", WITHDRAWALS, json=REVOCATION | change)
    assert problem(response).code == code
    assert bench.of(Role.REGISTRAR).get(WITHDRAWALS) == []


def test_two_wishes_for_one_credential_do_not_wait_at_once(bench: Desk) -> None:
    registrar = bench.of(Role.REGISTRAR)
    post(registrar, WITHDRAWALS, REVOCATION)
    other = REVOCATION | {"lane": "suspended"}
    response = registrar.ask("POST", WITHDRAWALS, json=other)
    assert problem(response).code == "withdrawal.waiting"


def test_what_was_corrected_meanwhile_is_not_withdrawn_unseen(
    bench: Desk, diploma: Diploma
) -> None:
    registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)
    asked = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    order = post(registrar, CORRECT, CORRECTION)["order"]
    ref = principal.get(f"/api/desk/orders/{order}")["ref"]
    post(principal, f"/api/desk/orders/{order}/approve", {"ref": ref})
    work(bench)
    job = post(principal, f"{WITHDRAWALS}/{asked}/approve")["job"]
    work(bench)
    assert principal.get(f"/api/desk/jobs/{job}")["code"] == "withdrawal.overtaken"
    assert [one.lane for one in diploma.versions()] == [Lane.SUPERSEDED, Lane.ACTIVE]


def test_the_public_list_is_there_for_anybody_and_papers_come_back(bench: Desk) -> None:
    registrar = bench.of(Role.REGISTRAR)
    asked = post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"]
    post(bench.of(Role.PRINCIPAL), f"{WITHDRAWALS}/{asked}/approve")
    work(bench)
    listed = calling(bench.app)("GET", "/api/withdrawn")
    (one,) = listed.json()
    assert (one["register_no"], one["ground"], one["returned"]) == (FIRST, "fraud", False)
    table = calling(bench.app)("GET", "/api/withdrawn.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert FIRST in table.text
    back = LINE | {"version": 1, "on": "20/10/2026"}
    for _ in range(2):
        post(registrar, "/api/desk/withdrawn/returned", back, 204)
    (told,) = registrar.get("/api/desk/withdrawn")
    assert told["returned"] == "2026-10-20"
    assert bench.of(Role.REGISTRAR, school=1002).get("/api/desk/withdrawn") == []


def test_an_officer_works_on_schools_and_on_no_diploma(bench: Desk) -> None:
    officer = bench.of(Role.OFFICER)
    names = {one["code"]: one["name"] for one in officer.get("/api/desk/schools")}
    assert names["79001001"] == "Trường THPT Sông Trăng"
    path = "/api/desk/schools/1001"
    post(officer, f"{path}/terms/end", {"name": "Lê Hoàng Ví Dụ", "last": "31/07/2026"}, 204)
    term = {"name": "Ngô An Nhiên", "title": "Hiệu trưởng", "since": "01/08/2026"}
    post(officer, f"{path}/terms", term, 204)
    post(officer, f"{path}/terms", term, 204)
    void = {
        "name": "Lê Hoàng Ví Dụ", "since": "01/06/2026", "decision": "8/KL",
        "decided_on": "01/09/2026",
    }  # fmt: skip
    signed = post(officer, f"{path}/terms/void", void)
    assert len(signed) == 6
    assert lane(bench) is Lane.ACTIVE
    first, second, *_ = officer.get(path)["terms"]
    assert (first["name"], second["until"], second["void_decision"]) == (
        "Ngô An Nhiên", "31/07/2026", "8/KL",
    )  # fmt: skip
    name = {"name": "Trường THPT Trăng Non", "since": "01/09/2026", "decision": "3/QĐ"}
    post(officer, f"{path}/name", name, 204)
    assert problem(officer.ask("POST", CORRECT, json=CORRECTION)).code == "staff.forbidden"
    assert problem(officer.ask("POST", WITHDRAWALS, json=REVOCATION)).code == "staff.forbidden"


def refusing(error: Exception) -> Callable[..., Any]:
    def refuse(*_: object, **__: object) -> Any:
        raise error

    return refuse


def approved(bench: Desk) -> int:
    asked: int = post(bench.of(Role.REGISTRAR), WITHDRAWALS, REVOCATION)["withdrawal"]
    post(bench.of(Role.PRINCIPAL), f"{WITHDRAWALS}/{asked}/approve")
    return asked


def test_what_the_register_refused_is_told_and_given_up(
    bench: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, registrar = approved(bench), bench.of(Role.REGISTRAR)
    refused = RefusedError("award.terminal", type="thpt-diploma", register_no=FIRST)
    monkeypatch.setattr(type(bench.system.desk), "set_status", refusing(refused))
    early = registrar.ask("POST", f"{WITHDRAWALS}/{asked}/cancel", json={})
    assert problem(early).code == "withdrawal.state", "it may still be carried out"
    work(bench)
    (told,) = registrar.get(WITHDRAWALS)
    assert (told["state"], told["bound"]) == ("approved", False)
    assert "không mở lại được" in told["trouble"]["vi"]
    post(registrar, f"{WITHDRAWALS}/{asked}/cancel", None, 204)
    monkeypatch.undo()
    assert post(registrar, WITHDRAWALS, REVOCATION)["withdrawal"] != asked
    assert lane(bench) is Lane.ACTIVE


def test_what_stopped_half_way_is_gone_on_with_by_any_principal_and_not_given_up(
    bench: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = approved(bench)
    refused = ConfigError("key.cannot_open", name="x")
    monkeypatch.setattr(type(bench.system.ledger), "status_call", refusing(refused))
    work(bench)
    registrar, (told,) = bench.of(Role.REGISTRAR), bench.of(Role.REGISTRAR).get(WITHDRAWALS)
    assert (told["bound"], lane(bench)) == (True, Lane.REVOKED)
    late = registrar.ask("POST", f"{WITHDRAWALS}/{asked}/cancel", json={})
    assert problem(late).code == "withdrawal.state"
    monkeypatch.undo()
    other = bench.of(Role.PRINCIPAL, name="Phạm Thị Phó")
    post(other, f"{WITHDRAWALS}/{asked}/approve")
    work(bench)
    assert registrar.get(WITHDRAWALS) == []
    (act,) = post(registrar, HISTORY, LINE)["asked"]
    assert (act["state"], act["approved_by"]) == ("done", NAMES[Role.PRINCIPAL])
