"""ELMO, the XML of EMREX (schema 1.5 and later of the first major version), from a record.

The school year is one learning opportunity without a type, its subjects are parts of it, one
``Course`` for each value of a term. What ELMO has no element for stands in ``extension``, in a
namespace of ours. The document is not signed (allowed since 1.5): it carries the SD-JWT, which is.
Reading is in `exchange.elmo_reading`.
"""

import io
from base64 import b64encode
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import (
    Element,
    ElementTree,
    SubElement,
    indent,
    register_namespace,
)

from credential.model import CredentialType
from exchange.record import Record
from exchange.values import Value, fields_of, outcome_values, result_values
from grading.marks import parse_hundredths, parse_tenths
from grading.promotion import PRINTED, Outcome

ELMO: Final = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
OURS: Final = "urn:sogoc:exchange:1"
LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
SDJWT: Final = "application/dc+sd-jwt"
GENDERS: Final = {"Nam": "1", "Nữ": "2"}  # ISO/IEC 5218
SCHEMES: Final = {
    "mark": ("Thang điểm 10, một chữ số thập phân", "Ten points, one decimal"),
    "rating": (
        "Mức đánh giá bằng nhận xét: Đ, CĐ; ở tiểu học T, H, C",
        "Ratings by comment: Đ passed, CĐ not passed; primary school T, H, C",
    ),
    "letter": ("Điểm chữ của trường đại học", "A university's letters"),
    "points": ("Thang điểm 4, hai chữ số thập phân", "Four points, two decimals"),
}
TERM: Final = {"HK1": "học kì I", "HK2": "học kì II", "CN": "cả năm"}
_FAILED = {"rating": ("CĐ", "C"), "letter": ("F",)}
_COMPLETED = ("Hoàn thành", "Đã hoàn thành")  # as records begin it
_PASSING = 50  # tenths; and of four points, hundredths
NATIVE: Final = ("issuer", "school", "school_name", "name", "birth_place", "issued")
"""Fields that ELMO has elements for; the others stand in the extension."""

register_namespace("elmo", ELMO)
register_namespace("sogoc", OURS)


