"""Texts verified on the event loop, when all sources are at hand: the same answers."""

from collections.abc import Callable

import pytest

from api.site.app import Parts, create_app
from api.site.pages import Site
from tests.web.conftest import VERIFY, calling
from tests.web.simulator import HOST, World
from verifier.verify import Verifier

Bend = Callable[[World], str]


def silenced(source: str) -> Bend:
    def bend(world: World) -> str:
        world.silent.add(source)
        return world.issued[0].link

    return bend


TEXTS: dict[str, Bend] = {
    "a genuine link": lambda world: world.issued[0].link,
    "a genuine SD-JWT": lambda world: world.issued[0].sd_jwt,
    "a changed SD-JWT": lambda world: world.issued[0].sd_jwt.replace("~", "~AAAA~", 1),
    "a link while the chain is silent": silenced("chain"),
    "a link while the registry is silent": silenced("registry"),
    "nothing of ours": lambda _: "https://example.org/",
    "a look-up code that stands for nothing": lambda _: "0000000000000000",
    "an empty text": lambda _: "",
}


@pytest.mark.parametrize("bend", TEXTS.values(), ids=TEXTS)
def test_the_answer_is_the_one_that_threads_give(bend: Bend, world: World) -> None:
    text = bend(world)
    found = []
    for at_hand in (True, False):
        verifier = Verifier(world.deployment, world, world, world, at_hand=lambda it=at_hand: it)
        app = create_app(Parts(verifier, world, world.readiness), Site(world.deployment, HOST))
        response = calling(app)("POST", VERIFY, json={"text": text})
        verifier.close()
        found.append((response.status_code, response.headers["cache-control"], response.json()))
    assert found[0] == found[1]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods_are_refused(method: str, world: World) -> None:
    verifier = Verifier(world.deployment, world, world, world, at_hand=lambda: True)
    app = create_app(Parts(verifier, world, world.readiness), Site(world.deployment, HOST))
    assert calling(app)(method, VERIFY).status_code == 405
    verifier.close()
