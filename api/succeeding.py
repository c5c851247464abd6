"""From a credential that was superseded to the one that took its place.

Only who holds the old one is led on: it is verified first, and its signature and its place in the
batch must hold, so that nobody learns of a new document by guessing. Which one follows, the chain
says (event ``Superseded``, as the index saw it); the token is the store's.
"""

from dataclasses import dataclass
from typing import Protocol

from credential import qrlink
from credential.errors import RefusedError
from credential.facts import Evidence
from verifier.verdict import Outcome, Report, Step
from verifier.verify import Answer

_HELD = (Step.SIGNATURE, Step.INCLUSION)  # steps that show that the old document is genuine


class Verifying(Protocol):
    """What verifies; `verifier.verify.Verifier` does."""

    def verify(self, thing: str | bytes) -> Answer:
        """The verdict on a text or a file's bytes."""
        ...


class Papers(Protocol):
    """Where credentials stand in their batches; `store.evidence.EvidenceReader` knows."""

    def by_digest(self, digest: bytes) -> tuple[int, int, int, Evidence] | None:
        """School, batch number, leaf index and evidence of a leaf hash, if known here."""
        ...

    def token_at(self, school: int, seq: int, index: int) -> bytes | None:
        """The QR token at a place in a batch that is final; None when unknown."""
        ...


class Chronicle(Protocol):
    """What replaced what; `store.history.History` knows."""

    def successor(self, school: int, seq: int, index: int) -> tuple[int, int] | None:
        """Batch number and index of what replaced a credential; None if nothing did."""
        ...


@dataclass(frozen=True, slots=True)
class Successions:
    """Finds successors."""

    verifier: Verifying
    papers: Papers
    chronicle: Chronicle

    def of(self, thing: str | bytes) -> str:
        """The digits of the QR code of what took a superseded credential's place.

        Raises RefusedError ``successor.unknown`` for what was not superseded or is not known
        here, and what verifying raises.
        """
        for report in self.verifier.verify(thing).reports:
            if report.conclusion.reason == "superseded" and _is_genuine(report):
                token = self._token(report)
                if token is not None:
                    return qrlink.encode(token, "")[1]
        raise RefusedError("successor.unknown")

    def _token(self, report: Report) -> bytes | None:
        found = self.papers.by_digest(bytes.fromhex(report.digest))
        if found is None:
            return None
        school, seq, leaf_index, _ = found
        place = self.chronicle.successor(school, seq, leaf_index // 2)
        return self.papers.token_at(school, *place) if place else None


def _is_genuine(report: Report) -> bool:
    passed = {check.step for check in report.checks if check.outcome is Outcome.PASSED}
    return passed.issuperset(_HELD)
