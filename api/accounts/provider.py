"""Signing in with an OpenID provider: authorization code with PKCE, state and nonce (authlib).

OpenID Connect Core 1.0 §3.1, RFC 9700. The provider is the one of the settings; its metadata and
keys are fetched from there and from nowhere else, over one client without redirects. What of an ID
token is believed, and why, is all in `_claims`.
"""

import json
import secrets
import threading
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from credential.errors import RefusedError, UnavailableError
from store.accounts import Identity

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
_SCOPE = "openid profile"
_PATIENCE = 10.0  # seconds for an answer of the provider
_FRESH = 600.0  # seconds for which its metadata and keys are believed
_LEEWAY = 60  # seconds by which its clock may differ
_LARGEST = 256_000  # bytes of an answer


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where to send somebody, and what to remember of it until they are back."""

    location: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider names; `pupil` is the ministry code by its claim, if it tells one.

    `methods` are how it says to have made sure of them (`acr`, `amr`), `at` is when (`auth_time`).
    """

    identity: Identity
    pupil: str | None
    methods: frozenset[str] = frozenset()
    at: int | None = None


@dataclass(frozen=True)
class Provider:
    """One provider. Methods block, and raise UnavailableError ``provider`` when it is silent.

    `pupil_claim` is the ID token's claim with the pupil's ministry code; empty: it has none.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    pupil_claim: str = ""
    _held: dict[str, tuple[float, Any]] = field(default_factory=dict, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def leave(self, *, anew: bool = False) -> Leaving:
        """Begin: an address of the provider with fresh state, nonce and code verifier.

        `anew`: it is to ask who they are also whom it knows already, and to say when it did.
        """
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        client = self._client(None)
        location, _ = client.create_authorization_url(
            self._metadata()["authorization_endpoint"],
            state=state,
            code_verifier=verifier,
            nonce=nonce,
            **more,
        )
        return Leaving(location, state, nonce, verifier)

    def arrive(self, code: str, nonce: str, verifier: str) -> Person:
        """End: the person whose code the provider sent back.

        Raises RefusedError ``provider.refused`` for a code or an ID token that does not hold.
        """
        with self._http() as http:
            token = self._token(http, code, verifier)
        claims = self._claims(str(token.get("id_token", "")), str(token.get("access_token")), nonce)
        pupil = claims.get(self.pupil_claim) if self.pupil_claim else None
        identity = Identity(self.issuer, claims["sub"])
        at = claims.get("auth_time")
        return Person(
            identity, pupil if isinstance(pupil, str) and pupil else None, _methods(claims),
            at if isinstance(at, int) else None,
        )  # fmt: skip

    def _token(self, http: httpx.Client, code: str, verifier: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._client(http).fetch_token(
                self._metadata()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                redirect_uri=self.redirect_uri,
            )
        except (AuthlibBaseError, ValueError) as error:
            raise RefusedError("provider.refused") from error
        except httpx.HTTPError as error:
            raise UnavailableError("provider", type(error).__name__) from None
        return found

    def _claims(self, id_token: str, access_token: str, nonce: str) -> Mapping[str, Any]:
        """Signed by the provider's key, by it, for us, for this sign-in, and not expired."""
        for fresh in (False, True):  # the provider may have a new key since we asked
            try:
                keys = KeySet.import_key_set(self._keys(fresh=fresh))
                token = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS))
                break
            except (JoseError, ValueError, TypeError) as error:
                if fresh:
                    raise RefusedError("provider.refused") from error
        options = {"iss": {"essential": True, "value": self.issuer},
                   "aud": {"essential": True, "value": self.client_id},
                   "nonce": {"essential": True, "value": nonce}}  # fmt: skip
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        claims = CodeIDToken(token.claims, token.header, options, params)
        try:
            claims.validate(leeway=_LEEWAY)
        except (JoseError, AuthlibBaseError) as error:
            raise RefusedError("provider.refused") from error
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise RefusedError("provider.refused")
        return dict(claims)

    def _metadata(self) -> Mapping[str, Any]:
        address = self.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found: Mapping[str, Any] = self._fetched(address)
        host = urlsplit(self.issuer)
        if found.get("issuer") != self.issuer:
            raise UnavailableError("provider", "metadata names another issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if urlsplit(str(found.get(name, ""))).scheme != host.scheme:
                raise UnavailableError("provider", f"metadata without a good {name}")
        return found

    def _keys(self, *, fresh: bool) -> Any:
        return self._fetched(self._metadata()["jwks_uri"], fresh=fresh)

    def _fetched(self, address: str, *, fresh: bool = False) -> Any:
        """A JSON document of the provider, asked for again after a while."""
        with self._lock:
            at, found = self._held.get(address, (0.0, None))
        if found is not None and not fresh and time.monotonic() - at < _FRESH:
            return found
        try:
            with self._http() as http:
                answer = http.get(address).raise_for_status()
            found = json.loads(answer.content[:_LARGEST])
        except (httpx.HTTPError, ValueError) as error:
            raise UnavailableError("provider", type(error).__name__) from None
        if not isinstance(found, dict):
            raise UnavailableError("provider", "not an object")
        with self._lock:
            self._held[address] = (time.monotonic(), found)
        return found

    def _http(self) -> httpx.Client:
        return httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False)

    def _client(self, http: httpx.Client | None) -> "_Client":
        return _Client(
            http, client_id=self.client_id, client_secret=self.client_secret,
            redirect_uri=self.redirect_uri, scope=_SCOPE, code_challenge_method="S256",
        )  # fmt: skip


def _methods(claims: Mapping[str, Any]) -> frozenset[str]:
    amr = claims.get("amr")
    said = [claims.get("acr"), *(amr if isinstance(amr, list) else [])]
    return frozenset(each for each in said if isinstance(each, str))


class _ClientAuth(ClientAuth, httpx.Auth):  # type: ignore[misc]
    """How authlib's client says to the provider who it is, over httpx."""

    requires_request_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the client's credentials."""
        url, headers, body = self.prepare(
            request.method, str(request.url), request.headers, request.content
        )
        headers["Content-Length"] = str(len(body))
        yield httpx.Request(
            request.method, url, headers=headers, content=body, extensions=request.extensions
        )


class _Client(OAuth2Client):  # type: ignore[misc]
    client_auth_class = _ClientAuth
