"""The register as a printed book and as a table: what stands on its pages, read back."""

import csv
import dataclasses
import io
import re
from datetime import date

import pypdfium2
import pytest

from api.book import printing, taking
from api.book.printing import Volume
from api.cli import run
from api.settings import Settings
from api.wiring import System
from credential.blanks import Fate
from credential.errors import RefusedError
from credential.extracts import ExtractKind
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry import loading
from registry.book import Asked, BookLine, Contents, Gap
from registry.desk import Desk
from registry.entries import PupilEntry
from store import audit
from tests.book.conftest import BOOK, HELD, batch, entries
from tests.registry.conftest import HCMC, HEADS, SCHOOLS
from web.messages import text

LINE = BookLine(
    1, 1, "B26/0101/00001", "T00000001", "7800000001", "Nguyễn Thị Ằ Ẵ Ữ Ỹ Ọ Ặ ở", 20080207,
    "Thành phố Hồ Chí Minh", "Nữ", "Kinh", "12.1", "Giỏi", "1234/QĐ-SGDĐT", 20260618, 20260620,
    "Phạm Quốc Đạt", 0, None, None, None, None, None, 0, 5,
)  # fmt: skip
CORRECTED = LINE._replace(
    lane=2, ground="amended", withdrawal_decision="77/QĐ", withdrawn_on=20260703
)
CORRECTION = LINE._replace(
    version=2, decision_no="77/QĐ", decision_on=20260703, reason="Cải chính hộ tịch", name="Hoa"
)
REVOKED = LINE._replace(
    number=2, lane=3, ground="fraud", withdrawal_decision="12/QĐ", withdrawn_on=20260901
)
OF_YEAR_ONLY = LINE._replace(number=3, birth=1965 * 10000, decision_no=None, decision_on=None)


def volume(lines, **changes):
    states = {Lane.ACTIVE: len(lines)}
    contents = Contents(len(lines), len(lines), states, ("12.1",), (Gap(4, 7), Gap(9, 9)))
    made = Volume(BOOK, "Trường THPT Hoa Phượng Đỏ", "Sở Giáo dục và Đào tạo", contents, Asked(),
                  tuple(lines), "Trần Thị Hoa", 1_780_000_000, specimen=True)  # fmt: skip
    return dataclasses.replace(made, **changes)


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_a_printed_book_opens_and_closes_with_what_it_holds():
    printed = volume([CORRECTED, CORRECTION, REVOKED, OF_YEAR_ONLY])
    opening, table, closing = pages(printing.as_pdf(printed))
    digest = printed.digest
    for page in (opening, closing):
        assert digest in page.replace(" ", "")
        assert "Trần Thị Hoa" in page
        assert "Số dòng in 4" in page
        assert "29/05/2026 03:26" in page
    assert "Số bị bỏ trống 4–7, 9" in opening
    assert "Cộng trang này: 4 dòng; cộng dồn: 4 / 4 dòng" in table
    assert digest[:16] in table
    assert "Hết sổ" in closing


def test_the_table_has_the_columns_of_a_register_and_its_notes():
    table = pages(printing.as_pdf(volume([CORRECTED, CORRECTION, REVOKED, OF_YEAR_ONLY])))[1]
    for said in (
        "STT", "Họ và tên", "Ngày sinh", "Nơi sinh", "Giới tính", "Dân tộc", "Xếp loại", "Số hiệu",
        "Số vào sổ", "Chữ ký", "người nhận", "Ghi chú", "Năm tốt nghiệp: 2026",
        "T00000001", "07/02/2008", "Nguyễn Thị Ằ Ẵ Ữ Ỹ Ọ Ặ ở",
        "Quyết định công nhận tốt nghiệp số 1234/QĐ-SGDĐT, ngày 18/06/2026",
        "Quyết định công nhận tốt nghiệp số 77/QĐ", "Không ghi quyết định", " 1965 ", "1.2",
        "Đã chỉnh sửa theo QĐ 77/QĐ ngày 03/07/2026; xem bản 2.",
        "Bản 2: chỉnh sửa theo QĐ 77/QĐ ngày 03/07/2026. Lý do: Cải chính hộ tịch.",
        "Thu hồi, hủy bỏ theo QĐ 12/QĐ ngày 01/09/2026: gian lận",
    ):  # fmt: skip
        assert said in table, said


