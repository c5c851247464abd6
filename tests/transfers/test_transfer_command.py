"""A pupil goes from school to school by the command line, over a real chain."""

import json
import stat
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from api import sample
from api.accrediting import accredit
from api.schoolfile import SchoolFile, load
from api.transfers.office import Office
from api.transfers.parts import office
from credential import sdjwt, transfer
from credential.errors import ConflictError
from credential.model import CredentialType, TermOutcome
from credential.records import Move
from issuer.delivery import credential_of
from registry.tables import SCHOOLS
from store.held import Held
from store.transfer_records import TransferState
from tests.intake.messy import xlsx
from tests.intake.test_result_files import C1_HEADER
from tests.transfers.conftest import CLERK, OTHER_CLERK, PUPILS, RECEIVER, SENDER, WHO, Schools

NAMES = {"name": "Trường THPT Bến Lá", "place": "Thành phố Hồ Chí Minh", "since": "2001-09-05"}
THIRD = {"id": 1003, "code": "79001003", "names": [NAMES]}
Printed = pytest.CaptureFixture[str]


def where(schools: Schools, pupil: str = WHO) -> tuple[int, str]:
    with schools.system() as system:
        found = system.desk.pupils([pupil])[pupil]
    return found.school, found.class_name


def test_the_whole_way(schools: Schools, tmp_path: Path, capsys: Printed) -> None:
    name = schools.sealed()
    taught = tmp_path / "taught.txt"
    taught.write_text(
        "# taught here\nToán\nNgữ văn\nforeign_language_1\nĐịa lí\n", encoding="utf-8"
    )
    capsys.readouterr()

    # the receiving school: one call
    asked = ("check", str(schools.file(name, "pdf")), "--offers", str(taught))
    assert schools.transfer(*asked, by=OTHER_CLERK) == 0
    said = capsys.readouterr().out
    assert said.startswith("✔ VALID — Genuine transfer bundle")
    assert "The school does not teach Vật lí, which the pupil takes." in said
    assert "no results in subjects that the school teaches: Địa lí" in said
    assert "semester I only" in said

    # it accepts, and the registry has moved the pupil
    accept = ("accept", name, "--class", "12A1", "--on", "15/01/2026")
    assert schools.transfer("accept", name, "--class", "Lớp mười hai", by=OTHER_CLERK) == 64
    assert schools.transfer(*accept, by=OTHER_CLERK) == 0
    assert where(schools) == (1002, "12A1")
    with schools.system() as system:
        assert system.desk.moves(WHO) == [Move(WHO, 1001, 1002, "12A1", name, date(2026, 1, 15))]
    assert schools.transfer(*accept, by=OTHER_CLERK) == 0, "the same again is harmless"

    # the sender sees the receipt
    capsys.readouterr()
    assert schools.sogoc("transfer", "status", name) == 0
    said = capsys.readouterr().out
    assert "Accepted" in said
    assert "Acceptance by the receiving school: ✔ Signed by the school" in said

    # at the end of the year the receiving school makes the pupil's transcript; no other can
    [moved] = [pupil for pupil in PUPILS if pupil.code == WHO]
    year = tmp_path / "year.xlsx"
    sample.write_score_sheet(year, [moved])
    assert schools.issue("transcript", year, SENDER, "31/05/2026") == 1
    assert "belongs to another school" in capsys.readouterr().err
    assert schools.issue("transcript", year, RECEIVER, "31/05/2026") == 0
    said = capsys.readouterr().err
    assert "12 results agree with transfer record C26/1001/00001 of Trường THPT Sông Trăng" in said


def test_who_moves_twice_in_a_school_year_has_a_record_of_each_school(
    schools: Schools, tmp_path: Path, capsys: Printed
) -> None:
    name = schools.sealed()
    accept = ("accept", name, "--class", "12A1", "--on", "15/01/2026")
    assert schools.transfer(*accept, by=OTHER_CLERK) == 0
    sample.write_score_sheet(tmp_path / "half.xlsx", PUPILS[:1], half=True)
    assert schools.issue("transfer-record", tmp_path / "half.xlsx", RECEIVER, "20/05/2026") == 0
    again = ("transfer-record", tmp_path / "half.xlsx", RECEIVER, "21/05/2026")
    assert schools.issue(*again) == 1, "but one of each"
    request = ("request", WHO, "--from", RECEIVER, "--to", SENDER, "--why", "residence")
    assert schools.transfer(*request) == 0
    with schools.system() as system:
        [back] = office(system).transfers.listed()
    assert schools.transfer("seal", back.draft.id) == 0
    sealed = transfer.parse(schools.file(back.draft.id).read_text()).credentials
    found = [credential_of(sdjwt.parse(each.sd_jwt)) for each in sealed]
    assert (found[0].type, found[0].school) == (CredentialType.TRANSFER, 1002)


