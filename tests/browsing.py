"""A real browser for tests: headless Chromium, what a page says, films for its fake camera.

Its driver keeps an event loop running in the thread of the tests, which the tests of other
modules cannot stand; so it lives as long as one module.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FRAME = (640, 480)  # pixels, what a modest camera gives
Playwright = Any  # playwright's own types would have every test run import it
Browser = Any
Context = Any


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        reason = "Chromium is missing: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
    yield browser
    browser.close()


class Visit:
    """A page with everything it asked for and complained about."""

    def __init__(self, context: Context) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Any = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.complaints.append(getattr(message, "text", ""))

    @property
    def headline(self) -> str:
        return str(self.page.locator("#headline").inner_text())

    @property
    def verdict(self) -> str | None:
        found: str | None = self.page.locator(".verdict").get_attribute("data-verdict")
        return found

    @property
    def result(self) -> str:
        """All that stands below the verdict."""
        return str(self.page.locator("#result").inner_text())


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    contexts: list[Context] = []

    def open_one(width: int = 1280, height: int = 900, **more: object) -> Visit:
        size = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=size, **more))
        return Visit(contexts[-1])

    yield open_one
    for context in contexts:
        context.close()


@contextmanager
def camera(playwright: Playwright, reel: Path) -> Iterator[Visit]:
    """A visit by a browser whose camera sees a film."""
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            *QUIET,
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={reel}",
        ],
    )
    try:
        yield Visit(browser.new_context(permissions=["camera"]))
    finally:
        browser.close()


def code_image(text: str) -> Image.Image:
    """A QR code as printed: black on white with its quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    return Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=4, add_quiet_zones=True))


def film(printed: Image.Image, path: Path) -> Path:
    """A film of a hand bringing something printed before the camera, for Chromium's fake one."""
    side = 400
    paper = printed.convert("RGB").resize((side, side), Image.Resampling.BICUBIC)
    frames = []
    for number in range(20):
        frame = Image.new("RGB", FRAME, (120, 118, 110))
        if number >= 4:
            turned = paper.rotate(3 - number / 4, expand=True, fillcolor=(250, 250, 245))
            frame.paste(turned, ((FRAME[0] - turned.width) // 2, (FRAME[1] - turned.height) // 2))
        frames.append(frame)
    with path.open("wb") as out:
        for frame in frames:
            frame.save(out, "JPEG", quality=88)
    return path
