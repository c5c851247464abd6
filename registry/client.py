"""The registry over HTTP, as a verifier reaches it: `verifier.ports.AwardRegistry`.

Answers within its time limit or raises UnavailableError ``registry``, whatever went wrong:
no connection, refused credentials, an answer too long, too late or not understood. It follows
no redirects and tries nothing twice, except that a token which ran out is asked for anew.
"""

import threading
import time
from http import HTTPStatus

import httpx
from pydantic import BaseModel, ValidationError

from credential.errors import FormatError, UnavailableError
from credential.facts import AwardClaim, AwardMatch
from registry.wire import ClaimBody, MatchBody

_MAX_ANSWER = 64 * 1024  # bytes
_SPARE = 30  # seconds before its end at which a token is no longer used


class _Token(BaseModel):
    access_token: str
    expires_in: int


class HttpMatcher:
    """A registry's service at `url` (``https://host``), as the client that it knows.

    `timeout` (seconds) limits one match in all, a new token included. Safe to share between
    threads. Close it when done.
    """

    def __init__(self, url: str, client_id: str, secret: str, timeout: float = 3.0) -> None:
        self._timeout = timeout
        self._credentials = httpx.BasicAuth(client_id, secret)
        self._http = httpx.Client(
            base_url=url, timeout=timeout, headers={"Accept-Encoding": "identity"}
        )
        self._lock = threading.Lock()
        self._token, self._token_end = "", 0.0

    def match(self, claim: AwardClaim) -> AwardMatch:
        """Compare a claim with the register of awards."""
        deadline = time.monotonic() + self._timeout
        try:
            body = ClaimBody.of(claim).model_dump(mode="json", exclude_none=True)
            status, answer = self._ask(body, deadline)
            if status == HTTPStatus.UNAUTHORIZED:
                self._token_end = 0.0
                status, answer = self._ask(body, deadline)
            if status != HTTPStatus.OK:
                raise UnavailableError("registry", f"HTTP {status}")
            return MatchBody.model_validate_json(answer).match()
        except (httpx.HTTPError, httpx.InvalidURL, ValidationError, FormatError) as error:
            # no chaining: the cause may quote the claim
            raise UnavailableError("registry", type(error).__name__) from None

    def close(self) -> None:
        """Close the pooled connections."""
        self._http.close()

    def _ask(self, body: dict[str, object], deadline: float) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._bearer(deadline)}"}
        return self._send(
            self._http.build_request("POST", "/match", json=body, headers=headers), deadline
        )

    def _bearer(self, deadline: float) -> str:
        with self._lock:
            if time.monotonic() >= self._token_end:
                form = {"grant_type": "client_credentials"}
                request = self._http.build_request("POST", "/token", data=form)
                status, answer = self._send(request, deadline, self._credentials)
                if status != HTTPStatus.OK:
                    raise UnavailableError("registry", f"token: HTTP {status}")
                token = _Token.model_validate_json(answer)
                self._token = token.access_token
                self._token_end = time.monotonic() + token.expires_in - _SPARE
            return self._token

    def _send(
        self, request: httpx.Request, deadline: float, auth: httpx.Auth | None = None
    ) -> tuple[int, bytes]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise UnavailableError("registry", "timeout")
        request.extensions["timeout"] = httpx.Timeout(left).as_dict()
        response = self._http.send(request, stream=True, auth=auth)
        answer = b""
        try:
            for part in response.iter_raw():
                answer += part
                if len(answer) > _MAX_ANSWER:
                    raise UnavailableError("registry", "answer too long")
                if time.monotonic() > deadline:
                    raise UnavailableError("registry", "timeout")
        finally:
            response.close()
        return response.status_code, answer
