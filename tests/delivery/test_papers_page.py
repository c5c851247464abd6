"""The page of papers in a real browser: files made, reloaded, fetched; pupils told."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from api.desk.policy import Role
from tests.browser.test_accessibility import no_axe
from tests.browsing import Visit
from tests.issuer.conftest import PUPILS, Desk
from tests.orders.test_orders_pages import Served, clean, served

__all__ = ["served"]

pytestmark = pytest.mark.browser
BATCH = "/desk/papers#1001-0000"


def issue_with_mail(desk: Desk) -> None:
    """One batch is issued; mail can be sent, to a port where nobody listens."""
    assert desk.issue() == 0
    with (desk.data / "sogoc.toml").open("a") as file:
        file.write('smtp_host = "127.0.0.1"\nsmtp_port = 1\nsmtp_sender = "truong@sogoc.example"\n')


@pytest.fixture
def desk(desk: Desk) -> Desk:
    issue_with_mail(desk)
    return desk


@no_axe
def test_a_batch_is_chosen(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR, "/desk/papers")
    page.get_by_role("link", name="1001-0000").wait_for()
    clean(seen)
    page.get_by_role("link", name="1001-0000").click()
    page.get_by_text("Chưa ai lấy văn bản nào.").wait_for()
    clean(seen)


@no_axe
def test_a_zip_is_made_and_fetched(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR, BATCH)
    page.get_by_label("Kèm phiếu nhận hồ sơ").check()
    page.get_by_role("button", name="Tạo tệp ZIP").click()
    fetch = page.get_by_role("button", name="Tải về")
    fetch.wait_for(timeout=60_000)
    page.get_by_text("KHÔNG có chữ ký số PAdES").wait_for()
    clean(seen)
    page.reload()
    fetch.wait_for()
    with page.expect_download() as given:
        fetch.click()
    assert given.value.suggested_filename == "1001-0000.zip"
    held = zipfile.ZipFile(BytesIO(Path(given.value.path()).read_bytes())).namelist()
    assert len(held) == PUPILS + 1
    page.get_by_role("rowheader").first.wait_for()
    assert page.get_by_text("văn bản in, PDF").count() == 1, "what was handed out is told"


@no_axe
def test_the_template_is_looked_at_and_a_sheet_is_made(
    served: Served, visit: Callable[..., Visit]
) -> None:
    seen = visit(width=360, height=740)
    page = served.enter(seen, Role.PRINCIPAL, BATCH)
    page.get_by_text("Xem mẫu in").click()
    picture = page.locator("img.page")
    picture.wait_for()
    assert picture.evaluate("it => it.decode().then(() => it.naturalWidth)") > 1000
    page.get_by_label("In trên phôi in sẵn").check()
    page.get_by_role("button", name="Tạo bản in").click()
    page.get_by_role("link", name="Tải về").wait_for(timeout=60_000)
    clean(seen)


@no_axe
def test_pupils_are_told_and_how_that_stands_is_shown(
    served: Served, visit: Callable[..., Visit]
) -> None:
    pupil = next(iter(served.bench.system.batches.staged(1))).pupil
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR, BATCH)
    page.get_by_role("button", name="Gửi thông báo").click()
    page.locator("[name=table][aria-invalid=true]").wait_for()
    clean(seen)
    table = f"Mã học sinh,Email\n{pupil},an@example.vn\n999,khac@example.vn\n".encode()
    page.set_input_files("[name=table]", {"name": "a.csv", "mimeType": "text/csv", "buffer": table})
    page.get_by_role("button", name="Gửi thông báo").click()
    page.get_by_role("rowheader", name=pupil).wait_for()
    clean(seen)
    assert "an@example.vn" not in page.content()
    bad = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x,y\n1,2\n"}
    page.set_input_files("[name=table]", bad)
    page.get_by_role("button", name="Gửi thông báo").click()
    page.locator("form [role=alert]:visible").first.wait_for()
    bad["buffer"] = "Mã học sinh,Email\n1,a\n2,b\n".encode()
    page.set_input_files("[name=table]", bad)
    page.get_by_role("button", name="Gửi thông báo").click()
    page.get_by_text("Dòng 3, Email: ").wait_for()
    assert page.get_by_text("Dòng 2, Email: ").is_visible()


@no_axe
def test_an_auditor_sees_and_makes_nothing(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = served.enter(seen, Role.AUDITOR, BATCH)
    page.get_by_text("Chưa ai lấy văn bản nào.").wait_for()
    assert page.locator("#papers form").count() == 0
    clean(seen)
