"""Accounts over a real store, with a registry of a few pupils."""

import itertools
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import httpx
import pytest

from api.accounts.claiming import Claiming
from api.accounts.consenting import Consents
from api.accounts.holders import Holders
from api.accounts.people import People
from api.site.app import Parts, create_app
from api.site.limits import Limits
from api.site.pages import Site
from credential import claimcode
from credential.approval import Approval
from credential.dates import PartialDate
from credential.model import Credential
from credential.records import Batch, BatchState, PupilRecord
from database.connections import Database
from issuer import staging
from store.accounts import Accounts, Holding, Relation
from store.batches import Batches
from store.claims import Claim, Claims, Confirmation
from store.consents import ConsentStore
from store.extracts import Extracts
from store.held import Held
from store.schema import STORE
from store.sessions import SessionStore
from tests.databases import migrated
from tests.web.conftest import Call, calling
from tests.web.simulator import HOST, World

NOW = 1_780_000_000  # Friday, 29/05/2026 in Viet Nam
TODAY = date(2026, 5, 29)
LAN, BINH, CHI, DUNG = "7900000001", "7900000002", "7900000003", "7900000004"
PUPILS = {
    LAN: ("Nguyễn Thị Lan", PartialDate(2009, 2, 7)),  # 17
    BINH: ("Trần Văn Bình", PartialDate(2020, 6, 1)),  # 5
    CHI: ("Lê Thị Chi", PartialDate(2008, 5, 29)),  # 18 today
    DUNG: ("Phạm Văn Dũng", PartialDate(2008)),  # 17 or 18: counts as 17
}
NUMBERS = {LAN: "079309123456", BINH: "079220123456"}


class Clock:
    """Time that goes on when it is told to."""

    now = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Registry:
    """Pupils as the registry's desk tells them."""

    known: dict[str, tuple[str, PartialDate]] = field(default_factory=lambda: dict(PUPILS))
    numbers: dict[str, str] = field(default_factory=lambda: dict(NUMBERS))

    def has_personal_no(self, pupil: str, number: str) -> bool:
        return self.numbers.get(pupil) == number

    def pupils(self, codes: Sequence[str]) -> Mapping[str, PupilRecord]:
        return {
            code: PupilRecord(code, *self.known[code], 7, "12A1")
            for code in codes
            if code in self.known
        }


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    address = migrated(STORE, tmp_path / "store.sqlite")
    found = STORE.connect(address)
    yield found
    found.close()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, clock)


@pytest.fixture
def people(accounts: Accounts, registry: Registry, database: Database) -> People:
    return People(accounts, registry, Held(database), lambda: TODAY)


class Browser:
    """Somebody's browser: it keeps cookies, and sends with writes what the site's page sends."""

    def __init__(self, call: Call, address: str = HOST) -> None:
        self._call, self._address = call, address
        self.cookies: dict[str, str] = {}
        self.headers = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
        self.csrf: str | None = None

    def ask(self, method: str, path: str, **more: object) -> httpx.Response:
        headers = dict(self.headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf and method not in ("GET", "HEAD"):
            headers["X-CSRF-Token"] = self.csrf
        response = self._call(method, path, headers=headers, **more)
        for name, value in response.cookies.items():
            self.cookies[name] = value
        for each in response.headers.get_list("set-cookie"):
            if "Max-Age=0" in each:
                self.cookies.pop(each.partition("=")[0], None)
        return response

    def look(self) -> dict[str, object]:
        """Open the page: what its session is."""
        found: dict[str, object] = self.ask("GET", "/api/me/session").json()
        self.csrf = str(found["csrf"]) or None
        return found

    @property
    def token(self) -> str | None:
        return self.cookies.get("__Host-sogoc")


@pytest.fixture
def holders(database: Database, registry: Registry, clock: Clock) -> Holders:
    return holders_over(database, registry, clock)


def holders_over(database: Database, registry: Registry, clock: Clock) -> Holders:
    made = Holders.over(database, registry)
    accounts = Accounts(database, clock)
    people = People(accounts, registry, Held(database), lambda: TODAY)
    return replace(
        made, accounts=accounts, people=people, sessions=SessionStore(database, clock),
        claiming=Claiming(Claims(database, clock), people),
        consents=Consents(ConsentStore(database, clock), people),
        extracts=Extracts(database, clock),
    )  # fmt: skip


@pytest.fixture
def limits_clock() -> Clock:
    return Clock()


@pytest.fixture
def call(holders: Holders, limits_clock: Clock) -> Iterator[Call]:
    with called(holders, limits_clock) as found:
        yield found


@contextmanager
def called(holders: Holders, limits_clock: Clock) -> Iterator[Call]:
    """Calls the site in process."""
    world = World()
    verifier = world.verifier()
    parts = Parts(
        verifier, world, world.readiness, holders=holders, limits=Limits(clock=limits_clock)
    )
    yield calling(create_app(parts, Site(world.deployment, HOST)))
    verifier.close()


@pytest.fixture
def browser_of(call: Call) -> Callable[[], Browser]:
    """Opens a browser."""
    return lambda: Browser(call)


def claim_code(
    holders: Holders, pupil: str = LAN, relation: Relation = Relation.SELF, seconds: int = 1000,
    confirmation: Confirmation = Confirmation.BIRTH,
) -> str:  # fmt: skip
    text = claimcode.encode(secrets.token_bytes(claimcode.RANDOM_BYTES))
    claim = Claim(claimcode.digest(text), Holding(pupil, relation), confirmation)
    holders.claiming.claims.make([claim], seconds, "test")
    return text


@pytest.fixture
def code(holders: Holders) -> Callable[..., str]:
    """Makes a claim code."""
    return partial(claim_code, holders)


PASSWORD = "con mèo nhà hàng xóm"
SignedIn = Callable[..., Browser]


@pytest.fixture
def signed_in(browser_of: Callable[[], Browser], code: Callable[..., str]) -> SignedIn:
    """A browser of somebody who claimed a pupil's records."""
    return partial(sign_up, browser_of, code)


def sign_up(
    browser_of: Callable[[], Browser], code: Callable[..., str], name: str, pupil: str = LAN,
    relation: Relation = Relation.SELF,
) -> Browser:  # fmt: skip
    browser = browser_of()
    given = {
        "code": code(pupil, relation), "born": PUPILS[pupil][1].printed(),
        "name": name, "password": PASSWORD,
    }  # fmt: skip
    response = browser.ask("POST", "/api/me/account", json=given)
    assert response.status_code == 204, response.text
    browser.look()
    return browser


def issue_to(database: Database, pupil: str, credential: Credential, seq: int = 0) -> str:
    """Issue a credential to a pupil, as a batch of one; its id."""
    world, book = World(), Batches(database)
    key = world.key
    rows = list(staging.stage([credential], [pupil], seq, world.deployment, key.public, os.urandom))
    signatures, levels = staging.sign(rows, world.deployment, key)
    batch = Batch(
        0, f"{seq:064d}", credential.school, credential.type, seq, 1, BatchState.STAGED,
        key.public.kid, key.public.alg,
    )  # fmt: skip
    number = book.stage(batch, rows, Approval("prepared", "approved")).id
    book.sign(number, signatures, levels)
    book.advance(number, BatchState.FINAL, block=9, time=NOW + seq)
    return f"{credential.school}-{seq}-0"


@pytest.fixture
def issue(database: Database) -> Callable[[str, Credential], str]:
    """Issues a credential to a pupil; its id."""
    seqs = itertools.count()
    return lambda pupil, credential: issue_to(database, pupil, credential, next(seqs))
