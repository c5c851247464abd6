"""Three marks of a class are corrected: old papers stop and lead to the new ones, which hold."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from tests.browsing import Visit
from tests.deployed import PATIENCE, Deployment
from web import messages

SHEET = "excel/bang-tong-ket-lop-12.xlsx"
ACT = [
    "--school", "79001001", "--type", "transcript", "--decision", "200/QĐ-THPT", "--decided-on",
    "01/07/2026", "--prepared-by", "Văn thư", "--approved-by", "Hiệu trưởng",
    "--reason", "Nhập sai điểm",
]  # fmt: skip
ANSWER = 60_000  # milliseconds for an answer, on a machine that is busy


def corrected(deployment: Deployment) -> Path:
    """The demo's score sheet with three other marks, of the pupils in rows 5 and 6."""
    book = load_workbook(deployment.data / SHEET)
    sheet = book.worksheets[0]
    for cell, mark in (("F5", 5.1), ("H5", 5.2), ("I6", 5.3)):
        assert sheet[cell].value != mark
        sheet[cell] = mark
    path = deployment.data / "sua.xlsx"
    book.save(path)
    return path


def ask(address: str, path: str, code: str) -> httpx.Response:
    return httpx.post(f"{address}{path}", json={"text": code}, timeout=60, trust_env=False)


@pytest.mark.browser
def test_an_old_paper_leads_to_the_new_one(
    deployment: Deployment, visit: Callable[..., Visit]
) -> None:
    sheet = str(corrected(deployment))
    preview = deployment.here("amend", sheet, *ACT, "--dry-run")
    assert "Would issue 2. Nothing was done." in preview.stdout, preview.stderr
    done = deployment.here("amend", sheet, *ACT)
    assert done.returncode == 0, done.stderr
    with deployment.system() as system:
        (batch,) = system.batches.newest(1)
        new = system.batches.staged(batch.id)[0]
        old = next(
            one
            for one in system.batches.versions(batch.school, batch.type, [new.register_no])
            if one.line.version == 1
        )
    paper = deployment.paper(new.register_no)
    assert paper.exists(), "the paper that the pupil has had since the first issue"
    with deployment.served() as (address, _):
        assert ask(address, "/api/verify", new.code).json()["verdict"] == "VALID"
        before = ask(address, "/api/verify", old.staged.code).json()
        assert (before["verdict"], before["reason"]) == ("INVALID", "superseded")
        assert eventually(lambda: ask(address, "/api/successor", old.staged.code).status_code)
        text = ask(address, "/api/successor", old.staged.code).json()["text"]
        assert ask(address, "/api/verify", text).json()["verdict"] == "VALID"
        assert ask(address, "/api/successor", text).status_code == 404, "it is the newest"
        seen = visit()
        seen.page.goto(address)
        seen.page.set_input_files("#file", paper)
        seen.page.wait_for_selector(".verdict", timeout=ANSWER)
        assert (seen.verdict, seen.headline) == (
            "INVALID", messages.text("vi", "headline.superseded"),
        )  # fmt: skip
        assert "nội dung đã được chỉnh sửa" in seen.result
        seen.page.get_by_role("button", name=messages.text("vi", "page.successor")).click()
        seen.page.wait_for_selector(".verdict[data-verdict=VALID]", timeout=ANSWER)
        assert (seen.verdict, seen.headline) == ("VALID", messages.text("vi", "headline.valid"))
        assert new.register_no in seen.result


def eventually(status: Callable[[], int]) -> bool:
    """Whether it comes to be known: the index follows the chain by seconds."""
    deadline = time.monotonic() + PATIENCE
    while status() != 200:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True
