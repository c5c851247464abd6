"""Schools, keys, guardian, pause, retirement: who may say what, and what can never be undone."""

from collections.abc import Callable

import pytest
from eth_abi.abi import decode

from chain.wallet import address_of
from credential.chainkeys import ChainKey
from credential.errors import RefusedError
from tests.chain.world import (
    ANCHOR_KEY,
    GUARDIAN,
    OTHER_SCHOOL,
    OWNER,
    RELAYER,
    SCHOOL,
    TYPES,
    LedgerUnderTest,
    key_id,
)

WEEK = 7 * 24 * 3600
SIGNING_ID, SIGNING_KEY = b"\x99" * 32, b"\x04" + b"\x01" * 64


def school_of(at: LedgerUnderTest, school: int = SCHOOL) -> tuple[int, ...]:
    """validFrom, validUntil, suspendedSince, types, nextSeq, statusNonce."""
    return decode(
        ["uint40", "uint40", "uint40", "uint64", "uint32", "uint32"], at.view("schools", school)
    )


def key_of(at: LedgerUnderTest, key: ChainKey) -> tuple[int, ...]:
    """school, validFrom, validUntil, compromisedSince, roles."""
    return decode(["uint32", "uint40", "uint40", "uint40", "uint8"], at.view("keys", key))


def test_an_accreditation_never_starts_in_the_past(bare: LedgerUnderTest) -> None:
    before = bare.net.node.block("latest").time
    bare.send(OWNER, "setSchool", SCHOOL, 1, 0, TYPES)
    assert school_of(bare)[0] >= before


def test_an_accreditation_that_has_begun_keeps_its_start(ledger: LedgerUnderTest) -> None:
    started = school_of(ledger)[0]
    ledger.send(OWNER, "setSchool", SCHOOL, 0, 2**39, TYPES | 4)
    assert school_of(ledger)[:4] == (started, 2**39, 0, TYPES | 4)


def test_an_accreditation_that_has_not_begun_may_be_moved(bare: LedgerUnderTest) -> None:
    bare.send(OWNER, "setSchool", SCHOOL, 2**38, 0, TYPES)
    bare.send(OWNER, "setSchool", SCHOOL, 2**37, 0, TYPES)
    assert school_of(bare)[0] == 2**37


def test_a_key_is_never_valid_before_the_block_that_adds_it(ledger: LedgerUnderTest) -> None:
    before = ledger.net.node.block("latest").time
    ledger.send(OWNER, "addKey", SCHOOL, key_id(GUARDIAN), 1, 0, 1, b"")
    assert key_of(ledger, key_id(GUARDIAN))[1] >= before


def test_a_compromise_moves_only_to_an_earlier_time(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 1000)
    ledger.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 900)
    for since in (900, 901, 0):
        with pytest.raises(RefusedError, match=r"ledger\.not_earlier"):
            ledger.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), since)
    assert key_of(ledger, key_id(ANCHOR_KEY))[3] == 900


def test_a_suspended_school_is_reinstated_by_the_owner_alone(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "setGuardian", address_of(GUARDIAN))
    ledger.send(GUARDIAN, "suspendSchool", SCHOOL)
    with pytest.raises(RefusedError, match=r"ledger\.not_owner"):
        ledger.send(GUARDIAN, "reinstateSchool", SCHOOL)
    ledger.send(OWNER, "reinstateSchool", SCHOOL)
    ledger.anchored()


def test_the_guardian_pauses_and_the_owner_alone_lets_go_on(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "setGuardian", address_of(GUARDIAN))
    ledger.send(GUARDIAN, "pause")
    with pytest.raises(RefusedError, match=r"ledger\.not_owner"):
        ledger.send(GUARDIAN, "unpause")
    ledger.send(OWNER, "unpause")
    ledger.anchored()


def test_the_guardian_may_declare_a_key_compromised_for_the_last_seven_days(
    ledger: LedgerUnderTest,
) -> None:
    ledger.send(OWNER, "setGuardian", address_of(GUARDIAN))
    # A minute to spare: the call is mined in a later block than the head.
    since = ledger.net.node.block("latest").time - WEEK + 60
    ledger.send(GUARDIAN, "markCompromised", key_id(ANCHOR_KEY), since)
    assert key_of(ledger, key_id(ANCHOR_KEY))[3] == since


@pytest.mark.parametrize("known", [False, True], ids=["not yet compromised", "compromised later"])
def test_further_back_only_the_owner_dates_a_compromise(
    ledger: LedgerUnderTest, known: bool
) -> None:
    ledger.send(OWNER, "setGuardian", address_of(GUARDIAN))
    now = ledger.net.node.block("latest").time
    if known:
        ledger.send(GUARDIAN, "markCompromised", key_id(ANCHOR_KEY), now)
    for since in (1, now - WEEK - 1):
        with pytest.raises(RefusedError, match=r"ledger\.too_long_ago") as caught:
            ledger.send(GUARDIAN, "markCompromised", key_id(ANCHOR_KEY), since)
        assert caught.value.params["earliest"] >= now - WEEK  # type: ignore[operator]
    ledger.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 1)
    assert key_of(ledger, key_id(ANCHOR_KEY))[3] == 1


