"""What bad and hostile input gets: its own problem, never a 500, never a broken answer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cbor2
import httpx
import orjson
import pytest
from fastapi import FastAPI
from PIL import Image

from api.site import bodies
from credential import qrlink, qrtoken
from credential.keys import b64url
from tests.web.conftest import VERIFY, Call, jpeg, problem, verdict
from tests.web.simulator import HOST, World


def json_body(text: str) -> dict[str, object]:
    return {"content": text.encode(), "headers": {"Content-Type": "application/json"}}


def token_with(
    change: Callable[[dict[int, object]], object],
) -> Callable[[World], dict[str, object]]:
    """A token whose claims were changed by a forger who can write CBOR."""

    def make(world: World) -> dict[str, object]:
        parsed = qrtoken.parse(world.issued[0].token)
        claims = cbor2.loads(parsed.payload)
        change(claims[-65537])
        kid, alg = world.key.public.kid, "ES256"
        token = qrtoken.assemble(cbor2.dumps(claims), kid, alg, bytes(64))
        return {"json": {"text": qrlink.encode(token, HOST)[1]}}

    return make


def deep_disclosure(world: World) -> dict[str, object]:
    """A signed file to which a forger added a disclosure of 200 levels."""
    value: object = "x"
    for _ in range(200):
        value = [value]
    more = b64url(orjson.dumps(["c2FsdA", "deep", value]))
    return {"json": {"text": f"{world.issued[0].sd_jwt}{more}~"}}


HOSTILE: dict[str, tuple[Callable[[World], dict[str, object]], int, str]] = {
    "no body": (lambda _: json_body(""), 400, "request.malformed"),
    "not JSON": (lambda _: json_body("{"), 400, "request.malformed"),
    "JSON too deep": (lambda _: json_body("[" * 60000), 400, "request.malformed"),
    "a list": (lambda _: json_body("[]"), 422, "request.invalid"),
    "text is a number": (lambda _: json_body('{"text": 1}'), 422, "request.invalid"),
    "a member too many": (lambda _: json_body('{"text": "1", "x": 2}'), 422, "request.invalid"),
    "a lone surrogate": (lambda _: json_body('{"text": "\\ud800"}'), 400, "request.malformed"),
    "an empty text": (lambda _: {"json": {"text": ""}}, 422, "reading.no_code"),
    "a NUL": (lambda _: {"json": {"text": "\0" * 30}}, 422, "qr.not_ours"),
    "another site's link": (lambda _: {"json": {"text": "https://a.example/"}}, 422,
                            "qr.not_ours"),
    "another site's longer link": (lambda _: {"json": {"text": "https://a.example/path/x"}}, 422,
                                   "qr.not_ours"),
    "script": (lambda _: {"json": {"text": "javascript:alert(document.cookie)"}}, 422,
               "qr.not_ours"),
    "endless digits": (lambda _: {"json": {"text": "9" * 60000}}, 422, "qr.too_long"),
    "digits of nothing": (lambda _: {"json": {"text": "1" * 400}}, 422, "qr.malformed"),
    "Arabic digits": (lambda _: {"json": {"text": "٣" * 400}}, 422, "qr.not_ours"),
    "tildes": (lambda _: {"json": {"text": "~" * 60000}}, 422, "sdjwt.malformed"),
    "a mistyped code": (lambda _: {"json": {"text": "0000 0000 0000 0001"}}, 422, "code.check"),
    "an unknown code": (lambda _: {"json": {"text": "0000 0000 0000 0000"}}, 404, "code.unknown"),
    "too much text": (lambda _: {"json": {"text": "x" * 70000}}, 413, "request.too_large"),
    "an unknown type": (lambda _: {"content": b"x", "headers": {"Content-Type": "text/html"}}, 415,
                        "request.unsupported"),
    "no type": (lambda _: {"content": b"x"}, 415, "request.unsupported"),
    "a form without a file": (lambda _: {"files": {"other": ("a", b"b")}}, 422, "request.invalid"),
    "a form that is none": (lambda _: {"content": b"x", "headers": {
        "Content-Type": "multipart/form-data; boundary=x"}}, 400, "request.malformed"),
    "a form without boundary": (lambda _: {"content": b"x", "headers": {
        "Content-Type": "multipart/form-data"}}, 400, "request.malformed"),
    "a truncated PDF": (lambda _: {"content": b"%PDF-1.7\n1 0 obj", "headers": {
        "Content-Type": "application/pdf"}}, 422, "reading.broken_pdf"),
    "a truncated photo": (lambda _: {"content": b"\xff\xd8\xff\xe0 broken", "headers": {
        "Content-Type": "image/jpeg"}}, 422, "reading.broken_image"),
    "a picture without a code": (lambda _: {
        "content": jpeg(Image.new("L", (64, 64))), "headers": {"Content-Type": "image/jpeg"}},
        422, "reading.no_code"),
    "a file too large": (lambda _: {
        "content": bytes(bodies.FILE_LIMIT + 1), "headers": {"Content-Type": "image/jpeg"}},
        413, "request.too_large"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_bad_input_gets_its_own_problem(case: str, world: World, call: Call) -> None:
    request, status, code = HOSTILE[case]
    response = call("POST", VERIFY, **request(world))
    found = problem(response)
    assert (response.status_code, found.status, found.code) == (status, status, code)
    assert found.type == f"urn:sogoc:problem:{code}"
    assert found.detail != found.detail_en
    assert code not in (found.detail, found.title)


LOOKS_GENUINE = {
    "a year of 500 digits": token_with(lambda claims: claims.update({10: 10**500})),
    "a grade beyond any": token_with(lambda claims: claims.update({12: 2**80})),
    "a name of control characters": token_with(
        lambda claims: claims.update({6: "\0\x1b[2J\u202e"})
    ),
    "a deep disclosure": deep_disclosure,
}


@pytest.mark.parametrize("case", LOOKS_GENUINE)
def test_what_a_forger_wrote_never_breaks_the_answer(case: str, world: World, call: Call) -> None:
    response = call("POST", VERIFY, **LOOKS_GENUINE[case](world))
    if response.status_code == 200:
        assert verdict(response) == ("INVALID", "forged")
    else:
        assert response.status_code == 422
        problem(response)


def test_a_body_is_refused_while_it_streams(app: FastAPI) -> None:
    taken = 0

    async def endless() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(1_000_000)

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            headers = {"Content-Type": "application/pdf"}
            return await client.post(VERIFY, content=endless(), headers=headers)

    with ThreadPoolExecutor(1) as thread:
        response = thread.submit(asyncio.run, send()).result()
    assert problem(response).status == 413
    assert taken == 11
