"""The pages and what they load."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from fastapi.staticfiles import StaticFiles

from credential.model import Deployment
from web import page

PAGES: Mapping[str, tuple[str, ...]] = {"check": ("/", "/v", "/V"), "report": ("/report",)}
"""Where each page of `web/templates` stands; a printed link leads to ``/V``."""
_SCANNER = "vendor/zxing_reader.wasm"  # there when `scripts/make_assets.sh` has run
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """Which deployment this site serves, its public address, and whether it is a specimen.

    `reports` says whether it takes reports of suspected forgeries and mistakes.
    """

    deployment: Deployment
    public_url: str
    specimen: bool = False
    reports: bool = False


def install(app: FastAPI, site: Site) -> None:
    """Add every page at its addresses, and the static files."""
    with as_file(files("web") / "static") as folder:
        static = Path(folder)
    about = {
        "host": urlsplit(site.public_url).netloc.lower(),
        "specimen": site.specimen,
        "reports": site.reports,
        "scanner": "local" if (static / _SCANNER).exists() else "server",
    }
    for name, paths in PAGES.items():
        _add(app, paths, page.render(name, about))
    app.mount("/static", StaticFiles(directory=static), name="static")


def _add(app: FastAPI, paths: tuple[str, ...], document: str) -> None:
    async def show() -> Response:
        return Response(document, media_type=_HTML)

    for path in paths:
        app.add_api_route(path, show, methods=["GET", "HEAD"], include_in_schema=False)
