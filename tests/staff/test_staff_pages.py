"""The entrance, one's own account, people and the log in a real browser, phone and desktop."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from api import assembly
from api.accounts.passwords import Passwords
from api.desk.policy import Role
from store.account_tables import SESSIONS
from store.accounts import Password
from store.staff import Staff
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.served import running
from tests.workbench import PASSWORD, Desk, opened

pytestmark = [pytest.mark.browser, no_axe]

FIRST, OWN = "0a1b-2c3d-4e5f-6071-8293", "bảy con vịt trời bay"
_FIRST = asyncio.run(Passwords().hash(FIRST))


@dataclass
class Served:
    """A running site, and who works there."""

    home: str
    desk: Desk


@pytest.fixture
def served(ground: Path, tmp_path: Path) -> Iterator[Served]:
    shutil.copytree(ground, tmp_path / "data")
    with opened(tmp_path / "data") as system:

        def make(address: str) -> FastAPI:
            object.__setattr__(system.settings, "public_url", address)
            return assembly.site(system)

        with running(make) as home:
            yield Served(home, Desk(system, FastAPI()))


def clean(seen: Visit) -> None:
    """Nothing that axe finds, nothing wider than the screen, in both widths and looks."""
    size = seen.page.viewport_size
    for scheme in ("dark", "light"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"
    seen.page.set_viewport_size(size)


def sign_in(page: Any, login: str, password: str, code: str = "") -> None:
    page.fill("#name", login)
    page.fill("#password", password)
    page.click("#sign-in button.main")
    if code:
        page.wait_for_selector("#code:visible")
        page.fill("#code", code)
        page.keyboard.press("Enter")


def test_a_newcomer_on_a_phone(served: Served, visit: Callable[..., Visit]) -> None:
    people = Staff(served.desk.system.store_database)
    people.add(Password("nguoi.moi", _FIRST), "Vũ Thị Mới", "principal", 1001, "operator")
    seen = visit(width=360, height=740)
    page = seen.page
    page.goto(f"{served.home}/desk/staff")
    assert page.url == f"{served.home}/desk/sign-in?to=staff"
    clean(seen)
    sign_in(page, "nguoi.moi", FIRST)
    page.wait_for_url("**/desk/me")
    page.wait_for_selector("#missing:visible")
    clean(seen)
    page.fill("#current", FIRST)
    page.fill("#password", OWN)
    page.click("#password-form button")
    page.click("#set-up")
    page.wait_for_selector("#secret:not(:empty)")
    clean(seen)
    assert page.get_attribute("#uri", "href").startswith("otpauth://totp/")
    secret = page.inner_text("#secret").replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_selector("#codes li")
    clean(seen)
    recovery = page.locator("#codes li").first.inner_text()
    page.click("#written")
    page.wait_for_url(f"{served.home}/desk")
    page.click("#leave")
    page.wait_for_url("**/desk/sign-in*")
    sign_in(page, "nguoi.moi", OWN, recovery)
    page.wait_for_url(f"{served.home}/desk")
    assert [one for one in seen.complaints if "401" not in one] == []


def test_a_principal_adds_a_registrar_after_showing_again_who_it_is(
    served: Served, visit: Callable[..., Visit]
) -> None:
    principal, seen = served.desk.person(Role.PRINCIPAL), visit(width=1280, height=900)
    page = seen.page
    page.goto(f"{served.home}/desk/staff#people-title")
    sign_in(page, principal.login, PASSWORD, principal.code)
    page.wait_for_url(f"{served.home}/desk/staff#people-title")
    page.wait_for_selector("#people table")
    with served.desk.system.store_database.writing() as connection:
        connection.execute(update(SESSIONS).values(proven=0))
    page.click("#add-details summary")
    page.click("#key-details summary")
    clean(seen)
    page.fill("#person", "Lê Thị Bích")
    page.fill("#login", "le.bich")
    page.select_option("#role", "registrar")
    page.click("#add button")
    page.wait_for_selector("dialog[open]")
    clean(seen)
    page.fill("#proof", principal.code)
    page.keyboard.press("Enter")
    page.wait_for_selector("#told:visible")
    clean(seen)
    assert "le.bich" in page.inner_text("#people")
    page.click("#told-done")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("row", name="le.bich").get_by_role("button", name="Buộc đăng xuất").click()
    page.get_by_text("Lê Thị Bích đã bị đăng xuất khỏi mọi máy.").wait_for()
    page.fill("#key-name", "VnEdu")
    page.check("[name=act][value=read]")
    page.click("#key button.main")
    page.wait_for_selector("#told:visible")
    assert page.inner_text("#told-secret").startswith("sogoc_")
    page.get_by_role("button", name="English").click()
    clean(seen)
    hidden = page.locator("#navigation [data-act=audit]")
    assert not hidden.is_visible()
    assert [one for one in seen.complaints if "401" not in one and "403" not in one] == []


def test_an_auditor_reads_the_log(served: Served, visit: Callable[..., Visit]) -> None:
    auditor, seen = served.desk.person(Role.AUDITOR), visit(width=1280, height=900)
    page = seen.page
    page.goto(f"{served.home}/desk/audit")
    sign_in(page, auditor.login, PASSWORD, auditor.code)
    page.wait_for_selector("#entries table")
    clean(seen)
    page.select_option("#act", "staff.refused")
    page.click("#search button")
    page.get_by_text("Không có dòng nào như vậy.").wait_for()
    page.select_option("#act", "staff")
    page.click("#search button")
    page.locator("#entries td", has_text="Đăng nhập").first.wait_for()
    clean(seen)
    with page.expect_download() as taken:
        page.click("#table")
    assert taken.value.suggested_filename == "nhat-ky.csv"
