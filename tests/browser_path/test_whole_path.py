"""The registrar's whole path in a real browser over `sogoc serve`, on SQLite and on PostgreSQL.

A messy file is mended and kept, an order made of a list; the principal signs with a token on a
phone; papers are handed out; one is corrected, one revoked; the register is printed.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest

from api.desk.policy import Role
from tests.book.conftest import collated
from tests.browser.test_accessibility import WIDER
from tests.browser_path.walking import (
    CLASS,
    NEW,
    Place,
    as_graduates,
    as_list,
    codes_in,
    downloaded,
    plain,
    words_of,
)
from tests.browsing import Visit
from tests.devices.softhsm import PIN

__all__ = ["collated"]

pytestmark = [pytest.mark.browser, pytest.mark.softhsm]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONG = 240_000  # milliseconds for a job, on a machine that is very busy
FIRST, SECOND = "B26/1001/00001", "B26/1001/00002"
DECISION = {"decision": "77/QĐ-THPT", "decided_on": "03/08/2026"}


def fill(form: Any, **given: str) -> None:
    for name, text in given.items():
        form.locator(f"[name={name}]").fill(text)


def bring(page: Any, data: bytes, name: str) -> None:
    page.set_input_files("#file", {"name": name, "mimeType": XLSX, "buffer": data})
    page.locator("#busy").wait_for(state="hidden")
    page.locator("#differences").wait_for()


def import_and_mend(place: Place, page: Any) -> None:
    """All faults are told and nothing can be kept; the mended file is."""
    page.goto(place.address + "/desk/import")
    page.locator("#purposes input").first.wait_for(state="attached")
    bring(page, as_list("danh-sach-co-loi"), "ban-dau.xlsx")
    said = page.locator("#differences").inner_text()
    assert "31/02/2008" in said
    assert page.locator("#keep").count() == 0
    bring(page, as_list("danh-sach-hoc-sinh"), "da-sua.xlsx")
    page.locator("#keep").wait_for()
    assert NEW.name in page.locator("#differences").inner_text()
    page.click("#keep")
    page.locator(".card.done").wait_for()


def make_order(page: Any) -> None:
    """The graduates' list becomes an order, whose page opens."""
    page.check("input[value=thpt-diploma]")
    page.fill("#year", "2026")
    bring(page, as_graduates(), "lop12.xlsx")
    fill(page, decision="128/QĐ-THPT", decided_on="20/06/2026")
    page.locator("#found form button[type=submit]").click()
    page.click("#prepare")
    page.locator("#checked a.button").click()
    page.wait_for_url("**/desk/order#*")
    page.get_by_text(f"{FIRST} – B26/1001/0000{len(CLASS)}").wait_for()


def approve_with_token(place: Place, seen: Visit, *rests_on: str) -> None:
    """What waits first is opened, shows what it rests on, is signed with the PIN, and followed."""
    page = seen.page
    page.goto(place.address + "/desk")
    page.locator("#mine a[data-row]").first.click()
    page.wait_for_url("**/desk/order#*")
    for said in rests_on:
        page.locator("dd", has_text=said).wait_for()
    page.fill("[name=secret]", PIN)
    page.get_by_role("button", name="Duyệt và ký").click()
    page.locator("[name=secret]").wait_for(state="detached")
    page.reload()
    page.get_by_text("Đã cấp, có hiệu lực.").wait_for(timeout=LONG)
    assert page.locator(".steps li[data-done=yes]").count() == 4, "personally signed and sealed"
    assert page.evaluate(WIDER) == 0


def hand_out(place: Place, page: Any, batch: str) -> dict[str, str]:
    """A batch's papers as a ZIP; their codes by the papers' names."""
    page.goto(place.address + "/desk/papers")
    page.get_by_role("link", name=batch).click()
    page.get_by_role("button", name="Tạo tệp ZIP").click()
    fetch = page.get_by_role("link", name="Tải về")
    fetch.wait_for(timeout=LONG)
    return codes_in(downloaded(page, fetch.click))


def open_credential(place: Place, page: Any, register_no: str) -> None:
    page.goto(place.address + "/desk/credential")
    page.fill("[name=text]", register_no)
    page.get_by_role("button", name="Tìm").click()
    page.locator("#results a[data-row]").click()
    page.locator("#line").wait_for()


