"""Every write of a transfer fails, or happens without saying so; the same command goes on.

A command that was cut off is repeated as a clerk would, and then everything has happened once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from api.transfers.office import Office
from credential.errors import ConflictError, RefusedError, UnavailableError
from credential.records import Move
from store.transfer_records import TransferState
from store.transfer_tables import TRANSFERS
from tests.transfers.conftest import OTHER_CLERK, PUPILS, RECEIVER, SENDER, WHO
from verifier.verdict import Outcome


class Failing:
    """A part of which one method fails once, before or after it has done its work."""

    def __init__(self, part: object, method: str, *, happens: bool) -> None:
        self._part, self._method, self._happens, self._left = part, method, happens, 1

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name != self._method:
            return found

        def failing(*given: object, **named: object) -> object:
            if not self._left:
                return found(*given, **named)
            self._left = 0
            if self._happens:
                found(*given, **named)
            raise UnavailableError("store", "cut off")

        return failing


def request(at: Office) -> str:
    made, _ = at.request(WHO, SENDER, RECEIVER, "", "residence", "Nguyễn An")
    return made.draft.id


def name_of(at: Office) -> str:
    """The one transfer that there is, requested if there is none."""
    held = at.transfers.listed(list(TransferState))
    return held[0].draft.id if held else request(at)


def seal(at: Office) -> None:
    at.seal(name_of(at), "Nguyễn An")


def receive(at: Office) -> None:
    at.receive(name_of(at), OTHER_CLERK)


def accept(at: Office) -> None:
    at.accept(name_of(at), "12A1", None, OTHER_CLERK)


def reject(at: Office) -> None:
    at.end(name_of(at), TransferState.REJECTED, OTHER_CLERK, "hết chỗ")


# each write: the part and its method, the acts before it, the act that makes it
WRITES: dict[str, tuple[str, str, list[Callable[[Office], object]], Callable[[Office], object]]] = {
    "request": ("transfers", "request", [], request),
    "seal: extracts": ("extracts", "note_all", [request], seal),
    "seal": ("transfers", "seal", [request], seal),
    "receive": ("transfers", "receive", [seal], receive),
    "accept: received": ("transfers", "receive", [seal], accept),
    "accept: decision": ("transfers", "decide", [seal], accept),
    "accept: registry": ("desk", "move", [seal], accept),
    "accept: end": ("transfers", "accept", [seal], accept),
    "reject": ("transfers", "end", [seal], reject),
}


@pytest.mark.parametrize("happens", [False, True], ids=["failed", "happened"])
@pytest.mark.parametrize("write", WRITES)
def test_repeating_the_command_goes_on(at: Office, write: str, happens: bool) -> None:
    part, method, before, act = WRITES[write]
    for step in before:
        step(at)
    failing = Failing(getattr(at, part), method, happens=happens)
    cut = replace(at, **{part: failing})  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        act(cut)
    act(at)
    _finish(at, ended=act is reject)


def _finish(at: Office, *, ended: bool) -> None:
    """Take it to its end from wherever it is, and look that all of it is there once."""
    if ended:
        assert at.transfers.listed() == []
        assert at.desk.moves(WHO) == []
        return
    for step in (seal, accept) if at.transfers.listed() else ():
        step(at)
    [held] = at.transfers.listed([TransferState.ACCEPTED])
    assert [each.state.value for each in held.events] == [
        "requested", "sealed", "received", "accepted",
    ]  # fmt: skip
    assert len(at.desk.moves(WHO)) == 1
    receipt = at.receipt(held)
    assert receipt is not None
    assert receipt.outcome is Outcome.PASSED


def test_an_acceptance_whose_end_was_not_told_is_found_complete(at: Office) -> None:
    seal(at)
    name = name_of(at)
    cut = replace(at, transfers=Failing(at.transfers, "accept", happens=True))  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        cut.accept(name, "12A1", None, OTHER_CLERK)
    assert at.accept(name, "12A1", None, OTHER_CLERK).state is TransferState.ACCEPTED
    assert len(at.desk.moves(WHO)) == 1


def test_while_an_acceptance_is_on_its_way_nobody_can_end_it(at: Office) -> None:
    seal(at)
    name = name_of(at)
    cut = replace(at, desk=Failing(at.desk, "move", happens=True))  # type: ignore[arg-type]
    with pytest.raises(UnavailableError):
        cut.accept(name, "12A1", None, OTHER_CLERK)
    with pytest.raises(RefusedError) as caught:
        at.end(name, TransferState.WITHDRAWN, "Nguyễn An", "đổi ý")
    assert caught.value.code == "transfer.deciding"
    assert at.accept(name, "12A1", None, OTHER_CLERK).state is TransferState.ACCEPTED


def put(at: Office, name: str, bundle: str) -> None:
    """Exchange a bundle as who writes to the store can."""
    with at.transfers._database.writing() as connection:
        connection.execute(update(TRANSFERS).where(TRANSFERS.c.id == name).values(bundle=bundle))


def sealed_for(at: Office, pupil: str, receiver: str | None) -> str:
    """A genuine bundle of that pupil, of a transfer of its own."""
    outside = "" if receiver else "Trường THPT Xa"
    made, _ = at.request(pupil, SENDER, receiver, outside, "residence", "Nguyễn An")
    found = at.seal(made.draft.id, "Nguyễn An").bundle
    assert found is not None
    return found


OTHERS = {
    "another pupil's": (PUPILS[1].code, RECEIVER),
    "the same pupil's to another school": (WHO, None),
}


@pytest.mark.parametrize("decided", [False, True], ids=["undecided", "decided"])
@pytest.mark.parametrize("case", OTHERS)
def test_a_genuine_bundle_of_another_transfer_is_neither_received_nor_accepted(
    at: Office, case: str, decided: bool
) -> None:
    seal(at)
    name = name_of(at)
    if decided:
        cut = replace(at, desk=Failing(at.desk, "move", happens=False))  # type: ignore[arg-type]
        with pytest.raises(UnavailableError):
            accept(cut)
    put(at, name, sealed_for(at, *OTHERS[case]))
    for act in (
        lambda: at.receive(name, OTHER_CLERK),
        lambda: at.accept(name, "12A1", None, OTHER_CLERK),
    ):
        with pytest.raises(ConflictError) as caught:
            act()
        assert caught.value.code == "transfer.seal_differs"
    assert at.transfers.find(name).state.is_open
    assert at.desk.moves(WHO) == []


class Refusing:
    """A registry that refuses a move, and has made it meanwhile for another clerk, or has not."""

    def __init__(self, at: Office, refusal: RefusedError, *, moved: bool) -> None:
        self._desk, self._refusal, self._moved = at.desk, refusal, moved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)

    def move(self, asked: Move) -> bool:
        if self._moved:
            self._desk.move(asked)
        raise self._refusal


# what the registry says, whether the move was made meanwhile, whether the decision stays
REFUSALS: dict[str, tuple[RefusedError, bool, bool]] = {
    "for good": (RefusedError("transfer.school_unknown"), False, False),
    "carried out meanwhile by a repetition": (RefusedError("transfer.before_last"), True, True),
    "the name is taken": (ConflictError("transfer.ref_taken", ref="CT"), False, True),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_decision_is_taken_back_only_where_nothing_has_come_of_it(at: Office, case: str) -> None:
    refusal, moved, stays = REFUSALS[case]
    seal(at)
    name = name_of(at)
    cut = replace(at, desk=Refusing(at, refusal, moved=moved))  # type: ignore[arg-type]
    with pytest.raises(RefusedError) as caught:
        accept(cut)
    assert caught.value.code == refusal.code
    decided = at.transfers.find(name).decided
    assert (decided is not None) == stays
    if moved:
        with pytest.raises(RefusedError) as caught:
            at.end(name, TransferState.REJECTED, OTHER_CLERK, "hết chỗ")
        assert caught.value.code == "transfer.deciding"
    accept(at)
    _finish(at, ended=False)


def test_a_move_that_overtook_its_decisions_end_is_what_counts(at: Office) -> None:
    seal(at)
    name = name_of(at)
    on = date(2026, 1, 19)
    at.desk.move(Move(WHO, 1001, 1002, "12A9", name, on))
    with pytest.raises(ConflictError) as caught:
        at.accept(name, "12A1", None, OTHER_CLERK)
    assert (caught.value.code, caught.value.params["class_name"]) == ("transfer.decided", "12A9")
    held = at.accept(name, "12A9", None, OTHER_CLERK)
    assert (held.state, held.decided) == (TransferState.ACCEPTED, ("12A9", on))
    assert len(at.desk.moves(WHO)) == 1
