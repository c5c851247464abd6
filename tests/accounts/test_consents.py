"""Who must have consented before anything is shared, by age; silence is no consent."""

from datetime import date

import pytest

from api.accounts.consenting import Consents, needed
from api.accounts.people import People
from credential.dates import PartialDate
from credential.errors import RefusedError
from database.connections import Database
from store.accounts import Accounts, Holding, Identity, Relation
from store.consents import ConsentStore
from tests.accounts.conftest import BINH, CHI, DUNG, LAN, TODAY, Registry

SELF, GUARDIAN = Relation.SELF, Relation.GUARDIAN

AGES = {
    "the day before the 7th birthday": (PartialDate(2019, 5, 30), {GUARDIAN}),
    "the 7th birthday": (PartialDate(2019, 5, 29), {GUARDIAN, SELF}),
    "the day before the 18th birthday": (PartialDate(2008, 5, 30), {GUARDIAN, SELF}),
    "the 18th birthday": (PartialDate(2008, 5, 29), {SELF}),
    "the month of the 18th birthday, its day unknown": (PartialDate(2008, 5), {GUARDIAN, SELF}),
    "the month before": (PartialDate(2008, 4), {SELF}),
    "the year of the 18th birthday": (PartialDate(2008), {GUARDIAN, SELF}),
    "the year before": (PartialDate(2007), {SELF}),
    "the year of the 7th birthday": (PartialDate(2019), {GUARDIAN}),
}


@pytest.mark.parametrize("case", AGES)
def test_who_must_consent(case: str) -> None:
    born, who = AGES[case]
    assert needed(born, TODAY) == who


LEAP = {
    "28 February": (date(2026, 2, 28), 17),
    "1 March": (date(2026, 3, 1), 18),
    "29 February itself": (date(2028, 2, 29), 20),
}


@pytest.mark.parametrize("case", LEAP)
def test_born_on_29_february(case: str) -> None:
    on, age = LEAP[case]
    assert PartialDate(2008, 2, 29).age(on) == age


class Family:
    """Accounts made at will, and what they say."""

    def __init__(self, accounts: Accounts, people: People, consents: Consents) -> None:
        self._accounts, self._people, self.consents = accounts, people, consents
        self._made = 0

    def account(self, pupil: str, relation: Relation) -> int:
        self._made += 1
        number = self._accounts.enter(Identity("test", str(self._made)), f"x{self._made}")
        self._accounts.withdraw(f"x{self._made}", "test")
        self.hold(number, pupil, relation)
        return number

    def hold(self, number: int, pupil: str, relation: Relation) -> None:
        from sqlalchemy import insert  # noqa: PLC0415

        from store.account_tables import HOLDINGS  # noqa: PLC0415

        row = {"account": number, "pupil": pupil, "relation": relation.value, "since": 1}
        with self._accounts._database.writing() as connection:
            connection.execute(insert(HOLDINGS).values(row))

    def say(self, number: int, pupil: str, *, given: bool = True) -> None:
        self.consents.say(self._people.account(number), pupil, given=given)

    def allowed(self, number: int, pupil: str, on: date = TODAY) -> bool:
        return self.consents.allowed(pupil, number, on)


@pytest.fixture
def family(accounts: Accounts, people: People, database: Database) -> Family:
    return Family(accounts, people, Consents(ConsentStore(database), people))


def test_from_7_to_17_both_must_have_said_yes(family: Family) -> None:
    lan, parent = family.account(LAN, SELF), family.account(LAN, GUARDIAN)
    assert not family.allowed(lan, LAN)
    family.say(lan, LAN)
    assert not family.allowed(lan, LAN)
    family.say(parent, LAN)
    assert family.allowed(lan, LAN)
    assert family.allowed(parent, LAN)
    family.say(parent, LAN, given=False)
    assert not family.allowed(lan, LAN)
    family.say(parent, LAN)
    family.say(lan, LAN, given=False)
    assert not family.allowed(parent, LAN)
    assert [said.given for said in family.consents.standing(LAN, TODAY).said] == [
        True, True, False, True, False,
    ]  # fmt: skip


