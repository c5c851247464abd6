"""What differs between two versions: every field and mark by itself, in words as printed."""

from dataclasses import replace

import pytest

from credential.dates import PartialDate
from credential.model import CourseResult, Holder, TermOutcome, Transcript
from issuer.differences import Change, Content, differences

RESULTS = (
    CourseResult("TOAN", "Toán", "HK1", mark=75),
    CourseResult("TOAN", "Toán", "CN", mark=80),
    CourseResult("TD", "Thể dục", "CN", rating="Đ"),
    CourseResult("CS101", "Tin học", "CN", letter="B+", points=330),
)
OUTCOMES = (TermOutcome("HK1", "Khá", "Tốt", 2), TermOutcome("CN", "Khá", "Tốt", 3))
OLD = Content(
    Holder("Nguyễn Thị Hòa", PartialDate(2008, 2, 7), "Đồng Nai", "Nữ", "Kinh"),
    None,
    Transcript(12, "12.1", "2025-2026", RESULTS, OUTCOMES, promotion="Được lên lớp"),
)


def results(at: int, **changes: object) -> Content:
    made = (*RESULTS[:at], replace(RESULTS[at], **changes), *RESULTS[at + 1 :])
    return said(results=made)


def said(**changes: object) -> Content:
    assert OLD.transcript is not None
    return replace(OLD, transcript=replace(OLD.transcript, **changes))


def holder(**changes: object) -> Content:
    return replace(OLD, holder=replace(OLD.holder, **changes))


CASES: dict[str, tuple[Content, list[Change]]] = {
    "nothing": (OLD, []),
    "another order of results": (said(results=RESULTS[::-1]), []),
    "a mark": (results(0, mark=80), [Change("mark", "Toán", "HK1", "7,5", "8,0")]),
    "ten": (results(1, mark=100), [Change("mark", "Toán", "CN", "8,0", "10,0")]),
    "a rating": (results(2, rating="CĐ"), [Change("rating", "Thể dục", "CN", "Đ", "CĐ")]),
    "a letter with its points": (
        results(3, letter="A", points=400),
        [
            Change("letter", "Tin học", "CN", "B+", "A"),
            Change("points", "Tin học", "CN", "3,30", "4,00"),
        ],
    ),
    "a mark in place of a rating": (
        results(2, rating=None, mark=70),
        [
            Change("rating", "Thể dục", "CN", "Đ", None),
            Change("mark", "Thể dục", "CN", None, "7,0"),
        ],
    ),
    "a result that is gone": (
        said(results=RESULTS[1:]), [Change("mark", "Toán", "HK1", "7,5", None)],
    ),
    "a result that came": (
        said(results=(*RESULTS, CourseResult("VAN", "Ngữ văn", "CN", mark=65))),
        [Change("mark", "Ngữ văn", "CN", None, "6,5")],
    ),
    "conduct of a term": (
        said(outcomes=(replace(OUTCOMES[0], conduct="Khá"), OUTCOMES[1])),
        [Change("conduct", None, "HK1", "Tốt", "Khá")],
    ),
    "absences of the year": (
        said(outcomes=(OUTCOMES[0], replace(OUTCOMES[1], absences=0))),
        [Change("absences", None, "CN", "3", "0")],
    ),
    "promotion": (
        said(promotion=None), [Change("promotion", None, None, "Được lên lớp", None)],
    ),
    "the class": (said(class_name="12.2"), [Change("class", None, None, "12.1", "12.2")]),
    "the name": (
        holder(name="Nguyễn Thị Hoà"),
        [Change("name", None, None, "Nguyễn Thị Hòa", "Nguyễn Thị Hoà")],
    ),
    "the birth date": (
        holder(birth=PartialDate(2008, 7, 2)),
        [Change("birth_date", None, None, "07/02/2008", "02/07/2008")],
    ),
    "the birth place": (
        holder(birth_place=None), [Change("birth_place", None, None, "Đồng Nai", None)],
    ),
    "a diploma's classification": (
        replace(OLD, classification="Giỏi"),
        [Change("classification", None, None, None, "Giỏi")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_change_is_named(case: str) -> None:
    new, changes = CASES[case]
    assert differences(OLD, new) == changes
    back = {replace(each, old=each.new, new=each.old) for each in changes}
    assert set(differences(new, OLD)) == back
