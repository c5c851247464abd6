"""Accounts, sessions and consents on a real database: who holds what, and until when."""

import sys
from collections.abc import Callable

import pytest
from sqlalchemy import insert

from credential.errors import ConflictError, RefusedError
from credential.keys import PublicKey
from database.connections import Database
from store import audit
from store.account_tables import CLAIMS
from store.accounts import Accounts, Holding, Identity, Password, Relation
from store.claims import Claim, Claims
from store.consents import Consent, ConsentStore
from store.holder_keys import HolderKeys
from store.schema import STORE
from store.sessions import IDLE, LONGEST, SessionStore
from store.sign_ins import SignIn, SignIns

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


def test_a_new_code_takes_the_place_of_an_unused_one_of_its_kind(
    database: Database, accounts: Accounts, clock: Clock
) -> None:
    claims = Claims(database, clock)
    parents = Holding(LAN, Relation.GUARDIAN)
    first, used, other = (Claim(bytes([n]) * 32, each) for n, each in
                          ((1, OWN), (2, CHILD), (3, parents)))  # fmt: skip
    assert claims.make([first, used, other], 100, "An") == NOW + 100
    accounts.claim(used.digest, Password("ba", "x"))
    assert [claims.find(each.digest) for each in (first, used, other)] == [first, None, other]
    second = Claim(bytes([4]) * 32, OWN)
    claims.make([second], 100, "An")
    assert [claims.find(each.digest) for each in (first, other, second)] == [None, other, second]
    clock.now += 100
    assert claims.find(second.digest) is None


def test_one_code_claimed_in_many_processes_is_claimed_once(
    database_url: str, database: Database, code: Callable[..., bytes],
    in_processes: Callable[..., list[int]],
) -> None:  # fmt: skip
    claim = code()

    def claiming(number: int) -> Callable[[], None]:
        def work() -> None:
            own = STORE.connect(database_url)
            try:
                Accounts(own, lambda: NOW).claim(claim, Password(f"name{number}", "x"))
            except RefusedError as error:
                sys.exit(7 if error.code == "claim_code.unknown" else 1)
            finally:
                own.close()

        return work

    database.close()
    assert sorted(in_processes(*map(claiming, range(4)))) == [0, 7, 7, 7]
    assert len(Accounts(database, lambda: NOW).holders(LAN)) == 1


def test_a_sign_in_is_taken_up_once_by_its_browser(database: Database, clock: Clock) -> None:
    sign_ins = SignIns(database, clock)
    mine, late = (SignIn(bytes([n]) * 32, b"b" * 32, "nonce", "verifier") for n in (1, 2))
    sign_ins.start(mine)
    sign_ins.start(late)
    assert sign_ins.take(mine.state, b"x" * 32) is None
    assert sign_ins.take(mine.state, b"b" * 32) == mine
    assert sign_ins.take(mine.state, b"b" * 32) is None
    clock.now += 600
    assert sign_ins.take(late.state, b"b" * 32) is None


def test_a_pupil_has_one_key_at_a_time(
    database: Database, accounts: Accounts, code: Callable[..., bytes], clock: Clock
) -> None:
    keys = HolderKeys(database, clock)
    account = accounts.claim(code(), Password("lan", "x"))
    first, second = (PublicKey(b"\x04" + bytes([n]) * 64) for n in (1, 2))
    keys.add(LAN, account, first)
    keys.add(LAN, account, first)
    held = keys.of([LAN, BINH])
    assert {pupil: each.key for pupil, each in held.items()} == {LAN: first}
    keys.add(LAN, account, second)
    assert keys.keys_of([LAN]) == {LAN: second}
    with pytest.raises(RefusedError, match=r"holder_key\.unknown"):
        keys.end(LAN, held[LAN].id, account)
    with pytest.raises(RefusedError, match=r"holder_key\.unknown"):
        keys.end(BINH, keys.of([LAN])[LAN].id, account)
    keys.end(LAN, keys.of([LAN])[LAN].id, account)
    assert keys.of([LAN]) == {}


