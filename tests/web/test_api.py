"""The HTTP interface over real artefacts: verdicts, problems, limits, headers, truthfulness."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PIL import Image

from api import presenting
from api.presenting import EvidenceModel
from credential import merkle, qrlink
from credential.facts import Withdrawal
from credential.model import Deployment, Lane, Place
from tests.web.conftest import VERIFY, Call, drawn, jpeg, problem, verdict
from tests.web.simulator import HOST, SCHOOL, World, diploma, key_from
from verifier.verdict import Conclusion, Verdict
from verifier.verify import Answer


def forged(world: World) -> str:
    """A diploma with another name, signed by a key that is not the school's."""
    other = replace(diploma(0, "Nguyễn Văn Giả"), register_no="2026/0001")
    return world.issue(other, Place(0, 0), key_from(99)).link


def altered(world: World) -> str:
    """A genuine token with one letter of the name changed."""
    token = world.issued[0].token.replace(b"Anh", "Ánh".encode()[:3])
    return qrlink.encode(token, HOST)[1]


def foreign(world: World) -> str:
    world.deployment = Deployment(1, bytes(20))
    link = world.issue(diploma(0, "Người Nơi Khác"), Place(0, 0)).link
    world.deployment = Deployment(3107, bytes(range(20)))
    return link


def revoke(world: World) -> str:
    world.withdrawn["2026/0001"] = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))
    return world.issued[0].link


def on_chain(lane: Lane) -> Callable[[World], str]:
    def change(world: World) -> str:
        world.lanes[0] = lane
        return world.issued[0].link

    return change


def silence(source: str) -> Callable[[World], str]:
    def change(world: World) -> str:
        world.silent.add(source)
        return world.issued[0].link

    return change


def differ(world: World) -> str:
    world.awards["2026/0001"] = diploma(0, "Nguyễn Thị Khác")
    return world.issued[0].link


def not_final(world: World) -> str:
    world.anchored, world.pending = False, True
    return world.issued[0].link


