"""The pages and what they load."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from api.calculators.offered import offered
from api.site import edge, packed, problems, shell
from api.site.packed import Packed
from chain.contract import code_hash
from credential.model import Deployment
from web import page

PAGES: Mapping[str, tuple[str, ...]] = {
    "check": ("/", "/v", "/V"),
    "list": ("/list",),
    "calculate": ("/calculate",),
    "report": ("/report",),
    "independent": ("/independent",),
    "me": ("/me",),
    "transfer": ("/transfer",),
    "sharing": ("/me/share",),
    "shared": ("/s",),
    "withdrawn": ("/withdrawn",),
}
"""Where each page of `web/templates` stands; a printed link leads to ``/V``.

The first address of each is where the frame's navigation leads (`web.page.NAVIGATION`).
"""
POLICIES: Mapping[str, str] = {
    "independent": edge.policy("'self' https: http://127.0.0.1:* http://localhost:*")
}
"""Pages with a policy of their own: this one asks endpoints that its user names."""
ABSENT = "absent"
"""The page that a person is shown who opens an address where nothing stands."""
_SCANNER = "vendor/zxing_reader.wasm"  # there when `scripts/make_assets.sh` has run
_FACE = "vendor/public-sans-vietnamese.woff2"  # likewise
_QR_WRITER = "vendor/lean_qr.js"  # likewise
_KECCAK = "vendor/noble/sha3.js"  # likewise
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """Which deployment this site serves, its public address, and whether it is a specimen.

    `receipts` and `reports` say whether it gives signed receipts and takes reports of suspected
    forgeries; pages hide what is not there. `lists` are the limits of lists as their page tells
    them (`rows`, `per_day`, `hours`), None where none are taken. `first_block` and `stale_after`
    (seconds; 0: any time) are what the independent page proposes. `accounts` says whether holders
    can sign in and share, `transfers` whether parents can follow a transfer, `withdrawn` whether
    the list of what was revoked is published.
    """

    deployment: Deployment
    public_url: str
    specimen: bool = False
    receipts: bool = False
    reports: bool = False
    lists: Mapping[str, int] | None = None
    first_block: int = 0
    stale_after: int = 0
    accounts: bool = False
    transfers: bool = False
    withdrawn: bool = False


def install(app: FastAPI, site: Site, *, by_number: bool = False, successors: bool = False) -> None:
    """Add every page at its addresses, and the static files.

    `by_number` says that the site looks up by number and birth date, `successors` that it leads
    from a superseded credential to the next.
    """
    with as_file(files("web") / "static") as folder:
        static = packed.folder(Path(folder))
    absent = {
        "report": not site.reports,
        "list": site.lists is None,
        "me": not site.accounts,
        "transfer": not site.transfers,
        "withdrawn": not site.withdrawn,
    }
    absent |= dict.fromkeys(("sharing", "shared"), not site.accounts)
    there = {name: paths for name, paths in PAGES.items() if not absent.get(name)}
    about = {
        "host": urlsplit(site.public_url).netloc.lower(),
        "specimen": site.specimen,
        "scanner": "local" if _SCANNER in static else "server",
        "face": _FACE in static,
        "receipts": site.receipts,
        "reports": site.reports,
        "lists": site.lists,
        "by_number": by_number,
        "successors": successors,
        "qr": _QR_WRITER in static,
        "ledger": _ledger(site, keccak=_KECCAK in static),
        "pages": {name: paths[0] for name, paths in there.items()},
    }
    own = {"calculate": {"calculators": offered()}}
    pages = {
        name: packed.pack(page.render(name, about | own.get(name, {})).encode(), _HTML)
        for name in there
    }
    for name, paths in there.items():
        _add(app, paths, pages[name], POLICIES.get(name, edge.policy()))
    _add_static(app, static)
    _add_absent(app, packed.pack(page.render(ABSENT, about).encode(), _HTML))
    shell.install(app, pages, there, static)


def _ledger(site: Site, *, keccak: bool) -> Mapping[str, object]:
    """What the independent page proposes to check against; its user may know better."""
    return {
        "chain_id": site.deployment.chain_id,
        "contract": "0x" + site.deployment.contract.hex(),
        "code_hash": "0x" + code_hash(site.deployment).hex(),
        "first_block": site.first_block,
        "max_age": -(-site.stale_after // 60),  # minutes
        "keccak": keccak,
    }


def _add(app: FastAPI, paths: tuple[str, ...], document: Packed, policy: str) -> None:
    async def show(request: Request) -> Response:
        response = document.answer(request)
        response.headers["Content-Security-Policy"] = policy
        return response

    for path in paths:
        app.add_api_route(path, show, methods=["GET", "HEAD"], include_in_schema=False)


def _add_static(app: FastAPI, static: Mapping[str, Packed]) -> None:
    async def show(request: Request, path: str) -> Response:
        if path not in static:
            raise HTTPException(404)
        return static[path].answer(request)

    app.add_api_route("/static/{path:path}", show, methods=["GET", "HEAD"], include_in_schema=False)


def _add_absent(app: FastAPI, document: Packed) -> None:
    """Where nothing stands, a browser is shown a page; programs are told a problem as ever."""

    async def show(request: Request, error: Exception) -> Response:
        if request.method in ("GET", "HEAD") and _wants_page(request):
            return document.answer(request, 404)
        return await problems.on_http(request, error)

    app.add_exception_handler(404, show)


def _wants_page(request: Request) -> bool:
    kinds = request.headers.get("accept", "").lower().split(",")
    return any(kind.partition(";")[0].strip() == "text/html" for kind in kinds)
