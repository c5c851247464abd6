"""Claiming and signing in over HTTP: what leads in, and everything that does not."""

from collections.abc import Callable

import pytest

from api.site.delays import FREE, delay
from api.site.guessing import CLAIMS, SIGN_INS, WRONG_CLAIMS
from api.site.limits import PASSWORDS
from credential import claimcode
from credential.errors import RefusedError
from store.account_tables import ACCOUNTS, SESSIONS
from store.accounts import Relation
from store.claims import Confirmation
from tests.accounts.conftest import (
    BINH,
    CHI,
    DUNG,
    LAN,
    NOW,
    NUMBERS,
    PASSWORD,
    Browser,
    Clock,
    Holders,
    Registry,
    SignedIn,
)  # fmt: skip
from tests.web.conftest import problem

BORN = "07/02/2009"
Code = Callable[..., str]
Open = Callable[[], Browser]


def claim(code: str, born: str = BORN) -> dict[str, str]:
    return {"code": code, "born": born}


def account(code: str, name: str = "lan.nguyen", born: str = BORN) -> dict[str, str]:
    return {**claim(code, born), "name": name, "password": PASSWORD}


def sign_in(browser: Browser, name: str = "lan.nguyen", password: str = PASSWORD) -> int:
    given = {"name": name, "password": password}
    return browser.ask("POST", "/api/me/session", json=given).status_code


def test_from_a_slip_to_an_account_and_back_again(browser_of: Open, code: Code) -> None:
    browser, slip = browser_of(), code()
    shown = browser.ask("POST", "/api/me/claim", json=claim(slip))
    assert shown.json() == {"pupil_name": "Nguyễn Thị Lan", "relation": "self"}
    assert browser.look() == {"signed_in": False, "csrf": "", "provider": False}
    assert browser.ask("POST", "/api/me/account", json=account(slip)).status_code == 204
    assert browser.look()["signed_in"]
    held = browser.ask("GET", "/api/me").json()
    assert [(each["pupil"], each["relation"]) for each in held["holdings"]] == [(LAN, "self")]
    assert held["name"] == "lan.nguyen"
    assert browser.ask("DELETE", "/api/me/session").status_code == 204
    assert browser.token is None
    assert not browser.look()["signed_in"]
    assert sign_in(browser, " Lan.Nguyen ") == 204
    assert browser.look()["signed_in"]


def test_a_code_may_be_typed_as_people_type(browser_of: Open, code: Code) -> None:
    slip = code()
    typed = " ".join(slip[at : at + 4] for at in range(0, 20, 4)).lower().replace("0", "o")
    found = browser_of().ask("POST", "/api/me/claim", json=claim(typed, "2009-02-07"))
    assert found.status_code == 200


def test_codes_birth_dates_and_nothing_have_one_answer(
    browser_of: Open, code: Code, clock: Clock, holders: Holders, registry: Registry
) -> None:
    unknown, used, mine = "0" * 20, code(CHI), code()
    holders.claiming.claims.find(b"")
    assert browser_of().ask(
        "POST", "/api/me/account", json=account(used, "chi.le", "29/05/2008")
    ).status_code == 204  # fmt: skip
    late = code(BINH, Relation.GUARDIAN, seconds=5)
    unclaimed = code(DUNG)
    del registry.known[DUNG]
    clock.now += 5
    asked = {
        "nobody's code": claim(unknown),
        "another's birth date": claim(mine, "08/02/2009"),
        "the year alone": claim(mine, "2009"),
        "used": claim(used, "29/05/2008"),
        "expired": claim(late, "01/06/2020"),
        "nobody knows the birth date": claim(unclaimed, "2008"),
    }
    answers = {
        case: browser_of().ask("POST", "/api/me/claim", json=given) for case, given in asked.items()
    }
    assert {case: answer.status_code for case, answer in answers.items()} == dict.fromkeys(
        asked, 404
    )
    assert len({answer.content for answer in answers.values()}) == 1
    assert problem(answers["used"]).code == "claim_code.unknown"


