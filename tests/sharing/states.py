"""Every state of the two pages for sharing, and how a person comes to it.

One table for all who look at every state: axe, the widths, the pictures in the documents.
"""

from collections.abc import Callable
from typing import Any

from tests.sharing.conftest import Served

LABEL = "Trường Đại học Cây Xanh"
LEVEL = "Chỉ kết quả xếp loại"


def start(page: Any, served: Served) -> None:
    page.set_extra_http_headers({"x-account": "0"})
    page.goto("about:blank")
    page.goto(f"{served.home}/me/share")
    page.wait_for_selector("#credentials button")


def signed_out(page: Any, served: Served) -> None:
    page.set_extra_http_headers({})
    page.goto(f"{served.home}/me/share")
    page.wait_for_selector("#trouble:visible")


def choose(page: Any, served: Served, shortcut: str = LEVEL) -> None:
    start(page, served)
    page.click("#credentials button >> nth=0")
    page.wait_for_selector("#boxes button")
    page.get_by_role("button", name=shortcut, exact=True).click()
    page.get_by_label("Toán, Học kỳ I: 7,1", exact=True).check()


def terms(page: Any, served: Served, *, pin: bool = True, **choices: str) -> None:
    choose(page, served)
    page.click("#to-terms")
    page.fill("#to", LABEL)
    for name, value in choices.items():
        page.select_option(f"#{name}", value)
    page.set_checked("#with-pin", pin)


def preview(page: Any, served: Served, **more: Any) -> None:
    terms(page, served, **more)
    page.click("#terms-form [type=submit]")
    page.wait_for_selector("#preview .verdict")


def made(page: Any, served: Served, **more: Any) -> None:
    preview(page, served, **more)
    page.click("#create")
    page.wait_for_selector("#made:visible")


def share(page: Any, served: Served, **more: Any) -> tuple[str, str]:
    """A share's link and PIN."""
    made(page, served, **more)
    return page.input_value("#link"), page.inner_text("#pin-value") if more.get("pin", True) else ""


def listed(page: Any, served: Served) -> None:
    made(page, served)
    page.click("#done")
    page.wait_for_selector("#share-list .share")


def sure(page: Any, served: Served) -> None:
    listed(page, served)
    page.get_by_role("button", name="Thu hồi ngay").first.click()
    page.wait_for_selector("#sure[open]")


def empty(page: Any, served: Served) -> None:
    page.goto(f"{served.home}/s")
    page.wait_for_selector("#start .verdict")


def ready(page: Any, served: Served) -> str:
    address, pin = share(page, served)
    page.goto(address)
    page.wait_for_selector("#pin")
    return pin


def wrong_pin(page: Any, served: Served) -> None:
    ready(page, served)
    page.fill("#pin", "000000")
    page.click("[type=submit]")
    page.wait_for_selector("#trouble:visible")


def opened(page: Any, served: Served) -> None:
    pin = ready(page, served)
    page.fill("#pin", pin)
    page.click("[type=submit]")
    page.wait_for_selector("#result .verdict")


def ended(page: Any, served: Served) -> None:
    address, _ = share(page, served, pin=False)
    page.click("#done")
    page.wait_for_selector("#share-list .share")
    page.get_by_role("button", name="Thu hồi ngay").first.click()
    page.click("#sure [value=yes]")
    page.wait_for_selector('.share[data-standing="withdrawn"]')
    page.goto(address)
    page.wait_for_selector("#start .verdict")


STATES: dict[str, Callable[[Any, Served], object]] = {
    "share-start": start,
    "share-signed-out": signed_out,
    "share-choose": choose,
    "share-terms": terms,
    "share-preview": preview,
    "share-made": made,
    "share-list": listed,
    "share-withdraw": sure,
    "shared-empty": empty,
    "shared-ready": ready,
    "shared-wrong-pin": wrong_pin,
    "shared-opened": opened,
    "shared-ended": ended,
}
