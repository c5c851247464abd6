"""The import page in a real browser: a messy file is mended, brought again and kept; an order."""

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from api import assembly
from api.desk import samples
from api.desk.policy import Role
from api.settings import Settings
from api.wiring import System
from tests import workbench
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.desk_import.results import issue_transcripts, transcripts
from tests.served import running
from tests.workbench import PASSWORD

pytestmark = pytest.mark.browser

FAULTY, LIST = samples.sample("danh-sach-co-loi"), samples.sample("danh-sach-hoc-sinh")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Served:
    """A running site, and who works at it."""

    address: str
    people: workbench.Desk

    def enter(self, seen: Visit, role: Role = Role.REGISTRAR) -> Any:
        """Sign somebody in, and open the page."""
        person, page = self.people.person(role), seen.page
        page.goto(self.address + "/desk/sign-in?to=import")
        page.fill("#name", person.login)
        page.fill("#password", PASSWORD)
        page.click("#sign-in button")
        page.locator("#code").wait_for()
        page.fill("#code", person.code)
        page.click("#sign-in button")
        page.wait_for_url(f"{self.address}/desk/import")
        page.locator("#purposes input").first.wait_for(state="attached")
        return page


@pytest.fixture
def served(ground: Path, tmp_path: Path) -> Iterator[Served]:
    data = tmp_path / "data"
    shutil.copytree(ground, data)
    systems: list[System] = []

    def made(address: str) -> Any:
        system = System(Settings(data=data, public_url=address))
        systems.append(system)
        return assembly.site(system)

    with running(made) as address, systems[0] as system:
        yield Served(address, workbench.Desk(system, assembly.site(system)))


def bring(page: Any, data: bytes, name: str = "lop12.xlsx") -> None:
    page.set_input_files("#file", {"name": name, "mimeType": XLSX, "buffer": data})
    page.locator("#differences").wait_for()
    page.locator("#busy").wait_for(state="hidden")


def mended(data: bytes) -> bytes:
    """The list that has no mistakes, with one pupil in another class."""
    book = load_workbook(io.BytesIO(data))
    book.active["F4"] = "12.7"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def clean(seen: Visit) -> None:
    """Nothing that axe finds, nothing wider than the screen, in both widths and looks."""
    size = seen.page.viewport_size
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"
    seen.page.emulate_media(color_scheme="light")
    seen.page.set_viewport_size(size)


@no_axe
@pytest.mark.parametrize("width", [1280, 360])
def test_a_messy_list_is_mended_and_kept(
    width: int, served: Served, visit: Callable[..., Visit]
) -> None:
    seen = visit(width=width, height=800)
    page = served.enter(seen)
    clean(seen)
    bring(page, FAULTY)
    faulty = page.locator("#differences tbody tr")
    assert faulty.count() >= 5
    assert "31/02/2008" in page.locator("#differences").inner_text()
    assert page.locator("#keep").count() == 0
    with page.expect_download() as download:
        page.click("#marked")
    assert load_workbook(io.BytesIO(download.value.path().read_bytes())).active["D5"].comment
    page.locator("input[name=shown]").first.focus()
    page.keyboard.press("ArrowDown")  # to the next kind, by keyboard
    assert page.locator("input[name=shown]:checked").get_attribute("value") != "faulty"
    clean(seen)
    bring(page, mended(LIST))
    page.locator("#keep").wait_for()
    assert "12.1 → 12.7" in page.locator("#differences").inner_text().replace("\n", " ")
    clean(seen)
    page.click("#keep")
    page.locator(".card.done").wait_for()
    assert "1" in page.locator(".card.done h2").inner_text()
    bring(page, mended(LIST))
    assert page.locator("#keep").is_disabled()


