"""Records for these tests: named ones, and a strategy over all that a credential can say."""

from datetime import date

from hypothesis import strategies as st

from credential.dates import PartialDate
from credential.model import (
    TERMS,
    CourseResult,
    Credential,
    CredentialType,
    Decision,
    Deployment,
    Holder,
    Place,
    Signer,
    TermOutcome,
    Transcript,
)
from exchange.record import Record, arranged, from_credential
from grading.subjects import UPPER_SECONDARY, Subject

DEPLOYMENT = Deployment(2026, bytes(range(20)))
LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
    "AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ"
)


def transcript(results: list[CourseResult], **more: object) -> Credential:
    """A transcript of a pupil with everything that one can have."""
    given: dict[str, object] = {
        "outcomes": (TermOutcome("HK1", "Khá", "Tốt", 1), TermOutcome("CN", "Tốt", "Tốt", 3)),
        "promotion": "Được lên lớp",
        "title": "Học sinh Giỏi",
    }
    given |= {"grade": 12, "class_name": "12A1", "school_year": "2025-2026"} | more
    found = Transcript(results=tuple(results), **given)  # type: ignore[arg-type]
    return Credential(
        type=CredentialType.TRANSCRIPT,
        school=7,
        school_name="Trường THPT Nguyễn Thị Minh Khai",
        holder=Holder("Đỗ Nguyễn Quỳnh Như", PartialDate(2008, 2, 7), "Thừa Thiên Huế", "Nữ"),
        register_no="HB.2026/0001",
        year=2026,
        issued=date(2026, 5, 29),
        signer=Signer("Lê Văn Tám", "KT. Hiệu trưởng"),
        transcript=found,
        supersedes=Place(3, 11),
    )


def year(
    subjects: int = 12, programme: tuple[Subject, ...] = UPPER_SECONDARY
) -> list[CourseResult]:
    """Three terms of so many subjects of both kinds."""
    taken = [each for each in programme if each.compulsory or each.scored][:subjects]
    return [
        CourseResult(each.key, each.name, term, mark=60 + number + place)
        if each.scored
        else CourseResult(each.key, each.name, term, rating="Đ")
        for number, each in enumerate(taken)
        for place, term in enumerate(TERMS)
    ]


DIPLOMA = Credential(
    type=CredentialType.THPT_DIPLOMA,
    school=7,
    school_name="Trường THPT Nguyễn Thị Minh Khai",
    holder=Holder("Y Bhiu", PartialDate(1979), sex="Nam", ethnicity="Ê-đê"),
    register_no="2026/0001",
    year=2026,
    issued=date(2026, 7, 24),
    signer=Signer("Lê Văn Tám", "Hiệu trưởng"),
    serial="SG000001",
    decision=Decision("12/QĐ-THPT", date(2026, 7, 20)),
    classification="Giỏi",
)


def record(credential: Credential) -> Record:
    return from_credential(credential, Place(4, 17), DEPLOYMENT)


_words = st.text(LETTERS + "'", min_size=1, max_size=7)
texts = st.lists(_words, min_size=1, max_size=5).map(" ".join)
hostile = st.sampled_from(
    ["=1+1", "+84", "-", "@SUM(A1)", "'", "'=x", "a,b", 'a"b', "&amp;", "<b>", "]]>", "%3A", "x:y",
     "–", "1;2", "{}", "a (học kì I)"]
)  # fmt: skip
_any_text = texts | hostile
_births = st.builds(PartialDate, st.integers(1900, 2020)) | st.dates(
    date(1900, 1, 1), date(2020, 12, 31)
).map(PartialDate.from_date)
_optional = st.none() | _any_text


@st.composite
def _values(draw: st.DrawFn) -> dict[str, object]:
    """Values on one of the scales, or on two that go together."""
    mark, rating = st.integers(0, 100), st.sampled_from(["Đ", "CĐ", "T", "H", "C"])
    letter, points = st.sampled_from(["A", "B+", "F", "P"]), st.integers(0, 400)
    kinds: list[dict[str, st.SearchStrategy[object]]] = [
        {"mark": mark}, {"rating": rating}, {"letter": letter}, {"points": points},
        {"rating": rating, "mark": mark}, {"letter": letter, "points": points},
    ]  # fmt: skip
    return {name: draw(value) for name, value in draw(st.sampled_from(kinds)).items()}


@st.composite
def _results(draw: st.DrawFn) -> tuple[CourseResult, ...]:
    subjects = draw(st.dictionaries(_any_text, _any_text, max_size=6))
    found = [
        CourseResult(key, name, term, **draw(_values()))  # type: ignore[arg-type]
        for key, name in subjects.items()
        for term in draw(st.sets(st.sampled_from(TERMS), min_size=1))
    ]
    return arranged(found)


@st.composite
def _outcomes(draw: st.DrawFn) -> tuple[TermOutcome, ...]:
    made = (
        TermOutcome(term, draw(_optional), draw(_optional), draw(st.none() | st.integers(0, 400)))
        for term in TERMS
        if draw(st.booleans())
    )
    return tuple(each for each in made if each != TermOutcome(each.term))


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Anything that may be shown of a credential, all or a part."""
    kind = draw(st.sampled_from(CredentialType))
    number = st.integers(0, 2**24 - 1)
    partial = draw(st.booleans())
    shown = _optional if partial else _any_text
    school = draw(st.integers(1, 2**31 - 1))
    more: dict[str, object] = {}
    if kind.has_results:
        more = {
            "grade": draw(st.integers(1, 12)),
            "class_name": draw(shown),
            "school_year": "2025-2026",
            "results": draw(_results()),
            "outcomes": draw(_outcomes()),
            **{name: draw(_optional) for name in ("promotion", "title", "completion")},
        }
    return Record(
        type=kind,
        issuer=DEPLOYMENT.issuer(school),
        school=school,
        place=Place(draw(number), draw(number)),
        register_no=draw(_any_text),
        year=draw(st.integers(1900, 2199)),
        issued=draw(st.dates(date(1975, 1, 1), date(2199, 12, 31))),
        supersedes=draw(st.none() | st.builds(Place, number, number)),
        school_name=draw(texts),
        name=draw(st.none() | texts if partial else texts),
        birth=draw(st.none() | _births if partial else _births),
        signer=draw(st.builds(Signer, _any_text, _any_text) | st.none()),
        decision=draw(st.none() | st.builds(Decision, _any_text, st.dates(date(1975, 1, 1)))),
        **{name: draw(_optional) for name in (
            "serial", "birth_place", "sex", "ethnicity", "classification")},
        **more,  # type: ignore[arg-type]
        partial=partial,
    )  # fmt: skip
