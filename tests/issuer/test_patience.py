"""Waiting for sources that do not answer: what is repeated, what is not, and until when."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from credential.errors import ConflictError, RefusedError, SogocError, UnavailableError
from issuer.patience import Patience


@dataclass
class Source:
    """Fails so often before it answers."""

    silent: int
    error: SogocError = field(default_factory=lambda: UnavailableError("store", "gone"))
    asked: int = 0
    name = "source"

    def answer(self, *given: object, **named: object) -> tuple[object, ...]:
        self.asked += 1
        if self.asked <= self.silent:
            raise self.error
        return (*given, *named.items())

    def record(self, sign: Callable[[], object]) -> object:
        return sign()


def test_a_silent_source_is_asked_again_with_the_same_question() -> None:
    told: list[str] = []
    source = Source(silent=3)
    patient = Patience(60.0, told.append).over(source)
    assert patient.answer(1, two=2) == (1, ("two", 2))
    assert (source.asked, told) == (4, ["store"] * 3)
    assert patient.name == "source"


@pytest.mark.parametrize(
    "error", [RefusedError("key.locked"), ConflictError("batch.exists")], ids=str
)
def test_an_answer_is_an_answer_also_when_it_is_no(error: SogocError) -> None:
    source = Source(silent=1, error=error)
    with pytest.raises(type(error)):
        Patience(60.0).over(source).answer()
    assert source.asked == 1


def test_patience_ends_with_the_name_of_the_silent_source() -> None:
    source = Source(silent=10**9)
    with pytest.raises(UnavailableError) as caught:
        Patience(0.2).over(source).answer()
    assert caught.value.source == "store"
    assert source.asked > 1


def test_without_patience_nothing_is_asked_twice() -> None:
    source = Source(silent=1)
    with pytest.raises(UnavailableError):
        Patience(0.0).over(source).answer()
    assert source.asked == 1


def test_nobody_waits_inside_another_call() -> None:
    """Which may hold a lock: it is the outer call that is repeated, as a whole."""
    patience = Patience(60.0)
    store, chain = Source(silent=0), Source(silent=2)
    begun: list[int] = []

    def sign() -> object:
        begun.append(chain.asked)
        return patience.over(chain).answer("signed")

    assert patience.over(store).record(sign) == ("signed",)
    assert begun == [0, 1, 2]
    assert patience.over(Source(silent=1)).answer() == (), "and afterwards waiting goes on"
