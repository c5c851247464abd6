"""What the digits of a personal number say of a person, and what contradicts them."""

import pytest

from credential import personalno
from credential.dates import PartialDate
from credential.errors import FormatError

SAID = {
    "079200123456": ("Nam", 2000),
    "079308123456": ("Nữ", 2008),
    "001099000001": ("Nam", 1999),
    "074185000001": ("Nữ", 1985),
    "999401000001": ("Nam", 2101),  # who was born abroad has a country's code in front
    "000999000001": ("Nữ", 2399),
}


@pytest.mark.parametrize(("number", "said"), SAID.items())
def test_it_says_sex_and_year_of_birth(number: str, said: tuple[str, int]) -> None:
    personalno.check_shape(number)
    assert (personalno.sex_of(number), personalno.year_of(number)) == said


@pytest.mark.parametrize("number", ["", "123", "07930812345", "0793081234567", "07930812345x",
                                    "０79308123456", "079 308 123 456"])  # fmt: skip
def test_nothing_else_is_one(number: str) -> None:
    with pytest.raises(FormatError) as refused:
        personalno.check_shape(number)
    assert refused.value.code == "personal_no.invalid"
    assert number not in str(refused.value.params) or not number.isdecimal() or len(number) < 4


CONTRADICTED = {
    "nothing": ("Nữ", PartialDate(2008, 2, 7), []),
    "nothing, of what is not known": (None, None, []),
    "nothing, by a year alone": (None, PartialDate(2008), []),
    "sex": ("Nam", PartialDate(2008), ["personal_no.sex"]),
    "year": ("Nữ", PartialDate(2009, 1, 1), ["personal_no.year"]),
    "century": ("Nữ", PartialDate(1908), ["personal_no.year"]),
    "both": ("Nam", PartialDate(2009), ["personal_no.sex", "personal_no.year"]),
}


@pytest.mark.parametrize(("sex", "birth", "codes"), CONTRADICTED.values(), ids=CONTRADICTED)
def test_what_contradicts_it(sex: str | None, birth: PartialDate | None, codes: list[str]) -> None:
    found = personalno.contradictions("079308123456", sex, birth)
    assert [code for code, _ in found] == codes


def test_it_is_shown_without_its_random_part() -> None:
    assert personalno.masked("079308123456") == "079*******56"
    assert personalno.masked("1234") == "****"