@pytest.fixture
def thief(
    database: Database, accounts: Accounts, code: Callable[..., bytes], clock: Clock
) -> tuple[HolderKeys, int]:
    """Somebody who claimed with a stolen slip and left a key: the keys, and their account."""
    keys, account = HolderKeys(database, clock), accounts.claim(code(), Password("thief", "x"))
    keys.add(LAN, account, PublicKey(b"\x04" + bytes(64)))
    return keys, account


def test_the_key_of_whoever_held_the_records_ends_with_their_withdrawal(
    thief: tuple[HolderKeys, int], accounts: Accounts
) -> None:
    keys, account = thief
    accounts.withdraw(LAN, "An")
    assert keys.keys_of([LAN]) == {}
    with pytest.raises(RefusedError, match=r"holding\.unknown"):
        keys.add(LAN, account, PublicKey(b"\x04" + bytes(64)))  # a request that was under way


def test_the_key_of_whoever_held_the_records_ends_when_the_pupil_claims_anew(
    thief: tuple[HolderKeys, int], accounts: Accounts, code: Callable[..., bytes]
) -> None:
    keys, _ = thief
    mine = accounts.claim(code(), Password("lan", "x"))
    assert keys.keys_of([LAN]) == {}
    key = PublicKey(b"\x04" + bytes([1]) * 64)
    keys.add(LAN, mine, key)
    accounts.claim(code(Holding(LAN, Relation.GUARDIAN)), Password("ba.lan", "x"))
    accounts.claim(code(), mine)
    assert keys.keys_of([LAN]) == {LAN: key}


def test_a_pupil_who_uses_a_guardians_slip_stays_the_pupil(
    accounts: Accounts, code: Callable[..., bytes]
) -> None:
    parents = Holding(LAN, Relation.GUARDIAN)
    account = accounts.claim(code(), Password("lan", "x"))
    accounts.claim(code(parents), account)
    assert accounts.holdings(account) == (OWN,)
    other = accounts.claim(code(parents), Password("lan.2", "x"))
    accounts.claim(code(), other)
    assert accounts.holdings(other) == (OWN,)


def test_what_is_under_way_to_a_provider_ends_with_the_sessions(
    database: Database, accounts: Accounts, sessions: SessionStore, code: Callable[..., bytes],
    clock: Clock,
) -> None:  # fmt: skip
    sign_ins = SignIns(database, clock)
    account = accounts.claim(code(), Password("lan", "x"))
    sessions.start(account, b"1" * 32, "claim", "")
    (session,) = sessions.of(account)
    ends: tuple[Callable[[], object], ...] = (
        lambda: sessions.end(account, session.id),
        lambda: sessions.end_all(account),
        lambda: accounts.withdraw(LAN, "An"),
    )
    for number, end in enumerate(ends):
        left = SignIn(bytes([number]) * 32, b"b" * 32, "nonce", "verifier", account=account)
        sign_ins.start(left)
        end()
        assert sign_ins.take(left.state, b"b" * 32) is None


def test_a_claim_that_failed_left_nothing_and_one_that_happened_is_there(
    database: Database, accounts: Accounts, code: Callable[..., bytes],
    contents: Callable[[Database], object], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    claim = code()
    before = contents(database)
    monkeypatch.setattr("store.accounts.audit.append", _fail)
    with pytest.raises(OSError, match="failed"):
        accounts.claim(claim, Password("lan", "x"))
    monkeypatch.undo()
    assert contents(database) == before
    account = accounts.claim(claim, Password("lan", "x"))  # its answer gets lost
    with pytest.raises(RefusedError, match=r"claim_code\.unknown"):
        accounts.claim(claim, Password("lan", "x"))
    assert accounts.named("lan") == (account, "x")


def _fail(*_: object) -> None:
    raise OSError("failed")
