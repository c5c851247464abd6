"""Signing in to the workbench: password, second factor, recovery, and what a session is worth."""

import asyncio
from typing import Any

import pyotp
import pytest
from sqlalchemy import select, update

from api import assembly
from api.accounts.passwords import Passwords
from api.desk.policy import Role
from api.site.delays import FREE
from api.site.guessing import WRONG_CLAIMS
from credential import claimcode
from store.account_tables import SESSIONS, TRIES
from store.accounts import Password
from store.factors import Factors
from store.sessions import FRESH, IDLE, LONGEST
from store.staff import INITIAL, Staff
from store.staff_tables import RECOVERY_CODES, STAFF
from store.tables import AUDIT
from tests.web.conftest import problem
from tests.workbench import COOKIE, PASSWORD, Desk, Worker

SESSION, ME = "/api/desk/session", "/api/desk/me"
FIRST, OWN = "0a1b-2c3d-4e5f-6071-8293", "bảy con vịt trời bay"
_FIRST = asyncio.run(Passwords().hash(FIRST))


def answer(worker: Worker, method: str, path: str, **body: Any) -> tuple[int, str]:
    response = worker.ask(method, path, **({"json": body} if body else {}))
    return response.status_code, problem(response).code if response.status_code >= 400 else ""


def enter(worker: Worker, code: str = "", password: str = PASSWORD) -> tuple[int, str]:
    given = {"name": worker.login, "password": password, "code": code}
    return answer(worker, "POST", SESSION, **given)


def newcomer(desk: Desk) -> Worker:
    """Somebody who was given an initial password."""
    way = Password("nguoi.moi", _FIRST)
    Staff(desk.system.store_database).add(way, "Vũ Thị Mới", "registrar", 1001, "operator")
    return Worker(desk.app, "nguoi.moi")


def acts(desk: Desk) -> list[str]:
    with desk.system.store_database.reading() as connection:
        return list(connection.scalars(select(AUDIT.c.act).order_by(AUDIT.c.seq)))


def changed(desk: Desk, **values: Any) -> None:
    """Make all sessions older, as time would."""
    with desk.system.store_database.writing() as connection:
        for name, away in values.items():
            column = SESSIONS.c[name]
            connection.execute(update(SESSIONS).values({name: column - away}))


def test_who_is_signed_in(desk: Desk) -> None:
    told = desk.person(Role.REGISTRAR).sign_in().get(SESSION)
    member = told["member"]
    assert (member["name"], member["role"], member["school"]) == (
        "Lê Thị Văn Thư", "registrar", 1001,
    )  # fmt: skip
    assert member["school_name"]
    assert "prepare" in member["acts"]
    assert "approve" not in member["acts"]
    assert (told["missing"], told["proof"]) == (None, "code")
    assert "staff.signed_in" in acts(desk)


