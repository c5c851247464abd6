"""The page of calculators in a real browser: fill in, paste, mend, read the steps."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from api.site.app import Parts, create_app
from api.site.pages import Site
from tests.browser.test_accessibility import CUT, TARGETS, WIDER, no_axe, violations
from tests.browsing import Visit
from tests.served import running
from tests.web.simulator import World

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
TABLE = """STT\tMôn\tHKI\tHKII
Môn\tHKI\tHKII
Toán\t8,0\t8,5
Ngữ văn\t7,5\t8
Ngoại ngữ 1\t8,2\t8,1
Lịch sử\t9\t9
Vật Lí\t6,4\t6,3
Hóa học\t8\t8
Sinh học\t8,5\t9
Tin học\t9,5\t9,5
Tiếng Pháp\t7\t8
Giáo dục thể chất\tĐ\tĐạt
"""
PASTE = """([box, text]) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const event = { clipboardData: data, bubbles: true, cancelable: true };
    box.dispatchEvent(new ClipboardEvent("paste", event));
}"""


@pytest.fixture(scope="module")
def heard() -> list[str]:
    return []


@pytest.fixture(scope="module")
def page(heard: list[str]) -> Iterator[str]:
    world = World()
    verifier = world.verifier()
    parts = Parts(verifier, world, world.readiness)
    with running(lambda host: create_app(parts, Site(world.deployment, host)), heard) as host:
        yield f"{host}/calculate"
    verifier.close()


def box(seen: Visit, at: str) -> Any:
    return seen.page.locator(f"[data-at='{at}']")


def fill(seen: Visit, values: dict[str, str]) -> None:
    for at, value in values.items():
        box(seen, at).fill(value)


def paste(seen: Visit, at: str, text: str) -> None:
    seen.page.evaluate(PASTE, [box(seen, at).element_handle(), text])


def run(seen: Visit) -> dict[str, str]:
    """Press the button; the results' values by their headings."""
    seen.page.locator("#form [type=submit]").click()
    seen.page.locator(".result").first.wait_for()
    return {
        one.locator("h3").inner_text(): one.locator(".value").inner_text()
        for one in seen.page.locator(".result").all()
        if one.locator(".value").count()
    }


def test_one_subject_step_by_step(page: str, heard: list[str], visit: Open) -> None:
    seen = visit()
    seen.page.goto(page)
    assert seen.page.locator("h1").inner_text() == "Tính điểm theo quy định"
    paste(seen, "semesters.0.regular.0", "8\t7,5\t9\t\t8\t8.5\n8 \t7\t\t\t9\t9\n")
    assert box(seen, "semesters.1.final").input_value() == "9"
    assert "Đã dán 9 ô" in seen.page.locator("#announcement").inner_text()
    assert run(seen) == {"Học kì I": "8,3", "Học kì II": "8,6", "Cả năm": "8,5"}
    assert seen.page.evaluate("document.activeElement.id") == "answer-title"
    shown = seen.page.locator("#results").inner_text()
    assert "Cả năm: (học kì I 8,3 + 2 × học kì II 8,6) : 3 = 8,5." in shown
    assert "Căn cứ: Thông tư 22/2021/TT-BGDĐT, Điều 9.1." in shown
    box(seen, "semesters.1.final").fill("5")
    assert seen.page.locator("#changed").is_visible()
    box(seen, "semesters.1.final").fill("")
    assert "Học kì II" not in run(seen)
    assert "điểm cuối kì" in seen.page.locator("#results").inner_text()
    assert "Cuối kì từ 7,6 thì trung bình môn từ 8,0." in seen.page.locator("#results").inner_text()
    assert seen.complaints == []
    assert {urlsplit(url).netloc for url in seen.requests if url.startswith("http")} == {
        urlsplit(page).netloc
    }
    assert all(address.endswith("?") for address in heard), "nothing in an address"


