"""A batch's papers as a ZIP and as a print sheet, by command and as a job."""

import re
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest

from api.desk import delivering
from api.desk.jobs import Worker
from api.desk.runners import RUNNERS
from credential.errors import RefusedError
from credential.extracts import ExtractKind
from credential.facts import Withdrawal
from credential.model import Lane
from issuer.packing import Item, called, pack
from issuer.paper.document import make_pdf
from issuer.paper.sheets import Offset, joined
from store.jobs import Job, Jobs, JobState
from tests.delivery.conftest import DIPLOMA, ROOT, judged
from tests.devices.authority import Authority
from tests.issuer.conftest import PUPILS, SCHOOL, Desk

NAMES = {
    "plain": (Item(Path(), "Nguyễn Văn An", "12A1", "A26/1"), "12A1/Nguyễn Văn An A26-1.pdf"),
    "decomposed": (
        Item(Path(), unicodedata.normalize("NFD", "Đặng Ẵm"), "12A1", "1"), "12A1/Đặng Ẵm 1.pdf",
    ),
    "climbing": (Item(Path(), "../../etc", "..", "1"), "-..-etc 1.pdf"),
    "forbidden on Windows": (Item(Path(), 'A:B*"<>|?', "12/1.", "1"), "12-1/A-B------ 1.pdf"),
    "very long": (Item(Path(), "Ấ" * 300, "", "1"), "Ấ" * 80 + " 1.pdf"),
    "nobody": (Item(Path(), "", "", "A26/2"), "A26-2.pdf"),
}  # fmt: skip


@pytest.mark.parametrize(("item", "name"), NAMES.values(), ids=NAMES)
def test_a_file_is_called_by_its_person(item: Item, name: str) -> None:
    found = called(item)
    assert found == name
    assert unicodedata.is_normalized("NFC", found)


def test_the_same_papers_make_the_same_zip(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"paper")
    made = []
    for _ in range(2):
        out = BytesIO()
        pack(out, [Item(tmp_path / "a.pdf", "An", "12A1", "1")], [("phiếu.pdf", b"slips")])
        made.append(out.getvalue())
    assert made[0] == made[1]
    assert zipfile.ZipFile(BytesIO(made[0])).namelist() == ["12A1/An 1.pdf", "phiếu.pdf"]


def ink(page: pypdfium2.PdfPage) -> tuple[int, int]:
    """Where the first dark pixel of a page is, in tenths of a millimetre from the upper left."""
    dark = page.render(scale=254 / 72, grayscale=True).to_numpy().squeeze() < 100
    return int(dark.any(axis=0).argmax()), int(dark.any(axis=1).argmax())


def test_a_sheet_is_moved_as_the_printer_needs_it() -> None:
    papers = [make_pdf(DIPLOMA), make_pdf(replace(DIPLOMA, overlay=True))]
    plain, moved = (
        pypdfium2.PdfDocument(joined(papers, offset)) for offset in (Offset(), Offset(2.5, -1.5))
    )
    assert len(plain) == len(moved) == 2
    for before, after in zip(plain, moved, strict=True):
        assert before.get_size() == after.get_size()
        (x, y), (right, down) = ink(before), ink(after)
        assert (right - x, down - y) == pytest.approx((25, -15), abs=1)


def test_a_blank_gets_only_what_it_has_not() -> None:
    text, whole = (
        pypdfium2.PdfDocument(make_pdf(paper))[0].get_textpage().get_text_bounded()
        for paper in (replace(DIPLOMA, overlay=True, specimen=False), DIPLOMA)
    )
    for fixed in ("CỘNG HÒA", "BẰNG TỐT NGHIỆP", "Ngày sinh", "Số hiệu", "T02600123"):
        assert fixed in whole
        assert fixed not in text
    for own in ("Đặng Thị Ẵm Ỹ Ọc", "07/3/2008", "Võ Ằng Ữu", "A26/079/000123"):
        assert own in text


