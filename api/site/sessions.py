"""Who is behind a request: the session's cookie, and that a write was meant by its own page.

The cookie holds 256 random bits, of which the store keeps the SHA-256. A write needs a header that
only a page of this site can know (`X-CSRF-Token`, made of the cookie) and must not come from
another site (`Sec-Fetch-Site`, else `Origin`). Every sign-in makes a new token.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request, Response

from api.accounts.people import People
from api.site.answering import in_pool
from credential.errors import RefusedError
from store.accounts import Account, Holding, Relation
from store.sessions import LONGEST, Session, SessionStore

CSRF: Final = "X-CSRF-Token"
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
_BYTES = 32
_READING = ("GET", "HEAD", "OPTIONS")
_KNOWN = 365 * 86_400  # seconds that a browser keeps what it is known by
_WAY: Final = 600  # seconds for the way to a provider and back


@dataclass(frozen=True, slots=True)
class Cookies:
    """What the cookies of this site are called. `secure` where it is served over https."""

    secure: bool

    @classmethod
    def of(cls, public_url: str) -> "Cookies":
        """Those of a site at that address; see `is_safe`."""
        return cls(secure=urlsplit(public_url).scheme == "https")

    def name(self, kind: str = "") -> str:
        """``__Host-sogoc``, so that no other host can have set it, and what is added to it."""
        return f"{'__Host-' if self.secure else ''}sogoc{kind}"

    def set(self, response: Response, value: str, kind: str = "", seconds: int = LONGEST) -> None:
        """Have a cookie kept for so long; 0 takes it away."""
        response.set_cookie(
            self.name(kind), value, max_age=seconds, path="/", secure=self.secure,
            httponly=True, samesite="lax",
        )  # fmt: skip

    def read(self, request: Request, kind: str = "") -> str | None:
        """The cookie's value, if it looks like one of ours."""
        found = request.cookies.get(self.name(kind), "")
        return found if _TOKEN.fullmatch(found) else None


def is_safe(public_url: str) -> bool:
    """Whether people may sign in to a site at that address: nobody reads cookies on the way."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or _is_loopback(parts.hostname or "")


class Carried:
    """The sessions of one audience as its cookies carry them.

    `kind` tells the cookie of one audience from another's; `waiting` are threads that wait for
    sources.
    """

    def __init__(
        self, store: SessionStore, cookies: Cookies, waiting: ThreadPoolExecutor, kind: str = ""
    ) -> None:
        self._store, self._cookies = store, cookies
        self._waiting, self._kind = waiting, kind

    async def session(self, request: Request) -> Session | None:
        """The session of a request; None for nobody, or whose session has ended.

        Raises RefusedError ``session.foreign`` and ``session.csrf`` for a write that the site's
        own page did not send, and UnavailableError.
        """
        own_page(request)
        token = self._cookies.read(request, self._kind)
        if token is None:
            return None
        found = await in_pool(self._waiting, lambda: self._store.find(digest(token)))
        if found is not None and request.method not in _READING:
            given = request.headers.get(CSRF, "").encode()
            if not hmac.compare_digest(given, _csrf(token).encode()):
                raise RefusedError("session.csrf")
        return found

    async def require_fresh(self, request: Request) -> None:
        """Raises RefusedError ``session.stale`` where nobody has just shown who they are.

        A cookie that was stolen is mostly older; whoever may sign in does it again. Raises
        ``session.none`` for nobody.
        """
        found = await self.session(request)
        if found is None:
            raise RefusedError("session.none")
        if not self._store.is_fresh(found):
            raise RefusedError("session.stale")

    def csrf(self, request: Request) -> str:
        """What the page of this session sends with each write."""
        token = self._cookies.read(request, self._kind)
        return _csrf(token) if token else ""

    async def start(self, request: Request, response: Response, account: int, way: str) -> None:
        """Sign in: a new token, whatever the browser had before; the browser is known from now."""
        token, device = new_token(), self._cookies.read(request, "-device") or new_token()
        former = self._cookies.read(request, self._kind)
        label = device_label(request.headers.get("user-agent", ""))

        def write() -> None:
            found = self._store.find(digest(former)) if former else None
            if found is not None:
                self._store.end(found.account, found.id)
            self._store.start(account, digest(token), way, label)
            self._store.know(account, digest(device))

        await in_pool(self._waiting, write)
        self._cookies.set(response, token, self._kind)
        self._cookies.set(response, device, "-device", _KNOWN)

    async def prove(self, response: Response, session: Session) -> None:
        """Whoever it is has shown it again: a new token, the same session."""
        token = new_token()
        await in_pool(self._waiting, lambda: self._store.prove(session.id, digest(token)))
        self._cookies.set(response, token, self._kind)

    def forget(self, response: Response) -> None:
        """Take the session's cookie from the browser."""
        self._cookies.set(response, "", self._kind, seconds=0)

    def known(self, request: Request, account: int) -> bytes | None:
        """The digest by which this browser is known, if it signed in to that account. Blocks."""
        device = digest(self._cookies.read(request, "-device") or "")
        return device if self._store.knows(account, device) else None

    def send_away(self, response: Response) -> bytes:
        """Mark the browser that goes to a provider; the digest of the mark."""
        mark = new_token()
        self._cookies.set(response, mark, f"{self._kind}-way", _WAY)
        return digest(mark)

    def returned(self, request: Request) -> bytes | None:
        """The digest of the mark of a browser that comes back."""
        mark = self._cookies.read(request, f"{self._kind}-way")
        return digest(mark) if mark else None


class Sessions(Carried):
    """The sessions of the holder's page."""

    def __init__(
        self, store: SessionStore, people: People, cookies: Cookies, waiting: ThreadPoolExecutor
    ) -> None:
        super().__init__(store, cookies, waiting)
        self._people = people

    async def account(self, request: Request) -> Account | None:
        """Who sends a request; None for nobody. Raises as `session` does."""
        session = await self.session(request)
        if session is None:
            return None
        return await in_pool(self._waiting, lambda: self._people.account(session.account))

    async def require(self, request: Request) -> Account:
        """As `account`; raises RefusedError ``session.none`` for nobody."""
        found = await self.account(request)
        if found is None:
            raise RefusedError("session.none")
        return found


def own_page(request: Request) -> None:
    """Raises RefusedError ``session.foreign`` for a write that another site's page sends.

    Every browser of today sends at least one of the two headers; a program that sends neither has
    nobody's cookies. (OWASP, Cross-Site Request Forgery Prevention: Fetch Metadata.)
    """
    if request.method in _READING:
        return
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    if site != "same-origin" or (origin is not None and urlsplit(origin).netloc != host):
        raise RefusedError("session.foreign")


def new_token() -> str:
    """256 random bits, as cookies carry them."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def _csrf(token: str) -> str:
    made = hashlib.sha256(b"csrf\0" + token.encode()).digest()
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def device_label(user_agent: str) -> str:
    """A browser's family and system, as far as they help somebody to know their device again."""
    families = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    names = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet"}
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    family = next((one for one in families if f"{one}/" in user_agent), "")
    system = next((one for one in systems if one in user_agent), "")
    return " · ".join(part for part in (names.get(family, family), system) if part)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


__all__ = ["CSRF", "Account", "Carried", "Cookies", "Holding", "Relation", "Sessions"]
