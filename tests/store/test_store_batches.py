"""The book of batches, as the issuer is promised it (issuer.ports.BatchStore)."""

import dataclasses
import threading

import pytest

from credential.errors import ConflictError, RefusedError
from credential.model import Lane
from credential.records import BatchState, Transaction
from issuer.ports import BatchStore
from store import audit

SENDER = bytes(range(20))


def transaction(purpose, nonce, sender=SENDER):
    return Transaction(purpose, sender, nonce, b"raw" + bytes([nonce]), bytes([nonce]) * 32)


def record(book, purpose, floor=0, sender=SENDER):
    return book.record(purpose, sender, floor, lambda nonce: transaction(purpose, nonce, sender))


def test_it_is_what_the_issuer_asks_for(book):
    port: BatchStore = book
    assert port.unfinished() == []


def test_a_staged_batch_is_found_by_its_request_with_all_its_rows(book, sample):
    one = sample("one")
    staged = one.stage(book)
    assert staged == dataclasses.replace(one.batch, id=staged.id)
    assert book.batch(one.batch.ref) == staged
    assert book.staged(staged.id) == one.rows
    assert book.batch("another request") is None


def test_batch_numbers_follow_each_other_in_each_school(book, sample):
    assert book.next_seq(7) == 0
    sample("one").stage(book)
    assert (book.next_seq(7), book.next_seq(8)) == (1, 0)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        pytest.param({"name": "one", "seq": 1}, "batch.exists", id="the request is taken"),
        pytest.param({"name": "two", "seq": 0}, "batch.exists", id="the school's number is taken"),
    ],
)
def test_nothing_is_staged_twice(book, sample, second, code):
    first = sample("one").stage(book)
    with pytest.raises(ConflictError) as caught:
        sample(**second).stage(book)
    assert caught.value.code == code
    assert book.unfinished() == [first]


def test_a_look_up_code_belongs_to_one_credential(book, sample):
    sample("one").stage(book)
    two = sample("two", seq=1)
    two.rows[2] = dataclasses.replace(two.rows[2], code=sample("one").rows[0].code)
    with pytest.raises(ConflictError, match=r"batch\.codes_taken"):
        two.stage(book)
    assert book.batch(two.batch.ref) is None


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(lambda rows: rows[:2], id="a row is missing"),
        pytest.param(lambda rows: [rows[1], rows[0], rows[2]], id="rows are out of order"),
        pytest.param(lambda rows: [rows[0], rows[0], rows[2]], id="an index stands twice"),
        pytest.param(lambda rows: [], id="there are no rows"),
    ],
)
def test_a_batch_is_staged_whole_or_not_at_all(book, sample, rows):
    one = sample("one")
    one.rows = rows(one.rows)
    with pytest.raises(RefusedError, match=r"batch\.incomplete"):
        one.stage(book)
    assert book.batch(one.batch.ref) is None


def test_a_signed_batch_has_its_root_and_shows_its_credentials_in_order(book, sample):
    one = sample("one", size=5)
    signed = one.sign(book)
    assert (signed.state, signed.root) == (BatchState.SIGNED, one.levels[-1])
    issued = list(book.issued(signed.id))
    assert [credential.staged for credential in issued] == one.rows
    assert [credential.signatures for credential in issued] == one.signatures
    assert {(credential.batch, credential.lane) for credential in issued} == {(signed, Lane.ACTIVE)}


def test_a_batch_of_more_than_one_page_comes_back_whole(book, sample):
    one = sample("one", size=2001)
    signed = one.sign(book)
    assert [credential.staged for credential in book.issued(signed.id)] == one.rows


def test_a_staged_batch_has_issued_nothing(book, sample):
    assert list(book.issued(sample("one").stage(book).id)) == []
    assert book.credential(sample("one").rows[0].code) is None


def test_the_first_signatures_stay(book, sample):
    one, other = sample("one"), sample("other")
    signed = one.sign(book)
    again = book.sign(signed.id, other.signatures, other.levels)
    assert again == signed
    assert [found.signatures for found in book.issued(signed.id)] == one.signatures


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda signatures, levels: (signatures[:-1], levels), id="too few signatures"),
        pytest.param(lambda signatures, levels: (signatures, levels[1:]), id="no leaves"),
        pytest.param(lambda signatures, levels: (signatures, levels[:-1]), id="no root"),
        pytest.param(
            lambda signatures, levels: (signatures, [levels[0][:-32], *levels[1:]]),
            id="a leaf too few",
        ),
    ],
)
def test_a_tree_that_does_not_fit_the_batch_is_refused(book, sample, fault):
    one = sample("one")
    staged = one.stage(book)
    with pytest.raises(RefusedError, match=r"batch\.tree_shape"):
        book.sign(staged.id, *fault(one.signatures, one.levels))
    assert book.batch(one.batch.ref).state is BatchState.STAGED


