"""Rules for Vietnamese text, as tables."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import lookup, text
from credential.dates import PartialDate
from credential.errors import FormatError

LETTERS = (
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)


@pytest.mark.parametrize(
    "name",
    ["Nguyễn Thị Ngọc Khánh", "Đỗ Thuý Hoà", "K'Brôi", "H'Hen Niê", "Y Phương", "Jean-Paul Lê"],
)
def test_real_names_pass(name: str) -> None:
    text.check_name(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("", "text.empty", id="nothing"),
        pytest.param("A" * 101, "text.too_long", id="too long"),
        pytest.param(unicodedata.normalize("NFD", "Nguyễn"), "text.not_nfc", id="decomposed"),
        pytest.param("Lê  An", "text.spaces", id="two spaces"),
        pytest.param(" Lê An", "text.spaces", id="leading space"),
        pytest.param("Lễ  Ân", "text.spaces", id="two spaces between marked words"),
        pytest.param("Ngô\u00a0Ân", "text.invisible", id="no-break space"),
        pytest.param("Ngô\u200bÂn", "text.invisible", id="zero width space"),
        pytest.param("Ngô\u202eÂn", "text.invisible", id="bidi override"),
        pytest.param("Ngô\nÂn", "text.invisible", id="line break"),
        pytest.param("Ðỗ An", "text.confusable", id="Icelandic eth for Đ"),
        pytest.param("Ɖỗ An", "text.confusable", id="African D for Đ"),
        pytest.param("Nguyễn Vаn", "text.unprintable", id="Cyrillic a"),
        pytest.param("Lê Ꜳn", "text.unprintable", id="a letter that papers cannot show"),
        pytest.param("Lê An 2", "text.not_a_letter", id="digit"),
        pytest.param("Lê An <b>", "text.not_a_letter", id="markup"),
    ],
)
def test_names_that_must_not_be_signed_are_refused(name: str, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        text.check_name(name)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hòa", "Hoà", True),
        ("Thúy", "Thuý", True),
        ("Thủy", "THUỶ", True),
        ("Vật lý", "Vật lí", True),
        ("Đỗ An", "Ðỗ  An", True),
        ("Nguyễn", unicodedata.normalize("NFD", "Nguyễn"), True),
        ("Hòa", "Hóa", False),
        ("Hòa", "Hoa", False),
        ("An", "Ân", False),
        ("Đô", "Dô", False),
    ],
)
def test_spellings_of_one_name_meet_and_other_names_do_not(
    one: str, other: str, same: bool
) -> None:
    assert (text.fold(one) == text.fold(other)) is same


def test_plain_folding_drops_every_mark() -> None:
    assert text.fold_plain("Đặng Thị Thuỳ Trâm") == "dang thi thui tram"


def test_all_letters_sort_in_dictionary_order() -> None:
    assert sorted(LETTERS, key=text.sort_key) == list(LETTERS)


def test_names_sort_by_given_name_then_surname() -> None:
    names = ["Lê Văn Đức", "Trần Thị Ân", "Nguyễn An", "Lê An", "Lê Thị An", "Vũ Dũng", "Lê Ánh"]
    assert sorted(names, key=text.name_sort_key) == [
        "Lê An", "Lê Thị An", "Nguyễn An", "Lê Ánh", "Trần Thị Ân", "Vũ Dũng", "Lê Văn Đức",
    ]  # fmt: skip


@given(st.binary(min_size=10, max_size=10), st.data())
def test_one_mistyped_character_of_a_code_is_noticed(random: bytes, data: st.DataObject) -> None:
    code = lookup.encode(random)
    at = data.draw(st.integers(0, 15))
    wrong = data.draw(st.sampled_from(lookup.ALPHABET.replace(code[at], "")))
    with pytest.raises(FormatError, match=r"code\.check"):
        lookup.parse(code[:at] + wrong + code[at + 1 :])


@given(st.binary(min_size=10, max_size=10), st.integers(0, 14))
def test_two_swapped_characters_of_a_code_are_noticed(random: bytes, at: int) -> None:
    code = lookup.encode(random)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    if swapped != code:
        with pytest.raises(FormatError, match=r"code\.check"):
            lookup.parse(swapped)


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_however_it_is_typed(random: bytes) -> None:
    code = lookup.encode(random)
    assert lookup.parse(lookup.grouped(code).lower()) == code
    assert lookup.parse(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize(
    ("date", "number", "iso", "printed"),
    [
        (PartialDate(2008, 2, 7), 20080207, "2008-02-07", "07/02/2008"),
        (PartialDate(1965), 19650000, "1965", "1965"),
        (PartialDate(1965, 3), 19650300, "1965-03", "03/1965"),
    ],
)
def test_dates_keep_their_precision(date: PartialDate, number: int, iso: str, printed: str) -> None:
    assert (date.number, date.iso(), date.printed()) == (number, iso, printed)
    assert PartialDate.from_number(number) == PartialDate.from_iso(iso) == date


@pytest.mark.parametrize("found", ["2008-2-7", "2008-02-30", "08-02-07", "", "2008-02-07-01", "x"])
def test_no_other_spelling_of_a_date_is_taken(found: str) -> None:
    with pytest.raises(FormatError, match=r"date\.invalid"):
        PartialDate.from_iso(found)
