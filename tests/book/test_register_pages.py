"""The pages of the register and of blanks in a real browser."""

from collections.abc import Callable

import pytest

from api.desk.policy import Role
from tests.browser.test_accessibility import no_axe
from tests.browsing import Visit
from tests.lifecycle.conftest import desk, diploma, issued, template  # noqa: F401 — its fixtures
from tests.lifecycle.test_lifecycle_pages import served  # noqa: F401 — its fixture
from tests.orders.test_orders_pages import Served, clean

pytestmark = pytest.mark.browser


@no_axe
def test_the_register_is_searched_printed_and_leads_to_a_credential(
    served: Served,  # noqa: F811
    visit: Callable[..., Visit],
) -> None:
    seen = visit(width=1280, height=900)
    page = served.enter(seen, Role.REGISTRAR, "/desk/register")
    page.locator("#lines [data-row]").nth(5).wait_for()
    clean(seen)
    given = page.locator("#lines [data-row]").nth(2).inner_text().split()[-1]
    page.fill("[name=text]", given)
    page.locator("[name=text]").press("Enter")
    page.get_by_text("Đang hiện", exact=False).wait_for(state="attached")
    page.wait_for_function(
        "name => document.querySelector('#lines [data-row]').textContent.includes(name)", arg=given
    )
    assert given not in page.url
    page.select_option("[name=order]", "name")
    page.fill("[name=text]", "")
    page.locator("[name=text]").press("Enter")
    page.locator("#lines [data-row]").nth(5).wait_for()
    page.locator("#lines [data-row]").first.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('#lines tr:nth-child(2) [data-row]')")
    with page.expect_download() as download:
        page.get_by_role("button", name="In sổ (PDF)").click()
    assert download.value.suggested_filename == "so-goc.pdf"
    page.fill("[name=text]", "không có ai tên như thế")
    page.locator("[name=text]").press("Enter")
    page.get_by_role("heading", name="Không có dòng nào.").wait_for()
    clean(seen)

    small = visit(width=360, height=740)
    phone = served.enter(small, Role.PRINCIPAL, "/desk/register")
    phone.locator("#lines [data-row]").first.wait_for()
    clean(small)
    phone.locator("#lines [data-row]").first.click()
    phone.locator("#line").wait_for()


@no_axe
def test_blanks_are_received_and_spoiled(
    served: Served,  # noqa: F811
    visit: Callable[..., Visit],
) -> None:
    seen = visit(width=1280, height=900)
    page = served.enter(seen, Role.REGISTRAR, "/desk/blanks")
    page.locator("summary", has_text="Nhận phôi").click()
    form = page.locator("details[open] form")
    form.get_by_role("button").click()
    assert form.locator("[aria-invalid=true]").count() == 2
    clean(seen)
    form.locator("[name=first]").fill("T02000001")
    form.locator("[name=last]").fill("T02000500")
    form.locator("[name=document]").fill("15/QĐ-SGDĐT")
    form.get_by_role("button").click()
    page.locator("#stock td", has_text="còn trong kho").wait_for()
    page.locator("summary", has_text="Ghi phôi hỏng").click()
    form = page.locator("details[open] form")
    form.locator("[name=first]").fill("T02000007")
    form.locator("[name=reason]").fill("In lệch")
    form.get_by_role("button").click()
    page.locator("#acts td", has_text="In lệch").wait_for()
    page.locator(".sums dd", has_text="499").wait_for()
    clean(seen)

    small = visit(width=360, height=740)
    phone = served.enter(small, Role.PRINCIPAL, "/desk/blanks")
    phone.locator("#stock [data-label]").first.wait_for()
    assert phone.locator("form").count() == 0, "a principal looks, the registrar keeps them"
    clean(small)