S = BatchState


@pytest.mark.parametrize(
    ("path", "state"),
    [
        pytest.param([S.SENT], S.SENT, id="sent"),
        pytest.param([S.SENT, S.MINED], S.MINED, id="mined"),
        pytest.param([S.SENT, S.MINED, S.SENT], S.SENT, id="reorganised away: sent again"),
        pytest.param([S.SENT, S.MINED, S.SENT, S.MINED, S.FINAL], S.FINAL, id="mined twice"),
        pytest.param([S.FINAL], S.FINAL, id="found final on chain after a stop"),
        pytest.param([S.FINAL, S.FINAL], S.FINAL, id="said twice"),
        pytest.param([S.FINAL, S.MINED, S.SENT], S.FINAL, id="final for ever, whoever lags"),
        pytest.param([S.FINAL, S.DELIVERED, S.FINAL], S.DELIVERED, id="delivered for ever"),
    ],
)
def test_states_move_forward(book, sample, path, state):
    number = sample("one").sign(book).id
    for to in path:
        moved = book.advance(number, to, block=9, time=1_780_000_100)
    assert moved.state is state
    final = state in {S.FINAL, S.DELIVERED}
    assert (moved.block, moved.final_time) == ((9, 1_780_000_100) if final else (None, None))


def test_a_final_batch_keeps_its_block(book, sample):
    number = sample("one").finalise(book).id
    moved = book.advance(number, S.DELIVERED, block=10, time=11)
    assert (moved.state, moved.block, moved.final_time) == (S.DELIVERED, 9, 1_780_000_100)


@pytest.mark.parametrize("to", [S.SENT, S.MINED, S.FINAL, S.SIGNED])
def test_an_unsigned_batch_goes_nowhere(book, sample, to):
    staged = sample("one").stage(book)
    with pytest.raises(RefusedError, match=r"batch\.state"):
        book.advance(staged.id, to, block=9, time=9)
    assert book.batch(staged.ref) == staged


def test_final_needs_a_block(book, sample):
    signed = sample("one").sign(book)
    with pytest.raises(RefusedError, match=r"batch\.state"):
        book.advance(signed.id, S.FINAL)
    assert book.batch(signed.ref) == signed


def test_unfinished_batches_come_in_the_order_of_staging(book, sample):
    staged = [sample(f"batch {seq}", seq=seq) for seq in range(4)]
    staged[0].finalise(book)
    waiting = [batch.stage(book) for batch in staged[1:]]
    book.sign(waiting[1].id, staged[2].signatures, staged[2].levels)
    assert [batch.seq for batch in book.unfinished()] == [1, 2, 3]


def test_nonces_follow_the_chain_and_each_other_and_leave_no_gap(book):
    nonces = [
        record(book, "first").nonce,
        record(book, "second").nonce,
        record(book, "ahead", floor=9).nonce,
        record(book, "behind", floor=8).nonce,
        record(book, "behind, too", floor=8).nonce,
        record(book, "other sender", sender=bytes(20)).nonce,
    ]
    assert nonces == [0, 1, 9, 8, 10, 0]


def test_a_purpose_has_one_transaction_for_ever(book):
    first = record(book, "anchor:1", floor=4)

    def never(nonce):
        raise AssertionError

    assert book.record("anchor:1", SENDER, 99, never) == first


def test_nobody_waits_while_the_chain_is_asked_for_a_signature(book, sample):
    """The other write would wait for the lock, and this test for ever, if it were held."""

    def signs(nonce):
        writer = threading.Thread(target=lambda: sample("other").stage(book))
        writer.start()
        writer.join()
        return transaction("anchor:1", nonce)

    assert book.record("anchor:1", SENDER, 0, signs).nonce == 0
    assert book.next_seq(7) == 1


def test_a_nonce_lost_while_signing_is_signed_anew(book):
    asked = []

    def signs(nonce):
        if not asked:
            record(book, "faster")
        asked.append(nonce)
        return transaction("slower", nonce)

    assert book.record("slower", SENDER, 0, signs) == transaction("slower", 1)
    assert asked == [0, 1]
    assert [kept.nonce for kept in book.pending(SENDER, 0)] == [0, 1]


def test_a_purpose_served_by_another_while_signing_keeps_that_transaction(book):
    def signs(nonce):
        book.record("anchor:1", SENDER, 0, lambda free: transaction("anchor:1", free))
        return dataclasses.replace(transaction("anchor:1", nonce), raw=b"too late")

    assert book.record("anchor:1", SENDER, 0, signs) == transaction("anchor:1", 0)
    assert len(book.pending(SENDER, 0)) == 1


