"""`sogoc copy`: a certified copy in one go, worth what its original is, on chain and off it."""

from datetime import date

import pytest

from api import assembly
from api.desk.lines import paper
from api.desk.policy import Member, Role
from credential.dates import PartialDate
from credential.errors import ConflictError, RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Holder, Lane, Signer
from credential.records import AwardBatch, AwardEntry, AwardLine
from tests import old_book, workbench
from tests.digitise.conftest import BY_CLERK, WHOSE, Bureau
from tests.lifecycle.test_lifecycle_api import HISTORY, WITHDRAWALS, post, work
from tests.web.conftest import problem
from tests.web.simulator import HOST

DIPLOMA, COPY = CredentialType.THPT_DIPLOMA, CredentialType.COPY
FIRST = "B26/1001/00001"
OLD = {"school": 1001, "type": "digitised-diploma", "register_no": "Q3-85/0041"}
GONE = ("--decision", "5/QĐ", "--on", "10/09/2026", "--by", "Hiệu trưởng")
REVOKED = ("--ground", "fraud", *GONE)


def on_chain(bureau: Bureau, code: str) -> Lane:
    """How a credential stands at the finalised block."""
    with bureau.system() as system:
        found = system.batches.credential(code)
        root = found.batch.root
        return system.ledger.lane(found.batch.school, root, found.staged.index, final=True)


