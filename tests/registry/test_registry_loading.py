"""The registry's own data get in whole, with every fault named, and any number of times."""

import dataclasses
from datetime import date

import pytest

from credential.errors import InputError
from registry import loading
from registry.entries import HeadEntry, NameEntry, ProgrammeEntry, RuleEntry, TypeEntry
from registry.office import Department

SINCE = date(2001, 1, 1)


def faults_of(act):
    with pytest.raises(InputError) as caught:
        act()
    return [(fault.row, fault.column, fault.code) for fault in caught.value.faults]


def load_all(database, data):
    loading.load_rules(database, *loading.standard_rules())
    loading.load_department(database, "Sở Giáo dục và Đào tạo", "Thành phố Hồ Chí Minh")
    loading.load_schools(database, data["schools"])
    loading.load_heads(database, data["heads"])
    loading.load_pupils(database, data["pupils"])
    programme = ProgrammeEntry("gdpt-thpt", "Giáo dục phổ thông", "thpt", date(2018, 12, 26))
    loading.load_programmes(database, [programme])


def test_loading_the_same_again_changes_nothing(empty, sample_data, contents):
    load_all(empty, sample_data)
    before = contents(empty)
    load_all(empty, sample_data)
    assert contents(empty) == before
    assert len(before["pupils"]) == len(sample_data["pupils"])


def test_loading_brings_up_to_date(database, desk, sample_data):
    moved = dataclasses.replace(sample_data["pupils"][0], class_name="12.10")
    loading.load_pupils(database, [moved])
    assert desk.pupils([moved.code])[moved.code].class_name == "12.10"
    ended = dataclasses.replace(sample_data["heads"][3], until=date(2026, 1, 31))
    loading.load_heads(database, [ended])
    assert desk.heads(2, date(2026, 2, 1)) == []


def test_an_old_file_brings_nothing_back(empty, sample_data, contents):
    """A file of before a renaming, a change of head and a merger, loaded after them."""
    load_all(empty, sample_data)
    office = Department(empty)
    one, head = sample_data["schools"][0], sample_data["heads"][3]
    assert office.rename(one.id, "Trường THPT Tên Mới", "TP", date(2026, 9, 1))
    loading.load_heads(empty, [dataclasses.replace(head, until=date(2026, 1, 31))])
    now = contents(empty)
    load_all(empty, sample_data)
    assert contents(empty) == now
    later = NameEntry("Trường Khác", "TP", date(2026, 8, 1))
    other = dataclasses.replace(one, names=(later,))
    assert faults_of(lambda: loading.load_schools(empty, [other]))[0][2] == "registry.names_overlap"


def test_nothing_is_no_fault(database, contents):
    before = contents(database)
    loading.load_schools(database, [])
    loading.load_heads(database, [])
    loading.load_pupils(database, [])
    assert contents(database) == before


