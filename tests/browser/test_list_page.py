"""The list page in a real browser: choose, wait, reload, download, delete."""

import csv
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from api.site.app import Parts, create_app
from api.site.pages import Site
from store.schema import STORE
from tests.browser.test_accessibility import TARGETS, WIDER, no_axe, violations
from tests.browsing import Visit, code_image
from tests.databases import migrated
from tests.lists.conftest import Office, opened
from tests.lists.test_lists import LIST
from tests.served import running
from tests.web.conftest import drawn
from tests.web.simulator import World

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
LIMITS = {"rows": 500, "per_day": 5, "hours": 24}


@dataclass
class Served:
    """A running site that takes lists, whose worker works when it is told to."""

    page: str
    office: Office
    heard: list[str]


@contextmanager
def serving_lists(folder: Path) -> Iterator[Served]:
    """A running site over a store in a folder."""
    heard: list[str] = []
    world = World()
    with opened(world, migrated(STORE, folder / "store.sqlite")) as office:
        office.clock.now = int(time.time())
        parts = Parts(
            office.verifier, world, world.readiness, numbers=office.numbers, lists=office.desk,
            limits=office.limits,
        )  # fmt: skip
        with running(
            lambda host: create_app(parts, Site(world.deployment, host, lists=LIMITS)), heard
        ) as host:
            yield Served(f"{host}/list", office, heard)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving_lists(tmp_path) as found:
        yield found


def choose(seen: Visit, name: str, content: bytes, kind: str = "") -> None:
    file = {"name": name, "mimeType": kind or "application/octet-stream", "buffer": content}
    seen.page.locator("#file").set_input_files(file)


def done(seen: Visit) -> str:
    seen.page.locator("#xlsx").wait_for()
    return str(seen.page.locator("#work").inner_text())


def downloaded(seen: Visit, button: str) -> bytes:
    with seen.page.expect_download() as waiting:
        seen.page.locator(button).click()
    return Path(waiting.value.path()).read_bytes()


def test_a_list_is_chosen_waited_for_and_its_result_downloaded(served: Served, visit: Open) -> None:
    seen = visit()
    seen.page.goto(served.page)
    assert seen.page.locator("#title").inner_text() == "Kiểm tra theo danh sách"
    assert "Tối đa 500 dòng" in seen.page.locator("#limits").inner_text()
    choose(seen, "nhân viên.csv", LIST)
    seen.page.locator("#work").wait_for()
    assert seen.page.locator("#state").inner_text() == "Đang kiểm tra: 4 / 9 dòng"
    assert seen.page.evaluate("document.activeElement.id") == "state"
    faults = seen.page.locator("#faults").inner_text()
    for shown in ("Ngày sinh", "31/02/2008", "Trùng với dòng 2"):
        assert shown in faults
    served.office.work()
    said = done(seen)
    for shown in (
        "Đã kiểm tra xong 9 dòng",
        "nhân viên.csv",
        "3 hợp lệ",
        "2 không tìm thấy",
        "4 dòng cần sửa",
    ):
        assert shown in said
    assert "3 hợp lệ, 2 không tìm thấy" in seen.page.locator("#announcement").inner_text()
    book = load_workbook(io.BytesIO(downloaded(seen, "#xlsx")))
    text = downloaded(seen, "#csv").decode("utf-8-sig")
    assert book.active.max_row == len(list(csv.reader(io.StringIO(text)))) == 10
    assert seen.complaints == []
    assert {urlsplit(url).netloc for url in seen.requests if url.startswith("http")} == {
        urlsplit(served.page).netloc
    }


def test_progress_survives_a_reload_and_its_secret_stays_out_of_addresses(
    served: Served, visit: Open
) -> None:
    seen = visit()
    seen.page.goto(served.page)
    choose(seen, "a.csv", LIST)
    seen.page.locator("#work").wait_for()
    secret = seen.page.evaluate("JSON.parse(sessionStorage.getItem('list')).secret")
    seen.page.reload()
    seen.page.locator("#work").wait_for()
    assert "4 / 9" in seen.page.locator("#state").inner_text()
    served.office.work()
    assert "Đã kiểm tra xong 9 dòng" in done(seen)
    assert len(secret) == 43
    assert not any(secret in address for address in (*served.heard, *seen.requests, seen.page.url))


def test_deleting_is_asked_about_and_forgets_everything(served: Served, visit: Open) -> None:
    seen = visit()
    seen.page.goto(served.page)
    choose(seen, "a.csv", LIST)
    seen.page.locator("#work").wait_for()
    served.office.work()
    done(seen)
    seen.page.locator("#delete").click()
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#work").is_visible(), "it is kept unless one says yes"
    seen.page.locator("#delete").click()
    seen.page.get_by_role("button", name="Xóa", exact=True).click()
    seen.page.locator("#start").wait_for()
    assert seen.page.locator("#announcement").inner_text() == "Đã xóa danh sách và kết quả."
    assert seen.page.evaluate("sessionStorage.getItem('list')") is None
    with served.office.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM list_rows").scalar() == 0


