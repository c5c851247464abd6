"""The report page in a real browser: from a verdict to a ticket, and the state of a report."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from api.reporting import Intake
from api.site.app import Parts, create_app
from api.site.pages import Site
from credential import lookup
from credential.facts import Withdrawal
from store.reports import Reports, ReportState
from store.schema import STORE
from tests.browser.test_accessibility import WIDER, no_axe, violations
from tests.browsing import Visit
from tests.databases import migrated
from tests.served import running
from tests.web.simulator import World
from tests.web.test_reports import NOW, Tokens

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]


@dataclass
class Served:
    """A running site that takes reports: its address, its page, its queue, its world."""

    home: str
    page: str
    queue: Reports
    world: World


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    world = World()
    address = migrated(STORE, tmp_path / "store.sqlite")
    database = STORE.connect(address)
    queue = Reports(database, clock=lambda: NOW)
    verifier = world.verifier()
    intake = Intake(verifier, Tokens(world), queue, 5, clock=lambda: NOW)
    parts = Parts(verifier, world, world.readiness, reports=intake)
    with running(
        lambda host: create_app(parts, Site(world.deployment, host, reports=True))
    ) as host:
        yield Served(host, f"{host}/report", queue, world)
    verifier.close()
    database.close()


def opened(served: Served, visit: Open, subject: object = None, **more: object) -> Visit:
    """The page, as reached from a verdict that left a subject."""
    seen = visit(**more)
    if subject is not None:
        left = json.dumps(json.dumps(subject))
        seen.page.add_init_script(
            f'if (!sessionStorage.getItem("left")) {{ sessionStorage.setItem("left", "1");'
            f' sessionStorage.setItem("report", {left}); }}'
        )
    seen.page.goto(served.page)
    seen.page.wait_for_selector("#form")
    return seen


SUBJECT = {
    "verdict": "INVALID", "reason": "forged", "digests": ["ab" * 32], "serial": "SG000001",
    "register_no": "2026/0001", "school_name": "Trường THPT Bình Minh",
}  # fmt: skip


def test_from_a_verdict_to_a_ticket(served: Served, visit: Open) -> None:
    seen = opened(served, visit, SUBJECT)
    about = seen.page.locator("#about").inner_text()
    assert "Không hợp lệ: nội dung không đúng" in about
    assert "SG000001" in about
    assert not seen.page.locator("#number").is_visible()
    seen.page.fill("#message", "Con dấu khác.\nTên sai.")
    seen.page.fill("#contact", "0900 000 000")
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    (held,) = served.queue.listed()
    assert seen.page.inner_text("#code") == lookup.grouped(held.draft.ticket)
    assert "05/06/2026" in seen.page.inner_text("#due")
    assert seen.page.evaluate("document.activeElement.id") == "ticket-title"
    assert seen.page.evaluate('sessionStorage.getItem("report")') is None
    draft = held.draft
    assert (draft.kind, draft.shown, draft.said_number) == ("forged", "forged", "SG000001")
    assert (draft.message, draft.contact) == ("Con dấu khác.\nTên sai.", "0900 000 000")
    assert seen.complaints == []


def test_the_check_page_leads_here_and_what_it_verified_is_verified_anew(
    served: Served, visit: Open
) -> None:
    issued = served.world.issued[0]
    served.world.withdrawn["2026/0001"] = Withdrawal("fraud", "55/QĐ", date(2026, 9, 1))
    seen = visit()
    seen.page.goto(f"{served.home}/V#{issued.digits}")
    seen.page.wait_for_selector(".verdict")
    seen.page.click("a[href='/report'].button")
    seen.page.wait_for_selector("#about:visible")
    assert "Không còn giá trị" in seen.page.inner_text("#about")
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    (held,) = served.queue.listed()
    found = held.draft.finding
    assert (found.verdict, found.reason, found.serial) == ("INVALID", "revoked", "SG000001")
    assert held.draft.shown == "revoked"
    assert not any(issued.digits in url for url in seen.requests)


def test_what_was_just_found_valid_is_reported_for_a_mistake(served: Served, visit: Open) -> None:
    seen = opened(served, visit, {**SUBJECT, "verdict": "VALID", "reason": "valid"})
    assert seen.page.is_checked("input[value=mistake]")


def test_without_a_verdict_the_paper_is_described(served: Served, visit: Open) -> None:
    seen = opened(served, visit)
    assert not seen.page.locator("#about").is_visible()
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#form-trouble:visible")
    assert "số hiệu" in seen.page.inner_text("#form-trouble")
    assert seen.page.evaluate("document.activeElement.id") == "message"
    seen.page.check("input[value=mistake]")
    seen.page.fill("#number", "SG 1")
    seen.page.fill("#school", "Trường X")
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    (held,) = served.queue.listed()
    assert (held.draft.kind, held.draft.said_number, held.draft.said_school) == (
        "mistake", "SG 1", "Trường X",
    )  # fmt: skip


def test_when_the_connection_is_lost_sending_again_gives_one_ticket(
    served: Served, visit: Open
) -> None:
    seen = opened(served, visit, SUBJECT)
    lost = []

    def lose(route: object) -> None:
        """The first report arrives, its answer does not."""
        if lost:
            route.continue_()  # type: ignore[attr-defined]
            return
        lost.append(route.fetch())  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    seen.page.route("**/api/reports", lose)
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#form-trouble:visible")
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    assert len(served.queue.listed()) == 1


def test_the_state_is_asked_by_code_in_the_body_and_shown_in_both_languages(
    served: Served, visit: Open
) -> None:
    seen = opened(served, visit, SUBJECT)
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    (held,) = served.queue.listed()
    code = held.draft.ticket
    served.queue.answer(code, "<b>Là giả</b>\nĐã báo công an.", "An")
    served.queue.move(code, ReportState.ASKED, "An")
    seen.page.fill("#status-code", f" {code.lower()} ")
    seen.page.press("#status-code", "Enter")
    seen.page.wait_for_selector("#state .state")
    shown = seen.page.inner_text("#state")
    assert "đã hỏi nhà trường" in shown.lower()
    assert "<b>Là giả</b>" in shown
    assert "29/05/2026" in shown
    seen.page.click("[data-lang=en]")
    assert "the school was asked" in seen.page.inner_text("#state").lower()
    assert not any(code in url for url in seen.requests)
    assert seen.complaints == []


@pytest.mark.parametrize(
    ("typed", "said"), [("0000 0000 0000 0000", "Không có phiếu"), ("abc", "Mã phiếu gồm 16")]
)
def test_a_code_that_leads_nowhere_says_why(
    typed: str, said: str, served: Served, visit: Open
) -> None:
    seen = opened(served, visit)
    seen.page.fill("#status-code", typed)
    seen.page.press("#status-code", "Enter")
    seen.page.wait_for_selector("#status-trouble:visible")
    assert said in seen.page.inner_text("#status-trouble")
    assert seen.page.evaluate("document.activeElement.id") == "status-code"


HOSTILE = {
    "markup": {"reason": "<img src=x>", "serial": "<img src=x onerror=alert(1)>",
               "school_name": "<script>alert(1)</script>", "digests": ["<b>"]},
    "no object": 7,
    "members of other kinds": {"digests": 5, "serial": {"a": 1}, "reason": ["forged"], "send": 1},
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_was_left_in_storage_is_only_text(case: str, served: Served, visit: Open) -> None:
    seen = opened(served, visit, HOSTILE[case])
    assert seen.page.locator("main img, main script").count() == 0
    seen.page.fill("#message", "x")
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")
    assert seen.complaints == []


def test_it_fits_a_small_phone_and_works_by_keyboard(served: Served, visit: Open) -> None:
    seen = opened(served, visit, width=360, height=740)
    page = seen.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.focus("input[value=forged]")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("input[value=mistake]")
    for typed in ("SG 1", "Trường X", "Tên sai", "a@b.vn"):
        page.keyboard.press("Tab")
        page.keyboard.type(typed)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#code:visible")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    (held,) = served.queue.listed()
    assert (held.draft.message, held.draft.contact) == ("Tên sai", "a@b.vn")


def test_every_field_has_a_name_that_a_screen_reader_says(served: Served, visit: Open) -> None:
    seen = opened(served, visit, SUBJECT)
    unnamed = seen.page.evaluate(
        "[...document.querySelectorAll('input, textarea, button')]"
        ".filter((one) => !one.labels?.length && !one.textContent.trim()).map((one) => one.id)"
    )
    assert unnamed == []


def described(seen: Visit, _: Served) -> None:
    """Nothing was verified before."""
    assert seen.page.locator("#number").is_visible()


def with_faults(seen: Visit, _: Served) -> None:
    seen.page.fill("#contact", "x" * 255)
    seen.page.fill("#status-code", "abc")
    seen.page.press("#status-code", "Enter")
    seen.page.wait_for_selector("#status-trouble:visible")
    seen.page.route("**/api/reports", lambda route: route.abort())
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#form-trouble:visible")


def ticket(seen: Visit, _: Served) -> None:
    seen.page.click("#form [type=submit]")
    seen.page.wait_for_selector("#code:visible")


def answered(seen: Visit, served: Served) -> None:
    ticket(seen, served)
    (held,) = served.queue.listed()
    served.queue.answer(held.draft.ticket, "Là giả.", "An")
    seen.page.fill("#status-code", held.draft.ticket)
    seen.page.press("#status-code", "Enter")
    seen.page.wait_for_selector("#state .state")


STATES = {state.__name__: state for state in (described, with_faults, ticket, answered)}


@no_axe
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(state: str, served: Served, visit: Open) -> None:
    seen = opened(served, visit, None if state == "described" else SUBJECT)
    STATES[state](seen, served)
    for scheme in ("light", "dark"):
        seen.page.emulate_media(color_scheme=scheme)
        for width in (360, 1280):
            seen.page.set_viewport_size({"width": width, "height": 800})
            assert violations(seen.page) == [], f"{scheme} at {width}"
            assert seen.page.evaluate(WIDER) == 0, f"wider than the screen at {width}"


def test_large_text_loses_nothing(served: Served, visit: Open) -> None:
    seen = opened(served, visit, SUBJECT, width=360, height=800)
    seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert seen.page.evaluate(WIDER) == 0
    answered(seen, served)
    assert seen.page.evaluate(WIDER) == 0
