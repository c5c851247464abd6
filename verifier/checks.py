"""Steps 2–8: from what the sources said to one check each. Pure; the rules are all here.

Each function takes the artefact and the answers (None: that source was silent) and returns one
check. A source can be silent or wrong, so a step passes only on positive evidence, and fails
only on proof: a path that leads nowhere is the store's fault, not the holder's.
"""

from dataclasses import dataclass
from functools import lru_cache

from credential import merkle
from credential.errors import FormatError
from credential.facts import AwardMatch, Evidence, LedgerAnchor, LedgerFacts, LedgerKey, Match
from credential.keybinding import Expectation
from credential.keys import PublicKey
from credential.model import KeyRole, Lane
from verifier.artefact import Artefact
from verifier.verdict import Check, Outcome, Step

_PASSED, _FAILED, _UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN
# A key object remembers its thumbprint and its decoded point; a few schools are asked for at once.
_public_key = lru_cache(maxsize=1024)(PublicKey)
_LANE_REASONS = {
    Lane.SUSPENDED: "suspended",
    Lane.SUPERSEDED: "superseded",
    Lane.REVOKED: "revoked",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What the three sources said; None for one that was silent.

    `no_evidence` tells a store that knows no such leaf from a silent one. `registry_asked` is
    false while nothing shows that the school signed what the registry would be asked about,
    `silence` is why the chain gave no facts (`UnavailableError.kind`),
    `no_registry` is true where there is no registry to ask.
    """

    facts: LedgerFacts | None
    evidence: Evidence | None
    match: AwardMatch | None
    no_evidence: bool = False
    registry_asked: bool = True
    no_registry: bool = False
    silence: str = ""


def root_of(artefact: Artefact, evidence: Evidence) -> bytes | None:
    """The root that the evidence leads to, from the leaf that the store holds there."""
    leaves = 2 * evidence.size
    return merkle.root_of(evidence.leaf, artefact.leaf_index, leaves, evidence.path)


def anchor_of(artefact: Artefact, answers: Answers) -> LedgerAnchor | None:
    """The anchor, if the chain holds one that is the batch which the artefact names."""
    facts, evidence = answers.facts, answers.evidence
    anchor = facts.anchor if facts else None
    if anchor is None or evidence is None:
        return None
    fits = anchor.seq == artefact.place.seq and anchor.size == evidence.size
    return anchor if fits else None


def decode(artefact: Artefact) -> Check:
    """Step 1: it is ours to judge."""
    if not artefact.ours:
        return Check(Step.DECODE, _FAILED, "decode.foreign", "foreign")
    return Check(Step.DECODE, _PASSED, f"decode.{artefact.kind.replace('-', '_')}")


def signature(artefact: Artefact, answers: Answers) -> Check:
    """Step 2: signed by a key that the chain lists for that school, in its window."""
    step, facts = Step.SIGNATURE, answers.facts
    if not artefact.committed:
        return Check(step, _FAILED, "signature.disclosure_altered", "forged")
    if facts is None:
        return Check(step, _UNKNOWN, "signature.no_chain", "chain")
    own = [key for key in facts.keys if key.school == artefact.school and key.roles & KeyRole.SIGN]
    if not own and not facts.all_keys:
        return Check(step, _UNKNOWN, "signature.key_unproven", "chain")
    if not own:
        return Check(step, _FAILED, "signature.unknown_key", "forged")
    signing = [key for key in own if _signed_by(artefact, key)]
    if not signing:
        return Check(step, _FAILED, "signature.wrong", "forged")
    anchor = anchor_of(artefact, answers)
    if anchor is None:
        return Check(step, _UNKNOWN, "signature.time_unknown")
    if not any(key.covers(anchor.time) for key in signing):
        return Check(step, _FAILED, "signature.key_not_valid_then", "forged")
    return Check(step, _PASSED, "signature.ok")


def is_signed(artefact: Artefact, answers: Answers) -> bool:
    """Whether a key that the chain lists for the school signed all that is shown.

    Only then may the registry be asked: otherwise anyone could put guesses to it.
    """
    return signature(artefact, answers).code in ("signature.ok", "signature.time_unknown")


def _signed_by(artefact: Artefact, key: LedgerKey) -> bool:
    """Whether that key signed it; the chain's key id must be the public key's own thumbprint."""
    try:
        public = _public_key(key.public_key)
        return public.kid == key.key_id and artefact.signed_by(public)
    except FormatError:
        return False


def inclusion(artefact: Artefact, answers: Answers) -> Check:
    """Step 3: the batch holds this very artefact at the index that it names."""
    step, evidence = Step.INCLUSION, answers.evidence
    if evidence is None:
        code = "inclusion.no_evidence" if answers.no_evidence else "inclusion.no_store"
        return Check(step, _UNKNOWN, code, "" if answers.no_evidence else "store")
    if root_of(artefact, evidence) is None:
        return Check(step, _UNKNOWN, "inclusion.wrong_path", "store")
    if anchor_of(artefact, answers) is None:
        return Check(step, _UNKNOWN, "inclusion.no_anchor")
    if evidence.leaf != artefact.leaf:
        return Check(step, _FAILED, "inclusion.other_content", "forged")
    return Check(step, _PASSED, "inclusion.ok", params={"size": evidence.size})


def anchor(artefact: Artefact, answers: Answers) -> Check:
    """Step 4: that school anchored the batch in a finalised block, with a key of its own."""
    step, facts = Step.ANCHOR, answers.facts
    if facts is None:
        return Check(step, _UNKNOWN, "anchor.no_chain", "chain")
    found = anchor_of(artefact, answers)
    if found is not None:
        key = found.key
        if not (key.covers(found.time) and key.school == artefact.school):
            return Check(step, _FAILED, "anchor.key_compromised", "forged")
        return Check(step, _PASSED, "anchor.ok", params={"seq": found.seq, "time": found.time})
    if facts.pending:
        return Check(step, _UNKNOWN, "anchor.not_final", "not_final")
    if facts.is_newest and facts.next_seq <= artefact.place.seq:
        return Check(step, _FAILED, "anchor.not_anchored", "not_anchored")
    return Check(step, _UNKNOWN, "anchor.no_evidence", "store")


def accreditation(artefact: Artefact, answers: Answers) -> Check:
    """Step 5: the school was accredited, for this type, when the batch was anchored."""
    step, facts = Step.ACCREDITATION, answers.facts
    if facts is None:
        return Check(step, _UNKNOWN, "accreditation.no_chain", "chain")
    found = anchor_of(artefact, answers)
    if found is None and not facts.is_newest:
        return Check(step, _UNKNOWN, "accreditation.time_unknown")
    if facts.school is None:
        return Check(step, _FAILED, "accreditation.unknown_school", "not_accredited")
    if not facts.school.types & artefact.type.bit:
        return Check(step, _FAILED, "accreditation.type_not_allowed", "not_accredited")
    if found is None:
        return Check(step, _UNKNOWN, "accreditation.time_unknown")
    if not facts.school.covers(found.time):
        return Check(step, _FAILED, "accreditation.not_then", "not_accredited")
    return Check(step, _PASSED, "accreditation.ok")


def status(artefact: Artefact, answers: Answers) -> Check:
    """Step 6: the credential's lane on chain is active."""
    step, facts = Step.STATUS, answers.facts
    if facts is None:
        return Check(step, _UNKNOWN, "status.no_chain", "chain")
    if anchor_of(artefact, answers) is None:
        return Check(step, _UNKNOWN, "status.no_anchor")
    if facts.lane is Lane.ACTIVE:
        return Check(step, _PASSED, "status.ok")
    reason = _LANE_REASONS[facts.lane]
    return Check(step, _FAILED, f"status.{reason}", reason)


def registry(answers: Answers) -> Check:
    """Step 7: the register of awards holds it, agrees, and its signer held office."""
    step, match = Step.REGISTRY, answers.match
    if answers.no_registry:
        return Check(step, _UNKNOWN, "registry.none", "chain_only")
    if not answers.registry_asked:
        return Check(step, _UNKNOWN, "registry.not_asked")
    if match is None:
        return Check(step, _UNKNOWN, "registry.no_registry", "registry")
    return _matched(match)


def _matched(match: AwardMatch) -> Check:
    step = Step.REGISTRY
    if not match.found:
        return Check(step, _FAILED, "registry.not_found", "registry_disagrees")
    if match.lane is not Lane.ACTIVE:
        reason, cause = _LANE_REASONS[match.lane], match.withdrawal
        params = (
            {"ground": cause.ground, "decision": cause.decision, "on": f"{cause.on:%d/%m/%Y}"}
            if cause
            else {}
        )
        what = f"original_{reason}" if match.of_original else reason
        code = f"registry.{what}" if cause else f"registry.{what}_plain"
        return Check(step, _FAILED, code, reason, params)
    differing = [name for name, result in match.fields.items() if result is Match.DIFFERS]
    if differing:
        return Check(step, _FAILED, "registry.differs", "registry_disagrees", {"fields": differing})
    if not match.entitled:
        return Check(step, _FAILED, "registry.not_entitled", "not_accredited")
    if not match.signer_in_office:
        return Check(step, _FAILED, "registry.signer_not_in_office", "not_accredited")
    spelling = [name for name, result in match.fields.items() if result is Match.SPELLING]
    if spelling:
        return Check(step, _PASSED, "registry.spelling", params={"fields": spelling})
    return Check(step, _PASSED, "registry.ok", params={"fields": list(match.fields)})


def terms(artefact: Artefact, expected: Expectation | None) -> Check:
    """Step 8: what the holder shows follows the terms of it; here, key binding (RFC 9901 §7.3).

    `expected` is what whoever verifies demands of the holder; None: no proof of having the key. A
    proof that was shown without being asked for must be right in itself, and tells no more.
    """
    step, key, binding = Step.TERMS, artefact.holder_key, artefact.binding
    if key is None or binding is None:
        if expected is not None:
            code = "terms.not_bound" if key is None else "terms.holder_missing"
            return Check(step, _FAILED, code, "holder_unproven")
        return Check(step, _PASSED, "terms.none" if key is None else "terms.holder_not_shown")
    if fault := binding.fault(key, expected):
        return Check(step, _FAILED, f"terms.{fault}", "holder_unproven")
    return Check(step, _PASSED, "terms.holder" if expected else "terms.holder_elsewhere")