def test_a_school_may_name_a_successor_that_comes_later(empty, sample_data, contents):
    loading.load_schools(empty, sample_data["schools"][::-1])
    successors = {row[0]: row[4] for row in contents(empty)["schools"]}
    assert successors == {1: None, 2: None, 3: 1}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param({"code": "79000202"}, ("code", "registry.code_taken"), id="another's code"),
        pytest.param({"id": 2}, ("code", "registry.code_taken"), id="another code than before"),
        pytest.param({"id": 0}, ("id", "registry.school_id"), id="a number not for the chain"),
        pytest.param({"code": " 79"}, ("code", "text.spaces"), id="a space before the code"),
        pytest.param({"names": ()}, ("names", "registry.unnamed"), id="no name"),
        pytest.param({"successor": 9}, ("successor", "registry.school_unknown"), id="successor"),
        pytest.param(
            {"names": (NameEntry("Trường A\u0301", "TP", SINCE),)},
            ("name", "text.not_nfc"),
            id="a name not NFC",
        ),
        pytest.param(
            {"names": (NameEntry("A", "TP", SINCE, date(2000, 1, 1)),)},
            ("until", "registry.period"),
            id="an end before the beginning",
        ),
        pytest.param(
            {"names": (NameEntry("A", "TP", SINCE), NameEntry("B", "TP", date(2002, 1, 1)))},
            ("names", "registry.names_overlap"),
            id="two names at once",
        ),
    ],
)
def test_a_faulty_school_is_refused(database, sample_data, contents, change, fault):
    before = contents(database)
    new = dataclasses.replace(sample_data["schools"][0], id=10, code="79000909")
    faulty = dataclasses.replace(new, **change)
    fine = dataclasses.replace(sample_data["schools"][0], id=11, code="79001111")
    assert faults_of(lambda: loading.load_schools(database, [fine, faulty])) == [(2, *fault)]
    assert contents(database) == before


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        pytest.param({"school": 9}, ("school", "registry.school_unknown"), id="unknown school"),
        pytest.param({"name": "Ðặng Văn Ba"}, ("name", "text.confusable"), id="Icelandic Ð"),
        pytest.param({"title": ""}, ("title", "text.empty"), id="no title"),
        pytest.param({"until": date(2000, 1, 1)}, ("until", "registry.period"), id="ends early"),
        pytest.param(
            {"deputy": True}, ("decision_no", "registry.deputy_decision"), id="unassigned deputy"
        ),
    ],
)
def test_a_faulty_term_is_refused(database, contents, change, fault):
    before = contents(database)
    fine = HeadEntry(1, "Đặng Văn Ba", "Hiệu trưởng", SINCE)
    faulty = dataclasses.replace(fine, since=date(2002, 2, 2), **change)
    assert faults_of(lambda: loading.load_heads(database, [fine, faulty])) == [(2, *fault)]
    assert contents(database) == before


def test_all_faults_of_a_list_are_told_at_once_in_order(database, sample_data, contents):
    before = contents(database)
    first, second, third = sample_data["pupils"][:3]
    pupils = [
        dataclasses.replace(first, name="Nguyễn  Thị", school=9),
        second,
        dataclasses.replace(third, code=second.code, class_name="", sex="\u200bNữ"),
    ]
    assert faults_of(lambda: loading.load_pupils(database, pupils)) == [
        (1, "name", "text.spaces"),
        (1, "school", "registry.school_unknown"),
        (1, "school", "registry.pupil_elsewhere"),
        (3, "code", "registry.repeated"),
        (3, "class_name", "text.empty"),
        (3, "sex", "text.invisible"),
    ]
    assert contents(database) == before


@pytest.mark.parametrize(
    "pattern",
    [
        "B{yy}",
        "B/{n}",
        "{yy}{n.__class__}",
        "{yy}{n",
        "{yy}{x}/{n}",
        "{yy}{n:zz}",
        "{yy}{}",
        "{0}{n}{yy}",
        "{yy}{n!r:>x}",
        "{yy}{n}\n",
    ],
)
def test_a_pattern_that_makes_no_numbers_is_refused(empty, pattern):
    entry = TypeEntry("diploma", "Bằng", 9, pattern)
    assert faults_of(lambda: loading.load_rules(empty, [entry], [])) == [
        (1, "pattern", "registry.pattern")
    ]


@pytest.mark.parametrize("loaded", [1, 2], ids=["another in the registry", "another in the list"])
def test_a_number_on_chain_belongs_to_one_type(empty, contents, loaded):
    before = contents(empty)
    types = [TypeEntry("transcript", "Học bạ", 2), TypeEntry("new", "Mới", 2)][-loaded:]
    assert ("number", "registry.number_taken") in [
        fault[1:] for fault in faults_of(lambda: loading.load_rules(empty, types, []))
    ]
    assert contents(empty) == before


def test_a_rule_needs_a_type_and_an_issuer_there_is(empty):
    rules = [
        RuleEntry("nothing", "school", SINCE, "Luật"),
        RuleEntry("transcript", "anybody", SINCE, "Luật"),
    ]
    assert faults_of(lambda: loading.load_rules(empty, [], rules)) == [
        (1, "type", "registry.type_unknown"),
        (2, "issuer", "registry.issuer"),
    ]


def test_a_pattern_of_one_s_own_makes_the_numbers(database, desk, awards):
    own = TypeEntry("thpt-diploma", "Bằng", 1, "{year}-{school}-{n}")
    loading.load_rules(database, [own], [])
    assert desk.enter(awards("a", (0,))) == ("2026-0101-1",)
