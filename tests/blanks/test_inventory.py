"""The inventory on a database: no blank has two fates, whoever asks at once."""

import os
from datetime import date

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from credential.blanks import Fate, Span, between
from credential.errors import ConflictError, FormatError
from credential.model import CredentialType
from store import audit
from store.batches import Batches
from store.blank_reports import Balance
from store.blank_tables import BLANK_ACTS, BLANK_SERIES, BLANK_SPANS
from store.blanks import Blanks
from store.schema import STORE
from tests.blanks.conftest import OTHER, SCHOOL, why
from tests.store.conftest import Sample

KIND = CredentialType.THPT_DIPLOMA
TORN = why(None, reason="Bị rách khi in")
BURNT = why("02/BB-HĐ", council="Hội đồng hủy phôi, chủ tịch Lê Văn An")


def stock(blanks, school=SCHOOL):
    return [(held.series.written(held.span), held.fate) for held in blanks.stock(school, KIND)]


def received(blanks, first="T0001", last="T0100", school=SCHOOL):
    blanks.receive(school, KIND, first, last, why())


def test_half_a_million_blanks_are_one_row(blanks, database):
    received(blanks, "T00000001", "T00250000")
    received(blanks, "T00250001", "T00500000")
    assert stock(blanks) == [("T00000001–T00500000", Fate.ON_HAND)]
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(BLANK_SPANS)) == 1


def test_a_fate_takes_blanks_out_of_what_is_on_hand(blanks):
    received(blanks)
    blanks.spoil(SCHOOL, KIND, "T0010", "T0012", TORN)
    blanks.spoil(SCHOOL, KIND, "T0013", "T0013", TORN)
    blanks.destroy(SCHOOL, KIND, "T0012", "T0013", BURNT)
    blanks.destroy(SCHOOL, KIND, "T0100", "T0100", BURNT)
    assert stock(blanks) == [
        ("T0001–T0009", Fate.ON_HAND), ("T0010–T0011", Fate.SPOILED),
        ("T0012–T0013", Fate.DESTROYED), ("T0014–T0099", Fate.ON_HAND), ("T0100", Fate.DESTROYED),
    ]  # fmt: skip
    first = blanks.acts(SCHOOL, KIND)[-2]
    assert (first.fate, first.reason, first.by, first.on) == (
        Fate.SPOILED, "Bị rách khi in", "Trần Thị Hoa", 20260504,
    )  # fmt: skip


def test_spoiled_and_unused_are_destroyed_in_one_act_and_told_apart(blanks):
    received(blanks)
    blanks.spoil(SCHOOL, KIND, "T0098", "T0099", TORN)
    blanks.destroy(SCHOOL, KIND, "T0097", "T0100", BURNT)
    assert stock(blanks)[-1] == ("T0097–T0100", Fate.DESTROYED)
    assert blanks.balance(SCHOOL, KIND, 2026) == Balance(0, 100, 0, 2, 2, 0, 0)


REFUSED = {
    "what was never received": ("T0101", "T0101", "T0101"),
    "what was received in part": ("T0099", "T0105", "T0101–T0105"),
    "what is spoiled": ("T0050", "T0050", "T0050"),
    "a span around what is spoiled": ("T0049", "T0051", "T0050"),
    "another series": ("S0001", "S0001", "S0001"),
    "the same number of another length": ("T00001", "T00001", "T00001"),
    "another school's": ("T0201", "T0201", "T0201"),
}


def test_no_blank_gets_a_second_fate(blanks):
    received(blanks)
    received(blanks, "T0201", "T0210", OTHER)
    blanks.spoil(SCHOOL, KIND, "T0050", "T0050", TORN)
    before = stock(blanks), stock(blanks, OTHER), len(blanks.acts(SCHOOL, KIND))
    found = {}
    for case, (first, last, _) in REFUSED.items():
        series, span = between(KIND, first, last)
        serials = [series.serial(number) for number in range(span.first, span.last + 1)]
        with pytest.raises(ConflictError) as spoiling:
            blanks.spoil(SCHOOL, KIND, first, last, TORN)
        with pytest.raises(ConflictError) as taking:
            blanks.take(SCHOOL, KIND, serials, "order", why())
        assert spoiling.value.code == taking.value.code == "blanks.not_on_hand"
        assert spoiling.value.params == taking.value.params
        found[case] = spoiling.value.params["found"]
    assert found == {case: named for case, (_, _, named) in REFUSED.items()}
    assert (stock(blanks), stock(blanks, OTHER), len(blanks.acts(SCHOOL, KIND))) == before


