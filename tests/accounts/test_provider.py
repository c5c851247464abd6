"""Signing in with a real OpenID provider: whom it names, and everything that does not hold."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest

from api.accounts.holders import Holders
from api.accounts.provider import Provider
from api.site.providing import BACK
from credential.errors import RefusedError, UnavailableError
from store.accounts import Identity, Relation
from store.sessions import FRESH
from tests.accounts.conftest import BINH, LAN, PASSWORD, Clock
from tests.accounts.serving import Served, serving
from tests.browsing import Visit
from tests.web.conftest import problem

NODE = shutil.which("node")
ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).parent / "oidc_provider.mjs"
pytestmark = pytest.mark.skipif(
    NODE is None or not (ROOT / "node_modules" / "oidc-provider").exists(),
    reason="oidc-provider is missing: npm ci",
)
Code = Callable[..., str]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class World:
    """A site and the provider with which one signs in to it."""

    served: Served
    provider: Provider
    holders: Holders
    opened: ExitStack


@pytest.fixture
def there(holders: Holders, tmp_path: Path) -> Iterator[World]:
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    provider = Provider(issuer, "web", "secret-of-web-for-tests-only", "", "pupil")
    with serving(replace(holders, provider=provider)) as served:
        object.__setattr__(provider, "redirect_uri", served.home + BACK)
        log = tmp_path / "provider.log"
        with running_provider(port, served.home + BACK, log), ExitStack() as opened:
            yield World(served, provider, holders, opened)


@contextmanager
def running_provider(port: int, redirect: str, log: Path) -> Iterator[None]:
    """The provider in a process of its own."""
    assert NODE is not None
    command = [NODE, str(SCRIPT), str(port), redirect]
    with (
        log.open("wb") as out,
        subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        while "listening" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.02)
        try:
            yield
        finally:
            process.kill()


class Person:
    """Somebody with a browser of few abilities: cookies, forms, redirects."""

    def __init__(self, there: World) -> None:
        self.there, self.home = there, there.served.home
        self.client = there.opened.enter_context(httpx.Client(trust_env=False, timeout=20))

    def write(self, path: str, method: str = "POST", **body: object) -> httpx.Response:
        session = self.client.get(f"{self.home}/api/me/session").json()
        headers = {"Origin": self.home, "X-CSRF-Token": session["csrf"]}
        return self.client.request(method, self.home + path, json=body, headers=headers)

    def leave(self, **claim: str) -> str:
        """Where the site sends one."""
        answer = self.write("/api/me/provider", **claim)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["location"])

    def sign_in(self, location: str, login: str) -> str:
        """Sign in there, without going back yet: the address to go back to."""
        answer = self.client.get(location)
        for _ in range(12):
            if answer.is_redirect:
                location = urljoin(str(answer.url), answer.headers["location"])
                if location.startswith(self.home):
                    return location
                answer = self.client.get(location)
                continue
            assert answer.status_code == 200, answer.text
            action = urljoin(str(answer.url), _found(r'action="([^"]+)"', answer.text))
            form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', answer.text))
            if 'name="login"' in answer.text:
                form |= {"login": login, "password": "x"}
            answer = self.client.post(action, data=form)
        raise AssertionError("the provider never sent anybody back")

    def back(self, location: str) -> str:
        """Go back; where the page is opened."""
        answer = self.client.get(location)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def enter(self, login: str, **claim: str) -> str:
        return self.back(self.sign_in(self.leave(**claim), login))

    def identities(self) -> int:
        return int(self.client.get(f"{self.home}/api/me").json()["identities"])

    def holds(self) -> list[tuple[str, str]]:
        answer = self.client.get(f"{self.home}/api/me")
        held = answer.json().get("holdings", [])
        return [(each["pupil"], each["relation"]) for each in held]


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[1]


def changed(location: str, **more: str) -> str:
    """An address with other parameters."""
    parts = urlsplit(location)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | more)).geturl()


REFUSED = "/me#provider.refused"
BORN = "07/02/2009"


def test_whom_the_provider_calls_a_pupil_is_that_pupil(there: World) -> None:
    person = Person(there)
    location = person.leave()
    asked = {name: value[0] for name, value in parse_qs(urlsplit(location).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert person.back(person.sign_in(location, LAN)) == "/me"
    assert person.holds() == [(LAN, "self")]
    assert Person(there).enter(LAN) == "/me"
    assert len(there.holders.accounts.holders(LAN)) == 1


def test_a_pupil_that_nobody_knows_and_a_stranger_get_in_nowhere(there: World) -> None:
    for login in ("7900009999", "somebody"):
        person = Person(there)
        assert person.enter(login) == "/me#provider.nobody"
        assert person.holds() == []


def test_a_code_is_claimed_with_the_provider_and_again_without(there: World, code: Code) -> None:
    slip = code(BINH, Relation.GUARDIAN)
    assert Person(there).enter("mother", code=slip, born="01/06/2020") == "/me"
    again = Person(there)
    assert again.enter("mother") == "/me"
    assert again.holds() == [(BINH, "guardian")]
    late = Person(there).write("/api/me/provider", code=slip, born="01/06/2020")
    assert late.status_code == 404


def test_a_second_way_in(there: World, code: Code) -> None:
    person = Person(there)
    made = person.write("/api/me/account", code=code(), born=BORN, name="lan.nguyen",
                        password=PASSWORD)  # fmt: skip
    assert made.status_code == 204
    refused = person.write("/api/me/provider")
    assert (refused.status_code, problem(refused).code) == (401, "password.wrong")
    assert person.enter("lan-of-the-provider", current=PASSWORD) == "/me"
    assert person.identities() == 1
    other = Person(there)
    assert other.enter("lan-of-the-provider") == "/me"
    assert other.holds() == [(LAN, "self")]


@pytest.fixture
def pair(there: World) -> tuple[Person, Person]:
    """A pupil who signs in with the provider alone, and a thief of their cookies."""
    lan, thief = Person(there), Person(there)
    assert lan.enter(LAN) == "/me"
    for each in lan.client.cookies.jar:
        if each.name.startswith("sogoc"):  # the provider's are not stolen
            thief.client.cookies.set(each.name, str(each.value))
    return lan, thief


NEW = {"name": "lan.nguyen", "password": PASSWORD}


def test_an_old_session_alone_adds_no_way_in(pair: tuple[Person, Person], clock: Clock) -> None:
    lan, thief = pair
    clock.now += FRESH
    for refused in (
        thief.write("/api/me/provider"),
        thief.write("/api/me/password", "PUT", **NEW),
    ):
        assert (refused.status_code, problem(refused).code) == (403, "session.stale")
    assert lan.identities() == 1
    assert lan.write("/api/me/session", "DELETE").status_code == 204
    assert lan.enter(LAN) == "/me"
    assert lan.write("/api/me/password", "PUT", **NEW).status_code == 204


@pytest.mark.parametrize("end", ["everywhere", "the thief's alone", "the thief signs out"])
def test_no_way_in_is_added_by_a_session_that_has_ended(
    end: str, pair: tuple[Person, Person], there: World
) -> None:
    lan, thief = pair
    back = thief.sign_in(thief.leave(), "thief")
    if end == "everywhere":
        assert lan.write("/api/me/sessions", "DELETE").status_code == 204
    elif end == "the thief's alone":
        (session,) = lan.client.get(f"{lan.home}/api/me").json()["sessions"]
        assert lan.write(f"/api/me/sessions/{session['id']}", "DELETE").status_code == 204
    else:
        del thief.client.cookies["sogoc"]
    assert thief.back(back) == REFUSED
    assert Person(there).enter("thief") == "/me#provider.nobody"


def test_whoever_was_linked_is_removed_with_a_new_password(
    pair: tuple[Person, Person], there: World
) -> None:
    lan, thief = pair
    assert thief.enter("thief") == "/me"
    assert lan.enter(LAN) == "/me"
    assert lan.identities() == 2
    assert lan.write("/api/me/password", "PUT", **NEW, only=True).status_code == 204
    assert lan.identities() == 0
    assert lan.holds() == [(LAN, "self")]
    assert Person(there).enter("thief") == "/me#provider.nobody"


def test_coming_back_with_another_state(there: World) -> None:
    person = Person(there)
    back = person.sign_in(person.leave(), LAN)
    assert person.back(changed(back, state="A" * 43)) == REFUSED
    assert person.holds() == []


def test_coming_back_twice(there: World) -> None:
    person = Person(there)
    back = person.sign_in(person.leave(), LAN)
    assert person.back(back) == "/me"
    assert person.back(back) == REFUSED


def test_coming_back_in_another_browser(there: World) -> None:
    """Whoever sends somebody the end of their own sign-in signs nobody in as themselves."""
    attacker, victim = Person(there), Person(there)
    back = attacker.sign_in(attacker.leave(), LAN)
    assert victim.back(back) == REFUSED
    victim.leave()
    assert victim.back(back) == REFUSED
    assert victim.holds() == []


def test_a_code_of_another_sign_in(there: World) -> None:
    """Its code verifier and its nonce are another's."""
    person, other = Person(there), Person(there)
    first, second = person.sign_in(person.leave(), LAN), other.sign_in(other.leave(), BINH)
    stolen = dict(parse_qsl(urlsplit(second).query))["code"]
    assert person.back(changed(first, code=stolen)) == REFUSED


