"""Judging a receipt: whether a deployment that the ledger knows signed it, as of a real block.

The judgement is on the receipt alone. A genuine one tells what was found then; how the document
stands today, only verifying it again tells (`changes` compares the two).

A receipt is judged at the time of the block it names, which its signer chose. So a key that was
declared compromised *later* proves nothing any more: whoever stole it could name an older block.
That is UNDETERMINED, where for a credential, whose block time nobody can choose, it would stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from credential.errors import FormatError
from credential.facts import Block, LedgerKey
from credential.keys import PublicKey
from credential.model import Deployment, KeyRole
from credential.receipt import OPERATOR, Receipt
from verifier import asking
from verifier.ports import BlockLedger
from verifier.verdict import Check, Outcome
from verifier.verify import SOURCE_LIMIT, Answer

_PASSED, _FAILED, _UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN
_THREADS = 4  # that wait for the chain


class Standing(Enum):
    """What a receipt is; nothing here is a verdict on a credential."""

    GENUINE = "genuine"
    FORGED = "forged"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one check. `code` is stable and has a sentence in `web.messages`."""

    outcome: Outcome
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a receipt. `reason` is the code of the finding that decided it."""

    standing: Standing
    reason: str
    findings: tuple[Finding, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Change:
    """A step that came out differently: as the receipt tells it, and now."""

    before: Mapping[str, Any]
    now: Check


@dataclass(frozen=True, slots=True)
class _Told:
    """What the chain said: of the signature, its head, and the blocks that are named."""

    signed: Finding
    head: Block
    past: Mapping[int, Block | None]


class Auditor:
    """Judges receipts of one deployment's ledger. Thread safe; holds no key.

    The chain gets `limit` seconds; one that fails or is slower is silent.
    """

    def __init__(
        self, deployment: Deployment, ledger: BlockLedger, limit: float = 2 * SOURCE_LIMIT
    ) -> None:
        self._issuer, self._ledger, self._limit = deployment.issuer(OPERATOR), ledger, limit
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="audit")

    def close(self) -> None:
        """Stop waiting for the chain."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def judge(self, receipt: Receipt) -> Judgement:
        """Judge a parsed receipt."""
        findings = tuple(self._findings(receipt))
        for outcome, standing in (
            (_FAILED, Standing.FORGED),
            (_UNKNOWN, Standing.UNDETERMINED),
            (_PASSED, Standing.GENUINE),
        ):
            decisive = [each.code for each in findings if each.outcome is outcome]
            if decisive:
                return Judgement(standing, decisive[0], findings, receipt)
        raise AssertionError("there is always a finding")

    def _findings(self, receipt: Receipt) -> Iterable[Finding]:
        if not receipt.copied:
            yield Finding(_FAILED, "receipt.copy_differs")
            return
        if receipt.claims["iss"] != self._issuer:
            yield Finding(_UNKNOWN, "receipt.foreign")
            return
        told = asking.within(self._pool.submit(self._ask, receipt), self._limit)
        if told is None:
            yield Finding(_UNKNOWN, "receipt.no_chain")
            return
        yield told.signed
        for block in named(receipt) if told.signed.outcome is not _FAILED else ():
            yield block_stands(block, told.head, told.past.get(block.number))

    def _ask(self, receipt: Receipt) -> _Told:
        """Blocks are asked for only by who signed: else anybody could have the chain searched."""
        facts = self._ledger.facts(OPERATOR, receipt.kid, None, 0)
        signed = signature(receipt, facts.keys)
        if signed.outcome is _FAILED:
            return _Told(signed, facts.block, {})
        numbers = {block.number for block in named(receipt)}
        passed = [number for number in numbers if number <= facts.block.number]
        return _Told(signed, facts.block, {number: self._ledger.past(number) for number in passed})


def named(receipt: Receipt) -> list[Block]:
    """The blocks that a receipt names, each once."""
    found = [each["as_of"] for each in receipt.claims["artefacts"] if "as_of" in each]
    blocks = (Block(each["block"], bytes.fromhex(each["hash"]), each["time"]) for each in found)
    return list(dict.fromkeys(blocks))


def signature(receipt: Receipt, keys: Sequence[LedgerKey]) -> Finding:
    """Signed by a key that the ledger lists for who verifies, in its window, never lost."""
    own = [key for key in keys if key.school == OPERATOR and key.roles & KeyRole.SIGN]
    if not own:
        return Finding(_FAILED, "receipt.key_unknown")
    signing = [key for key in own if _signed_by(receipt, key)]
    if not signing:
        return Finding(_FAILED, "receipt.signature_wrong")
    times = [block.time for block in named(receipt)] or [receipt.claims["iat"]]
    key = signing[0]
    if any(key.is_lost(time) for time in times):
        return Finding(_FAILED, "receipt.key_lost", {"time": key.compromised_since})
    if not all(key.covers(time) for time in times):
        return Finding(_FAILED, "receipt.key_window")
    if key.compromised_since:
        return Finding(_UNKNOWN, "receipt.key_lost_later", {"time": key.compromised_since})
    return Finding(_PASSED, "receipt.signature_ok")


def block_stands(block: Block, head: Block, found: Block | None) -> Finding:
    """The block named is that of its number, as far as the chain still knows it."""
    if block.number > head.number:
        return Finding(_UNKNOWN, "receipt.block_ahead", {"block": block.number})
    if found is None:
        return Finding(_PASSED, "receipt.block_unknown", {"block": block.number})
    if found != block:
        return Finding(_FAILED, "receipt.block_other", {"block": block.number})
    return Finding(_PASSED, "receipt.block_ok", {"block": block.number})


def changes(receipt: Receipt, now: Answer) -> list[Change] | None:
    """What differs between a receipt and verifying anew.

    None when they share no artefact: then they are not about one document.
    """
    fresh = {report.digest: report for report in now.reports}
    known = [each for each in receipt.claims["artefacts"] if each["digest"] in fresh]
    if not known:
        return None
    return [
        Change(before, after)
        for each in known
        for before, after in zip(each["checks"], fresh[each["digest"]].checks, strict=True)
        if (before["outcome"], before["code"]) != (after.outcome.value, after.code)
    ]


def _signed_by(receipt: Receipt, key: LedgerKey) -> bool:
    try:
        public = PublicKey(key.public_key)
        return public.kid == key.key_id and receipt.verify(public)
    except FormatError:
        return False
