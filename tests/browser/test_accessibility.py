"""Every state of the check page under axe-core, in light and dark, on a phone and a desktop.

WCAG 2.2 AA and axe's own best practices: no violation at all.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.states import STATES
from tests.browsing import Visit
from tests.web.simulator import World

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RUN = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => target + " " + failureSummary)}`);
}"""
LOOKS = {"light": (360, 1280), "dark": (360, 1280)}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

no_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is missing: npm ci")


def violations(page: Any) -> list[str]:
    if not page.evaluate("Boolean(globalThis.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))  # past the page's policy, as a tester may
    found: list[str] = page.evaluate(RUN)
    return found


@no_axe
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state: str, site: str, visit: Open, world: World) -> None:
    seen = visit(width=1280, height=900)
    STATES[state](seen, site, world)
    for scheme, widths in LOOKS.items():
        seen.page.emulate_media(color_scheme=scheme)
        for width in widths:
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"


ZOOMED = {"200 % of 1280": 640, "400 % of 1280": 320}


@pytest.mark.parametrize("case", ZOOMED)
def test_a_zoomed_page_needs_no_scrolling_sideways(
    case: str, site: str, visit: Open, world: World
) -> None:
    seen = visit(width=ZOOMED[case], height=450)
    for state in ("start", "valid-transcript", "pdf-differs", "several", "forged-hostile"):
        STATES[state](seen, site, world)
        assert seen.page.evaluate(WIDER) == 0, state


def test_large_text_loses_nothing(site: str, visit: Open, world: World) -> None:
    """The browser's own text at 200 %: nothing overlaps its box, nothing is cut."""
    seen = visit(width=360, height=800)
    for state in ("start", "valid-pdf", "several"):
        STATES[state](seen, site, world)
        seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert seen.page.evaluate(WIDER) == 0, state
        assert seen.page.evaluate(CUT) == [], state


CUT = """() => [...document.querySelectorAll("main *")].filter((one) =>
    one.checkVisibility() && !one.closest(".unseen, .view, svg")
    && getComputedStyle(one).overflow !== "visible"
    && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1))
    .map((one) => one.outerHTML.slice(0, 80))"""


TARGETS = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
    .filter((one) => one.checkVisibility() && !one.matches(".unseen, .skip"))
    .map((one) => [one.outerHTML.slice(0, 70), one.getBoundingClientRect()])
    .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""


def test_what_is_touched_is_large_enough(site: str, visit: Open, world: World) -> None:
    seen = visit(width=360, height=800, has_touch=True)
    for state in ("start", "valid-pdf", "registry-silent", "several"):
        STATES[state](seen, site, world)
        assert seen.page.evaluate(TARGETS) == [], state


REACHABLE = """() => [...document.querySelectorAll("a, button, input, summary")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .map((one, place) => (one.dataset.place = String(place)))"""
REACHED = """() => {
    const one = document.activeElement;
    const ring = (it) => it && parseFloat(getComputedStyle(it).outlineWidth) >= 2;
    const seen = ring(one) || ring(one.nextElementSibling) ? "" : " without a ring";
    return one.dataset.place === undefined ? null : one.dataset.place + seen;
}"""


@pytest.mark.parametrize("state", ["start", "start-faults", "valid-pdf", "several", "lost"])
def test_every_control_is_reached_by_keyboard_and_seen_to_be(
    state: str, site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES[state](seen, site, world)
    places = seen.page.evaluate(REACHABLE)
    seen.page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(len(places) + 3):
        seen.page.keyboard.press("Tab")
        reached.append(seen.page.evaluate(REACHED))
    assert not [one for one in reached if one and not one.isdigit()]
    assert set(places) <= set(reached)


def test_a_screen_reader_hears_names_and_what_comes_of_it(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES["start"](seen, site, world)
    tree = seen.page.locator("body").aria_snapshot()
    for said in ('heading "Kiểm tra văn bằng', 'button "Quét mã QR"', 'textbox "Mã tra cứu',
                 'textbox "Số hiệu hoặc số vào sổ gốc"', 'navigation "Các trang"',
                 'group "Ngôn ngữ"', 'button "Chọn tệp hoặc ảnh"', "contentinfo"):  # fmt: skip
        assert said in tree, said
    STATES["valid-pdf"](seen, site, world)
    assert seen.headline == seen.page.locator("#announcement").inner_text()
    tree = seen.page.locator("#result").aria_snapshot()
    for said in ('heading "Hợp lệ', "[level=1]", 'row "Họ và tên Nguyễn Thị Minh Anh Khớp"', "list",
                 'button "Kiểm tra văn bằng khác"'):  # fmt: skip
        assert said in tree, said
    STATES["start-faults"](seen, site, world)
    assert "gõ sai" in seen.page.get_by_role("alert").all_inner_texts()[1]


def test_stacked_marks_have_room(site: str, visit: Open, world: World) -> None:
    """Vietnamese capitals carry two marks; lines are at least 1.3 times as high as their type."""
    seen = visit()
    STATES["valid"](seen, site, world)
    tight = seen.page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()
            && [...one.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
            .filter((one) => { const style = getComputedStyle(one);
                return parseFloat(style.lineHeight) < 1.3 * parseFloat(style.fontSize); })
            .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert tight == []


def test_without_colours_of_its_own_the_verdict_still_stands_out(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    STATES["forged"](seen, site, world)
    width = "it => getComputedStyle(it).borderTopWidth"
    assert seen.page.eval_on_selector(".verdict", width) == "4px"
    assert seen.page.locator(".verdict .sign svg").is_visible()
    STATES["waiting"](seen, site, world)
    moving = "it => getComputedStyle(it).animationName"
    assert seen.page.eval_on_selector(".wheel", moving) == "none"
