"""Many lines of the register revoked at once: all of them, or none."""

from datetime import date

import pytest

from credential.errors import RefusedError
from credential.facts import Withdrawal
from credential.model import CredentialType, Lane
from credential.records import AwardLine
from registry import withdrawing
from registry.desk import Desk
from registry.schema import REGISTRY

DIPLOMA = CredentialType.THPT_DIPLOMA
WHY = Withdrawal("issuer_error", "9/QĐ", date(2026, 9, 2))
EARLIER = Withdrawal("fraud", "5/QĐ", date(2026, 9, 1))
L = Lane


def line(number, school=1, kind=DIPLOMA):
    return AwardLine(kind, school, f"B26/0101/{number:05d}")


def standing(database):
    with database.reading() as connection:
        query = "SELECT lane, withdrawal_decision FROM awards ORDER BY number"
        return [tuple(row) for row in connection.exec_driver_sql(query)]


CASES = {
    "all": ([L.ACTIVE, L.ACTIVE, L.ACTIVE], [1, 2, 3], [(3, "9/QĐ")] * 3),
    "some": ([L.ACTIVE, L.ACTIVE, L.ACTIVE], [3, 1], [(3, "9/QĐ"), (0, None), (3, "9/QĐ")]),
    "one twice": ([L.ACTIVE, L.ACTIVE, L.ACTIVE], [1, 1], [(3, "9/QĐ"), (0, None), (0, None)]),
    "none": ([L.ACTIVE, L.ACTIVE, L.ACTIVE], [], [(0, None)] * 3),
    "a suspended one": ([L.SUSPENDED, L.ACTIVE, L.ACTIVE], [1], [(3, "9/QĐ"), *[(0, None)] * 2]),
    "one revoked before keeps its reason": (
        [L.REVOKED, L.ACTIVE, L.ACTIVE], [1, 2], [(3, "5/QĐ"), (3, "9/QĐ"), (0, None)],
    ),
    "one superseded before stays so": (
        [L.SUPERSEDED, L.ACTIVE, L.ACTIVE], [1, 2], [(2, "5/QĐ"), (3, "9/QĐ"), (0, None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("several", [1, 1000], ids=["one in a question", "all in a question"])
@pytest.mark.parametrize("case", CASES)
def test_lines_are_revoked(desk, awards, database, contents, monkeypatch, case, several):
    monkeypatch.setattr(withdrawing, "_AT_ONCE", several)
    before, asked, after = CASES[case]
    desk.enter(awards("a", (0, 1, 2)))
    for number, lane in enumerate(before, 1):
        desk.set_status(AwardLine(DIPLOMA, 1, f"B26/0101/{number:05d}"), lane, EARLIER)
    superseded = {line(number) for number in asked if before[number - 1] is L.SUPERSEDED}
    assert desk.revoke([line(number) for number in asked], WHY) == superseded
    assert standing(database) == after
    written = contents(database)
    assert desk.revoke([line(number) for number in asked], EARLIER) == superseded
    assert contents(database) == written, "done again"


@pytest.mark.parametrize(
    "unknown",
    [line(4), line(1, school=2), line(1, kind=CredentialType.TRANSCRIPT)],
    ids=["number", "school", "type"],
)
def test_none_is_revoked_while_one_is_unknown(desk, awards, database, contents, unknown):
    desk.enter(awards("a", (0, 1, 2)))
    before = contents(database)
    with pytest.raises(RefusedError, match=r"award\.unknown"):
        desk.revoke([line(1), unknown, line(2)], WHY)
    assert contents(database) == before


def test_two_who_revoke_overlapping_lists_wait_for_each_other(
    database_url, database, desk, awards, in_processes
):
    desk.enter(awards("a", tuple(range(9))))

    def worker(numbers):
        def work():
            mine = Desk(REGISTRY.connect(database_url))
            mine.revoke([line(number) for number in numbers], WHY)

        return work

    forwards, backwards = list(range(1, 8)), list(range(9, 2, -1))
    assert in_processes(worker(forwards), worker(backwards)) == [0, 0]
    assert {lane for lane, _ in standing(database)} == {L.REVOKED}
