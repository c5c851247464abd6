"""The audit trail finds every edit."""

import pytest

from credential.model import Lane
from credential.records import BatchState
from store import audit


@pytest.fixture
def trail(database, book, sample):
    """A trail of five entries."""
    signed = sample("one").sign(book)
    book.advance(signed.id, BatchState.SENT)
    book.advance(signed.id, BatchState.FINAL, 9, 9)
    book.set_lane(signed.id, 1, Lane.REVOKED, "người duyệt", "gian lận; QĐ 12/QĐ-THPT")
    return database


def test_every_act_has_its_line(trail):
    with trail.reading() as connection:
        lines = connection.exec_driver_sql(
            "SELECT act, actor, detail FROM audit ORDER BY seq"
        ).all()
    assert [line[:2] for line in lines] == [
        ("batch.staged", "người duyệt"),
        ("batch.signed", "issuer"),
        ("batch.sent", "issuer"),
        ("batch.final", "issuer"),
        ("credential.lane", "người duyệt"),
    ]
    assert '"reason":"gian lận; QĐ 12/QĐ-THPT"' in lines[-1][2]


def test_no_line_names_a_pupil(trail):
    with trail.reading() as connection:
        text = repr(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert not any(secret in text for secret in ("Nguyễn", "7900000", "B26/one", "T0000"))


def test_an_untouched_trail_is_whole(trail):
    assert audit.verify(trail) is None
    assert audit.verify(trail, audit.head(trail)) is None


def test_an_empty_trail_is_whole(database):
    assert audit.head(database) == (0, bytes(32))
    assert audit.verify(database) is None


EDITS = {
    "an actor is changed": ("UPDATE audit SET actor = 'x' WHERE seq = 3", 3),
    "a time is changed": ("UPDATE audit SET at = at + 1 WHERE seq = 2", 2),
    "an act is changed": ("UPDATE audit SET act = 'x' WHERE seq = 1", 1),
    "a detail is changed": ("UPDATE audit SET detail = '{}' WHERE seq = 5", 5),
    "a hash is changed": ("UPDATE audit SET hash = prev WHERE seq = 4", 4),
    "a link is changed": ("UPDATE audit SET prev = hash WHERE seq = 4", 4),
    "the first line is removed": ("DELETE FROM audit WHERE seq = 1", 1),
    "a line is removed": ("DELETE FROM audit WHERE seq = 3", 3),
    "a line is removed and the next moved up": (
        "DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4",
        3,
    ),
    "a line is added": (
        "INSERT INTO audit SELECT 6, prev, at, actor, act, detail, hash FROM audit WHERE seq = 5",
        6,
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_every_edit_is_found(trail, edit):
    statements, first_wrong = EDITS[edit]
    with trail.writing() as connection:
        for statement in statements.split(";"):
            connection.exec_driver_sql(statement)
    assert audit.verify(trail) == first_wrong


def test_a_trail_cut_short_is_found_by_the_published_head(trail):
    published = audit.head(trail)
    with trail.writing() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 3")
    assert audit.verify(trail) is None
    assert audit.verify(trail, published) == 4


def test_a_trail_forged_anew_is_found_by_the_published_head(trail):
    published = audit.head(trail)
    with trail.writing() as connection:
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 4")
        audit.append(connection, 0, "người duyệt", "credential.lane", {"lane": 0})
    assert audit.verify(trail) is None
    assert audit.verify(trail, published) == 5
