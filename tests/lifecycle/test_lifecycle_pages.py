"""The pages of one credential, of withdrawals, of schools and the public list in a real browser."""

from collections.abc import Callable, Iterator

import pytest

from api.desk.policy import Role
from tests.browser.test_accessibility import no_axe
from tests.browsing import Visit
from tests.issuer.conftest import Desk
from tests.lifecycle.conftest import CORRECT, FIRST, REISSUE, REVOKE, Diploma
from tests.orders.test_orders_pages import Served, clean, serving_desk

pytestmark = pytest.mark.browser
CREDENTIAL = f"/desk/credential#1001/thpt-diploma/{FIRST.replace('/', '%2F')}"


@pytest.fixture
def served(diploma: Diploma) -> Iterator[Served]:
    with serving_desk(diploma.desk) as found:
        yield found


@no_axe
def test_a_credential_is_found_corrected_suspended_and_its_history_read(
    served: Served, visit: Callable[..., Visit]
) -> None:
    seen = visit(width=1280, height=900)
    page = served.enter(seen, Role.REGISTRAR, "/desk/credential")
    page.fill("[name=text]", FIRST)
    page.get_by_role("button", name="Tìm").click()
    page.locator("#results a[data-row]").click()
    page.locator("#line").wait_for()
    assert FIRST not in page.url.partition("#")[0]
    clean(seen)

    page.locator("summary", has_text="Chỉnh sửa nội dung").click()
    form = page.locator("details[open] form")
    form.locator("[name=birth_place]").fill("Cà Mau")
    form.get_by_role("button").click()
    assert form.locator("[aria-invalid=true]").count() == 5, "ground, evidence, decision"
    clean(seen)
    form.locator("[name=ground]").select_option("civil_status")
    for name, text in (
        ("evidence", "Trích lục số 12"), ("requested_on", "31/07/2026"), ("decision", "77/QĐ"),
        ("decided_on", "03/08/2026"), ("signed_by", "Lê Hoàng Ví Dụ"),
    ):  # fmt: skip
        form.locator(f"[name={name}]").fill(text)
    form.get_by_role("button").click()
    page.locator("ins", has_text="Cà Mau").wait_for()
    page.get_by_text("Sẽ thay đổi như sau").wait_for()
    form.locator("[name=dry]").uncheck()
    form.get_by_role("button").click()
    page.get_by_role("link", name="Xem đề nghị").click()
    page.locator("[data-field='orders.requested']", has_text="31/07/2026").wait_for()
    page.goto(served.address + "/desk")
    page.locator("[data-late=yes]", has_text="Chỉnh sửa: quá hạn").wait_for()
    page.goto(served.address + CREDENTIAL)
    page.locator("#line").wait_for()

    page.locator("summary", has_text="Tạm đình chỉ").click()
    form = page.locator("details[open] form").last
    for name, text in (
        ("decision", "5/QĐ"), ("decided_on", "01/08/2026"), ("until", "01/09/2026"),
        ("reason", "Đối chiếu hồ sơ"),
    ):  # fmt: skip
        form.locator(f"[name={name}]").fill(text)
    form.get_by_role("button").click()
    page.get_by_text("Đề nghị tạm đình chỉ").wait_for()

    other = visit(width=360, height=740)
    phone = served.enter(other, Role.PRINCIPAL, "/desk/withdrawn")
    phone.get_by_role("button", name="Duyệt tạm đình chỉ").wait_for()
    clean(other)
    phone.get_by_role("button", name="Duyệt tạm đình chỉ").click()
    phone.get_by_role("button", name="Xem đã xong chưa").wait_for()
    for _ in range(100):
        page.reload()
        page.locator("#line").wait_for()
        if page.locator("[data-lane=suspended]").count():
            break
    page.get_by_text("xem lại trước 01/09/2026").first.wait_for()
    clean(seen)

    page.goto(served.address + "/desk")
    page.get_by_role("link", name=f"Xem lại việc tạm đình chỉ {FIRST}").wait_for()
    page.locator("#mine [data-late=yes]", has_text="Xem lại: quá hạn").wait_for()
    clean(seen)
    page.get_by_role("link", name=f"Xem lại việc tạm đình chỉ {FIRST}").click()
    page.locator("summary", has_text="Khôi phục").wait_for()


def withdraw(desk: Desk) -> None:
    """One diploma is corrected, one reissued, one revoked."""
    assert Diploma(desk, FIRST).run("correct", CORRECT, "--set", "birth_place=Cà Mau") == 0
    assert Diploma(desk, "B26/1001/00002").run("reissue", REISSUE) == 0
    assert Diploma(desk, "B26/1001/00003").run("revoke", REVOKE) == 0


@pytest.fixture
def withdrawn(diploma: Diploma) -> Diploma:
    withdraw(diploma.desk)
    return diploma


@no_axe
def test_the_public_list_and_the_papers_that_are_to_come_back(
    withdrawn: Diploma,
    served: Served,
    visit: Callable[..., Visit],
) -> None:
    seen = visit(width=360, height=740)
    seen.page.goto(served.address + "/withdrawn")
    seen.page.locator("#found li").nth(1).wait_for()
    clean(seen)
    seen.page.fill("#wanted", "t01000002")
    assert seen.page.locator("#found li").count() == 1
    seen.page.get_by_text("lỗi của cơ quan cấp").wait_for()
    seen.page.fill("#wanted", "không có")
    seen.page.get_by_text("Không có văn bằng nào như vậy").wait_for()

    page = served.enter(seen, Role.REGISTRAR, "/desk/withdrawn")
    page.get_by_role("button", name="Ghi nhận đã nộp lại").first.wait_for()
    clean(seen)
    page.get_by_role("button", name="Ghi nhận đã nộp lại").first.click()
    page.locator("#papers form [name=on]").fill("20/10/2026")
    page.locator("#papers form button").click()
    page.get_by_text("Bản giấy đã nộp lại ngày 20/10/2026").wait_for()

    page.goto(served.address + CREDENTIAL)
    page.get_by_text("Chỉnh sửa theo quyết định 77/QĐ-THPT").wait_for()
    clean(seen)


@no_axe
def test_an_officer_notes_a_mandate_as_void(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit(width=1280, height=900)
    page = served.enter(seen, Role.OFFICER, "/desk/schools")
    page.locator("a[data-row]", has_text="Sông Trăng").click()
    page.locator("#name").wait_for()
    page.locator("summary", has_text="Thay đổi").first.click()
    clean(seen)
    form = page.locator("details[open] form").last
    for name, text in (
        ("since", "01/06/2026"), ("decision", "8/KL"), ("decided_on", "01/09/2026"),
    ):  # fmt: skip
        form.locator(f"[name={name}]").fill(text)
    form.get_by_role("button").click()
    page.get_by_text("Đã ký từ ngày đó: 6").wait_for()
    page.get_by_text("Không có hiệu lực từ 01/06/2026 theo 8/KL").wait_for()
    clean(seen)