def test_a_blank_is_received_once_by_one_school(blanks):
    received(blanks)
    for school in (SCHOOL, OTHER):
        for span in (("T0001", "T0100"), ("T0100", "T0110"), ("T0050", "T0050")):
            with pytest.raises(ConflictError, match=r"blanks\.received"):
                received(blanks, *span, school)
    assert stock(blanks) == [("T0001–T0100", Fate.ON_HAND)]
    assert len(blanks.acts(SCHOOL, KIND)) == 1


def test_blanks_of_two_types_and_schools_lie_apart(blanks):
    received(blanks)
    blanks.receive(SCHOOL, CredentialType.TRANSCRIPT, "T0001", "T0100", why())
    received(blanks, "T0101", "T0200", OTHER)
    assert stock(blanks) == [("T0001–T0100", Fate.ON_HAND)]
    assert stock(blanks, OTHER) == [("T0101–T0200", Fate.ON_HAND)]


def test_an_order_takes_its_blanks_once(blanks):
    received(blanks)
    serials = ["T0003", "T0001", "T0002", "T0009"]
    for _ in range(2):
        blanks.take(SCHOOL, KIND, serials, "order", why())
    assert stock(blanks) == [
        ("T0001–T0003", Fate.USED), ("T0004–T0008", Fate.ON_HAND), ("T0009", Fate.USED),
        ("T0010–T0100", Fate.ON_HAND),
    ]  # fmt: skip
    with pytest.raises(ConflictError, match=r"blanks\.not_on_hand"):
        blanks.take(SCHOOL, KIND, ["T0009"], "another order", why())
    with pytest.raises(ConflictError, match=r"blanks\.not_on_hand"):
        blanks.spoil(SCHOOL, KIND, "T0009", "T0009", TORN)


def test_what_an_order_lacks_is_named_and_what_it_took_is_not(blanks):
    received(blanks)
    blanks.take(SCHOOL, KIND, ["T0001"], "order", why())
    asked = ["T0001", "T0002", "T0101", "S0002", "ABC"]
    assert blanks.lacking(SCHOOL, KIND, asked) == ["T0001", "T0101", "S0002", "ABC"]
    assert blanks.lacking(SCHOOL, KIND, asked, "order") == ["T0101", "S0002", "ABC"]
    assert blanks.lacking(OTHER, KIND, asked) == [], "who keeps no inventory is asked for nothing"
    blanks.take(OTHER, KIND, asked, "another order", why())
    assert blanks.stock(OTHER, KIND) == []


def test_an_order_that_came_to_nothing_gives_back_what_it_took(blanks):
    received(blanks)
    blanks.take(SCHOOL, KIND, ["T0002", "T0003"], "order", why())
    blanks.release("order", "Trần Thị Hoa")
    blanks.release("order", "Trần Thị Hoa")
    assert stock(blanks) == [("T0001–T0100", Fate.ON_HAND)]
    assert [act.fate for act in blanks.acts(SCHOOL, KIND)] == [Fate.ON_HAND]
    blanks.take(SCHOOL, KIND, ["T0002"], "order", why())
    assert stock(blanks)[1] == ("T0002", Fate.USED)


def test_what_a_batch_has_is_not_given_back(blanks, database):
    received(blanks)
    sample = Sample("a", size=3)
    blanks.take(SCHOOL, KIND, ["T0001", "T0002"], sample.batch.ref, why())
    sample.stage(Batches(database))
    blanks.release(sample.batch.ref, "Trần Thị Hoa")
    assert stock(blanks)[0] == ("T0001–T0002", Fate.USED)
    assert blanks.balance(SCHOOL, KIND, 2026).under_way == 2


