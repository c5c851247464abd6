"""How pictures of pages are taken, and which are kept: what `docs/PAGES.md` shows."""

import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browsing import CHROMIUM, QUIET

ROOT = Path(__file__).parents[1]
TAKEN, KEPT = ROOT / "build" / "screens", ROOT / "docs" / "screens"
_HEIGHT = 800  # pixels of a window
_PAINTING = 300  # milliseconds
_LONGEST = 1700  # pixels of height that are kept
_QUALITY = 60  # of WebP


@contextmanager
def browser() -> Iterator[Any]:
    """A browser, and a folder for what is taken with it."""
    TAKEN.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=[*QUIET])
        yield opened
        opened.close()


def take(page: Any, name: str, width: int) -> None:
    """The whole page as it stands, in a window of a width."""
    page.set_viewport_size({"width": width, "height": _HEIGHT})
    page.evaluate("document.fonts.ready.then(() => window.scrollTo(0, 0))")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
    before, now = b"", page.screenshot(animations="disabled")
    while now != before:  # a busy machine leaves bands unpainted at first
        page.wait_for_timeout(_PAINTING)
        before, now = now, page.screenshot(animations="disabled")
    (TAKEN / f"{name}.png").write_bytes(now)


def shown() -> set[str]:
    """The names of the pictures that the documents show."""
    pages = (ROOT / "docs" / "PAGES.md").read_text(encoding="utf-8")
    return set(re.findall(r"\(screens/([\w-]+)\.webp\)", pages))


def keep(states: Container[str], whole: Container[str] = ()) -> None:
    """The shown pictures of some states as small WebP; cut below, but those in `whole`."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in sorted(shown()):
        state = re.sub(r"-\d+(-dark)?$", "", name)
        if state not in states:
            continue
        with Image.open(TAKEN / f"{name}.png") as picture:
            height = picture.height if state in whole else min(picture.height, _LONGEST)
            kept = picture.convert("RGB").crop((0, 0, picture.width, height))
            kept.save(KEPT / f"{name}.webp", quality=_QUALITY, method=6)
