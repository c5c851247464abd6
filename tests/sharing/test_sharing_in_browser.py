"""Share, open, withdraw in a real browser, and nothing that tells anything on the server."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from credential.jose import decode
from credential.keys import PublicKey, b64url
from tests.browsing import Visit
from tests.sharing import states
from tests.sharing.conftest import FIRST_TRANSCRIPT, Served, pupil
from tests.sharing.sealing import Link
from tests.sharing.telling import assert_nothing_told, dump
from tests.web.simulator import NAMES, transcript

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
CONFLICT = "Failed to load resource: the server responded with a status of 409 (Conflict)"


def open_it(page: Any, address: str, pin: str = "") -> None:
    page.goto(address)
    page.wait_for_selector("#start form")
    if pin:
        page.fill("#pin", pin)
    page.click("[type=submit]")


def test_share_open_withdraw(served: Served, visit: Open, caplog: pytest.LogCaptureFixture) -> None:
    holder, other = visit(), visit()
    page = holder.page
    address, pin = states.share(page, served)
    link = Link.read(address)
    whole = served.world.issued[FIRST_TRANSCRIPT].sd_jwt
    assert_nothing_told(dump(served.database), whole, link, pin, states.LABEL)

    open_it(other.page, address, pin)
    other.page.wait_for_selector("#result .verdict")
    assert other.page.url == f"{served.home}/s"  # no history keeps the key
    assert other.verdict == "VALID"
    assert "bản trích có chọn lọc" in other.result
    assert "cho xem 6 mục" in other.result
    assert states.LABEL in other.result
    assert "7,1" in other.result
    assert "Vật lí" not in other.result

    page.click("#done")
    page.wait_for_selector("#share-list .share")
    listed = page.inner_text("#share-list")
    assert "Đã mở\n1 trên 10 lần" in listed
    assert states.LABEL in listed
    assert_nothing_told(dump(served.database), whole, link, pin, states.LABEL)
    page.get_by_role("button", name="Thu hồi ngay").click()
    page.click("#sure [value=yes]")
    page.wait_for_selector('.share[data-standing="withdrawn"]')

    other.page.goto(address)
    other.page.wait_for_selector("#start .verdict")
    said = other.page.inner_text("#start")
    assert "Người chia sẻ đã thu hồi liên kết" in said
    assert "không nói gì về văn bằng" in said
    assert "không hợp lệ" not in said.lower()
    assert other.page.get_attribute(".verdict", "data-verdict") == "UNDETERMINED"

    key = address.rpartition(".")[2]
    assert len(key) == 43
    assert not any(key in each for each in (*served.heard, caplog.text))
    assert holder.complaints == []
    assert other.complaints == [CONFLICT]  # the browser's own word for what the page tells


def test_the_preview_is_what_the_recipient_sees(served: Served, visit: Open) -> None:
    holder, other = visit(), visit()
    states.preview(holder.page, served)
    parts = ("h1", ".selection", ".paper", ".checks")
    seen = [holder.page.inner_text(f"#preview {part}") for part in parts]
    holder.page.click("#create")
    holder.page.wait_for_selector("#made:visible")
    address, pin = holder.page.input_value("#link"), holder.page.inner_text("#pin-value")
    open_it(other.page, address, pin)
    other.page.wait_for_selector("#result .verdict")
    for part, expected in zip(parts, seen, strict=True):
        found = other.page.inner_text(f"#result {part}")
        assert minutes_apart(found) == minutes_apart(expected)


def minutes_apart(text: str) -> str:
    """The same without times of day, which go on meanwhile."""

    return re.sub(r"\d\d/\d\d/\d{4} \d\d:\d\d", "", text)


def test_what_the_browser_seals_another_implementation_opens(served: Served, visit: Open) -> None:
    address, pin = states.share(visit().page, served)
    link = Link.read(address)
    content = link.open(decode(served.open(link, pin).json()["content"]), pin)
    assert content["to"] == states.LABEL
    (text,) = content["shown"]  # type: ignore[misc]
    whole = served.world.issued[FIRST_TRANSCRIPT].sd_jwt
    assert text.partition("~")[0] == whole.partition("~")[0]
    assert len(text) < len(whole)


def test_what_another_implementation_seals_the_browser_opens(served: Served, visit: Open) -> None:
    link, seen = Link(), visit()
    served.create(link, pin="271828")
    open_it(seen.page, f"{served.home}/s#{link.fragment}", "271 828")
    seen.page.wait_for_selector("#result .verdict")
    assert seen.verdict == "VALID"
    assert "toàn bộ tệp có chữ ký" in seen.result


def test_the_code_leads_to_the_link(served: Served, visit: Open) -> None:

    seen = visit()
    states.made(seen.page, served)
    if not seen.page.evaluate("JSON.parse(document.getElementById('data').textContent).site.qr"):
        pytest.skip("the QR writer is missing: scripts/make_assets.sh")
    picture = seen.page.locator(".qr").screenshot()
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert found.text == seen.page.input_value("#link")


def test_a_wrong_pin_is_told_and_the_last_one_locks(served: Served, visit: Open) -> None:
    address, pin = states.share(visit().page, served)
    page = visit().page
    page.goto(address)
    page.wait_for_selector("#pin")
    page.fill("#pin", "12ab")
    page.click("[type=submit]")
    assert "6 đến 12 chữ số" in page.inner_text("#trouble")  # not even sent
    for left in (4, 3, 2, 1):
        page.fill("#pin", f"00000{left}")
        page.click("[type=submit]")
        page.wait_for_selector(f"#trouble:has-text('Còn {left} lần thử')")
    page.fill("#pin", "000000")
    page.click("[type=submit]")
    page.wait_for_selector("#start .verdict")
    assert "đã bị khóa" in page.inner_text("#start")
    open_page = visit().page
    open_page.goto(address)
    open_page.wait_for_selector("#start .verdict")
    assert "đã bị khóa" in open_page.inner_text("#start")
    assert pin not in open_page.inner_text("main")


def test_looking_at_the_page_counts_nothing(served: Served, visit: Open) -> None:
    address, _ = states.share(visit().page, served, pin=False, views="1")
    page = visit().page
    for _ in range(3):
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_selector("#start form")
    assert served.listed()[0]["left"] == 1
    page.click("[type=submit]")
    page.wait_for_selector("#result .verdict")
    assert served.listed()[0]["standing"] == "used_up"


def test_an_answer_that_was_lost_costs_no_second_opening(served: Served, visit: Open) -> None:
    address, _ = states.share(visit().page, served, pin=False, views="1")
    page = visit().page
    lost = []

    def lose(route: Any) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch())  # it reaches the server
        return route.abort()

    page.route("**/api/shared/open", lose)
    open_it(page, address)
    page.wait_for_selector("#start .verdict")
    assert served.listed()[0]["left"] == 0
    page.get_by_role("button", name="Thử lại").click()
    page.wait_for_selector("#result .verdict")
    assert page.get_attribute("#result .verdict", "data-verdict") == "VALID"
    assert len(served.listed()[0]["openings"]) == 1


BROKEN = {
    "cut short": lambda fragment: fragment[:-3],
    "without a key": lambda fragment: fragment.partition(".")[0],
    "of nothing": lambda _: Link().fragment,
    "with another key": lambda fragment: f"{fragment.partition('.')[0]}.{'A' * 43}",
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_link_says_nothing_about_a_diploma(case: str, served: Served, visit: Open) -> None:
    link = Link()
    served.create(link)
    page = visit().page
    page.goto(f"{served.home}/s#{BROKEN[case](link.fragment)}")
    page.wait_for_selector("#start .verdict")
    assert page.get_attribute(".verdict", "data-verdict") == "UNDETERMINED"
    assert "không nói gì về văn bằng" in page.inner_text("#start")


def test_on_another_device_a_share_is_logged_and_withdrawn_but_not_named(
    served: Served, visit: Open
) -> None:
    states.share(visit().page, served)
    other = visit()  # another browser profile has another key
    states.start(other.page, served)
    other.page.wait_for_selector("#share-list .share")
    said = other.page.inner_text("#share-list")
    assert states.LABEL not in said
    assert "Tạo trên thiết bị khác" in said
    assert not other.page.get_by_role("button", name="Hiện lại liên kết").is_visible()
    other.page.get_by_role("button", name="Thu hồi ngay").click()
    other.page.click("#sure [value=yes]")
    other.page.wait_for_selector('.share[data-standing="withdrawn"]')


def test_on_the_same_device_the_link_is_shown_again(served: Served, visit: Open) -> None:
    page = visit().page
    address, _ = states.share(page, served)
    states.start(page, served)
    page.get_by_role("button", name="Hiện lại liên kết").click()
    page.wait_for_selector("#made:visible")
    assert page.input_value("#link") == address
    assert not page.is_visible("#pin-value")  # it is not kept
    assert page.is_visible("#pin-needed")


MAKE_KEY = "import('/static/holderkey.js').then(({ made }) => made('7900000000'))"


def bound(served: Served, page: Any) -> None:
    """Make a key in this browser, and issue a transcript that is bound to it."""
    states.start(page, served)
    jwk = page.evaluate(MAKE_KEY)
    key = PublicKey(b"\x04" + decode(jwk["x"]) + decode(jwk["y"]))
    made = replace(transcript(0, NAMES[0]), register_no="HB-2026/9001", holder_key=key)
    assert served.world.add(made).place.index == 2 * len(NAMES)


def test_what_is_bound_to_the_holders_key_is_proven_for_its_link_alone(
    served: Served, visit: Open
) -> None:
    holder, other = visit(), visit()
    bound(served, holder.page)
    address, pin = states.share(holder.page, served)
    open_it(other.page, address, pin)
    other.page.wait_for_selector("#result .verdict")
    assert other.verdict == "VALID"
    assert "Người xuất trình có khóa của người giữ" in other.result

    link, replayed = Link.read(address), Link()
    content = link.open(decode(served.open(link, pin).json()["content"]), pin)
    (text,) = content["shown"]  # type: ignore[misc]
    assert not text.endswith("~")
    served.create(replayed, text=text)
    open_it(other.page, f"{served.home}/s#{replayed.fragment}")
    other.page.wait_for_selector("#result .verdict")
    assert other.verdict == "INVALID"
    assert "được làm cho nơi nhận khác" in other.result


def test_without_the_key_at_hand_what_is_bound_is_shown_without_proof(
    served: Served, visit: Open
) -> None:
    bound(served, visit().page)
    elsewhere, other = visit(), visit()
    address, pin = states.share(elsewhere.page, served)
    open_it(other.page, address, pin)
    other.page.wait_for_selector("#result .verdict")
    assert other.verdict == "VALID"
    assert "lần này không yêu cầu chứng minh" in other.result


def test_what_is_shared_for_whom_is_only_text(served: Served, visit: Open) -> None:
    link, seen = Link(), visit()
    hostile = '<img src=x onerror="document.title=1"><b>đậm</b>\u202egnoab'
    content = link.seal([served.world.issued[FIRST_TRANSCRIPT].sd_jwt], to=hostile)

    served.create(link, content=b64url(content))
    open_it(seen.page, f"{served.home}/s#{link.fragment}")
    seen.page.wait_for_selector("#result .verdict")
    assert "<img src=x" in seen.page.inner_text(".selection")
    assert seen.page.locator(".selection img, .selection b").count() == 0
    assert "\u202e" not in seen.page.inner_text(".selection")


def test_a_share_of_something_else_is_never_valid(served: Served, visit: Open) -> None:

    for text in ("xin chào", served.world.issued[FIRST_TRANSCRIPT].sd_jwt[:-40]):
        link, seen = Link(), visit()
        served.create(link, content=b64url(link.seal([text])))
        open_it(seen.page, f"{served.home}/s#{link.fragment}")
        seen.page.wait_for_selector("#start .verdict, #result .verdict")
        assert seen.page.get_attribute("section:visible .verdict", "data-verdict") != "VALID"


def test_who_holds_nothing_is_told_so(served: Served, visit: Open) -> None:
    page = visit().page
    states.signed_out(page, served)
    assert "chưa đăng nhập" in page.inner_text("#trouble")
    assert served.listed(1) == []
    assert pupil(0) not in page.content()
