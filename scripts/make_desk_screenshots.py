#!/usr/bin/env python3
"""Pictures of the workbench's pages, and of the public list, over real deployments, in Chromium.

    scripts/make_desk_screenshots.py [--keep] [STATE...]

They go to ``build/screens`` as PNG. With ``--keep`` those that `docs/PAGES.md` shows are written to
``docs/screens`` as WebP. Each state has a deployment of its own, so one can be taken alone.
"""

import shutil
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts import picturing
from scripts.desk_states import STATES, WHOLE
from tests.browsing import Visit
from tests.issuer.conftest import Desk, deploy
from tests.orders.test_orders_pages import serving_desk

WIDTHS = (360, 1280)  # pixels; a phone first, for its navigation is moved when a page opens


def take_all(browser: Any, ground: Path, name: str) -> None:
    """One state at every width."""
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 800})
    seen = Visit(context)
    with TemporaryDirectory() as folder:
        desk = Desk(shutil.copytree(ground, Path(folder) / "data"))
        with redirect_stdout(StringIO()):
            STATES[name].before(desk)
        with serving_desk(desk) as served:
            STATES[name].reach(served, seen)
            seen.page.wait_for_load_state("networkidle")
            for width in WIDTHS:
                picturing.take(seen.page, f"{name}-{width}", width)
            context.close()


def main() -> None:
    """Take them all, or those that are named."""
    names = [name for name in sys.argv[1:] if name != "--keep"] or [*STATES]
    with TemporaryDirectory() as folder, picturing.browser() as browser:
        deploy(Path(folder))
        for name in names:
            take_all(browser, Path(folder), name)
    if "--keep" in sys.argv[1:]:
        picturing.keep(names, WHOLE)


if __name__ == "__main__":
    main()
