"""What a client makes of a registry that is slow or answers something odd: silence, in time."""

import dataclasses
import json
import socket
import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from credential.dates import PartialDate
from credential.errors import UnavailableError
from credential.facts import AwardClaim, AwardMatch, Match
from credential.model import CredentialType
from registry.client import HttpMatcher

CLAIM = AwardClaim(
    type=CredentialType.THPT_DIPLOMA,
    school=1,
    register_no="B26/0101/00001",
    year=2026,
    issued=date(2026, 6, 20),
    serial="T00000000",
    name="Nguyễn Thị Hòa",
    birth=PartialDate(2008, 2, 7),
    classification="Giỏi",
    signer_name="Phạm Quốc Đạt",
    content=bytes(32),
)
TOKEN = {"access_token": "abc.DEF-_~+/=", "token_type": "Bearer", "expires_in": 300}
FIELDS = dict.fromkeys(
    ("year", "issued", "serial", "name", "birth", "classification", "signer", "content"), "agrees"
)
ANSWER = {
    "found": True,
    "fields": FIELDS,
    "lane": "active",
    "withdrawal": None,
    "signer_in_office": True,
    "entitled": True,
    "school_name": "Trường THPT Hoa Phượng Đỏ",
}
NOT_FOUND = ANSWER | {"found": False, "fields": {}}


@contextmanager
def registry(token=TOKEN, answer=ANSWER, cookie=None):
    """A registry that says what it is told to: values become JSON, bytes stay as they are."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert "Cookie" not in self.headers
            self.rfile.read(int(self.headers["Content-Length"]))
            said = token if self.path == "/token" else answer
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if cookie:
                self.send_header("Set-Cookie", cookie)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    far = HttpMatcher(f"http://127.0.0.1:{server.server_port}", "v", "secret", timeout=10)
    try:
        yield far
    finally:
        far.close()
        server.shutdown()
        thread.join()
        server.server_close()


def is_silent(far, claim=CLAIM):
    with pytest.raises(UnavailableError) as caught:
        far.match(claim)
    assert caught.value.source == "registry"
    assert caught.value.__cause__ is None
    assert "Nguy" not in repr(caught.value)


def test_a_sound_answer_is_taken():
    with registry() as far:
        assert far.match(CLAIM) == AwardMatch(
            found=True,
            fields=dict.fromkeys(FIELDS, Match.AGREES),
            signer_in_office=True,
            entitled=True,
            school_name="Trường THPT Hoa Phượng Đỏ",
        )
    with registry(answer=NOT_FOUND) as far:
        assert far.match(CLAIM).found is False


@pytest.mark.parametrize("cookie", ["a=b", "a=ÿ"])
def test_a_cookie_is_not_kept_to_spoil_what_is_asked_later(cookie):
    with registry(cookie=cookie) as far:
        assert far.match(CLAIM).found
        assert far.match(CLAIM).found


def test_content_may_stay_unanswered_and_nothing_else():
    fields = {name: said for name, said in FIELDS.items() if name != "content"}
    with registry(answer=ANSWER | {"fields": fields}) as far:
        assert far.match(CLAIM).fields.keys() == fields.keys()
    for left_out in fields:
        rest = {name: said for name, said in FIELDS.items() if name != left_out}
        with registry(answer=ANSWER | {"fields": rest}) as far:
            is_silent(far)


CLAIMED = {"serial": "serial", "name": "name", "birth": "birth", "content": "content",
           "classification": "classification", "signer_name": "signer"}  # fmt: skip


@pytest.mark.parametrize("part", CLAIMED)
def test_what_was_never_claimed_must_not_be_answered(part):
    with registry() as far:
        is_silent(far, dataclasses.replace(CLAIM, **{part: None}))
    rest = {name: said for name, said in FIELDS.items() if name != CLAIMED[part]}
    with registry(answer=ANSWER | {"fields": rest}) as far:
        assert far.match(dataclasses.replace(CLAIM, **{part: None})).found


TOKENS = {
    "a life of 400 digits": TOKEN | {"expires_in": 10**400},
    "a life of 5000 digits": json.dumps(TOKEN).replace("300", "9" * 5000).encode(),
    "a life below zero": TOKEN | {"expires_in": -1},
    "a life that is no number": json.dumps(TOKEN).replace("300", "NaN").encode(),
    "a life without end": json.dumps(TOKEN).replace("300", "Infinity").encode(),
    "a life as text": TOKEN | {"expires_in": "300"},
    "a life that is true": TOKEN | {"expires_in": True},
    "a token that is no ASCII": TOKEN | {"access_token": "khoá"},
    "a token with a line end": TOKEN | {"access_token": "abc\r\nX: y"},
    "a token that ends a line": TOKEN | {"access_token": "abc\n"},
    "an empty token": TOKEN | {"access_token": ""},
    "a token with a space": TOKEN | {"access_token": "a b"},
    "a token too long": TOKEN | {"access_token": "a" * 9000},
    "half of a surrogate pair": TOKEN | {"access_token": "\ud800"},
    "a token that is a number": TOKEN | {"access_token": 1},
    "another type of token": TOKEN | {"token_type": "DPoP"},
    "no type of token": {"access_token": "abc", "expires_in": 300},
    "a list": [TOKEN],
    "null": None,
}
ANSWERS = {
    "a lane with a dotless i": ANSWER | {"lane": "act\u0131ve"},
    "a lane with a long s": ANSWER | {"lane": "\u017fuspended"},
    "a lane in capitals": ANSWER | {"lane": "ACTIVE"},
    "a lane as a number": ANSWER | {"lane": 0},
    "an unknown lane": ANSWER | {"lane": "expired"},
    "no lane": {name: said for name, said in ANSWER.items() if name != "lane"},
    "no fields at all": ANSWER | {"fields": {}},
    "fields as null": ANSWER | {"fields": None},
    "a field too many": ANSWER | {"fields": FIELDS | {"pupil": "agrees"}},
    "an outcome with a capital": ANSWER | {"fields": FIELDS | {"name": "Agrees"}},
    "an outcome that is true": ANSWER | {"fields": FIELDS | {"name": True}},
    "fields of what was not found": NOT_FOUND | {"fields": FIELDS},
    "found as text": ANSWER | {"found": "true"},
    "found as a number": ANSWER | {"found": 1},
    "in office as text": ANSWER | {"signer_in_office": "yes"},
    "entitled as a number": ANSWER | {"entitled": 1},
    "a member too many": ANSWER | {"birth": "2008-02-07"},
    "a day as a number": ANSWER
    | {"lane": "revoked", "withdrawal": {"ground": "a", "decision": "b", "on": 10**9}},
    "a day that does not exist": ANSWER
    | {"lane": "revoked", "withdrawal": {"ground": "a", "decision": "b", "on": "2026-02-30"}},
    "half of a surrogate pair": ANSWER | {"school_name": "\ud800"},
    "a list": [ANSWER],
    "null": None,
}


@pytest.mark.parametrize("case", TOKENS)
def test_an_odd_token_is_silence(case):
    with registry(token=TOKENS[case]) as far:
        is_silent(far)


@pytest.mark.parametrize("case", ANSWERS)
def test_an_odd_answer_is_silence(case):
    with registry(answer=ANSWERS[case]) as far:
        is_silent(far)


@contextmanager
def dripping(first, piece):
    """A server that answers `first` and then `piece` again and again, never coming to an end."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip(connection):
        with connection:
            connection.recv(65536)
            came.set()
            try:
                connection.sendall(first)
                while not stop.wait(0.05):
                    connection.sendall(piece)
            except OSError:
                gone.set()  # the client hung up

    def serve():
        while True:
            connection, _ = listener.accept()
            if stop.is_set():
                connection.close()
                return
            drippers.append(threading.Thread(target=drip, args=(connection,)))
            drippers[-1].start()

    came, gone = threading.Event(), threading.Event()
    drippers = []
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", came, gone
    finally:
        stop.set()
        socket.create_connection(listener.getsockname()).close()
        for each in [thread, *drippers]:
            each.join()
        listener.close()


