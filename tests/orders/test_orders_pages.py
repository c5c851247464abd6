"""The queue and an order in a real browser: approved on a phone, returned, issued meanwhile."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api import assembly, serving, settings
from api.desk import preparing
from api.desk.policy import Role
from api.wiring import System
from store.order_records import Person
from tests import workbench
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.issuer.conftest import Desk
from tests.orders.conftest import BINH, Bench, order_of
from tests.served import running
from tests.workbench import NAMES, PASSWORD

pytestmark = pytest.mark.browser

PRINCIPAL = NAMES[Role.PRINCIPAL]
PASSPHRASE = "hai cái cánh"


FIVE_HUNDRED = """async () => {
    const { table } = await import("/static/desk/table.js");
    const made = table({ caption: "orders.rows", open: () => "#",
                         columns: [{ code: "orders.row", value: (row) => String(row) }] });
    made.draw(Array.from({ length: 500 }, (_, at) => at + 1));
    made.element.id = "many";
    document.getElementById("main").append(made.element);
}"""
"""A table of 500 rows on whatever page is open."""


class Served:
    """A running site, and who works at it."""

    def __init__(self, address: str, bench: Bench, people: workbench.Desk) -> None:
        self.address, self.bench, self.people = address, bench, people

    def enter(self, seen: Visit, role: Role, path: str = "/desk", name: str = "") -> Any:
        """Sign somebody in, and open a page."""
        person = self.people.person(role, name=name)
        page = seen.page
        page.goto(self.address + "/desk/sign-in")
        page.fill("#name", person.login)
        page.fill("#password", PASSWORD)
        page.click("#sign-in button")
        page.fill("#code", person.code)
        page.click("#sign-in button")
        page.wait_for_url(f"{self.address}/desk")
        seen.complaints.clear()  # of the answer that a code is needed
        if path != "/desk":
            page.goto(self.address + path)
        return page


@contextmanager
def serving_desk(desk: Desk) -> Iterator[Served]:
    """The site of a deployment, which does its jobs meanwhile."""
    found = settings.load(desk.data)
    systems: list[System] = []

    def made(address: str) -> Any:
        system = System(found.model_copy(update={"public_url": address}))
        systems.append(system)
        return assembly.site(system)

    with running(made) as address:
        system = systems[0]
        with system, serving.working(system, assembly.limits(found)):
            app = assembly.site(system)
            yield Served(address, Bench(system, desk), workbench.Desk(system, app))


@pytest.fixture
def served(desk: Desk) -> Iterator[Served]:
    with serving_desk(desk) as found:
        yield found


def own_key(bench: Bench) -> None:
    made = bench.system.persons.make(1001, PRINCIPAL, PASSPHRASE).public
    bench.system.persons.listed.list(made, 1001, PRINCIPAL, "operator")


def clean(seen: Visit) -> None:
    """Nothing that axe finds, nothing wider than the screen, in both widths and looks."""
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"


@no_axe
def test_a_principal_approves_on_a_phone(served: Served, visit: Callable[..., Visit]) -> None:
    own_key(served.bench)
    number = served.bench.prepare()
    seen = visit(width=360, height=740)
    page = served.enter(seen, Role.PRINCIPAL)
    page.locator("#mine a[data-row]").first.wait_for()
    clean(seen)
    page.set_viewport_size({"width": 360, "height": 740})
    page.locator("#mine a[data-row]").first.click()
    page.wait_for_url(f"**/desk/order#{number}")
    page.get_by_text("B26/1001/00001 – B26/1001/00006").wait_for()
    page.locator("#rows tbody tr").first.wait_for()
    clean(seen)
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Xem cả 6 học sinh").click()
    page.locator("#rows tbody tr").nth(5).wait_for()
    page.locator("#rows [data-row]").first.press("Enter")
    assert {"Nơi sinh", "Giới tính", "Dân tộc", "Năm tốt nghiệp"} <= {
        *page.locator("#rows .signed dt").all_inner_texts()
    }
    clean(seen)
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name="Duyệt và ký").click()
    page.locator("[name=secret][aria-invalid=true]").wait_for()
    page.fill("[name=secret]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.get_by_text("Đã cấp, có hiệu lực.").wait_for()
    assert page.locator(".steps li[data-done=yes]").count() == 4
    clean(seen)
    assert [one for one in seen.complaints if "409" not in one] == []


@no_axe
def test_what_is_returned_is_told_to_who_prepared_it(
    served: Served, visit: Callable[..., Visit]
) -> None:
    number = served.bench.prepare()
    seen = visit()
    page = served.enter(seen, Role.PRINCIPAL, f"/desk/order#{number}")
    page.get_by_text("Trả lại để sửa").click()
    page.get_by_role("button", name="Trả lại", exact=True).click()
    page.locator("[name=reason][aria-invalid=true]").wait_for()
    clean(seen)
    page.fill("[name=reason]", "Em Hòa học lớp 12A2")
    page.get_by_role("button", name="Trả lại", exact=True).click()
    page.get_by_text("“Em Hòa học lớp 12A2”").wait_for()
    registrar = visit()
    page = served.enter(registrar, Role.REGISTRAR)
    page.locator("#mine a[data-row]").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Em Hòa học lớp 12A2”").wait_for()
    clean(registrar)
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hủy đợt cấp này").click()
    page.get_by_text("Danh sách không được giữ lại").wait_for()


@no_axe
def test_who_prepared_it_sees_no_button_to_approve(
    served: Served, visit: Callable[..., Visit]
) -> None:
    number = served.bench.prepare(by=Person(None, PRINCIPAL))
    seen = visit()
    page = served.enter(seen, Role.PRINCIPAL, f"/desk/order#{number}")
    page.get_by_text("người khác phải duyệt").wait_for()
    assert page.get_by_role("button", name="Duyệt và ký").count() == 0


@no_axe
def test_a_table_of_many_is_sorted_and_walked_by_keyboard(
    served: Served, visit: Callable[..., Visit]
) -> None:
    for start in range(3):
        preparing.prepare(
            served.bench.system, BINH, order_of(served.bench.desk, count=start + 1, start=start)
        )
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR)
    rows = page.locator("#waiting tbody tr")
    rows.nth(2).wait_for()
    page.get_by_role("button", name="Số lượng").first.click()
    sizes = page.locator("#waiting tbody td:nth-child(2)")
    assert sizes.all_inner_texts() == ["1", "2", "3"]
    page.get_by_role("button", name="Số lượng").first.click()
    assert sizes.all_inner_texts() == ["3", "2", "1"]
    page.locator("#waiting [data-row][tabindex='0']").focus()
    for key in ("ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.wait_for_url("**/desk/order#*")
    page.get_by_role("heading", name="2 học sinh").wait_for()


@no_axe
def test_an_empty_queue_says_what_to_do(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit()
    page = served.enter(seen, Role.REGISTRAR)
    page.get_by_text("Không có việc nào chờ bạn").wait_for()
    clean(seen)
    page.get_by_role("button", name="English").click()
    page.get_by_text("Nothing waits for you").wait_for()
    page.evaluate(FIVE_HUNDRED)
    page.locator("#many [data-row][tabindex='0']").focus()
    page.keyboard.press("End")
    for _ in range(2):  # past the two hundred rows that are drawn at first
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "202"
    assert seen.complaints == []