def test_a_code_that_was_used(there: World) -> None:
    """The provider refuses it, in whatever sign-in it comes."""
    person = Person(there)
    first = person.sign_in(person.leave(), LAN)
    assert person.back(first) == "/me"
    second = person.sign_in(person.leave(), LAN)
    used = dict(parse_qsl(urlsplit(first).query))["code"]
    assert person.back(changed(second, code=used)) == REFUSED


def test_an_id_token_with_another_nonce(there: World) -> None:
    person = Person(there)
    assert person.back(person.sign_in(changed(person.leave(), nonce="B" * 43), LAN)) == REFUSED
    assert person.holds() == []


def id_token(there: World, client: str) -> tuple[str, str, str]:
    """An ID token of the provider for a client, its access token and its nonce."""
    provider = replace(
        there.provider, client_id=client, client_secret=f"secret-of-{client}-for-tests-only"
    )
    leaving = provider.leave()
    back = Person(there).sign_in(leaving.location, LAN)
    with provider._http() as http:
        code = dict(parse_qsl(urlsplit(back).query))["code"]
        token = provider._token(http, code, leaving.verifier)
    return str(token["id_token"]), str(token["access_token"]), leaving.nonce


def test_an_id_token_for_another_audience(there: World) -> None:
    mine, others = id_token(there, "web"), id_token(there, "other")
    assert there.provider._claims(*mine)["pupil"] == LAN
    with pytest.raises(RefusedError, match=r"provider\.refused"):
        there.provider._claims(*others)