def test_marks_pasted_with_spaces_or_of_old_rules(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(page)
    box(seen, "school_year").select_option("2019-2020")
    assert "58/2011" in seen.page.locator("#rules").inner_text()
    paste(seen, "semesters.0.regular.0", "5 6 7 8 9 10 6,5 7 8 8 4,5")
    assert box(seen, "semesters.0.final").input_value() == "4,5"
    assert run(seen)["Học kì I"] == "6,9"


def test_a_whole_year_pasted_from_a_spreadsheet(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(f"{page}#year")
    paste(seen, "courses.0.first", TABLE.split("\n", 1)[1])
    box(seen, "conduct.0").select_option("Tốt")
    box(seen, "conduct.1").select_option("Tốt")
    box(seen, "absences").fill("3")
    found = run(seen)
    assert found["Kết quả học tập cả năm"] == "Khá"
    assert found["Lên lớp"] == "Được lên lớp"
    shown = seen.page.locator("#results").inner_text()
    assert "Môn Vật lí 6,3, cần từ 6,5." in shown
    assert "Môn đang giữ mức lại: vật lí." in shown
    rows = [row.inner_text() for row in seen.page.locator(".courses tbody tr").all()]
    assert any(row.startswith("Tiếng Pháp") and row.endswith("7,7") for row in rows)
    assert any(row.startswith("Giáo dục thể chất") and row.endswith("Đạt") for row in rows)
    box(seen, "grade").select_option("9")
    assert box(seen, "courses.0.second").input_value() == "8", "Ngữ văn keeps its marks"
    assert box(seen, "courses.3.second").input_value() == "", "Giáo dục công dân has none"


def test_what_has_no_place_is_said(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(page)
    paste(seen, "semesters.0.periodic.0", "8\t9\t7")
    assert "1 ô dán vào không có chỗ: 7" in seen.page.locator("#trouble").inner_text()


def test_a_graduation_score_with_a_row_of_averages(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(f"{page}#graduation")
    box(seen, "year").select_option("2025")
    fill(seen, {"exams.0": "7,25", "exams.1": "8", "exams.2": "6,5", "exams.3": "9",
                "grade_10": "8,1 7,9\t8,5", "grade_11": "8,12", "grade_12": "8.5"})  # fmt: skip
    found = run(seen)
    assert found["Điểm xét tốt nghiệp"] == "8,00"
    assert "Trung bình 3 môn lớp 10: 8,17." in seen.page.locator("#results").inner_text()
    box(seen, "year").select_option("2022")
    assert box(seen, "grade_10").count() == 0
    fill(seen, {"grade_12": "7,8"})
    assert run(seen)["Xét tốt nghiệp"] == "Đủ điểm công nhận tốt nghiệp"


def test_faults_stand_beside_their_boxes_in_both_languages(page: str, visit: Open) -> None:
    seen = visit(width=360, height=740)
    seen.page.goto(page)
    fill(seen, {"semesters.0.regular.0": "85", "semesters.1.final": "<img src=x onerror=alert(1)>"})
    seen.page.locator("#form [type=submit]").click()
    seen.page.locator("[aria-invalid=true]").first.wait_for()
    wrong = box(seen, "semesters.0.regular.0")
    assert seen.page.evaluate("document.activeElement.dataset.at") == "semesters.0.regular.0"
    described = seen.page.locator(f"#{wrong.get_attribute('aria-describedby')}")
    assert "“85” không hợp lệ" in described.inner_text()
    assert "Có 2 ô cần sửa" in seen.page.locator("#trouble").inner_text()
    assert "<img src=x" in seen.page.locator("#cells").inner_text()
    assert seen.page.locator("#cells img").count() == 0
    seen.page.locator("[data-lang=en]").click()
    assert "“85” is not valid" in seen.page.locator("#cells").inner_text()
    assert box(seen, "semesters.0.regular.0").input_value() == "85"


def test_a_lost_connection_is_said_and_nothing_is_lost(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(page)
    fill(seen, {"semesters.0.final": "8"})
    seen.page.context.set_offline(True)
    seen.page.locator("#form [type=submit]").click()
    seen.page.locator("#trouble").wait_for()
    assert "Mất kết nối" in seen.page.locator("#trouble").inner_text()
    assert box(seen, "semesters.0.final").input_value() == "8"


def test_it_is_used_by_keyboard_and_boxes_have_names(page: str, visit: Open) -> None:
    seen = visit()
    seen.page.goto(page)
    seen.page.locator("[data-which=year]").focus()
    seen.page.keyboard.press("Enter")
    tree = seen.page.locator("main").aria_snapshot()
    for said in ('group "Bạn muốn tính gì?"', 'textbox "Toán, Học kì I"',
                 'combobox "Giáo dục thể chất, Học kì II"', 'combobox "Năm học"',
                 'button "Cả năm" [pressed]'):  # fmt: skip
        assert said in tree, said
    box(seen, "courses.1.first").focus()
    seen.page.keyboard.type("8")
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.type("8,5")
    seen.page.keyboard.press("Enter")
    seen.page.locator(".courses").wait_for()
    assert "8,3" in seen.page.locator(".courses").inner_text()
    seen.page.locator("#clear").click()
    assert box(seen, "courses.1.first").input_value() == ""
    assert seen.page.locator(".result").count() == 0


def empty(seen: Visit) -> None:
    seen.page.locator("[data-which=subject]").click()


def subject(seen: Visit) -> None:
    empty(seen)
    paste(seen, "semesters.0.regular.0", "8\t7,5\t9\t\t8\t8.5")
    run(seen)


def faulty(seen: Visit) -> None:
    seen.page.locator("[data-which=year]").click()
    fill(seen, {"courses.0.first": "85", "absences": "x"})
    seen.page.locator("#form [type=submit]").click()
    seen.page.locator("[aria-invalid=true]").first.wait_for()


def year(seen: Visit) -> None:
    seen.page.locator("[data-which=year]").click()
    paste(seen, "courses.0.first", TABLE)
    fill(seen, {"absences": "3"})
    run(seen)


def graduation(seen: Visit) -> None:
    seen.page.locator("[data-which=graduation]").click()
    fill(seen, {"exams.0": "7", "grade_10": "8"})
    run(seen)


STATES = (empty, subject, faulty, year, graduation)


@no_axe
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_axe_finds_nothing(state: Callable[[Visit], None], page: str, visit: Open) -> None:
    seen = visit(has_touch=True)
    seen.page.goto(page)
    state(seen)
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"
            assert seen.page.evaluate(TARGETS) == [], f"too small to touch at {width}"


def test_large_text_loses_nothing(page: str, visit: Open) -> None:
    seen = visit(width=360, height=800)
    seen.page.goto(page)
    for state in STATES:
        state(seen)
        seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert seen.page.evaluate(WIDER) == 0, state.__name__
        cut = [one for one in seen.page.evaluate(CUT) if "data-name" not in one]
        assert cut == [], state.__name__  # a name that is typed scrolls in its box
