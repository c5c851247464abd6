"""What browsers keep to work without a network: the service worker and the list that it keeps.

Kept are pages that can do something alone, what they load, and their sentences: documents that are
the same for everybody. Never an answer of the API, never what was checked. The worker's text holds
a digest of them all, so a browser takes a new worker exactly when one of them has changed.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Final

from fastapi import FastAPI, Request, Response

from api.site import packed
from api.site.packed import Packed
from web import page

WORKER: Final = "/sw.js"
SENTENCES: Final = "/texts/offline.json"
"""What the check page says when it is alone; not part of the page, whose first view stays small."""
KEPT_PAGES: Final = ("check", "independent")
_LATER: Final = "vendor/"  # large, so kept only for who prepares for being offline
_NOT_LOADED: Final = (".LICENSE", "LICENSE", ".png", ".webmanifest")
_JAVASCRIPT: Final = "text/javascript; charset=utf-8"


def install(
    app: FastAPI,
    pages: Mapping[str, Packed],
    addresses: Mapping[str, tuple[str, ...]],
    static: Mapping[str, Packed],
) -> None:
    """Add worker and sentences; `pages` by name, `addresses` where each is, `static` by path."""
    sentences = packed.pack(
        json.dumps(page.sentences("offline"), ensure_ascii=False).encode(), "application/json"
    )
    kept = {SENTENCES: sentences}
    kept |= {addresses[name][0]: pages[name] for name in KEPT_PAGES}
    modules = page.reached(["shell.js", *(f"{name}.js" for name in KEPT_PAGES)])
    kept |= {f"/static/{path}": file for path, file in static.items() if _is_loaded(path, modules)}
    aliases = {other: addresses[name][0] for name in KEPT_PAGES for other in addresses[name][1:]}
    worker = packed.pack(_worker(kept, aliases).encode(), _JAVASCRIPT)
    for path, document in ((SENTENCES, sentences), (WORKER, worker)):
        _add(app, path, document)


def _is_loaded(path: str, modules: Collection[str]) -> bool:
    """Whether a kept page may come to load it: of our own modules only what they reach."""
    if path.endswith(".js") and not path.startswith(_LATER):
        return path in modules
    return not path.endswith(_NOT_LOADED)


def _worker(kept: Mapping[str, Packed], aliases: Mapping[str, str]) -> str:
    content = "".join(f"{path} {kept[path].etag}\n" for path in sorted(kept))
    later = f"/static/{_LATER}"
    release = {
        "version": hashlib.sha256(content.encode()).hexdigest()[:16],
        "shell": [path for path in sorted(kept) if not path.startswith(later)],
        "later": [path for path in sorted(kept) if path.startswith(later)],
        "aliases": dict(aliases),
    }
    text = files("web").joinpath("templates", "sw.js").read_text("utf-8")
    return f"const RELEASE = {json.dumps(release)};\n{text}"


def _add(app: FastAPI, path: str, document: Packed) -> None:
    async def show(request: Request) -> Response:
        return document.answer(request)

    app.add_api_route(path, show, methods=["GET", "HEAD"], include_in_schema=False)
