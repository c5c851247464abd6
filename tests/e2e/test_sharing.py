"""Sharing in part with real accounts: claimed by the school's slips, consented to, shared, ended.

Real processes, a real browser, the demo's own transcripts.
"""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.accounts.people import OF_AGE
from api.clock import today
from issuer.delivery import sd_jwt_of
from store.extracts import Extracts
from store.held import Held
from tests.browsing import Visit
from tests.deployed import Deployment
from tests.sharing.sealing import Link
from tests.sharing.telling import assert_nothing_told, dump

pytestmark = pytest.mark.browser

Open = Callable[..., Visit]
SCHOOL, CLASS, LABEL = "79001001", "12.1", "Trường Đại học Cây Xanh"
PASSWORD = "con mèo nhà hàng xóm"
ANSWER = 60_000  # milliseconds for an answer, on a machine that is busy


def slip(deployment: Deployment, pupil: str = "", *more: str) -> dict[str, str]:
    """A slip of the class; that pupil's, if named."""
    out = deployment.data / f"slips{len(more)}.csv"
    done = deployment.here(
        "claims", "make", "--school", SCHOOL, "--class", CLASS, "--by-birth", *more,
        "-o", str(out), "--by", "An",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    slips = csv.DictReader(io.StringIO(out.read_text("utf-8-sig")))
    return next(each for each in slips if pupil in ("", each["Mã học sinh"]))


def enter(page: Any, address: str, given: dict[str, str], born: str, name: str) -> None:
    """Claim what the slip is for, and consent to sharing."""
    page.set_default_timeout(ANSWER)
    page.goto(f"{address}/me")
    page.fill("#code", given["Mã nhận hồ sơ"])
    page.fill("#known", born)
    page.press("#known", "Enter")
    page.wait_for_selector("#claimed:visible")
    page.fill("#new-name", name)
    page.fill("#new-password", PASSWORD)
    page.press("#new-password", "Enter")
    page.wait_for_selector("#holdings .holding")
    page.locator(".consent").get_by_role("button").first.click()
    page.wait_for_selector("text=Đã ghi nhận")


def taken(transcript: Any, file: Path) -> Path:
    """The evidence bundle of a transcript, as its holder takes it along."""
    transcript.locator("details.take summary").click()
    with transcript.page.expect_download() as download:
        transcript.get_by_role("button", name="Gói bằng chứng", exact=True).click()
    download.value.save_as(file)
    return file


def assert_right_by_the_chain(deployment: Deployment, file: Path) -> None:
    """What the file alone says to whoever has looked its block up."""
    trust = str(deployment.data / "trust.json")
    assert deployment.here("evidence", "trust", "--out", trust).returncode == 0
    alone = ("verify", "--offline", str(file), "--trust", trust)
    unvouched = deployment.here(*alone)
    assert "nobody whom you trust vouches" in unvouched.stdout, unvouched.stderr
    block = unvouched.stderr.split("--block ")[1].split()[0].rstrip(".")
    vouched = deployment.here(*alone, "--block", block)
    assert vouched.returncode == 2, vouched.stderr
    assert "Right by the blockchain; the master register could not be asked" in vouched.stdout


def test_from_the_schools_slip_to_a_withdrawn_share(deployment: Deployment, visit: Open) -> None:
    mine = slip(deployment)
    pupil = mine["Mã học sinh"]
    with deployment.system() as system:
        birth = system.desk.pupils([pupil])[pupil].birth
    born = birth.printed()
    with deployment.served(SOGOC_PUBLIC_URL="http://127.0.0.1") as (address, running):
        holder, other = visit(), visit()
        page = holder.page
        enter(page, address, mine, born, "hoc.sinh")
        if birth.age(today()) < OF_AGE:
            theirs = slip(deployment, pupil, "--guardian")
            enter(visit().page, address, theirs, born, "phu.huynh")

        page.reload()
        page.wait_for_selector("#holdings .holding")
        transcript = page.locator(".issued li", has_text="Học bạ").first
        file = taken(transcript, deployment.data / "taken.sogoc")
        transcript.get_by_role("link", name="Chia sẻ một phần").click()
        page.wait_for_selector("#boxes button")
        page.get_by_role("button", name="Cả năm", exact=True).click()
        page.click("#to-terms")
        page.fill("#to", LABEL)
        page.click("#terms-form [type=submit]")
        page.wait_for_selector("#preview .verdict")
        page.click("#create")
        page.wait_for_selector("#made:visible")
        shared, pin = page.input_value("#link"), page.inner_text("#pin-value")

        other.page.set_default_timeout(ANSWER)
        other.page.goto(shared)
        other.page.fill("#pin", pin)
        other.page.click("[type=submit]")
        other.page.wait_for_selector("#result .verdict")
        assert other.verdict == "VALID"
        assert "bản trích có chọn lọc" in other.result
        assert LABEL in other.result

        page.click("#done")
        page.get_by_role("button", name="Thu hồi ngay").click()
        page.click("#sure [value=yes]")
        page.wait_for_selector('.share[data-standing="withdrawn"]')
        other.page.goto(shared)
        other.page.wait_for_selector("#start .verdict")
        assert "đã thu hồi liên kết" in other.page.inner_text("#start")
        assert shared.partition("#")[2].partition(".")[2] not in running.said

    assert_right_by_the_chain(deployment, file)
    with deployment.system() as system:
        found = Held(system.store_database).of(pupil)
        told = dump(system.store_database)
        for each in found:
            assert_nothing_told(told, sd_jwt_of(each), Link.read(shared), pin, LABEL)
        kinds = [each.kind.value for each in Extracts(system.store_database).of(pupil)]
    assert (kinds.count("share"), kinds.count("bundle")) == (2, 1)
