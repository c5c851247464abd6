"""Both pages for sharing under axe-core in every state, by keyboard, zoomed, in English."""

from collections.abc import Callable

import pytest

from tests.browser.test_accessibility import CUT, LOOKS, WIDER, no_axe, violations
from tests.browsing import Visit
from tests.sharing import states
from tests.sharing.conftest import Served
from tests.sharing.states import STATES

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


@no_axe
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state: str, served: Served, visit: Open) -> None:
    seen = visit()
    STATES[state](seen.page, served)
    for scheme, widths in LOOKS.items():
        seen.page.emulate_media(color_scheme=scheme)
        for width in widths:
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"


@pytest.mark.parametrize("state", ["share-choose", "share-made", "shared-opened"])
def test_zoomed_or_with_large_text_nothing_is_lost(state: str, served: Served, visit: Open) -> None:
    seen = visit(width=360, height=800)
    STATES[state](seen.page, served)
    seen.page.set_viewport_size({"width": 320, "height": 450})
    assert seen.page.evaluate(WIDER) == 0
    seen.page.set_viewport_size({"width": 360, "height": 800})
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert seen.page.evaluate(WIDER) == 0
    assert [one for one in seen.page.evaluate(CUT) if 'id="link"' not in one] == []


@pytest.mark.parametrize("state", ["share-choose", "share-terms", "share-list", "shared-ready"])
def test_every_target_is_large_enough(state: str, served: Served, visit: Open) -> None:
    seen = visit(width=360, height=800)
    STATES[state](seen.page, served)
    small = seen.page.evaluate(
        """() => [...document.querySelectorAll("main :is(button, select, label:has(input))")]
            .filter((one) => one.checkVisibility())
            .filter((one) => one.getBoundingClientRect().height < 43.5)
            .map((one) => one.outerHTML.slice(0, 90))"""
    )
    assert small == []


def test_a_share_is_made_by_keyboard_alone(served: Served, visit: Open) -> None:
    seen = visit()
    page = seen.page
    states.start(page, served)
    page.focus("#credentials button >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#boxes button")
    assert page.evaluate("document.activeElement.id") == "choose-title"
    for _ in range(7):  # six shortcuts, then the first box
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert "Đang chọn 1 mục" in page.inner_text("#count")
    page.get_by_label("Họ và tên: Nguyễn Thị Minh Anh").focus()
    page.focus("#to-terms")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "terms-title"
    page.focus("#pin")
    page.keyboard.press("Enter")
    page.wait_for_selector("#preview .verdict")
    assert page.evaluate("document.activeElement.id") == "look-title"
    page.focus("#create")
    page.keyboard.press("Enter")
    page.wait_for_selector("#made:visible")
    assert page.evaluate("document.activeElement.id") == "made-title"


def test_boxes_that_stand_for_several_follow_them(served: Served, visit: Open) -> None:
    page = visit().page
    states.choose(page, served, "Bỏ chọn hết")
    row = page.get_by_label("Tất cả: Toán", exact=True)
    assert row.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    row.check()
    assert "Đang chọn 3 mục" in page.inner_text("#count")
    page.get_by_label("Toán, Cả năm: 7,3", exact=True).uncheck()
    assert row.evaluate("box => [box.checked, box.indeterminate]") == [False, True]
    page.get_by_role("button", name="Tất cả", exact=True).click()
    assert row.is_checked()
    page.get_by_role("button", name="Bỏ chọn hết", exact=True).click()
    assert page.is_disabled("#to-terms")


@pytest.mark.parametrize("state", STATES)
def test_every_state_speaks_english_too(state: str, served: Served, visit: Open) -> None:
    seen = visit()
    STATES[state](seen.page, served)
    if state == "share-withdraw":
        return  # the dialog covers the buttons
    pin = seen.page.locator("#pin")
    typed = pin.input_value() if pin.count() and pin.is_visible() else None
    seen.page.click("[data-lang=en]")
    said = " ".join(seen.page.locator("main > section:visible").all_inner_texts())
    assert not any(word in said for word in ("Chia sẻ", "Liên kết", "Mã PIN", "Người nhận"))
    assert "sharing." not in said
    if typed is not None:
        assert pin.input_value() == typed
