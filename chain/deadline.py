"""Sockets that keep a deadline over a whole exchange, however slowly the other end drips.

A client library's own limits count from one received byte to the next; these count from the start.
Decides nothing but when to give up.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore


class Deadline:
    """The moment (monotonic seconds) by which the calling thread's exchange must be over."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Set the deadline for what this thread does inside."""
        self._of_thread.moment = time.monotonic() + seconds
        try:
            yield
        finally:
            del self._of_thread.moment

    def left(self, limit: float | None, late: type[Exception]) -> float | None:
        """Seconds left, at most `limit`; without a deadline, `limit`. Raises `late` for none."""
        moment = getattr(self._of_thread, "moment", None)
        if moment is None:
            return limit
        left: float = moment - time.monotonic()
        if left <= 0:
            raise late("deadline")
        return left if limit is None else min(limit, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """Plain sockets whose every wait ends at the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection, made before the deadline."""
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        made = self._plain.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(made, self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, plain: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._plain = plain
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)
