"""Without a network: a real service worker, a real database in a browser, a server that is gone."""

from collections.abc import Callable, Iterator

import pytest

from api.site.directory import SigningKeys
from credential.facts import Block, LedgerKey
from credential.model import KeyRole
from tests.browsing import Visit
from tests.independent.conftest import GENUINE, Anchored
from tests.independent.running import Endpoint, RunningSite
from tests.independent.test_independent_page import (
    checked,
    headline,
    opened,
    outcomes,
    signing_keys,
)
from tests.independent.test_kept_in_script import Impostor
from tests.web.simulator import SCHOOL, World, key_from
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
BLOCK = Block(1204, bytes.fromhex("ab" * 32), 1_780_000_000)
NAME = "Trường THPT Bình Minh"
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
PREPARED = messages.text("vi", "independent.prepared", schools=1, time=BLOCK.time)
CACHED = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(request.url);
    }
    return found;
}"""


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def running(world: World) -> Iterator[RunningSite]:
    public = world.key.public
    key = LedgerKey(public.kid, SCHOOL, 5, 0, 0, KeyRole.SIGN, public.raw)
    site = RunningSite(world, lambda: SigningKeys(BLOCK, [key], {SCHOOL: NAME}))
    yield site
    site.stop()


def prepared(visit: Open, running: RunningSite, **more: int) -> Visit:
    """A device that was prepared while the server was there."""
    seen = opened(visit, running.address, **more)
    seen.page.wait_for_function(CONTROLLED)
    seen.page.click("#prepare")
    seen.page.wait_for_function(
        "wanted => document.querySelector('#kept-state').textContent === wanted", arg=PREPARED
    )
    return seen


def cut(seen: Visit, running: RunningSite) -> None:
    running.stop()
    seen.page.context.set_offline(True)
    seen.complaints.clear()


def typed(seen: Visit, running: RunningSite, text: str, verdict: str = ".verdict") -> None:
    """Hand a code in on the check page, opened anew."""
    seen.page.goto(running.address)
    seen.page.fill("#code", text)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(verdict, timeout=60_000)


def test_a_prepared_device_checks_the_signature_and_says_what_it_did_not(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    cut(seen, running)
    typed(seen, running, world.issued[GENUINE].link)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("offline"))
    assert messages.text("vi", "status.offline") in seen.result
    assert messages.text("vi", "next.offline") in seen.result
    assert messages.text("vi", "trust.listed") in seen.result
    assert NAME in seen.result
    assert world.issued[GENUINE].credential.holder.name in seen.result
    assert seen.page.is_visible("#unconnected")
    assert set(outcomes(seen)) == {"passed", "unknown"}
    policy = [one for one in seen.complaints if "Content Security" in one]
    assert policy == []


def test_a_forgery_is_one_without_a_network_too(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    cut(seen, running)
    first = world.issued[GENUINE]
    forged = world.issue(first.credential, first.place, Impostor(world.key))
    typed(seen, running, forged.link)
    assert (seen.verdict, seen.headline) == ("INVALID", headline("forged"))
    unknown = world.issue(first.credential, first.place, key_from(99))
    typed(seen, running, unknown.sd_jwt)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("offline_unsettled"))
    since = messages.text("vi", "signature.not_listed", time=BLOCK.time)
    assert since in seen.result


def test_a_device_that_was_not_prepared_says_so(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = opened(visit, running.address)
    seen.page.wait_for_function(CONTROLLED)
    cut(seen, running)
    typed(seen, running, world.issued[GENUINE].link)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("unprepared"))
    assert messages.text("vi", "next.unprepared") in seen.result
    typed(seen, running, world.issued[GENUINE].code)
    assert (seen.verdict, seen.headline) == (
        "UNDETERMINED", messages.text("vi", "page.lost_title"),
    )  # fmt: skip


def test_with_the_server_back_the_whole_answer_comes(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    cut(seen, running)
    typed(seen, running, world.issued[GENUINE].link)
    running.start()
    seen.page.context.set_offline(False)
    seen.page.get_by_role("button", name=messages.text("vi", "page.retry")).click()
    seen.page.wait_for_selector(".verdict[data-verdict=VALID]", timeout=60_000)
    assert seen.headline == headline("valid")


def test_no_answer_and_no_token_is_ever_kept(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    seen.page.goto(f"{running.address}/V?from=paper#{world.issued[GENUINE].digits}")
    seen.page.wait_for_selector(".verdict", timeout=60_000)
    kept = [url.removeprefix(running.address) for url in seen.page.evaluate(CACHED)]
    assert {"/", "/independent", "/texts/offline.json", "/static/check.js"} <= set(kept)
    assert [path for path in kept if path.startswith("/api") or "?" in path or "#" in path] == []
    assert not any(world.issued[GENUINE].digits in path for path in [*kept, *running.heard])


def test_a_printed_link_opens_without_a_network(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    cut(seen, running)
    seen.page.goto(f"{running.address}/V#{world.issued[GENUINE].digits}")
    seen.page.wait_for_selector(".verdict", timeout=60_000)
    assert seen.headline == headline("offline")


def test_what_is_kept_can_be_deleted(visit: Open, running: RunningSite, world: World) -> None:
    seen = prepared(visit, running)
    seen.page.click("#forget")
    seen.page.wait_for_selector("#forget", state="hidden")
    cut(seen, running)
    typed(seen, running, world.issued[GENUINE].link)
    assert seen.headline == headline("unprepared")


def test_a_new_version_comes_without_taking_a_page_away(
    visit: Open, running: RunningSite, world: World
) -> None:
    seen = prepared(visit, running)
    before = set(seen.page.evaluate("() => caches.keys()"))
    seen.page.fill("#thing", "half typed")
    running.stop()
    running.specimen = True
    running.start()
    waiting = """async () => {
        const known = await navigator.serviceWorker.ready;
        await known.update();
        while (!known.waiting) await new Promise((next) => setTimeout(next, 50));
    }"""
    seen.page.evaluate(waiting)
    assert seen.page.input_value("#thing") == "half typed"
    assert before < set(seen.page.evaluate("() => caches.keys()"))
    context = seen.page.context
    seen.page.close()  # the last page of the old version
    later = Visit(context)
    later.page.goto(f"{running.address}/independent")
    later.page.wait_for_function(
        "old => caches.keys().then(names => !names.includes(old))", arg=before.pop()
    )
    assert later.page.is_visible("#specimen")
    later.page.wait_for_selector("#forget:not([hidden])")  # what was kept is still there


@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_a_kept_bundle_shows_the_batch_without_a_network(
    anchored: Anchored, endpoint: Endpoint, visit: Open
) -> None:
    running = RunningSite(anchored.world, lambda: signing_keys(anchored))
    seen = opened(visit, running.address)
    seen.page.wait_for_function(CONTROLLED)
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    seen.page.get_by_role("button", name=messages.text("vi", "independent.keep")).click()
    seen.page.get_by_role("button", name=messages.text("vi", "independent.kept")).wait_for()
    seen.page.goto(f"{running.address}/independent")
    seen.page.wait_for_selector("#kept li")
    assert anchored.world.issued[GENUINE].credential.register_no in seen.page.inner_text("#kept")
    seen.page.click("#prepare")  # Keccak is among the large files
    seen.page.wait_for_selector("#prepare:not([disabled])")
    cut(seen, running)
    typed(seen, running, anchored.world.issued[GENUINE].sd_jwt)
    assert (seen.verdict, seen.headline) == ("UNDETERMINED", headline("offline_bundle"))
    assert outcomes(seen) == [*["passed"] * 6, "unknown", "passed"]

    seen.page.goto(f"{running.address}/independent")
    seen.page.click("#kept button")
    seen.page.wait_for_selector("#kept li", state="detached")
    typed(seen, running, anchored.world.issued[GENUINE].sd_jwt)
    assert seen.headline == headline("offline")
