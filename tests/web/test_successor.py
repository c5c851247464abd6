"""From a superseded credential to the one that took its place: who is led on, and who is not."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import insert

from api.site.app import Parts, create_app
from api.site.pages import Site
from api.succeeding import Successions
from credential.model import Lane, Place
from store.history import History
from store.schema import STORE
from store.tables import LEDGER_BATCHES, LEDGER_SUCCESSIONS
from tests.databases import migrated
from tests.web.conftest import Call, calling, problem
from tests.web.simulator import HOST, World, diploma, key_from


@pytest.fixture
def ask(world: World) -> Iterator[Call]:
    verifier = world.verifier()
    successions = Successions(verifier, world, world)
    parts = Parts(verifier, world, world.readiness, successions=successions)
    yield calling(create_app(parts, Site(world.deployment, HOST)))
    verifier.close()


def superseded(world: World) -> str:
    world.lanes[0] = Lane.SUPERSEDED
    world.successors[0] = 1
    return world.issued[0].link


@pytest.mark.parametrize("form", ["link", "digits", "sd_jwt", "code"])
def test_who_holds_the_old_one_is_led_to_the_new(form: str, world: World, ask: Call) -> None:
    superseded(world)
    answer = ask("POST", "/api/successor", json={"text": getattr(world.issued[0], form)})
    assert answer.json() == {"text": world.issued[1].digits}


def forged(world: World) -> str:
    superseded(world)
    return world.issue(diploma(0, "Nguyễn Thị Minh Ánh"), Place(0, 0), key_from(99)).link


def standing(world: World) -> str:
    world.successors[0] = 1
    return world.issued[0].link


def revoked(world: World) -> str:
    superseded(world)
    world.lanes[0] = Lane.REVOKED
    return world.issued[0].link


def unknown(world: World) -> str:
    superseded(world)
    world.successors.clear()
    return world.issued[0].link


def unproven(world: World) -> str:
    superseded(world)
    world.silent.add("store")
    return world.issued[0].link


def elsewhere(world: World) -> str:
    superseded(world)
    world.successors[0] = 99
    return world.issued[0].link


LED_NOWHERE: dict[str, Callable[[World], str]] = {
    "a forgery of the old one": forged,
    "one that stands": standing,
    "one that was revoked": revoked,
    "nothing is known to have followed": unknown,
    "its place in the batch cannot be shown now": unproven,
    "what followed is not kept here": elsewhere,
}


@pytest.mark.parametrize("case", LED_NOWHERE)
def test_nobody_else_learns_anything(case: str, world: World, ask: Call) -> None:
    answer = ask("POST", "/api/successor", json={"text": LED_NOWHERE[case](world)})
    assert (answer.status_code, problem(answer).code) == (404, "successor.unknown")


class Held:
    """Finds a successor, of a file only when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def of(self, thing: str | bytes) -> str:
        if isinstance(thing, bytes):
            self.go.wait()
        return "1"


def test_files_that_wait_for_their_turn_keep_no_text_waiting(world: World) -> None:
    held, verifier = Held(), world.verifier()
    parts = Parts(verifier, world, world.readiness, successions=held)
    app = create_app(parts, Site(world.deployment, HOST))

    async def ask_together() -> list[int]:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=HOST, timeout=None
        ) as client:
            pdf = {"content": b"%PDF-", "headers": {"Content-Type": "application/pdf"}}
            files = [asyncio.ensure_future(client.post("/api/successor", **pdf)) for _ in range(40)]
            await asyncio.sleep(0)
            text = client.post("/api/successor", json={"text": "1"})
            try:
                answered = await asyncio.wait_for(text, 60)
            finally:
                held.go.set()
            return [answered.status_code, *[(await each).status_code for each in files]]

    assert set(asyncio.run(ask_together())) == {200}
    verifier.close()


def test_the_index_knows_what_replaced_what(tmp_path: Path) -> None:
    address = migrated(STORE, tmp_path / "store.sqlite")
    database = STORE.connect(address)
    batch = {"school": 7, "size": 8, "time": 1, "by": bytes(20), "key": bytes(32)}
    known = LEDGER_BATCHES.c.keys()
    with database.writing() as connection:
        for seq in (0, 1):
            row = batch | {"block": seq, "log": 0, "seq": seq, "root": bytes([seq]) * 32}
            filled = {name: row.get(name, bytes(32)) for name in known}
            connection.execute(insert(LEDGER_BATCHES).values(filled))
        place = {"block": 2, "log": 0, "school": 7, "root": bytes(32), "position": 4}
        after = {"successor_root": b"\x01" * 32, "successor_position": 3}
        connection.execute(insert(LEDGER_SUCCESSIONS).values(place | after))
    history = History(database)
    assert history.successor(7, 0, 4) == (1, 3)
    for missing in ((7, 0, 3), (7, 1, 4), (8, 0, 4)):
        assert history.successor(*missing) is None
    database.close()
