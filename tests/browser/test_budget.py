"""What the first view costs: bytes on the line, and that slow phones and slow lines get there."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.test_scanning import unbuilt
from tests.browsing import Visit
from tests.web.simulator import World

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
FIRST_VIEW = 100_000  # bytes as transferred, headers included
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 50_000,
             "uploadThroughput": 25_000}  # bytes a second: 400 kbit/s  # fmt: skip


def protocol(seen: Visit) -> Any:
    return seen.page.context.new_cdp_session(seen.page)


@pytest.mark.parametrize("scanner", ["server", pytest.param("local", marks=unbuilt)], indirect=True)
def test_the_first_view_is_small_and_the_second_nearly_free(
    scanner: str, site: str, visit: Open
) -> None:
    seen = visit(width=360, height=740)
    session = protocol(seen)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    seen.page.goto(site, wait_until="networkidle")
    seen.page.evaluate("document.fonts.ready.then(() => true)")
    assert sum(sizes) <= FIRST_VIEW
    assert not any("zxing" in url for url in seen.requests), "the decoder loads lazily"
    sizes.clear()
    seen.page.reload(wait_until="networkidle")
    assert sum(sizes) <= 30_000


def test_a_slow_phone_on_a_slow_line_comes_to_a_verdict(
    site: str, visit: Open, world: World
) -> None:
    seen = visit(width=360, height=740)
    session = protocol(seen)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    seen.page.goto(site)
    seen.page.fill("#code", world.issued[0].code)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector('.verdict[data-verdict="VALID"]')
    assert seen.complaints == []
