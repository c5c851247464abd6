"""From a tap on "scan" to the verdict shown: real Chromium, its fake camera, printed diplomas.

Diplomas are issued, printed as PDF and rendered at 300 dpi; what a camera of 1280 × 720 sees of
each is filmed under five conditions, seeded, with a hand that is never still. A run is a fresh
page: the tap, the camera, the decoder's loading, the verdict of the running site. Codes are read
by the WebAssembly decoder in the page, and then, without it, by the site.

    python -m benchmarks.paper [--runs 20]
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from benchmarks import servers
from benchmarks.deployment import deployed, diplomas, issue
from benchmarks.measure import Target, calibration
from benchmarks.qr_reading import noisy, photocopied
from issuer.delivery import Style, paper_of
from issuer.paper.document import make_pdf
from tests.browsing import CHROMIUM, QUIET

AIM = 3.0  # seconds, median of the runs of a condition
PAPERS = 4  # diplomas, each with a film of its own in each condition
FRAME = (1280, 720)  # pixels
CODE = 270  # pixels of the code's side in the frame: 4.4 for a module, at arm's length
TABLE = 112  # its grey
_FRAMES, _EMPTY = 24, 4  # of a film, and how many of them show no paper yet
_DPI = 300
_PATIENCE = 20_000  # milliseconds until a run has failed

See = Callable[[Image.Image, random.Random], Image.Image]


def tilted(image: Image.Image, rng: random.Random) -> Image.Image:
    """The paper turned by 15° about an upright axis and by 15° in its plane, in perspective."""
    width, height = image.size
    turn, distance = np.radians(15), 2.5 * width
    corners = [(-width / 2, -height / 2), (width / 2, -height / 2),
               (width / 2, height / 2), (-width / 2, height / 2)]  # fmt: skip
    seen, side = [], rng.choice((-1, 1))
    for x, y in corners:
        u, v = (
            x * np.cos(turn) - side * y * np.sin(turn),
            side * x * np.sin(turn) + y * np.cos(turn),
        )
        scale = distance / (distance + side * u * np.sin(turn))
        seen.append((width / 2 + u * np.cos(turn) * scale, height / 2 + v * scale))
    rows: list[list[float]] = []
    for (u, v), (x, y) in zip(seen, corners, strict=True):
        a, b = x + width / 2, y + height / 2
        rows += [[u, v, 1, 0, 0, 0, -a * u, -a * v], [0, 0, 0, u, v, 1, -b * u, -b * v]]
    target = [part + half for x, y in corners for part, half in ((x, width / 2), (y, height / 2))]
    solved = np.linalg.solve(np.array(rows), np.array(target)).tolist()
    return image.transform(
        image.size, Image.Transform.PERSPECTIVE, solved, Image.Resampling.BICUBIC, fillcolor=TABLE
    )


def blurred(image: Image.Image, _rng: random.Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(1.6))  # pixels of the frame, of 4.4 to a module


def dark(image: Image.Image, rng: random.Random) -> Image.Image:
    """30 % of the light, and the noise of a sensor that has little of it."""
    return noisy(image.point(lambda level: level * 0.3), rng, 4)


PAPER: dict[str, See] = {"photocopied": photocopied}  # what happened to the paper itself
FRAMED: dict[str, See] = {"tilted 15°": tilted, "blurred": blurred, "30 % brightness": dark}
CONDITIONS = ("flat", "tilted 15°", "blurred", "photocopied", "30 % brightness")


def around_code(pdf: bytes) -> Image.Image:
    """The part of the printed page around its QR code, with what is printed beside it."""
    with pypdfium2.PdfDocument(pdf) as document:
        page: Image.Image = document[0].render(scale=_DPI / 72).to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(page)
    corners = code.position
    side = corners.top_right.x - corners.top_left.x
    left, top = corners.top_left.x - side, corners.top_left.y - side
    part = Image.new("L", (3 * side, 3 * side), TABLE)
    part.paste(page, (-left, -top))
    return part


def film(pdf: bytes, condition: str, seed: int, path: Path) -> Path:
    """A hand brings the paper before the camera and holds it as still as a hand can."""
    rng = random.Random(seed)
    paper = PAPER.get(condition, lambda image, _: image)(around_code(pdf), rng)
    size = CODE * 3
    paper = paper.resize((size, size), Image.Resampling.BOX)
    with path.open("wb") as out:
        for number in range(_FRAMES):
            frame = Image.new("L", FRAME, TABLE)
            if number >= _EMPTY:
                turned = paper.rotate(rng.uniform(-2, 2), Image.Resampling.BICUBIC, fillcolor=TABLE)
                left = (FRAME[0] - size) // 2 + rng.randint(-12, 12)
                frame.paste(turned, (left, (FRAME[1] - size) // 2 + rng.randint(-12, 12)))
            frame = FRAMED.get(condition, lambda image, _: image)(frame, rng)
            frame.convert("RGB").save(out, "JPEG", quality=85)
    return path


@contextmanager
def browsing(driver: Any, reel: Path) -> Iterator[Any]:
    browser = driver.chromium.launch(
        executable_path=CHROMIUM,
        args=[*QUIET, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
              f"--use-file-for-fake-video-capture={reel}"],
    )  # fmt: skip
    try:
        yield browser
    finally:
        browser.close()


def scanned(browser: Any, address: str, *, local: bool) -> float | None:
    """Seconds from the tap to the verdict; None if there was none, or another than VALID."""
    from playwright.sync_api import TimeoutError as Late  # noqa: PLC0415

    context = browser.new_context(permissions=["camera"], service_workers="block")
    try:
        page = context.new_page()
        if not local:
            page.route("**/vendor/zxing*", lambda route: route.abort())
        page.goto(address)
        started = time.perf_counter()
        page.click("#scan")
        page.wait_for_selector(".verdict", timeout=_PATIENCE)
        took = time.perf_counter() - started
        found = page.locator(".verdict").first.get_attribute("data-verdict")
    except Late:
        return None
    else:
        return took if found == "VALID" else None
    finally:
        context.close()


def main(runs: int = 20) -> list[Target]:
    """Print the table; what was aimed for and reached."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    targets = []
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        pdfs = _printed(folder / "data")
        with servers.served("site", folder / "data") as site, sync_playwright() as driver:
            load = f"calibration {calibration():.0f} ms, load {os.getloadavg()[0]:.1f}"
            print(f"\nFrom the tap to the verdict, {runs} runs each ({load})")
            print(f"  {'seconds':20}{'in the page':>27}{'on the site':>27}")
            for condition in CONDITIONS:
                reels = [
                    film(pdf, condition, seed, folder / f"{seed}.mjpeg")
                    for seed, pdf in enumerate(pdfs)
                ]
                cells = []
                for local in (True, False):
                    times = _runs(
                        driver, reels, f"http://127.0.0.1:{site.port}/", runs, local=local
                    )
                    read = [each for each in times if each is not None]
                    middle = statistics.median(read) if read else float("inf")
                    cells.append(
                        f"{middle:.2f}, max {max(read, default=0):.2f}, {len(read)} of {runs}"
                    )
                    where = "page" if local else "site"
                    targets.append(
                        Target(f"{condition}, read in the {where}", AIM, middle, " s", True)
                    )
                print(f"  {condition:20}" + "".join(f"{cell:>27}" for cell in cells), flush=True)
    return targets


def _printed(data: Path) -> list[bytes]:
    with deployed(data) as system:
        batch = issue(system, diplomas(system, PAPERS, 0))
        style = Style(system.settings.public_url, specimen=True)
        return [make_pdf(paper_of(one, style)) for one in system.batches.issued(batch.id)]


def _runs(
    driver: Any, reels: list[Path], address: str, runs: int, *, local: bool
) -> list[float | None]:
    times = []
    for at, reel in enumerate(reels):
        with browsing(driver, reel) as browser:
            times += [scanned(browser, address, local=local) for _ in range(at, runs, len(reels))]
    return times


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    main(parser.parse_args().runs)
