"""Judging a transfer bundle: its seal, and each credential in it by the usual eight steps.

VALID only if the seal is the sending school's, names exactly these credentials, and every one of
them is VALID, shows all that it holds and names the same person; a proven failure of any is
INVALID; anything else is UNDETERMINED. Like a receipt, a
seal names a time that its signer chose: one of a key that was lost later proves nothing any more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from credential.errors import FormatError
from credential.facts import LedgerFacts, LedgerKey
from credential.keys import PublicKey
from credential.model import CredentialType, Deployment, KeyRole
from credential.statement import Statement
from credential.text import fold
from credential.transfer import Sealed, TransferBundle
from verifier import asking
from verifier.verdict import Outcome, Report, Verdict
from verifier.verify import Answer

_PASSED, _FAILED, _UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN

AskChain = Callable[[int, bytes], LedgerFacts]
"""What the chain says of a school (by number) and of its keys whose id begins so."""


@dataclass(frozen=True, slots=True)
class SealFinding:
    """What came of one check of the seal. `code` is stable, with a sentence in `web.messages`."""

    outcome: Outcome
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferJudgement:
    """What became of a bundle: findings on the seal, an answer for each credential in order."""

    verdict: Verdict
    findings: tuple[SealFinding, ...]
    answers: tuple[Answer, ...]
    bundle: TransferBundle


def judge(
    found: TransferBundle,
    deployment: Deployment,
    ask_chain: AskChain,
    verify: Callable[[Sealed], Answer],
) -> TransferJudgement:
    """Judge a bundle. `verify` verifies one of its credentials, where the sources are or offline.

    Raises what `verify` raises: FormatError for text that is no artefact at all.
    """
    answers = tuple(map(verify, found.credentials))
    findings = (
        *_contents(found, answers),
        statement_signed(found.seal, deployment, ask_chain),
    )
    outcomes = {each.outcome for each in findings} | {
        _OUTCOMES[answer.conclusion.verdict] for answer in answers
    }
    verdict = next(_VERDICTS[each] for each in (_FAILED, _UNKNOWN, _PASSED) if each in outcomes)
    return TransferJudgement(verdict, findings, answers, found)


_OUTCOMES = {
    Verdict.VALID: _PASSED,
    Verdict.INVALID: _FAILED,
    Verdict.UNDETERMINED: _UNKNOWN,
}
_VERDICTS = {outcome: verdict for verdict, outcome in _OUTCOMES.items()}


def statement_signed(found: Statement, deployment: Deployment, ask_chain: AskChain) -> SealFinding:
    """Whether the school that a statement names signed it, with a key that it had then."""
    issuer, _, number = found.claims["iss"].rpartition(":")
    school = int(number)
    if deployment.issuer(school) != f"{issuer}:{school}":
        return SealFinding(_UNKNOWN, "transfer.seal_foreign")
    facts = asking.answer(lambda: ask_chain(school, found.kid))
    if facts is None:
        return SealFinding(_UNKNOWN, "transfer.seal_no_chain")
    own = [key for key in facts.keys if key.school == school]
    if not own and not facts.all_keys:  # one that is believed can hide a key
        return SealFinding(_UNKNOWN, "transfer.seal_no_chain")
    return _by_key(found, own)


def _by_key(found: Statement, keys: Sequence[LedgerKey]) -> SealFinding:
    time = found.claims["iat"]
    signing = [key for key in keys if key.roles & KeyRole.SIGN and _signed_by(found, key)]
    if not signing:
        return SealFinding(_FAILED, "transfer.seal_wrong")
    key = signing[0]
    if key.is_lost(time):
        return SealFinding(_FAILED, "transfer.seal_key_lost", {"time": key.compromised_since})
    if not key.covers(time):
        return SealFinding(_FAILED, "transfer.seal_key_window")
    if key.compromised_since:
        lost = {"time": key.compromised_since}
        return SealFinding(_UNKNOWN, "transfer.seal_key_lost_later", lost)
    return SealFinding(_PASSED, "transfer.seal_ok", {"time": time})


def _signed_by(found: Statement, key: LedgerKey) -> bool:
    try:
        public = PublicKey(key.public_key)
        return public.kid == key.key_id and found.verify(public)
    except FormatError:
        return False


def _contents(found: TransferBundle, answers: Sequence[Answer]) -> Iterator[SealFinding]:
    count = {"count": len(found.credentials)}
    if not found.whole:
        yield SealFinding(_FAILED, "transfer.contents_differ", count)
        return
    yield SealFinding(_PASSED, "transfer.contents_ok", count)
    record = answers[0].reports[0]
    is_record = record.kind == CredentialType.TRANSFER.key
    if not is_record or record.school != found.seal.claims["from"]["school"]:
        yield SealFinding(_FAILED, "transfer.no_record")
    reports = [answer.reports[0] for answer in answers]
    if all(map(_whole, reports)):
        yield _one_person(each.document for each in reports)
    else:
        yield SealFinding(_FAILED, "transfer.not_whole")


def _whole(report: Report) -> bool:
    """Whether it shows all, as a bundle promises: what hides a name may be anybody's."""
    named = {"name", "birth_date"} <= report.document.keys()
    return named and report.artefact == "sd-jwt" and not report.partial


def _one_person(shown: Iterable[Mapping[str, object]]) -> SealFinding:
    """Whether all name the same person. Other names may be a legal change: people have to look."""
    people = {(fold(str(each["name"])), each["birth_date"]) for each in shown}
    if len(people) > 1:
        return SealFinding(_UNKNOWN, "transfer.other_person")
    return SealFinding(_PASSED, "transfer.one_person")
