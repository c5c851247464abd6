#!/usr/bin/env python3
"""Pictures of every state of the check page and its neighbours, over the simulator, in Chromium.

    scripts/make_screenshots.py [--keep]

They go to ``build/screens`` as PNG. With ``--keep`` those that `docs/PAGES.md` shows are written to
``docs/screens`` as WebP, small enough for a repository.
"""

import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from api.accounts.holders import Holders  # noqa: E402
from api.reporting import Intake  # noqa: E402
from api.site.app import Parts, create_app  # noqa: E402
from api.site.pages import Site  # noqa: E402
from api.succeeding import Successions  # noqa: E402
from api.transfers import codes  # noqa: E402
from credential import claimcode  # noqa: E402
from database.connections import Database  # noqa: E402
from scripts import picturing  # noqa: E402
from store.accounts import Holding, Relation  # noqa: E402
from store.claims import Claim  # noqa: E402
from store.reports import Reports  # noqa: E402
from store.schema import STORE  # noqa: E402
from store.transfer_records import Draft, Event, Transfer, TransferState  # noqa: E402
from tests.accounts.conftest import LAN, PUPILS, Registry, issue_to  # noqa: E402
from tests.browser.states import STATES  # noqa: E402
from tests.browser.test_list_page import Served as ServedLists  # noqa: E402
from tests.browser.test_list_page import choose, done, serving_lists  # noqa: E402
from tests.browsing import Visit  # noqa: E402
from tests.lists.test_lists import LIST  # noqa: E402
from tests.sharing import states as sharing_states  # noqa: E402
from tests.sharing.conftest import Served, serving  # noqa: E402
from tests.web.simulator import World, diploma, transcript  # noqa: E402
from tests.web.test_reports import Tokens  # noqa: E402
from verifier.numbers import Numbers  # noqa: E402

WIDTHS = (360, 768, 1280)
CODE = claimcode.encode(bytes(range(12)))  # the slip of the holder's page


def report(seen: Visit, address: str, world: World) -> None:
    """The report page, as reached from a verdict."""
    STATES["forged"](seen, address, world)
    seen.page.get_by_role("link", name="Báo nghi giả").click()
    seen.page.wait_for_selector("#about:visible")


def ticket(seen: Visit, address: str, world: World) -> None:
    """What a reporter is told."""
    report(seen, address, world)
    seen.page.click("#form button[type=submit]")
    seen.page.wait_for_selector("#ticket:visible")


def independent(seen: Visit, address: str, _: World) -> None:
    """The independent page, with the endpoints named."""
    seen.page.goto(f"{address}/independent")
    seen.page.fill("#endpoint", "https://rpc.example.org")
    seen.page.fill("#second", "https://node.example.edu.vn")


def calculate(seen: Visit, address: str, _: World) -> None:
    """The calculators, with a semester worked out and one that lacks its final mark."""
    seen.page.goto(f"{address}/calculate")
    for semester, marks in enumerate((("8", "7,5", "8", "8,5"), ("8", "7", "9", ""))):
        boxes = ("regular.0", "regular.1", "periodic.0", "final")
        for box, mark in zip(boxes, marks, strict=True):
            seen.page.fill(f"[data-at='semesters.{semester}.{box}']", mark)
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector(".result")


def me_entrance(seen: Visit, address: str, _: World) -> None:
    """The holder's page before anybody signed in."""
    seen.page.goto(f"{address}/me")
    seen.page.wait_for_selector("#entrance:visible")


def me(seen: Visit, address: str, world: World) -> None:
    """What a pupil holds, just claimed."""
    me_entrance(seen, address, world)
    seen.page.fill("#code", CODE)
    seen.page.fill("#known", PUPILS[LAN][1].printed())
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    seen.page.fill("#new-name", "lan.nguyen")
    seen.page.fill("#new-password", "con mèo nhà hàng xóm")
    seen.page.press("#new-password", "Enter")
    seen.page.wait_for_selector(".holding")


def list_start(seen: Visit, served: ServedLists) -> None:
    """No list yet."""
    seen.page.goto(served.page)
    seen.page.wait_for_selector("#limits:not(:empty)")


def list_done(seen: Visit, served: ServedLists) -> None:
    """A list with faults, worked through."""
    list_start(seen, served)
    choose(seen, "nhân viên.csv", LIST)
    seen.page.locator("#work").wait_for()
    served.office.work()
    done(seen)


