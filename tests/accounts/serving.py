"""The site with its holder's page on a free local port, for a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from api.accounts.holders import Holders
from api.site.app import Parts, create_app
from api.site.pages import Site
from tests.served import running
from tests.web.simulator import World


@dataclass
class Served:
    """Its address, and every path and query that reached it."""

    home: str
    heard: list[str]

    @property
    def page(self) -> str:
        return f"{self.home}/me"


@contextmanager
def serving(holders: Holders, world: World | None = None) -> Iterator[Served]:
    world, heard = world or World(), []
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, holders=holders)
    with running(
        lambda address: create_app(
            parts, Site(world.deployment, address, accounts=True, reports=True)
        ),
        heard,
    ) as home:
        yield Served(home, heard)
    verifier.close()
