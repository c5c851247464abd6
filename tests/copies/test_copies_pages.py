"""Pages for copies and old books in a real browser, from the counter to a paper that verifies."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.desk.policy import Role
from store.order_records import OrderState
from store.orders import Orders
from tests import old_book
from tests.browser.test_accessibility import no_axe
from tests.browsing import Visit
from tests.orders.test_orders_pages import Served, clean, served

pytestmark = pytest.mark.browser
__all__ = ["served"]
CLERK, CHECKER = "Lê Thị Nhập", "Phạm Văn Soát"


def approved(served: Served, seen: Visit) -> None:
    """The principal approves what waits, and it is issued."""
    orders = Orders(served.bench.system.store_database)
    [waiting] = orders.listed([1001], [OrderState.PREPARED])
    page = served.enter(seen, Role.PRINCIPAL, f"/desk/order#{waiting.id}")
    page.get_by_role("button", name="Duyệt").click()
    page.get_by_text("Đã cấp, có hiệu lực.").wait_for()


@no_axe
def test_from_the_counter_to_a_copy_that_verifies(
    served: Served, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    desk = served.bench.desk
    assert desk.issue() == 0
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR, "/desk/copies")
    page.get_by_text("Chưa có bản sao nào").wait_for()
    clean(seen)
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.locator("[name=number][aria-invalid=true]").wait_for()
    page.fill("[name=number]", "B26/1001/00001")
    page.keyboard.press("Enter")
    page.locator("[name=applicant]").wait_for()
    page.select_option("[name=capacity]", "parent")
    page.get_by_text("cha, mẹ").first.wait_for()
    page.fill("[name=fee]", "3000")
    page.fill("[name=dossier]", "H29-0001")
    clean(seen)
    page.get_by_role("button", name="Trình hiệu trưởng").click()
    page.get_by_text("chờ hiệu trưởng duyệt").first.wait_for()
    approved(served, visit(width=360, height=740))
    page.reload()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Tải PDF").click()
    taken.value.save_as(tmp_path / "copy.pdf")
    clean(seen)
    assert desk.sogoc("verify", str(tmp_path / "copy.pdf")) == 0
    assert seen.complaints == []


@no_axe
def test_an_old_book_is_entered_checked_by_keyboard_and_issued(
    served: Served, visit: Callable[..., Visit], tmp_path: Path
) -> None:
    sheet = old_book.write(tmp_path / "so.xlsx")
    scans = [str(path) for path in sorted(old_book.scan(tmp_path / "quet").iterdir())]
    clerk = visit()
    page = served.enter(clerk, Role.REGISTRAR, "/desk/digitise", CLERK)
    page.get_by_text("Chưa có sổ nào").wait_for()
    page.get_by_text("Khai báo một quyển sổ").click()
    for name, value in zip(
        ("code", "title", "document", "issuer", "signer_title"),
        ("Q3-85", *old_book.BOOK[1::2]), strict=True,
    ):  # fmt: skip
        page.fill(f"[name={name}]", value)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Nhập từ Excel").click()
    page.set_input_files("#sheet", str(sheet))
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Không thấy ảnh quét").first.wait_for()
    page.set_input_files("#scans", scans)
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Nhập 3 dòng").click()
    page.get_by_text("Đã ghi 3 dòng").wait_for()
    clean(clerk)

    checker = visit()
    page = served.enter(checker, Role.REGISTRAR, "/desk/digitise", CHECKER)
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Đối chiếu (3)").click()
    page.locator(".checking img").wait_for()
    page.get_by_text("Dòng 1 trong 3").wait_for()
    clean(checker)
    page.set_viewport_size({"width": 1280, "height": 900})
    books = served.bench.system.old_books
    [first, *_] = books.lines(1001, "Q3-85")
    books.enter(books.book(1001, "Q3-85"), [replace(first.line, classification="Giỏi")], CLERK)
    page.keyboard.press("Enter")
    page.get_by_text("Dòng số 0041 đã được nhập lại").wait_for()
    assert [text for text in checker.complaints if "409" not in text] == []
    checker.complaints.clear()
    page.get_by_text("Giỏi", exact=True).wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Dòng 1 trong 2").wait_for()
    page.keyboard.press("k")
    page.fill("#remark", "Tên trên trang là Bé Tám")
    page.keyboard.press("Enter")
    page.get_by_text("Dòng 1 trong 1").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Không còn dòng nào").wait_for()
    page.reload()
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Dòng đã đối chiếu (2)").click()
    page.get_by_role("button", name="0043").click()
    page.get_by_role("link", name="Mở dòng này").click()
    page.locator("summary", has_text="Thu hồi").wait_for()
    page.get_by_text("K’Brêm").wait_for()
    clean(checker)
    page.go_back()
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Dòng đã đối chiếu (2)").click()
    page.get_by_role("button", name="0043").click()
    page.fill("[name=reason]", "Ngày sinh đọc sai")
    clean(checker)
    page.get_by_role("button", name="Rút khỏi sổ gốc").click()
    page.get_by_role("button", name="Trình cấp bản số hóa (1)").wait_for()
    [first] = [one for one in books.lines(1001, "Q3-85") if one.line.number == "0043"]
    assert (first.state.value, first.remark) == ("differs", "Ngày sinh đọc sai")
    page.get_by_role("button", name="Trình cấp bản số hóa (1)").click()
    assert "Hiệu trưởng" in page.locator("[name=signer] option:checked").text_content()
    clean(checker)
    page.get_by_role("button", name="Trình hiệu trưởng").click()
    page.wait_for_url("**/desk/order#*")
    approved(served, visit(width=360, height=740))
    codes = served.bench.desk.codes()
    assert len(codes) == 1
    assert {served.bench.desk.sogoc("verify", code) for code in codes} == {0}
    assert (clerk.complaints, checker.complaints) == ([], [])