def test_pending_transactions_come_by_nonce_from_the_one_asked_for(book):
    for number in range(4):
        record(book, f"anchor:{number}", floor=3)
    record(book, "other", floor=5, sender=bytes(20))
    assert [kept.purpose for kept in book.pending(SENDER, 4)] == [f"anchor:{n}" for n in (1, 2, 3)]
    assert book.pending(SENDER, 6) == [transaction("anchor:3", 6)]
    assert list(book.pending(SENDER, 7)) == list(book.pending(bytes(19), 0)) == []


def test_a_failed_signature_uses_no_nonce(book):
    def fails(nonce):
        raise RefusedError("key.locked")

    with pytest.raises(RefusedError, match=r"key\.locked"):
        book.record("anchor:1", SENDER, 0, fails)
    assert record(book, "anchor:2").nonce == 0


@pytest.mark.parametrize(
    "wrong", [{"nonce": 5}, {"purpose": "anchor:2"}, {"sender": bytes(20)}], ids=str
)
def test_a_transaction_for_something_else_is_not_kept(book, wrong):
    def signs(nonce):
        return dataclasses.replace(transaction("anchor:1", nonce), **wrong)

    with pytest.raises(RefusedError, match=r"outbox\.mismatch"):
        book.record("anchor:1", SENDER, 0, signs)
    assert record(book, "anchor:1").nonce == 0


def test_a_credential_is_found_by_code_or_register_number(book, sample):
    one = sample("one")
    signed = one.sign(book)
    found = book.credential(one.rows[1].code)
    assert (found.batch, found.staged) == (signed, one.rows[1])
    assert book.credential("B26/one/00002") == found
    assert book.credential("B26/one/00009") is None
    assert book.credential("B26\0") is None


def test_a_register_number_of_two_schools_names_nobody(book, sample):
    sample("one", school=7).sign(book)
    other = sample("other", school=8)
    other.rows = [
        dataclasses.replace(row, register_no=f"B26/one/{row.index + 1:05d}") for row in other.rows
    ]
    other.sign(book)
    with pytest.raises(RefusedError, match=r"credential\.ambiguous"):
        book.credential("B26/one/00001")


def test_the_asked_status_shows_and_is_noted_once(database, book, sample):
    one = sample("one")
    signed = one.finalise(book)
    before = audit.head(database)[0]
    for lane in (Lane.SUSPENDED, Lane.SUSPENDED, Lane.ACTIVE, Lane.REVOKED):
        book.set_lane(signed.id, 1, lane, "người duyệt", "gian lận; QĐ 12/QĐ-THPT")
    assert [found.lane for found in book.issued(signed.id)] == [
        Lane.ACTIVE,
        Lane.REVOKED,
        Lane.ACTIVE,
    ]
    assert audit.head(database)[0] == before + 3


L = Lane


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        pytest.param([L.ACTIVE], [0], id="active all along: no change"),
        pytest.param([L.SUSPENDED, L.SUSPENDED], [1, 1], id="asked twice: one change"),
        pytest.param([L.SUSPENDED, L.ACTIVE, L.ACTIVE], [1, 2, 2], id="reinstated"),
        pytest.param(
            [L.SUSPENDED, L.ACTIVE, L.SUSPENDED, L.REVOKED], [1, 2, 3, 4], id="suspended twice"
        ),
    ],
)
def test_each_change_of_status_has_its_number(database, book, sample, contents, path, changes):
    signed = sample("one").finalise(book)
    found = [book.set_lane(signed.id, 1, lane, "a", "b") for lane in path]
    assert found == changes
    before = contents(database)
    assert book.set_lane(signed.id, 1, path[-1], "a", "b") == changes[-1]
    assert contents(database) == before
    assert book.set_lane(signed.id, 2, L.REVOKED, "a", "b") == 1, "each credential counts apart"


@pytest.mark.parametrize("index", [-1, 3])
def test_a_status_needs_its_credential(book, sample, index):
    signed = sample("one").sign(book)
    with pytest.raises(RefusedError, match=r"credential\.unknown"):
        book.set_lane(signed.id, index, Lane.SUSPENDED, "a", "b")


def test_an_unknown_batch_is_said_to_be_unknown(book, sample):
    one = sample("one")
    for act in (
        lambda: book.sign(99, one.signatures, one.levels),
        lambda: book.advance(99, S.SENT),
        lambda: book.set_lane(99, 0, Lane.REVOKED, "a", "b"),
    ):
        with pytest.raises(RefusedError, match=r"batch\.unknown"):
            act()
    assert book.staged(99) == []
    assert list(book.issued(99)) == []