def test_request_issue_verify_and_end_with_the_original(
    either: Bureau, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau = either
    if not bureau.classes.exists():
        from api import sample  # noqa: PLC0415

        pupils = [pupil for pupil in sample.pupils() if pupil.school == 1001][:6]
        sample.write_class_list(bureau.classes, pupils)
    assert bureau.issue() == 0
    for _ in range(2):
        assert bureau.copy_of(FIRST) == 0, "the same request is the same copy"
    assert bureau.copy_of(FIRST, "--dossier", "H29-0002", "--count", "2") == 0
    assert bureau.written() == (9, 3, 9)
    copies = bureau.codes_of(COPY)
    assert list(copies) == ["S26/1001/00001", "S26/1001/00002", "S26/1001/00003"]
    capsys.readouterr()
    for code in copies.values():
        assert bureau.sogoc("verify", code) == 0
    told = capsys.readouterr().out
    assert "a copy from the register" in told
    assert f"Register number of the diploma: {FIRST}" in told

    original = bureau.codes_of(DIPLOMA)[FIRST]
    assert bureau.sogoc("revoke", original, *REVOKED) == 0
    capsys.readouterr()
    for code in copies.values():
        assert on_chain(bureau, code) is Lane.REVOKED, "in the same act"
        assert bureau.sogoc("verify", code) == 1
    told = capsys.readouterr().out
    assert "The diploma that was copied was revoked by decision 5/QĐ of 10/09/2026" in told
    assert bureau.sogoc("revoke", original, *REVOKED) == 0, "repeating is harmless"
    assert bureau.copy_of(FIRST, "--dossier", "H29-0003") == 1
    assert bureau.sogoc("copy", "book", "--school", "79001001") == 0
    assert "REVOKED" in capsys.readouterr().out
    assert bureau.sogoc("audit", "verify") == 0


def test_a_copy_is_suspended_and_comes_back_with_its_original(bureau: Bureau) -> None:
    bureau.issue(), bureau.copy_of(FIRST), bureau.copy_of("B26/1001/00002")
    original = bureau.codes_of(DIPLOMA)[FIRST]
    mine, other = bureau.codes_of(COPY).values()
    for command, lane, verdict in (
        ("suspend", Lane.SUSPENDED, 1),
        ("reinstate", Lane.ACTIVE, 0),
        ("suspend", Lane.SUSPENDED, 1),
        ("reinstate", Lane.ACTIVE, 0),
    ):
        assert bureau.sogoc(command, original, *GONE) == 0
        assert on_chain(bureau, mine) is lane
        assert bureau.sogoc("verify", mine) == verdict
        assert bureau.sogoc("verify", other) == 0
    bureau.sogoc("suspend", original, *GONE)
    with bureau.system() as system, pytest.raises(RefusedError, match=r"line\.not_standing"):
        paper(system, Member(1, "Lê Thị Văn Thư", Role.REGISTRAR, 1001), "S26/1001/00001")


def test_a_copy_suspended_alone_ends_with_its_original_and_never_comes_back(
    bureau: Bureau, capsys: pytest.CaptureFixture[str]
) -> None:
    bureau.issue(), bureau.copy_of(FIRST)
    original, copy = bureau.codes_of(DIPLOMA)[FIRST], bureau.codes_of(COPY)["S26/1001/00001"]
    assert bureau.sogoc("suspend", original, *GONE) == 0
    assert bureau.sogoc("reinstate", copy, *GONE) == 1, "suspended by its original alone"
    assert f"Line {FIRST}, of which this copy was made" in capsys.readouterr().err
    assert on_chain(bureau, copy) is Lane.SUSPENDED
    assert bureau.sogoc("reinstate", original, *GONE) == 0
    assert bureau.sogoc("suspend", copy, *GONE) == 0
    assert bureau.sogoc("revoke", original, *REVOKED) == 0
    assert on_chain(bureau, copy) is Lane.REVOKED
    assert bureau.sogoc("reinstate", copy, *GONE) == 1
    assert on_chain(bureau, copy) is Lane.REVOKED


def test_a_copy_of_what_is_corrected_is_superseded(bureau: Bureau) -> None:
    bureau.issue(), bureau.copy_of(FIRST)
    with bureau.system() as system:
        holder = system.batches.credential(FIRST).staged.pupil
    rows = {str(sheet_row): sheet_row for sheet_row in range(5, 11)}

    def correct(sheet: object) -> None:
        for row in rows.values():
            if sheet[f"B{row}"].value == holder:  # type: ignore[index]
                place = next(
                    cell
                    for cell in sheet[4]
                    if "Dân tộc" in str(cell.value)  # type: ignore[index]
                )
                sheet.cell(row, place.column).value = "Chăm"  # type: ignore[attr-defined]

    file = bureau.edited(correct)
    asked = bureau.issue_arguments(file=file)
    asked[0] = "amend"
    assert bureau.sogoc(*asked, "--reason", "Xác định lại dân tộc") == 0
    [copy] = bureau.codes_of(COPY).values()
    assert on_chain(bureau, copy) is Lane.SUPERSEDED
    assert bureau.sogoc("verify", copy) == 1
    assert bureau.copy_of(FIRST, "--dossier", "new") == 0
    assert bureau.sogoc("verify", bureau.codes_of(COPY)["S26/1001/00002"]) == 0


def test_many_revoked_at_once_take_their_copies_along(bureau: Bureau) -> None:
    bureau.issue(), bureau.copy_of(FIRST), bureau.copy_of("B26/1001/00002")
    file = bureau.data / "list.txt"
    file.write_text("\n".join(list(bureau.codes_of(DIPLOMA).values())[:1]))
    assert bureau.sogoc("revoke", "--list", str(file), *REVOKED) == 0
    mine, other = bureau.codes_of(COPY).values()
    assert (on_chain(bureau, mine), on_chain(bureau, other)) == (Lane.REVOKED, Lane.ACTIVE)


def test_copies_of_old_lines_issued_digitally_or_never(bureau: Bureau) -> None:
    bureau.open(), bureau.enter(), bureau.check("14", "--agree")
    assert bureau.copy_of("A 012345") == 0, "by serial; the line was never issued digitally"
    assert bureau.copy_of("0043") == 1, "what is not checked is in no register"
    for number, done in (("0041", 1), ("0042", 0)):  # the first has a copy
        said = ("--number", number, "--reason", "Đọc sai", *BY_CLERK)
        assert bureau.sogoc("digitise", "withdraw", *WHOSE, *said) == done
    assert bureau.copy_of("0042", "--dossier", "gone") == 1
    mended = [list(row) for row in old_book.ROWS]
    mended[1][8] = "Khá"
    assert bureau.enter(mended) == 0
    assert bureau.check("14", "--agree") == 0
    assert bureau.digitise() == 0
    assert bureau.copy_of("Q3-85/0042") == 0
    for code in bureau.codes_of(COPY).values():
        assert bureau.sogoc("verify", code) == 0
    digitised = bureau.codes_of(CredentialType.DIGITISED)["Q3-85/0042"]
    assert bureau.sogoc("revoke", digitised, *REVOKED) == 0
    first, second = bureau.codes_of(COPY).values()
    assert (bureau.sogoc("verify", first), bureau.sogoc("verify", second)) == (0, 1)


def test_a_line_that_was_never_issued_is_revoked_by_two_persons_with_its_copies(
    bureau: Bureau,
) -> None:
    bureau.open(), bureau.enter(), bureau.check("14", "--agree")
    assert bureau.copy_of("0041") == 0
    [copy] = bureau.codes_of(COPY).values()
    with bureau.system() as system:
        system.settings = system.settings.model_copy(update={"public_url": HOST})
        bench = workbench.Desk(system, assembly.site(system))
        registrar, principal = bench.of(Role.REGISTRAR), bench.of(Role.PRINCIPAL)

        def change(lane: str, **more: str) -> None:
            asked = OLD | {"lane": lane, "decision": f"{lane}/QĐ", "decided_on": "10/09/2026"}
            number = post(registrar, WITHDRAWALS, asked | more)["withdrawal"]
            post(principal, f"{WITHDRAWALS}/{number}/approve")
            work(bench)

        for lane, stands in (("suspended", Lane.SUSPENDED), ("active", Lane.ACTIVE)):
            change(lane)
            assert on_chain(bureau, copy) is stands
        change("revoked", ground="fraud")
        [version] = post(registrar, HISTORY, OLD)["versions"]
        assert (version["lane"], version["says"]["name"]) == ("revoked", "NGUYỄN THỊ NGỌC KHÁNH")
        assert [one.line.register_no for one in system.desk.withdrawn(date(2026, 9, 10))] == [
            OLD["register_no"]
        ]
        unchecked = OLD | {"register_no": "Q3-85/0043", "lane": "suspended"}
        asked = unchecked | {"decision": "7/QĐ", "decided_on": "10/09/2026"}
        response = registrar.ask("POST", WITHDRAWALS, json=asked)
        assert problem(response).code == "credential.unknown"
    assert on_chain(bureau, copy) is Lane.REVOKED
    assert bureau.sogoc("verify", copy) == 1
    assert bureau.digitise() == 0, "the others are issued, the revoked one is left out"
    assert list(bureau.codes_of(CredentialType.DIGITISED)) == ["Q3-85/0042"]


def test_a_line_that_an_order_has_taken_meanwhile_is_revoked_once_that_is_done(
    bureau: Bureau,
) -> None:
    bureau.open(), bureau.enter(), bureau.check("14", "--agree")
    line = AwardLine(CredentialType.DIGITISED, 1001, "Q3-85/0042")
    why = Withdrawal("fraud", "5/QĐ", date(2026, 9, 10))
    with bureau.system() as system:
        taken = AwardEntry("1001:Q3-85/0042", Holder("Trần Văn Bé Tư", PartialDate(1966)), None,
                           None, line=line.register_no)  # fmt: skip
        system.desk.enter(AwardBatch(
            "ref", line.type, 1001, 2026, why.on, Signer("A", "Hiệu trưởng"), None, None, (taken,),
        ))  # fmt: skip
        for _ in range(2):
            with pytest.raises(ConflictError) as told:
                system.revoking.change_version(line, Lane.REVOKED, why, "B")
            assert told.value.code == "withdrawal.being_issued"
        assert system.desk.lines([line])[line].lane is Lane.REVOKED


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (("--capacity", "neighbour"), "neighbour"),
        (("--applicant", " "), "Who asks for the copy is missing"),
        (("--fee", "-1"), "A fee of -1"),
        (("--approved-by", "Văn thư"), "Văn thư"),
        (("--number", "B26/1001/09999"), "B26/1001/09999"),
        (("--signer", "Ai Đó"), "Ai Đó"),
        (("--issued", "01/03/2026"), "2026"),
    ],
)
def test_refused(
    bureau: Bureau, capsys: pytest.CaptureFixture[str], extra: tuple[str, str], said: str
) -> None:
    bureau.issue()
    assert bureau.copy_of(FIRST, *extra) != 0
    assert said in capsys.readouterr().err
    assert bureau.written() == (6, 1, 6)
