"""The log of extracts: nothing is lost, nothing is changed, one pupil's lines are that pupil's."""

import pytest

from credential.errors import UnavailableError
from credential.extracts import Extract, ExtractKind
from issuer.ports import ExtractLog
from store.extracts import Extracts
from tests.store.test_store_interrupted import failing_commit

K = ExtractKind
PAPER = Extract("7900000001", 7, 0, 4, K.PAPER, "Văn thư", "")
SHARE = Extract("7900000001", 7, 0, 4, K.SHARE, "học sinh", "Trường Đại học Mẫu")
OTHER = Extract("7900000002", 7, 0, 5, K.TRANSFER, "Văn thư", "Trường THPT Mẫu Số Hai")


@pytest.fixture
def clock():
    return iter(range(1_780_000_000, 1_780_000_100))


@pytest.fixture
def log(database, clock):
    return Extracts(database, lambda: next(clock))


def test_a_pupils_extracts_are_told_newest_first(log):
    port: ExtractLog = log
    port.note_all([PAPER, OTHER])
    log.note("7900000001", 7, 0, 4, K.SHARE, "học sinh", "Trường Đại học Mẫu")
    told = [(each.kind, each.at) for each in log.of(PAPER.pupil)]
    assert told == [(K.SHARE, 1_780_000_001), (K.PAPER, 1_780_000_000)]
    assert [each.to for each in log.of(OTHER.pupil)] == [OTHER.to]
    assert log.of("7900000003") == log.of("") == []


def test_nothing_to_note_writes_nothing(log, database, contents):
    before = contents(database)
    log.note_all([])
    assert contents(database) == before


@pytest.mark.parametrize("happens", [False, True], ids=["failed", "failed but happened"])
def test_one_that_was_interrupted_is_noted_again_and_never_missing(log, database, happens):
    """Two lines for one paper say too much; a paper without a line would say too little."""
    failing_commit(database, happens=happens)
    with pytest.raises(UnavailableError):
        log.note_all([PAPER, SHARE])
    assert len(log.of(PAPER.pupil)) == 2 * happens
    log.note_all([PAPER, SHARE])
    assert len(log.of(PAPER.pupil)) == 2 + 2 * happens


def test_no_line_can_be_changed_by_who_reads(database):
    with pytest.raises(UnavailableError), database.reading() as one:
        one.exec_driver_sql("DELETE FROM extracts")
