"""The registry over HTTP: who may ask, what an error shows, what a client makes of it."""

import logging
import socket
import threading
from datetime import date

import httpx
import pytest

from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.facts import AwardClaim
from credential.model import CredentialType
from registry import access
from registry.access import Clients, Tokens
from registry.client import HttpMatcher
from registry.matching import Matcher
from registry.schema import REGISTRY
from registry.service import MAX_BODY, create_service
from tests.databases import migrated

CLAIM = AwardClaim(
    CredentialType.THPT_DIPLOMA, 1, "B26/0101/00001", 2026, date(2026, 6, 20), name="Nguyễn Thị Hòa"
)
BODY = {
    "type": "thpt-diploma",
    "school": 1,
    "register_no": "B26/0101/00001",
    "year": 2026,
    "issued": "2026-06-20",
    "name": "Nguyễn Thị Hòa",
}
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def database(tmp_path):
    database = REGISTRY.connect(migrated(REGISTRY, tmp_path / "registry.db"))
    yield database
    database.close()


@pytest.fixture
def clients(database):
    return Clients(database)


@pytest.fixture
def tokens():
    return Tokens()


@pytest.fixture
def http(database, clients, tokens, serving):
    app = create_service(Matcher(database), clients, tokens)
    with serving(app) as url, httpx.Client(base_url=url) as http:
        yield http


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


def problem(response):
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert (found["type"], found["status"]) == ("about:blank", response.status_code)
    return response.status_code, found["code"]


@pytest.mark.parametrize("way", ["Basic", "form"])
def test_a_client_gets_a_token_and_an_answer(http, clients, way):
    secret = clients.add("v", "a verifier")
    if way == "Basic":
        answer = http.post("/token", data=GRANT, auth=("v", secret))
    else:
        answer = http.post("/token", data=GRANT | {"client_id": "v", "client_secret": secret})
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 300)
    assert answer.headers["content-type"] == "application/json"
    matched = http.post("/match", json=BODY, headers=bearer(token["access_token"]))
    assert (matched.status_code, matched.json()["found"]) == (200, False)


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(lambda secret: ("v", secret[:-1]), id="another secret"),
        pytest.param(lambda secret: ("w", secret), id="an unknown client"),
        pytest.param(lambda secret: ("v", ""), id="no secret"),
        pytest.param(lambda secret: ("v\0", secret), id="a hostile name"),
    ],
)
def test_others_get_no_token(http, clients, who):
    secret = clients.add("v", "a verifier")
    answer = http.post("/token", data=GRANT, auth=who(secret))
    assert problem(answer) == (401, "client.refused")
    assert "www-authenticate" in answer.headers


def test_a_removed_client_gets_no_more_tokens(http, clients):
    secret = clients.add("v", "a verifier")
    clients.remove("v")
    assert problem(http.post("/token", data=GRANT, auth=("v", secret)))[0] == 401


def test_a_client_is_added_once(clients):
    clients.add("v", "a verifier")
    with pytest.raises(ConflictError, match=r"client\.exists"):
        clients.add("v", "another")
    assert clients.count() == 1


def test_the_secret_is_not_kept(clients, database):
    secret = clients.add("v", "a verifier")
    with database.reading() as connection:
        kept = repr(connection.exec_driver_sql("SELECT * FROM clients").all())
    assert secret not in kept


def test_another_grant_is_refused(http):
    answer = http.post("/token", data={"grant_type": "password"})
    assert problem(answer) == (400, "token.grant_type")


def changed(token):
    return token[:-2] + ("AA" if token[-2:] != "AA" else "BB")


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda token: "", id="none"),
        pytest.param(changed, id="a changed signature"),
        pytest.param(lambda token: "A" + token, id="a changed claim"),
        pytest.param(lambda token: token.partition(".")[0], id="no signature"),
        pytest.param(lambda token: Tokens().issue("v"), id="another key"),
        pytest.param(lambda token: token * 20, id="too long"),
    ],
)
def test_a_forged_token_opens_nothing(http, tokens, forge):
    token = forge(tokens.issue("v"))
    answer = http.post("/match", json=BODY, headers=bearer(token))
    assert problem(answer) == (401, "token.refused")


def test_a_token_ends():
    now = 1000.0
    tokens = Tokens(clock=lambda: now)
    token = tokens.issue("v")
    now += access.LIFETIME - 1
    assert tokens.check(token) == "v"
    now += 1
    with pytest.raises(RefusedError, match=r"token\.refused"):
        tokens.check(token)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(BODY | {"school": -1}, "request.invalid", id="a number out of range"),
        pytest.param(BODY | {"pupil": "Nguyễn"}, "request.invalid", id="a field too many"),
        pytest.param(BODY | {"name": "Nguyễn" * 50}, "request.invalid", id="a name too long"),
        pytest.param(BODY | {"type": "Nguyễn"}, "claim.type", id="an unknown type"),
        pytest.param(BODY | {"birth": "Nguyễn"}, "date.invalid", id="no date"),
        pytest.param({"name": "Nguyễn"}, "request.invalid", id="fields missing"),
        pytest.param(["Nguyễn"], "request.invalid", id="no object"),
    ],
)
def test_a_bad_claim_is_refused_without_repeating_it(http, tokens, body, code):
    answer = http.post("/match", json=body, headers=bearer(tokens.issue("v")))
    assert problem(answer) == (422, code)
    assert "Nguy" not in answer.text


