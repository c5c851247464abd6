"""The workbench over a real deployment, for tests: people of every role who are signed in.

`desk` is the site of two schools on both kinds of databases; `Desk.of(role)` is somebody's browser,
in process. `deployed_desk` of a module serves the same to a real browser (`tests.browsing`).
"""

import asyncio
import itertools
import secrets
import shutil
import time
from base64 import b32encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from api import assembly
from api.accounts.passwords import Passwords
from api.demo import sample_file
from api.desk.policy import OF_THE_CITY, Role
from api.desk.sealing import Sealing
from api.schoolfile import load
from api.settings import Settings
from api.site.sessions import digest, new_token
from api.wiring import System
from store.accounts import Password
from store.factors import Factors
from store.sessions import DESK, SessionStore
from store.staff import Staff
from tests.databases import Postgresql
from tests.web.conftest import calling
from tests.web.simulator import HOST

COOKIE = "__Host-sogoc-desk"
PASSWORD = "một con vịt xòe ra hai cái cánh"
SCHOOLS = (1001, 1002)
"""Where people of a school work, and the other school."""
NAMES = {
    Role.OFFICER: "Phạm Thị Chuyên Viên", Role.REGISTRAR: "Lê Thị Văn Thư",
    Role.PRINCIPAL: "Trần Văn Hiệu Trưởng", Role.AUDITOR: "Ngô Văn Thanh Tra",
}  # fmt: skip
_logins = itertools.count()
_PHC = asyncio.run(Passwords().hash(PASSWORD))


@dataclass
class Worker:
    """Somebody's browser: it keeps cookies, and sends with writes what the site's page sends."""

    app: FastAPI
    login: str
    secret: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""
    step: int = 0

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Origin": HOST, "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf and method != "GET":
            headers["X-CSRF-Token"] = self.csrf
        response = calling(self.app)(method, path, headers=headers, **more)
        self.cookies |= dict(response.cookies)
        for each in response.headers.get_list("set-cookie"):
            if "Max-Age=0" in each:
                self.cookies.pop(each.partition("=")[0], None)
        return response

    def get(self, path: str) -> Any:
        """What a route tells; it has to answer."""
        response = self.ask("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    @property
    def code(self) -> str:
        """A fresh code of the second factor that is taken for another quarter of a minute at least.

        Two or three of half a minute are; whoever wants another has to wait.
        """
        self.step = max((int(time.time()) + 15) // 30 - 1, self.step + 1)
        time.sleep(max(0.0, (self.step - 1) * 30 - time.time()))
        return pyotp.TOTP(self.secret).generate_otp(self.step)

    def sign_in(self) -> "Worker":
        given = {"name": self.login, "password": PASSWORD, "code": self.code}
        response = self.ask("POST", "/api/desk/session", json=given)
        assert response.status_code == 204, response.text
        self.csrf = self.get("/api/desk/session")["csrf"]
        return self


@dataclass
class Desk:
    """A deployment with its site, and who works there."""

    system: System
    app: FastAPI

    def person(
        self, role: Role, school: int | None = None, name: str = "", *, enrolled: bool = True
    ) -> Worker:
        """A new person, not signed in yet; without a school of the first one, or of the city.

        Somebody who is not `enrolled` has no second factor.
        """
        if school is None and role is not Role.AUDITOR and role not in OF_THE_CITY:
            school = SCHOOLS[0]
        login = f"{role.value}.{next(_logins)}"
        people = Staff(self.system.store_database)
        account = people.add(
            Password(login, _PHC), name or NAMES[role], role.value, school, "operator"
        )
        people.set_password(account, _PHC, "operator")
        return Worker(self.app, login, self._enrolled(account) if enrolled else "")

    def _enrolled(self, account: int) -> str:
        """Give somebody a second factor; its secret. No code of it was used yet."""
        raw = secrets.token_bytes(20)
        sealed = Sealing(self.system.settings.staff_key).seal(raw, account)
        Factors(self.system.store_database).enrol(account, sealed, 0, [raw], "operator")
        return b32encode(raw).decode()

    def of(self, role: Role, school: int | None = None, name: str = "") -> Worker:
        """The same, signed in."""
        return self.entered(self.person(role, school, name))

    def entered(self, worker: Worker, way: str = "totp") -> Worker:
        """Somebody with a new session, as if they had just signed in that way."""
        store, token = self.system.store_database, new_token()
        found = Staff(store).named(worker.login)
        assert found is not None
        SessionStore(store, audience=DESK).start(found[0].account, digest(token), way, "")
        worker.cookies = {COOKIE: token}
        worker.csrf = worker.get("/api/desk/session")["csrf"]
        return worker


def opened(data: Path, **settings: Any) -> System:
    """A deployment's parts."""
    return System(Settings(data=data, specimen=True, public_url=HOST, **settings))


def founded(data: Path, **settings: Any) -> System:
    """A deployment with contract and sample schools, whose keys lie in files."""
    system = opened(data, **settings)
    system.migrate()
    load(system.registry_database, sample_file())
    return system


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a deployment in which nobody has worked yet, to be copied."""
    data = tmp_path_factory.mktemp("ground") / "data"
    with founded(data) as system:
        system.deploy()
    return data


@pytest.fixture(scope="session")
def ground_on_postgresql(
    postgresql: Postgresql, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The same with its store in PostgreSQL, and that database's name."""
    data, store = tmp_path_factory.mktemp("ground") / "data", postgresql.make()
    with founded(data, store_url=postgresql.address(store)) as system:
        system.deploy()
    return data, store


@pytest.fixture
def desk(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The workbench of two schools; store on SQLite and on PostgreSQL. Nothing is on a chain."""
    data, settings = tmp_path / "data", {}
    if backend == "sqlite":
        template = request.getfixturevalue("ground")
    else:
        template, store = request.getfixturevalue("ground_on_postgresql")
        settings = {"store_url": request.getfixturevalue("copy_postgresql")(store)}
    shutil.copytree(template, data)
    with opened(data, **settings) as system:
        yield Desk(system, assembly.site(system))
