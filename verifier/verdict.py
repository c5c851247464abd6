"""From checks to a verdict, by a closed rule.

VALID only if every required check ran and passed. One failed check makes INVALID, whatever
could not be asked: each of ledger, registry and signature can stop a credential alone. Anything
else is UNDETERMINED and names the source that did not answer. Nothing here does any I/O.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from credential.facts import ONE_BELIEVED, Block, ChainTrust
from grading.explaining import Remark


class Step(IntEnum):
    """The numbered steps of verification (`docs/ARCHITECTURE.md`)."""

    DECODE = 1
    SIGNATURE = 2
    INCLUSION = 3
    ANCHOR = 4
    ACCREDITATION = 5
    STATUS = 6
    REGISTRY = 7
    TERMS = 8


class Outcome(Enum):
    """What came of one check. UNKNOWN: the source was silent, or an earlier step is missing."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """One step's outcome. `code` is stable and has a sentence in `web.messages`.

    `reason` is the verdict's reason if this check decides it: why it failed (``forged``,
    ``revoked``…) or which source was silent (``chain``, ``registry``, ``store``).
    """

    step: Step
    outcome: Outcome
    code: str
    reason: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


class Verdict(Enum):
    """The conclusion; there is no fourth."""

    VALID = "VALID"
    INVALID = "INVALID"
    UNDETERMINED = "UNDETERMINED"


# A forgery outranks a status, a status outranks a disagreement: the first in this order that
# failed is what a person is told first.
_REASONS = (
    "foreign", "forged", "revoked", "superseded", "suspended", "not_accredited",
    "not_anchored", "registry_disagrees", "expired", "holder_unproven",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A verdict with the one reason that a person is told first (``valid`` when VALID)."""

    verdict: Verdict
    reason: str


def conclude(checks: Sequence[Check]) -> Conclusion:
    """Apply the closed rule to the checks that ran; a missing step counts as unknown."""
    failed = [check.reason for check in checks if check.outcome is Outcome.FAILED]
    if failed:
        return Conclusion(Verdict.INVALID, min(failed, key=_REASONS.index))
    unknown = [check.reason for check in checks if check.outcome is Outcome.UNKNOWN]
    if unknown:
        return Conclusion(Verdict.UNDETERMINED, next(filter(None, unknown), "incomplete"))
    if {check.step for check in checks} != set(Step):
        return Conclusion(Verdict.UNDETERMINED, "incomplete")
    return Conclusion(Verdict.VALID, "valid")


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification answers.

    `artefact` is ``qr`` or ``sd-jwt``; `kind` the type's key; `document` the signed fields by
    name, for comparing with the paper; `school_name` comes from the registry, never from the
    document; `partial` says that the holder showed a selection; `block` is as of when,
    `trust` on whose word, `silence` why the chain told nothing (empty: it did, or was not asked);
    `digest` is the leaf hash in hexadecimal, `school` the number that the document names.
    `observations` are told beside the checks and decide nothing.
    """

    conclusion: Conclusion
    checks: tuple[Check, ...]
    artefact: str
    kind: str
    document: Mapping[str, object]
    partial: bool = False
    school_name: str = ""
    block: Block | None = None
    trust: ChainTrust = ONE_BELIEVED
    silence: str = ""
    digest: str = ""
    school: int = 0
    observations: tuple[Remark, ...] = ()
