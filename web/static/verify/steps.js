// Steps 2–8 and the closed rule, as `verifier/checks.py` and `verdict.py`: same codes, same reasons.
//
// `answers` holds what the sources said: `facts` (null: the chain was silent), `evidence` (null:
// none), `noEvidence` (the store knows no such leaf). A step passes only on positive evidence and
// fails only on proof. The register is never asked from here, so nothing is ever VALID.
import { equal } from "./bytes.js";
import { faultOf } from "./keybinding.js";
import { thumbprint } from "./keys.js";
import { rootOf } from "./merkle.js";
import { SIGN, covers } from "./standing.js";

const [PASSED, FAILED, UNKNOWN] = ["passed", "failed", "unknown"];
const STEPS = ["decode", "signature", "inclusion", "anchor", "accreditation", "status", "registry", "terms"];
const REASONS = ["foreign", "forged", "revoked", "superseded", "suspended", "not_accredited", "not_anchored", "holder_unproven"];

const check = (outcome, code, reason = "", params = {}) => ({ outcome, code, reason, params });

/** The root that the evidence leads to, or null. */
export const rootFrom = (artefact, evidence) => (evidence
  ? rootOf(evidence.leaf, artefact.leafIndex, 2 * evidence.size, evidence.path) : null);

/** All eight checks: `{step, name, outcome, code, reason, params}` each. */
export async function runChecks(artefact, answers) {
  const found = artefact.ours ? await judged(artefact, answers) : [
    check(FAILED, "decode.foreign", "foreign"), ...STEPS.slice(1).map(() => check(UNKNOWN, "step.not_run")),
  ];
  return found.map((each, at) => ({ step: at + 1, name: STEPS[at], ...each }));
}

async function judged(artefact, answers) {
  const anchor = anchorOf(artefact, answers);
  const root = await rootFrom(artefact, answers.evidence);
  return [
    check(PASSED, `decode.${artefact.kind.replace("-", "_")}`),
    await signature(artefact, answers.facts, anchor),
    inclusion(artefact, answers, root, anchor),
    anchored(artefact, answers.facts, anchor),
    accreditation(artefact, answers.facts, anchor),
    status(answers.facts, anchor),
    check(UNKNOWN, "registry.none", "chain_only"),
    await terms(artefact),
  ];
}

/** The anchor, if the chain holds one that is the batch which the artefact names. */
function anchorOf(artefact, { facts, evidence }) {
  const found = facts?.anchor;
  const fits = found && evidence && found.seq === artefact.place.seq && found.size === evidence.size;
  return fits ? found : null;
}

async function signature(artefact, facts, anchor) {
  if (!artefact.committed) return check(FAILED, "signature.disclosure_altered", "forged");
  if (!facts) return check(UNKNOWN, "signature.no_chain", "chain");
  const own = facts.keys.filter((key) => key.school === artefact.school && key.roles & SIGN);
  if (own.length === 0) return check(FAILED, "signature.unknown_key", "forged");
  const verified = await Promise.all(own.map((key) => signedBy(artefact, key)));
  if (verified.includes(null)) return check(UNKNOWN, "signature.not_here", "browser");
  const signing = own.filter((_, at) => verified[at]);
  if (signing.length === 0) return check(FAILED, "signature.wrong", "forged");
  if (!anchor) return check(UNKNOWN, "signature.time_unknown");
  if (!signing.some((key) => covers(key, anchor.time))) {
    return check(FAILED, "signature.key_not_valid_then", "forged");
  }
  return check(PASSED, "signature.ok");
}

/** Whether that key signed it; its id must be the public key's own thumbprint. */
export async function signedBy(artefact, key) {
  const id = key.raw && await thumbprint(key.raw);
  return Boolean(id) && equal(id, key.id) && artefact.signedBy(key.raw);
}

