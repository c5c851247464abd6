"""Lists over HTTP: what each row comes to, whose a list is, and how it ends."""

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from api.lists import work
from api.lists.work import PAUSES
from credential.dates import PartialDate
from credential.facts import Withdrawal
from tests.lists.conftest import ZIP, Office, archive
from tests.web.conftest import drawn, problem
from tests.web.simulator import World
from verifier.numbers import fold
from verifier.verify import Answer

LIST = """Họ và tên;Số hiệu;Ngày sinh
Nguyễn Thị Minh Anh;SG000001;07/02/2008
Trần Quốc Bảo;sg-000 002;8/2/2008
Đỗ Thuý Hằng;SG000003;10/02/2008
Không Có;SG999999;07/02/2008
Thiếu Ngày;SG000004;
Sai Ngày;SG000004;31/02/2008
Đảo Ngày;SG000004;02/27/2008
Trùng;SG000001;07/02/2008
;;
Lê Hoàng Phúc;SG000004;10/02/2008
""".encode()
EXPECTED = ["VALID", "INVALID", "NOT_FOUND", "NOT_FOUND", *["FAULT"] * 4, "VALID"]


def rows_of(office: Office, made: object) -> list[list[str]]:
    response = office.ask("GET", made, "/result.csv")  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_each_row_has_its_own_outcome_and_no_fault_stops_the_others(
    office: Office, world: World
) -> None:
    world.withdrawn["2026/0002"] = Withdrawal("fraud", "55/QĐ-SGDĐT", date(2026, 9, 1))
    made = office.hand_in(LIST)
    assert (made.total, made.checked, made.done) == (9, 4, False), "faults are told at once"
    assert [(row.row, row.column, row.code) for row in made.faults] == [
        (6, "Ngày sinh", "cell.empty"),
        (7, "Ngày sinh", "date.invalid"),
        (8, "Ngày sinh", "date.swapped"),
        (9, "Số hiệu", "list.twice"),
    ]
    office.work()
    told = office.progress(made)
    assert told.done
    assert told.counts == {"VALID": 2, "INVALID": 1, "UNDETERMINED": 0, "NOT_FOUND": 2, "FAULT": 4}
    heading, *rows = rows_of(office, made)
    assert heading[:3] == ["Dòng / Row", "Đã gửi / Sent", "Kết luận / Verdict"]
    assert [row[2] for row in rows] == EXPECTED
    assert [row[0] for row in rows] == ["2", "3", "4", "5", "6", "7", "8", "9", "11"]
    first, revoked = rows[0], rows[1]
    assert first[5:9] == ["Trường THPT Bình Minh", "Nguyễn Thị Minh Anh", "SG000001", "2026/0001"]
    assert first[10:12] == ["1204", "29/05/2026 04:26"]
    assert revoked[3] == "Không còn giá trị: đã bị thu hồi, hủy bỏ"
    assert not any(rows[2][5:9]), "nothing is told of a row that was not found"
    assert rows[5][15:17] == ["31/02/2008", "dd/mm/yyyy"]


def test_the_workbook_holds_the_same_as_the_text_table(office: Office) -> None:
    made = office.hand_in(LIST)
    office.work()
    response = office.ask("GET", made, "/result.xlsx")
    assert response.headers["content-disposition"] == 'attachment; filename="so-goc.xlsx"'
    book = load_workbook(io.BytesIO(response.content))
    cells = [["" if cell is None else str(cell) for cell in row]
             for row in book.active.iter_rows(values_only=True)]  # fmt: skip
    assert cells == rows_of(office, made)
    assert book.active.freeze_panes == "A2"


def test_papers_and_photos_in_an_archive_are_verified_like_single_ones(
    office: Office, world: World
) -> None:
    body = archive(
        Anh__png=drawn(world.issued[0].link),
        Bảo__sdjwt=world.issued[1].sd_jwt.encode(),
        đọc__txt="không có mã".encode(),
        lại__png=drawn(world.issued[0].link),
    )
    made = office.hand_in(body, ZIP)
    assert (made.total, [row.code for row in made.faults]) == (4, ["list.twice"])
    office.work()
    _, *rows = rows_of(office, made)
    assert [row[1:3] for row in rows] == [
        ["Anh.png", "VALID"], ["Bảo.sdjwt", "VALID"], ["đọc.txt", "FAULT"], ["lại.png", "FAULT"],
    ]  # fmt: skip
    assert rows[2][3], "it says that it is not a file of a kind that is read"