def ask_for_correction(place: Place, page: Any) -> None:
    open_credential(place, page, FIRST)
    page.locator("summary", has_text="Chỉnh sửa nội dung").click()
    form = page.locator("details[open] form")
    form.locator("[name=ground]").select_option("civil_status")
    fill(form, birth_place="Cà Mau", evidence="Trích lục số 12", signed_by="Lê Hoàng Ví Dụ",
         **DECISION)  # fmt: skip
    form.locator("[name=dry]").uncheck()
    form.get_by_role("button").click()
    page.get_by_role("link", name="Xem đề nghị").wait_for()


def ask_for_revocation(place: Place, page: Any) -> None:
    open_credential(place, page, SECOND)
    page.locator("summary", has_text=re.compile("^Thu hồi")).click()
    form = page.locator("details[open] form")
    form.locator("[name=ground]").select_option("ineligible")
    fill(form, decision="90/QĐ-THPT", decided_on="02/10/2026")
    form.get_by_role("button").click()
    page.get_by_text(f"Đề nghị thu hồi {SECOND}").wait_for()


def approve_revocation(place: Place, page: Any) -> None:
    page.goto(place.address + "/desk/withdrawn")
    page.get_by_role("button", name="Duyệt thu hồi").click()
    again = page.get_by_role("button", name="Xem đã xong chưa")
    returned = page.locator("#papers a[data-row]", has_text=SECOND)
    again.or_(returned).first.wait_for()
    for _ in range(100):
        if returned.count():
            break
        page.reload()
        page.locator("#papers > *").first.wait_for()
    returned.wait_for()


def find_on_public_list(place: Place, page: Any, decision: str) -> None:
    page.goto(place.address + "/withdrawn")
    page.locator("#found li", has_text=decision).wait_for()


def print_register(place: Place, page: Any) -> str:
    """The book in the order of names; its words."""
    page.goto(place.address + "/desk/register")
    page.locator("#lines [data-row]").first.wait_for()
    page.select_option("[name=order]", "name")
    page.locator("[name=text]").press("Enter")
    page.wait_for_function(
        "name => document.querySelector('#lines [data-row]').textContent.includes(name)",
        arg=NEW.name,
    )
    press = page.get_by_role("button", name="In sổ (PDF)")
    return words_of(downloaded(page, press.click))


def one_of(codes: dict[str, str], name: str) -> str:
    (code,) = (code for paper, code in codes.items() if name in paper)
    return code


def test_from_a_messy_file_to_the_printed_register(
    place: Place,
    visit: Callable[..., Visit],
    collated: Callable[..., list[str]],
) -> None:
    desk, phone = visit(width=1280, height=900), visit(width=360, height=740)
    registrar = place.enter(desk, Role.REGISTRAR)
    import_and_mend(place, registrar)
    make_order(registrar)
    principal = place.enter(phone, Role.PRINCIPAL)
    approve_with_token(place, phone)

    codes = hand_out(place, registrar, "1001-0000")
    assert len(codes) == len(CLASS)
    corrected, revoked = (one_of(codes, pupil.name) for pupil in CLASS[:2])
    assert place.verdict(corrected) == ("VALID", "valid")

    ask_for_correction(place, registrar)
    approve_with_token(place, phone, "77/QĐ-THPT · 03/08/2026", "Trích lục số 12")
    (renewed,) = hand_out(place, registrar, "1001-0001").values()
    assert place.verdict(corrected) == ("INVALID", "superseded")
    assert place.verdict(renewed) == ("VALID", "valid")

    ask_for_revocation(place, registrar)
    approve_revocation(place, principal)
    assert place.verdict(revoked) == ("INVALID", "revoked")
    find_on_public_list(place, visit().page, "90/QĐ-THPT")

    printed = print_register(place, registrar)
    names = collated([pupil.name for pupil in CLASS])
    assert sorted(names, key=printed.index) == names
    for note in (
        "Đã chỉnh sửa theo QĐ 77/QĐ-THPT",
        "Bản 2: chỉnh sửa theo QĐ 77/QĐ-THPT",
        "Thu hồi, hủy bỏ theo QĐ 90/QĐ-THPT",
    ):
        assert plain(note) in printed
    assert [*desk.complaints, *phone.complaints] == []
