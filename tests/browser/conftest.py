"""A real browser against the real application over the simulator, on a free local port."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from starlette.types import Receive, Scope, Send

import api.app
from api.app import Site, create_app
from tests.web.simulator import World

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


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        reason = "Chromium is missing: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
    yield browser
    browser.close()


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
        monkeypatch.setattr(api.app, "_SCANNER", "vendor/none")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        verifier = world.verifier()
        app = create_app(verifier, world, world.readiness, Site(world.deployment, address))

        async def listening(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                heard.append(f"{scope['raw_path'].decode()}?{scope['query_string'].decode()}")
            await app(scope, receive, send)

        server = uvicorn.Server(uvicorn.Config(listening, log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield address
        server.should_exit = True
        thread.join(10)
        verifier.close()


class Visit:
    """A page with everything it asked for and complained about."""

    def __init__(self, context: BrowserContext) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.complaints.append(getattr(message, "text", ""))

    @property
    def headline(self) -> str:
        return self.page.locator("#headline").inner_text()

    @property
    def verdict(self) -> str | None:
        return self.page.locator(".verdict").get_attribute("data-verdict")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []

    def open_one(width: int = 1280, height: int = 900, **more: object) -> Visit:
        size = {"width": width, "height": height}
        contexts.append(browser.new_context(viewport=size, **more))  # type: ignore[arg-type]
        return Visit(contexts[-1])

    yield open_one
    for context in contexts:
        context.close()


def code_image(text: str) -> Image.Image:
    """A QR code as printed: black on white with its quiet zone."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    return Image.fromarray(zxingcpp.write_barcode_to_image(barcode, scale=4, add_quiet_zones=True))


def film(text: str, path: Path) -> Path:
    """A film of a hand bringing a printed code before the camera, for Chromium's fake camera."""
    code = code_image(text).convert("RGB")
    side = 400
    frames = []
    for number in range(20):
        frame = Image.new("RGB", FRAME, (120, 118, 110))
        if number >= 4:
            paper = code.resize((side, side), Image.Resampling.BICUBIC)
            turned = paper.rotate(3 - number / 4, expand=True, fillcolor=(250, 250, 245))
            frame.paste(turned, ((FRAME[0] - turned.width) // 2, (FRAME[1] - turned.height) // 2))
        frames.append(frame)
    with path.open("wb") as out:
        for frame in frames:
            frame.save(out, "JPEG", quality=88)
    return path