def test_a_correction_by_annex_names_the_decision_that_corrected():
    """The line itself keeps the decision that recognised the graduation."""
    annexed = LINE._replace(version=2, annex_decision="77/QĐ", annex_on=20260703, reason="Hộ tịch")
    table = pages(printing.as_pdf(volume([annexed])))[1]
    assert "Quyết định công nhận tốt nghiệp số 1234/QĐ-SGDĐT, ngày 18/06/2026" in table
    assert "Bản 2: chỉnh sửa theo QĐ 77/QĐ ngày 03/07/2026. Lý do: Hộ tịch." in table


def test_every_page_repeats_the_headings_and_reckons():
    lines = [LINE._replace(number=number) for number in range(1, 121)]
    tables = pages(printing.as_pdf(volume(lines)))[1:-1]
    assert all(
        "Họ và tên" in page and "Trường: Trường THPT Hoa Phượng Đỏ" in page for page in tables
    )
    sums = [
        re.search(r"Cộng trang này: (\d+) dòng; cộng dồn: (\d+) / 120", page) for page in tables
    ]
    here = [int(found[1]) for found in sums if found]
    assert [int(found[2]) for found in sums if found] == [
        sum(here[: at + 1]) for at in range(len(here))
    ]
    assert sum(here) == 120


def test_the_digest_is_of_what_is_printed_and_of_nothing_else():
    one = volume([LINE])
    assert one.digest == dataclasses.replace(one, by="Ai đó", at=1_790_000_000).digest
    for other in (LINE._replace(name="Khác"), REVOKED, LINE._replace(decision_on=20260619)):
        assert volume([other]).digest != one.digest
    assert volume([LINE], school="Trường khác").digest != one.digest


def test_a_part_says_so_and_too_much_is_refused():
    part = volume([LINE], asked=Asked(class_name="12.1", first=1, last=9))
    part = dataclasses.replace(
        part, contents=dataclasses.replace(part.contents, states={Lane.ACTIVE: 9})
    )
    opening = pages(printing.as_pdf(part))[0]
    assert "Bản in một phần của sổ" in opening
    assert "Các số thứ tự 1–9" in opening
    with pytest.raises(RefusedError, match=r"register_book\.too_long"):
        printing.as_pdf(volume([LINE] * (printing.MOST + 1)))


def test_a_table_holds_no_formula():
    evil = LINE._replace(
        name="=HYPERLINK(1)", birth_place="@SUM(1)", sex="+1", reason="-1", version=2
    )
    rows = list(csv.reader(io.StringIO(printing.as_csv([evil, REVOKED]).decode("utf-8-sig"))))
    assert rows[0][:5] == ["STT", "Bản", "Số vào sổ", "Số hiệu", "Họ và tên"]
    assert rows[1][4:8] == ["'=HYPERLINK(1)", "07/02/2008", "'@SUM(1)", "'+1"]
    assert rows[2][14:] == [
        "đã thu hồi",
        f"Thu hồi, hủy bỏ theo QĐ 12/QĐ ngày 01/09/2026: {text('vi', 'ground.fraud')}.",
    ]


@pytest.fixture
def folder(tmp_path):
    """A data folder whose register holds the lines of `HELD`, one revoked; no chain is needed."""
    with System(Settings(data=tmp_path)) as system:
        system.migrate()
        database = system.registry_database
        loading.load_rules(database, *loading.standard_rules())
        loading.load_department(database, "Sở Giáo dục và Đào tạo " + HCMC, HCMC)
        loading.load_schools(database, SCHOOLS)
        loading.load_heads(database, HEADS)
        of = entries(HELD)
        loading.load_pupils(
            database,
            [PupilEntry(one.pupil, one.holder.name, one.holder.birth, 1, "12.1") for one in of],
        )
        Desk(database).enter(batch(of))
        fraud = Withdrawal("fraud", "12/QĐ-THPT", date(2026, 9, 1))
        line = AwardLine(CredentialType.THPT_DIPLOMA, 1, "B26/0101/00002")
        Desk(database).set_status(line, Lane.REVOKED, fraud)
    return tmp_path


