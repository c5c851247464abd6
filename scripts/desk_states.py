"""The states of the workbench's pages of which there are pictures, and how one comes to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api import sample
from api.desk import samples
from api.desk.policy import Role
from credential.model import Decision
from scripts import desk_deployments as deployed
from scripts.desk_deployments import LATELY, SOON, dated
from store.order_records import Person
from tests import old_book
from tests.browser_path.test_whole_path import ask_for_revocation, fill, open_credential
from tests.browsing import Visit
from tests.copies.test_copies_pages import CHECKER, CLERK, approved
from tests.delivery.test_papers_page import BATCH, issue_with_mail
from tests.desk_import.results import transcripts
from tests.desk_import.test_desk_import_pages import FAULTY, LIST, bring, mended
from tests.issuer.conftest import PUPILS, Desk
from tests.lifecycle.conftest import FIRST
from tests.lifecycle.test_lifecycle_pages import CREDENTIAL
from tests.orders.test_orders_pages import Served
from tests.staff.test_staff_pages import sign_in as give
from tests.workbench import NAMES, PASSWORD

DECIDED = {"decision": "131/QĐ-THPT", "decided_on": dated(LATELY)}


def enter(served: Served, seen: Visit, role: Role, path: str = "/desk", name: str = "") -> Any:
    """Sign in, after whoever was before."""
    seen.page.context.clear_cookies()
    return served.enter(seen, role, path, name)


def sign_in(served: Served, seen: Visit) -> None:
    """The entrance."""
    seen.page.goto(served.address + "/desk/sign-in")


def factor(served: Served, seen: Visit) -> None:
    """A newcomer sets up a second factor."""
    newcomer = served.people.person(Role.PRINCIPAL, enrolled=False)
    sign_in(served, seen)
    give(seen.page, newcomer.login, PASSWORD)
    seen.page.click("#set-up")
    seen.page.wait_for_selector("#secret:not(:empty)")


def me(served: Served, seen: Visit) -> None:
    """One's own account."""
    enter(served, seen, Role.PRINCIPAL, "/desk/me")


def staff(served: Served, seen: Visit) -> None:
    """A principal has just added a registrar."""
    served.people.person(Role.AUDITOR, 1001)
    page = enter(served, seen, Role.PRINCIPAL, "/desk/staff")
    page.click("#add-details summary")
    page.fill("#person", "Lê Thị Bích")
    page.fill("#login", "le.bich")
    page.select_option("#role", "registrar")
    page.click("#add button")
    page.wait_for_selector("#told:visible")


def audit(served: Served, seen: Visit) -> None:
    """The log, once a revocation was asked for."""
    ask_for_revocation(served, enter(served, seen, Role.REGISTRAR))
    page = enter(served, seen, Role.AUDITOR, "/desk/audit")
    page.wait_for_selector("#entries table")


def queue(served: Served, seen: Visit) -> None:
    """An order and a revocation wait for the principal."""
    more = [pupil for pupil in sample.pupils() if pupil.school == 1001][PUPILS : PUPILS + 4]
    sample.write_class_list(served.bench.desk.classes, more)
    served.bench.prepare(
        Person(901, NAMES[Role.REGISTRAR]), first_serial="T01000007", issued=LATELY,
        decision=Decision(DECIDED["decision"], LATELY),
    )  # fmt: skip
    ask_for_revocation(served, enter(served, seen, Role.REGISTRAR))
    page = enter(served, seen, Role.PRINCIPAL)
    page.locator("#mine a[data-row]").nth(1).wait_for()


