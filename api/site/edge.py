"""The outermost layer: headers that every response carries, and the last catch for errors.

A plain ASGI middleware, because it runs for every request.
"""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.site import problems
from api.site.places import Places
from credential.errors import SogocError

Handler = Callable[[Request], Awaitable[Response]]
"""What answers a request; it raises errors of the tree."""


def policy(connect: str = "'self'") -> str:
    """The Content-Security-Policy of a page; `connect` is where its scripts may send requests."""
    return "; ".join(
        (
            "default-src 'none'",
            "object-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src {connect}",
            "media-src 'self' blob:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


_HEADERS = [
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_UNLESS_SAID = [  # for whatever does not say otherwise
    (b"cache-control", b"no-store"),
    (b"content-security-policy", policy().encode()),
]
ALL = [*_HEADERS, *_UNLESS_SAID]
"""The headers of an answer that says nothing of its own."""
_HTTPS_ALONE = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class Edge:
    """Adds the security headers and turns what nobody foresaw into a problem response.

    `direct` handlers, by method and path, are called from here: FastAPI's way to one of its own
    takes a fifth of the time of a verification (docs/PERFORMANCE.md). Each request finds its place
    for a large body under ``request.state.place``. `secure`: the site is served over https, and
    browsers are told never to ask it otherwise (RFC 6797).
    """

    def __init__(
        self, app: ASGIApp, direct: Mapping[tuple[str, str], Handler], *, secure: bool = False
    ) -> None:
        self._app, self._direct = app, direct
        self._headers = [*_HEADERS, *([_HTTPS_ALONE] if secure else ())]
        self._places = Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False
        place = scope.setdefault("state", {})["place"] = self._places.place()

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                given = message.get("headers", ())
                said = {name for name, _ in given}
                more = (header for header in _UNLESS_SAID if header[0] not in said)
                message["headers"] = [*given, *self._headers, *more]
            await send(message)

        try:
            await self._answer(scope, receive, with_headers)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last catch
            answer = problems.unforeseen(error)
            if not started:
                await answer(scope, receive, with_headers)
        finally:
            place.give_back()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        handler = self._direct.get((scope["method"], scope["path"]))
        if handler is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except SogocError as error:
            response = await problems.on_error(request, error)
        await response(scope, receive, send)