def sogoc(folder, *words):
    return run(["--data", str(folder), *words])


SCHOOL = ("--school", "79000101")


def test_the_book_on_the_command_line(folder, capsys):
    assert sogoc(folder, "book", *SCHOOL, "--year", "2026", "--search", "hoà") == 0
    told = capsys.readouterr().out
    assert "7 dòng, số cuối 7" in told
    assert told.index("Nguyễn Thị Hòa") < told.index("Trần Hoà") < told.index("Lê Thị Hoa")
    assert "Thu hồi, hủy bỏ theo QĐ 12/QĐ-THPT" in told
    assert sogoc(folder, "book", *SCHOOL, "--year", "2025") == 1
    assert "không có sổ loại này" in capsys.readouterr().err


def test_what_is_taken_out_is_noted_first(folder, capsys):
    pdf, table = folder / "so.pdf", folder / "so.csv"
    asked = ("book", *SCHOOL, "--year", "2026", "--by", "Trần Thị Hoa")
    assert sogoc(folder, *asked, "--pdf", str(pdf), "--csv", str(table)) == 0
    told = capsys.readouterr().out
    digest = re.search(r"[0-9a-f]{64}", told)
    assert digest
    assert digest[0] in "".join(pages(pdf.read_bytes())).replace(" ", "")
    assert len(table.read_text("utf-8-sig").splitlines()) == 8
    with System(Settings(data=folder)) as system:
        entries_of = [e for e in audit.entries(system.store_database) if e.act == "register.taken"]
        assert [digest[0] in one.detail for one in entries_of] == [True, True]
        assert ["pdf" in one.detail for one in entries_of] == [False, True]
        assert "Hòa" not in "".join(one.detail for one in entries_of)
        assert system.extracts.of("7800000001") == [], "nothing of it was ever signed"


def test_lines_with_credentials_are_noted_as_extracts(folder):
    with System(Settings(data=folder)) as system:
        one = volume([LINE, LINE._replace(number=2, seq=None, position=None, pupil="7800000002")])
        taking.note(system, one, "pdf")
        found = system.extracts.of("7800000001")
        assert [(each.kind, each.by, each.index) for each in found] == [
            (ExtractKind.BOOK, "Trần Thị Hoa", 5)
        ]
        assert system.extracts.of("7800000002") == []


def test_blanks_on_the_command_line(folder, capsys):
    by = ("--by", "Trần Thị Hoa")
    receive = ("blanks", "receive", "T0001", "T0500", *SCHOOL, "--decision", "15/QĐ", *by)
    assert sogoc(folder, *receive) == 0
    assert sogoc(folder, *receive) == 1
    assert sogoc(folder, "blanks", "spoil", "T0003", *SCHOOL, "--reason", "Rách", *by) == 0
    assert sogoc(folder, "blanks", "destroy", "T0003", *SCHOOL, "--minutes", "2/BB",
                 "--council", "Lê Văn An, Trần Thị Hoa", *by) == 0  # fmt: skip
    assert sogoc(folder, "blanks", "spoil", "T0003", *SCHOOL, "--reason", "Rách", *by) == 1
    assert "T0003 không còn trong kho" in capsys.readouterr().err
    assert sogoc(folder, "blanks", "list", *SCHOOL) == 0
    assert sogoc(folder, "blanks", "report", *SCHOOL) == 0
    told = capsys.readouterr().out
    assert "T0004–T0500" in told
    assert "nhận 500" in told
    assert "còn 499" in told
    assert "2/BB; Lê Văn An, Trần Thị Hoa" in told
    with System(Settings(data=folder)) as system:
        held = system.blanks.stock(1, CredentialType.THPT_DIPLOMA)
        assert [each.fate for each in held] == [Fate.ON_HAND, Fate.DESTROYED, Fate.ON_HAND]
