"""Where credentials are found, and the status of many that is asked for at once."""

import dataclasses

import pytest

from credential.errors import RefusedError
from credential.model import Lane
from store import audit

L = Lane
# how three credentials stand, which of them are asked to be revoked, how they stand then
ASKED = {
    "all of a batch": ((L.ACTIVE, L.ACTIVE, L.ACTIVE), (0, 1, 2), (L.REVOKED,) * 3),
    "some of it": ((L.ACTIVE, L.ACTIVE, L.ACTIVE), (2, 0), (L.REVOKED, L.ACTIVE, L.REVOKED)),
    "none": ((L.ACTIVE, L.ACTIVE, L.ACTIVE), (), (L.ACTIVE,) * 3),
    "one of them twice": ((L.ACTIVE,) * 3, (1, 1), (L.ACTIVE, L.REVOKED, L.ACTIVE)),
    "a suspended one": ((L.ACTIVE, L.SUSPENDED, L.ACTIVE), (1,), (L.ACTIVE, L.REVOKED, L.ACTIVE)),
    "one revoked before": (
        (L.REVOKED, L.ACTIVE, L.ACTIVE), (0, 1), (L.REVOKED, L.REVOKED, L.ACTIVE),
    ),
    "one superseded before": (
        (L.ACTIVE, L.SUPERSEDED, L.ACTIVE), (0, 1), (L.REVOKED, L.SUPERSEDED, L.ACTIVE),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_many_are_asked_to_be_revoked_at_once(database, book, sample, contents, case):
    before, asked, after = ASKED[case]
    signed = sample("one").finalise(book)
    for index, lane in enumerate(before):
        book.set_lane(signed.id, index, lane, "a", "b")
    entries = audit.head(database)[0]
    book.set_lanes(signed.id, asked, L.REVOKED, "người duyệt", "9/QĐ")
    assert tuple(one.lane for one in book.issued(signed.id)) == after
    changed = sum(one is not other for one, other in zip(before, after, strict=True))
    assert audit.head(database)[0] == entries + changed, "one entry for each that changed"
    assert audit.verify(database) is None
    written = contents(database)
    book.set_lanes(signed.id, asked, L.REVOKED, "người duyệt", "9/QĐ")
    assert contents(database) == written, "asked again"


@pytest.mark.parametrize("end", [L.REVOKED, L.SUPERSEDED])
@pytest.mark.parametrize("then", [L.ACTIVE, L.SUSPENDED, L.REVOKED, L.SUPERSEDED])
def test_what_is_terminal_is_not_asked_to_reopen(book, sample, end, then):
    """A slower suspension may come after a revocation of the same credential."""
    signed = sample("one").finalise(book)
    assert book.set_lane(signed.id, 1, end, "a", "b") == 1
    assert book.set_lane(signed.id, 1, then, "a", "b") == 1
    assert [one.lane for one in book.issued(signed.id)] == [L.ACTIVE, end, L.ACTIVE]


def test_nothing_is_asked_while_one_of_them_is_not_in_the_batch(book, sample, database, contents):
    signed = sample("one").finalise(book)
    before = contents(database)
    for asked in ([0, 3], [-1, 0]):
        with pytest.raises(RefusedError, match=r"credential\.unknown"):
            book.set_lanes(signed.id, asked, L.REVOKED, "a", "b")
    assert contents(database) == before


def test_credentials_are_found_by_code_and_by_register_number(book, sample):
    one, other = sample("one"), sample("other", school=8)
    other.rows[2] = dataclasses.replace(other.rows[2], register_no=one.rows[0].register_no)
    first, second = one.finalise(book), other.stage(book)
    code = one.rows[1].code
    found = book.place([code, "B26/one/00002", "B26/one/00001", "B26/other/00001", "?", "a\0b"])
    places = {key: [(one.batch.id, one.index) for one in several] for key, several in found.items()}
    assert places == {
        code: [(first.id, 1)],
        "B26/one/00002": [(first.id, 1)],
        "B26/one/00001": [(first.id, 0), (second.id, 2)],
        "B26/other/00001": [(second.id, 0)],
    }
    assert book.place([]) == {}


def test_a_batch_is_found_by_number_and_all_of_it_by_index(book, sample):
    made = sample("one", seq=3).finalise(book)
    assert book.numbered(7, 3) == made
    assert [book.numbered(7, 2), book.numbered(8, 3)] == [None, None]
    assert [(place.index, place.register_no) for place in book.places(made.id)] == [
        (0, "B26/one/00001"), (1, "B26/one/00002"), (2, "B26/one/00003"),
    ]  # fmt: skip
    assert book.places(99) == []