def tampered(token: str) -> dict[str, str]:
    """ID tokens that an attacker could write."""
    from credential.keys import b64url  # noqa: PLC0415

    header, payload, signature = token.split(".")
    none = b64url(b'{"alg":"none"}')
    hs = b64url(b'{"alg":"HS256"}')
    return {
        "another signature": f"{header}.{payload}.{signature[:-8]}AAAAAAAA",
        "no signature": f"{header}.{payload}.",
        "algorithm none": f"{none}.{payload}.",
        "a symmetric algorithm": f"{hs}.{payload}.{signature}",
        "another payload": f"{header}.{b64url(b'{}')}.{signature}",
        "nothing": "",
        "no token": "a.b.c",
    }


def test_an_id_token_that_the_provider_did_not_sign(there: World) -> None:
    token, access, nonce = id_token(there, "web")
    for forged in tampered(token).values():
        with pytest.raises(RefusedError, match=r"provider\.refused"):
            there.provider._claims(forged, access, nonce)


def test_an_id_token_of_another_issuer(there: World) -> None:
    token, access, nonce = id_token(there, "web")
    alike = replace(there.provider, issuer=there.provider.issuer + "/")
    with pytest.raises(UnavailableError, match="provider"):
        alike._claims(token, access, nonce)


def test_a_provider_that_is_silent_is_told(there: World) -> None:
    silent = replace(there.provider, issuer=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnavailableError, match="provider"):
        silent.leave()


def test_a_person_who_was_one_pupil_is_not_another(there: World) -> None:
    there.holders.accounts.enter(Identity(there.provider.issuer, LAN), BINH)
    assert Person(there).enter(LAN) == "/me#account.other_pupil"


@pytest.mark.browser
def test_in_a_browser_there_and_back(there: World, visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.goto(there.served.page)
    seen.page.click("#with-provider")
    seen.page.fill("[name=login]", LAN)
    seen.page.fill("[name=password]", "x")
    seen.page.click("button[type=submit]")
    seen.page.click("button[type=submit]")  # the provider asks whether to go on
    seen.page.wait_for_selector("#holdings .holding")
    assert seen.page.url == there.served.page
    assert "Nguyễn Thị Lan" in seen.page.inner_text("#holdings")
    assert "Tài khoản định danh: 1" in seen.page.inner_text("#ways")
    seen.page.click("#change summary")
    assert not seen.page.is_visible("#current"), "there is no password yet"
    seen.page.fill("#set-name", "lan.nguyen")
    seen.page.fill("#set-password", PASSWORD)
    seen.page.check("#only")
    seen.page.click("#password-form [type=submit]")
    seen.page.wait_for_selector("#ways:has-text('lan.nguyen')")
    assert "Tài khoản định danh" not in seen.page.inner_text("#ways")
    seen.page.click("#link summary")
    seen.page.click("#link-form [type=submit]")
    seen.page.wait_for_selector("#link-trouble:visible")
    assert "Sai tên đăng nhập hoặc mật khẩu" in seen.page.inner_text("#link-trouble")
    seen.page.fill("#link-current", PASSWORD)
    seen.page.click("#link-form [type=submit]")
    seen.page.wait_for_selector("#ways:has-text('Tài khoản định danh: 1')")
    seen.page.click("#sign-out")
    seen.page.wait_for_selector("#entrance:visible")


@pytest.mark.browser
def test_in_a_browser_why_not_is_said(there: World, visit: Callable[..., Visit]) -> None:
    seen = visit()
    seen.page.goto(f"{there.served.page}#provider.nobody")
    seen.page.wait_for_selector("#entrance-trouble:visible")
    assert "chưa gắn với hồ sơ nào" in seen.page.inner_text("#entrance-trouble")
    assert seen.page.url == there.served.page
    seen.page.goto(f"{there.served.home}/")
    seen.page.goto(f"{there.served.page}#made.up")
    seen.page.wait_for_selector("#entrance:visible")
    assert not seen.page.locator("#entrance-trouble").is_visible()
