"""The check page and the parents' page in a real browser, over a served deployment.

A school outside the system drops PDF or file on the check page; parents type their code.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from api.transfers import codes
from api.transfers.parts import office
from credential import transfer
from store.transfer_records import TransferState
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.deployed import Deployment
from tests.transfers.conftest import CLERK, OTHER_CLERK, PUPILS, RECEIVER, SENDER, Schools

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
SECRETS = ("6.9", "6,9", PUPILS[0].name, PUPILS[0].birth.printed(), PUPILS[0].code)


@dataclass
class Served:
    """A running site, and transfers at each point of their way by the parents' code."""

    home: str
    schools: Schools
    codes: dict[str, str]
    bundle: Path
    outside: Path


@pytest.fixture(scope="module")
def served(made: Schools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    data = tmp_path_factory.mktemp("served") / "data"
    shutil.copytree(made.data, data)
    schools, found, names = Schools(data), {}, {}
    with schools.system() as system:
        at = office(system)
        for pupil, state in zip(PUPILS, TransferState, strict=True):
            made_, code = at.request(pupil.code, SENDER, RECEIVER, "", "residence", CLERK)
            assert code is not None
            found[state.value], names[state.value] = code, made_.draft.id
        away, _ = at.request(PUPILS[1].code, SENDER, None, "Trường THPT Xa", "family", CLERK)
        for state in list(TransferState)[1:]:
            at.seal(names[state.value], CLERK)
        at.receive(names["received"], OTHER_CLERK)
        at.accept(names["accepted"], "12A1", None, OTHER_CLERK)
        at.end(names["rejected"], TransferState.REJECTED, OTHER_CLERK, "Lớp 12 đã đủ học sinh")
        at.end(names["withdrawn"], TransferState.WITHDRAWN, CLERK, "Gia đình ở lại")
    for name in (names["sealed"], away.draft.id):
        assert schools.transfer("seal", name) == 0
    with Deployment(data).served() as (home, _):
        yield Served(
            home, schools, found, schools.file(names["sealed"]), schools.file(away.draft.id, "pdf")
        )


def handed_in(served: Served, visit: Open, file: Path, **more: object) -> Visit:
    seen = visit(**more)
    seen.page.goto(served.home)
    seen.page.set_input_files("#file", str(file))
    seen.page.wait_for_selector("#headline")
    return seen


@pytest.mark.parametrize("kind", ["file", "pdf"])
def test_a_school_outside_checks_what_it_was_given(served: Served, visit: Open, kind: str) -> None:
    seen = handed_in(served, visit, served.bundle if kind == "file" else served.outside)
    assert seen.verdict == "VALID"
    assert seen.headline.startswith("Hồ sơ chuyển trường thật")
    assert "Trong gói có 2 văn bản" in seen.result
    verdicts = seen.page.locator("details.card[data-verdict]")
    assert [each.get_attribute("data-verdict") for each in verdicts.all()] == ["VALID"] * 2
    assert "Hồ sơ chuyển trường: Hợp lệ" in verdicts.nth(0).inner_text()
    verdicts.nth(1).locator("summary").click()
    assert "Bằng tốt nghiệp trung học phổ thông" in verdicts.nth(1).inner_text()
    seen.page.click('[data-lang="en"]')
    assert seen.headline.startswith("Genuine transfer bundle")


def test_one_with_a_document_left_out_is_invalid(
    served: Served, visit: Open, tmp_path: Path
) -> None:
    found = json.loads(served.bundle.read_text())
    changed = tmp_path / "changed.json"
    changed.write_text(
        json.dumps(found | {"credentials": found["credentials"][:1]}, separators=(",", ":"),
                   sort_keys=True)
    )  # fmt: skip
    seen = handed_in(served, visit, changed)
    assert seen.verdict == "INVALID"
    assert "không đúng như dấu niêm phong ghi" in seen.result
    assert [
        each.get_attribute("data-verdict")
        for each in seen.page.locator("details.card[data-verdict]").all()
    ] == ["VALID"], "what is in it is genuine by itself"


def test_what_is_no_bundle_is_said_where_it_was_handed_in(
    served: Served, visit: Open, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(served.bundle.read_text().replace("sogoc-transfer-1", "sogoc-transfer-2"))
    seen = visit()
    seen.page.goto(served.home)
    seen.page.set_input_files("#file", str(broken))
    seen.page.wait_for_selector("#trouble:not([hidden])")
    assert "không đúng dạng" in seen.page.locator("#trouble").inner_text()


SAID = {
    "requested": ("Đã nhận yêu cầu", "đang chuẩn bị hồ sơ", "Trường THPT Sông Trăng"),
    "sealed": ("Đã niêm phong hồ sơ", "sẽ kiểm tra và xem xét", "Trường THPT Gò Mây"),
    "received": ("Trường nơi đến đã kiểm tra", "đang xem xét tiếp nhận", "Trường THPT Gò Mây"),
    "accepted": ("Đã tiếp nhận", "Không cần nộp giấy tờ gì thêm", "Trường THPT Gò Mây"),
    "rejected": ("Không tiếp nhận", "Lớp 12 đã đủ học sinh", "Trường THPT Gò Mây"),
    "withdrawn": ("Đã rút yêu cầu", "Gia đình ở lại", "Trường THPT Gò Mây"),
}  # fmt: skip


def asked(served: Served, visit: Open, code: str, **more: object) -> Visit:
    seen = visit(**more)
    seen.page.goto(f"{served.home}/transfer")
    seen.page.fill("#code", code)
    seen.page.keyboard.press("Enter")
    return seen


@pytest.mark.parametrize("state", SAID)
def test_parents_see_how_far_it_has_come(served: Served, visit: Open, state: str) -> None:
    title, sentence, whom = SAID[state]
    seen = asked(served, visit, codes.grouped(served.codes[state]).lower(), width=360)
    seen.page.wait_for_selector("#state-title")
    said = seen.page.locator("#state").inner_text()
    assert seen.page.locator("#state-title").inner_text() == title
    assert sentence in said
    assert f"Văn phòng {whom}" in said
    assert not [secret for secret in SECRETS if secret in said]
    assert all(served.codes[state] not in url for url in seen.requests), "never in an address"
    assert seen.page.evaluate(WIDER) == 0
    assert seen.complaints == []


WRONG = {
    "nothing": ("", "Hãy nhập mã"),
    "too short": ("ABCD", "20 chữ cái"),
    "another code": ("0" * 20, "Không có lần chuyển trường nào"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_code_is_said_beside_it(served: Served, visit: Open, case: str) -> None:
    code, says = WRONG[case]
    seen = asked(served, visit, code)
    seen.page.wait_for_selector("#trouble:not([hidden])")
    assert says in seen.page.locator("#trouble").inner_text()
    assert seen.page.locator("#state").is_hidden()


@no_axe
@pytest.mark.parametrize("what", ["start", "state", "bundle"])
def test_axe_finds_nothing(served: Served, visit: Open, what: str) -> None:
    if what == "bundle":
        seen = handed_in(served, visit, served.bundle)
    else:
        seen = asked(served, visit, served.codes["sealed"] if what == "state" else "")
        seen.page.wait_for_selector("#state-title" if what == "state" else "#trouble:not([hidden])")
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0


def test_large_text_fits(served: Served, visit: Open) -> None:
    seen = asked(served, visit, served.codes["received"], width=320, height=450)
    seen.page.wait_for_selector("#state-title")
    assert seen.page.evaluate(WIDER) == 0


# --- programs ---


def post(served: Served, path: str, **more: object) -> httpx.Response:
    return httpx.post(f"{served.home}{path}", timeout=30, **more)  # type: ignore[arg-type]


def test_a_program_checks_a_bundle_in_one_call(served: Served) -> None:
    head = {"Content-Type": "application/json"}
    body = served.bundle.read_bytes()
    answer = post(served, "/api/transfers/check", content=body, headers=head)
    assert answer.status_code == 200
    found = answer.json()
    assert found["verdict"] == "VALID"
    assert [each["verdict"] for each in found["credentials"]] == ["VALID", "VALID"]
    assert {each["outcome"] for each in found["seal"]} == {"passed"}
    assert answer.headers["cache-control"] == "no-store"


REFUSED = {
    "no JSON": (b"{", 422, "reading.unknown_type"),
    "a credential by itself": (b'{"text": "x"}', 422, "reading.unknown_type"),
    "another version": (b'{"transfer":"sogoc-transfer-9"}', 422, "transfer.malformed"),
    "a bomb of brackets": (b'{"transfer":' + b"[" * 50_000, 422, "transfer.malformed"),
    "too long": (b'{"transfer":"' + b"x" * 1_000_001 + b'"}', 422, "reading.unknown_type"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_bundle_is_a_problem(served: Served, case: str) -> None:
    body, status, code = REFUSED[case]
    answer = post(
        served, "/api/transfers/check", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_verify_says_that_it_is_a_bundle(served: Served) -> None:
    text = served.bundle.read_text()
    small = json.dumps({"transfer": "x", "seal": "", "credentials": []})
    for content in (small, text):
        answer = post(
            served, "/api/verify", content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.json()["code"] in ("transfer.given", "request.too_large")


def test_the_status_for_a_program_is_as_bare_as_the_page(served: Served) -> None:
    answer = post(served, "/api/transfers/status", json={"code": served.codes["accepted"]})
    assert answer.status_code == 200
    assert not [secret for secret in SECRETS if secret in answer.text]
    assert CLERK not in answer.text
    assert answer.json()["class_name"] == "12A1"
    unknown = post(served, "/api/transfers/status", json={"code": "0" * 20})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "transfer.unknown")


def test_the_bundle_is_within_its_limits(served: Served) -> None:
    assert len(served.bundle.read_bytes()) < 40_000
    assert len(served.bundle.read_bytes()) < transfer.MAX_BYTES
