"""Every route of the holder's page, asked by everybody who must not get what it gives."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from fastapi.routing import APIRoute

from api.accounts.consenting import WORDING
from credential.model import Credential
from database.connections import Database
from store.accounts import Relation
from store.schema import STORE
from tests.accounts.conftest import (
    BINH,
    LAN,
    PUPILS,
    Browser,
    Clock,
    Holders,
    Registry,
    SignedIn,
    called,
    claim_code,
    holders_over,
    issue_to,
    sign_up,
)
from tests.databases import migrated
from tests.web.conftest import Call, problem
from tests.web.simulator import diploma, key_from

PUBLIC = key_from(5).public.raw


def jwk(raw: bytes = PUBLIC) -> dict[str, str]:
    from credential.keys import b64url  # noqa: PLC0415

    return {"kty": "EC", "crv": "P-256", "x": b64url(raw[1:33]), "y": b64url(raw[33:])}


NEW = {"name": "ten.khac", "password": "mưa rơi trên mái tôn"}
ROUTES: dict[str, tuple[str, str, dict[str, object] | None]] = {
    "me": ("GET", "/api/me", None),
    "extracts": ("GET", "/api/me/extracts", None),
    "credentials": ("GET", "/api/me/credentials", None),
    "credential": ("GET", "/api/me/credentials/{credential}", None),
    "file": ("POST", "/api/me/credentials/{credential}/file", {"form": "sd-jwt"}),
    "consent": ("POST", "/api/me/consents", {"pupil": LAN, "given": True, "wording": WORDING}),
    "key": ("POST", "/api/me/keys", {"pupil": LAN, "jwk": jwk()}),
    "end key": ("DELETE", "/api/me/keys/{key}", None),
    "end session": ("DELETE", "/api/me/sessions/{session}", None),
    "everywhere": ("DELETE", "/api/me/sessions", None),
    "sign out": ("DELETE", "/api/me/session", None),
    "password": ("PUT", "/api/me/password", NEW),
    "claim more": ("POST", "/api/me/holdings", {"code": "0" * 20, "born": "07/02/2009"}),
}
OPEN = {"/api/me/session", "/api/me/claim", "/api/me/account"}
WRITES = [name for name, (method, _, _) in ROUTES.items() if method != "GET"]


class Lan:
    """A pupil with a diploma, a key and a session, and who tries to get at them."""

    def __init__(self, signed_in: SignedIn, issue: Callable[[str, Credential], str]) -> None:
        self.browser, self.signed_in = signed_in("lan.nguyen"), signed_in
        credential = issue(LAN, diploma(0, "Nguyễn Thị Lan"))
        key = {"pupil": LAN, "jwk": jwk(key_from(6).public.raw)}
        assert self.browser.ask("POST", "/api/me/keys", json=key).status_code == 204
        told = self.browser.ask("GET", "/api/me").json()
        self.parts = {
            "credential": credential,
            "key": told["holdings"][0]["key"]["id"],
            "session": told["sessions"][0]["id"],
        }

    def ask(self, route: str, browser: Browser, **more: object) -> tuple[int, str]:
        method, path, body = ROUTES[route]
        given = {"json": body} if body is not None else {}
        response = browser.ask(method, path.format(**self.parts), **given, **more)
        return response.status_code, problem(response).code if response.status_code >= 400 else ""

    def is_untouched(self) -> bool:
        told = self.browser.ask("GET", "/api/me").json()
        (held,) = told["holdings"]
        same = (held["key"]["id"], told["sessions"][0]["id"], told["name"])
        expected = (self.parts["key"], self.parts["session"], "lan.nguyen")
        return same == expected and held["consent"]["said"] == []


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def limits_clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def another_hour(limits_clock: Clock) -> None:
    """So that no test is refused for what those before it asked."""
    limits_clock.now += 60 * 60


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One store for all tests here: what is refused changes nothing, which each of them checks."""
    found = STORE.connect(migrated(STORE, tmp_path_factory.mktemp("store") / "store.sqlite"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def holders(database: Database, clock: Clock) -> Holders:
    return holders_over(database, Registry(), clock)


@pytest.fixture(scope="module")
def call(holders: Holders, limits_clock: Clock) -> Iterator[Call]:
    with called(holders, limits_clock) as found:
        yield found


@pytest.fixture(scope="module")
def lan(call: Call, database: Database, holders: Holders) -> Lan:
    signed_in = partial(sign_up, lambda: Browser(call), partial(claim_code, holders))
    return Lan(signed_in, partial(issue_to, database))


def test_every_route_stands_in_the_table(call: object, holders: Holders) -> None:
    from api.site.app import Parts, create_app  # noqa: PLC0415
    from api.site.pages import Site  # noqa: PLC0415
    from tests.web.simulator import HOST, World  # noqa: PLC0415

    world = World()
    verifier = world.verifier()
    app = create_app(
        Parts(verifier, world, world.readiness, holders=holders),
        Site(world.deployment, HOST),
    )
    verifier.close()
    found = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, APIRoute) and route.path.startswith("/api/me")
        for method in route.methods
        if route.path not in OPEN or method == "DELETE"
    }
    tried = {(method, path) for method, path, _ in ROUTES.values()}
    for name in ("credential", "key", "session"):
        parameter = "{place}" if name == "credential" else "{number}"
        tried = {(method, path.replace(f"{{{name}}}", parameter)) for method, path in tried}
    assert found == tried


