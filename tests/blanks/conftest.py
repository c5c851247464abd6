"""An inventory of blanks on either database."""

from datetime import date

import pytest

from credential.blanks import Why
from database.connections import Database
from store.blanks import Blanks
from tests.store.conftest import database, database_url  # noqa: F401 — their fixtures

SCHOOL, OTHER = 7, 8


def why(document: str | None = "15/QĐ-SGDĐT", on: date = date(2026, 5, 4), **said: str) -> Why:
    """By whom, when, by what."""
    return Why("Trần Thị Hoa", on, document, said.get("reason"), said.get("council"))


@pytest.fixture
def blanks(database: Database) -> Blanks:  # noqa: F811
    return Blanks(database, clock=lambda: 1_780_000_000)