def test_a_brought_mark_that_was_typed_otherwise_is_noticed(
    schools: Schools, tmp_path: Path, capsys: Printed
) -> None:
    name = schools.sealed()
    assert schools.transfer("accept", name, "--class", "12A1", by=OTHER_CLERK) == 0
    sample.write_score_sheet(tmp_path / "year.xlsx", PUPILS[:1])
    book = load_workbook(tmp_path / "year.xlsx")
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[4] if cell.value == "Toán HKI")
    sheet.cell(5, column).value = "9,9"
    book.save(tmp_path / "year.xlsx")
    capsys.readouterr()
    assert schools.issue("transcript", tmp_path / "year.xlsx", RECEIVER, "31/05/2026") == 0
    said = capsys.readouterr().err
    assert "Toán: 9,9, transfer record C26/1001/00001 says 4,2" in said
    assert "11 results agree" in said


def test_the_former_school_may_still_finish_and_correct_its_own_years(
    schools: Schools, tmp_path: Path, capsys: Printed
) -> None:
    year = tmp_path / "year.xlsx"
    sample.write_score_sheet(year, PUPILS[:1])
    with schools.system() as system:  # moved after the year had ended
        system.desk.move(Move(WHO, 1001, 1002, "12A9", "next year", date(2026, 8, 20)))
    assert schools.issue("transcript", year, SENDER, "10/09/2026") == 0, "it owes that year"
    assert schools.issue("transfer-record", year, SENDER, "11/09/2026", "--year", "2027") == 1
    assert "belongs to another school" in capsys.readouterr().err
    book = load_workbook(year)
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[4] if cell.value == "Số buổi nghỉ")
    sheet.cell(5, column).value = 1
    book.save(year)
    amend = (
        "amend", str(year), "--school", SENDER, "--type", "transcript", "--decision", "sửa 1",
        "--decided-on", "12/09/2026", "--prepared-by", CLERK, "--approved-by", OTHER_CLERK,
        "--no-pdf", "--year", "2026", "--reason", "nhập sai số buổi nghỉ",
    )  # fmt: skip
    assert schools.sogoc(*amend) == 0, "and answers for what it has said"


def test_a_second_school_is_told_that_the_pupil_is_gone(schools: Schools, capsys: Printed) -> None:
    first = schools.sealed()
    with schools.system() as system:  # as another school's acceptance would
        system.desk.move(Move(WHO, 1001, 1002, "12A9", "another transfer", date(2026, 1, 15)))
    assert schools.transfer("accept", first, "--class", "12A1", by=OTHER_CLERK) == 1
    assert "has been moved already" in capsys.readouterr().err
    assert where(schools) == (1002, "12A9")
    assert schools.transfer("reject", first, "--reason", "đã học nơi khác", by=OTHER_CLERK) == 0


ENDS = {
    "rejected": ("reject", "hết chỗ", TransferState.REJECTED),
    "withdrawn": ("withdraw", "gia đình đổi ý", TransferState.WITHDRAWN),
}


@pytest.mark.parametrize("case", ENDS)
def test_it_may_end_otherwise(schools: Schools, case: str, capsys: Printed) -> None:
    act, reason, state = ENDS[case]
    name = schools.sealed()
    assert schools.transfer(act, name, "--reason", reason) == 0
    assert schools.transfer(act, name, "--reason", reason) == 0, "the same again is harmless"
    assert reason in capsys.readouterr().out
    assert schools.transfer("accept", name, "--class", "12A1") == 1
    assert "This transfer has ended" in capsys.readouterr().err
    assert where(schools)[0] == 1001
    with schools.system() as system:
        held = office(system).transfers.find(name)
    assert (held.state, held.bundle) == (state, None)
    assert schools.sealed() != name, "a new request can be made"


def test_without_a_record_nothing_is_sealed(schools: Schools, capsys: Printed) -> None:
    with schools.system() as system:
        other = next(each for each in sample.pupils() if each.school == 1001 and each not in PUPILS)
        assert system.desk.pupils([other.code])
    name = schools.request(other.code)
    assert schools.transfer("seal", name) == 1
    assert "no standing transfer record" in capsys.readouterr().err


def test_a_record_of_an_earlier_stay_is_not_sealed_for_this_one(
    schools: Schools, capsys: Printed
) -> None:
    for who, back in ((WHO, date(2026, 8, 20)), (PUPILS[1].code, date(2026, 1, 16))):
        with schools.system() as system:  # went away with it, and came back
            system.desk.move(Move(who, 1001, 1002, "12A9", f"{who} away", date(2026, 1, 15)))
            system.desk.move(Move(who, 1002, 1001, "12A1", f"{who} back", back))
    name = schools.request()
    assert schools.transfer("seal", name) == 1
    assert "no standing transfer record" in capsys.readouterr().err
    schools.sealed(PUPILS[1].code)  # within that school year it says what there is to say