def test_what_the_slip_asks_for_confirms_its_code_and_nothing_else_does(
    browser_of: Open, code: Code, registry: Registry
) -> None:
    number, birth, of_binh = NUMBERS[LAN], {"born": BORN}, NUMBERS[BINH]
    by_number = code(confirmation=Confirmation.PERSONAL_NO)
    by_birth, unnumbered = code(BINH), code(DUNG, confirmation=Confirmation.PERSONAL_NO)
    refused = {
        "the birth date, where the number is asked for": {"code": by_number, **birth},
        "another pupil's number": {"code": by_number, "personal_no": of_binh},
        "a number that nobody has": {"code": by_number, "personal_no": number[:-1] + "7"},
        "the right number with nobody's code": {"code": "0" * 20, "personal_no": number},
        "the right number, where the birth date is asked for":
            {"code": by_birth, "personal_no": of_binh},
        "a pupil without a number": {"code": unnumbered, "personal_no": number},
        "the birth date of a pupil without a number": {"code": unnumbered, "born": "2008"},
    }  # fmt: skip
    answers = [browser_of().ask("POST", "/api/me/claim", json=given) for given in refused.values()]
    assert [answer.status_code for answer in answers] == [404] * len(refused)
    assert len({answer.content for answer in answers}) == 1
    malformed = {
        "both": {"code": by_number, "personal_no": number, **birth},
        "neither": {"code": by_number},
        "the number alone": {"personal_no": number},
        "too few digits": {"code": by_number, "personal_no": number[:-1]},
        "letters": {"code": by_number, "personal_no": "07930912345x"},
    }
    for given in malformed.values():
        answer = browser_of().ask("POST", "/api/me/claim", json=given)
        assert answer.status_code == 422
        assert number[3:10] not in answer.text
    weak = account(by_number) | {"born": "", "personal_no": number, "password": f"{number}!"}
    told = browser_of().ask("POST", "/api/me/account", json=weak)
    assert problem(told).code == "password.about_you"
    mine = browser_of()
    grouped = weak | {"personal_no": "079 309 123 456", "password": PASSWORD}
    assert mine.ask("POST", "/api/me/account", json=grouped).status_code == 204
    guardians = code(BINH, Relation.GUARDIAN, confirmation=Confirmation.PERSONAL_NO)
    mine.look()
    more = {"code": guardians, "personal_no": of_binh}
    assert mine.ask("POST", "/api/me/holdings", json=more).status_code == 204


def test_a_birth_known_by_its_year_is_shown_with_any_day(browser_of: Open, code: Code) -> None:
    slip = code(DUNG)
    for born, status in (("2008", 200), ("31/12/2008", 200), ("01/01/2009", 404)):
        found = browser_of().ask("POST", "/api/me/claim", json=claim(slip, born))
        assert found.status_code == status


def test_a_guardians_code_is_none_when_the_pupil_is_of_age(browser_of: Open, code: Code) -> None:
    given = claim(code(CHI, Relation.GUARDIAN), "29/05/2008")
    assert browser_of().ask("POST", "/api/me/claim", json=given).status_code == 404


