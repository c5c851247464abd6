"""The verdict as it is seen: for comparing with the paper, with reasons, sources and next steps."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.states import STATES, VERDICT, upload
from tests.browsing import Visit, code_image
from tests.web.simulator import World
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
REASONS = {
    "valid": "valid", "forged": "forged", "revoked": "revoked", "superseded": "superseded",
    "suspended": "suspended", "not-anchored": "not_anchored", "foreign": "foreign",
    "registry-disagrees": "registry_disagrees", "chain-silent": "chain",
    "registry-silent": "registry", "store-silent": "store", "not-final": "not_final",
}  # fmt: skip


def style(seen: Visit, selector: str, name: str) -> Any:
    return seen.page.eval_on_selector(selector, f"it => getComputedStyle(it).{name}")


@pytest.mark.parametrize("state", REASONS)
def test_each_reason_says_what_it_is_and_what_to_do(
    state: str, site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES[state](seen, site, world)
    reason = REASONS[state]
    vi, en = messages.both(f"headline.{reason}").values()
    assert seen.headline == vi
    assert seen.page.locator(".verdict .other").inner_text() == en
    assert messages.text("vi", f"next.{reason}") in seen.page.locator(".action").inner_text()
    assert seen.page.locator(".checks li").count() == 8


def test_what_could_not_be_checked_looks_like_nothing_else(
    site: str, visit: Open, world: World
) -> None:
    """Colour, sign and border each tell the three verdicts apart."""
    looks: dict[str, tuple[Any, ...]] = {}
    for state in ("valid", "forged", "revoked", "chain-silent", "registry-silent"):
        seen = visit()
        fresh = World()
        world.__dict__.update(fresh.__dict__)
        STATES[state](seen, site, world)
        sign = seen.page.locator(".verdict .sign").inner_html()
        looks[state] = (style(seen, VERDICT, "backgroundColor"), sign,
                        style(seen, VERDICT, "borderTopStyle"))  # fmt: skip
    assert looks["chain-silent"] == looks["registry-silent"]
    for state in ("valid", "forged", "revoked"):
        for one, other in zip(looks["chain-silent"], looks[state], strict=True):
            assert one != other, state
    assert looks["forged"][1] != looks["revoked"][1], "genuine once is not forged"


def test_the_paper_is_shown_large_in_the_order_of_the_eye(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES["valid"](seen, site, world)
    fields = seen.page.locator("dl.large [data-field]")
    names = [fields.nth(place).get_attribute("data-field") for place in range(fields.count())]
    assert names == ["name", "school", "birth_date", "issued", "serial", "register_no"]
    body = float(style(seen, "body", "fontSize").removesuffix("px"))
    for name in ("name", "serial", "register_no"):
        size = float(style(seen, f"[data-field={name}] dd", "fontSize").removesuffix("px"))
        assert size >= 1.2 * body, name


def test_each_check_names_its_source_and_as_of_when(site: str, visit: Open, world: World) -> None:
    seen = visit()
    STATES["valid"](seen, site, world)
    sources = seen.page.locator(".checks .source").all_inner_texts()
    assert len(sources) == 8
    for place in (1, 2, 3, 4, 5):
        assert "ở khối 1204, 29/05/2026 04:26" in sources[place], sources[place]
    assert sources[6].startswith("Nguồn: sổ gốc của ngành giáo dục, hỏi lúc ")
    assert sources[3].startswith("Nguồn: chuỗi khối")


def test_a_revocation_comes_with_ground_and_decision(site: str, visit: Open, world: World) -> None:
    seen = visit()
    STATES["revoked"](seen, site, world)
    facts = seen.page.locator(".action .facts").inner_text()
    assert "gian lận trong tuyển sinh" in facts
    assert "số 55/QĐ-SGDĐT ngày 01/09/2026" in facts


def test_a_pdf_is_compared_field_by_field(site: str, visit: Open, world: World) -> None:
    seen = visit()
    STATES["valid-pdf"](seen, site, world)
    assert seen.verdict == "VALID"
    rows = seen.page.locator(".compare tbody tr")
    assert rows.count() == 6
    assert seen.page.locator(".compare tr[data-outcome=passed]").count() == 6
    assert "Các mục đều khớp" in seen.page.locator("#result").inner_text()


def test_a_pdf_that_says_two_things_shows_both_field_by_field(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES["pdf-differs"](seen, site, world)
    assert seen.verdict == "INVALID"
    differing = seen.page.locator(".compare tr[data-outcome=failed]")
    assert differing.count() == 2
    assert "Nguyễn Thị Minh Ánh" in differing.nth(0).inner_text()
    assert "Nguyễn Thị Minh Anh" in differing.nth(0).inner_text()
    assert "Có 2 mục khác nhau." in seen.page.locator("#result").inner_text()


def test_receipts_are_asked_with_the_same_body(site: str, visit: Open, world: World) -> None:
    asked: list[tuple[str, str]] = []

    def give(route: Any) -> None:
        request = route.request
        asked.append((request.headers["accept"], request.post_data))
        if len(asked) == 3:
            route.fulfill(status=503, json={})
        else:
            route.fulfill(body=b"%PDF-1.7", content_type=request.headers["accept"])

    seen = visit()
    seen.page.route("**/api/receipts", give)
    STATES["valid-elsewhere"](seen, site, world)
    for name, ending in (("PDF", "pdf"), ("JSON", "json")):
        with seen.page.expect_download() as download:
            seen.page.get_by_role("button", name=f"Tải biên nhận ({name})").click()
        assert download.value.suggested_filename == f"bien-nhan-kiem-tra.{ending}"
    body = f'{{"text":"{world.issued[0].digits}"}}'
    assert asked == [("application/pdf", body), ("application/json", body)]
    seen.page.get_by_role("button", name="Tải biên nhận (PDF)").click()
    seen.page.wait_for_selector(".below .fault:visible")


def test_what_was_found_by_number_has_receipts_too(site: str, visit: Open, world: World) -> None:
    asked: list[str] = []

    def give(route: Any) -> None:
        asked.append(route.request.post_data)
        if len(asked) == 1:
            route.fulfill(body=b"%PDF-1.7", content_type="application/pdf")
        else:
            detail = {"detail": "Hãy thử lại sau 60 giây.", "detail_en": "x"}
            route.fulfill(status=429, json={"status": 429, **detail})

    seen = visit()
    seen.page.route("**/api/receipts", give)
    STATES["by-number"](seen, site, world)
    take = seen.page.get_by_role("button", name="Tải biên nhận (PDF)")
    with seen.page.expect_download():
        take.click()
    take.click()
    seen.page.wait_for_selector(".below .fault:has-text('sau 60 giây'):visible")
    assert set(asked) == {'{"number":"SG000001","born":"2008-02-07"}'}


def test_a_receipt_that_is_handed_in_is_judged_and_is_no_credential(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES["receipt"](seen, site, world)
    assert seen.headline.startswith("Biên nhận thật: lúc ")
    assert seen.verdict == "UNDETERMINED", "nothing is said of the credential today"
    assert "Hãy kiểm tra lại chính văn bằng" in seen.result
    for said in ("Nguyễn Thị Minh Anh", "SG000001", "2026/0001", "khối 1204"):
        assert said in seen.result, said
    assert seen.page.get_by_role("button", name="Tải biên nhận").count() == 0
    seen.page.get_by_role("button", name="English").click()
    assert seen.headline.startswith("Genuine receipt")
    assert len(seen.complaints) == 1, "it was first taken for a credential: 422"


def test_a_forged_receipt_says_so_and_nothing_of_what_it_claims(
    site: str, visit: Open, world: World
) -> None:
    verifier = world.verifier()
    office = world.office(verifier)
    text = office.give(world.issued[0].link)
    printed = office.print(text)
    verifier.close()
    world.listed = False  # the chain does not name its key
    seen = visit()
    for name, kind, data in (("r.json", "application/json", text.encode()),
                             ("r.pdf", "application/pdf", printed)):  # fmt: skip
        seen.page.goto(site)
        seen.page.set_input_files("#file", upload((name, kind, data)))
        seen.page.wait_for_selector(".verdict")
        assert seen.headline.startswith("Biên nhận giả")
        assert seen.verdict == "INVALID"
        assert "Nguyễn Thị Minh Anh" not in seen.result


def test_among_several_files_a_receipt_is_told_to_come_alone(
    site: str, visit: Open, world: World
) -> None:
    verifier = world.verifier()
    made = world.office(verifier).give(world.issued[0].link).encode()
    verifier.close()
    seen = visit()
    seen.page.goto(site)
    seen.page.set_input_files("#file", upload(
        ("r.json", "application/json", made),
        ("a.sdjwt", "text/plain", world.issued[0].sd_jwt.encode()),
    ))  # fmt: skip
    seen.page.wait_for_selector("#several:not(:has(progress)) li:nth-child(2)")
    said = seen.page.inner_text("#several")
    assert "hãy nộp riêng tệp này" in said
    assert "1 hợp lệ · 1 không đọc được" in said


def test_a_report_takes_along_what_it_is_about_and_not_in_an_address(
    site: str, visit: Open, world: World, heard: list[str]
) -> None:
    seen = visit()
    STATES["forged"](seen, site, world)
    seen.page.get_by_role("link", name="Báo nghi giả").click()
    seen.page.wait_for_url(f"{site}/report")
    left = seen.page.evaluate("JSON.parse(sessionStorage.getItem('report') ?? 'null')")
    assert (left["verdict"], left["reason"]) == ("INVALID", "forged")
    assert (left["serial"], left["register_no"]) == ("SG000001", "2026/0001")
    assert len(left["digests"]) == 1
    assert "name" not in left
    assert not any("?" in address.removesuffix("?") for address in heard)


def test_a_superseded_credential_leads_to_what_took_its_place(
    site: str, visit: Open, world: World
) -> None:
    seen = visit()
    STATES["superseded"](seen, site, world)
    seen.page.get_by_role("button", name="Kiểm tra bản thay thế").click()
    seen.page.wait_for_selector('.verdict[data-verdict="VALID"]')
    assert "2026/0099" in seen.page.locator("dl.large").inner_text()
    world.successors.clear()
    STATES["superseded-unknown"](seen, site, world)
    seen.page.get_by_role("button", name="Kiểm tra bản thay thế").click()
    assert "Hãy hỏi nhà trường" in seen.page.locator(".below .fault:visible").inner_text()


def test_a_number_and_a_birth_date_find_it(site: str, visit: Open, world: World) -> None:
    seen = visit()
    STATES["by-number"](seen, site, world)
    assert seen.verdict == "VALID"
    assert "Nguyễn Thị Minh Anh" in seen.result
    seen = visit()
    STATES["number-unknown"](seen, site, world)
    assert seen.page.input_value("#number") == "SG000001", "to be mended, not typed again"


def test_what_else_bears_the_number_is_folded_below(site: str, visit: Open, world: World) -> None:
    seen = visit()
    STATES["by-number-several"](seen, site, world)
    assert seen.verdict == "VALID"
    assert "2026/0099" in seen.page.locator("dl.large").first.inner_text()
    earlier = seen.page.locator("details", has_text="đã có bản mới hơn thay thế")
    assert earlier.locator("dl").first.is_hidden()
    earlier.locator("summary").click()
    assert "2026/0001" in earlier.inner_text()


DATES = {
    "07/02/2008": "2008-02-07", "7-2-2008": "2008-02-07", "07022008": "2008-02-07",
    "7 . 2 . 2008": "2008-02-07", "2/2008": "2008-02", "2008": "2008",
    "31/02/2008": None, "29/02/2009": None, "7/13/2008": None, "1/1/1850": None, "abc": None,
    "": None, "7/2/8": None, "1/2/3/2008": None,
}  # fmt: skip


def test_on_paper_stands_the_verdict_and_nothing_to_press(
    site: str, visit: Open, world: World
) -> None:
    """Also from a dark screen: what is printed is dark on white, with its sign and its sentence."""
    seen = visit(color_scheme="dark")
    for state in ("valid", "forged"):
        STATES[state](seen, site, world)
        seen.page.emulate_media(media="print")
        for pressed in ("header nav", ".languages", ".below", "footer"):
            assert not seen.page.locator(pressed).first.is_visible(), pressed
        for kept in ("#headline", ".verdict .sign", ".action", ".checks", "[data-field=serial]"):
            assert seen.page.locator(kept).first.is_visible(), kept
        assert style(seen, "body", "backgroundColor") == "rgb(255, 255, 255)"
        assert style(seen, "dd", "color") == "rgb(0, 0, 0)"
        seen.page.emulate_media(media="screen")


def test_birth_dates_as_people_type_them(site: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(site)
    found = seen.page.evaluate(
        """async typed => {
            const { isoDate } = await import("/static/times.js");
            return typed.map(isoDate);
        }""",
        list(DATES),
    )
    assert dict(zip(DATES, found, strict=True)) == DATES


def test_several_files_give_a_verdict_each_and_a_summary(
    site: str, visit: Open, world: World
) -> None:
    seen = visit(width=360)
    STATES["several"](seen, site, world)
    seen.page.wait_for_selector("#several progress", state="detached")
    summary = seen.page.locator("#several-summary").inner_text()
    assert summary == ("1 hợp lệ · 2 không hợp lệ hoặc không còn giá trị · 1 không đọc được")
    assert "null" not in seen.page.locator("#several").inner_text()
    seen.page.get_by_role("button", name="Hợp lệ: đúng là").click()
    seen.page.wait_for_selector(VERDICT)
    assert seen.verdict == "VALID"
    seen.page.get_by_role("button", name="Về danh sách").click()
    assert seen.page.locator("#several li").count() == 4
    seen.page.get_by_role("button", name="English").click()
    assert "1 valid" in seen.page.locator("#several-summary").inner_text()
    seen.page.get_by_role("button", name="Check another one").click()
    assert seen.page.locator("#start").is_visible()


PASTE = """({ text, file }) => {
    const moved = new DataTransfer();
    if (text) moved.setData("text/plain", text);
    const kind = { type: "image/png" };
    if (file) moved.items.add(new File([new Uint8Array(file)], "image.png", kind));
    const more = { clipboardData: moved, bubbles: true, cancelable: true };
    const event = new ClipboardEvent("paste", more);
    document.body.dispatchEvent(event);
}"""


def test_an_image_or_a_text_is_pasted(site: str, visit: Open, world: World, tmp_path: Any) -> None:
    photo = tmp_path / "photo.png"
    code_image(world.issued[2].link).save(photo)
    seen = visit()
    for pasted in ({"file": list(photo.read_bytes())}, {"text": world.issued[0].link}):
        seen.page.goto(site)
        seen.page.evaluate(PASTE, pasted)
        seen.page.wait_for_selector(VERDICT)
        assert seen.verdict == "VALID"
    seen.page.goto(site)
    seen.page.evaluate(PASTE, {"text": "https://evil.example/"})
    assert "không phải mã văn bằng" in seen.page.locator("#code-trouble").inner_text()
    assert seen.page.url == f"{site}/"


def test_a_typed_code_is_forgiven_and_grouped(site: str, visit: Open, world: World) -> None:
    code = world.issued[0].code
    seen = visit()
    seen.page.goto(site)
    seen.page.type("#code", code.lower().replace("0", "o").replace("1", "l"))
    assert seen.page.input_value("#code").replace(" ", "") == code
    assert seen.page.input_value("#code").count(" ") == 3
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(VERDICT)
    assert seen.verdict == "VALID"