def test_several_papers_go_as_one_list(served: Served, visit: Open) -> None:
    issued = served.office.world.issued
    seen = visit()
    seen.page.goto(served.page)
    out = io.BytesIO()
    code_image(issued[1].link).save(out, "PNG")
    seen.page.locator("#file").set_input_files([
        {"name": "Ánh.png", "mimeType": "image/png", "buffer": drawn(issued[0].link)},
        {"name": "b.png", "mimeType": "image/png", "buffer": out.getvalue()},
        {"name": "ghi chú.docx", "mimeType": "", "buffer": b"x"},
    ])  # fmt: skip
    seen.page.locator("#work").wait_for()
    served.office.work()
    assert "2 hợp lệ" in done(seen)
    rows = list(csv.reader(io.StringIO(downloaded(seen, "#csv").decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == ["Ánh.png", "b.png"]


REFUSED = {
    "no columns of ours": ("a.csv", b"x,y\n1,2\n", "Không tìm thấy các cột cần có"),
    "a file of another kind": ("a.docx", b"x", "Hãy chọn bảng .xlsx hoặc .csv"),
    "too many rows": ("a.csv", b"serial,born\n" + b"1,2\n" * 501, "nhiều hơn 500 dòng"),
    "markup in a heading": ("a.csv", b"serial,born\n<img src=x onerror=alert(1)>,\n", None),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_taken_is_said_where_it_was_chosen(
    case: str, served: Served, visit: Open
) -> None:
    name, content, reason = REFUSED[case]
    seen = visit()
    seen.page.goto(served.page)
    choose(seen, name, content)
    if reason is None:
        assert "<img src=x onerror=alert(1)>" in done(seen)
        assert seen.page.locator("#work img").count() == 0
    else:
        seen.page.locator("#start .notice").wait_for()
        assert reason in seen.page.locator("#start").inner_text()
    assert [line for line in seen.complaints if "422" not in line] == []


def test_a_server_that_is_gone_is_waited_for(served: Served, visit: Open) -> None:
    seen = visit()
    seen.page.goto(served.page)
    choose(seen, "a.csv", LIST)
    seen.page.locator("#work").wait_for()
    seen.page.context.set_offline(True)
    seen.page.locator("#silence").wait_for()
    assert "vẫn được giữ" in seen.page.locator("#silence").inner_text()
    seen.page.context.set_offline(False)
    served.office.work()
    assert "Đã kiểm tra xong 9 dòng" in done(seen)


def test_it_is_used_by_keyboard_in_english_on_a_narrow_screen(served: Served, visit: Open) -> None:
    seen = visit(width=360, height=740)
    seen.page.goto(served.page)
    seen.page.locator("[data-lang=en]").focus()
    seen.page.keyboard.press("Enter")
    assert seen.page.locator("#title").inner_text() == "Check a list"
    seen.page.keyboard.press("Tab")
    assert seen.page.evaluate("document.activeElement.id") == "file"
    choose(seen, "a.csv", LIST)
    seen.page.locator("#work").wait_for()
    served.office.work()
    assert "All 9 rows are checked" in done(seen)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not seen.page.evaluate(wide)


def at_start(seen: Visit, served: Served) -> None:
    seen.page.locator("#start").wait_for()


def with_faults(seen: Visit, served: Served) -> None:
    choose(seen, "a.csv", b"x,y\n1,2\n")
    seen.page.locator("#start .notice").wait_for()


def at_work(seen: Visit, served: Served) -> None:
    choose(seen, "a.csv", LIST)
    seen.page.locator("#work").wait_for()


def at_its_end(seen: Visit, served: Served) -> None:
    at_work(seen, served)
    served.office.work()
    done(seen)


def asked(seen: Visit, served: Served) -> None:
    at_its_end(seen, served)
    seen.page.locator("#delete").click()


STATES = {state.__name__: state for state in (at_start, with_faults, at_work, at_its_end, asked)}


@no_axe
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state: str, served: Served, visit: Open) -> None:
    seen = visit(has_touch=True)
    seen.page.goto(served.page)
    STATES[state](seen, served)
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"
            assert seen.page.evaluate(TARGETS) == [], f"too small to touch at {width}"


def test_large_text_loses_nothing(served: Served, visit: Open) -> None:
    seen = visit(width=360, height=800)
    seen.page.goto(served.page)
    for state in (at_start, at_its_end):
        state(seen, served)
        seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert seen.page.evaluate(WIDER) == 0
