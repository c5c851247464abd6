"""Pages and static files as they go out: compressed once, named by their content.

A validator is made of the content alone, so a browser that holds a page or a file asks with it and
is told 304 (RFC 9110 §13.1.2), whichever process answers and after every restart. Nothing here
holds a secret, so compression tells nobody anything.
"""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from fastapi import Request, Response

_TYPES: Final = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}
_PACKED_ALREADY: Final = (".woff2", ".png", ".webp", ".jpg")
_LEVEL: Final = 9  # of gzip; done once
KEPT: Final = "no-cache"  # may be kept, must be asked for again


@dataclass(frozen=True, slots=True)
class Packed:
    """One document with its compressed form (None where that is no smaller)."""

    plain: bytes
    compressed: bytes | None
    media_type: str
    etag: str

    def answer(self, request: Request, status: int = 200) -> Response:
        """The document, or 304 for who has it already; with another status it is never kept."""
        if status != 200:
            return self._whole(request, status, {"Vary": "Accept, Accept-Encoding"})
        headers = {"ETag": self.etag, "Cache-Control": KEPT, "Vary": "Accept-Encoding"}
        known = request.headers.get("if-none-match", "")
        if self.etag in (one.strip() for one in known.split(",")):
            return Response(None, 304, headers)
        return self._whole(request, 200, headers)

    def _whole(self, request: Request, status: int, headers: dict[str, str]) -> Response:
        body = self.plain
        if self.compressed and _takes_gzip(request.headers.get("accept-encoding", "")):
            body, headers["Content-Encoding"] = self.compressed, "gzip"
        return Response(body, status, headers, media_type=self.media_type)


@lru_cache(maxsize=128)
def pack(content: bytes, media_type: str, *, compress: bool = True) -> Packed:
    """A document ready to go out. Its validator is weak: both forms are the same document."""
    smaller = gzip.compress(content, _LEVEL, mtime=0) if compress else content
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Packed(content, smaller if len(smaller) < len(content) else None, media_type, etag)


def folder(root: Path) -> Mapping[str, Packed]:
    """Every file below a folder, by its path there; read now, so that no request reaches a disk."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {
        path.relative_to(root).as_posix(): _file(path, path.stat().st_mtime_ns) for path in files
    }


@lru_cache(maxsize=256)
def _file(path: Path, _changed: int) -> Packed:
    guessed = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    media_type = _TYPES.get(path.suffix, guessed)
    return pack(path.read_bytes(), media_type, compress=path.suffix not in _PACKED_ALREADY)


def _takes_gzip(accepted: str) -> bool:
    """Whether ``gzip`` is among the accepted codings and not refused by ``q=0``."""
    for coding in accepted.lower().split(","):
        name, _, weight = coding.partition(";")
        if name.strip() == "gzip":
            return weight.replace(" ", "").rstrip("0.") != "q="
    return False