MALFORMED = {
    "too short": ("0000 0000", 422, "claim_code.malformed"),
    "a look-up code": ("0000 0000 0000 0000", 422, "claim_code.malformed"),
    "a mistyped character": ("0000 0000 0000 0000 0001", 422, "claim_code.check"),
    "no letters of it": ("ÀÁ" * 10, 422, "claim_code.malformed"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_mistyped_code_is_told_before_it_is_looked_for(case: str, browser_of: Open) -> None:
    typed, status, told = MALFORMED[case]
    found = browser_of().ask("POST", "/api/me/claim", json=claim(typed))
    assert (found.status_code, problem(found).code) == (status, told)


def test_a_name_that_is_taken_or_a_weak_password_uses_no_code_up(
    browser_of: Open, code: Code, signed_in: SignedIn
) -> None:
    signed_in("lan.nguyen")
    slip = code(BINH, Relation.GUARDIAN)
    tried = {
        "account.name_taken": account(slip, "Lan.Nguyen", "01/06/2020"),
        "account.name": account(slip, "Lan Nguyen", "01/06/2020"),
        "password.short": account(slip, "ba.binh", "01/06/2020") | {"password": "meo"},
        "password.about_you": account(slip, "ba.binh", "01/06/2020") | {"password": "01/06/2020!"},
    }
    for told, given in tried.items():
        assert problem(browser_of().ask("POST", "/api/me/account", json=given)).code == told
    last = account(slip, "ba.binh", "01/06/2020")
    assert browser_of().ask("POST", "/api/me/account", json=last).status_code == 204


def test_wrong_codes_are_counted_for_their_address(browser_of: Open, code: Code) -> None:
    right = code()
    for number in range(CLAIMS):
        wrong = claim(claimcode.encode(number.to_bytes(12, "big")))
        assert browser_of().ask("POST", "/api/me/claim", json=wrong).status_code == 404
    refused = browser_of().ask("POST", "/api/me/claim", json=claim(right))
    assert (refused.status_code, problem(refused).code) == (429, "request.too_many")
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("confirmation", Confirmation)
def test_what_confirms_a_code_is_guessed_at_ten_times_a_day(
    confirmation: Confirmation, browser_of: Open, code: Code, limits_clock: Clock
) -> None:
    """Birth dates and numbers count together, so one does not add to the guesses at the other."""
    slip = code(confirmation=confirmation)
    for number in range(WRONG_CLAIMS):
        limits_clock.now += 200  # slowly, so that the address may go on
        wrong = {"code": slip, "personal_no": f"07930900000{number}"}
        given = wrong if number % 2 else claim(slip, "01/01/2009")
        assert browser_of().ask("POST", "/api/me/claim", json=given).status_code == 404
    right = {"code": slip, "personal_no": NUMBERS[LAN]}
    for given in (claim(slip), right):
        assert browser_of().ask("POST", "/api/me/claim", json=given).status_code == 429
    other = claim(code(DUNG), "2008")
    assert browser_of().ask("POST", "/api/me/claim", json=other).status_code == 200


def test_an_unknown_name_and_a_wrong_password_have_one_answer(
    browser_of: Open, signed_in: SignedIn
) -> None:
    signed_in("lan.nguyen")
    answers = [
        browser_of().ask("POST", "/api/me/session", json={"name": name, "password": "x" * 12})
        for name in ("lan.nguyen", "nobody.here", "không phải tên", "x")
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert problem(answers[0]).code == "password.wrong"
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Session"}


def test_each_sign_in_has_a_token_of_its_own(browser_of: Open, signed_in: SignedIn) -> None:
    """A token that was there before, whoever put it there, is none afterwards."""
    first = signed_in("lan.nguyen")
    before = first.token
    assert sign_in(first) == 204
    assert first.token != before
    old = browser_of()
    old.cookies = {"__Host-sogoc": str(before)}
    assert not old.look()["signed_in"]
    planted = browser_of()
    planted.cookies = {"__Host-sogoc": "A" * 43}
    assert sign_in(planted) == 204
    assert planted.token != "A" * 43


def test_only_digests_of_tokens_are_kept(signed_in: SignedIn, holders: Holders) -> None:
    browser = signed_in("lan.nguyen")
    with holders.accounts._database.reading() as connection:
        rows = [*connection.execute(SESSIONS.select()), *connection.execute(ACCOUNTS.select())]
    kept = repr([tuple(row) for row in rows])
    for secret in (*browser.cookies.values(), PASSWORD, str(browser.csrf)):
        assert secret not in kept


def test_cookies_are_this_hosts_alone(browser_of: Open, code: Code) -> None:
    response = browser_of().ask("POST", "/api/me/account", json=account(code()))
    for each in response.headers.get_list("set-cookie"):
        assert each.startswith("__Host-sogoc")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(each.split("; "))


@pytest.fixture
def hashed(holders: Holders, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were worked on."""
    found, work = [], holders.passwords.hash

    async def hash_(password: str) -> str:
        found.append(password)
        return await work(password)

    monkeypatch.setattr(holders.passwords, "hash", hash_)
    return found


def test_one_slip_buys_no_endless_work_and_no_list_of_login_names(
    browser_of: Open, signed_in: SignedIn, code: Code, limits_clock: Clock, hashed: list[str]
) -> None:
    signed_in("lan.nguyen")
    slip, hashed[:] = code(BINH, Relation.GUARDIAN), []
    taken = account(slip, "lan.nguyen", "01/06/2020")
    told = [
        problem(browser_of().ask("POST", "/api/me/account", json=taken)).code
        for _ in range(PASSWORDS + 1)
    ]
    assert told == ["account.name_taken"] * PASSWORDS + ["request.too_many"]
    assert hashed == [], "a name that is taken is told before the work"
    limits_clock.now += 3600
    free = taken | {"name": "ba.binh"}
    assert browser_of().ask("POST", "/api/me/account", json=free).status_code == 204


def test_a_session_buys_no_endless_work_and_no_list_of_login_names(
    signed_in: SignedIn, hashed: list[str]
) -> None:
    signed_in("ba.binh", BINH, Relation.GUARDIAN)
    mine, hashed[:] = signed_in("lan.nguyen"), []
    new = {"name": "ba.binh", "password": PASSWORD, "current": PASSWORD}
    told = [mine.ask("PUT", "/api/me/password", json=new) for _ in range(PASSWORDS + 1)]
    assert [answer.status_code for answer in told] == [409] * PASSWORDS + [429]
    assert hashed == []


def test_a_password_is_tried_more_and_more_slowly(
    browser_of: Open, signed_in: SignedIn, limits_clock: Clock
) -> None:
    signed_in("lan.nguyen")
    stranger = browser_of()
    for _ in range(FREE):
        assert sign_in(stranger, password="x" * 12) == 401
    assert sign_in(stranger) == 429
    limits_clock.now += 30
    assert sign_in(stranger, password="x" * 12) == 401
    limits_clock.now += 59
    assert sign_in(stranger) == 429
    limits_clock.now += 1
    assert sign_in(stranger) == 204
    assert [delay(count) for count in (4, 5, 6, 7, 12, 99)] == [0, 30, 60, 120, 3600, 3600]


def test_whoever_guesses_keeps_nobody_out_who_has_been_here(
    browser_of: Open, signed_in: SignedIn, limits_clock: Clock
) -> None:
    """Guesses from everywhere, for days: a browser that signed in before still does."""
    mine = signed_in("lan.nguyen")
    for _ in range(130):
        limits_clock.now += 600
        sign_in(browser_of(), password="x" * 12)
    assert mine.ask("DELETE", "/api/me/session").status_code == 204
    assert sign_in(browser_of()) == 429
    assert sign_in(mine) == 204


def test_wrong_passwords_are_counted_for_their_address(browser_of: Open) -> None:
    for number in range(SIGN_INS):
        assert sign_in(browser_of(), f"name{number}") == 401
    assert sign_in(browser_of(), "another.name") == 429


def test_a_session_ends_when_it_is_not_used(signed_in: SignedIn, clock: Clock) -> None:
    browser = signed_in("lan.nguyen")
    clock.now += 30 * 60
    assert browser.ask("GET", "/api/me").status_code == 401
    assert not browser.look()["signed_in"]


def test_signed_out_everywhere(browser_of: Open, signed_in: SignedIn) -> None:
    here, there = signed_in("lan.nguyen"), browser_of()
    assert sign_in(there) == 204
    sessions = here.ask("GET", "/api/me").json()["sessions"]
    assert sorted((each["way"], each["here"]) for each in sessions) == [
        ("claim", True), ("password", False),
    ]  # fmt: skip
    assert here.ask("DELETE", "/api/me/sessions").status_code == 204
    assert not here.look()["signed_in"]
    assert not there.look()["signed_in"]


def test_one_other_place_is_signed_out(browser_of: Open, signed_in: SignedIn) -> None:
    here, there = signed_in("lan.nguyen"), browser_of()
    there.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"
    assert sign_in(there) == 204
    (other,) = (one for one in here.ask("GET", "/api/me").json()["sessions"] if not one["here"])
    assert other["device"] == "Firefox · Linux"
    assert here.ask("DELETE", f"/api/me/sessions/{other['id']}").status_code == 204
    assert here.look()["signed_in"]
    assert not there.look()["signed_in"]


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(
    browser_of: Open, signed_in: SignedIn
) -> None:
    here, there = signed_in("lan.nguyen"), browser_of()
    assert sign_in(there) == 204
    new = {"name": "lan.moi", "password": "mưa rơi trên mái tôn"}
    refused = here.ask("PUT", "/api/me/password", json=new)
    assert problem(refused).code == "password.wrong"
    before = here.token
    assert here.ask("PUT", "/api/me/password", json={**new, "current": PASSWORD}).status_code == 204
    assert here.token != before
    assert here.look()["signed_in"]
    assert not there.look()["signed_in"]
    assert sign_in(there) == 401
    assert sign_in(there, "lan.moi", new["password"]) == 204


def test_a_second_child_is_claimed_by_whoever_is_signed_in(signed_in: SignedIn, code: Code) -> None:
    parent = signed_in("ba.lan", LAN, Relation.GUARDIAN)
    given = claim(code(BINH, Relation.GUARDIAN), "01/06/2020")
    assert parent.ask("POST", "/api/me/holdings", json=given).status_code == 204
    held = parent.ask("GET", "/api/me").json()["holdings"]
    assert [each["name"] for each in held] == ["Nguyễn Thị Lan", "Trần Văn Bình"]


def test_a_pupils_own_new_code_replaces_a_lost_account(signed_in: SignedIn) -> None:
    lost, found = signed_in("lan.cu"), signed_in("lan.moi")
    assert not lost.look()["signed_in"]
    assert found.ask("GET", "/api/me").json()["holdings"]


def test_claims_race_for_one_code(holders: Holders, code: Code) -> None:
    from store.accounts import Password  # noqa: PLC0415

    slip = holders.claiming.find(code(), holders.people.holders([LAN])[LAN].birth)
    first = holders.accounts.claim(slip.digest, Password("first", "x"))
    with pytest.raises(RefusedError, match=r"claim_code\.unknown"):
        holders.accounts.claim(slip.digest, Password("second", "x"))
    assert holders.accounts.holders(LAN) == [(first, Relation.SELF)]
    assert NOW