function inclusion(artefact, { evidence, noEvidence }, root, anchor) {
  if (!evidence) {
    return noEvidence ? check(UNKNOWN, "inclusion.no_evidence") : check(UNKNOWN, "inclusion.no_store", "store");
  }
  if (!root) return check(UNKNOWN, "inclusion.wrong_path", "store");
  if (!anchor) return check(UNKNOWN, "inclusion.no_anchor");
  if (!equal(evidence.leaf, artefact.leaf)) return check(FAILED, "inclusion.other_content", "forged");
  return check(PASSED, "inclusion.ok", "", { size: evidence.size });
}

function anchored(artefact, facts, anchor) {
  if (!facts) return check(UNKNOWN, "anchor.no_chain", "chain");
  if (anchor) {
    const good = covers(anchor.key, anchor.time) && anchor.key.school === artefact.school;
    if (!good) return check(FAILED, "anchor.key_compromised", "forged");
    return check(PASSED, "anchor.ok", "", { seq: anchor.seq, time: anchor.time });
  }
  if (facts.pending) return check(UNKNOWN, "anchor.not_final", "not_final");
  if (facts.newest && facts.nextSeq <= artefact.place.seq) {
    return check(FAILED, "anchor.not_anchored", "not_anchored");
  }
  return check(UNKNOWN, "anchor.no_evidence", "store");
}

function accreditation(artefact, facts, anchor) {
  if (!facts) return check(UNKNOWN, "accreditation.no_chain", "chain");
  if (!anchor && !facts.newest) return check(UNKNOWN, "accreditation.time_unknown");
  if (!facts.school) return check(FAILED, "accreditation.unknown_school", "not_accredited");
  if (!(facts.school.types & (1n << BigInt(artefact.type)))) {
    return check(FAILED, "accreditation.type_not_allowed", "not_accredited");
  }
  if (!anchor) return check(UNKNOWN, "accreditation.time_unknown");
  if (!covers(facts.school, anchor.time)) return check(FAILED, "accreditation.not_then", "not_accredited");
  return check(PASSED, "accreditation.ok");
}

function status(facts, anchor) {
  if (!facts) return check(UNKNOWN, "status.no_chain", "chain");
  if (!anchor) return check(UNKNOWN, "status.no_anchor");
  if (facts.lane === "active") return check(PASSED, "status.ok");
  return check(FAILED, `status.${facts.lane}`, facts.lane);
}

/** Key binding: nothing is demanded here, but a proof that was shown must be right in itself. */
async function terms({ holderKey, binding }) {
  if (!holderKey || !binding) return check(PASSED, holderKey ? "terms.holder_not_shown" : "terms.none");
  const fault = await faultOf(binding, holderKey);
  if (fault === null) return check(UNKNOWN, "signature.not_here", "browser");
  return fault ? check(FAILED, `terms.${fault}`, "holder_unproven") : check(PASSED, "terms.holder_elsewhere");
}

/** The closed rule. One failed check is INVALID; all else is UNDETERMINED, since no register was asked. */
export function conclude(checks) {
  const failed = checks.filter((one) => one.outcome === FAILED).map((one) => one.reason);
  if (failed.length) return { verdict: "INVALID", reason: REASONS.find((one) => failed.includes(one)) };
  const unknown = checks.filter((one) => one.outcome === UNKNOWN).map((one) => one.reason);
  return { verdict: "UNDETERMINED", reason: unknown.find(Boolean) ?? "incomplete" };
}

/** The worst of several conclusions; artefacts of different credentials do not belong together. */
export function combine(artefacts, conclusions) {
  const distinct = (of) => new Set(artefacts.map(of).filter(Boolean)).size;
  const placed = ({ school, place, type }) => [school, place.seq, place.index, type].join();
  const transcripts = artefacts.every((each) => each.type !== 1);
  const mixed = distinct(placed) > 1 || (transcripts && distinct(({ sdJwt }) => sdJwt?.join()) > 1);
  if (mixed) return { verdict: "INVALID", reason: "forged" };
  const badness = ({ verdict, reason }) => (verdict === "INVALID" ? 0 : reason === "chain_only" ? 2 : 1);
  const [worst] = [...conclusions].sort((one, other) => badness(one) - badness(other));
  return { verdict: worst.verdict, reason: worst.reason };
}
