"""The workbench's pages: the same for everybody, without data; who is not signed in signs in."""

from importlib.resources import files
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from api.site import edge, packed
from api.site.desk.bench import Bench
from api.site.packed import Packed
from api.site.pages import Site
from web import workbench
from web.workbench import ENTRANCE, PAGES, Page

_HTML = "text/html; charset=utf-8"
_FACE, _QR = "vendor/public-sans-vietnamese.woff2", "vendor/lean_qr.js"


def install(app: FastAPI, bench: Bench, site: Site) -> None:
    """Add every page of `web.workbench`."""
    static = files("web") / "static"
    about = {
        "host": urlsplit(site.public_url).netloc.lower(),
        "specimen": site.specimen,
        "face": static.joinpath(_FACE).is_file(),
        "qr": static.joinpath(_QR).is_file(),
        "desk": {page.name: page.address for page in PAGES},
    }
    for page in PAGES:
        document = packed.pack(workbench.render(page, about).encode(), _HTML)
        _add(app, bench, page, document)


def _add(app: FastAPI, bench: Bench, page: Page, document: Packed) -> None:
    async def show(request: Request) -> Response:
        if page is not ENTRANCE and await bench.sessions.session(request) is None:
            # The browser keeps what stood behind #, and the entrance leads back to it.
            return RedirectResponse(f"{ENTRANCE.address}?to={page.name}", 303)
        response = document.answer(request)
        response.headers["Content-Security-Policy"] = edge.policy()
        return response

    app.add_api_route(page.address, show, methods=["GET", "HEAD"], include_in_schema=False)
