"""A site that takes lists, over the simulated world and a real store."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI

from api.lists.checking import Checker
from api.lists.desk import Desk
from api.lists.telling import ListModel
from api.lists.work import Worker
from api.site.app import Parts, create_app
from api.site.limits import Allowance, Limits
from api.site.pages import Site
from database.connections import Database
from store.clients import Clients
from store.lists import Lists
from store.schema import STORE
from tests.databases import NewDatabase
from tests.web.conftest import calling
from tests.web.simulator import HOST, World
from verifier.numbers import Numbers
from verifier.verify import Verifier

CSV = {"Content-Type": "text/csv"}
ZIP = {"Content-Type": "application/zip"}


class Clock:
    """Seconds that go on when they are told to."""

    now = 1_790_000_000

    def __call__(self) -> int:
        return self.now


@dataclass
class Office:
    """A site, the store behind it, and a worker that works when it is told to."""

    world: World
    verifier: Verifier
    database: Database
    clock: Clock = field(default_factory=Clock)
    rows: int = 500
    a_day: int = 100

    def __post_init__(self) -> None:
        self.lists = Lists(self.database, clock=self.clock)
        self.clients = Clients(self.database, self.clock)
        self.limits = Limits(Allowance(lists=self.a_day), self.clock)
        self.numbers = Numbers(self.verifier, self.world)
        self.desk = Desk(self.lists, self.clients, self.rows)
        self.call = calling(self.app())

    def app(self) -> FastAPI:
        world = self.world
        parts = Parts(
            self.verifier, world, world.readiness, numbers=self.numbers, lists=self.desk,
            limits=self.limits,
        )  # fmt: skip
        return create_app(parts, Site(world.deployment, HOST))

    def worker(self) -> Worker:
        checker = Checker(self.verifier, self.numbers, self.limits.guessing)
        return Worker(self.lists, checker, self.clock)

    def work(self) -> None:
        """Work until nothing is due."""
        worker = self.worker()
        while worker.once():
            pass

    def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        return self.call("POST", "/api/lists", content=body, headers=headers or CSV)

    def hand_in(self, body: bytes, headers: dict[str, str] | None = None) -> ListModel:
        response = self.post(body, headers)
        assert response.status_code == 202, response.text
        return ListModel.model_validate_json(response.content)

    def ask(self, method: str, made: ListModel, more: str = "", token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token or made.secret}"}
        return self.call(method, f"/api/lists/{made.id}{more}", headers=headers)

    def progress(self, made: ListModel) -> ListModel:
        response = self.ask("GET", made)
        assert response.status_code == 200, response.text
        return ListModel.model_validate_json(response.content)


@contextmanager
def opened(world: World, url: str, **more: int) -> Iterator[Office]:
    database, verifier = STORE.connect(url), world.verifier()
    yield Office(world, verifier, database, **more)
    verifier.close()
    database.close()


@pytest.fixture
def database_url(new_database: NewDatabase) -> str:
    return new_database(STORE)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def office(world: World, database_url: str) -> Iterator[Office]:
    with opened(world, database_url) as made:
        yield made


@pytest.fixture
def zipped() -> Callable[..., bytes]:
    return archive


def archive(**files: bytes) -> bytes:
    """A ZIP of files; in a name ``__`` stands for a full stop."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name if name.startswith("__") else name.replace("__", "."), content)
    return out.getvalue()