def test_a_look_up_code_needs_no_birth_date_but_one_that_is_given_must_be_right(
    office: Office, world: World
) -> None:
    codes = [one.code for one in world.issued]
    body = f"Look-up code,Birth date\n{codes[0]},\n{codes[1]},2008-02-08\n{codes[2]},01/01/2001\n"
    made = office.hand_in(body.encode())
    office.work()
    _, *rows = rows_of(office, made)
    assert [row[2] for row in rows] == ["VALID", "VALID", "NOT_FOUND"]


def test_while_a_source_is_silent_rows_are_tried_again_and_then_shown_as_undetermined(
    office: Office, world: World
) -> None:
    world.silent.add("chain")
    made = office.hand_in(b"serial,born\nSG000001,07/02/2008\nSG000002,08/02/2008\n")
    for pause in PAUSES[:-1]:
        office.work()
        assert office.progress(made).checked == 0
        office.clock.now += pause
    world.silent.clear()
    office.work()
    assert office.progress(made).counts["VALID"] == 2

    world.silent.add("registry")
    made = office.hand_in(b"serial,born\nSG000003,09/02/2008\n")
    for pause in PAUSES:
        office.work()
        office.clock.now += pause
    office.work()
    told = office.progress(made)
    assert (told.done, told.counts["UNDETERMINED"]) == (True, 1)
    assert rows_of(office, made)[1][3] == "Chưa kiểm tra được: sổ gốc không trả lời"


