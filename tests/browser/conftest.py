"""The real application over the simulator, on a free local port, for a real browser."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

import api.site.pages
from api.site.app import Parts, create_app
from api.site.pages import Site
from api.succeeding import Successions
from tests.served import running
from tests.web.simulator import World
from verifier.numbers import Numbers


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def scanner(request: pytest.FixtureRequest) -> str:
    """Where codes are read: ``local`` wants the built assets, ``server`` hides them."""
    return str(getattr(request, "param", "server"))


@pytest.fixture
def heard() -> list[str]:
    """Every path and query that reached the server."""
    return []


@pytest.fixture
def site(
    world: World, scanner: str, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of a running application."""
    if scanner == "server":
        monkeypatch.setattr(api.site.pages, "_SCANNER", "vendor/none")
    verifier = world.verifier()
    parts = Parts(
        verifier,
        world,
        world.readiness,
        numbers=Numbers(verifier, world),
        receipts=world.office(verifier),
        successions=Successions(verifier, world, world),
    )

    def make(address: str) -> FastAPI:
        return create_app(parts, Site(world.deployment, address, receipts=True, reports=True))

    with running(make, heard) as address:
        yield address
    verifier.close()
