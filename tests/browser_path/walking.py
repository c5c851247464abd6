"""Who walks the whole path, and the files that they bring."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pypdfium2
import zxingcpp
from openpyxl import load_workbook

from api import sample
from api.desk import samples
from api.desk.policy import Role
from credential.dates import PartialDate
from tests.browsing import Visit
from tests.deployed import Running
from tests.workbench import PASSWORD, Worker

OWN = "Hiệu trưởng 1001"
"""The label of the principal's token."""
NEW = replace(
    sample.pupils()[8], code="7999999999", name="Đặng Thị Ánh", birth=PartialDate(2008, 2, 7)
)
"""A pupil whom the registry does not know before the file is brought."""
CLASS = (*sample.pupils()[:8], NEW)


@dataclass
class Place:
    """A running site, and who works at it."""

    address: str
    people: dict[Role, Worker]
    running: Running

    def enter(self, seen: Visit, role: Role) -> Any:
        """Sign somebody in with password and code; their page."""
        person, page = self.people[role], seen.page
        page.goto(self.address + "/desk/sign-in")
        page.fill("#name", person.login)
        page.fill("#password", PASSWORD)
        page.click("#sign-in button")
        page.fill("#code", person.code)
        page.click("#sign-in button")
        page.wait_for_url(f"{self.address}/desk")
        seen.complaints.clear()  # of the answer that a code is needed
        return page

    def verdict(self, text: str) -> tuple[str, str]:
        """What the public check says of the text of a code, and why."""
        answer = httpx.post(f"{self.address}/api/verify", json={"text": text}, timeout=60)
        (report,) = answer.json()["reports"]
        return report["verdict"], report["reason"]


def as_list(sample_name: str) -> bytes:
    """A sample's list of pupils, and below it the new one."""
    book = load_workbook(io.BytesIO(samples.sample(sample_name)))
    book.active.append(
        [9, NEW.code, NEW.name, NEW.birth.printed(), NEW.sex, NEW.class_name, NEW.personal_no]
    )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_graduates() -> bytes:
    """The class list of those who get a diploma, with the numbers of their blanks."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lop12.xlsx"
        sample.write_class_list(path, CLASS, serials=True)
        return path.read_bytes()


def codes_in(archive: bytes) -> dict[str, str]:
    """What the QR code of each paper in a ZIP says, by the paper's name there."""
    with zipfile.ZipFile(io.BytesIO(archive)) as held:
        return {name: _code(held.read(name)) for name in held.namelist() if name.endswith(".pdf")}


def _code(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0].render(scale=300 / 72).to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(page)
    return str(code.text)


def words_of(pdf: bytes) -> str:
    """What its pages say, without hyphens, of which one at a line's end comes as another sign."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return plain(" ".join(" ".join(pages).split()))


def plain(text: str) -> str:
    """The text without hyphens, also those that pdfium marks as put in."""
    return re.sub("[-\x02\ufffe]", "", text)


def downloaded(page: Any, press: Callable[[], None]) -> bytes:
    with page.expect_download() as given:
        press()
    return Path(given.value.path()).read_bytes()
