"""The holder's page in a real browser: claim, come back, consent, key; and what it never sends."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from credential import sdjwt
from credential.model import Credential
from store.accounts import Relation
from store.claims import Confirmation
from tests.accounts.conftest import BINH, LAN, PASSWORD, Holders
from tests.accounts.serving import Served, serving
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.web.simulator import World, diploma, transcript

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
Code = Callable[..., str]
Issue = Callable[[str, Credential], str]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def served(holders: Holders, world: World) -> Iterator[Served]:
    with serving(holders, world) as found:
        yield found


def opened(served: Served, visit: Open, section: str = "#entrance", **more: object) -> Visit:
    seen = visit(**more)
    seen.page.goto(served.page)
    seen.page.wait_for_selector(f"{section}:visible")
    return seen


def claim(seen: Visit, code: str, name: str, born: str = "07/02/2009") -> None:
    """From the slip to the page of what is held."""
    seen.page.fill("#code", " ".join(code[at : at + 4] for at in range(0, 20, 4)))
    seen.page.fill("#known", born)
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    seen.page.fill("#new-name", name)
    seen.page.fill("#new-password", PASSWORD)
    seen.page.press("#new-password", "Enter")
    seen.page.wait_for_selector("#holdings .holding")


def sign_in(seen: Visit, name: str, password: str = PASSWORD) -> None:
    seen.page.fill("#name", name)
    seen.page.fill("#password", password)
    seen.page.press("#password", "Enter")


def shot(seen: Visit, name: str) -> None:
    """Keep a picture, if somebody wants to look."""
    if folder := os.environ.get("SCREENS"):
        seen.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_claim_sign_out_and_come_back(
    served: Served, visit: Open, code: Code, issue: Issue
) -> None:
    issue(LAN, transcript(0, "Nguyễn Thị Lan"))
    issue(LAN, diploma(0, "Nguyễn Thị Lan"))
    seen, slip = opened(served, visit), code()
    assert not seen.page.locator("[data-provider]").first.is_visible()
    shot(seen, "entrance-1280")
    seen.page.fill("#code", slip)
    seen.page.fill("#known", "07/02/2009")
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    assert "hồ sơ của Nguyễn Thị Lan" in seen.page.inner_text("#whose")
    assert seen.page.evaluate("document.activeElement.id") == "claimed-title"
    shot(seen, "claimed-1280")
    seen.page.fill("#new-name", "lan.nguyen")
    seen.page.fill("#new-password", PASSWORD)
    seen.page.check("[data-shows=new-password]")
    assert seen.page.get_attribute("#new-password", "type") == "text"
    seen.page.click("#account [type=submit]")
    seen.page.wait_for_selector("#holdings .holding")
    shot(seen, "mine-1280")
    held = seen.page.inner_text("#holdings")
    assert "Bằng tốt nghiệp trung học phổ thông · 2026" in held
    assert "Học bạ, bảng điểm · 2025-2026" in held
    assert "Trường THPT Bình Minh" in held
    seen.page.click("#sign-out")
    seen.page.wait_for_selector("#entrance:visible")
    assert seen.page.inner_text("#holdings") == ""
    sign_in(seen, "lan.nguyen")
    seen.page.wait_for_selector("#holdings .holding")
    assert seen.page.input_value("#password") == ""
    assert seen.complaints == []
    told = "\n".join(served.heard)
    for secret in (slip, "lan.nguyen", "07/02", LAN):
        assert secret not in told
    assert seen.page.evaluate("localStorage.length + sessionStorage.length") <= 1  # the language


def test_a_slip_that_asks_for_the_personal_number(served: Served, visit: Open, code: Code) -> None:
    seen = opened(served, visit)
    seen.page.fill("#code", code(confirmation=Confirmation.PERSONAL_NO))
    seen.page.fill("#known", "079 309 123 456")
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    assert seen.page.input_value("#known") == ""
    assert not any("123" in address for address in served.heard)


def test_when_the_answer_is_lost_pressing_again_leads_in(
    served: Served, visit: Open, code: Code
) -> None:
    seen, lost = opened(served, visit), []

    def lose(route: Any) -> None:
        """The account is made, the answer does not arrive."""
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    seen.page.route("**/api/me/account", lose)
    seen.page.fill("#code", code())
    seen.page.fill("#known", "07/02/2009")
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    seen.page.fill("#new-name", "lan.nguyen")
    seen.page.fill("#new-password", PASSWORD)
    seen.page.press("#new-password", "Enter")
    seen.page.wait_for_selector("#account-trouble:visible")
    assert seen.page.input_value("#new-name") == "lan.nguyen"
    seen.page.press("#new-password", "Enter")
    seen.page.wait_for_selector("#holdings .holding")


def test_what_is_wrong_is_said_and_what_was_typed_stays(
    served: Served, visit: Open, code: Code
) -> None:
    seen = opened(served, visit)
    seen.page.fill("#code", code())
    seen.page.fill("#known", "08/02/2009")
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claim-trouble:visible")
    assert "không khớp" in seen.page.inner_text("#claim-trouble")
    assert seen.page.input_value("#known") == "08/02/2009"
    sign_in(seen, "nobody.here")
    seen.page.wait_for_selector("#sign-in-trouble:visible")
    assert seen.page.inner_text("#sign-in-trouble") == "Sai tên đăng nhập hoặc mật khẩu."
    seen.page.click("[data-lang=en]")
    assert seen.page.inner_text("#sign-in-trouble") == "Sign-in name or password is wrong."
    assert "do not fit" in seen.page.inner_text("#claim-trouble")


def test_the_verdict_is_asked_for_on_request(
    served: Served, visit: Open, code: Code, issue: Issue, world: World
) -> None:
    seen = opened(served, visit)
    issue(LAN, diploma(0, "Nguyễn Thị Lan"))
    claim(seen, code(), "lan.nguyen")
    assert not any("/api/verify" in url for url in seen.requests)
    seen.page.click(".issued button:has-text('Kiểm tra ngay')")
    seen.page.wait_for_selector(".issued .notice[data-tone]:not(:has-text('Đang'))")
    assert any("/api/verify" in url for url in seen.requests)
    # the simulator's ledger knows another batch than the store's
    assert "Không hợp lệ" in seen.page.inner_text(".issued .notice")


def test_a_file_is_taken_along_and_stands_in_the_log(
    served: Served, visit: Open, code: Code, issue: Issue
) -> None:
    issue(LAN, transcript(0, "Nguyễn Thị Lan"))
    seen = opened(served, visit)
    claim(seen, code(), "lan.nguyen")
    seen.page.click(".take summary")
    with seen.page.expect_download() as taken:
        seen.page.get_by_role("button", name="Tệp ví (SD-JWT)").click()
    assert taken.value.suggested_filename.endswith(".sdjwt")
    shown = sdjwt.parse(taken.value.path().read_text("utf-8"))
    assert shown.disclosed["name"] == "Nguyễn Thị Lan"
    assert not shown.partial
    seen.page.get_by_role("button", name="Gói bằng chứng").click()  # there is no chain here
    seen.page.wait_for_selector(".take .fault:visible")
    shot(seen, "taking-1280")
    seen.page.reload()
    line = seen.page.locator("#extracts tbody tr")
    assert "Học bạ, bảng điểm 2025-2026" in line.inner_text()
    assert "bạn" in line.inner_text()


def test_pupil_and_guardian_consent_and_withdraw(served: Served, visit: Open, code: Code) -> None:
    lan, parent = opened(served, visit), opened(served, visit)
    claim(lan, code(), "lan.nguyen")
    claim(parent, code(LAN, Relation.GUARDIAN), "ba.lan")
    assert "của: cha mẹ, người giám hộ, học sinh" in _consent(lan)
    lan.page.click("button:has-text('Tôi đồng ý')")
    lan.page.wait_for_selector("button:has-text('Rút lại sự đồng ý')")
    assert "cha mẹ, người giám hộ" in _consent(lan)
    parent.page.click("button:has-text('Tôi đồng ý')")
    parent.page.wait_for_selector(".consent .notice[data-tone=valid]")
    shot(parent, "guardian-1280")
    parent.page.click("button:has-text('Rút lại sự đồng ý')")
    parent.page.wait_for_selector(".consent .notice[data-tone=unknown]")
    parent.page.click("summary:has-text('Các lần đồng ý')")
    lines = parent.page.locator(".consent li").all_inner_texts()
    assert [("rút lại" in line, "Học sinh" in line) for line in lines] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    assert parent.complaints == []


def _consent(seen: Visit) -> str:
    return str(seen.page.inner_text(".consent .notice"))


def test_a_small_childs_guardian_consents_alone(served: Served, visit: Open, code: Code) -> None:
    seen = opened(served, visit)
    claim(seen, code(BINH, Relation.GUARDIAN), "ba.binh", "01/06/2020")
    seen.page.click("button:has-text('Tôi đồng ý')")
    seen.page.wait_for_selector(".consent .notice[data-tone=valid]")
    assert not seen.page.locator(".key").count()


def test_a_key_is_made_here_and_never_leaves(
    served: Served, visit: Open, code: Code, holders: Holders
) -> None:
    seen = opened(served, visit)
    claim(seen, code(), "lan.nguyen")
    seen.page.click("summary:has-text('Khóa của bạn')")
    seen.page.click("button:has-text('Tạo khóa')")
    seen.page.wait_for_selector("text=Khóa này nằm trong trình duyệt này")
    bound = holders.keys.of([LAN])[LAN].key
    assert bound.kid.hex()[:16] in seen.page.inner_text(".key")
    exported = seen.page.evaluate(
        """async (pupil) => {
          const { kept } = await import("/static/holderkey.js");
          const { keys } = await kept(pupil);
          return crypto.subtle.exportKey("jwk", keys.privateKey).then(() => "out", () => "kept");
        }""",
        LAN,
    )
    assert exported == "kept"
    seen.page.click("button:has-text('Thôi gắn khóa')")
    seen.page.wait_for_selector("text=Chưa gắn khóa nào")
    assert holders.keys.of([LAN]) == {}
    assert seen.complaints == []


def test_a_wallets_key_is_pasted(served: Served, visit: Open, code: Code, holders: Holders) -> None:
    from tests.accounts.test_every_route import PUBLIC, jwk  # noqa: PLC0415

    seen = opened(served, visit)
    claim(seen, code(), "lan.nguyen")
    seen.page.click("summary:has-text('Khóa của bạn')")
    seen.page.click("summary:has-text('Dùng khóa của ví')")
    seen.page.fill(".jwk", "không phải khóa")
    seen.page.click("button:has-text('Gắn khóa này')")
    assert "không phải khóa công khai" in seen.page.inner_text(".key .fault")
    seen.page.fill(".jwk", json.dumps(jwk() | {"kid": "x"}))
    seen.page.click("button:has-text('Gắn khóa này')")
    seen.page.wait_for_selector("text=không nằm trong trình duyệt này")
    assert holders.keys.of([LAN])[LAN].key.raw == PUBLIC


def test_another_place_is_signed_out_from_here(served: Served, visit: Open, code: Code) -> None:
    here, there = opened(served, visit), opened(served, visit)
    claim(here, code(), "lan.nguyen")
    sign_in(there, "lan.nguyen")
    there.page.wait_for_selector("#holdings .holding")
    here.page.reload()
    here.page.wait_for_selector("#devices li >> nth=1")
    here.page.click("#devices button")
    here.page.wait_for_selector("#devices li >> nth=1", state="detached")
    there.page.reload()
    there.page.wait_for_selector("#entrance:visible")


def test_a_session_that_ended_leads_to_the_entrance_and_nothing_stays(
    served: Served, visit: Open, code: Code, holders: Holders
) -> None:
    seen = opened(served, visit)
    claim(seen, code(), "lan.nguyen")
    account, _ = holders.accounts.holders(LAN)[0]
    holders.sessions.end_all(account)
    seen.page.click("button:has-text('Tôi đồng ý')")
    seen.page.wait_for_selector(".consent .fault:visible")
    seen.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    seen.page.wait_for_selector("#entrance:visible")
    assert "đã hết" in seen.page.inner_text("#entrance-trouble")
    assert "Nguyễn Thị Lan" not in seen.page.content()


def test_a_second_child_and_a_new_password(served: Served, visit: Open, code: Code) -> None:
    seen = opened(served, visit)
    claim(seen, code(LAN, Relation.GUARDIAN), "ba.lan")
    seen.page.click("summary:has-text('Nhận thêm')")
    seen.page.fill("#more-code", code(BINH, Relation.GUARDIAN))
    seen.page.fill("#more-known", "01/06/2020")
    seen.page.press("#more-known", "Enter")
    seen.page.wait_for_selector(".holding >> nth=1")
    seen.page.click("summary:has-text('Đặt tên đăng nhập')")
    seen.page.fill("#current", PASSWORD)
    seen.page.fill("#set-password", "mưa rơi trên mái tôn")
    seen.page.press("#set-password", "Enter")
    seen.page.wait_for_selector("#change[open]", state="detached")
    seen.page.click("#everywhere")
    seen.page.wait_for_selector("#entrance:visible")
    sign_in(seen, "ba.lan", "mưa rơi trên mái tôn")
    seen.page.wait_for_selector(".holding >> nth=1")


def test_by_keyboard_one_goes_on_where_one_was(
    served: Served, visit: Open, code: Code, issue: Issue
) -> None:
    issue(LAN, diploma(0, "Nguyễn Thị Lan"))
    seen, there = opened(served, visit), opened(served, visit)
    claim(seen, code(), "lan.nguyen")
    focused = "document.activeElement.dataset.key ?? document.activeElement.id"
    seen.page.focus("[data-key^=verify]")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".issued .notice[data-tone=invalid]")
    assert seen.page.evaluate(focused).startswith("verify ")
    assert "Không hợp lệ" in seen.page.inner_text("#announcement")
    seen.page.focus("[data-key^=consent]")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("button:has-text('Rút lại sự đồng ý')")
    assert seen.page.evaluate(focused) == f"consent {LAN}"
    sign_in(there, "lan.nguyen")
    there.page.wait_for_selector("#holdings .holding")
    there.page.focus("#devices button")
    there.page.keyboard.press("Enter")
    there.page.wait_for_selector("#devices li >> nth=1", state="detached")
    assert there.page.evaluate(focused) == "devices-title"


VIEWS = {"desk": {"width": 1280}, "phone": {"width": 360, "height": 740},
         "phone, dark": {"width": 360, "height": 740, "color_scheme": "dark"}}  # fmt: skip


@no_axe
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    view: str, served: Served, visit: Open, code: Code, issue: Issue
) -> None:
    issue(LAN, transcript(0, "Nguyễn Thị Lan"))
    seen = opened(served, visit, **VIEWS[view])
    shot(seen, f"entrance-{view}")
    assert violations(seen.page) == []
    assert not seen.page.evaluate(WIDER)
    seen.page.fill("#code", code())
    seen.page.fill("#known", "07/02/2009")
    seen.page.press("#known", "Enter")
    seen.page.wait_for_selector("#claimed:visible")
    assert violations(seen.page) == []
    assert not seen.page.evaluate(WIDER)
    seen.page.fill("#new-name", "lan.nguyen")
    seen.page.fill("#new-password", PASSWORD)
    seen.page.press("#new-password", "Enter")
    seen.page.wait_for_selector("#holdings .holding")
    for summary in seen.page.locator("#mine summary:visible").all():
        summary.click()
    shot(seen, f"mine-{view}")
    assert violations(seen.page) == []
    assert not seen.page.evaluate(WIDER)