def import_start(served: Served, seen: Visit) -> None:
    """No file yet."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/import")
    page.locator("#purposes input").first.wait_for(state="attached")


def import_faulty(served: Served, seen: Visit) -> None:
    """A list with mistakes."""
    import_start(served, seen)
    bring(seen.page, FAULTY)


def import_keep(served: Served, seen: Visit) -> None:
    """A list without mistakes, one pupil of which is in another class now."""
    import_start(served, seen)
    bring(seen.page, mended(LIST))
    seen.page.locator("#keep").wait_for()


def import_order(served: Served, seen: Visit) -> None:
    """A list of graduates, checked before it is handed in."""
    import_start(served, seen)
    seen.page.check("input[value=thpt-diploma]")
    seen.page.fill("#year", "2026")
    bring(seen.page, samples.sample("danh-sach-lop-12"))
    checked(seen, **DECIDED)


def import_correct(served: Served, seen: Visit) -> None:
    """Transcripts, one mark of which is another one now."""
    import_start(served, seen)
    seen.page.check("input[value=transcript]")
    seen.page.fill("#year", "2026")
    bring(seen.page, transcripts(marks={1: 9.9}))
    checked(seen, **DECIDED, reason="Nhập sai điểm")
    seen.page.locator("[data-found=changes]").wait_for()


def checked(seen: Visit, **given: str) -> None:
    """What a list is to become, checked."""
    fill(seen.page, **given)
    seen.page.locator("#found form button[type=submit]").click()
    seen.page.locator("#prepare").wait_for()


def order(served: Served, seen: Visit) -> None:
    """What a registrar handed in, before its principal, with the first row open."""
    import_order(served, seen)
    seen.page.click("#prepare")
    path = seen.page.locator("#checked a.button").get_attribute("href")
    page = enter(served, seen, Role.PRINCIPAL, path)
    page.locator("#rows [data-row]").first.click()
    page.locator("#rows .signed").wait_for()


def issued_order(served: Served, seen: Visit) -> None:
    """The same, approved and issued."""
    order(served, seen)
    seen.page.get_by_role("button", name="Duyệt").click()
    seen.page.get_by_text("Đã cấp, có hiệu lực.").wait_for()


def papers(served: Served, seen: Visit) -> None:
    """A batch whose papers were packed and fetched."""
    page = enter(served, seen, Role.REGISTRAR, BATCH)
    page.get_by_role("button", name="Tạo tệp ZIP").click()
    with page.expect_download():
        page.get_by_role("link", name="Tải về").click()
    page.reload()
    page.get_by_role("rowheader").first.wait_for()


def public_list(served: Served, seen: Visit) -> None:
    """What anybody may see."""
    seen.page.goto(served.address + "/withdrawn")
    seen.page.locator("#found li").nth(1).wait_for()


def credential(served: Served, seen: Visit) -> None:
    """A diploma that was corrected."""
    page = enter(served, seen, Role.REGISTRAR, CREDENTIAL)
    page.get_by_text("Chỉnh sửa theo quyết định").first.wait_for()


def withdrawals(served: Served, seen: Visit) -> None:
    """A revocation and a suspension wait for the principal; papers are to come back."""
    page = enter(served, seen, Role.REGISTRAR)
    ask_for_revocation(served, page)
    open_credential(served, page, "B26/1001/00004")
    page.locator("summary", has_text="Tạm đình chỉ").click()
    form = page.locator("details[open] form")
    fill(form, **DECIDED, until=dated(SOON), reason="Đối chiếu hồ sơ")
    form.get_by_role("button").click()
    page.get_by_text("Đề nghị tạm đình chỉ").wait_for()
    page = enter(served, seen, Role.PRINCIPAL, "/desk/withdrawn")
    page.get_by_role("button", name="Duyệt tạm đình chỉ").wait_for()
    page.locator("#papers a[data-row]").first.wait_for()


def schools(served: Served, seen: Visit) -> None:
    """A school's terms and names, for an officer."""
    page = enter(served, seen, Role.OFFICER, "/desk/schools")
    page.locator("a[data-row]", has_text="Sông Trăng").click()
    page.locator("#name").wait_for()
    page.locator("summary", has_text="Thay đổi").first.click()