@pytest.mark.parametrize("route", ROUTES)
def test_nobody(route: str, lan: Lan, browser_of: Callable[[], Browser]) -> None:
    assert lan.ask(route, browser_of()) == (401, "session.none")
    assert lan.is_untouched()


@pytest.mark.parametrize("route", ROUTES)
def test_whose_session_has_ended(
    route: str, lan: Lan, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", clock.now + 30 * 60)
    assert lan.ask(route, lan.browser) == (401, "session.none")


@pytest.mark.parametrize("route", WRITES)
@pytest.mark.parametrize("token", [None, "A" * 43])
def test_without_the_pages_token(route: str, token: str | None, lan: Lan) -> None:
    lan.browser.csrf = token
    assert lan.ask(route, lan.browser) == (403, "session.csrf")
    lan.browser.look()
    assert lan.is_untouched()


FOREIGN = {
    "another site": {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    "another host of the domain": {"Origin": "https://x.example", "Sec-Fetch-Site": "same-site"},
    "a browser that tells its origin alone": {"Origin": "https://evil.example"},
    "a page without an origin": {"Origin": "null"},
    "a link": {"Sec-Fetch-Site": "none"},
}


@pytest.mark.parametrize("route", WRITES)
@pytest.mark.parametrize("case", FOREIGN)
def test_from_another_sites_page(route: str, case: str, lan: Lan) -> None:
    before, lan.browser.headers = lan.browser.headers, FOREIGN[case]
    assert lan.ask(route, lan.browser) == (403, "session.foreign")
    lan.browser.headers = before
    assert lan.is_untouched()


@pytest.mark.parametrize("path", ["/api/me/session", "/api/me/claim", "/api/me/account"])
@pytest.mark.parametrize("case", FOREIGN)
def test_nobody_is_signed_in_by_another_sites_page(
    path: str, case: str, browser_of: Callable[[], Browser]
) -> None:
    browser = browser_of()
    browser.headers = FOREIGN[case]
    given = {"code": "0" * 20, "born": "07/02/2009", "name": "lan.nguyen", "password": "x" * 12}
    wanted = {"/api/me/claim": ("code", "born"), "/api/me/session": ("name", "password")}
    names = wanted.get(path, tuple(given))
    response = browser.ask("POST", path, json={name: given[name] for name in names})
    assert (response.status_code, problem(response).code) == (403, "session.foreign")


_names = itertools.count()
STRANGERS = {
    "another pupil": ("binh", BINH, Relation.SELF),
    "the guardian of another pupil": ("ba.binh", BINH, Relation.GUARDIAN),
}
REFUSED = {
    "credential": (404, "holding.unknown"),
    "file": (404, "holding.unknown"),
    "consent": (404, "holding.unknown"),
    "key": (404, "holding.unknown"),
    "end key": (404, "holder_key.unknown"),
    "end session": (404, "session.unknown"),
}


@pytest.mark.parametrize("route", REFUSED)
@pytest.mark.parametrize("who", STRANGERS)
def test_another(route: str, who: str, lan: Lan) -> None:
    name, pupil, relation = STRANGERS[who]
    stranger = lan.signed_in(f"{name}.{next(_names)}", pupil, relation)
    assert lan.ask(route, stranger) == REFUSED[route]
    assert lan.is_untouched()


@pytest.mark.parametrize("route", ["me", "extracts", "credentials"])
@pytest.mark.parametrize("who", STRANGERS)
def test_another_sees_nothing_of_it(route: str, who: str, lan: Lan) -> None:
    name, pupil, relation = STRANGERS[who]
    stranger = lan.signed_in(f"{name}.{next(_names)}", pupil, relation)
    method, path, _ = ROUTES[route]
    told = stranger.ask(method, path).text
    assert LAN not in told
    assert PUPILS[LAN][0] not in told


def test_a_guardian_sees_but_binds_no_key(lan: Lan) -> None:
    parent = lan.signed_in("ba.lan", LAN, Relation.GUARDIAN)
    assert lan.ask("credential", parent) == (200, "")
    assert lan.ask("key", parent) == (409, "holder_key.not_own")
    assert lan.ask("end key", parent) == (404, "holder_key.unknown")
    assert lan.is_untouched()


@pytest.mark.parametrize("place", ["7-0-1", "7-99-0", "9999999999-0-0", "7-9999999999-0", "8-0-0"])
def test_a_credential_that_is_not_there_is_told_as_anothers(place: str, lan: Lan) -> None:
    response = lan.browser.ask("GET", f"/api/me/credentials/{place}")
    assert (response.status_code, problem(response).code) == (404, "holding.unknown")


HOSTILE_KEYS = {
    "no point of the curve": (jwk(b"\x04" + bytes([1]) * 64), "key.malformed"),
    "another curve": ({**jwk(), "crv": "P-384"}, "key.malformed"),
    "a symmetric key": ({"kty": "oct", "k": "AAAA"}, "key.malformed"),
    "a private key": ({**jwk(), "d": "A" * 43}, "key.malformed"),
    "Ed25519": ({"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}, "key.malformed"),
    "nothing": ({}, "key.malformed"),
    "another spelling": ({**jwk(), "x": jwk()["x"][:-1] + "_"}, "key.malformed"),
}


@pytest.mark.parametrize("case", HOSTILE_KEYS)
def test_what_is_no_key_is_bound_to_nothing(case: str, lan: Lan) -> None:
    given, told = HOSTILE_KEYS[case]
    response = lan.browser.ask("POST", "/api/me/keys", json={"pupil": LAN, "jwk": given})
    assert (response.status_code, problem(response).code) == (422, told)
    assert lan.is_untouched()
