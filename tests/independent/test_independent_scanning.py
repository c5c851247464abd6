"""Codes before the camera and in pictures on the independent page: read on the device alone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.browsing import (  # noqa: F401 — fixtures too
    FRAME,
    Playwright,
    Visit,
    browser,
    camera,
    code_image,
    film,
    playwright,
    visit,
)
from tests.independent.conftest import GENUINE, Anchored
from tests.independent.running import Endpoint, RunningSite
from tests.independent.test_independent_page import checked, headline, opened, signing_keys
from web import messages

VENDOR = Path(__file__).parents[2] / "web/static/vendor/zxing_reader.wasm"
OTHER = "https://example.com/some/menu/of/a/restaurant"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("net", ["embedded"], indirect=True),
    pytest.mark.skipif(
        not VENDOR.exists(), reason="the page's QR reader is not built: scripts/make_assets.sh"
    ),
]

Open = Callable[..., Visit]


@pytest.fixture
def running(anchored: Anchored) -> Iterator[RunningSite]:
    site = RunningSite(anchored.world, lambda: signing_keys(anchored))
    yield site
    site.stop()


def photo(text: str, path: Path) -> Path:
    """A photo as a phone takes it: askew, grey, the code in a part of it."""
    picture = Image.new("RGB", (1200, 1600), (182, 178, 170))
    code = code_image(text).convert("RGB").resize((520, 520), Image.Resampling.BICUBIC)
    picture.paste(code.rotate(7, expand=True, fillcolor=(250, 250, 245)), (420, 800))
    picture.save(path, quality=80)
    return path


def test_a_photo_is_read_on_this_device_and_goes_nowhere(
    anchored: Anchored, endpoint: Endpoint, running: RunningSite, visit: Open, tmp_path: Path
) -> None:
    seen = opened(visit, running.address)
    seen.page.set_input_files(
        "#file", photo(anchored.world.issued[GENUINE].link, tmp_path / "a.jpg")
    )
    seen.page.wait_for_selector("#files li")
    assert messages.text("vi", "independent.took_texts") in seen.page.inner_text("#files")
    assert not [path for path in running.heard if path.startswith("/api/")]
    checked(seen, "", endpoint.url)
    assert seen.headline == headline("chain_only")
    assert anchored.world.issued[GENUINE].credential.holder.name in seen.result
    asked = {path.split("/")[2] for path in running.heard if path.startswith("/api/")}
    assert asked <= {"keys", "evidence", "leaves"}, "no picture and no text was sent"
    assert seen.complaints == []


def test_a_picture_without_a_code_of_ours_is_said(
    running: RunningSite, visit: Open, tmp_path: Path
) -> None:
    seen = opened(visit, running.address)
    empty = tmp_path / "empty.png"
    Image.new("RGB", (300, 300), (200, 200, 200)).save(empty)
    seen.page.set_input_files("#file", empty)
    seen.page.wait_for_selector("#trouble:not([hidden])")
    assert seen.page.inner_text("#trouble") == messages.text("vi", "independent.no_code")
    printed = tmp_path / "diploma.pdf"
    printed.write_bytes(b"%PDF-1.7")
    seen.page.set_input_files("#file", printed)
    seen.page.wait_for_selector("#trouble:has-text('không đọc tệp PDF')")
    seen.page.set_input_files("#file", photo(OTHER, tmp_path / "other.jpg"))
    seen.page.wait_for_selector("#files li")
    seen.page.fill("#endpoint", "http://127.0.0.1:1")
    seen.page.click("#check")
    seen.page.wait_for_selector("#trouble:not([hidden])")
    assert seen.page.inner_text("#trouble") == messages.text("vi", "qr.not_ours")
    assert seen.page.url == f"{running.address}/independent"
    assert not any("example.com" in url for url in seen.requests)


def test_the_camera_fills_the_form_in_and_no_frame_is_sent(
    anchored: Anchored, endpoint: Endpoint, running: RunningSite,
    playwright: Playwright, tmp_path: Path,
) -> None:  # fmt: skip
    issued = anchored.world.issued[GENUINE]
    with camera(playwright, film(code_image(issued.link), tmp_path / "camera.mjpeg")) as seen:
        seen.page.goto(f"{running.address}/independent")
        seen.page.click("#scan")
        seen.page.wait_for_function("() => document.getElementById('thing').value !== ''")
        assert seen.page.input_value("#thing") == issued.digits
        seen.page.wait_for_function("() => document.getElementById('video').srcObject === null")
        assert not [path for path in running.heard if path.startswith("/api/")]
        checked(seen, "", endpoint.url)
        assert seen.headline == headline("chain_only")
        assert not any(issued.digits in url for url in seen.requests)
        assert seen.complaints == []


def test_another_code_before_the_camera_is_passed_over_and_scanning_can_be_stopped(
    running: RunningSite, playwright: Playwright, tmp_path: Path
) -> None:
    with camera(playwright, film(code_image(OTHER), tmp_path / "camera.mjpeg")) as seen:
        seen.page.goto(f"{running.address}/independent")
        seen.page.click("#scan")
        seen.page.wait_for_function("() => document.getElementById('video').videoWidth > 0")
        seen.page.wait_for_timeout(1500)
        assert seen.page.locator("#camera").is_visible(), "it goes on looking"
        seen.page.keyboard.press("Enter")  # the focus is on "Stop"
        seen.page.wait_for_selector("#start:visible")
        assert seen.page.input_value("#thing") == ""
        assert seen.page.url == f"{running.address}/independent"
        assert not any("example.com" in url for url in seen.requests)
        assert seen.page.evaluate("document.getElementById('video').srcObject") is None


def test_a_refused_camera_is_said(running: RunningSite, visit: Open) -> None:
    seen = opened(visit, running.address)  # a browser without a camera
    seen.page.click("#scan")
    seen.page.wait_for_selector("#trouble:not([hidden])")
    said = seen.page.inner_text("#trouble")
    assert said in (messages.text("vi", code) for code in ("page.no_camera", "page.camera_denied"))
    assert seen.page.locator("#start").is_visible()
