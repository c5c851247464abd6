"""A site that shares: the simulator's world, a real store, two pupils with an account each."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from api.sharing import Sharing
from api.site.app import Parts, create_app
from api.site.pages import Site
from credential import selecting
from credential.errors import RefusedError
from credential.keys import b64url
from database.connections import Database
from store.schema import STORE
from store.shares import Shares
from tests.databases import migrated
from tests.served import running
from tests.sharing.sealing import Link
from tests.web.conftest import Call, calling
from tests.web.simulator import NAMES, SCHOOL, SEQ, World
from web import messages

NOW = 1_780_000_000
DAY = 86_400
FIRST_TRANSCRIPT = len(NAMES)  # in the world, diplomas come first
SHARES, WITHDRAW = "/api/shares", "/api/shares/withdraw"
ASK, OPEN = "/api/shared", "/api/shared/open"


def pupil(number: int) -> str:
    return f"790000000{number}"


@dataclass(frozen=True)
class Holding:
    pupil: str


@dataclass(frozen=True)
class Account:
    id: int
    holdings: Sequence[Holding]


class SignedIn:
    """Sessions as the tests say: the account's number stands in a header."""

    async def require(self, request: Request) -> Account:
        number = request.headers.get("x-account")
        if number is None:
            raise RefusedError("session.none")
        return Account(int(number), [Holding(pupil(int(number)))])


@dataclass
class Consents:
    """Whose sharing is not consented to."""

    missing: set[str] = field(default_factory=set)

    def allowed(self, pupil: str, account: int, on: date) -> bool:
        return pupil not in self.missing

    def require(self, pupil: str, account: int, on: date) -> None:
        if pupil in self.missing:
            raise RefusedError("consent.missing")


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Shared:
    """A running site with what stands behind it."""

    call: Call
    app: FastAPI
    world: World
    shares: Shares
    consents: Consents
    clock: Clock
    database: Database
    sharing: Sharing

    def create(
        self, link: Link, account: int = 0, pin: str = "", text: str | None = None, **more: Any
    ) -> httpx.Response:
        index = FIRST_TRANSCRIPT + account
        shown = self.world.issued[index].sd_jwt if text is None else text
        gate = b64url(hashlib.sha256(link.proof(pin)).digest()) if pin else None
        body = {
            "id": b64url(link.id), "pupil": pupil(account), "school": SCHOOL, "seq": SEQ,
            "index": index, "capability": b64url(hashlib.sha256(link.capability).digest()),
            "gate": gate, "content": b64url(link.seal([shown], pin=pin)),
            "note": b64url(bytes(540)), "days": 7, "views": 3, **more,
        }  # fmt: skip
        return self.call("POST", SHARES, json=body, headers={"x-account": str(account)})

    def open(self, link: Link, pin: str = "", **more: Any) -> httpx.Response:
        body = {
            "id": b64url(link.id), "capability": b64url(link.capability),
            "opening": b64url(Link().id), **({"proof": b64url(link.proof(pin))} if pin else {}),
        }  # fmt: skip
        return self.call("POST", OPEN, json={**body, **more})

    def ask(self, link: Link) -> httpx.Response:
        body = {"id": b64url(link.id), "capability": b64url(link.capability)}
        return self.call("POST", ASK, json=body)

    def withdraw(self, link: Link, account: int = 0) -> httpx.Response:
        headers = {"x-account": str(account)}
        return self.call("POST", WITHDRAW, json={"id": b64url(link.id)}, headers=headers)

    def listed(self, account: int = 0) -> list[dict[str, Any]]:
        response = self.call("GET", SHARES, headers={"x-account": str(account)})
        found: list[dict[str, Any]] = response.json()["shares"]
        return found


def selection(text: str, paths: Sequence[str]) -> str:
    """A selection of the holder: name, birth date, and what these paths name."""
    return selecting.present(text, {"name", "birth_date", *paths})


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    address = migrated(STORE, tmp_path / "store.sqlite")
    found = STORE.connect(address)
    yield found
    found.close()


def shared_over(database: Database, world: World) -> Shared:
    """The sharing of a world, and what tests see of it; the application is still to be made."""
    clock, consents = Clock(), Consents()
    shares = Shares(database, clock)
    owners = {index: pupil(index % len(NAMES)) for index in range(3 * len(NAMES))}

    def owner(school: int, seq: int, index: int) -> str | None:
        return owners.get(index) if (school, seq) == (SCHOOL, SEQ) else None

    made = Sharing(shares, consents, owner, clock)
    none: Any = None
    return Shared(none, none, world, shares, consents, clock, database, made)


@pytest.fixture
def shared(database: Database) -> Iterator[Shared]:
    world = World()
    verifier = world.verifier()
    seen = shared_over(database, world)
    parts = Parts(verifier, world, world.readiness, sharing=seen.sharing, sessions=SignedIn())
    seen.app = create_app(parts, Site(world.deployment, "https://xacminh.example"))
    seen.call = calling(seen.app)
    yield seen
    verifier.close()


def add_mine(app: FastAPI, world: World) -> None:
    """What the holder's page asks about who is signed in, as `api.site.mine` answers it."""

    @app.get("/api/me/session")
    async def session(request: Request) -> dict[str, Any]:
        return {"signed_in": "x-account" in request.headers, "csrf": "c" * 43, "provider": None}

    def place(index: int) -> str:
        return f"{SCHOOL}-{SEQ}-{index}"

    @app.get("/api/me/credentials")
    async def credentials(request: Request) -> list[dict[str, Any]]:
        number = int(request.headers["x-account"])
        return [
            {
                "id": place(index), "pupil": pupil(number), "name": NAMES[number],
                "kind": issued.credential.type.key,
                "kind_name": messages.both(f"kind.{issued.credential.type.key}"),
                "school_name": issued.credential.school_name, "year": issued.credential.year,
                "school_year": transcript.school_year if transcript else None,
            }
            for index, issued in reversed([*enumerate(world.issued)])
            if index % len(NAMES) == number
            for transcript in [issued.credential.transcript]
        ]  # fmt: skip

    @app.get("/api/me/credentials/{number}")
    async def credential(number: str) -> Response:
        return Response(world.issued[int(number.rpartition("-")[2])].sd_jwt)


@dataclass
class Served(Shared):
    """The same on a port, for a browser; `heard` is every path and query that reached it."""

    home: str = ""
    heard: list[str] = field(default_factory=list)


@contextmanager
def serving(database: Database, **about: bool) -> Iterator[Served]:
    """A site on a port. `about` is for `api.site.pages.Site`."""
    world = World()
    verifier = world.verifier()
    here = Served(**vars(shared_over(database, world)))
    parts = Parts(verifier, world, world.readiness, sharing=here.sharing, sessions=SignedIn())

    def make(address: str) -> FastAPI:
        app = create_app(parts, Site(world.deployment, address, accounts=True, **about))
        add_mine(app, world)
        here.app, here.call = app, calling(app)
        return app

    with running(make, here.heard) as address:
        here.home = address
        yield here
    verifier.close()


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    with serving(database) as found:
        yield found
