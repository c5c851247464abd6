"""Scanning with a live picture: hints while looking, lamp, other cameras, a hidden page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import CHROMIUM, FRAME, QUIET, Playwright, Visit, camera, code_image
from tests.web.simulator import World

pytestmark = pytest.mark.browser

VENDOR = Path(__file__).parents[2] / "web/static/vendor/zxing_reader.wasm"
unbuilt = pytest.mark.skipif(
    not VENDOR.exists(), reason="the page's QR reader is not built: scripts/make_assets.sh"
)


def held(printed: Image.Image, side: int) -> Image.Image:
    """A frame in which something printed is held before the camera, that many pixels wide."""
    frame = Image.new("RGB", FRAME, (150, 148, 140))
    paper = Image.new("RGB", (FRAME[0] - 120, FRAME[1] - 40), (250, 250, 245))
    frame.paste(paper, (60, 20))
    code = printed.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    frame.paste(code, ((FRAME[0] - side) // 2, (FRAME[1] - side) // 2))
    return frame


def reel(frame: Image.Image, path: Path) -> Path:
    with path.open("wb") as out:
        for _ in range(10):
            frame.save(out, "JPEG", quality=88)
    return path


def dark(frame: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(frame).enhance(0.08)


def blurred(frame: Image.Image) -> Image.Image:
    return frame.filter(ImageFilter.GaussianBlur(9))


OTHER = "https://example.com/some/menu/of/a/restaurant"
HINTS: dict[str, tuple[Callable[[str], Image.Image], str]] = {
    "too dark": (lambda link: dark(held(code_image(link), 300)), "tối quá"),
    "out of focus": (lambda link: blurred(held(code_image(link), 300)), "bị mờ"),
    "another's code": (lambda _: held(code_image(OTHER), 300), "không phải mã văn bằng"),
    "too far": (lambda link: held(code_image(link), 64), "đưa máy lại gần"),
    "nothing there": (lambda _: Image.new("RGB", FRAME, (190, 190, 185)), "Đang tìm mã"),
}


@unbuilt
@pytest.mark.parametrize("scanner", ["local"], indirect=True)
@pytest.mark.parametrize("case", HINTS)
def test_a_hint_says_what_keeps_the_code_from_being_read(
    case: str, site: str, world: World, heard: list[str], playwright: Playwright, tmp_path: Path
) -> None:
    frame, sentence = HINTS[case]
    film = reel(frame(world.issued[0].link), tmp_path / "camera.mjpeg")
    with camera(playwright, film) as seen:
        seen.page.goto(site)
        seen.page.click("#scan")
        seen.page.wait_for_function(
            "word => document.getElementById('scan-state').textContent.includes(word)",
            arg=sentence,
        )
        seen.page.wait_for_timeout(800)
        assert sentence in seen.page.locator("#scan-state").inner_text(), "it stays"
        assert not any("/api/" in address for address in heard), "nothing was sent"
        assert seen.page.url == f"{site}/"
        seen.page.get_by_role("button", name="English").click()
        assert sentence not in seen.page.locator("#scan-state").inner_text()
        assert seen.complaints == []
        seen.page.click("#stop")
        assert seen.page.locator("#start").is_visible()
        seen.page.wait_for_function("() => document.getElementById('video').srcObject === null")


def phone(playwright: Playwright, cameras: int) -> Any:
    """A browser with so many cameras that show a moving pattern."""
    devices = f"--use-fake-device-for-media-stream=device-count={cameras}"
    return playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*QUIET, "--use-fake-ui-for-media-stream", devices]
    )


TORCH = """
    globalThis.lit = [];
    MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
    MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => {
        lit.push(advanced[0].torch);
    };
"""


def test_a_lamp_is_offered_where_there_is_one(site: str, playwright: Playwright) -> None:
    browser = phone(playwright, 1)
    try:
        seen = Visit(browser.new_context(permissions=["camera"]))
        seen.page.goto(site)
        seen.page.click("#scan")
        seen.page.wait_for_function("() => document.getElementById('video').videoWidth > 0")
        assert seen.page.locator("#torch").is_hidden()
        assert seen.page.locator("#switch").is_hidden(), "there is one camera"

        seen = Visit(browser.new_context(permissions=["camera"]))
        seen.page.add_init_script(TORCH)
        seen.page.goto(site)
        seen.page.click("#scan")
        lamp = seen.page.get_by_role("button", name="Đèn")
        lamp.click()
        assert lamp.get_attribute("aria-pressed") == "true"
        lamp.click()
        assert lamp.get_attribute("aria-pressed") == "false"
        assert seen.page.evaluate("lit") == [True, False]
    finally:
        browser.close()


@no_axe
def test_axe_finds_nothing_while_scanning(site: str, playwright: Playwright) -> None:
    browser = phone(playwright, 2)
    try:
        seen = Visit(browser.new_context(permissions=["camera"]))
        seen.page.add_init_script(TORCH)
        seen.page.goto(site)
        seen.page.click("#scan")
        seen.page.get_by_role("button", name="Đèn").click()
        for scheme, width in (("light", 360), ("light", 1280), ("dark", 360), ("dark", 1280)):
            seen.page.emulate_media(color_scheme=scheme)
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0
    finally:
        browser.close()


def used(seen: Visit) -> str:
    seen.page.wait_for_function("() => document.getElementById('video').srcObject?.active")
    found = "document.getElementById('video').srcObject.getVideoTracks()[0].getSettings().deviceId"
    return str(seen.page.evaluate(found))


def test_the_other_camera_can_be_chosen(site: str, playwright: Playwright) -> None:
    browser = phone(playwright, 2)
    try:
        seen = Visit(browser.new_context(permissions=["camera"]))
        seen.page.goto(site)
        seen.page.click("#scan")
        first = used(seen)
        seen.page.get_by_role("button", name="Đổi máy ảnh").click()
        seen.page.wait_for_function(
            "first => document.getElementById('video').srcObject?.getVideoTracks()[0]"
            ".getSettings().deviceId !== first && document.getElementById('video').srcObject",
            arg=first,
        )
        assert used(seen) != first
        assert seen.complaints == []
    finally:
        browser.close()


HIDE = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_the_camera_rests_while_the_page_is_hidden(
    site: str, playwright: Playwright, heard: list[str]
) -> None:
    browser = phone(playwright, 1)
    try:
        seen = Visit(browser.new_context(permissions=["camera"]))
        seen.page.goto(site)
        seen.page.click("#scan")
        used(seen)
        with seen.page.expect_response("**/api/decode"):
            pass
        seen.page.evaluate(HIDE, True)
        seen.page.wait_for_function("() => document.getElementById('video').srcObject === null")
        asked = heard.count("/api/decode?")
        seen.page.wait_for_timeout(1200)
        assert heard.count("/api/decode?") == asked > 0, "no frame left the page meanwhile"
        seen.page.evaluate(HIDE, False)
        used(seen)
        assert seen.complaints == []
    finally:
        browser.close()
