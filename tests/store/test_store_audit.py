"""The audit trail finds every edit."""

import os
import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from credential.model import Lane
from credential.records import BatchState
from store import actors, audit
from store.tables import AUDIT


@pytest.fixture
def trail(database, book, sample):
    """A trail of seven entries."""
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
    assert [line[0] for line in lines] == [
        "batch.prepared", "batch.approved", "batch.staged", "batch.signed", "batch.sent",
        "batch.final", "credential.lane",
    ]  # fmt: skip
    clerk, head = lines[0][1], lines[1][1]
    assert re.fullmatch("person:[0-9a-f]{32}", clerk), "no name stands in the trail"
    assert [line[1] for line in lines] == [clerk, head, *["issuer"] * 4, head]
    with trail.reading() as connection:
        known = actors.names(connection, [clerk, head])
    assert known == {clerk: "người lập", head: "người duyệt"}
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
        "INSERT INTO audit SELECT 8, prev, at, actor, act, detail, hash FROM audit WHERE seq = 7",
        8,
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
        connection.exec_driver_sql("DELETE FROM audit WHERE seq > 6")
        audit.append(connection, 0, "người duyệt", "credential.lane", {"lane": 0})
    assert audit.verify(trail) is None
    assert audit.verify(trail, published) == 7


SPOILT = {
    "prev": os.urandom(32), "at": 7, "actor": "account:9", "act": "batch.other",
    "detail": '{"batch":2}', "hash": os.urandom(32),
}  # fmt: skip


@pytest.mark.parametrize("column", SPOILT)
def test_any_column_of_any_line_cannot_be_changed(trail, column):
    kept = list(audit.entries(trail))
    for number in range(1, len(kept) + 1):
        with trail.writing() as connection:
            connection.execute(
                update(AUDIT).where(AUDIT.c.seq == number).values({column: SPOILT[column]})
            )
        assert audit.verify(trail) == number
        with trail.writing() as connection:
            old = {column: getattr(kept[number - 1], column)}
            connection.execute(update(AUDIT).where(AUDIT.c.seq == number).values(old))
    assert audit.verify(trail) is None


def _chained(entries):
    """The same acts with numbers and hashes that fit, as a forger would make them."""
    found, prev = [], bytes(32)
    for number, each in enumerate(entries, 1):
        sound = audit._hash(prev, number, each.at, each.actor, each.act, each.detail)
        found.append(replace(each, seq=number, prev=prev, hash=sound))
        prev = sound
    return found


def _every_edit(entries):
    """Every way to delete, insert, repeat, move or change one line."""
    for place, entry in enumerate(entries):
        before, after = entries[:place], entries[place + 1 :]
        yield "deleted", [*before, *after]
        yield "repeated", [*before, entry, entry, *after]
        yield "inserted", [*before, replace(entry, at=entry.at + 1), entry, *after]
        for name, value in SPOILT.items():
            yield f"{name} changed", [*before, replace(entry, **{name: value}), *after]
        for other in range(place + 1, len(entries)):
            moved = list(entries)
            moved[place], moved[other] = moved[other], moved[place]
            yield "moved", moved


def test_every_edit_of_one_line_is_found_and_so_it_is_when_all_is_hashed_anew(trail):
    entries = list(audit.entries(trail))
    published = [audit.head(trail)]
    count = 0
    for kind, edited in _every_edit(entries):
        count += 1
        # Deleting the last line alone is what only a published head shows.
        if edited != entries[:-1]:
            assert audit.first_wrong(edited) is not None, kind
        assert audit.first_wrong(edited, published) is not None, kind
        if kind not in ("prev changed", "hash changed"):  # these come out as they were
            assert audit.first_wrong(_chained(edited)) is None, "a forger can do that much"
            if _chained(edited)[: len(entries)] != entries:  # a line more at the end is an act more
                assert audit.first_wrong(_chained(edited), published) is not None, kind
    assert count == 84


def test_a_trail_cut_anywhere_is_found_by_any_head_beyond_the_cut(trail):
    entries = list(audit.entries(trail))
    heads = [(each.seq, each.hash) for each in entries]
    for kept in range(len(entries)):
        assert audit.first_wrong(entries[:kept]) is None
        for head in heads[kept:]:
            assert audit.first_wrong(entries[:kept], [heads[0], head]) == kept + 1
    assert audit.first_wrong(entries, heads) is None


def test_a_value_of_another_kind_is_an_edit(trail):
    entries = list(audit.entries(trail))
    for name, value in (("detail", b"{}"), ("at", None), ("actor", 1.5), ("seq", "2")):
        spoilt = [entries[0], replace(entries[1], **{name: value}), *entries[2:]]
        assert audit.first_wrong(spoilt) == 2, name


def test_a_name_can_be_erased_and_the_trail_stays_whole(trail):
    ref = audit.forget(trail, 5, "người duyệt", "trưởng phòng")
    assert audit.verify(trail) is None
    assert audit.forget(trail, 5, "người duyệt", "trưởng phòng") is None, "nobody has it any more"
    entries = list(audit.entries(trail))
    assert entries[-1].act == "audit.forgotten"
    assert ref == entries[1].actor
    with trail.reading() as connection:
        assert actors.names(connection, [ref]) == {ref: ref}
        text = repr(connection.exec_driver_sql("SELECT * FROM audit_persons").all())
    assert "người duyệt" not in text
    with trail.writing() as connection:  # who acts again under that name is another commitment
        audit.append(connection, 6, "người duyệt", "credential.lane", {"lane": 0})
    assert list(audit.entries(trail))[-1].actor != ref


def test_an_act_cannot_be_put_on_somebody_else(trail):
    with trail.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE audit_persons SET name = 'ai đó' WHERE name = 'người lập'"
        )
    assert audit.verify(trail) is None
    assert actors.false_names(trail) == [next(audit.entries(trail)).actor]
