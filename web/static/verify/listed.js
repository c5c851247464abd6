// Without a network: by the list of keys and the bundles that this device keeps. Not more than the
// signature is settled by the list, and nothing about revocation, so the verdict is a state of its own.
import { decode } from "./artefact.js";
import { fromBase64url, fromHex, hex, startsWith } from "./bytes.js";
import { thumbprint } from "./keys.js";
import { conclude, runChecks } from "./steps.js";

const UNASKED = { facts: null, evidence: null };

/**
 * The answer on a text, in the shape of `judge.js`. `list` is what `/api/keys` answered once, or
 * null; `bundles` are kept ones: `{bundle, blockHash}` with the hash of a block that was found final
 * when they were kept; `codeHash` is the contract's. Throws FormatError for a text that is none of ours.
 */
export async function judgeKept(text, { deployment, list, bundles, codeHash }) {
  const artefact = await decode(text, deployment);
  const kept = artefact.ours && bundles.find(({ bundle }) => holds(bundle, artefact));
  if (kept) return byBundle(text, deployment, kept, codeHash);
  const checks = await runChecks(artefact, UNASKED);
  const known = artefact.ours && list && isOf(list, deployment) ? list : null;
  if (artefact.ours) {
    Object.assign(checks[1], await signature(artefact, known));
    Object.assign(checks[5], { code: "status.offline" });
  }
  const as = known?.as_of;
  const report = {
    ...conclude(checks), artefact: artefact.kind, kind: artefact.typeKey, partial: artefact.partial,
    document: artefact.document, school: artefact.school, digest: hex(artefact.leaf),
    block: as ? { number: as.block, hash: fromHex(as.hash), time: as.time } : null, silence: "", checks,
  };
  return { verdict: report.verdict, reason: report.reason, reports: [report], trust: "trust.listed" };
}

const holds = ({ paths }, { leaf }) => paths.some((path) => hex(path.leaf) === hex(leaf));

const isOf = ({ deployment }, { chainId, contract }) =>
  BigInt(deployment.chain_id) === chainId && deployment.contract === `0x${hex(contract)}`;

const told = (outcome, code, reason, params = {}) => ({ outcome, code, reason, params });

/** Step 2 by the list: a wrong signature is proven wrong, a right one is of a time not known. */
async function signature(artefact, list) {
  if (!artefact.committed) return told("failed", "signature.disclosure_altered", "forged");
  if (!list) return told("unknown", "signature.no_list", "unprepared");
  const listed = list.schools.find(({ id }) => id === artefact.school)?.keys ?? [];
  const own = await named(listed, artefact.kid);
  const { time } = list.as_of;
  if (!own.length) return told("unknown", "signature.not_listed", "offline_unsettled", { time });
  const verified = await Promise.all(own.map(({ raw }) => artefact.signedBy(raw)));
  if (verified.includes(null)) return told("unknown", "signature.not_here", "browser");
  const signing = own.filter((_, at) => verified[at]);
  if (!signing.length) return told("failed", "signature.wrong", "forged");
  const lost = signing.find((key) => key.compromised);
  if (lost) return told("unknown", "signature.key_lost", "offline_unsettled", { time: lost.compromised });
  return told("unknown", "signature.time_unknown", "offline");
}

/** The listed keys whose id starts like that. */
async function named(listed, kid) {
  const keys = await Promise.all(listed.map(async (key) => {
    const raw = fromBase64url(key.key);
    return { ...key, raw, id: await thumbprint(raw) };
  }));
  return keys.filter(({ id }) => id && startsWith(id, kid));
}

/** Everything as of the bundle's block; whether it was revoked since then is not known. */
async function byBundle(text, deployment, { bundle, blockHash }, codeHash) {
  // Keccak comes only now: signatures are checked without it.
  const [{ judge }, { bundled }, { evidenceFor }] = await Promise.all(
    [import("./judge.js"), import("./offline.js"), import("./bundle.js")]);
  const view = bundled(bundle, { deployment, codeHash, blockHash });
  view.catch(() => {});
  const answer = await judge([text], {
    deployment, view: () => view,
    evidence: async (artefact) => evidenceFor(artefact, bundle.paths),
    keys: async ({ school }) => bundle.keys.filter((key) => key.school === school).map(({ raw }) => raw),
  });
  const named = (one) => (one.reason === "chain_only" ? { ...one, reason: "offline_bundle" } : one);
  return { ...named(answer), reports: answer.reports.map(named), trust: "trust.kept" };
}
