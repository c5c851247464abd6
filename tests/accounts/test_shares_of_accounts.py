"""Sharing by who is really signed in: sessions, consent by age, guardians, the log of extracts."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from api.sharing import Sharing
from api.site.app import Parts, create_app
from api.site.limits import Limits
from api.site.pages import Site
from credential.dates import PartialDate
from credential.keys import b64url
from credential.model import Credential
from database.connections import Database
from store.accounts import Relation
from store.shares import Shares
from tests.accounts.conftest import (
    BINH,
    CHI,
    LAN,
    PUPILS,
    Browser,
    Clock,
    Holders,
    Registry,
    SignedIn,
)
from tests.sharing.conftest import ASK, OPEN, SHARES, WITHDRAW
from tests.sharing.sealing import Link
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, World, transcript

Issue = Callable[[str, Credential], str]


@pytest.fixture
def call(holders: Holders, database: Database, clock: Clock, limits_clock: Clock) -> Iterator[Call]:
    world = World()
    verifier = world.verifier()
    sharing = Sharing.over(Shares(database, clock), holders)
    sharing._clock = clock
    parts = Parts(
        verifier, world, world.readiness, holders=holders, sharing=sharing,
        limits=Limits(clock=limits_clock),
    )  # fmt: skip
    yield calling(create_app(parts, Site(world.deployment, HOST)))
    verifier.close()


def body(link: Link, credential: str, pupil: str) -> dict[str, Any]:
    school, seq, index = map(int, credential.split("-"))
    return {
        "id": b64url(link.id), "pupil": pupil, "school": school, "seq": seq, "index": index,
        "capability": b64url(hashlib.sha256(link.capability).digest()),
        "content": b64url(link.seal(["text"])), "note": b64url(bytes(40)), "days": 7, "views": 3,
    }  # fmt: skip


def shared(browser: Browser, link: Link, credential: str, pupil: str) -> str:
    response = browser.ask("POST", SHARES, json=body(link, credential, pupil))
    return "" if response.status_code == 200 else problem(response).code


def opened(call: Call, link: Link) -> str:
    given = {"id": b64url(link.id), "capability": b64url(link.capability)}
    response = call("POST", OPEN, json={**given, "opening": b64url(Link().id)})
    return "" if response.status_code == 200 else problem(response).code


def consented(browser: Browser, pupil: str, *, given: bool = True) -> None:
    said = {"pupil": pupil, "given": given, "wording": "2026-11"}
    assert browser.ask("POST", "/api/me/consents", json=said).status_code == 204


ROUTES = {
    "list": ("GET", SHARES, None),
    "share": ("POST", SHARES, body(Link(bytes(16), bytes(32)), "7-0-0", LAN)),
    "withdraw": ("POST", WITHDRAW, {"id": b64url(bytes(16))}),
}


@pytest.mark.parametrize("route", ROUTES)
def test_nobody_shares_or_sees_shares_without_a_session(
    route: str, browser_of: Callable[[], Browser]
) -> None:
    method, path, given = ROUTES[route]
    response = browser_of().ask(method, path, json=given)
    assert (response.status_code, problem(response).code) == (401, "session.none")


@pytest.mark.parametrize("route", ["share", "withdraw"])
def test_another_sites_page_and_a_forged_write_are_refused(route: str, signed_in: SignedIn) -> None:
    browser = signed_in("lan.nguyen")
    _, path, given = ROUTES[route]
    browser.csrf = "x" * 43
    assert problem(browser.ask("POST", path, json=given)).code == "session.csrf"
    browser.headers["Sec-Fetch-Site"] = "cross-site"
    assert problem(browser.ask("POST", path, json=given)).code == "session.foreign"


def test_at_seventeen_both_consent_first_and_either_ends_it_at_once(
    signed_in: SignedIn, issue: Issue, call: Call
) -> None:
    credential = issue(LAN, transcript(0, "Nguyễn Thị Lan"))
    lan, mother = signed_in("lan.nguyen"), signed_in("me.lan", LAN, Relation.GUARDIAN)
    link = Link()
    assert shared(lan, link, credential, LAN) == "consent.missing"
    consented(lan, LAN)
    assert shared(lan, link, credential, LAN) == "consent.missing"
    consented(mother, LAN)
    assert shared(lan, link, credential, LAN) == ""
    assert opened(call, link) == ""
    consented(mother, LAN, given=False)
    assert opened(call, link) == "share.closed"
    consented(mother, LAN)
    assert opened(call, link) == ""
    told = [each["own"] for each in mother.ask("GET", SHARES).json()["shares"]]
    assert told == [False]
    assert mother.ask("POST", WITHDRAW, json={"id": b64url(link.id)}).status_code == 200
    assert opened(call, link) == "share.withdrawn"


def test_a_small_childs_guardian_consents_alone(signed_in: SignedIn, issue: Issue) -> None:
    credential = issue(BINH, transcript(1, "Trần Văn Bình"))
    father = signed_in("bo.binh", BINH, Relation.GUARDIAN)
    assert shared(father, Link(), credential, BINH) == "consent.missing"
    consented(father, BINH)
    assert shared(father, Link(), credential, BINH) == ""


def test_from_eighteen_the_guardian_has_no_say_and_sees_nothing(
    signed_in: SignedIn, issue: Issue, call: Call, registry: Registry
) -> None:
    credential = issue(LAN, transcript(2, "Nguyễn Thị Lan"))
    lan, father = signed_in("lan.nguyen"), signed_in("bo.lan", LAN, Relation.GUARDIAN)
    for each in (lan, father):
        consented(each, LAN)
    fathers, link = Link(), Link()
    assert shared(father, fathers, credential, LAN) == ""
    registry.known[LAN] = (PUPILS[LAN][0], PartialDate(2008, 5, 29))
    assert opened(call, fathers) == "share.closed"
    assert shared(lan, link, credential, LAN) == ""
    assert shared(father, Link(), credential, LAN) == "credential.unknown"
    assert father.ask("GET", SHARES).json() == {"shares": []}
    withdrawal = father.ask("POST", WITHDRAW, json={"id": b64url(link.id)})
    assert problem(withdrawal).code == "share.unknown"
    assert opened(call, link) == ""


def test_each_share_and_each_opening_stands_in_the_log_of_extracts(
    signed_in: SignedIn, issue: Issue, call: Call, holders: Holders
) -> None:
    credential = issue(CHI, transcript(2, "Lê Thị Chi"))
    chi, link = signed_in("chi.le", CHI), Link()
    consented(chi, CHI)
    shared(chi, link, credential, CHI)
    given = {"id": b64url(link.id), "capability": b64url(link.capability)}
    call("POST", ASK, json=given)
    opened(call, link)
    opened(call, Link(link.id))
    noted = holders.extracts.of(CHI)
    assert [(each.kind.value, each.to) for each in noted] == [
        ("share", f"share:{link.id[:4].hex()}")
    ] * 2
