"""Telling a client that its list is done: Standard Webhooks, signed and tried again.

The address was fixed when the client was made; no request names one. It is asked over TLS, at an
address of the public network, and redirects are not followed; only this machine itself may be told
over plain HTTP, for programs that stand beside the service.
"""

import base64
import hmac
import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

import httpcore

from chain.deadline import Deadline, DeadlineBackend
from credential.errors import RefusedError
from store.deliveries import Deliveries, Delivery

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 — what each begins with
PAUSES: Final = (5, 30, 300, 1_800, 7_200, 18_000, 36_000)  # seconds after each try; then given up
_PATIENCE = 15.0  # seconds for all of one try, however slowly the other end drips
IDLE: Final = 1.0  # seconds between looks for what is due
LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Names of this machine."""
# The only IPv6 space given out (RFC 4291 §2.4). What lies outside may be translated or routed to
# this machine or its neighbours: ::127.0.0.1, 64:ff9b::/96, ::ffff:0:0:0/96, fec0::/10.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_LONGEST = 500  # characters of an address


def check_address(address: str) -> str:
    """The address, if clients may have it. Raises RefusedError ``client.webhook``."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RefusedError("client.webhook") from None
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    tidy = address.isascii() and address.isprintable() and not ({" ", "\\"} & set(address))
    plain = not (parts.username or parts.password or parts.fragment) and len(address) <= _LONGEST
    if not (host and secure and tidy and plain):
        raise RefusedError("client.webhook")
    return address


def shown_secret(secret: bytes) -> str:
    """A signing secret as Standard Webhooks writes it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, number: str, moment: int, body: bytes) -> str:
    """The value of ``webhook-signature``: v1, HMAC-SHA256 over id, time and body."""
    signed = b".".join((number.encode(), str(moment).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


class Webhooks:
    """Sends what was written down. One thread uses it."""

    def __init__(self, deliveries: Deliveries, clock: Callable[[], float] = time.time) -> None:
        self._deliveries, self._clock = deliveries, clock

    def once(self) -> bool:
        """Send what is due, if anything."""
        delivery = self._deliveries.claim()
        if delivery is None:
            return False
        if self._send(delivery) or delivery.tries > len(PAUSES):
            self._deliveries.taken(delivery)
        else:
            self._deliveries.later(delivery, PAUSES[delivery.tries - 1])
        return True

    def _send(self, delivery: Delivery) -> bool:
        """Whether the receiver took it (2xx)."""
        moment = int(self._clock())
        headers = [
            ("Content-Type", "application/json"),
            ("webhook-id", delivery.id),
            ("webhook-timestamp", str(moment)),
            ("webhook-signature", signature(delivery.secret, delivery.id, moment, delivery.body)),
        ]
        backend = _Backend(local=urlsplit(delivery.webhook).hostname in LOOPBACK)
        try:
            with (
                backend.deadline.within(_PATIENCE),
                httpcore.ConnectionPool(network_backend=backend) as pool,
                pool.stream(
                    "POST", delivery.webhook, headers=headers, content=delivery.body
                ) as answer,
            ):  # fmt: skip
                return 200 <= answer.status < 300
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, OSError):
            return False


class _Backend(DeadlineBackend):
    """Sockets to where a name leads, if that is public; to this machine only if it was named.

    The address that was looked at is the one connected to: a name cannot lead elsewhere meanwhile.
    """

    def __init__(self, *, local: bool) -> None:
        self.deadline, self._local = Deadline(), local
        super().__init__(self.deadline)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection. Raises httpcore.ConnectError where no public address is found."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError("unknown host") from error
        for *_, place in found:
            address = str(place[0])
            if is_allowed(address, local=self._local):
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
        raise httpcore.ConnectError("not a public address")


def is_allowed(address: str, *, local: bool) -> bool:
    """Whether an IP address may be told: a public one, or with `local` this machine's own."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    found = mapped or found
    if local:
        return found.is_loopback
    outside = isinstance(found, ipaddress.IPv6Address) and found not in _UNICAST
    return found.is_global and not (found.is_multicast or outside)
