"""A credential as a PDF/A-3 page: what is printed, in which words and spelling of dates.

Decides the texts and the file's metadata and attachment; `templates/*.typ` decide the layout
and nothing else, `qr` the code. Nothing here signs: the artefacts come in finished.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from credential import lookup
from credential.dates import PartialDate
from credential.model import (
    TERMS,
    BookPage,
    CourseResult,
    Credential,
    CredentialType,
    Origin,
    TermOutcome,
    Transcript,
)
from issuer.paper import press, qr

ATTACHMENT = "credential.sdjwt"  # the name under which the SD-JWT is attached
TEMPLATES = Path(__file__).parent / "templates"
VIETNAM = timezone(timedelta(hours=7))  # no summer time since 1975
_TERMS = {"HK1": "first", "HK2": "second", "CN": "year"}
_TERM_NAMES = {"HK1": "Học kỳ I", "HK2": "Học kỳ II", "CN": "Cả năm"}


@dataclass(frozen=True, slots=True)
class Paper:
    """What one PDF is made of.

    `code` is the 16-character look-up code, `verify_url` the verifier's address as people type
    it, `qr` the link's prefix and digits (`credential.qrlink.encode`), `sd_jwt` the issued
    SD-JWT in compact form. `specimen` marks every page as a sample without value. `place` is
    where the school signs, `authority` the department above it, `template` the school's own one.
    `overlay` leaves out what a pre-printed blank has, `marks` adds crosses for a printer to be
    measured by.
    """

    credential: Credential
    code: str
    verify_url: str
    qr: tuple[str, str]
    sd_jwt: str
    specimen: bool
    template: Path | None = None
    overlay: bool = False
    marks: bool = False
    place: str = "Thành phố Hồ Chí Minh"
    authority: str = "Sở Giáo dục và Đào tạo\nThành phố Hồ Chí Minh"


def make_pdf(paper: Paper) -> bytes:
    """The paper as a PDF/A-3b file with the SD-JWT attached.

    The same paper gives the same bytes: the file's time is midnight (UTC+7) of the day of
    issue. Raises what `press.print_pdf` raises; threads take turns there.
    """
    return print_paper(paper)[0]


def print_paper(paper: Paper, *, sealed: bool = False) -> tuple[bytes, press.Field | None]:
    """The same with where its signature is to be seen, if it will be `sealed`."""
    issued = paper.credential.issued
    midnight = datetime(issued.year, issued.month, issued.day, tzinfo=VIETNAM)
    template = paper.template or default_template(paper.credential.type)
    return press.print_page(template, _content(paper) | {"sealed": sealed}, midnight)


def default_template(kind: CredentialType) -> Path:
    """The template of a type where a school has none of its own."""
    return TEMPLATES / f"{_TEMPLATE_OF.get(kind, kind.key)}.typ"


def make_pdfs(papers: Iterable[Paper]) -> Iterator[bytes]:
    """`make_pdf` for each, in order, as they are asked for."""
    return map(make_pdf, papers)


def written(day: PartialDate) -> str:
    """A date as diplomas write it: days 1–9 and months 1 and 2 with a leading zero.

    ``07/02/2008`` but ``07/5/2008``: a zero stands only where a stroke could be added to make
    another number (writing rule of the certificate forms, Circular 17/2020).
    """
    parts = [_two_digits(day.day, 9)] if day.day else []
    parts += [_two_digits(day.month, 2)] if day.month else []
    return "/".join([*parts, str(day.year)])


def written_in_words(day: PartialDate) -> str:
    """The date of issue: ``ngày 05 tháng 6 năm 2026`` (`day` known to the day)."""
    assert day.day, "papers are issued on a day"
    numbers = written(day).split("/")
    return "ngày {} tháng {} năm {}".format(*numbers)


def mark_text(result: CourseResult) -> str:
    """A result as printed: ``8,5`` from tenths, ``Đ``, ``H · 9,0``, ``B+ · 3,50``."""
    mark, points = result.mark, result.points
    said = [result.rating, result.letter]
    said += [f"{mark // 10},{mark % 10}" if mark is not None else None]
    said += [f"{points // 100},{points % 100:02d}" if points is not None else None]
    return " · ".join(each for each in said if each is not None)


def legend(results: Iterable[CourseResult]) -> str:
    """What the signs in a table of results mean, of the scales that it uses."""
    ratings = {result.rating for result in results} - {None}
    scales = [
        (any(result.mark is not None for result in results), "điểm theo thang 10"),
        (bool(ratings & {"Đ", "CĐ"}), "Đ – Đạt, CĐ – Chưa đạt"),
        (bool(ratings & {"T", "H", "C"}),
         "T – Hoàn thành tốt, H – Hoàn thành, C – Chưa hoàn thành"),
        (any(result.letter is not None for result in results), "điểm chữ theo quy chế của trường"),
        (any(result.points is not None for result in results), "điểm theo thang 4"),
        (True, "“–”: không có kết quả"),
    ]  # fmt: skip
    text = "; ".join(words for used, words in scales if used)
    return f"{text[0].upper()}{text[1:]}."


def _two_digits(number: int | None, up_to: int) -> str:
    return f"{number:02d}" if number and number <= up_to else str(number)


def _content(paper: Paper) -> dict[str, object]:
    """Everything the templates set, as text ready to print; absent fields are null."""
    one, modules = paper.credential, qr.matrix(*paper.qr)
    issued = PartialDate.from_date(one.issued)
    return {
        "specimen": paper.specimen,
        "overlay": paper.overlay,
        "marks": paper.marks,
        "sd_jwt": paper.sd_jwt,
        "attachment": ATTACHMENT,
        "qr": qr.svg(modules),
        "qr_mm": (len(modules) + 2 * qr.QUIET_ZONE) * qr.module_mm(modules),
        "qr_quiet_mm": qr.QUIET_ZONE * qr.module_mm(modules),
        "code": lookup.grouped(paper.code),
        "verify_url": paper.verify_url,
        "above": paper.authority,
        "school": one.school_name,
        "name": one.holder.name,
        "birth": written(one.holder.birth),
        "birth_place": one.holder.birth_place,
        "sex": one.holder.sex,
        "ethnicity": one.holder.ethnicity,
        "year": str(one.year),
        "classification": one.classification,
        "decision": one.decision and one.decision.number,
        "decided": one.decision and written(PartialDate.from_date(one.decision.on)),
        "place_and_date": f"{paper.place}, {written_in_words(issued)}",
        "issuer": one.signer.title.removeprefix("KT. "),  # a deputy signs in the head's place
        "signer_title": one.signer.title,
        "signer_name": one.signer.name,
        "serial": one.serial,
        "register_no": one.register_no,
        "transcript": one.transcript and _transcript(one.transcript, one.type),
        "origin": one.origin and _origin(one.origin),
    }


_SHOWN = (
    "school", "name", "birth", "birth_place", "sex", "ethnicity", "classification", "decision",
    "decided", "place_and_date", "signer_title", "signer_name", "serial", "register_no", "code",
    "verify_url",
)  # fmt: skip
_DECISION = ("decision", "decided")  # for which only a diploma's page has a place


def shown_fields(paper: Paper) -> dict[str, list[str]]:
    """What every template must show of a paper: texts by name of the field, absent ones left out.

    A transcript also shows class, year, and each row; sex, birth place and ethnicity only where
    it has them.
    """
    content = _content(paper)
    elsewhere = _DECISION if paper.credential.type in _TEMPLATE_OF else ()
    shown = (name for name in _SHOWN if content[name] is not None and name not in elsewhere)
    fields = {name: [str(content[name])] for name in shown}
    origin: Any = content["origin"]
    if origin is not None:
        fields["origin"] = [str(origin[name]) for name in ("document", "issuer", "issued")]
    record: Any = content["transcript"]
    if record is None:
        return fields | {"year": [str(content["year"])]}
    rows = [text for row in record["rows"] for text in row.values()]
    outcomes = [
        text for each in record["outcomes"] for name, text in each.items() if name != "term"
    ]
    outcomes += [each["value"] for each in record["year"]]
    named = {"class_name": [record["class_name"]], "school_year": [record["school_year"]]}
    return fields | named | {"results": rows, "outcomes": outcomes}


def _origin(origin: Origin) -> dict[str, str | None]:
    """What a digitised line or a copy says of the diploma that it speaks of."""
    place, signer = origin.place, origin.signer
    said = {
        "document": origin.document, "issuer": origin.issuer, "issued": written(origin.issued),
        "signer_name": signer.name if signer else None,
        "signer_title": signer.title if signer else None,
    }  # fmt: skip
    if isinstance(place, BookPage):
        return said | {"book": place.book, "number": place.number, "page": place.page,
                       "scan": place.scan, "copy": None}  # fmt: skip
    digitised = place.type is CredentialType.DIGITISED
    return said | {"book": None, "number": place.register_no, "page": None, "scan": None,
                   "copy": "digitised" if digitised else "own"}  # fmt: skip


_TEMPLATE_OF = {
    CredentialType.TRANSCRIPT: "transcript",
    CredentialType.TRANSFER: "transcript",
    CredentialType.DIGITISED: "register-line",
    CredentialType.COPY: "register-line",
}
_TITLES = {
    CredentialType.TRANSCRIPT: ("Trích học bạ", "Transcript of records"),
    CredentialType.TRANSFER: ("Hồ sơ chuyển trường,", "Transfer record"),
}


def _transcript(record: Transcript, kind: CredentialType) -> dict[str, object]:
    title, gloss = _TITLES[kind]
    rows: dict[str, dict[str, str]] = {}
    for result in record.results:
        row = rows.setdefault(result.subject, {"name": result.name})
        row[_TERMS[result.term]] = mark_text(result)
    outcomes = sorted(record.outcomes, key=lambda each: TERMS.index(each.term))
    return {
        "title": f"{title} lớp {record.grade}",
        "gloss": gloss,
        "grade": str(record.grade),
        "class_name": record.class_name,
        "school_year": record.school_year,
        "legend": legend(record.results),
        "outcomes": [_outcome(each) for each in outcomes],
        "year": [
            {"label": label, "value": value}
            for label, value in (
                ("Lên lớp", record.promotion),
                ("Danh hiệu", record.title),
                ("Hoàn thành chương trình", record.completion),
            )
            if value is not None
        ],
        "rows": list(rows.values()),
    }


def _outcome(outcome: TermOutcome) -> dict[str, str]:
    absences = None if outcome.absences is None else str(outcome.absences)
    told = {"study": outcome.study, "conduct": outcome.conduct, "absences": absences}
    return {"term": _TERM_NAMES[outcome.term], **{k: v or "–" for k, v in told.items()}}