class Followed:
    """One transfer that every code opens; `api.site.transferring.Following`."""

    def follow(self, code: str) -> Transfer:
        """Sealed, and on its way to be accepted."""
        codes.parse(code)
        draft = Draft(
            "CT7K3M9QXA", "7900000001", 1001, 1002, "Trường THPT Sông Trăng", "Trường THPT Gò Mây",
            "residence", date(2026, 1, 12),
        )  # fmt: skip
        events = (
            Event(TransferState.REQUESTED, "An", "", 1_768_200_000),
            Event(TransferState.SEALED, "An", "", 1_768_460_000),
            Event(TransferState.RECEIVED, "Bình", "", 1_768_550_000),
        )
        return Transfer(draft, TransferState.RECEIVED, events)


def transfer(seen: Visit, address: str, _: World) -> None:
    """The parents' page, with a transfer on its way."""
    seen.page.goto(f"{address}/transfer")
    seen.page.fill("#code", "7K3M 9QXA 2BCD 4EFG 6HJK")
    seen.page.press("#code", "Enter")
    seen.page.wait_for_selector("#state-title")


REACHED = STATES | {
    "report": report,
    "ticket": ticket,
    "independent": independent,
    "calculate": calculate,
    "me-entrance": me_entrance,
    "me": me,
    "transfer": transfer,
}
SHARING = sharing_states.STATES
LISTS = {"list-start": list_start, "list-done": list_done}
DARK = ("start", "valid", "forged", "registry-silent", "several")


def holders(database: Database) -> Holders:
    """Accounts, with a pupil who was issued two credentials and has a slip."""
    made = Holders.over(database, Registry())
    for seq, credential in enumerate((transcript(0, PUPILS[LAN][0]), diploma(0, PUPILS[LAN][0]))):
        issue_to(database, LAN, credential, seq)
    slip = Claim(claimcode.digest(CODE), Holding(LAN, Relation.SELF))
    made.claiming.claims.make([slip], 3600, "pictures")
    return made


@contextmanager
def site() -> Iterator[tuple[str, World]]:
    """A running site over a fresh simulator."""
    world = World()
    verifier = world.verifier()
    with socket.socket() as listener, tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/store.sqlite"
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        STORE.migrate(store)
        database = STORE.connect(store)
        reports = Intake(verifier, Tokens(world), Reports(database), 5)
        parts = Parts(
            verifier,
            world,
            world.readiness,
            numbers=Numbers(verifier, world),
            receipts=world.office(verifier),
            reports=reports,
            successions=Successions(verifier, world, world),
            holders=holders(database),
            transfers=Followed(),
        )
        about = Site(
            world.deployment,
            address,
            specimen=True,
            receipts=True,
            reports=True,
            accounts=True,
            transfers=True,
        )
        app = create_app(parts, about)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield address, world
        server.should_exit = True
        thread.join(10)
    verifier.close()


@contextmanager
def sharing_site() -> Iterator[Served]:
    """A running site whose holders share."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{folder}/store.sqlite"
        STORE.migrate(store)
        database = STORE.connect(store)
        with serving(database, specimen=True, receipts=True, reports=True) as served:
            yield served
        database.close()


@contextmanager
def reached(seen: Visit, name: str) -> Iterator[None]:
    """A visit in that state, as long as its site runs."""
    if name in SHARING:
        with sharing_site() as served:
            SHARING[name](seen.page, served)
            yield
    elif name in LISTS:
        with tempfile.TemporaryDirectory() as folder, serving_lists(Path(folder)) as office:
            LISTS[name](seen, office)
            yield
    else:
        with site() as (address, world):
            REACHED[name](seen, address, world)
            yield


def take_all(browser: Any, name: str) -> None:
    """One state at every width, some in the dark too."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    seen = Visit(context)
    with reached(seen, name):
        for scheme in ("light", "dark") if name in DARK else ("light",):
            seen.page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                picturing.take(seen.page, f"{name}-{width}{'-dark' * (scheme == 'dark')}", width)
        if name == "valid":
            seen.page.emulate_media(media="print", color_scheme="light")
            picturing.take(seen.page, "print", 720)
    context.close()


def main() -> None:
    """Take them all."""
    with picturing.browser() as browser:
        for name in (*REACHED, *SHARING, *LISTS):
            take_all(browser, name)
    if "--keep" in sys.argv[1:]:
        picturing.keep({*REACHED, *SHARING, *LISTS, "print"})


if __name__ == "__main__":
    main()