def copies_request(served: Served, seen: Visit) -> None:
    """The line is found; a copy is asked for."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/copies")
    page.fill("[name=number]", FIRST)
    page.keyboard.press("Enter")
    page.locator("[name=applicant]").wait_for()
    page.select_option("[name=capacity]", "parent")
    fill(page, applicant="Trần Thị Mẹ", proof="Giấy khai sinh", fee="3000", dossier="H29-0001")


def copies(served: Served, seen: Visit) -> None:
    """The copy is issued."""
    copies_request(served, seen)
    seen.page.get_by_role("button", name="Trình hiệu trưởng").click()
    seen.page.get_by_text("chờ hiệu trưởng duyệt").first.wait_for()
    context = seen.page.context.browser.new_context()
    approved(served, Visit(context))
    context.close()
    seen.page.reload()
    seen.page.get_by_role("button", name="Tải PDF").wait_for()


def digitise_enter(served: Served, seen: Visit) -> None:
    """A sheet of an old book and its scans, looked at before they are entered."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/digitise", CLERK)
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Nhập từ Excel").click()
    data = served.bench.desk.data
    page.set_input_files("#sheet", str(old_book.write(data / "so.xlsx")))
    page.set_input_files("#scans", [str(one) for one in old_book.scan(data / "quet").iterdir()])
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Nhập 3 dòng").wait_for()


def digitise_check(served: Served, seen: Visit) -> None:
    """A line beside the scan of its page."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/digitise", CHECKER)
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Đối chiếu (3)").click()
    page.locator(".checking img").evaluate("one => one.decode()")


def digitise_checked(served: Served, seen: Visit) -> None:
    """A line that was checked by mistake."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/digitise", CLERK)
    page.get_by_role("button", name="Q3-85").click()
    page.get_by_role("button", name="Dòng đã đối chiếu (2)").click()
    page.get_by_role("button", name="0041").click()
    page.fill("[name=reason]", "Ngày sinh đọc sai")


def register(served: Served, seen: Visit) -> None:
    """The book, and what was found in all books."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/register")
    page.fill("[name=everywhere]", "nguyen")
    page.keyboard.press("Enter")
    page.locator("#everywhere [data-row]").first.wait_for()


def blanks(served: Served, seen: Visit) -> None:
    """The year's balance and the stock."""
    page = enter(served, seen, Role.REGISTRAR, "/desk/blanks")
    page.locator("#acts td", has_text="In lệch").wait_for()


@dataclass(frozen=True)
class State:
    """How a page comes to be as in a picture."""

    reach: Callable[[Served, Visit], None]
    before: Callable[[Desk], None] = deployed.nothing


STATES = {
    "desk-sign-in": State(sign_in),
    "desk-factor": State(factor),
    "desk-me": State(me),
    "desk-staff": State(staff),
    "desk-audit": State(audit, deployed.issued),
    "desk-queue": State(queue, deployed.suspended),
    "desk-import-start": State(import_start),
    "desk-import-faulty": State(import_faulty),
    "desk-import-keep": State(import_keep),
    "desk-import-order": State(import_order),
    "desk-import-correct": State(import_correct, deployed.with_transcripts),
    "desk-order": State(order),
    "desk-issued": State(issued_order),
    "desk-papers": State(papers, issue_with_mail),
    "withdrawn": State(public_list, deployed.withdrawn),
    "desk-credential": State(credential, deployed.withdrawn),
    "desk-withdrawn": State(withdrawals, deployed.withdrawn),
    "desk-schools": State(schools),
    "desk-copies-request": State(copies_request, deployed.issued),
    "desk-copies": State(copies, deployed.issued),
    "desk-digitise-enter": State(digitise_enter, deployed.old_book_opened),
    "desk-digitise-check": State(digitise_check, deployed.old_book_entered),
    "desk-digitise-checked": State(digitise_checked, deployed.old_book_checked),
    "register": State(register, deployed.issued),
    "blanks": State(blanks, deployed.with_blanks),
}
WHOLE = {"desk-factor", "desk-import-order", "desk-import-correct", "desk-copies-request"}
"""What a picture is about stands at its end."""