def test_columns_are_named_by_hand(served: Served, visit: Callable[..., Visit]) -> None:
    book = Workbook()
    book.active.append(["Thứ tự", "Mã SV", "Quý danh", "Sinh", "Phòng"])
    book.active.append([1, "7999999999", "Đỗ Thị Mới", "07/02/2008", "12.9"])
    out = io.BytesIO()
    book.save(out)
    seen = visit()
    page = served.enter(seen)
    bring(page, out.getvalue())
    page.select_option("#layout", "pupils")
    for ours, theirs in (("Mã định danh Bộ GD&ĐT", "Mã SV"), ("Họ tên", "Quý danh"),
                         ("Ngày sinh", "Sinh"), ("Lớp học", "Phòng")):  # fmt: skip
        page.locator(f'select[data-heading="{ours}"]').select_option(theirs)
    page.locator("#found form button[type=submit]").click()
    page.locator("#keep").wait_for()
    assert "Đỗ Thị Mới" in page.locator("#differences").inner_text()


@no_axe
def test_a_list_of_graduates_is_handed_in(served: Served, visit: Callable[..., Visit]) -> None:
    seen = visit(width=360, height=800)
    page = served.enter(seen)
    page.check("input[value=thpt-diploma]")
    page.fill("#year", "2026")
    bring(page, samples.sample("danh-sach-lop-12"))
    page.fill("[name=decision]", "128/QĐ-THPT")
    page.fill("[name=decided_on]", "31/02/2026")
    page.locator("#found form button[type=submit]").click()
    page.locator("[name=decided_on][aria-invalid]").wait_for()
    page.fill("[name=decided_on]", "20062026")
    page.fill("[name=signer]", "Trần Thị Mẫu Đơn")  # whose term is over
    assert page.input_value("[name=decided_on]") == "20/06/2026"
    page.locator("#found form button[type=submit]").click()
    page.locator("[data-found=faults_title]").wait_for()
    assert page.locator("#prepare").count() == 0
    page.fill("[name=signer]", "")
    page.locator("#found form button[type=submit]").click()
    page.locator("#prepare").wait_for()
    assert "B26/1001/00001" in page.locator("#checked").inner_text()
    clean(seen)
    page.click("#prepare")
    link = page.locator("#checked a.button")
    link.wait_for()
    link.click()
    page.wait_for_url("**/desk/order#*")
    page.locator("#rows").wait_for()


@no_axe
def test_transcripts_are_corrected(served: Served, visit: Callable[..., Visit]) -> None:
    issue_transcripts(served.people.system)
    seen = visit(width=360, height=800)
    page = served.enter(seen)
    page.check("input[value=transcript]")
    page.fill("#year", "2026")
    bring(page, transcripts(marks={1: 9.9}))
    page.fill("[name=decision]", "130/QĐ-THPT")
    page.fill("[name=decided_on]", "21/06/2026")
    page.get_by_label("Ngày nhận yêu cầu").fill("18/06/2026")
    page.locator("#found form button[type=submit]").click()
    page.locator("[name=reason][aria-invalid]").wait_for()
    page.fill("[name=reason]", "Nhập sai điểm")
    page.locator("#found form button[type=submit]").click()
    page.locator("[data-found=changes]").wait_for()
    assert "→ 9,9" in page.locator("[data-found=changes]").inner_text()
    clean(seen)
    page.click("#prepare")
    page.locator("#checked a.button").click()
    page.wait_for_url("**/desk/order#*")
    page.get_by_text("→ 9,9").wait_for()  # what the principal sees
    page.locator("[data-field='orders.requested']", has_text="18/06/2026").wait_for()


def test_what_is_no_table_is_refused_with_what_to_do(
    served: Served, visit: Callable[..., Visit]
) -> None:
    seen = visit()
    page = served.enter(seen)
    bring(page, b"\x89PNG\r\n" + bytes(100), "anh.xlsx")
    assert page.locator("#differences tbody tr").count() == 1
    assert page.locator("#keep").count() == 0
    page.set_input_files(
        "#file", {"name": "to.xlsx", "mimeType": XLSX, "buffer": bytes(10_000_001)}
    )
    page.locator("#trouble:not([hidden])").wait_for()
    assert "10 MB" in page.locator("#trouble").inner_text()
