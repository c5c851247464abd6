"""`sogoc report` and `sogoc counts` on real databases: working the queue, what it gives away."""

import csv
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl.reader.excel import load_workbook

from api.cli import run
from api.reporting import local_day
from api.settings import Settings
from api.wiring import System
from credential import lookup
from registry.entries import NameEntry, SchoolEntry
from registry.loading import load_schools
from store import audit
from store.counts import Counted
from store.reports import Finding, Reports, ReportState
from tests.store.test_store_reports import PAPER, draft

TODAY = local_day(time.time())
YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)
Sogoc = Callable[..., tuple[int, str]]


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with System(Settings(data=tmp_path)) as made:
        made.migrate()
        name = NameEntry("Trường THPT Bình Minh", "Phường Mẫu", date(1999, 9, 5), None)
        load_schools(made.registry_database, [SchoolEntry(7, "79000007", "thpt", (name,))])
        yield made


@pytest.fixture
def queue(system: System) -> Reports:
    return system.reports


@pytest.fixture
def sogoc(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Sogoc:
    def call(*arguments: str) -> tuple[int, str]:
        code = run(["--data", str(tmp_path), "--lang", "en", *arguments])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def ticket(number: int) -> str:
    return lookup.grouped(draft(number).ticket)


def test_the_queue_tells_what_is_overdue_first_and_groups_what_is_alike(
    sogoc: Sogoc, queue: Reports
) -> None:
    queue.enter(draft(1, deadline=TOMORROW), "public")
    other = Finding(bytes(32), 8, "transcript", "", "HB/1", "INVALID", "registry_disagrees")
    queue.enter(draft(2, deadline=YESTERDAY, kind="disagreement", finding=other), "verifier")
    queue.enter(draft(3, deadline=TOMORROW, kind="mistake"), "public")
    code, said = sogoc("report", "list")
    assert code == 1
    lines = said.splitlines()
    assert lines[0] == "3 reports, 1 of them overdue."
    assert lines[2].startswith(f"! {ticket(2)}  due {YESTERDAY:%d/%m/%Y} · Chain and register")
    assert lines[3].strip() == "#8 · HB/1"
    assert lines[6].startswith(f"· {ticket(1)}  due {TOMORROW:%d/%m/%Y} · Suspected forgery")
    assert lines[7].strip() == "Trường THPT Bình Minh · SG1 · 2026/1"
    assert lines[8].strip() == "INVALID: Not valid: the content is not what the school issued"
    assert lines[9].strip() == f"+ {ticket(3)}  on the same document"
    assert sogoc("report", "list", "--overdue")[1].splitlines()[0].startswith("1 reports")
    assert sogoc("report", "list", "--state", "closed") == (0, "0 reports, 0 of them overdue.\n")


def test_a_report_is_taken_asked_answered_and_closed_by_named_people(
    sogoc: Sogoc, queue: Reports, system: System
) -> None:
    queue.enter(draft(1), "public")
    code = ticket(1).lower()
    assert sogoc("report", "close", code, "--by", "An")[0] == 1  # no answer yet
    for act, state in (("take", "being looked at"), ("ask", "the school was asked")):
        assert sogoc("report", act, code, "--by", "An") == (
            0, f"Report {ticket(1)}: {state}.\n",
        )  # fmt: skip
    assert sogoc("report", "answer", code, "Không phải do trường cấp.", "--by", "Bình")[0] == 0
    assert sogoc("report", "close", code, "--by", "Bình")[0] == 0
    held = queue.find(draft(1).ticket)
    assert (held.state, held.answer) == (ReportState.CLOSED, "Không phải do trường cấp.")
    assert audit.verify(system.store_database) is None
    acts = [line[18:] for line in sogoc("report", "show", code)[1].splitlines()[-5:]]
    assert acts == [
        "public: received", "An: took it", "An: asked the school", "Bình: wrote the answer",
        "Bình: closed it",
    ]  # fmt: skip
    assert sogoc("report", "take", code, "--by", "An")[0] == 1
    assert sogoc("report", "take", ticket(9), "--by", "An")[0] == 1
    assert sogoc("report", "take", "không phải mã", "--by", "An")[0] == 64
    assert sogoc("report", "take", code)[0] == 64  # who?


def test_one_act_may_go_for_all_open_reports_on_the_same_document(
    sogoc: Sogoc, queue: Reports
) -> None:
    for number in (1, 2, 3):
        queue.enter(draft(number), "public")
    queue.answer(draft(3).ticket, "Đã trả lời.", "An")
    queue.move(draft(3).ticket, ReportState.CLOSED, "An")
    assert sogoc("report", "take", ticket(1), "--alike", "--by", "An")[1].count("Report") == 2
    states = [queue.find(draft(number).ticket).state for number in (1, 2, 3)]
    assert states == [ReportState.LOOKING, ReportState.LOOKING, ReportState.CLOSED]


def test_how_to_reach_a_reporter_is_shown_only_to_somebody_named(
    sogoc: Sogoc, queue: Reports, system: System
) -> None:
    queue.enter(draft(1, message="Sai tên.\nSai ngày sinh."), "public")
    queue.enter(draft(2), "public")
    code, said = sogoc("report", "show", ticket(1))
    assert code == 0
    assert "Message: Sai tên.\n    Sai ngày sinh." in said
    assert "Contact: left" in said
    assert f"Other reports on the same document: {ticket(2)}" in said
    assert "+84 900" not in said
    assert sogoc("report", "show", ticket(1), "--contact")[0] == 64
    assert "+84 900 000 000" in sogoc("report", "show", ticket(1), "--contact", "--by", "An")[1]
    with system.store_database.reading() as connection:
        acts = connection.exec_driver_sql(
            "SELECT coalesce(name, actor), act FROM audit "
            "LEFT JOIN audit_persons ON ref = actor ORDER BY seq"
        ).all()
    assert tuple(acts[-1]) == ("An", "report.contact_read")


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    sheet = load_workbook(path).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_the_hotline_gets_a_table_without_contacts_and_without_formulas(
    name: str, sogoc: Sogoc, queue: Reports, tmp_path: Path
) -> None:
    said = '=HYPERLINK("http://x","y")'
    unread = Finding()
    queue.enter(draft(1, finding=unread, said_number=said, said_school="@SUM(1)"), "public")
    queue.enter(draft(2), "public")
    out = tmp_path / name
    assert sogoc("report", "export", "--for", "1022", str(out))[0] == 0
    heading, first, second = read(out)
    assert heading == [
        "Ticket", "Received", "Answer due", "Kind", "School", "Serial, register number",
        "Found when checked again", "State", "Answer",
    ]  # fmt: skip
    assert (first[0], first[4], first[5]) == (ticket(1), "'@SUM(1)", f"'{said}")
    assert second[3:6] == ["Suspected forgery", "Trường THPT Bình Minh", "SG1 · 2026/1"]
    assert "+84" not in repr(read(out))
    assert sogoc("report", "export", str(out), "--with-contact")[0] == 64
    assert sogoc("report", "export", str(out), "--with-contact", "--by", "An")[0] == 0
    assert read(out)[2][9] == "'+84 900 000 000"
    assert not list(tmp_path.glob("*.tmp"))


def test_closed_reports_are_exported_only_when_asked_for(
    sogoc: Sogoc, queue: Reports, tmp_path: Path
) -> None:
    queue.enter(draft(1), "public")
    queue.answer(draft(1).ticket, "Là giả.", "An")
    queue.move(draft(1).ticket, ReportState.CLOSED, "An")
    out = tmp_path / "out.csv"
    sogoc("report", "export", str(out))
    assert len(read(out)) == 1
    sogoc("report", "export", str(out), "--all")
    assert read(out)[1][7:9] == ["answered and closed", "Là giả."]
    assert sogoc("report", "export", str(tmp_path / "out.pdf"))[0] == 64
    assert sogoc("report", "export", str(tmp_path / "none" / "out.csv"))[0] == 64


def test_what_may_still_be_kept_is_not_erased(sogoc: Sogoc, queue: Reports) -> None:
    queue.enter(draft(1), "public")
    assert sogoc("report", "erase") == (0, "Erased contact and message of 0 reports.\n")


def test_reports_are_listed_while_the_register_is_silent(
    sogoc: Sogoc, queue: Reports, tmp_path: Path
) -> None:
    queue.enter(draft(1), "public")
    (tmp_path / "registry.sqlite").unlink()
    assert "#7 · SG1" in sogoc("report", "list")[1]


def test_an_escape_sequence_in_what_a_forger_wrote_steers_no_terminal(
    sogoc: Sogoc, queue: Reports
) -> None:
    finding = Finding(PAPER.digest, 7, "thpt-diploma", "SG\x1b[2J", "1", "INVALID", "forged")
    queue.enter(draft(1, finding=finding), "public")
    assert "\x1b" not in sogoc("report", "list")[1] + sogoc("report", "show", ticket(1))[1]


def test_counts_are_printed_for_people_and_as_csv(sogoc: Sogoc, system: System) -> None:
    key = Counted(date(2026, 6, 1), "thpt-diploma", "VALID", "valid", "text")
    system.counts.put("w", {key: 12, key._replace(way="file"): 3})
    days = ("--from", "01/06/2026", "--to", "2026-06-30")
    said = sogoc("counts", *days)[1].splitlines()
    assert said[0] == "From 01/06/2026 to 30/06/2026: 15 verifications."
    assert "  file or photo: 3" in said
    assert sogoc("counts", *days, "--csv")[1].splitlines() == [
        "day,kind,verdict,reason,way,number",
        "2026-06-01,thpt-diploma,VALID,valid,file,3",
        "2026-06-01,thpt-diploma,VALID,valid,text,12",
    ]
    assert sogoc("counts", "--to", "2020-01-01")[1].splitlines()[0].endswith(": 0 verifications.")
