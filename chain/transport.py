"""JSON-RPC over HTTP with bounds: on time as a whole, and on the size of an answer.

Decides what counts as "did not answer": a refused or broken connection, a status that is not 200,
too slow, too large, not JSON. Each becomes UnavailableError ``chain``; what a well-formed answer
says is the asker's business.
"""

import base64
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import orjson

from chain import defaults
from chain.deadline import Deadline, DeadlineBackend
from credential.errors import ConfigError, UnavailableError

_OK, _NOT_FOUND = 200, 404
_BROKEN = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)


class GoneError(Exception):
    """Nobody who speaks JSON-RPC listens at the address (any more)."""


class HttpTransport:
    """A pool of connections to one address. Thread-safe.

    `timeout` (seconds) bounds an exchange from connecting to its last byte. `local` says that the
    address is on this machine. Raises ConfigError ``chain.target_invalid``.
    """

    def __init__(self, url: str, timeout: float, *, local: bool = False) -> None:
        self._timeout = timeout
        self._deadline = Deadline()
        try:
            parts = urlsplit(url)
            self._url = httpcore.URL(url)
        except ValueError as error:
            raise ConfigError("chain.target_invalid", scheme=url.partition(":")[0]) from error
        self._headers = [("Content-Type", "application/json"), *_authorization(parts)]
        self._pool = httpcore.ConnectionPool(
            # A proxy of the environment is for the world outside, never for our own machine.
            proxy=None if local else _proxy(parts),
            max_connections=defaults.CONNECTIONS,
            keepalive_expiry=timeout,
            network_backend=DeadlineBackend(self._deadline),
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def post(self, request: bytes) -> Any:
        """The answer to a request body, parsed.

        Raises GoneError when the connection failed or was not taken, UnavailableError when
        somebody is there but gives no proper answer in time.
        """
        try:
            with self._deadline.within(self._timeout):
                return orjson.loads(self._body(request))
        except httpcore.TimeoutException as error:
            raise UnavailableError("chain", "time-out") from error
        except _BROKEN as error:
            raise GoneError from error
        except orjson.JSONDecodeError as error:
            raise UnavailableError("chain", "not JSON") from error

    def _body(self, request: bytes) -> bytes:
        body = bytearray()
        limits = dict.fromkeys(("pool", "connect", "read", "write"), self._timeout)
        with self._pool.stream(
            "POST",
            self._url,
            headers=self._headers,
            content=request,
            extensions={"timeout": limits},
        ) as response:
            if response.status == _NOT_FOUND:
                raise GoneError
            if response.status != _OK:
                raise UnavailableError("chain", f"HTTP {response.status}")
            for part in response.iter_stream():
                body += part
                if len(body) > defaults.ANSWER_LIMIT:
                    raise UnavailableError("chain", "answer too large")
        return bytes(body)


def _authorization(parts: SplitResult) -> list[tuple[bytes | str, bytes | str]]:
    """Basic authentication (RFC 7617) with what stands before the ``@`` of an address."""
    if parts.username is None:
        return []
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return [("Authorization", b"Basic " + base64.b64encode(pair.encode()))]


def _proxy(parts: SplitResult) -> httpcore.Proxy | None:
    """The proxy that the environment names for that address, if any."""
    known = getproxies()
    found = known.get(parts.scheme) or known.get("all")
    if not found or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxy = urlsplit(found if "://" in found else f"http://{found}")
    if proxy.username is None:
        return httpcore.Proxy(proxy.geturl())
    return httpcore.Proxy(
        proxy._replace(netloc=proxy.netloc.rpartition("@")[2]).geturl(),
        auth=(unquote(proxy.username), unquote(proxy.password or "")),
    )
