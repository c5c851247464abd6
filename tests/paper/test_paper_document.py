import multiprocessing
import unicodedata
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from credential.dates import PartialDate
from credential.errors import ConfigError, FormatError
from credential.model import TERMS, CourseResult, Signer, TermOutcome
from credential.text import check_text
from issuer.paper import document
from issuer.paper.document import (
    Paper,
    legend,
    make_pdf,
    make_pdfs,
    mark_text,
    written,
    written_in_words,
)

TextOf = Callable[[bytes], str]


@pytest.mark.parametrize(
    ("day", "text", "words"),
    [
        ((2008, 2, 7), "07/02/2008", "ngày 07 tháng 02 năm 2008"),
        ((2008, 1, 1), "01/01/2008", "ngày 01 tháng 01 năm 2008"),
        ((2008, 3, 9), "09/3/2008", "ngày 09 tháng 3 năm 2008"),
        ((2008, 9, 30), "30/9/2008", "ngày 30 tháng 9 năm 2008"),
        ((2008, 10, 10), "10/10/2008", "ngày 10 tháng 10 năm 2008"),
        ((2008, 12, 31), "31/12/2008", "ngày 31 tháng 12 năm 2008"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_days_to_nine_and_months_one_and_two_get_a_zero(
    day: tuple[int, int, int], text: str, words: str
) -> None:
    assert written(PartialDate(*day)) == text
    assert written_in_words(PartialDate(*day)) == words


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (PartialDate(1965), "1965"),
        (PartialDate(1965, 2), "02/1965"),
        (PartialDate(1965, 5), "5/1965"),
    ],
    ids=["only the year is known", "February is known", "May is known"],
)
def test_a_missing_day_is_not_invented(day: PartialDate, text: str) -> None:
    assert written(day) == text


@pytest.mark.parametrize(
    ("mark", "text"), [(85, "8,5"), (100, "10,0"), (0, "0,0"), (5, "0,5")], ids=str
)
def test_marks_have_a_decimal_comma(mark: int, text: str) -> None:
    assert mark_text(CourseResult("toan", "Toán", "CN", mark=mark)) == text


SCALES = {
    "a comment": (CourseResult("x", "x", "CN", rating="Đ"), "Đ"),
    "a primary subject with a test": (CourseResult("x", "x", "CN", 90, "T"), "T · 9,0"),
    "a university's letter": (CourseResult("x", "x", "CN", letter="B+", points=350), "B+ · 3,50"),
    "a university's three": (
        CourseResult("x", "x", "CN", mark=85, letter="A", points=400), "A · 8,5 · 4,00",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("result", "text"), SCALES.values(), ids=SCALES.keys())
def test_a_result_is_printed_on_its_scale(result: CourseResult, text: str) -> None:
    assert mark_text(result) == text


def test_the_signs_are_explained_of_the_scales_that_are_there() -> None:
    row = CourseResult("x", "x", "CN", mark=70)
    assert legend([row]) == "Điểm theo thang 10; “–”: không có kết quả."
    comment, letter = replace(row, mark=None, rating="CĐ"), SCALES["a university's letter"][0]
    assert "Đ – Đạt, CĐ – Chưa đạt" in legend([row, comment])
    assert "T – " not in legend([row, comment])
    assert "điểm theo thang 4" in legend([letter])


def test_every_outcome_is_printed_and_a_long_year_keeps_to_one_page(
    transcript: Paper, text_of: TextOf
) -> None:
    one = transcript.credential
    assert one.transcript is not None
    rows = tuple(
        CourseResult(f"s{number}", f"Môn học thứ {number}", term, mark=70)
        for number in range(17) for term in TERMS
    )  # fmt: skip
    outcomes = tuple(TermOutcome(term, "Khá", "Tốt", 3) for term in TERMS)
    year = replace(
        one.transcript, results=rows, outcomes=outcomes, promotion="Được lên lớp",
        title="Học sinh Giỏi", completion="Đã hoàn thành chương trình giáo dục phổ thông",
    )  # fmt: skip
    pdf = make_pdf(replace(transcript, credential=replace(one, transcript=year)))
    text = text_of(pdf)
    for expected in (
        "Học kỳ I: học tập Khá, rèn luyện Tốt, nghỉ học 3 buổi",
        "Học kỳ II: học tập Khá",
        "Lên lớp: Được lên lớp",
        "Danh hiệu: Học sinh Giỏi",
        "Hoàn thành chương trình: Đã hoàn thành",
    ):
        assert expected in text
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) == 1


def test_a_transcript_without_any_outcome_is_printed(transcript: Paper, text_of: TextOf) -> None:
    one = transcript.credential
    assert one.transcript is not None
    bare = replace(one.transcript, outcomes=())
    text = text_of(make_pdf(replace(transcript, credential=replace(one, transcript=bare))))
    assert "Kết quả học tập" not in text


def test_a_diploma_says_in_print_what_the_credential_says(diploma: Paper, text_of: TextOf) -> None:
    text = text_of(make_pdf(diploma))
    for expected in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "HIỆU TRƯỞNG TRƯỜNG THPT RẠCH MIỄU cấp BẰNG TỐT NGHIỆP TRUNG HỌC PHỔ THÔNG",
        "Cho: Đặng Thị Ẵm Ỹ Ọc",
        "07/3/2008",
        "Sông Bé",
        "Nữ",
        "Chăm",
        "Trường THPT Rạch Miễu",
        "số 1187/QĐ-SGDĐT ngày 20/6/2026",
        "Thành phố Hồ Chí Minh, ngày 05 tháng 7 năm 2026 KT. HIỆU TRƯỞNG",
        "Võ Ằng Ữu",
        "Số hiệu: T02600123",
        "Số vào sổ gốc cấp văn bằng: A26/079/000123",
        "sogoc.example/v",
        " ".join(diploma.code[at : at + 4] for at in (0, 4, 8, 12)),
    ):
        assert expected in text
    assert unicodedata.is_normalized("NFC", text)
    assert "None" not in text
    assert "none" not in text
    assert "Xếp loại" not in text


