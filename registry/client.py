"""The registry over HTTP, as a verifier reaches it: `verifier.ports.AwardRegistry`.

Answers within its time limit or raises UnavailableError ``registry``, whatever went wrong:
no connection, refused credentials, too many claims, an answer too long, too late or not
understood. It follows no redirects and tries nothing twice, except that a token which is no
longer taken is asked for anew.
"""

import asyncio
import threading
import time
from concurrent.futures import CancelledError
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, ValidationError

from credential.errors import FormatError, UnavailableError
from credential.facts import AwardClaim, AwardMatch
from registry.wire import ClaimBody, MatchBody

_MAX_ANSWER = 64 * 1024  # bytes
_SPARE = 30  # seconds before its end at which a token is no longer used
_LONGEST = 366 * 24 * 3600  # seconds; a token said to last longer is nonsense


class _Token(BaseModel):
    """A bearer token (RFC 6749, section 5.1; its characters: RFC 6750, section 2.1)."""

    access_token: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~+/-]+=*$", max_length=8192)]
    token_type: Annotated[str, Field(pattern=r"^(?i:bearer)$")]
    expires_in: Annotated[int, Field(ge=0, le=_LONGEST)]


class HttpMatcher:
    """A registry's service at `url` (``https://host``), as the client that it knows.

    `timeout` (seconds) limits one match in all, a new token included. Safe to share between
    threads. Close it when done.

    Exchanges run in an event loop with a thread of its own. So the one who asks stops waiting
    at its deadline whatever happens there, and what it asked for is cancelled wherever it
    stands, be it in the middle of a header line that comes letter by letter.
    """

    def __init__(self, url: str, client_id: str, secret: str, timeout: float = 3.0) -> None:
        self._timeout = timeout
        self._credentials = httpx.BasicAuth(client_id, secret)
        self._http = httpx.AsyncClient(
            base_url=url,
            timeout=timeout,
            headers={"Accept-Encoding": "identity"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # an odd one would stay
        )
        self._token, self._token_end = "", 0.0
        self._token_turn = asyncio.Lock()  # a waiter gives up at its own deadline
        self._door, self._closed = threading.Lock(), False  # held for a moment only
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="registry client", daemon=True
        )
        self._thread.start()

    def match(self, claim: AwardClaim) -> AwardMatch:
        """Compare a claim with the register of awards."""
        try:
            answer = self._answer(ClaimBody.of(claim))
            return MatchBody.model_validate_json(answer, strict=True).match(claim)
        except (ValidationError, FormatError) as error:
            # no chaining: the cause may quote the claim
            raise UnavailableError("registry", type(error).__name__) from None

    def close(self) -> None:
        """Give up what is still being asked and close the pooled connections."""
        with self._door:
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _answer(self, claim: ClaimBody) -> bytes:
        """The answer's body, within the time limit."""
        with self._door:
            if self._closed:
                raise UnavailableError("registry", "closed")
            asked = asyncio.run_coroutine_threadsafe(self._ask(claim), self._loop)
        try:
            return asked.result(self._timeout)
        except (TimeoutError, CancelledError):
            raise UnavailableError("registry", "timeout") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise UnavailableError("registry", type(error).__name__) from None
        finally:
            asked.cancel()

    async def _ask(self, claim: ClaimBody) -> bytes:
        body = claim.model_dump(mode="json", exclude_none=True)
        token = await self._bearer(refused="")
        status, answer = await self._put(body, token)
        if status == HTTPStatus.UNAUTHORIZED:
            token = await self._bearer(refused=token)
            status, answer = await self._put(body, token)
        if status != HTTPStatus.OK:
            raise UnavailableError("registry", f"HTTP {status}")
        return answer

    async def _bearer(self, refused: str) -> str:
        """A token other than the one that was refused, or than none at all."""
        async with self._token_turn:
            if self._token == refused or time.monotonic() >= self._token_end:
                form = {"grant_type": "client_credentials"}
                request = self._http.build_request("POST", "/token", data=form)
                status, answer = await self._send(request, self._credentials)
                if status != HTTPStatus.OK:
                    raise UnavailableError("registry", f"token: HTTP {status}")
                token = _Token.model_validate_json(answer, strict=True)
                self._token = token.access_token
                self._token_end = time.monotonic() + token.expires_in - _SPARE
            return self._token

    async def _put(self, body: dict[str, object], token: str) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}"}
        return await self._send(
            self._http.build_request("POST", "/match", json=body, headers=headers)
        )

    async def _send(
        self, request: httpx.Request, auth: httpx.Auth | None = None
    ) -> tuple[int, bytes]:
        response = await self._http.send(request, stream=True, auth=auth)
        answer = b""
        try:
            async for part in response.aiter_raw():
                answer += part
                if len(answer) > _MAX_ANSWER:
                    raise UnavailableError("registry", "answer too long")
        finally:
            await response.aclose()
        return response.status_code, answer

    async def _end(self) -> None:
        asking = asyncio.all_tasks() - {asyncio.current_task()}
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        await self._http.aclose()