def test_a_first_day_far_away_is_taken_for_a_slip(schools: Schools, capsys: Printed) -> None:
    name = schools.sealed()
    accept = ("accept", name, "--class", "12A1", "--on")
    assert schools.transfer(*accept, "01/09/2096", by=OTHER_CLERK) == 1
    assert "01/09/2096" in capsys.readouterr().err
    assert where(schools)[0] == 1001
    assert schools.transfer(*accept, "15/01/2026", by=OTHER_CLERK) == 0, "nothing was decided"


def test_the_bundle_lists_the_record_first_and_each_extract_is_noted(schools: Schools) -> None:
    name = schools.sealed()
    found = json.loads(schools.file(name).read_text())
    assert len(found["credentials"]) == 2
    with schools.system() as system:
        taken = system.extracts.of(WHO)
    assert [(each.kind.value, each.by) for each in taken] == [("transfer", CLERK)] * 2


def test_the_record_says_of_semester_i_what_the_sheet_said(schools: Schools) -> None:
    sealed = transfer.parse(schools.file(schools.sealed()).read_text()).credentials[0]
    found = credential_of(sdjwt.parse(sealed.sd_jwt))
    sheet = load_workbook(schools.data / "half.xlsx").worksheets[0]
    rows = sheet.iter_rows(min_row=4, values_only=True)
    heads = list(map(str, next(rows)))
    said = dict(zip(heads, next(row for row in rows if WHO in row), strict=True))
    courses = {
        head.removesuffix(" HKI"): cell if cell == "Đ" else Decimal(str(cell)) * 10
        for head, cell in said.items()
        if head.endswith(" HKI") and cell is not None
    }
    assert (found.type, found.holder.name) == (CredentialType.TRANSFER, said["Họ tên"])
    assert found.transcript is not None
    assert {row.term for row in found.transcript.results} == {"HK1"}
    assert {row.name: row.rating or row.mark for row in found.transcript.results} == courses
    assert len(courses) == 12
    levels = (said[name] for name in ("Kết quả học tập", "Kết quả rèn luyện", "Số buổi nghỉ"))
    assert found.transcript.outcomes == (TermOutcome("HK1", *levels),)
    assert (found.transcript.promotion, found.transcript.title) == (None, None)


@pytest.mark.parametrize("ending", ["json", "pdf"])
def test_the_files_are_their_owners_alone_to_read(schools: Schools, ending: str) -> None:
    file = schools.file(schools.sealed(), ending)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir() if each.name.endswith(".tmp")] == []


def test_a_revoked_diploma_stays_behind(schools: Schools) -> None:
    with schools.system() as system:
        number = next(
            each.staged.register_no
            for each in Held(system.store_database).of(WHO)
            if each.staged.register_no.startswith("B")
        )
    assert schools.sogoc(
        "revoke", number, "--ground", "fraud", "--decision", "9/QĐ", "--by", CLERK,
        "--on", "01/07/2026",
    ) == 0  # fmt: skip
    name = schools.sealed()
    assert len(json.loads(schools.file(name).read_text())["credentials"]) == 1


def test_sealing_again_writes_the_same_file(schools: Schools) -> None:
    name = schools.sealed()
    before = schools.file(name).read_bytes()
    schools.file(name).unlink()
    assert schools.transfer("seal", name) == 0
    assert schools.file(name).read_bytes() == before


def test_the_parents_code_is_shown_once_and_can_be_replaced(
    schools: Schools, capsys: Printed
) -> None:
    name = schools.request()
    assert "shown this once" in capsys.readouterr().out
    assert schools.request() == name
    assert "its code was given then" in capsys.readouterr().out
    assert schools.transfer("code", name) == 0
    assert "shown this once" in capsys.readouterr().out


def test_offline_the_file_alone_says_that_all_else_holds(schools: Schools, capsys: Printed) -> None:
    name = schools.sealed()
    assert schools.sogoc("evidence", "trust") == 0
    with schools.system() as system:
        block = system.reader.head()
    capsys.readouterr()
    asked = (
        "transfer",
        "check",
        str(schools.file(name)),
        "--offline",
        "--block",
        f"0x{block.hash.hex()}",
    )
    assert schools.sogoc(*asked) == 2, "without the register nothing is VALID"
    said = capsys.readouterr().out
    assert said.startswith("? UNDETERMINED")
    assert "✔ Signed by the school" in said
    assert "✘" not in said


def test_a_school_outside_the_system(schools: Schools, capsys: Printed) -> None:
    name = schools.sealed(to="Trường THPT Xa, tỉnh Khác")
    assert schools.transfer("accept", name, "--class", "12A1") == 1
    assert "outside the system" in capsys.readouterr().err
    assert schools.transfer("accept", name, "--letter", "Công văn 12/THPT") == 0
    assert "Công văn 12/THPT" in capsys.readouterr().out