SLOW = {
    "the status line comes letter by letter": (b"HTTP/1.1 200 ", b"O"),
    "header lines come one by one": (b"HTTP/1.1 200 OK\r\n", b"X-More: yes\r\n"),
    "the body comes letter by letter": (b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b" "),
    "interim answers come one by one": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@pytest.mark.parametrize("case", SLOW)
def test_a_registry_that_never_comes_to_an_end_is_given_up_in_time(case):
    with dripping(*SLOW[case]) as (url, _, gone):
        far = HttpMatcher(url, "v", "secret", timeout=0.3)
        is_silent(far)
        assert gone.wait(60), "and the connection is not left open"
        far.close()


def test_threads_that_wait_for_a_token_wait_no_longer_than_they_may():
    """One of them asks for it; the others would wait for that one without end."""
    with dripping(*SLOW["header lines come one by one"]) as (url, _, _):
        far = HttpMatcher(url, "v", "secret", timeout=0.3)
        threads = [threading.Thread(target=is_silent, args=(far,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        far.close()


def test_closing_ends_what_is_being_asked():
    with dripping(*SLOW["header lines come one by one"]) as (url, came, gone):
        far = HttpMatcher(url, "v", "secret", timeout=600)
        thread = threading.Thread(target=is_silent, args=(far,))
        thread.start()
        assert came.wait(60)
        far.close()
        assert gone.wait(60)
        thread.join()
        is_silent(far)
