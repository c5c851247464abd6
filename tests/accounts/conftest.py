"""Accounts over a real store, with a registry of a few pupils."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from api.accounts.people import People
from credential.dates import PartialDate
from credential.records import PupilRecord
from database.connections import Database
from store.accounts import Accounts
from store.held import Held
from store.schema import STORE

NOW = 1_780_000_000  # Friday, 29/05/2026 in Viet Nam
TODAY = date(2026, 5, 29)
LAN, BINH, CHI, DUNG = "7900000001", "7900000002", "7900000003", "7900000004"
PUPILS = {
    LAN: ("Nguyễn Thị Lan", PartialDate(2009, 2, 7)),  # 17
    BINH: ("Trần Văn Bình", PartialDate(2020, 6, 1)),  # 5
    CHI: ("Lê Thị Chi", PartialDate(2008, 5, 29)),  # 18 today
    DUNG: ("Phạm Văn Dũng", PartialDate(2008)),  # 17 or 18: counts as 17
}


class Clock:
    """Time that goes on when it is told to."""

    now = NOW

    def __call__(self) -> int:
        return self.now


@dataclass
class Registry:
    """Pupils as the registry's desk tells them."""

    known: dict[str, tuple[str, PartialDate]] = field(default_factory=lambda: dict(PUPILS))

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
    address = f"sqlite:///{tmp_path / 'store.sqlite'}"
    STORE.migrate(address)
    found = STORE.connect(address)
    yield found
    found.close()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, clock)


@pytest.fixture
def people(accounts: Accounts, registry: Registry, database: Database) -> People:
    return People(accounts, registry, Held(database), lambda: TODAY)
