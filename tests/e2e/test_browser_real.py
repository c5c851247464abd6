"""The check page over the demo's deployment: real processes, a real browser, real papers.

A paper's QR code comes before the camera as it is printed: rendered off the PDF's page.
"""

import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from tests.browsing import Playwright, Visit, camera, film
from tests.deployed import Deployment, Running
from web import messages

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
GENUINE, REVOKED = "B26/1001/00001", "B26/1001/00007"
SHOWN = ".verdict"
ANSWER = 60_000  # milliseconds for an answer, on a machine that is busy


def printed_code(pdf: Path) -> Image.Image:
    """The part of the first page around its QR code, as a scanner with 300 dpi sees it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        page: Image.Image = document[0].render(scale=300 / 72).to_pil().convert("L")
    finally:
        document.close()
    (code,) = zxingcpp.read_barcodes(page)
    corners = code.position
    left, top, right = corners.top_left.x, corners.top_left.y, corners.bottom_right.x
    side = right - left
    margin = side // 6
    return page.crop((left - margin, top - margin, right + margin, top + side + margin))


def headline(reason: str) -> str:
    return messages.text("vi", f"headline.{reason}")


@pytest.fixture(scope="module")
def site(demo: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`sogoc serve` over a copy, with the embedded chain in the same process."""
    copy = Deployment(tmp_path_factory.mktemp("site") / "demo")
    shutil.copytree(demo.data, copy.data)
    with copy.served() as (address, _):
        yield address


CAMERA: dict[str, tuple[Callable[[Deployment], Path], str, str]] = {
    "a genuine diploma": (lambda demo: demo.paper(GENUINE), "VALID", "valid"),
    "a forged transcript": (lambda demo: demo.data / "papers/forged.pdf", "INVALID", "forged"),
    "a revoked diploma": (lambda demo: demo.paper(REVOKED), "INVALID", "revoked"),
}


@pytest.mark.parametrize("case", CAMERA)
def test_the_camera_scans_a_printed_paper(
    case: str, demo: Deployment, site: str, playwright: Playwright, tmp_path: Path
) -> None:
    paper, verdict, reason = CAMERA[case]
    reel = film(printed_code(paper(demo)), tmp_path / "camera.mjpeg")
    with camera(playwright, reel) as seen:
        seen.page.goto(site)
        seen.page.click("#scan")
        seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
        assert (seen.verdict, seen.headline) == (verdict, headline(reason))
        assert seen.complaints == []
        if case == "a genuine diploma":
            assert_shows(seen, demo)
        else:
            assert seen.page.locator(".checks li[data-outcome=failed]").count() > 0


def assert_shows(seen: Visit, demo: Deployment) -> None:
    """Name, school and serial number, as the person at the counter compares them."""
    _, diploma = demo.issued(GENUINE)
    for said in (diploma.holder.name, diploma.school_name, diploma.serial, "8."):
        assert said in seen.result
    assert seen.page.locator(".checks li[data-outcome=passed]").count() >= 8


def test_a_look_up_code_is_typed(demo: Deployment, site: str, visit: Open) -> None:
    code, _ = demo.issued(GENUINE)
    seen = visit()
    seen.page.goto(site)
    seen.page.fill("#code", f"{code[:4]}-{code[4:8]} {code[8:].lower()}")
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
    assert (seen.verdict, seen.headline) == ("VALID", headline("valid"))
    assert_shows(seen, demo)


DROPPED = {
    "the genuine PDF": ("B26-1001-00001.pdf", "VALID", "valid"),
    "the revoked PDF": ("B26-1001-00007.pdf", "INVALID", "revoked"),
    "the forged PDF": ("forged.pdf", "INVALID", "forged"),
}


@pytest.mark.parametrize("case", DROPPED)
def test_a_pdf_is_dropped(case: str, demo: Deployment, site: str, visit: Open) -> None:
    name, verdict, reason = DROPPED[case]
    (pdf,) = (demo.data / "papers").rglob(name)
    seen = visit()
    seen.page.goto(site)
    seen.page.dispatch_event("#drop", "drop", {"dataTransfer": transfer(seen, pdf)})
    seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
    assert (seen.verdict, seen.headline) == (verdict, headline(reason))
    assert "Tệp ký số" in seen.result
    assert "Mã QR in trên giấy" in seen.result
    assert seen.complaints == []


def transfer(seen: Visit, pdf: Path) -> Any:
    """What a browser hands over when a file is dropped on it."""
    return seen.page.evaluate_handle(
        """bytes => {
            const moved = new DataTransfer();
            const file = new File([new Uint8Array(bytes)], "a.pdf", { type: "application/pdf" });
            moved.items.add(file);
            return moved;
        }""",
        list(pdf.read_bytes()),
    )


def test_a_chain_that_stops_is_never_shown_as_a_forgery(
    deployment: Deployment, chain: Running, visit: Open
) -> None:
    code, diploma = deployment.issued(GENUINE)
    address = (deployment.data / "chain.sqlite.address").read_text()
    with deployment.served(SOGOC_CHAIN=address) as (site, _):
        seen = visit()
        seen.page.goto(site)
        looks = [look_of_the_forged(seen, deployment)]
        type_until(seen, code, "VALID")
        looks.append(look(seen))

        chain.send(signal.SIGSTOP)  # it hangs: connections are taken, nothing is answered
        type_until(seen, code, "UNDETERMINED")
        assert seen.headline == headline("chain")
        assert "Điều này không có nghĩa là giấy tờ giả" in seen.result
        assert seen.page.locator(".checks li[data-outcome=failed]").count() == 0
        looks.append(look(seen))
        assert len({background for _, background in looks}) == 3, "a colour for each verdict"
        assert len({sign for sign, _ in looks}) == 3, "and a sign, for who sees no colours"

        chain.send(signal.SIGCONT)
        press_until(seen, "Thử lại", "VALID")
        assert diploma.holder.name in seen.result

        chain.kill()  # gone for good
        type_until(seen, code, "UNDETERMINED")
        assert seen.headline == headline("chain")


def type_until(seen: Visit, code: str, verdict: str) -> None:
    """Type a code anew until the verdict is that: the index may stand for 15 seconds."""
    for _ in range(100):
        if not seen.page.locator("#code").is_visible():
            seen.page.get_by_role("button", name="Kiểm tra văn bằng khác").click()
        seen.page.fill("#code", code)
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
        if seen.verdict == verdict:
            return
        seen.page.wait_for_timeout(300)
    pytest.fail(f"still {seen.verdict}")


def press_until(seen: Visit, button: str, verdict: str) -> None:
    """Press a button as a person does who waits for the chain to come back."""
    for _ in range(20):
        seen.page.get_by_role("button", name=button).click()
        seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
        if seen.verdict == verdict:
            return
        seen.page.wait_for_timeout(300)
    pytest.fail(f"still {seen.verdict}")


def look_of_the_forged(seen: Visit, deployment: Deployment) -> tuple[str, str]:
    seen.page.set_input_files("#file", deployment.data / "papers" / "forged.pdf")
    seen.page.wait_for_selector(SHOWN, timeout=ANSWER)
    assert (seen.verdict, seen.headline) == ("INVALID", headline("forged"))
    return look(seen)


def look(seen: Visit) -> tuple[str, str]:
    """The sign drawn beside the verdict, and the colour behind it."""
    return (
        seen.page.locator(".verdict .sign").inner_html(),
        seen.page.eval_on_selector(SHOWN, "it => getComputedStyle(it).backgroundColor"),
    )
