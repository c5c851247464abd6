"""One row of a list, verified as if it alone had been handed in."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from api.lists import outcomes
from api.lists.outcomes import Outcome
from api.lists.reading import Row
from api.observing import LIST
from credential.dates import PartialDate
from credential.errors import FormatError, RefusedError, UnavailableError
from verifier.verdict import Verdict
from verifier.verify import Answer

_FOR_GOOD = {"chain_only"}  # undetermined, and no waiting helps


class Verifying(Protocol):
    """What verifies texts and files; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text or a file's bytes."""
        ...


class VerifyingNumbers(Protocol):
    """What finds credentials by number; `verifier.numbers.Numbers` does."""

    def verify(self, number: str, born: PartialDate) -> Sequence[Answer]:
        """One answer per credential, that which stands first."""
        ...


class Checker:
    """Verifies rows. `guessing` counts what finds nothing against a number, wherever asked.

    `note` is told of every verdict that is not tried again, and of the way in.
    """

    def __init__(
        self,
        verifier: Verifying,
        numbers: VerifyingNumbers,
        guessing: Callable[[str], AbstractContextManager[None]],
        note: Callable[[Answer, str], None] = lambda _answer, _way: None,
    ) -> None:
        self._verifier, self._numbers, self._guessing = verifier, numbers, guessing
        self._note = note

    def check(self, row: Row) -> tuple[Outcome, bool]:
        """The outcome of a row, and whether it is worth trying again: a source was silent."""
        try:
            found = self._answers(row)
        except UnavailableError as error:
            return outcomes.of_silence(row.row, row.label, error.source), True
        except (FormatError, RefusedError) as error:
            busy = error.code == "reading.busy"
            return outcomes.of_fault(row.row, row.label, error), busy
        outcome = outcomes.of_answer(row.row, row.label, found[0], len(found) - 1)
        waits = outcome.kind == Verdict.UNDETERMINED.value
        again = waits and found[0].conclusion.reason not in _FOR_GOOD
        if not again:
            self._note(found[0], LIST)
        return outcome, again

    def _answers(self, row: Row) -> Sequence[Answer]:
        given = row.given
        if "file" in given:
            return [self._verifier.verify(given["file"])]
        if "code" in given:
            return [self._by_code(given["code"], given["born"])]
        with self._guessing(given["number"]):
            return self._numbers.verify(given["number"], PartialDate.from_iso(given["born"]))

    def _by_code(self, code: str, born: str) -> Answer:
        """By look-up code; a birth date beside it must be the one on record."""
        found = self._verifier.verify(code)
        if born and found.reports[0].document.get("birth_date") != (
            PartialDate.from_iso(born).printed()
        ):
            raise RefusedError("number.unknown")
        return found