TAMPERED = {
    "a credential left out": lambda file: file | {"credentials": file["credentials"][:1]},
    "in another order": lambda file: file | {"credentials": file["credentials"][::-1]},
    "one twice": lambda file: file | {"credentials": file["credentials"][:1] * 2},
}


@pytest.mark.parametrize("case", TAMPERED)
def test_a_bundle_that_was_tampered_with_is_invalid(
    schools: Schools, case: str, capsys: Printed
) -> None:
    name = schools.sealed()
    path = schools.file(name)
    changed = TAMPERED[case](json.loads(path.read_text()))
    path.write_text(json.dumps(changed, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    assert schools.sogoc("transfer", "check", str(path)) == 1
    assert "not those that the seal names" in capsys.readouterr().out


def test_another_pupils_bundle_has_another_seal(schools: Schools, capsys: Printed) -> None:
    mine, other = (
        json.loads(schools.file(schools.sealed(pupil.code)).read_text()) for pupil in PUPILS[:2]
    )
    mixed = schools.data / "mixed.json"
    mixed.write_text(
        json.dumps(mine | {"seal": other["seal"]}, separators=(",", ":"), sort_keys=True)
    )
    capsys.readouterr()
    assert schools.sogoc("transfer", "check", str(mixed)) == 1


def accepted_at_once(at: Office, *asked: tuple[str, str]) -> dict[tuple[str, str], str]:
    """What comes of accepting each (transfer, class) in a thread of its own."""
    start, found = threading.Barrier(len(asked)), {}

    def accept(name: str, class_name: str) -> None:
        start.wait()
        try:
            found[name, class_name] = at.accept(name, class_name, None, OTHER_CLERK).state.value
        except ConflictError as error:
            found[name, class_name] = error.code

    workers = [threading.Thread(target=accept, args=each) for each in asked]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


def test_of_two_acceptances_at_once_one_counts(schools: Schools) -> None:
    name = schools.sealed()
    with schools.system() as system:
        found = accepted_at_once(office(system), (name, "12A1"), (name, "12A2"))
        assert sorted(found.values()) == ["accepted", "transfer.decided"]
        assert len(system.desk.moves(WHO)) == 1


def test_of_two_schools_that_accept_at_once_one_has_the_pupil(schools: Schools) -> None:
    with schools.system() as system:
        load(system.registry_database, SchoolFile.model_validate({"schools": [THIRD]}))
        accredit(system, THIRD["id"], list(CredentialType))
    asked = [(schools.sealed(to=RECEIVER), "12A1"), (schools.sealed(to=THIRD["code"]), "12B1")]
    with schools.system() as system:
        at = office(system)
        found = accepted_at_once(at, *asked)
        assert sorted(found.values()) == ["accepted", "transfer.already_moved"]
        won, lost = sorted(asked, key=found.__getitem__)
        target = at.transfers.find(won[0]).draft.to_school
        [move] = system.desk.moves(WHO)
        assert (move.ref, move.to_school, move.class_name) == (won[0], target, won[1])
        assert at.transfers.find(lost[0]).decided is None
    assert where(schools) == (target, won[1])
    assert schools.transfer("reject", lost[0], "--reason", "đã học nơi khác", by=OTHER_CLERK) == 0
    with schools.system() as system:
        ended = {name: office(system).transfers.find(name).state for name, _ in asked}
    assert ended == {won[0]: TransferState.ACCEPTED, lost[0]: TransferState.REJECTED}


def test_a_primary_pupil_moves_with_semester_one_alone(
    schools: Schools, tmp_path: Path, capsys: Printed
) -> None:
    with schools.system() as system, system.registry_database.writing() as connection:
        connection.execute(update(SCHOOLS).values(kind="tieu-hoc"))
    pupil = next(each for each in sample.pupils() if each not in PUPILS and each.school == 1001)
    levels = ["T", 9, "T", 10, "T", "T", "T", None, *["T"] * 18]
    row = [1, "5/1", pupil.code, pupil.name, pupil.birth.printed(), *levels, None, None, None]
    half = tmp_path / "c1.xlsx"
    half.write_bytes(xlsx([["KẾT QUẢ HỌC KỲ I"], *C1_HEADER, row]))
    assert schools.issue("transfer-record", half, SENDER, "11/01/2026") == 0
    name = schools.sealed(pupil.code)
    capsys.readouterr()
    assert schools.transfer("check", str(schools.file(name, "pdf")), by=OTHER_CLERK) == 0
    assert "semester I only" in capsys.readouterr().out
    assert schools.transfer("accept", name, "--class", "5/2", by=OTHER_CLERK) == 0
    assert where(schools, pupil.code) == (1002, "5/2")
