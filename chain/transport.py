"""JSON-RPC over HTTP with bounds: on time as a whole, and on the size of an answer.

Decides what counts as "did not answer": a refused or broken connection, a status that is not 200,
too slow, too large, not JSON. Each becomes UnavailableError ``chain``; what a well-formed answer
says is the asker's business.
"""

import time
from typing import Any

import httpx
import orjson

from chain import defaults
from credential.errors import UnavailableError


class GoneError(Exception):
    """Nobody who speaks JSON-RPC listens at the address (any more)."""


class HttpTransport:
    """A pool of connections to one address. Thread-safe."""

    def __init__(self, url: str, timeout: float, *, local: bool = False) -> None:
        self._url = url
        self._timeout = timeout
        # A proxy of the environment is for the world outside, never for our own machine.
        self._client = httpx.Client(timeout=timeout, trust_env=not local)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def post(self, request: bytes) -> Any:
        """The answer to a request body, parsed.

        Raises GoneError when the connection failed or was not taken, UnavailableError when
        somebody is there but gives no proper answer in time.
        """
        try:
            return orjson.loads(self._body(request))
        except httpx.TimeoutException as error:
            raise UnavailableError("chain", "time-out") from error
        except httpx.TransportError as error:
            raise GoneError from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError("chain", "connection") from error
        except orjson.JSONDecodeError as error:
            raise UnavailableError("chain", "not JSON") from error

    def _body(self, request: bytes) -> bytes:
        deadline = time.monotonic() + self._timeout
        body = bytearray()
        headers = {"Content-Type": "application/json"}
        with self._client.stream("POST", self._url, content=request, headers=headers) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                raise GoneError
            if response.status_code != httpx.codes.OK:
                raise UnavailableError("chain", f"HTTP {response.status_code}")
            for part in response.iter_bytes():
                body += part
                if len(body) > defaults.ANSWER_LIMIT:
                    raise UnavailableError("chain", "answer too large")
                if time.monotonic() > deadline:
                    raise UnavailableError("chain", "time-out")
        return bytes(body)