VERDICTS: dict[str, tuple[Callable[[World], str], str, str]] = {
    "a printed link": (lambda world: world.issued[0].link, "VALID", "valid"),
    "the digits alone": (lambda world: world.issued[0].digits, "VALID", "valid"),
    "a signed file's text": (lambda world: world.issued[0].sd_jwt, "VALID", "valid"),
    "a look-up code": (lambda world: world.issued[0].code, "VALID", "valid"),
    "a transcript": (lambda world: world.issued[4].sd_jwt, "VALID", "valid"),
    "another key than the school's": (forged, "INVALID", "forged"),
    "a changed letter": (altered, "INVALID", "forged"),
    "another deployment": (foreign, "INVALID", "foreign"),
    "revoked by the registry": (revoke, "INVALID", "revoked"),
    "revoked on chain": (on_chain(Lane.REVOKED), "INVALID", "revoked"),
    "suspended on chain": (on_chain(Lane.SUSPENDED), "INVALID", "suspended"),
    "superseded on chain": (on_chain(Lane.SUPERSEDED), "INVALID", "superseded"),
    "the registry says otherwise": (differ, "INVALID", "registry_disagrees"),
    "the chain is silent": (silence("chain"), "UNDETERMINED", "chain"),
    "the registry is silent": (silence("registry"), "UNDETERMINED", "registry"),
    "the store is silent": (silence("store"), "UNDETERMINED", "store"),
    "not final yet": (not_final, "UNDETERMINED", "not_final"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts_in_the_declared_shape(case: str, world: World, call: Call) -> None:
    thing, expected, reason = VERDICTS[case]
    response = call("POST", VERIFY, json={"text": thing(world)})
    assert verdict(response) == (expected, reason)
    for check in response.json()["reports"][0]["checks"]:
        assert check["text"]["vi"] not in (check["code"], check["text"]["en"])
        assert "–" not in check["text"]["vi"], "a parameter is missing"


def test_the_answer_says_what_is_signed_and_as_of_when(world: World, call: Call) -> None:
    (report,) = call("POST", VERIFY, json={"text": world.issued[0].link}).json()["reports"]
    assert report["document"]["name"] == "Nguyễn Thị Minh Anh"
    assert report["document"]["birth_date"] == "07/02/2008"
    as_of = report["as_of"]
    assert "one endpoint, which was believed" in as_of.pop("trust")["en"]
    assert as_of == {
        "block": 1204,
        "hash": "ab" * 32,
        "time": "2026-05-28T21:26:40Z",
        "agreed": 1,
        "endpoints": 1,
        "proven": False,
    }
    assert report["school_name"] == "Trường THPT Bình Minh"
    assert report["kind_name"]["vi"] == "Bằng tốt nghiệp trung học phổ thông"


def test_artefacts_that_do_not_belong_together_are_called_that(world: World) -> None:
    verifier = world.verifier()
    one, other = (verifier.verify(issued.link).reports[0] for issued in world.issued[:2])
    verifier.close()
    shown = presenting.answer(Answer(Conclusion(Verdict.INVALID, "forged"), (one, other)))
    assert shown["reason"] == "forged"
    assert shown["headline"]["vi"] == "Không hợp lệ: các mã trong tệp không cùng một văn bằng"


def test_a_photo_raw_or_as_a_form(world: World, call: Call) -> None:
    photo = drawn(world.issued[0].link)
    raw = call("POST", VERIFY, content=photo, headers={"Content-Type": "image/png"})
    form = call("POST", VERIFY, files={"file": ("photo.png", photo, "image/png")})
    assert verdict(raw) == verdict(form) == ("VALID", "valid")
    assert raw.json() == form.json()


def test_a_signed_file_as_a_file(world: World, call: Call) -> None:
    content = world.issued[4].sd_jwt.encode()
    response = call("POST", VERIFY, content=content, headers={"Content-Type": "text/plain"})
    assert verdict(response) == ("VALID", "valid")


def test_a_camera_frame_is_read_or_not_without_an_error(world: World, call: Call) -> None:
    def decode(frame: bytes) -> object:
        headers = {"Content-Type": "image/jpeg"}
        response = call("POST", "/api/decode", content=frame, headers=headers)
        assert response.status_code == 200
        return response.json()

    shown = Image.open(io.BytesIO(drawn(world.issued[0].link))).convert("L")
    other = Image.open(io.BytesIO(drawn("https://example.org/menu"))).convert("L")
    assert decode(jpeg(shown)) == {"text": world.issued[0].link, "other": False}
    assert decode(jpeg(other)) == {"text": None, "other": True}
    assert decode(jpeg(Image.new("L", (320, 240), 128))) == {"text": None, "other": False}


def test_evidence_leads_from_the_leaf_to_the_anchored_root(world: World, call: Call) -> None:
    leaf = merkle.leaf_hash(world.issued[3].token)
    response = call("GET", f"/api/evidence/{leaf.hex()}")
    found = EvidenceModel.model_validate_json(response.content)
    path = [bytes.fromhex(sibling) for sibling in found.path]
    root = merkle.root_of(leaf, found.leaf_index, 2 * found.size, path)
    assert root == world.tree[-1]
    assert (found.school, found.seq, found.index, found.leaf) == (SCHOOL, 0, 3, leaf.hex())
    assert found.deployment.contract == "0x" + world.deployment.contract.hex()


SOURCES = {
    "a look-up code while the store is silent": ("POST", VERIFY, "store"),
    "evidence while the store is silent": ("GET", "/api/evidence/" + "0" * 64, "store"),
    "readiness while the chain is silent": ("GET", "/readyz", "chain"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_a_silent_source_is_named_and_worth_asking_again(
    case: str, world: World, call: Call
) -> None:
    method, path, source = SOURCES[case]
    world.silent.add(source)
    more = {"json": {"text": world.issued[0].code}} if method == "POST" else {}
    response = call(method, path, **more)
    found = problem(response)
    assert (found.status, found.code, found.params["source"]) == (503, "source.unavailable", source)
    assert int(response.headers["retry-after"]) > 0
    assert "không nói lên giấy tờ thật hay giả" in found.detail


def test_a_leaf_file_leads_to_the_anchored_root(world: World, call: Call) -> None:
    response = call("GET", f"/api/leaves/{SCHOOL}/0")
    assert response.headers["content-type"] == "application/octet-stream"
    assert merkle.levels([response.content])[-1] == world.tree[-1]
    assert len(response.content) == 64 * len(world.issued)


MISSING = {
    "an unknown page": ("GET", "/nowhere", 404, "route.unknown"),
    "a wrong method": ("DELETE", VERIFY, 405, "route.method"),
    "unknown evidence": ("GET", "/api/evidence/" + "0" * 64, 404, "evidence.unknown"),
    "a batch that is unknown": ("GET", "/api/leaves/7/99", 404, "evidence.unknown"),
    "a school that is none": ("GET", "/api/leaves/-1/0", 422, "request.invalid"),
    "a digest that is none": ("GET", "/api/evidence/xyz", 422, "request.invalid"),
    "a path out of the static folder": ("GET", "/static/..%2f..%2fpyproject.toml", 404,
                                        "route.unknown"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISSING)
def test_what_is_not_there_is_a_problem_too(case: str, call: Call) -> None:
    method, path, status, code = MISSING[case]
    found = problem(call(method, path))
    assert (found.status, found.code) == (status, code)


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nowhere", "/v/x", "/list", "/static/none.js", "/api/nowhere"])
def test_a_person_who_opens_an_unknown_address_is_shown_a_page(path: str, call: Call) -> None:
    answer = call("GET", path, headers=BROWSER)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for said in ("Không có trang này", "There is no such page", 'href="/"'):
        assert said in answer.text
    again = call("GET", path, headers=BROWSER | {"If-None-Match": "*"})
    assert again.status_code == 404


OTHERS = {
    "a program": ("GET", {"Accept": "application/json"}),
    "whatever takes anything": ("GET", {"Accept": "*/*"}),
    "a form sent from a browser": ("POST", BROWSER),
}


@pytest.mark.parametrize("case", OTHERS)
def test_others_are_told_a_problem_at_an_unknown_address(case: str, call: Call) -> None:
    method, headers = OTHERS[case]
    found = problem(call(method, "/nowhere", headers=headers))
    assert (found.status, found.code) == (404, "route.unknown")


def test_the_unforeseen_tells_nobody_anything(
    world: World, call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall_over(*_: object) -> None:
        raise ZeroDivisionError("Nguyễn Thị Minh Anh")

    monkeypatch.setattr(world, "token", fall_over)
    response = call("POST", VERIFY, json={"text": world.issued[0].code})
    assert problem(response).code == "internal.error"
    assert "content-security-policy" in response.headers
    assert "ZeroDivisionError" in caplog.text
    assert "fall_over" in caplog.text
    assert "Minh Anh" not in caplog.text + response.text


def test_health_and_readiness(call: Call) -> None:
    assert call("GET", "/healthz").json() == {"status": "ok"}
    ready = call("GET", "/readyz")
    sources = {"chain": True, "registry": True, "store": True}
    assert ready.json() == {"sources": sources, "index": None}


@pytest.mark.parametrize("path", ["/", "/v", "/V", "/static/check.js", "/healthz", "/nowhere"])
def test_every_response_carries_the_security_headers(path: str, call: Call) -> None:
    headers = call("GET", path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; object-src 'none'; script-src 'self' 'wasm-")
    assert "unsafe-inline" not in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"].startswith("camera=(self)")
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_the_page_has_no_inline_code_and_nothing_from_elsewhere(call: Call) -> None:
    page = call("GET", "/v").text
    assert "{{" not in page
    assert " style=" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.count("<script") == 3  # the data, the module of the page and that of all pages
    assert 'type="application/json"' in page


def test_openapi_declares_every_route_with_problems(call: Call) -> None:
    document = call("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        VERIFY, "/api/decode", "/api/evidence/{digest}", "/api/leaves/{school}/{seq}",
        "/healthz", "/readyz", "/api/receipts", "/api/receipts/check", "/api/export",
        *(f"/api/calculate/{name}" for name in ("subject", "year", "graduation")),
    }  # fmt: skip
    for path, operations in document["paths"].items():
        made = "application/octet-stream" if "leaves" in path else "application/json"
        for operation in operations.values():
            for status, declared in operation["responses"].items():
                found = set(declared["content"])
                if int(status) >= 400:
                    assert found == {"application/problem+json"}
                else:
                    assert made in found
