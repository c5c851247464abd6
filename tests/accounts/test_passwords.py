"""Passwords: what is kept, which are refused, and that a flood of them stops at a queue."""

import asyncio

import pytest

from api.accounts import passwords
from api.accounts.names import folded
from api.accounts.passwords import Passwords
from credential.errors import FormatError, RefusedError


def test_what_is_kept_is_argon2id_with_owasps_parameters() -> None:
    async def kept() -> tuple[str, str]:
        desk = Passwords()
        return await desk.hash("con mèo nhà hàng xóm"), await desk.hash("con mèo nhà hàng xóm")

    first, second = asyncio.run(kept())
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_a_password_is_right_however_its_marks_are_composed() -> None:
    async def found() -> list[bool]:
        desk = Passwords()
        kept = await desk.hash("con m\u00e8o nh\u00e0 h\u00e0ng")
        asked = [
            ("con me\u0300o nha\u0300 ha\u0300ng", kept),
            ("con meo nha hang", kept),
            ("x", None),
        ]
        return [await desk.verify(password, phc) for password, phc in asked]

    assert asyncio.run(found()) == [True, False, False]


def test_a_flood_is_told_to_wait_and_those_in_the_queue_are_served() -> None:
    async def flood() -> list[object]:
        desk = Passwords()
        return await asyncio.gather(
            *(desk.verify("x", None) for _ in range(40)), return_exceptions=True
        )

    found = asyncio.run(flood())
    assert found.count(False) == 16
    refused = [one for one in found if isinstance(one, RefusedError)]
    assert {one.code for one in refused} == {"site.crowded"}
    assert len(refused) == 24


REFUSED = {
    "short": ("con mèo 1", "password.short"),
    "endless": ("con mèo " * 20, "password.long"),
    "common": ("Matkhau123456", "password.common"),
    "a common word and any digits": ("2031 Sài Gòn 2044", "password.common"),
    "common, with marks": ("Anh yêu em nhiều", "password.common"),
    "a common word twice, and digits": ("kitty Kitty 07", "password.common"),
    "a common word and its digits twice": ("Matkhau1!Matkhau1!", "password.common"),
    "listed with its signs": ("p030710P$E4o", "password.common"),
    "a row and any digits": ("abc 9175 2036", "password.common"),
    "a row of keys": ("qwertyuiopas", "password.common"),
    "digits in a row": ("0123456789", "password.common"),
    "three characters": ("aaaabbbbcccc", "password.common"),
    "the login name in it": ("lan.nguyen đây mà", "password.about_you"),
    "the birth date": ("sinh ngày 07/02/2009", "password.about_you"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_guessed_first_is_refused(case: str) -> None:
    password, code = REFUSED[case]
    with pytest.raises(FormatError, match=code.replace(".", r"\.")):
        passwords.check(password, "lan.nguyen", "07/02/2009")


def test_more_than_the_3000_commonest_that_are_long_enough_are_refused() -> None:
    found = {each for words in passwords.lists() for each in words if len(each) >= passwords.LEAST}
    assert len(found) > 13_000
    for each in found:
        with pytest.raises(FormatError, match=r"password\.common"):
            passwords.check(each)


@pytest.mark.parametrize(
    "password", ["con mèo nhà hàng xóm", "Tr0ng-dam-gi-dep", "trăng lên đỉnh núi"]
)
def test_what_somebody_remembers_is_taken(password: str) -> None:
    passwords.check(password, "lan.nguyen", "07/02/2009")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Lan.Ng", "lan.ng"), (" an_2009 ", "an_2009"), ("an-12", "an-12")],
)
def test_a_login_name_has_one_spelling(typed: str, kept: str) -> None:
    assert folded(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["lan", "lán.nguyen", "lan..nguyen", ".lan1", "lan nguyen", "l\u0430n.nguyen", "x" * 40],
)
def test_what_could_be_taken_for_anothers_name_is_none(typed: str) -> None:
    with pytest.raises(FormatError, match=r"account\.name"):
        folded(typed)