def test_years_balance(blanks):
    blanks.receive(SCHOOL, KIND, "T0001", "T0100", why(on=date(2025, 12, 31)))
    blanks.spoil(SCHOOL, KIND, "T0001", "T0002", why(None, date(2025, 12, 31), reason="Rách"))
    blanks.receive(SCHOOL, KIND, "T0101", "T0110", why(on=date(2026, 1, 1)))
    blanks.take(SCHOOL, KIND, ["T0003", "T0004", "T0005"], "order", why())
    blanks.destroy(SCHOOL, KIND, "T0001", "T0001", BURNT)
    blanks.destroy(SCHOOL, KIND, "T0110", "T0110", BURNT)
    assert blanks.balance(SCHOOL, KIND, 2025) == Balance(0, 100, 0, 2, 0, 2, 0)
    balance = blanks.balance(SCHOOL, KIND, 2026)
    assert balance == Balance(98, 10, 3, 0, 1, 1, 3)
    assert balance.closing == 104 == blanks.balance(SCHOOL, KIND, 2027).opening
    on_hand = [held.span.size for held in blanks.stock(SCHOOL, KIND) if held.fate is Fate.ON_HAND]
    assert sum(on_hand) == 104
    assert blanks.balance(OTHER, KIND, 2026) == Balance(0, 0, 0, 0, 0, 0, 0)


def test_every_act_is_in_the_audit_trail_without_its_words(blanks, database):
    received(blanks)
    blanks.spoil(SCHOOL, KIND, "T0001", "T0001", TORN)
    blanks.take(SCHOOL, KIND, ["T0002"], "order", why())
    blanks.release("order", "Trần Thị Hoa")
    blanks.destroy(SCHOOL, KIND, "T0001", "T0001", BURNT)
    trail = list(audit.entries(database))
    assert [entry.act for entry in trail] == [
        "blanks.received", "blanks.spoiled", "blanks.used", "blanks.released", "blanks.destroyed",
    ]  # fmt: skip
    assert audit.first_wrong(trail) is None
    told = " ".join(entry.detail + entry.actor for entry in trail)
    assert "rách" not in told
    assert "Lê Văn An" not in told
    assert "Trần" not in told


def test_the_database_itself_keeps_spans_apart(blanks, database):
    """Whatever the code above does."""
    received(blanks)
    row = {"series": 1, "school": 9, "fate": "used"}
    for span in (Span(1, 1), Span(100, 200), Span(0, 300), Span(50, 60)):
        with pytest.raises(IntegrityError), database.writing() as connection:
            connection.execute(insert(BLANK_SPANS), row | span._asdict())
    with database.writing() as connection:
        connection.execute(insert(BLANK_SERIES), {"type": 1, "prefix": "Z", "digits": 4})
        connection.execute(insert(BLANK_SPANS), row | {"series": 2, "first": 1, "last": 300})


def test_of_many_who_want_the_same_blanks_at_once_one_gets_them(
    database_url, blanks, database, in_processes
):
    received(blanks)

    def worker(ref):
        def work():
            own = Blanks(STORE.connect(database_url))
            try:
                if ref == "spoil":
                    own.spoil(SCHOOL, KIND, "T0010", "T0020", TORN)
                else:
                    own.take(SCHOOL, KIND, [f"T{n:04d}" for n in range(15, 30)], ref, why())
            except ConflictError as refused:
                assert refused.code == "blanks.not_on_hand"
                os._exit(3)

        return work

    assert sorted(in_processes(worker("a"), worker("b"), worker("spoil"))) == [0, 3, 3]
    sizes = [held.span.size for held in blanks.stock(SCHOOL, KIND)]
    assert sum(sizes) == 100
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(BLANK_ACTS)) == 2


def test_what_says_too_little_is_written_nowhere(blanks):
    received(blanks)
    with pytest.raises(FormatError, match=r"blanks\.reason"):
        blanks.spoil(SCHOOL, KIND, "T0001", "T0001", why())
    with pytest.raises(FormatError, match=r"blanks\.council"):
        blanks.destroy(SCHOOL, KIND, "T0001", "T0001", why())
    assert stock(blanks) == [("T0001–T0100", Fate.ON_HAND)]
