"""A school that keeps an inventory issues only what has a blank on hand, and each blank once."""

import dataclasses
from datetime import date

import pytest

from api.cli import REFUSED
from credential.blanks import Fate
from credential.errors import ConflictError, UnavailableError
from credential.model import CredentialType, Decision
from issuer.intake import read_class_list
from issuer.order import Order
from tests.blanks.conftest import why
from tests.issuer.conftest import PUPILS, SCHOOL, desk, template  # noqa: F401 — its fixtures

KIND = CredentialType.THPT_DIPLOMA
NUMBER = 1001


def stock(system):
    return [
        (held.series.written(held.span), held.fate) for held in system.blanks.stock(NUMBER, KIND)
    ]


def received(system, first="T01000001", last="T01000100"):
    system.blanks.receive(NUMBER, KIND, first, last, why())


def test_what_is_issued_uses_its_blanks_once(desk, capsys):  # noqa: F811
    with desk.system() as system:
        received(system)
    assert desk.issue() == 0
    assert desk.issue() == 0
    with desk.system() as system:
        assert stock(system) == [
            ("T01000001–T01000006", Fate.USED), ("T01000007–T01000100", Fate.ON_HAND),
        ]  # fmt: skip
        balance = system.blanks.balance(NUMBER, KIND, 2026)
        assert (balance.used, balance.under_way, balance.closing) == (PUPILS, 0, 94)
        with pytest.raises(ConflictError, match=r"blanks\.not_on_hand"):
            system.blanks.spoil(NUMBER, KIND, "T01000001", "T01000001", why(None, reason="Rách"))


def test_what_has_no_blank_is_refused_row_by_row_and_nothing_is_written(desk, capsys):  # noqa: F811
    with desk.system() as system:
        received(system, "T01000003", "T01000100")
        system.blanks.spoil(NUMBER, KIND, "T01000005", "T01000005", why(None, reason="Rách"))
        before = stock(system)
    assert desk.issue() == REFUSED
    told = capsys.readouterr().err
    for serial in ("T01000001", "T01000002", "T01000005"):
        assert serial in told
    assert "T01000003" not in told
    assert desk.written() == (0, 0, 0)
    with desk.system() as system:
        assert stock(system) == before


def test_transcripts_need_no_blanks(desk):  # noqa: F811
    with desk.system() as system:
        received(system, "T01000099", "T01000099")
    assert desk.issue("--type", "transcript") == 0


def order(desk):  # noqa: F811
    rows = read_class_list(desk.classes.read_bytes()).rows
    return Order(
        KIND, SCHOOL, 2026, date(2026, 6, 20), rows, "Văn thư", "Hiệu trưởng",
        Decision("128/QĐ-THPT", date(2026, 6, 20)), first_serial="T01000001",
    )  # fmt: skip


class Failing:
    """A registry's desk that is as it is but for entering lines: fails, before or after."""

    def __init__(self, real, error, happened):
        self._real, self._error, self._happened = real, error, happened

    def __getattr__(self, name):
        return getattr(self._real, name)

    def enter(self, awards):
        if self._happened:
            self._real.enter(awards)
        raise self._error


FAILURES = {
    "a refusal gives the blanks back": (ConflictError("award.duplicate", duplicates=()), False, 0),
    "silence keeps them for the same order": (UnavailableError("registry"), False, PUPILS),
    "silence after it happened, too": (UnavailableError("registry"), True, PUPILS),
    "lines under this ref that say otherwise keep theirs": (
        ConflictError("award.ref_taken", ref="a"), True, PUPILS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FAILURES)
def test_whatever_happens_at_the_register_no_blank_is_lost_or_used_twice(desk, case):  # noqa: F811
    error, happened, kept = FAILURES[case]
    with desk.system() as system:
        received(system)
        issuing = system.issuing(lambda *_: None)
        desk_that_fails = Failing(system.desk, error, happened)
        failing = dataclasses.replace(issuing, desk=desk_that_fails, patience=0.01)
        with pytest.raises(type(error)):
            failing.issue(order(desk))
        used = [held.span.size for held in system.blanks.stock(NUMBER, KIND)
                if held.fate is Fate.USED]  # fmt: skip
        assert sum(used) == kept
        issuing.issue(order(desk))  # the same order again completes it
        assert stock(system)[0] == ("T01000001–T01000006", Fate.USED)
        assert system.blanks.balance(NUMBER, KIND, 2026).used == PUPILS