def test_a_body_too_large_is_refused_before_anyone_proves_who_he_is(http):
    answer = http.post("/match", content=b" " * (MAX_BODY + 1))
    assert problem(answer) == (413, "request.too_large")
    in_pieces = http.post("/match", content=(b" " * 1024 for _ in range(17)))
    assert problem(in_pieces) == (413, "request.too_large")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/match", 405), ("GET", "/x", 404)])
def test_other_addresses_are_problems_too(http, method, path, status):
    assert problem(http.request(method, path)) == (status, f"http.{status}")


def test_health_tells_whether_the_database_answers(http, database):
    assert http.get("/healthz").json() == {"status": "ok"}
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE clients")
    assert problem(http.get("/healthz")) == (503, "source.unavailable")


def test_the_description_is_openapi_and_names_the_problems(http):
    described = http.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {"/token", "/match", "/healthz"}
    answers = described["paths"]["/match"]["post"]["responses"]
    assert {"200", "401", "413", "422", "503"} <= answers.keys()
    assert "application/problem+json" in answers["422"]["content"]


def test_no_claim_reaches_the_log(http, tokens, caplog):
    caplog.set_level(logging.DEBUG)
    http.post("/match", json=BODY, headers=bearer(tokens.issue("v")))
    http.post("/match", json=BODY | {"school": "Nguyễn"}, headers=bearer(tokens.issue("v")))
    assert "Nguy" not in caplog.text
    assert "B26" not in caplog.text


def client_of(http, secret, **more):
    return HttpMatcher(str(http.base_url), "v", secret, **more)


def test_a_client_asks_for_a_new_token_when_the_old_one_is_refused(http, clients, tokens):
    far = client_of(http, clients.add("v", "a verifier"))
    assert far.match(CLAIM).found is False
    tokens._key = bytes(32)  # as after a restart of the service
    assert far.match(CLAIM).found is False
    far.close()


def test_a_client_with_a_wrong_secret_hears_nothing(http, clients):
    clients.add("v", "a verifier")
    far = client_of(http, "wrong")
    with pytest.raises(UnavailableError, match="registry"):
        far.match(CLAIM)
    far.close()


def answering(answer, pause=0.0):
    """A server that answers every connection with these bytes, and then says no more."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        while True:
            connection, _ = listener.accept()
            if stop.is_set():
                connection.close()
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)
                stop.wait(pause)

    thread = threading.Thread(target=serve)
    thread.start()

    def end():
        stop.set()
        socket.create_connection(listener.getsockname()).close()
        thread.join()
        listener.close()

    return f"http://127.0.0.1:{listener.getsockname()[1]}", end


def response(body, status=b"200 OK", length=None):
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
        status,
        size,
        body,
    )


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        pytest.param(b"", 0, id="it hangs up"),
        pytest.param(b"", 9, id="it says nothing"),
        pytest.param(response(b"{", length=2), 9, id="it stops in the middle"),
        pytest.param(b"nonsense\r\n\r\n", 0, id="it speaks no HTTP"),
        pytest.param(response(b"{}"), 0, id="it answers something else"),
        pytest.param(response(b"<html>"), 0, id="it answers no JSON"),
        pytest.param(response(b"x", b"500 Oops"), 0, id="it fails"),
        pytest.param(response(b"", b"302 Found\r\nLocation: /x"), 0, id="it sends elsewhere"),
        pytest.param(response(b"x" * 99999), 0, id="it answers without end"),
        pytest.param(response(b"", b"429 Slow down\r\nRetry-After: 9"), 0, id="it has had enough"),
        pytest.param(b"HTTP/1.1 999 \xff\xfe\r\n\r\n", 0, id="it has a status of its own"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\xc4\xb1: \xff\r\n\r\n", 0, id="its headers are odd"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0, id="odd chunks"
        ),
        pytest.param(response(b"{", b"200 OK\r\nContent-Encoding: gzip"), 0, id="no gzip"),
        pytest.param(response(b'{"a":' * 9000), 0, id="it answers too deep"),
        pytest.param(response(b"9" * 60000), 0, id="it answers a huge number"),
        pytest.param(response(b"\xff\xfe"), 0, id="it answers no UTF-8"),
    ],
)
def test_whatever_goes_wrong_the_registry_was_silent(answer, pause):
    url, end = answering(answer, pause)
    far = HttpMatcher(url, "v", "secret", timeout=0.5)
    try:
        with pytest.raises(UnavailableError) as caught:
            far.match(CLAIM)
        assert caught.value.source == "registry"
        assert caught.value.__cause__ is None
        assert "Nguy" not in repr(caught.value)
    finally:
        far.close()
        end()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[", "nowhere"])
def test_an_address_where_nobody_is_is_silent(url):
    far = HttpMatcher(url, "v", "secret", timeout=0.5)
    with pytest.raises(UnavailableError):
        far.match(CLAIM)
    far.close()