def test_a_transcript_prints_every_result_and_a_dash_for_none(
    transcript: Paper, text_of: TextOf
) -> None:
    text = text_of(make_pdf(transcript))
    for expected in (
        "TRÍCH HỌC BẠ LỚP 12",
        "năm học 2025-2026",
        "Đặng Thị Ẵm Ỹ Ọc",
        "Ngày sinh: 2008",
        "1 Toán 7,8 8,5 8,3",
        "2 Ngữ văn 10,0 0,0 3,3",
        "3 Giáo dục thể chất Đ Đ Đ",
        "4 Chuyên đề Vật lí – – CĐ",
        "Lớp: 12A3",
        "ngày 31 tháng 01 năm 2026",
        "Số vào sổ: HB26/079/000123",
    ):
        assert expected in text
    assert "Nơi sinh" not in text
    assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("kind", ["diploma", "transcript"])
def test_a_paper_is_pdf_a_3b_in_vietnamese_with_title(
    kind: str, request: pytest.FixtureRequest
) -> None:
    pdf = make_pdf(request.getfixturevalue(kind))
    assert b"<pdfaid:part>3</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
    assert b"/Lang(vi-VN)" in pdf
    assert b"/StructTreeRoot" in pdf
    with pypdfium2.PdfDocument(pdf) as document:
        assert "Đặng Thị Ẵm Ỹ Ọc" in document.get_metadata_value("Title")
        assert len(document) == 1


def test_the_sd_jwt_is_attached_as_the_source_of_the_paper(diploma: Paper) -> None:
    pdf = make_pdf(diploma)
    assert b"/AFRelationship/Source" in pdf
    assert b"/Subtype/application#2Fdc+sd-jwt" in pdf
    with pypdfium2.PdfDocument(pdf) as document:
        assert document.count_attachments() == 1
        attached = document.get_attachment(0)
        assert attached.get_name() == "credential.sdjwt"
        assert bytes(attached.get_data()).decode() == diploma.sd_jwt


@pytest.mark.parametrize("kind", ["diploma", "transcript"])
@pytest.mark.parametrize("dpi", [150, 300])
def test_the_code_on_the_rendered_page_reads_back_and_is_three_centimetres(
    kind: str, dpi: int, request: pytest.FixtureRequest
) -> None:
    paper: Paper = request.getfixturevalue(kind)
    with pypdfium2.PdfDocument(make_pdf(paper)) as document:
        picture = document[0].render(scale=dpi / 72).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == "".join(paper.qr)
    corners = code.position
    side = corners.top_right.x - corners.top_left.x
    assert side / dpi * 25.4 == pytest.approx(30, abs=0.5)