def test_under_7_the_guardian_alone(family: Family) -> None:
    child, parent = family.account(BINH, SELF), family.account(BINH, GUARDIAN)
    family.say(child, BINH)
    assert not family.allowed(parent, BINH)
    family.say(parent, BINH)
    assert family.allowed(parent, BINH)


def test_from_18_the_pupil_alone_and_the_guardians_access_ends(
    family: Family, people: People
) -> None:
    chi, parent = family.account(CHI, SELF), family.account(CHI, GUARDIAN)
    assert people.account(parent).holdings == ()
    assert people.account(chi).holdings == (Holding(CHI, SELF),)
    with pytest.raises(RefusedError, match=r"holding\.unknown"):
        family.say(parent, CHI)
    assert not family.allowed(chi, CHI)
    family.say(chi, CHI)
    assert family.allowed(chi, CHI)
    assert not family.allowed(parent, CHI)


def test_what_a_guardian_shared_ends_on_the_18th_birthday(family: Family) -> None:
    lan, parent = family.account(LAN, SELF), family.account(LAN, GUARDIAN)
    family.say(lan, LAN)
    family.say(parent, LAN)
    assert family.allowed(parent, LAN, date(2027, 2, 6))
    assert not family.allowed(parent, LAN, date(2027, 2, 7))
    assert family.allowed(lan, LAN, date(2027, 2, 7))


def test_a_birth_known_by_its_year_counts_as_the_youngest(family: Family, people: People) -> None:
    parent = family.account(DUNG, GUARDIAN)
    assert people.account(parent).holdings == (Holding(DUNG, GUARDIAN),)
    assert family.consents.standing(DUNG, date(2026, 12, 30)).needed == {SELF, GUARDIAN}
    assert family.consents.standing(DUNG, date(2026, 12, 31)).needed == {SELF}


def test_of_two_guardians_one_must_say_yes_and_none_no(family: Family) -> None:
    mother, father = family.account(BINH, GUARDIAN), family.account(BINH, GUARDIAN)
    family.say(mother, BINH)
    assert family.allowed(father, BINH)
    family.say(father, BINH, given=False)
    assert not family.allowed(mother, BINH)
    family.say(father, BINH)
    assert family.allowed(mother, BINH)


def test_a_stranger_may_neither_share_nor_consent(family: Family) -> None:
    lan, parent = family.account(LAN, SELF), family.account(LAN, GUARDIAN)
    stranger = family.account(BINH, GUARDIAN)
    family.say(lan, LAN)
    family.say(parent, LAN)
    assert not family.allowed(stranger, LAN)
    with pytest.raises(RefusedError, match=r"holding\.unknown"):
        family.say(stranger, LAN)
    with pytest.raises(RefusedError, match=r"consent\.missing"):
        family.consents.require(LAN, stranger, TODAY)


def test_what_somebody_said_counts_no_more_when_the_pupil_is_taken_from_them(
    family: Family, accounts: Accounts
) -> None:
    lan, parent = family.account(LAN, SELF), family.account(LAN, GUARDIAN)
    family.say(lan, LAN)
    family.say(parent, LAN)
    accounts.withdraw(LAN, "school")
    again = family.account(LAN, SELF)
    family.say(again, LAN)
    assert not family.allowed(again, LAN)


def test_nobody_is_taken_for_adult_or_minor_when_no_birth_is_known(
    family: Family, people: People, registry: Registry
) -> None:
    lan, parent = family.account(LAN, SELF), family.account(LAN, GUARDIAN)
    family.say(lan, LAN)
    family.say(parent, LAN)
    del registry.known[LAN]
    assert not family.allowed(lan, LAN)
    assert people.account(parent).holdings == ()
    assert people.account(lan).holdings == (Holding(LAN, SELF),)
