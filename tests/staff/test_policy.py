"""The table of acts: what no role may ever have together."""

import pytest

from api.desk.policy import Act, Member, Role, fits
from credential.errors import RefusedError
from web.workbench import PAGES


def acts(role: Role) -> set[Act]:
    return {act for act in Act if role in act.roles}


def test_nobody_prepares_and_approves() -> None:
    preparing = {Act.PREPARE, Act.WITHDRAW, Act.CORRECT, Act.COPY, Act.DIGITISE}
    for role in Role:
        assert not (Act.APPROVE in acts(role) and preparing & acts(role)), role


def test_an_auditor_only_reads_and_a_service_at_most_prepares() -> None:
    assert acts(Role.AUDITOR) == {Act.OWN, Act.READ, Act.AUDIT}
    assert acts(Role.SERVICE) == {Act.READ, Act.IMPORT, Act.PREPARE}


CASES = {
    "a registrar of a school": (Role.REGISTRAR, 7, True),
    "a registrar of the city": (Role.REGISTRAR, None, False),
    "a principal of the city": (Role.PRINCIPAL, None, False),
    "an officer of the city": (Role.OFFICER, None, True),
    "an officer of a school": (Role.OFFICER, 7, False),
    "an auditor of a school": (Role.AUDITOR, 7, True),
    "an auditor of the city": (Role.AUDITOR, None, True),
}


@pytest.mark.parametrize("case", CASES)
def test_where_a_role_can_be(case: str) -> None:
    role, school, expected = CASES[case]
    assert fits(role, school) is expected


def test_who_sees_which_school() -> None:
    city, school = Member(1, "A", Role.OFFICER, None), Member(2, "B", Role.REGISTRAR, 7)
    assert (city.sees(7), city.sees(8), school.sees(7), school.sees(8)) == (True, True, True, False)
    assert school.own == 7
    with pytest.raises(RefusedError, match=r"staff\.no_school"):
        _ = city.own


def test_a_key_may_do_what_it_is_for_and_nothing_else_of_its_role() -> None:
    key = Member(3, "VnEdu", Role.SERVICE, 7, frozenset({Act.IMPORT, Act.APPROVE}))
    assert [act for act in Act if key.may(act)] == [Act.IMPORT]
    assert key.actor == "service:3"


def test_pages_name_acts_that_there_are() -> None:
    assert {Act.of(page.act) for page in PAGES if page.act} <= set(Act)
