"""Staff sign in with a real OpenID provider, and with nobody else's account of it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import assembly
from api.desk.policy import Role
from api.site.desk.bench import BACK
from credential.errors import ConfigError
from store.staff import Staff
from tests.accounts.test_provider import Person, free_port, pytestmark, running_provider
from tests.served import running
from tests.workbench import PASSWORD, Desk, Worker, opened

__all__ = ["pytestmark"]
SUBJECT = "nguyen.van.a"


@dataclass
class Served:
    home: str


@dataclass
class There:
    """The site at a local address, its provider, and who works there."""

    desk: Desk
    served: Served
    opened: ExitStack
    issuer: str


@pytest.fixture
def strong() -> str:
    return "*"


@pytest.fixture
def there(ground: Path, tmp_path: Path, strong: str) -> Iterator[There]:
    import shutil  # noqa: PLC0415

    shutil.copytree(ground, tmp_path / "data")
    secret = tmp_path / "secret"
    secret.write_text("secret-of-web-for-tests-only")
    port = free_port()
    with opened(
        tmp_path / "data", staff_oidc_issuer=f"http://127.0.0.1:{port}",
        staff_oidc_client_id="web", staff_oidc_client_secret_file=secret, staff_oidc_strong=strong,
    ) as system:  # fmt: skip

        def make(address: str) -> FastAPI:
            object.__setattr__(system.settings, "public_url", address)
            return assembly.site(system)

        with (
            running(make) as home,
            running_provider(port, home + BACK, tmp_path / "provider.log"),
            ExitStack() as clients,
        ):
            issuer = f"http://127.0.0.1:{port}"
            yield There(Desk(system, FastAPI()), Served(home), clients, issuer)


class Clerk(Person):
    """Somebody of the staff with a browser of few abilities."""

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get(f"{self.home}/api/desk/session").json()
        return found

    def write(self, path: str, method: str = "POST", **body: object) -> httpx.Response:
        headers = {"Origin": self.home, "X-CSRF-Token": self.look()["csrf"]}
        return self.client.request(method, self.home + path, json=body or None, headers=headers)

    def leave(self, *, signed_in: bool = False) -> str:
        answer = self.write("/api/desk/me/provider" if signed_in else "/api/desk/provider")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["location"])

    def with_password(self, worker: Worker) -> None:
        given = {"name": worker.login, "password": PASSWORD, "code": worker.code}
        assert self.write("/api/desk/session", **given).status_code == 204


def linked(there: There) -> Worker:
    worker = there.desk.person(Role.PRINCIPAL)
    people = Staff(there.desk.system.store_database)
    found = people.named(worker.login)
    assert found
    people.link(found[0].account, there.issuer, SUBJECT, "operator")
    return worker


def test_who_is_linked_signs_in_and_shows_again_who_they_are(there: There) -> None:
    linked(there)
    clerk = Clerk(there)
    assert clerk.back(clerk.sign_in(clerk.leave(), SUBJECT)) == "/desk"
    told = clerk.look()
    assert told["member"]["role"] == "principal"
    assert told["missing"] is None
    before = clerk.client.cookies.get("sogoc-desk")
    assert clerk.back(clerk.sign_in(clerk.leave(signed_in=True), SUBJECT)) == "/desk"
    assert clerk.client.cookies.get("sogoc-desk") != before
    assert clerk.back(clerk.sign_in(clerk.leave(signed_in=True), "another")).startswith("/desk/me#")


def test_who_is_not_linked_is_nobody_until_they_link_it_themselves(there: There) -> None:
    worker, clerk = there.desk.person(Role.REGISTRAR), Clerk(there)
    ended = clerk.back(clerk.sign_in(clerk.leave(), SUBJECT))
    assert ended == "/desk/sign-in#staff.provider_nobody"
    assert clerk.look()["signed_in"] is False
    clerk.with_password(worker)
    assert clerk.back(clerk.sign_in(clerk.leave(signed_in=True), SUBJECT)) == "/desk/me"
    again = Clerk(there)
    assert again.back(again.sign_in(again.leave(), SUBJECT)) == "/desk"
    assert again.look()["member"]["name"] == "Lê Thị Văn Thư"


def test_an_answer_is_for_the_browser_that_left_and_serves_once(there: There) -> None:
    linked(there)
    clerk, thief = Clerk(there), Clerk(there)
    location = clerk.sign_in(clerk.leave(), SUBJECT)
    assert thief.back(location) == "/desk/sign-in#provider.refused"
    assert clerk.back(location) == "/desk"
    assert Clerk(there).back(location) == "/desk/sign-in#provider.refused"


def test_whose_work_has_ended_is_nobody(there: There) -> None:
    worker = linked(there)
    people = Staff(there.desk.system.store_database)
    found = people.named(worker.login)
    assert found
    people.end(found[0].account, "operator")
    clerk = Clerk(there)
    ended = clerk.back(clerk.sign_in(clerk.leave(), SUBJECT))
    assert ended == "/desk/sign-in#staff.provider_nobody"


@pytest.mark.parametrize("strong", ["mfa"])
def test_a_provider_that_does_not_tell_of_two_factors(there: There) -> None:
    linked(there)
    clerk = Clerk(there)
    ended = clerk.back(clerk.sign_in(clerk.leave(), SUBJECT))
    assert ended == "/desk/sign-in#staff.provider_weak"
    assert clerk.look()["signed_in"] is False


def test_settings_that_do_not_say_what_is_strong(ground: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    system = opened(
        ground, staff_oidc_issuer="https://id.example", staff_oidc_client_id="web",
        staff_oidc_client_secret_file=secret,
    )  # fmt: skip
    with system, pytest.raises(ConfigError, match=r"settings\.provider"):
        assembly.staff_provider(system.settings)
