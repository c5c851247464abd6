"""Receipts over HTTP: given for whatever was found, judged, and never taken for a credential."""

import io
import json
import logging
from collections.abc import Callable
from pathlib import Path

import httpx
import pypdfium2
import pytest

from api.judging import JudgementModel
from api.site.app import Parts, create_app
from api.site.pages import Site
from api.site.receipts import ReceiptModel
from credential import receipt
from credential.facts import Block
from tests.web.conftest import VERIFY, Call, calling, problem
from tests.web.simulator import HOST, NAMES, World

GIVE, CHECK = "/api/receipts", "/api/receipts/check"
PDF, JSON = {"Accept": "application/pdf"}, {"Content-Type": "application/json"}
VECTORS = Path(__file__).parents[1] / "vectors"


def given(call: Call, text: str) -> httpx.Response:
    answer = call("POST", GIVE, json={"text": text})
    assert answer.status_code == 200, answer.text
    ReceiptModel.model_validate_json(answer.content)
    return answer


def judged(answer: httpx.Response) -> JudgementModel:
    assert answer.status_code == 200, answer.text
    return JudgementModel.model_validate_json(answer.content)


def check(call: Call, content: bytes, kind: str = "application/json") -> JudgementModel:
    return judged(call("POST", CHECK, content=content, headers={"Content-Type": kind}))


def test_a_receipt_is_given_and_is_genuine(call: Call, world: World) -> None:
    answer = given(call, world.issued[0].link)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert NAMES[0].split()[0] not in answer.headers["content-disposition"]
    found = check(call, answer.content)
    assert (found.standing, found.reason) == ("genuine", "receipt.signature_ok")
    assert "khối 1204" in found.headline.vi
    assert "https://xacminh.example" in found.headline.en
    assert "Valid: issued by this school" in found.headline.en
    assert "again" in found.next.en
    assert found.claims["verdict"] == "VALID"
    assert found.anew is None


def test_as_a_pdf_it_holds_the_same_and_is_judged_alike(call: Call, world: World) -> None:
    answer = call("POST", GIVE, json={"text": world.issued[0].link}, headers=PDF)
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.content))
    (attached,) = [
        bytes(document.get_attachment(n).get_data()) for n in range(document.count_attachments())
    ]
    claims = receipt.parse(attached.decode()).claims
    assert len(document) == 1, "a sheet of paper"
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    digest = claims["artefacts"][0]["digest"]
    for printed in (NAMES[0], "SG000001", "2026/0001", "1204", digest[:32], digest[32:]):
        assert printed in text
    assert "không phải văn bằng" in text
    assert "SPECIMEN" in text
    found = check(call, answer.content, "application/pdf")
    assert (found.standing, found.claims) == ("genuine", dict(claims))


def test_a_file_gets_a_receipt_as_a_text_does(call: Call, world: World) -> None:
    one = world.issued[4].sd_jwt.encode()
    for sent in ({"files": {"file": ("a.txt", one)}},
                 {"content": one, "headers": {"Content-Type": "text/plain"}}):  # fmt: skip
        answer = call("POST", GIVE, **sent)
        assert check(call, answer.content).standing == "genuine"


BENT: dict[str, tuple[Callable[[World], object], str]] = {
    "not anchored": (lambda w: setattr(w, "anchored", False), "INVALID"),
    "a silent chain": (lambda w: w.silent.add("chain"), "UNDETERMINED"),
    "everything silent": (lambda w: w.silent.update({"chain", "store", "registry"}),
                          "UNDETERMINED"),
    "no such award": (lambda w: w.awards.clear(), "INVALID"),
}  # fmt: skip


@pytest.mark.parametrize("case", BENT)
@pytest.mark.parametrize("accept", ["application/json", "application/pdf"])
def test_what_is_not_valid_has_receipts_too(
    case: str, accept: str, call: Call, world: World
) -> None:
    bend, verdict = BENT[case]
    bend(world)
    sent = {"json": {"text": world.issued[1].link}, "headers": {"Accept": accept}}
    answer = call("POST", GIVE, **sent)
    world.silent.clear()
    found = check(call, answer.content, accept)
    assert (found.standing, found.claims["verdict"]) == ("genuine", verdict)