def test_rows_that_nobody_had_time_for_are_not_given_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind rows that wait for a silent source, others were claimed again and again in vain."""
    made = office.hand_in(b"serial,born\nSG000001,07/02/2008\nSG000003,09/02/2008\n")
    with monkeypatch.context() as hurried:
        hurried.setattr(work, "_AT_MOST", -1)
        for _ in range(work.MOST_CLAIMS + 1):
            assert office.worker().once()
    office.work()
    assert office.progress(made).counts["FAULT"] == 0
    assert office.progress(made).done


def test_a_row_that_fails_unforeseen_undoes_no_other_and_is_given_up(office: Office) -> None:
    find = office.numbers.verify

    def failing(number: str, born: PartialDate) -> Sequence[Answer]:
        if number == "SG000002":
            raise ZeroDivisionError
        return find(number, born)

    office.numbers.verify = failing  # type: ignore[method-assign]
    made = office.hand_in(LIST)
    office.work()
    assert office.progress(made).checked == len(EXPECTED) - 1
    for pause in PAUSES:
        office.clock.now += pause
        office.work()
    told = office.progress(made)
    assert told.done
    assert "list.given_up" in {row.code for row in told.faults}


def test_nobody_tries_out_a_birth_date_with_a_list(office: Office) -> None:
    days = "".join(f"SG000001,{day:02d}/03/2008\n" for day in range(1, 29))
    made = office.hand_in(f"serial,born\n{days}".encode())
    assert made.counts["FAULT"] == 26
    assert {row.code for row in made.faults} == {"list.guessed"}


def test_no_spelling_of_a_number_gives_more_tries(office: Office) -> None:
    """A dash before a tab once hid the tab: one number had as many names as one liked."""
    tabs = [f"-{space}{other}SG000001" for space in "\t\v\f\x1c\x85" for other in "\t\v\f\x1c"]
    days = "".join(f'"{number}",{day:02d}/02/2008\n' for day, number in enumerate(tabs, 1))
    made = office.hand_in(f"serial,born\n{days}".encode())
    assert (made.counts["FAULT"], {row.code for row in made.faults}) == (18, {"list.guessed"})


@pytest.mark.parametrize("around", ["{}", "-{}", "{}-", " {}\N{EN DASH}"])
def test_a_folded_number_is_what_it_folds_to(around: str) -> None:
    for code in range(sys.maxunicode + 1):
        folded = fold(around.format(chr(code)))
        assert fold(folded) == folded


def test_a_list_is_that_of_whoever_has_its_secret(office: Office) -> None:
    made, other = office.hand_in(LIST), office.hand_in(LIST)
    office.work()
    for method, more in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/result.csv"),
        ("GET", "/result.xlsx"),
    ):
        assert office.call(method, f"/api/lists/{made.id}{more}").status_code == 401
        for token in (other.secret, "x", made.id):
            refused = office.ask(method, made, more, token or "")
            assert (refused.status_code, problem(refused).code) == (404, "list.unknown")
    unknown = office.call(
        "GET", f"/api/lists/{'A' * 22}", headers={"Authorization": f"Bearer {made.secret}"}
    )
    assert unknown.content == office.ask("GET", made, token="x").content, "no list or not theirs"
    assert office.progress(made).secret is None, "it was shown once"


def test_what_is_kept_tells_nobody_what_came_of_it(office: Office) -> None:
    made = office.hand_in(LIST)
    office.work()
    with office.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT given, outcome FROM list_rows").all()
    assert [given for given, _ in rows] == [None] * 9, "what was handed in is gone"
    kept = b"".join(bytes(outcome) for _, outcome in rows)
    for told in (b"Anh", b"SG000001", b"VALID", (made.secret or "").encode()):
        assert told not in kept


def test_what_is_forgotten_is_not_left_in_the_file(office: Office, world: World) -> None:
    if office.database.reads.dialect.name != "sqlite":
        return  # PostgreSQL's vacuum is its operator's
    folder = Path(str(office.database.reads.url.database).removeprefix("file:")).parent
    marker = b"KHONGCONDAU00"
    rows = b"".join(b"%b%03d,07/02/2008\n" % (marker, number) for number in range(200))
    made = office.hand_in(b"serial,born\n" + rows)
    office.work()
    office.ask("DELETE", made)
    with office.database.writing() as connection:
        connection.exec_driver_sql("SELECT 1")
    office.database.close()  # the last connection writes the log back into the file
    assert not any(marker in file.read_bytes() for file in folder.iterdir() if file.is_file())


def test_a_list_is_forgotten_when_told_to_and_a_day_after_its_end(office: Office) -> None:
    made, kept = office.hand_in(LIST), office.hand_in(LIST)
    assert office.ask("DELETE", made).status_code == 204
    office.work()
    assert office.ask("GET", made).status_code == 404
    office.clock.now += 86_399
    assert office.lists.forget_old() == 0
    assert office.progress(kept).forgotten == office.clock.now + 1
    office.clock.now += 1
    assert office.lists.forget_old() == 1
    assert office.ask("GET", kept).status_code == 404
    with office.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM list_rows").scalar() == 0


def test_a_result_is_not_told_before_the_end(office: Office) -> None:
    made = office.hand_in(LIST)
    early = office.ask("GET", made, "/result.csv")
    assert (early.status_code, problem(early).code) == (409, "list.unfinished")


def test_a_list_of_nothing_but_faults_is_done_at_once(office: Office) -> None:
    made = office.hand_in("Số hiệu,Ngày sinh\nSG000001,hôm qua\n".encode())
    assert (made.done, made.counts["FAULT"]) == (True, 1)
    assert len(rows_of(office, made)) == 2


FORMULAS = ["=1+1", "+84 28", "-5", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A0", " =1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_result_is_a_formula(text: str, office: Office) -> None:
    out = io.StringIO()
    csv.writer(out).writerows([["Số hiệu", "Ngày sinh"], [text, "07/02/2008"], ["SG000001", text]])
    made = office.hand_in(out.getvalue().encode())
    office.work()
    for row in rows_of(office, made):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    book = load_workbook(io.BytesIO(office.ask("GET", made, "/result.xlsx").content))
    assert "f" not in {cell.data_type for row in book.active.iter_rows() for cell in row}


def test_an_address_has_some_lists_a_day(world: World, office: Office) -> None:
    few = Office(world, office.verifier, office.database, office.clock, a_day=2)
    for _ in range(5):
        assert few.post(b"not,a,list\n").status_code == 422, "mending costs no list"
    few.hand_in(LIST)
    few.hand_in(LIST)
    refused = few.post(LIST)
    assert (refused.status_code, problem(refused).code) == (429, "request.too_many")
    assert refused.headers["retry-after"] == "43200"
    few.clock.now += 43_200
    few.hand_in(LIST)
    for _ in range(3):
        few.post(b"not,a,list\n")
    assert few.post(b"not,a,list\n").status_code == 429, "nor is there no end to it"