def test_ownership_passes_only_when_the_new_owner_accepts(bare: LedgerUnderTest) -> None:
    bare.send(OWNER, "transferOwnership", address_of(RELAYER))
    with pytest.raises(RefusedError, match=r"ledger\.not_owner"):
        bare.send(RELAYER, "setSchool", SCHOOL, 0, 0, TYPES)
    bare.send(RELAYER, "acceptOwnership")
    bare.send(RELAYER, "setSchool", SCHOOL, 0, 0, TYPES)
    with pytest.raises(RefusedError, match=r"ledger\.not_owner"):
        bare.send(OWNER, "setSchool", SCHOOL, 0, 0, TYPES)


Attempt = Callable[[LedgerUnderTest], object]

REFUSED_ACTS: dict[str, tuple[str, Attempt]] = {
    "a stranger accredits a school": (
        "ledger.not_owner",
        lambda at: at.send(RELAYER, "setSchool", SCHOOL, 0, 0, TYPES),
    ),
    "a stranger adds a key": (
        "ledger.not_owner",
        lambda at: at.send(RELAYER, "addKey", SCHOOL, key_id(GUARDIAN), 0, 0, 1, b""),
    ),
    "a stranger suspends a school": (
        "ledger.not_guardian",
        lambda at: at.send(RELAYER, "suspendSchool", SCHOOL),
    ),
    "a stranger pauses": ("ledger.not_guardian", lambda at: at.send(RELAYER, "pause")),
    "a stranger declares a compromise": (
        "ledger.not_guardian",
        lambda at: at.send(RELAYER, "markCompromised", key_id(ANCHOR_KEY), 5),
    ),
    "a type is taken away": (
        "ledger.types_may_only_grow",
        lambda at: at.send(OWNER, "setSchool", SCHOOL, 0, 0, 4),
    ),
    "a begun accreditation gets another start": (
        "ledger.window_invalid",
        lambda at: at.send(OWNER, "setSchool", SCHOOL, 2**38, 0, TYPES),
    ),
    "an accreditation ends in the past": (
        "ledger.window_invalid",
        lambda at: at.send(OWNER, "setSchool", SCHOOL, 0, 1000, TYPES),
    ),
    "an unknown school gets a key": (
        "ledger.unknown_school",
        lambda at: at.send(OWNER, "addKey", OTHER_SCHOOL, key_id(GUARDIAN), 0, 0, 1, b""),
    ),
    "an unknown school is suspended": (
        "ledger.unknown_school",
        lambda at: at.send(OWNER, "suspendSchool", OTHER_SCHOOL),
    ),
    "a school that is not suspended is reinstated": (
        "ledger.school_unchanged",
        lambda at: at.send(OWNER, "reinstateSchool", SCHOOL),
    ),
    "a key id is used again": (
        "ledger.key_used",
        lambda at: at.send(OWNER, "addKey", SCHOOL, key_id(ANCHOR_KEY), 0, 0, 1, b""),
    ),
    "a key window ends before it begins": (
        "ledger.window_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, key_id(GUARDIAN), 2**38, 2**38, 1, b""),
    ),
    "a key has no role": (
        "ledger.key_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, key_id(GUARDIAN), 0, 0, 0, b""),
    ),
    "a key has a role that does not exist": (
        "ledger.key_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, key_id(GUARDIAN), 0, 0, 16, b""),
    ),
    "a signing key may anchor, too": (
        "ledger.key_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, SIGNING_ID, 0, 0, 9, SIGNING_KEY),
    ),
    "a signing key without its public key": (
        "ledger.key_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, SIGNING_ID, 0, 0, 8, b""),
    ),
    "a chain key that is no address": (
        "ledger.key_invalid",
        lambda at: at.send(OWNER, "addKey", SCHOOL, SIGNING_ID, 0, 0, 1, b""),
    ),
    "an unknown key is retired": (
        "ledger.key_unknown",
        lambda at: at.send(OWNER, "retireKey", SIGNING_ID),
    ),
    "a compromise is dated in the future": (
        "ledger.not_earlier",
        lambda at: at.send(OWNER, "markCompromised", key_id(ANCHOR_KEY), 2**39),
    ),
    "the owner renounces": (
        "ledger.not_renounceable",
        lambda at: at.send(OWNER, "renounceOwnership"),
    ),
    "the contract is retired in its own favour": (
        "ledger.successor_invalid",
        lambda at: at.send(OWNER, "retire", at.deployment.contract),
    ),
}


@pytest.mark.parametrize("case", REFUSED_ACTS)
def test_it_is_refused_when(ledger: LedgerUnderTest, case: str) -> None:
    code, attempt = REFUSED_ACTS[case]
    with pytest.raises(RefusedError) as caught:
        attempt(ledger)
    assert caught.value.code == code


def test_a_key_is_retired_once_and_the_contract_too(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "retireKey", key_id(ANCHOR_KEY))
    with pytest.raises(RefusedError, match=r"ledger\.key_inactive"):
        ledger.send(OWNER, "retireKey", key_id(ANCHOR_KEY))
    ledger.send(OWNER, "retire", b"\x22" * 20)
    with pytest.raises(RefusedError, match=r"ledger\.ledger_retired"):
        ledger.send(OWNER, "retire", b"\x33" * 20)
    assert ledger.view("successor")[12:] == b"\x22" * 20


def test_types_given_once_stay_and_may_be_added_to(ledger: LedgerUnderTest) -> None:
    ledger.send(OWNER, "setSchool", SCHOOL, 0, 0, TYPES | 4)
    assert school_of(ledger)[3] == TYPES | 4