def test_while_the_chain_is_silent_a_receipt_is_undetermined(call: Call, world: World) -> None:
    answer = given(call, world.issued[0].link)
    world.silent.add("chain")
    found = check(call, answer.content)
    assert (found.standing, found.reason) == ("undetermined", "receipt.no_chain")


def test_a_site_without_a_key_says_so(world: World) -> None:
    world.receipt_key = None
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness, receipts=world.office(verifier))
    app = create_app(parts, Site(world.deployment, HOST))
    answer = calling(app)("POST", GIVE, json={"text": world.issued[0].link})
    assert (answer.status_code, problem(answer).code) == (503, "receipt.no_key")
    assert "retry-after" in answer.headers


REFUSED: dict[str, tuple[Callable[[World], object], int, str]] = {
    "a key that the chain does not list": (lambda w: setattr(w, "listed", False), 503,
                                           "receipt.key_unlisted"),
    "nothing of ours": (lambda w: w.issued.clear(), 422, "qr.not_ours"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_no_receipt_is_given(case: str, call: Call, world: World) -> None:
    bend, status, code = REFUSED[case]
    text = world.issued[0].link
    bend(world)
    answer = call("POST", GIVE, json={"text": text if world.issued else "WIFI:S:x;;"})
    assert (answer.status_code, problem(answer).code) == (status, code)


def test_what_changed_since_is_named(call: Call, world: World) -> None:
    made = given(call, world.issued[0].link).content
    files = {"receipt": ("r.json", made)}
    same = judged(call("POST", CHECK, files=files, data={"text": world.issued[0].link})).anew
    assert same is not None
    assert (same.same_document, same.same_result, same.changes) == (True, True, [])
    world.awards.clear()
    changed = judged(call("POST", CHECK, files=files, data={"text": world.issued[0].link}))
    assert changed.standing == "genuine", "what was found then does not change"
    assert changed.anew is not None
    assert changed.anew.answer.verdict == "INVALID"
    (change,) = changed.anew.changes
    assert (change.step, change.before, change.now) == (7, "registry.ok", "registry.not_found")
    assert "sổ gốc" in change.text.vi.lower()
    other = judged(call("POST", CHECK, files=files, data={"text": world.issued[1].link})).anew
    assert other is not None
    assert (other.same_document, other.same_result) == (False, False)


def test_a_thing_may_come_as_a_file_beside_its_receipt(call: Call, world: World) -> None:
    one = world.issued[0].sd_jwt
    files = {
        "receipt": ("r.json", given(call, one).content),
        "file": ("d.sdjwt", one.encode()),
    }
    found = judged(call("POST", CHECK, files=files))
    assert found.anew is not None
    assert found.anew.same_result


@pytest.mark.parametrize("sent", ["body", "text", "file", "form", "pdf"])
def test_a_receipt_is_no_credential(sent: str, call: Call, world: World) -> None:
    made = given(call, world.issued[0].link).content
    pdf = call("POST", GIVE, json={"text": world.issued[0].link}, headers=PDF).content
    more = {
        "body": {"content": made, "headers": JSON},
        "text": {"json": {"text": made.decode()}},
        "file": {"content": made, "headers": {"Content-Type": "application/octet-stream"}},
        "form": {"files": {"file": ("r.json", made)}},
        "pdf": {"content": pdf, "headers": {"Content-Type": "application/pdf"}},
    }[sent]
    for path in (VERIFY, GIVE):
        answer = call("POST", path, **more)
        assert answer.status_code == 422
        assert problem(answer).code == "receipt.given"
        assert CHECK in problem(answer).detail


def test_a_credential_is_no_receipt(call: Call, world: World) -> None:
    answer = call("POST", CHECK, files={"receipt": ("a", world.issued[0].sd_jwt.encode())})
    assert (answer.status_code, problem(answer).code) == (422, "receipt.not_given")


def big(text: bytes) -> bytes:
    return text[:-1] + b" " * 300_000 + b"}"


HOSTILE: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 422),
    "a NUL": (b'{"jwt":"\0"}', 422),
    "a lone surrogate": (b'{"jwt":"\\ud800","receipt":{}}', 422),
    "not UTF-8": (b'{"jwt":"\xff"}', 422),
    "nested": (b'{"jwt":' + b"[" * 50_000, 422),
    "nested well": (b'{"jwt":"a.b.c","receipt":' + b"[" * 900 + b"]" * 900 + b"}", 422),
    "keys twice": (b'{"jwt":"a.b.c","jwt":"a.b.c","receipt":{}}', 422),
    "numbers for texts": (b'{"jwt":1,"receipt":2}', 422),
    "null": (b'{"jwt":null,"receipt":null}', 422),
    "a list for a token": (b'{"jwt":["a.b.c"],"receipt":{}}', 422),
    "huge": (big(b'{"jwt":"a.b.c","receipt":{}}'), 422),
    "huge numbers": (b'{"jwt":"a.b.c","receipt":{"iat":' + b"9" * 5000 + b"}}", 422),
    "eleven megabytes": (b'{"jwt":"' + b"a" * 11_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_receipts_get_a_problem(case: str, call: Call) -> None:
    content, status = HOSTILE[case]
    for kind in ("application/json", "multipart/form-data"):
        sent = (
            {"content": content, "headers": {"Content-Type": kind}}
            if kind == "application/json"
            else {"files": {"receipt": ("r", content)}}
        )
        answer = call("POST", CHECK, **sent)
        assert answer.status_code == status, answer.text
        problem(answer)


FORGED: dict[str, dict[str, object]] = {
    "a time beyond the calendar": {"code": "signature.key_lost", "params": {"time": 2**53 - 1}},
    "a code that has no sentence": {"code": "no.such", "params": {"time": 2**53 - 1}},
    "the names of a sentence's own": {"code": "anchor.ok", "params": {"lang": 1, "code": "x"}},
    "lists for words": {"code": "inclusion.ok", "params": {"size": ["a"] * 32, "time": []}},
}


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_receipt_is_compared_without_falling_over(
    case: str, call: Call, world: World
) -> None:
    """Its sentences are made before anybody knows whether it is genuine."""
    text = world.issued[0].link
    claims = given(call, text).json()["receipt"]
    step = {"outcome": "unknown", "reason": "forged", **FORGED[case]}
    one = claims["artefacts"][0]
    claims["verdict"] = one["verdict"] = "UNDETERMINED"
    one["checks"][1] |= step
    signed = receipt.signing_input(bytes(32), claims)
    made = receipt.assemble(claims, signed, bytes(64)).encode()
    found = judged(call("POST", CHECK, files={"receipt": ("r", made)}, data={"text": text}))
    assert found.standing == "forged"
    assert found.anew is not None
    assert [change.step for change in found.anew.changes] == [2]


@pytest.mark.parametrize("path", sorted(VECTORS.glob("receipt-*.json")), ids=lambda path: path.stem)
def test_no_frozen_vector_is_genuine_here_or_a_verdict(path: Path, call: Call) -> None:
    """Their keys are no keys of this ledger."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    content = vector["artefact"].encode("utf-8", "replace")
    answer = call("POST", CHECK, content=content, headers=JSON)
    if answer.status_code == 200:
        assert judged(answer).standing != "genuine"
        assert vector["expected"] in ("ok", "signature", "copy")
    else:
        assert answer.status_code == 422
        assert problem(answer).code in (vector["expected"], "reading.unknown_type")
    assert call("POST", VERIFY, json={"text": content.decode()}).status_code in (413, 422)


def test_nothing_of_a_receipt_is_logged(
    call: Call, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = given(call, world.issued[0].link)
    world.block = Block(1204, bytes(32), 1)
    assert check(call, made.content).standing == "forged"
    for secret in (NAMES[0], "SG000001", made.json()["jwt"]):
        assert secret not in caplog.text
