"""Webhooks to a real receiver: signed, told once, tried again, and sent nowhere else."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.lists.webhooks import PAUSES, Webhooks, check_address, is_allowed, shown_secret
from credential.errors import RefusedError
from store.deliveries import Deliveries
from tests.lists.conftest import Office
from tests.lists.test_clients import LIST, bearing

Received = tuple[dict[str, str], bytes]


class Receiver:
    """What a client runs: remembers what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.statuses: list[int] = []
        self.more: dict[str, str] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.received.append((headers | {"path": self.path}, body))
                self.send_response(outer.statuses.pop(0) if outer.statuses else 204)
                for name, value in outer.more.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 — http.server's name

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def sending(office: Office, receiver: Receiver) -> Callable[[], int]:
    """Has a client's list done; sends what is due then, and says how often it was received."""
    webhooks = Webhooks(Deliveries(office.database, office.clock), office.clock)

    def send() -> int:
        while webhooks.once():
            pass
        return len(receiver.received)

    return send


def signed(secret: bytes, received: Received) -> bool:
    """What Standard Webhooks has receivers do."""
    headers, body = received
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(headers["webhook-signature"], f"v1,{mac}")


def test_a_client_is_told_once_and_can_tell_that_it_was_us(
    office: Office, receiver: Receiver, sending: Callable[[], int]
) -> None:
    key, client = office.clients.make("ours", receiver.address)
    made = office.hand_in(LIST, bearing(key))
    assert sending() == 0, "it is not done yet"
    office.work()
    assert [sending(), sending()] == [1, 1]
    headers, body = receiver.received[0]
    assert headers["path"] == "/hook"
    assert headers["webhook-timestamp"] == str(office.clock.now)
    assert json.loads(body) == {
        "type": "list.finished",
        "timestamp": office.clock.now,
        "data": {
            "id": made.id,
            "total": 1,
            "counts": {"VALID": 1, "INVALID": 0, "UNDETERMINED": 0, "NOT_FOUND": 0, "FAULT": 0},
        },
    }
    secret = base64.b64decode(shown_secret(client.secret).removeprefix("whsec_"))
    assert signed(secret, (headers, body))
    assert not signed(secret, (headers, body.replace(b'"VALID":1', b'"VALID":2')))
    assert not signed(secret, (headers | {"webhook-timestamp": "1"}, body))
    assert not signed(bytes(32), (headers, body))


def test_what_is_not_taken_is_sent_again_under_the_same_id_after_growing_pauses(
    office: Office, receiver: Receiver, sending: Callable[[], int]
) -> None:
    key, client = office.clients.make("ours", receiver.address)
    receiver.statuses = [500, 503, 302, 404]
    office.hand_in(LIST, bearing(key))
    office.work()
    assert sending() == 1
    for tries, pause in enumerate(PAUSES[:4], 1):
        office.clock.now += pause - 1
        assert sending() == tries
        office.clock.now += 1
        assert sending() == tries + 1
    office.clock.now += 10 * PAUSES[-1]
    assert sending() == 5, "the fifth was taken"
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
    assert all(signed(client.secret, one) for one in receiver.received)


def test_in_the_end_it_is_given_up(
    office: Office, receiver: Receiver, sending: Callable[[], int]
) -> None:
    key, _ = office.clients.make("ours", receiver.address)
    receiver.statuses = [500] * 100
    office.hand_in(LIST, bearing(key))
    office.work()
    for _ in range(20):
        sending()
        office.clock.now += PAUSES[-1]
    assert sending() == len(PAUSES) + 1


def test_a_redirect_is_not_followed(
    office: Office, receiver: Receiver, sending: Callable[[], int]
) -> None:
    key, _ = office.clients.make("ours", receiver.address)
    receiver.statuses, receiver.more = [307], {"Location": receiver.address + "/elsewhere"}
    office.hand_in(LIST, bearing(key))
    office.work()
    assert sending() == 1
    assert receiver.received[0][0]["path"] == "/hook"


def test_a_receiver_that_is_gone_stops_nobody(office: Office, sending: Callable[[], int]) -> None:
    key, _ = office.clients.make("gone", "http://127.0.0.1:9/")
    office.hand_in(LIST, bearing(key))
    office.work()
    assert sending() == 0


def test_a_public_name_that_leads_into_this_machine_is_not_asked(
    office: Office, receiver: Receiver, sending: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever owns a name may point it anywhere, also after the client was made."""
    port = receiver.server.server_address[1]
    asked: list[object] = []

    def resolve(host: str, *more: object, **rest: object) -> list[object]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port)), (2, 1, 6, "", ("10.0.0.1", port))]

    monkeypatch.setattr("api.lists.webhooks.socket.getaddrinfo", resolve)
    key, _ = office.clients.make("ours", f"https://rebinding.example:{port}/")
    office.hand_in(LIST, bearing(key))
    office.work()
    assert sending() == 0
    assert asked == ["rebinding.example"]


ADDRESSES = {
    "https": ("https://example.org/hook?x=1", True),
    "another port": ("https://example.org:8443/", True),
    "this machine": ("http://localhost:8000/", True),
    "this machine, IPv6": ("http://[::1]:8000/", True),
    "plain": ("http://example.org/", False),
    "a file": ("file:///etc/passwd", False),
    "no host": ("https:///x", False),
    "a user": ("https://user:secret@example.org/", False),
    "a fragment": ("https://example.org/#x", False),
    "a line break": ("https://example.org/\r\nX: 1", False),
    "a bad port": ("https://example.org:99999/", False),
    "a backslash": ("https://example.org\\@evil.example/", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize("case", ADDRESSES)
def test_which_addresses_clients_may_have(case: str) -> None:
    address, allowed = ADDRESSES[case]
    if allowed:
        assert check_address(address) == address
    else:
        with pytest.raises(RefusedError, match=r"client\.webhook"):
            check_address(address)


PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0",
           "100.64.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
           "224.0.0.1", "255.255.255.255", "2002:a00:1::", "64:ff9b:1::a00:1", "64:ff9b::7f00:1",
           "::127.0.0.1", "::ffff:0:7f00:1", "fec0::1", "5f00::1"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_told(address: str) -> None:
    assert not is_allowed(address, local=False)


def test_public_ones_are_and_this_machine_only_if_it_was_named() -> None:
    assert is_allowed("93.184.216.34", local=False)
    assert is_allowed("2606:2800:220:1::1", local=False)
    assert is_allowed("127.0.0.1", local=True)
    assert not is_allowed("93.184.216.34", local=True)
