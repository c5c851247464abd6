"""Accounts, sessions and consents on a real database: who holds what, and until when."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert

from credential.errors import ConflictError, RefusedError
from database.connections import Database
from store import audit
from store.account_tables import CLAIMS
from store.accounts import Accounts, Holding, Identity, Password, Relation
from store.consents import Consent, ConsentStore
from store.sessions import IDLE, LONGEST, SessionStore

NOW = 1_780_000_000
LAN, BINH = "7900000001", "7900000002"
OWN, CHILD = Holding(LAN, Relation.SELF), Holding(BINH, Relation.GUARDIAN)


class Clock:
    now = NOW

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, clock)


@pytest.fixture
def sessions(database: Database, clock: Clock) -> SessionStore:
    return SessionStore(database, clock)


@pytest.fixture
def code(database: Database) -> Callable[..., bytes]:
    """Puts a claim into the store; its digest."""
    made = 0

    def make(holding: Holding = OWN, expires: int = NOW + 100) -> bytes:
        nonlocal made
        made += 1
        row = {
            "digest": bytes([made]) * 32, "pupil": holding.pupil, "made": NOW,
            "relation": holding.relation.value, "expires": expires,
        }  # fmt: skip
        with database.writing() as connection:
            connection.execute(insert(CLAIMS).values(row))
        return bytes([made]) * 32

    return make


def test_a_claim_makes_an_account_once(accounts: Accounts, code: Callable[..., bytes]) -> None:
    claim = code()
    account = accounts.claim(claim, Password("lan", "$argon2id$…"))
    assert accounts.holdings(account) == (OWN,)
    assert accounts.named("lan") == (account, "$argon2id$…")
    with pytest.raises(RefusedError, match=r"claim_code\.unknown"):
        accounts.claim(claim, Password("lan2", "$argon2id$…"))
    assert accounts.named("lan2") is None


def test_an_expired_claim_is_none(
    accounts: Accounts, code: Callable[..., bytes], clock: Clock
) -> None:
    claim = code()
    clock.now = NOW + 100
    with pytest.raises(RefusedError, match=r"claim_code\.unknown"):
        accounts.claim(claim, Password("lan", "x"))


def test_a_name_that_is_taken_uses_no_claim_up(
    accounts: Accounts, code: Callable[..., bytes]
) -> None:
    accounts.claim(code(CHILD), Password("lan", "x"))
    claim = code()
    with pytest.raises(ConflictError, match=r"account\.name_taken"):
        accounts.claim(claim, Password("lan", "y"))
    assert accounts.holdings(accounts.claim(claim, Password("lan.2", "y"))) == (OWN,)


def test_one_account_may_hold_several(accounts: Accounts, code: Callable[..., bytes]) -> None:
    account = accounts.claim(code(), Identity("https://id.example", "7"))
    assert accounts.claim(code(CHILD), account) == account
    assert set(accounts.holdings(account)) == {OWN, CHILD}
    assert accounts.of_identity(Identity("https://id.example", "7")) == account
    assert accounts.of_identity(Identity("https://other.example", "7")) is None
    assert accounts.holders(BINH) == [(account, Relation.GUARDIAN)]


def test_a_new_code_of_the_pupil_takes_the_place_of_whoever_claimed_before(
    accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes]
) -> None:
    first = accounts.claim(code(), Password("lan", "x"))
    parent = accounts.claim(code(Holding(LAN, Relation.GUARDIAN)), Password("ba.lan", "x"))
    sessions.start(first, b"1" * 32, "claim", "")
    sessions.know(first, b"2" * 32)
    second = accounts.claim(code(), Password("lan.2", "x"))
    assert accounts.holders(LAN) == [(parent, Relation.GUARDIAN), (second, Relation.SELF)]
    assert accounts.holdings(first) == ()
    assert sessions.find(b"1" * 32) is None
    assert not sessions.knows(first, b"2" * 32)


def test_whom_a_provider_calls_a_pupil_is_one_for_ever(accounts: Accounts) -> None:
    person = Identity("https://id.example", "7")
    account = accounts.enter(person, LAN)
    assert accounts.enter(person, LAN) == account
    with pytest.raises(ConflictError, match=r"account\.other_pupil"):
        accounts.enter(person, BINH)
    assert accounts.holdings(account) == (OWN,)


def test_an_identity_is_one_accounts(accounts: Accounts, code: Callable[..., bytes]) -> None:
    person = Identity("https://id.example", "7")
    account, other = accounts.enter(person, LAN), accounts.claim(code(CHILD), Password("ba", "x"))
    accounts.add(account, person)
    with pytest.raises(ConflictError, match=r"account\.identity_taken"):
        accounts.add(other, person)
    assert accounts.ways(account) == (None, 1)
    accounts.add(account, Password("lan", "x"))
    assert accounts.ways(account) == ("lan", 1)


def test_records_are_taken_from_everybody(
    accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes]
) -> None:
    account, open_claim = accounts.claim(code(), Password("lan", "x")), code()
    sessions.start(account, b"1" * 32, "claim", "")
    assert accounts.withdraw(LAN, "An") == 1
    assert accounts.holdings(account) == ()
    assert sessions.of(account) == []
    with pytest.raises(RefusedError, match=r"claim_code\.unknown"):
        accounts.claim(open_claim, Password("lan.2", "x"))


def test_a_session_goes_on_while_it_is_used_but_not_for_ever(
    accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes], clock: Clock
) -> None:
    account = accounts.claim(code(), Password("lan", "x"))
    sessions.start(account, b"1" * 32, "claim", "Firefox · Windows")
    while clock.now < NOW + LONGEST - IDLE:
        clock.now += IDLE - 1
        found = sessions.find(b"1" * 32)
        assert found is not None
        assert (found.account, found.device, found.created) == (account, "Firefox · Windows", NOW)
    clock.now = NOW + LONGEST
    assert sessions.find(b"1" * 32) is None
    assert sessions.of(account) == []


def test_an_idle_session_ends(
    accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes], clock: Clock
) -> None:
    account = accounts.claim(code(), Password("lan", "x"))
    sessions.start(account, b"1" * 32, "claim", "")
    clock.now += IDLE
    assert sessions.find(b"1" * 32) is None


def test_sessions_are_ended_by_their_account_alone(
    accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes]
) -> None:
    mine, other = (accounts.claim(code(each), Password(name, "x")) for each, name in
                   ((OWN, "lan"), (CHILD, "ba")))  # fmt: skip
    sessions.start(mine, b"1" * 32, "claim", "")
    sessions.start(mine, b"2" * 32, "password", "")
    first, second = sessions.of(mine)
    with pytest.raises(RefusedError, match=r"session\.unknown"):
        sessions.end(other, first.id)
    sessions.end(mine, first.id)
    assert sessions.of(mine) == [second]
    sessions.know(mine, b"3" * 32)
    sessions.know(mine, b"3" * 32)
    assert sessions.knows(mine, b"3" * 32)
    assert not sessions.knows(other, b"3" * 32)
    sessions.end_all(mine)
    assert sessions.of(mine) == []
    assert not sessions.knows(mine, b"3" * 32)


def test_consents_are_rows_that_stay(
    database: Database, accounts: Accounts, code: Callable[..., bytes], clock: Clock
) -> None:
    consents = ConsentStore(database, clock)
    account = accounts.claim(code(CHILD), Password("ba", "x"))
    consents.add(BINH, account, Relation.GUARDIAN, "2026-11", given=True)
    clock.now += 5
    consents.add(BINH, account, Relation.GUARDIAN, "2026-11", given=False)
    assert consents.of(BINH) == [
        Consent(account, Relation.GUARDIAN, True, "2026-11", NOW),
        Consent(account, Relation.GUARDIAN, False, "2026-11", NOW + 5),
    ]
    assert consents.of(LAN) == []
    assert audit.verify(database) is None
