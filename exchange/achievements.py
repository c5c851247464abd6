"""Achievements as Open Badges 3.0 and CLR 2.0 both write them: what was achieved, with results.

Every value of a subject in a term is a ``Result`` with a ``ResultDescription`` that says its scale;
so is every outcome of a term. Their ids name subject, term and scale, by which they are read back.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from exchange.elmo import SDJWT, TERM, titles
from exchange.record import Record
from exchange.values import Value, fields_of, outcome_values, result_values

Json = dict[str, Any]
CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
BADGE_SCHEMA: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
OURS: Final = {"sogoc": "urn:sogoc:exchange:1#"}
NATIVE: Final = ("issuer", "school_name", "name", "register_no", "school_year", "issued")
"""Fields that the formats have members for; the others stand in ``sogoc:record``."""
_RESULT, _OUTCOME = "urn:sogoc:result", "urn:sogoc:outcome"
_WORDS: Final = {"resultType": "Result"}
_SCALES: Mapping[str, Json] = {
    "mark": {"resultType": "RawScore", "valueMin": "0", "valueMax": "10"},
    "rating": _WORDS,
    "letter": {"resultType": "LetterGrade"},
    "points": {"resultType": "GradePointAverage", "valueMin": "0", "valueMax": "4"},
}
_RATINGS: Final = (["CĐ", "Đ"], ["C", "H", "T"])
"""The scales of words, each from low to high, as both formats ask of ``allowedValue``."""
_LEVELS = {"study": "Kết quả học tập", "conduct": "Kết quả rèn luyện", "absences": "Số buổi nghỉ"}
NARRATIVE: Final = (
    "Bản chuyển đổi, không có chữ ký. Bằng chứng là tệp SD-JWT kèm theo, kiểm tra với chuỗi khối "
    "và sổ gốc. / A conversion without a signature of its own. What proves it is the SD-JWT in "
    "evidence, checked against the chain and the register."
)


def credential(record: Record, types: list[str], context: list[Any], name: str) -> Json:
    """The members that both kinds of credential have."""
    day = f"{record.issued.isoformat()}T00:00:00+07:00"
    issuer: Json = {"id": record.issuer, "type": ["Profile"]}
    if record.school_name:
        issuer["name"] = record.school_name
    return {
        "@context": context,
        "id": record.id,
        "type": ["VerifiableCredential", *types],
        "name": name,
        "description": NARRATIVE,
        "issuer": issuer,
        "validFrom": day,
        "awardedDate": day,
    }


def subject(record: Record) -> Json:
    """Who it is about. The id names nothing outside of this credential; names are plain."""
    found: Json = {"id": f"{record.id}:holder"}
    shown = (
        ("name", record.name),
        ("ext:birthDate", record.birth.iso() if record.birth else None),
    )
    identities = [
        {"type": "IdentityObject", "hashed": False, "identityType": kind, "identityHash": text}
        for kind, text in shown
        if text
    ]
    return found | ({"identifier": identities} if identities else {})


def achieved(
    record: Record,
    values: Iterable[Value],
    outcomes: Iterable[tuple[str, str, str]],
    *,
    of: str = "",
    name: str = "",
) -> Json:
    """An ``AchievementSubject`` with those results; `of` and `name` are a subject's, if of one."""
    described, results = [], []
    for value in values:
        number = f"{_RESULT}:{value.term}:{quote(value.subject, safe='')}:{value.scale}"
        described.append(_described(number, f"{value.name} ({TERM[value.term]})", _scale(value)))
        results.append({"type": ["Result"], "resultDescription": number, "value": value.text})
    for term, what, text in outcomes:
        number = f"{_OUTCOME}:{term}:{what}"
        described.append(_described(number, f"{_LEVELS[what]} ({TERM[term]})", _WORDS))
        results.append({"type": ["Result"], "resultDescription": number, "value": text})
    vi, en = titles(record)
    achievement: Json = {
        "id": f"{record.id}:{quote(of, safe='') or 'all'}",
        "type": ["Achievement"],
        "achievementType": "Course" if of else _kind(record),
        "name": name or vi,
        "description": f"{name} – {en}" if name else f"{vi} / {en}",
        "criteria": {
            "narrative": "Theo quy định của Bộ Giáo dục và Đào tạo / By the ministry's rules"
        },
        "inLanguage": "vi",
    }
    if of:
        achievement["humanCode"] = of
    found: Json = {"type": ["AchievementSubject"], **subject(record), "achievement": achievement}
    found["licenseNumber"] = record.register_no
    if record.school_year:
        found["term"] = record.school_year
    if results:
        achievement["resultDescription"] = described
        found["result"] = results
    return found


def evidence(sdjwt: str) -> Json:
    """The SD-JWT, which is what can be verified."""
    return {
        "id": f"data:{SDJWT};base64,{b64encode(sdjwt.encode()).decode()}",
        "type": ["Evidence"],
        "name": "SD-JWT",
        "genre": SDJWT,
        "narrative": NARRATIVE,
    }


def extension(record: Record) -> Json:
    """What the formats have no member for, and what is hidden."""
    fields = {name: text for name, text in fields_of(record).items() if name not in NATIVE}
    found: Json = {"sogoc:record": {f"sogoc:{name}": text for name, text in fields.items()}}
    return found | ({"sogoc:hidden": list(record.hidden)} if record.partial else {})


def all_values(record: Record) -> list[Value]:
    """The values of all results, with a point: these are numbers to their readers."""
    return list(result_values(record.results, "."))


def all_outcomes(record: Record) -> list[tuple[str, str, str]]:
    """The outcomes of all terms."""
    return list(outcome_values(record.outcomes))


def read_results(subject: Mapping[str, Any]) -> Iterator[Value | tuple[str, str, str]]:
    """The values and outcomes of an ``AchievementSubject``; raises KeyError and the like."""
    names = {
        each["id"]: each["name"] for each in subject["achievement"].get("resultDescription", ())
    }
    for result in subject.get("result", ()):
        number = result["resultDescription"]
        prefix, term, *rest = number.removeprefix("urn:sogoc:").split(":")
        if prefix == "outcome":
            (what,) = rest
            yield term, what, result["value"]
        else:
            key, scale = rest
            name = names[number].removesuffix(f" ({TERM[term]})")
            yield Value(term, unquote(key), name, scale, result["value"])


def _described(number: str, name: str, scale: Json) -> Json:
    return {"id": number, "type": ["ResultDescription"], "name": name, **scale}


def _scale(value: Value) -> Json:
    words = [each for each in _RATINGS if value.scale == "rating" and value.text in each]
    return _SCALES[value.scale] | ({"allowedValue": words[0]} if words else {})


def _kind(record: Record) -> str:
    if record.type.has_origin:  # speaks of a diploma, and is none
        return "Certificate"
    return "LearningProgram" if record.type.has_results else "SecondarySchoolDiploma"
