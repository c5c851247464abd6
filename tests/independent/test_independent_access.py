"""The independent page and the offline verdict under axe, at 320 to 1280 pixels, by keyboard."""

from collections.abc import Callable

import pytest

from tests.browser.test_accessibility import CUT, LOOKS, TARGETS, WIDER, no_axe, violations
from tests.browsing import Visit
from tests.independent.conftest import GENUINE, REVOKED, Anchored
from tests.independent.running import Endpoint, RunningSite
from tests.independent.test_independent_page import checked, opened, signing_keys
from tests.independent.test_offline import CONTROLLED, cut, typed
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


def assert_accessible(seen: Visit, state: str) -> None:
    for scheme, widths in LOOKS.items():
        seen.page.emulate_media(color_scheme=scheme)
        for width in (320, *widths):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{state}, {scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"{state}, {scheme} at {width}"
    small = seen.page.evaluate(TARGETS)
    assert [name for name in small if 'type="checkbox"' not in name] == [], state  # its label is


@no_axe
@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_axe_finds_nothing_in_any_state(
    anchored: Anchored, endpoint: Endpoint, visit: Open
) -> None:
    running = RunningSite(anchored.world, lambda: signing_keys(anchored))
    seen = opened(visit, running.address)
    seen.page.wait_for_function(CONTROLLED)
    seen.page.click("#known summary")
    seen.page.click("#scripts summary")
    seen.page.wait_for_selector("#digests li")
    assert_accessible(seen, "the form with all parts open")
    seen.page.click("#check")
    seen.page.wait_for_selector("#trouble:not([hidden])")
    assert_accessible(seen, "something is missing")
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    assert_accessible(seen, "right by the chain")
    seen.page.get_by_role("button", name=messages.text("vi", "independent.keep")).click()
    seen.page.get_by_role("button", name=messages.text("vi", "independent.kept")).wait_for()
    seen.page.get_by_role("button", name=messages.text("vi", "page.again")).click()
    seen.page.click("#prepare")
    seen.page.wait_for_selector("#prepare:not([disabled])")
    assert_accessible(seen, "prepared, with a bundle")
    checked(seen, anchored.world.issued[REVOKED].sd_jwt, endpoint.url)
    assert_accessible(seen, "revoked")
    cut(seen, running)
    for number, state in ((GENUINE, "offline with a bundle"), (2, "offline by the list")):
        typed(seen, running, anchored.world.issued[number].sd_jwt)
        assert_accessible(seen, state)


def assert_whole(seen: Visit) -> None:
    assert seen.page.evaluate(WIDER) == 0
    cut_off = seen.page.evaluate(CUT)
    assert [name for name in cut_off if not name.startswith("<input")] == []  # these scroll


@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_large_text_loses_nothing(anchored: Anchored, endpoint: Endpoint, visit: Open) -> None:
    running = RunningSite(anchored.world, lambda: signing_keys(anchored))
    seen = opened(visit, running.address, width=360)
    seen.page.click("#known summary")
    large = "document.documentElement.style.fontSize = '200%'"
    seen.page.evaluate(large)
    assert_whole(seen)
    seen.page.click("#known summary")
    checked(seen, anchored.world.issued[GENUINE].sd_jwt, endpoint.url)
    assert_whole(seen)
    running.stop()


@pytest.mark.parametrize("net", ["embedded"], indirect=True)
def test_by_keyboard_alone_and_in_english(
    anchored: Anchored, endpoint: Endpoint, visit: Open
) -> None:
    running = RunningSite(anchored.world, lambda: signing_keys(anchored))
    seen = opened(visit, running.address)
    seen.page.get_by_role("button", name="English").focus()
    seen.page.keyboard.press("Enter")
    seen.page.focus("#endpoint")
    seen.page.keyboard.type(endpoint.url)
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.closest('details').id") == "known"
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.insert_text(anchored.world.issued[GENUINE].digits)
    for _ in range(8):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.id") == "check":
            break
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".verdict", timeout=60_000)
    assert seen.headline == messages.text("en", "headline.chain_only")
    assert seen.page.evaluate("document.activeElement.id") == "headline"
    seen.page.get_by_role("button", name="Tiếng Việt").click()
    assert seen.headline == messages.text("vi", "headline.chain_only")
    running.stop()