def test_a_code_is_asked_for_only_of_whose_password_is_right(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    assert enter(worker, password="sai mật khẩu") == (401, "password.wrong")
    assert enter(worker) == (401, "staff.code_needed")
    assert COOKIE not in worker.cookies
    assert enter(worker, "000000x") == (401, "staff.code_wrong")
    assert enter(worker, worker.code) == (204, "")
    assert acts(desk)[-3:] == ["staff.refused", "staff.refused", "staff.signed_in"]


def test_a_name_that_nobody_has_and_a_wrong_password_give_one_answer(desk: Desk) -> None:
    known, nobody = desk.person(Role.AUDITOR), Worker(desk.app, "khong.co.ai")
    wrong = [
        each.ask("POST", SESSION, json={"name": each.login, "password": "sai mật khẩu"}).content
        for each in (known, nobody)
    ]
    assert wrong[0] == wrong[1]
    assert acts(desk)[-2:] == ["staff.refused"] * 2, "noted, so that both take as long"


def test_a_code_serves_once_and_so_do_all_before_it(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    earlier, now = worker.code, worker.code
    assert enter(worker, now) == (204, "")
    for used in (now, earlier):
        assert enter(Worker(desk.app, worker.login), used) == (401, "staff.code_wrong")


def test_another_persons_code_is_none(desk: Desk) -> None:
    worker, other = desk.person(Role.PRINCIPAL), desk.person(Role.PRINCIPAL)
    assert enter(worker, other.code) == (401, "staff.code_wrong")


def test_guessing_codes_is_slowed_down(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    given = [enter(worker, f"{number:06d}") for number in range(FREE)]
    assert given == [(401, "staff.code_wrong")] * FREE
    assert enter(worker, worker.code) == (429, "request.too_many")
    assert enter(Worker(desk.app, desk.person(Role.PRINCIPAL).login))[1] == "staff.code_needed"


def test_wrong_answers_count_in_all_processes_and_over_a_restart(desk: Desk) -> None:
    worker, another = desk.person(Role.PRINCIPAL), desk.person(Role.PRINCIPAL)
    sites = [assembly.site(desk.system) for _ in range(FREE)]
    for site in sites:
        assert enter(Worker(site, worker.login), "000000")[0] == 401
    worker.app = assembly.site(desk.system)  # as after a restart
    assert enter(worker, worker.code) == (429, "request.too_many")
    assert enter(another, another.code) == (204, "")
    with desk.system.store_database.reading() as connection:
        rows = connection.execute(select(TRIES.c.kind, TRIES.c.wrong)).all()
    assert sorted(rows) == [("address", 0), ("name", 0), ("name at a place", FREE)]


def test_wrong_claim_codes_count_in_all_processes(desk: Desk) -> None:
    sites = [assembly.site(desk.system) for _ in range(2)]
    given = {"code": claimcode.encode(bytes(claimcode.RANDOM_BYTES)), "born": "07/02/2009"}
    path, tries = "/api/me/claim", sites * (WRONG_CLAIMS // 2 + 1)
    told = [answer(Worker(site, ""), "POST", path, **given) for site in tries]
    assert told[:WRONG_CLAIMS] == [(404, "claim_code.unknown")] * WRONG_CLAIMS
    assert told[WRONG_CLAIMS:] == [(429, "request.too_many")] * 2


def test_a_newcomer_sets_password_and_factor_and_then_works(desk: Desk) -> None:
    worker = newcomer(desk)
    assert enter(worker, password=FIRST) == (204, "")
    told = worker.get(SESSION)
    worker.csrf = told["csrf"]
    assert told["missing"] == "staff.own_password"
    assert answer(worker, "GET", "/api/desk/jobs/1") == (403, "staff.own_password")
    set_to = {"current": FIRST, "password": OWN}
    assert answer(worker, "PUT", f"{ME}/password", **set_to) == (204, "")
    told = worker.get(SESSION)
    worker.csrf = told["csrf"]
    assert told["missing"] == "staff.second_factor"
    assert answer(worker, "GET", "/api/desk/jobs/1") == (403, "staff.second_factor")
    offer = worker.ask("POST", f"{ME}/factor").json()
    totp = pyotp.parse_uri(offer["uri"])
    assert isinstance(totp, pyotp.TOTP)
    assert (totp.secret, totp.issuer, totp.name) == (offer["secret"], "Sổ Gốc", "nguoi.moi")
    wrong = {"sealed": offer["sealed"], "code": "12"}
    assert answer(worker, "PUT", f"{ME}/factor", **wrong) == (401, "staff.code_wrong")
    first = {"sealed": offer["sealed"], "code": totp.now()}
    codes = worker.ask("PUT", f"{ME}/factor", json=first).json()["codes"]
    told = worker.get(SESSION)
    assert (told["missing"], told["proof"]) == (None, "code")
    assert len(set(codes)) == 10
    assert enter(Worker(desk.app, "nguoi.moi"), password=FIRST) == (401, "password.wrong")
    assert enter(Worker(desk.app, "nguoi.moi"), first["code"], OWN) == (401, "staff.code_wrong")
    assert enter(Worker(desk.app, "nguoi.moi"), codes[0].upper(), OWN) == (204, "")
    assert enter(Worker(desk.app, "nguoi.moi"), codes[0], OWN) == (401, "staff.code_wrong")
    assert acts(desk).count("staff.recovered") == 1


def test_an_initial_password_is_none_after_a_week(desk: Desk) -> None:
    worker = newcomer(desk)
    with desk.system.store_database.writing() as connection:
        connection.execute(update(STAFF).values(initial=STAFF.c.initial - INITIAL))
    assert enter(worker, password=FIRST) == (403, "staff.initial_over")


def test_an_offer_made_to_somebody_else_is_no_offer(desk: Desk) -> None:
    mine, other = desk.of(Role.PRINCIPAL), desk.of(Role.PRINCIPAL)
    offer = other.ask("POST", f"{ME}/factor").json()
    given = {"sealed": offer["sealed"], "code": pyotp.TOTP(offer["secret"]).now()}
    assert answer(mine, "PUT", f"{ME}/factor", **given) == (401, "staff.code_wrong")


def test_nothing_at_rest_makes_a_code_without_the_key(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    raw = pyotp.TOTP(worker.secret).byte_secret()
    with desk.system.store_database.reading() as connection:
        kept = list(connection.scalars(select(STAFF.c.totp)))
        recovery = list(connection.scalars(select(RECOVERY_CODES.c.digest)))
    assert kept
    assert all(raw not in each and worker.secret.encode() not in each for each in kept)
    assert all(len(each) in (20, 32) for each in recovery)
    desk.system.settings.staff_key.unlink()
    assert enter(worker, worker.code)[0] == 500
    assert COOKIE not in worker.cookies


NEW_TOKENS = {
    "signing in again": lambda worker: enter(worker, worker.code),
    "showing again who one is": lambda worker: answer(
        worker, "POST", f"{SESSION}/proof", code=worker.code
    ),
    "a new password": lambda worker: answer(
        worker, "PUT", f"{ME}/password", current=PASSWORD, password=OWN
    ),
}


@pytest.mark.parametrize("case", NEW_TOKENS)
def test_whoever_shows_who_they_are_gets_a_new_token(case: str, desk: Desk) -> None:
    worker = desk.of(Role.PRINCIPAL)
    before = Worker(desk.app, worker.login, cookies=dict(worker.cookies))
    assert NEW_TOKENS[case](worker) == (204, "")
    assert worker.cookies[COOKIE] != before.cookies[COOKIE]
    assert worker.get(SESSION)["signed_in"] is True
    assert before.get(SESSION)["signed_in"] is False


def test_a_token_of_the_browsers_own_choice_is_no_session(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    worker.cookies[COOKIE] = chosen = "A" * 43
    assert enter(worker, worker.code) == (204, "")
    assert worker.cookies[COOKIE] != chosen
    thief = Worker(desk.app, worker.login, cookies={COOKIE: chosen})
    assert thief.get(SESSION)["signed_in"] is False


OVER = {"not used for half an hour": {"seen": IDLE}, "a day's work long": {"created": LONGEST}}


@pytest.mark.parametrize("case", OVER)
def test_a_session_ends_by_itself(case: str, desk: Desk) -> None:
    worker = desk.of(Role.PRINCIPAL)
    changed(desk, **OVER[case])
    assert answer(worker, "GET", ME) == (401, "session.none")


def test_a_proof_makes_a_session_fresh_and_no_longer(desk: Desk) -> None:
    worker = desk.of(Role.PRINCIPAL)
    changed(desk, proven=FRESH, created=FRESH)
    person = {"login": "moi.them", "name": "Vũ Thị Mới", "role": "registrar"}
    assert answer(worker, "POST", "/api/desk/staff", **person) == (403, "session.stale")
    wrong = answer(worker, "POST", f"{SESSION}/proof", password=PASSWORD)
    assert wrong == (401, "staff.code_wrong")
    assert answer(worker, "POST", f"{SESSION}/proof", code=worker.code) == (204, "")
    worker.csrf = worker.get(SESSION)["csrf"]
    assert answer(worker, "POST", "/api/desk/staff", **person) == (200, "")
    changed(desk, created=LONGEST - FRESH)
    assert answer(worker, "GET", ME) == (401, "session.none")


def test_what_ends_with_somebodys_work(desk: Desk) -> None:
    worker = desk.of(Role.REGISTRAR)
    people = Staff(desk.system.store_database)
    found = people.named(worker.login)
    assert found
    people.end(found[0].account, "operator")
    assert worker.get(SESSION)["signed_in"] is False
    assert enter(worker, worker.code) == (401, "password.wrong")
    assert Factors(desk.system.store_database).sealed(found[0].account) is None


def test_staff_are_nobody_on_the_holders_page(desk: Desk) -> None:
    worker = desk.person(Role.PRINCIPAL)
    given = {"name": worker.login, "password": PASSWORD}
    assert answer(worker, "POST", "/api/me/session", **given) == (401, "password.wrong")
    entered = desk.entered(worker)
    entered.cookies = {"__Host-sogoc": entered.cookies[COOKIE]}
    assert answer(entered, "GET", "/api/me") == (401, "session.none")


def test_signing_out_elsewhere_and_everywhere(desk: Desk) -> None:
    here = desk.person(Role.OFFICER)
    there = desk.entered(Worker(desk.app, here.login))
    desk.entered(here)
    other = next(each["id"] for each in here.get(ME)["sessions"] if not each["here"])
    assert answer(here, "DELETE", f"{ME}/sessions/{other}") == (204, "")
    assert there.get(SESSION)["signed_in"] is False
    assert answer(here, "DELETE", f"{ME}/sessions") == (204, "")
    assert here.get(SESSION)["signed_in"] is False


POOR = {
    "too short": ("vịt", "password.short"),
    "everybody's": ("qwertyuiop", "password.common"),
    "with the login name": ("{login}2026", "password.about_you"),
    "the old one": (PASSWORD, "staff.same_password"),
}


@pytest.mark.parametrize("case", POOR)
def test_poor_passwords(case: str, desk: Desk) -> None:
    worker = desk.of(Role.AUDITOR)
    password, code = POOR[case]
    given = {"current": PASSWORD, "password": password.format(login=worker.login)}
    assert answer(worker, "PUT", f"{ME}/password", **given)[1] == code
