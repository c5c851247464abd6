"""The check page in a real browser: every way in, what leaves the page, and how it is used."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from credential import qrlink
from credential.facts import Withdrawal
from credential.model import Place
from tests.browsing import Playwright, Visit, camera, code_image, film
from tests.web.simulator import World, diploma, key_from

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
VENDOR = Path(__file__).parents[2] / "web/static/vendor/zxing_reader.wasm"


def test_the_page_loads_quietly_and_asks_nobody_else(site: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(f"{site}/")
    seen.page.wait_for_selector("#scan")
    assert seen.complaints == []
    assert {urlsplit(url).netloc for url in seen.requests} == {urlsplit(site).netloc}
    assert seen.page.locator("#title").inner_text() == "Kiểm tra văn bằng, học bạ, bảng điểm"


def test_a_printed_link_gives_a_verdict_and_its_token_stays_out_of_addresses(
    site: str, visit: Open, world: World, heard: list[str]
) -> None:
    seen = visit()
    digits = world.issued[0].digits
    seen.page.goto(f"{site}/V#{digits}")
    seen.page.wait_for_selector(".verdict")
    assert (seen.verdict, seen.headline) == (
        "VALID", "Hợp lệ: đúng là do nhà trường cấp và còn giá trị",
    )  # fmt: skip
    body = seen.page.locator("#result").inner_text()
    for shown in ("Nguyễn Thị Minh Anh", "07/02/2008", "SG000001", "Trường THPT Bình Minh",
                  "khối số 1204", "29/05/2026 04:26"):  # fmt: skip
        assert shown in body
    assert seen.page.locator(".checks li[data-outcome=passed]").count() == 8
    assert "/api/verify?" in heard
    assert not any(digits in address for address in heard)
    assert digits not in seen.page.url
    assert seen.page.context.cookies() == []
    assert seen.complaints == []


def test_the_address_may_change_while_the_page_is_open(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.goto(f"{site}/v")
    seen.page.evaluate(f"location.hash = '{world.issued[1].digits}'")
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "VALID"
    assert "#" not in seen.page.url


def revoked(world: World) -> None:
    world.withdrawn["2026/0001"] = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))


OUTCOMES: dict[str, tuple[Callable[[World], object], str, str]] = {
    "revoked": (revoked, "INVALID", "Không còn giá trị: đã bị thu hồi, hủy bỏ"),
    "the chain is silent": (lambda world: world.silent.add("chain"), "UNDETERMINED",
                            "Chưa kiểm tra được: chuỗi khối không trả lời"),
    "the registry is silent": (lambda world: world.silent.add("registry"), "UNDETERMINED",
                               "Chưa kiểm tra được: sổ gốc không trả lời"),
}  # fmt: skip


@pytest.mark.parametrize("case", OUTCOMES)
def test_what_stops_a_credential_is_said_plainly(
    case: str, site: str, visit: Open, world: World
) -> None:
    change, verdict, headline = OUTCOMES[case]
    change(world)
    seen = visit()
    seen.page.goto(f"{site}/v#{world.issued[0].digits}")
    seen.page.wait_for_selector(".verdict")
    assert (seen.verdict, seen.headline) == (verdict, headline)
    text = seen.page.locator("#result").inner_text()
    if verdict == "UNDETERMINED":
        assert "Điều này không có nghĩa là giấy tờ giả" in text
        assert "chưa được xác nhận" in text
        world.silent.clear()
        seen.page.get_by_role("button", name="Thử lại").click()
        seen.page.wait_for_selector('.verdict[data-verdict="VALID"]')
    else:
        assert "55/QĐ-SGDĐT ngày 01/09/2026" in text
        assert "gian lận" in text


def test_a_file_is_chosen_or_dropped(site: str, visit: Open, world: World, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    code_image(world.issued[2].link).save(photo)
    seen = visit()
    seen.page.goto(site)
    seen.page.set_input_files("#file", photo)
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "VALID"
    seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
    assert seen.page.locator("#start").is_visible()
    transfer = seen.page.evaluate_handle(
        """text => {
            const moved = new DataTransfer();
            moved.items.add(new File([text], "credential.sdjwt"));
            return moved;
        }""",
        world.issued[4].sd_jwt,
    )
    seen.page.dispatch_event("#drop", "drop", {"dataTransfer": transfer})
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "VALID"
    assert "7,2" in seen.page.locator("table").inner_text()


def test_the_keyboard_alone_is_enough(site: str, visit: Open, world: World) -> None:
    seen = visit()
    seen.page.goto(site)
    for _ in range(12):
        seen.page.keyboard.press("Tab")
        if seen.page.evaluate("document.activeElement.id") == "code":
            break
    seen.page.keyboard.type(world.issued[3].code.lower())
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "VALID"
    assert seen.page.evaluate("document.activeElement.id") == "headline"
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")
    assert seen.page.locator("#start").is_visible()
    assert seen.page.evaluate("document.activeElement.id") == "title"


TYPED = {
    "nothing": ("", "Hãy nhập mã tra cứu hoặc dán nội dung mã."),
    "another site's address": ("https://example.org/evil", "không phải mã văn bằng"),
    "script": ("javascript:alert(1)", "không phải mã văn bằng"),
}


@pytest.mark.parametrize("case", TYPED)
def test_what_is_not_ours_is_sent_nowhere(
    case: str, site: str, visit: Open, heard: list[str]
) -> None:
    typed, expected = TYPED[case]
    seen = visit()
    seen.page.goto(site)
    seen.page.fill("#code", typed)
    seen.page.keyboard.press("Enter")
    assert expected in seen.page.locator("#code-trouble").inner_text()
    assert not any("/api/" in address for address in heard)
    assert seen.page.evaluate("document.activeElement.id") == "code"


def test_what_the_server_cannot_read_is_said_where_it_was_handed_in(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.goto(site)
    code = world.issued[0].code
    seen.page.fill("#code", code[::-1])
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("#code-trouble:visible")
    assert "gõ sai" in seen.page.locator("#code-trouble").inner_text()
    assert seen.page.input_value("#code") == code[::-1], "to be mended, not typed again"
    seen.page.get_by_role("button", name="English").click()
    assert "mistyped" in seen.page.locator("#code-trouble").inner_text()
    broken = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 broken"}
    for _ in range(2):  # the same file again is a choice too
        seen.page.set_input_files("#file", broken)
        seen.page.wait_for_selector("#trouble:visible")
        assert "PDF" in seen.page.locator("#trouble").inner_text()


def test_a_link_to_another_site_is_read_but_named(site: str, visit: Open, world: World) -> None:
    seen = visit()
    seen.page.goto(site)
    prefix, digits = qrlink.encode(world.issued[0].token, "https://evil.example")
    seen.page.fill("#code", prefix + digits)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".verdict")
    assert "Mã trỏ tới trang khác: evil.example" in seen.page.locator("#result").inner_text()
    assert {urlsplit(url).netloc for url in seen.requests} == {urlsplit(site).netloc}


def test_markup_in_a_forged_name_is_only_text(site: str, visit: Open, world: World) -> None:
    name = "<img src=x onerror=alert(1)><b>Nguyễn"
    forged = world.issue(diploma(0, name), Place(0, 0), key_from(99))
    seen = visit()
    seen.page.goto(f"{site}/v#{forged.digits}")
    seen.page.wait_for_selector(".verdict")
    assert seen.verdict == "INVALID"
    assert name in seen.page.locator("dl.large").inner_text()
    assert seen.page.locator("#result img, #result b").count() == 0
    assert seen.complaints == []


def test_a_lost_connection_says_nothing_about_the_document(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.goto(site)
    seen.page.context.set_offline(True)
    seen.page.fill("#code", world.issued[0].code)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(".verdict")
    assert (seen.verdict, seen.headline) == (
        "UNDETERMINED", "Chưa kiểm tra được: mất kết nối với máy chủ",
    )  # fmt: skip
    seen.page.context.set_offline(False)
    seen.page.get_by_role("button", name="Thử lại").click()
    seen.page.wait_for_selector('.verdict[data-verdict="VALID"]')


def test_both_languages_and_the_verdict_follow_the_switch(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    seen.page.goto(f"{site}/v#{world.issued[4].digits}")
    seen.page.wait_for_selector(".verdict")
    seen.page.get_by_role("button", name="English").click()
    assert seen.headline == "Valid: issued by this school and still in force"
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert "Hợp lệ" in seen.page.locator(".verdict .other").inner_text()
    seen.page.reload()
    assert seen.page.locator("#title").inner_text() == "Check a diploma or transcript"


WIDTHS = {"a small phone": 360, "a desktop at 200 %": 640}


@pytest.mark.parametrize("case", WIDTHS)
def test_nothing_is_wider_than_the_screen(case: str, site: str, visit: Open, world: World) -> None:
    seen = visit(width=WIDTHS[case], height=740)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    seen.page.goto(site)
    assert seen.page.evaluate(wide) == 0
    seen.page.fill("#code", world.issued[4].sd_jwt)
    seen.page.locator("#form button").click()
    seen.page.wait_for_selector("table")
    assert seen.page.evaluate(wide) == 0


unbuilt = pytest.mark.skipif(
    not VENDOR.exists(), reason="the page's QR reader is not built: scripts/make_assets.sh"
)


@pytest.mark.parametrize("scanner", ["server", pytest.param("local", marks=unbuilt)], indirect=True)
def test_the_camera_scans_a_printed_code(
    scanner: str,
    site: str,
    world: World,
    heard: list[str],
    playwright: Playwright,
    tmp_path: Path,
) -> None:
    prefix, digits = qrlink.encode(world.issued[0].token, site)
    reel = film(code_image(prefix + digits), tmp_path / "camera.mjpeg")
    with camera(playwright, reel) as seen:
        seen.page.goto(site)
        seen.page.click("#scan")
        seen.page.wait_for_selector(".verdict", timeout=40_000)
        assert seen.verdict == "VALID"
        assert "Nguyễn Thị Minh Anh" in seen.result
        assert seen.page.locator(".notice:visible").count() == 0
        assert ("/api/decode?" in heard) == (scanner == "server")
        assert not any(digits in address for address in heard)
        assert seen.page.evaluate("document.getElementById('video').srcObject") is None
        assert seen.complaints == []


def test_without_a_camera_the_other_ways_are_named(site: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(site)
    seen.page.click("#scan")
    seen.page.wait_for_selector("#trouble:visible")
    assert "nhập mã tra cứu" in seen.page.locator("#trouble").inner_text()


def test_a_transcript_is_computed_again_beside_its_verdict(
    site: str, visit: Open, world: World
) -> None:
    """The simulator's year marks do not follow from their semesters; the verdict stays."""
    seen = visit()
    seen.page.goto(f"{site}/")
    seen.page.fill("#code", world.issued[4].sd_jwt)
    seen.page.press("#code", "Enter")
    seen.page.wait_for_selector(".observations")
    assert seen.verdict == "VALID"
    card = seen.page.locator(".observations")
    assert card.locator('li[data-code="mark.year_average"]').count() > 3
    assert "không làm thay đổi kết luận" in card.inner_text()
    assert seen.page.locator(".verdict .observations").count() == 0
    seen.page.click('[data-lang="en"]')
    assert "does not change the verdict" in seen.page.locator(".observations").inner_text()
    assert seen.complaints == []
