"""Before anything is signed: school, type and signing key have to stand at the head."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from chain import acts
from credential.errors import RefusedError
from credential.keys import SoftwareKey
from credential.model import CredentialType
from tests.chain.world import (
    ANCHOR_KEY,
    OTHER_SCHOOL,
    OWNER,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
)

DIPLOMA, TRANSCRIPT = CredentialType.THPT_DIPLOMA, CredentialType.TRANSCRIPT
KEY = SoftwareKey(ec.derive_private_key(7, ec.SECP256R1())).public


@pytest.fixture
def ready(ledger: LedgerUnderTest) -> LedgerUnderTest:
    """A ledger whose school could issue."""
    ledger.governor().perform(acts.add_signing_key(SCHOOL, KEY))
    return ledger


def soon(at: LedgerUnderTest) -> int:
    """A time that `pass_by` reaches; what runs until then can still be written down."""
    return at.net.node.block("latest").time + 30


def pass_by(at: LedgerUnderTest) -> None:
    at.net.sleep(32)


def end_accreditation(at: LedgerUnderTest) -> None:
    at.send(OWNER, "setSchool", SCHOOL, 0, soon(at), TYPES)
    pass_by(at)


def test_a_school_with_its_type_and_key_may_go_on(ready: LedgerUnderTest) -> None:
    ready.writer().check_standing(SCHOOL, DIPLOMA, KEY.kid)


def test_a_school_whose_accreditation_ends_later_may_go_on(ready: LedgerUnderTest) -> None:
    ready.send(OWNER, "setSchool", SCHOOL, 0, 2**39, TYPES)
    ready.writer().check_standing(SCHOOL, DIPLOMA, KEY.kid)


SCHOOLS: dict[str, Callable[[LedgerUnderTest], object]] = {
    "it is suspended": lambda at: at.send(OWNER, "suspendSchool", SCHOOL),
    "its accreditation has ended": end_accreditation,
}


@pytest.mark.parametrize("case", SCHOOLS)
def test_a_school_is_refused_when(ready: LedgerUnderTest, case: str) -> None:
    SCHOOLS[case](ready)
    with pytest.raises(RefusedError) as caught:
        ready.writer().check_standing(SCHOOL, DIPLOMA, KEY.kid)
    assert caught.value.code == "ledger.school_not_accredited"
    assert caught.value.params == {"school": SCHOOL}


def test_a_school_is_refused_when_the_chain_does_not_know_it(ready: LedgerUnderTest) -> None:
    with pytest.raises(RefusedError, match=r"ledger\.school_not_accredited"):
        ready.writer().check_standing(OTHER_SCHOOL, DIPLOMA, KEY.kid)


def test_a_school_is_refused_before_its_accreditation_begins(ready: LedgerUnderTest) -> None:
    ready.send(OWNER, "setSchool", OTHER_SCHOOL, 2**38, 0, TYPES)
    with pytest.raises(RefusedError, match=r"ledger\.school_not_accredited"):
        ready.writer().check_standing(OTHER_SCHOOL, DIPLOMA, KEY.kid)


def test_a_type_that_the_school_may_not_issue_is_refused(ready: LedgerUnderTest) -> None:
    with pytest.raises(RefusedError) as caught:
        ready.writer().check_standing(SCHOOL, TRANSCRIPT, KEY.kid)
    assert caught.value.code == "ledger.type_not_accredited"
    assert caught.value.params == {"school": SCHOOL, "kind": "transcript"}


def add_key(at: LedgerUnderTest, school: int, start: int = 0, end: int = 0) -> None:
    at.send(OWNER, "addKey", school, KEY.kid, start, end, 8, KEY.raw)


def let_it_end(at: LedgerUnderTest) -> None:
    add_key(at, SCHOOL, end=soon(at))
    pass_by(at)


def give_it_to_another_school(at: LedgerUnderTest) -> None:
    at.send(OWNER, "setSchool", OTHER_SCHOOL, 0, 0, TYPES)
    add_key(at, OTHER_SCHOOL)


def retire_it(at: LedgerUnderTest) -> None:
    add_key(at, SCHOOL)
    at.net.sleep(1)
    at.send(OWNER, "retireKey", KEY.kid)


def lose_it(at: LedgerUnderTest) -> None:
    add_key(at, SCHOOL)
    at.send(OWNER, "markCompromised", KEY.kid, at.net.node.block("latest").time)


KEYS: dict[str, tuple[bytes, Callable[[LedgerUnderTest], object]]] = {
    "it was never listed": (KEY.kid, lambda at: None),
    "it is another school's": (KEY.kid, give_it_to_another_school),
    "it may anchor but not sign": (key_id(ANCHOR_KEY), lambda at: None),
    "it is not in force yet": (KEY.kid, lambda at: add_key(at, SCHOOL, start=2**38)),
    "it has ended": (KEY.kid, let_it_end),
    "it was retired": (KEY.kid, retire_it),
    "it is compromised": (KEY.kid, lose_it),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_signing_key_is_refused_when(ledger: LedgerUnderTest, case: str) -> None:
    kid, prepare = KEYS[case]
    prepare(ledger)
    with pytest.raises(RefusedError) as caught:
        ledger.writer().check_standing(SCHOOL, DIPLOMA, kid)
    assert caught.value.code == "ledger.signing_key_not_listed"
    assert caught.value.params == {"school": SCHOOL}


def test_numbers_are_disowned_when_a_compromised_key_took_all_of_them(
    ledger: LedgerUnderTest,
) -> None:
    writer, root = ledger.writer(), ledger.anchored("the school's")
    ledger.net.sleep(2)
    since = ledger.net.node.block("latest").time
    ledger.anchored("a thief's")
    assert not writer.disowned(SCHOOL, 1)
    ledger.governor().perform(acts.mark_compromised(key_id(ANCHOR_KEY), since))
    assert writer.disowned(SCHOOL, 1)
    assert not writer.disowned(SCHOOL, 0), "one of them is the school's own"
    assert writer.anchored(SCHOOL, root) is not None
