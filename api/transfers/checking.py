"""Checking a transfer bundle in one call: where the sources are, or out of the file alone."""

from typing import TYPE_CHECKING

from api import evidence
from chain.offline import OfflineLedger, Trust
from credential import bundle
from credential.facts import LedgerFacts
from credential.statement import Statement
from credential.transfer import Sealed, TransferBundle
from store.transfer_records import Draft
from verifier.transferring import SealFinding, TransferJudgement, judge, statement_signed
from verifier.verify import Answer

if TYPE_CHECKING:
    from api.sources import Sources


class Checking:
    """Checks bundles and statements against the sources of a deployment. Thread safe; blocks."""

    def __init__(self, system: "Sources") -> None:
        self._system = system

    def check(self, found: TransferBundle) -> TransferJudgement:
        """Judge a bundle by chain, evidence and register, as they are now."""
        return judge(found, self._system.deployment, self._ask_chain, self._verify)

    def newest(self) -> int:
        """Time of the newest final block: no key that is listed by then begins later."""
        return self._ask_chain(0, b"").block.time

    def signed(self, found: Statement) -> SealFinding:
        """Whether the school that a statement names signed it."""
        return statement_signed(found, self._system.deployment, self._ask_chain)

    def _ask_chain(self, school: int, kid: bytes) -> LedgerFacts:
        return self._system.quick_reader.facts(school, kid, None, 0)

    def _verify(self, sealed: Sealed) -> Answer:
        return self._system.verifier.verify_texts([sealed.sd_jwt])


def check_offline(found: TransferBundle, trust: Trust) -> TransferJudgement:
    """Judge a bundle by the evidence in it and what the checker trusts.

    Never VALID, for want of the register; an answer says when all else holds. Raises as
    `api.evidence.judge` does.
    """
    record = bundle.decode(found.credentials[0].evidence)

    def ask_chain(school: int, kid: bytes) -> LedgerFacts:
        return OfflineLedger(record, trust).facts(school, kid, None, 0)

    def verify(sealed: Sealed) -> Answer:
        return evidence.judge(bundle.decode(sealed.evidence), trust).answer

    return judge(found, trust.deployment, ask_chain, verify)


def is_about(found: Statement, draft: Draft) -> bool:
    """Whether a seal or an acceptance is of this transfer."""
    claims = found.claims
    said = (claims["id"], claims["pupil"], claims["from"]["school"], claims["to"].get("school"))
    return said == (draft.id, draft.pupil, draft.from_school, draft.to_school)