def to_elmo(record: Record, at: int, sdjwt: str | None = None) -> bytes:
    """The record as an ELMO document made `at` (seconds since 1970), with the SD-JWT if given."""
    root = Element(_q("elmo"))
    made = datetime.fromtimestamp(at, UTC)
    _text(root, "generatedDate", made.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _learner(SubElement(root, _q("learner")), record)
    report = SubElement(root, _q("report"))
    _issuer(SubElement(report, _q("issuer")), record)
    values = list(result_values(record.results))
    _year(SubElement(report, _q("learningOpportunitySpecification")), record, values)
    _text(report, "issueDate", f"{record.issued.isoformat()}T00:00:00+07:00")
    for scale in dict.fromkeys(value.scale for value in values):
        scheme = SubElement(report, _q("gradingScheme"), localId=scale)
        for lang, words in zip(("vi", "en"), SCHEMES[scale], strict=True):
            _text(scheme, "description", words, lang)
    if sdjwt is not None:
        _attach(SubElement(report, _q("attachment")), sdjwt)
    _extend(SubElement(root, _q("extension")), record)
    indent(root)
    out = io.BytesIO()
    ElementTree(root).write(out, "utf-8", xml_declaration=True)
    return out.getvalue()


def _learner(learner: Element, record: Record) -> None:
    """Name in two parts, as ELMO wants it: the first word is the family name."""
    family, _, given = (record.name or "").partition(" ")
    _text(learner, "givenNames", given)
    _text(learner, "familyName", family)
    if record.birth and record.birth.day:
        _text(learner, "bday", record.birth.iso())
    if record.birth_place:
        _text(learner, "placeOfBirth", record.birth_place)
    if record.sex in GENDERS:
        _text(learner, "gender", GENDERS[record.sex])


def _issuer(issuer: Element, record: Record) -> None:
    _text(issuer, "country", "VN")
    for kind, text in (("sogoc-school", str(record.school)), ("sogoc-issuer", record.issuer)):
        _text(issuer, "identifier", text).set("type", kind)
    _text(issuer, "title", record.school_name or "", "vi")
    _text(issuer, "url", record.issuer)


def _year(specification: Element, record: Record, values: list[Value]) -> None:
    """The school year with its parts; of a diploma, the diploma alone."""
    _text(specification, "identifier", record.id).set("type", "local")
    for lang, title in zip(("vi", "en"), titles(record), strict=True):
        _text(specification, "title", title, lang)
    instance = _instance(specification)
    _text(instance, "identifier", record.id).set("type", "sogoc-credential")
    _text(instance, "status", _status(record))
    if record.classification:
        _text(instance, "resultLabel", record.classification)
    for value in values:
        part = SubElement(specification, _q("hasPart"))
        _course(SubElement(part, _q("learningOpportunitySpecification")), value)


def _status(record: Record) -> str:
    """Of the whole: passed or failed only as the record says, for ELMO wants neither to change."""
    if not record.type.has_results:
        return "passed"
    if record.promotion == PRINTED[Outcome.RETAINED]:
        return "failed"
    completed = (record.completion or "").startswith(_COMPLETED)
    return "passed" if completed or record.promotion == PRINTED[Outcome.PROMOTED] else "in-progress"


def _course(specification: Element, value: Value) -> None:
    _text(specification, "identifier", value.subject).set("type", "local")
    _text(specification, "title", value.name, "vi")
    _text(specification, "type", "Course")
    instance = _instance(specification)
    _text(instance, "identifier", value.term).set("type", "sogoc-term")
    _text(instance, "status", "passed" if _passed(value) else "failed")
    _text(instance, "gradingSchemeLocalId", value.scale)
    _text(instance, "resultLabel", value.text)


_NO_DIPLOMA = {
    CredentialType.DIGITISED: (
        "Văn bằng số hóa từ sổ gốc", "Diploma digitised from an old register",
    ),
    CredentialType.COPY: ("Bản sao từ sổ gốc", "Certified copy from the register"),
}  # fmt: skip


def titles(record: Record) -> tuple[str, str]:
    """What the credential is, in Vietnamese and English."""
    if record.type in _NO_DIPLOMA:
        return _NO_DIPLOMA[record.type]
    if not record.type.has_results:
        return "Bằng tốt nghiệp trung học phổ thông", "Upper secondary school diploma"
    year = record.school_year or ""
    return f"Kết quả học tập năm học {year}".strip(), f"Results of school year {year}".strip()


def _passed(value: Value) -> bool:
    """Whether a value is at least half its scale, or a rating or letter that passes."""
    if value.scale in _FAILED:
        return value.text not in _FAILED[value.scale]
    if value.scale == "mark":
        return parse_tenths(value.text) >= _PASSING
    return parse_hundredths(value.text) >= 2 * _PASSING


def _attach(attachment: Element, sdjwt: str) -> None:
    _text(attachment, "title", "Tệp có chữ ký của trường (SD-JWT)", "vi")
    _text(attachment, "title", "File signed by the school (SD-JWT)", "en")
    _text(attachment, "type", "Other")
    content = f"data:{SDJWT};base64,{b64encode(sdjwt.encode()).decode()}"
    _text(attachment, "content", content)


def _extend(extension: Element, record: Record) -> None:
    ours = SubElement(extension, f"{{{OURS}}}record")
    for name, text in fields_of(record).items():
        if name not in NATIVE and not _said(record, name):
            SubElement(ours, f"{{{OURS}}}field", name=name).text = text
    for term, name, text in outcome_values(record.outcomes):
        SubElement(ours, f"{{{OURS}}}outcome", term=term, name=name).text = text
    for name in record.hidden:
        SubElement(ours, f"{{{OURS}}}hidden", name=name)


def _said(record: Record, name: str) -> bool:
    """Whether a field that ELMO knows only some values of has one of those."""
    if name == "birth":
        return bool(record.birth and record.birth.day)
    return name == "sex" and record.sex in GENDERS


def _instance(specification: Element) -> Element:
    specifies = SubElement(specification, _q("specifies"))
    return SubElement(specifies, _q("learningOpportunityInstance"))


def _text(parent: Element, name: str, text: str, lang: str | None = None) -> Element:
    made = SubElement(parent, _q(name))
    made.text = text
    if lang:
        made.set(LANG, lang)
    return made


def _q(name: str) -> str:
    return f"{{{ELMO}}}{name}"