def test_marks_stand_ten_millimetres_from_the_edges() -> None:
    page = pypdfium2.PdfDocument(make_pdf(replace(DIPLOMA, overlay=True, marks=True)))[0]
    dark = page.render(scale=254 / 72, grayscale=True).to_numpy().squeeze() < 200
    height, width = dark.shape
    for y, x in ((100, 100), (100, width - 100), (height - 100, 100), (height - 100, width - 100)):
        assert dark[y - 3 : y + 3, x - 25 : x + 25].any(axis=0).sum() > 40
        assert dark[y - 25 : y + 25, x - 3 : x + 3].any(axis=1).sum() > 40


@pytest.fixture
def issued(desk: Desk) -> Desk:
    assert desk.issue() == 0
    return desk


def names(path: Path) -> list[str]:
    return zipfile.ZipFile(path).namelist()


def test_a_batch_is_packed_by_command(
    issued: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.zip"
    order = ["deliver", "zip", "1001-0000", "-o", str(out), "--by", "Văn thư", "--slips"]
    assert issued.sogoc(*order) == 0
    assert "BEAR NO PAdES" in capsys.readouterr().err, "told loudly"
    held = names(out)
    assert len(held) == PUPILS + 1
    assert held[-1] == "phiếu nhận hồ sơ.pdf"
    assert all(re.match(r"12\S+/", name) for name in held[:-1])
    assert out.stat().st_mode & 0o777 == 0o600
    with issued.system() as system:
        codes = [row.pupil for row in system.batches.staged(1)]
        assert not any(code in name for code in codes for name in held)
        (taken,) = system.extracts.about(1001, 0, 10)
    assert (taken.kind, taken.by, taken.count) == (ExtractKind.PAPER, "Văn thư", PUPILS)
    written = {path: path.stat().st_mtime_ns for path in (issued.data / "papers").rglob("*.pdf")}
    assert issued.sogoc(*order) == 0
    assert {path: path.stat().st_mtime_ns for path in written} == written, "none is written twice"


def test_what_does_not_stand_is_left_out(
    issued: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = issued.codes()[2]
    with issued.system() as system:
        cause = Withdrawal("suspend", "5/QĐ", date(2026, 8, 1), None, None)
        system.revoking.change(code, Lane.SUSPENDED, cause, "Hiệu trưởng")
    out, sheet = tmp_path / "out.zip", tmp_path / "out.pdf"
    assert issued.sogoc("deliver", "zip", "1001-0000", "-o", str(out), "--by", "A") == 0
    assert issued.sogoc("deliver", "sheet", "1001-0000", "-o", str(sheet), "--by", "A") == 0
    assert capsys.readouterr().out.count("1 papers were left out") == 2
    assert len(names(out)) == PUPILS - 1
    assert len(pypdfium2.PdfDocument(sheet)) == PUPILS - 1


def test_a_school_with_a_certificate_signs_what_it_hands_out(
    issued: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with issued.system() as system:
        public = system.keystore.signer("1001.sign").public.raw
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(ROOT.issue("Trường THPT Mẫu", point).public_bytes(Encoding.PEM))
    assert issued.sogoc("key", "seal", SCHOOL, "--certificate", str(chain)) == 0
    out = tmp_path / "out.zip"
    assert issued.sogoc("deliver", "zip", "1001-0000", "-o", str(out), "--by", "A") == 0
    assert "signed (PAdES) by Trường THPT Mẫu" in capsys.readouterr().out
    archive = zipfile.ZipFile(out)
    for name in archive.namelist():
        assert judged(archive.read(name), ROOT).bottom_line
    paper = tmp_path / "one.pdf"
    paper.write_bytes(archive.read(archive.namelist()[0]))
    assert issued.sogoc("verify", str(paper)) == 0
    wrong = tmp_path / "wrong.pem"
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    wrong.write_bytes(Authority.root("X").issue("X", other).public_bytes(Encoding.PEM))
    assert issued.sogoc("key", "seal", SCHOOL, "--certificate", str(wrong)) == 1
    assert "not of the key" in capsys.readouterr().err


def test_a_printer_is_measured_once(
    issued: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert issued.sogoc("deliver", "printer", "HP 2035", "--right", "0.5", "--down", "-1") == 0
    sheet = ["deliver", "sheet", "1001-0000", "-o", str(tmp_path / "a.pdf"), "--by", "A"]
    assert issued.sogoc(*sheet, "--printer", "HP 2035", "--blank", "--marks") == 0
    assert issued.sogoc(*sheet, "--printer", "Canon") == 1
    assert "no printer" in capsys.readouterr().err
    assert issued.sogoc("deliver", "printer", "HP 2035", "--right", "99") == 1


class Office:
    """The job, worked on by hand."""

    def __init__(self, system: object) -> None:
        self.system = system
        self.jobs = Jobs(system.store_database)  # type: ignore[attr-defined]
        self.batch = system.batches.numbered(1001, 0)  # type: ignore[attr-defined]

    def start(self, form: str = delivering.ZIP, **how: object) -> int:
        how = how or ({"slips": False} if form == delivering.ZIP else
                      {"blank": False, "marks": False, "printer": ""})  # fmt: skip
        return delivering.start(self.system, self.batch, form, "Văn thư", **how)  # type: ignore[arg-type]

    def work(self, number: int) -> Job:
        Worker(self.system, RUNNERS).once(number)  # type: ignore[arg-type]
        return self.jobs.of(number)


def test_a_job_makes_the_file(issued: Desk) -> None:
    with issued.system() as system:
        office = Office(system)
        number = office.start()
        assert office.start() == number, "asked for twice, it is one"
        done = office.work(number)
        assert done.state is JobState.DONE
        assert done.result is not None
        assert (done.result["count"], done.result["signer"]) == (PUPILS, "")
        assert len(names(delivering.file_of(system, done))) == PUPILS
        assert office.start() != number, "afterwards it is made anew"
        sheet = office.work(office.start(delivering.SHEET))
        assert len(pypdfium2.PdfDocument(delivering.file_of(system, sheet))) == PUPILS


def test_a_job_that_was_cut_off_goes_on_and_writes_none_twice(
    issued: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while packing: the papers are there, the file is not."""
    with issued.system() as system:
        office = Office(system)
        number = office.start()
        with monkeypatch.context() as broken:
            broken.setattr("api.packages.pack", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                office.work(number)
        written = sorted((issued.data / "papers").rglob("*.pdf"))
        assert len(written) == PUPILS
        before = [path.stat().st_mtime_ns for path in written]
        with pytest.raises(RefusedError, match=r"delivery\.gone"):
            delivering.file_of(system, office.jobs.of(number))
        later = Jobs(system.store_database, clock=lambda: 4_000_000_000)
        monkeypatch.setattr(Worker, "__init__", _later(Worker.__init__, later))
        done = office.work(number)
        assert done.state is JobState.DONE
        assert [path.stat().st_mtime_ns for path in written] == before
        assert len(system.extracts.about(1001, 0, 10)) == 1


def _later(original: object, jobs: Jobs) -> object:
    def made(self: Worker, *given: object) -> None:
        original(self, *given)  # type: ignore[operator]
        self._jobs = jobs

    return made


def test_a_job_that_is_cancelled_leaves_no_file(issued: Desk) -> None:
    with issued.system() as system:
        office = Office(system)
        number = office.start()
        office.jobs.cancel(number)
        office.work(number)
        assert office.jobs.of(number).state is JobState.CANCELLED
        assert not list((issued.data / "deliveries").glob("*"))


def test_nothing_is_handed_out_before_the_chain_has_it(issued: Desk) -> None:
    from credential.records import BatchState  # noqa: PLC0415

    with issued.system() as system:
        office = Office(system)
        office.batch = replace(office.batch, state=BatchState.SENT)
        with pytest.raises(RefusedError, match=r"delivery\.not_final"):
            office.start()