def test_only_a_specimen_says_so(diploma: Paper, transcript: Paper, text_of: TextOf) -> None:
    for paper in (diploma, transcript):
        assert "BẢN MẪU" not in text_of(make_pdf(paper))
        shown = text_of(make_pdf(replace(paper, specimen=True)))
        assert "không có giá trị sử dụng" in shown
        assert "Specimen – not valid" in shown


def test_the_same_paper_gives_the_same_bytes_from_threads_and_processes(
    diploma: Paper, transcript: Paper
) -> None:
    papers = [diploma, transcript, diploma]
    expected = list(make_pdfs(papers))
    assert expected[0] == expected[2] != expected[1]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(make_pdf, papers)) == expected
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning) as processes:
        assert list(processes.map(make_pdf, papers)) == expected


def test_text_is_set_as_text_and_never_run_as_markup(diploma: Paper, text_of: TextOf) -> None:
    trick = '#panic("x") $ *đậm* _nghiêng_ <nhãn> @tham \\ [ ] {}'
    paper = replace(diploma, credential=replace(diploma.credential, school_name=trick))
    assert trick in text_of(make_pdf(paper))


@pytest.mark.parametrize(
    ("name", "school", "size"),
    [
        ("Ỹ", "Trường THPT Ỷ La", 100),
        ("Tôn Nữ " * 7 + "Huyền", "Trường THPT Rạch Miễu", 250),
        ("Đặng Ọc", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên Gò Vấp" * 2, 600),
    ],
    ids=["a name of one letter", "a name of 54 letters", "a long school and the largest code"],
)
def test_a_diploma_keeps_to_one_page(diploma: Paper, name: str, school: str, size: int) -> None:
    one = diploma.credential
    named = replace(one, school_name=school, holder=replace(one.holder, name=name))
    paper = replace(
        diploma, credential=named, qr=("HTTPS://SOGOC.EXAMPLE/V#", "1" * (size * 12 // 5))
    )
    with pypdfium2.PdfDocument(make_pdf(paper)) as document:
        assert len(document) == 1


def test_a_long_transcript_goes_on_to_a_second_page_with_its_heading(
    transcript: Paper, text_of: TextOf
) -> None:
    one = transcript.credential
    assert one.transcript
    results = [CourseResult(f"m{n}", f"Môn {n}", "CN", mark=70) for n in range(40)]
    long = replace(one, transcript=replace(one.transcript, results=tuple(results)))
    text = text_of(make_pdf(replace(transcript, credential=long)))
    assert text.count("Môn học, hoạt động giáo dục") == 2
    assert "Trang 2/2" in text
    assert "40 Môn 39 – – 7,0" in text


def test_a_fault_of_the_template_is_not_blamed_on_the_text(
    diploma: Paper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "thpt-diploma.typ").write_text("#no-such-name")
    monkeypatch.setattr(document, "TEMPLATES", tmp_path)
    with pytest.raises(ConfigError) as caught:
        make_pdf(diploma)
    assert caught.value.code == "paper.template"
    assert caught.value.params == {"template": "thpt-diploma"}


@pytest.mark.parametrize("kind", ["diploma", "transcript"])
def test_every_character_that_may_be_signed_can_be_printed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    text = "".join(filter(_signable, map(chr, range(0x21, 0x10000))))
    paper: Paper = request.getfixturevalue(kind)
    one = paper.credential
    signer = Signer(text, text)
    assert len(text) > 800
    make_pdf(replace(paper, credential=replace(one, school_name=text, signer=signer)))


def _signable(char: str) -> bool:
    try:
        check_text(char)
    except FormatError:
        return False
    return True


def test_a_character_in_no_font_is_refused(diploma: Paper) -> None:
    odd = replace(diploma.credential, school_name="Trường \U0001f5ff")
    with pytest.raises(FormatError, match=r"paper\.unprintable"):
        make_pdf(replace(diploma, credential=odd))
