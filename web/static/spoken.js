// A verdict that this browser came to, in the shape in which the server gives one (`api/presenting.py`),
// so that both are shown by the same code. Sentences are the same, too: one code, one sentence.
import { hex } from "./verify/bytes.js";
import { both } from "./texts.js";
import { localTime } from "./times.js";

// Reasons that are spoken of otherwise where the thing is no diploma itself, by its kind.
const SPOKEN_OF = {
  "digitised-diploma": { valid: "valid_digitised", chain_only: "chain_only_digitised" },
  "certified-copy": { valid: "valid_copy", chain_only: "chain_only_copy", revoked: "revoked_copy",
                      superseded: "superseded_copy", suspended: "suspended_copy" },
};

/**
 * `answer` as `verify/judge.js` makes it. `trust` is `{code, agreed, endpoints}`, on whose word the
 * block is known; `names` gives a school's name where somebody told it, or "".
 */
export function spoken(answer, trust, names) {
  const shown = spokenReason(answer);
  return {
    verdict: answer.verdict, reason: answer.reason,
    headline: both(`headline.${shown}`), next: both(`next.${shown}`),
    reports: answer.reports.map((report) => ({
      verdict: report.verdict, reason: report.reason, artefact: report.artefact, kind: report.kind,
      kind_name: both(`kind.${report.kind}`), school_name: names(report.school),
      partial: report.partial, document: report.document, digest: report.digest,
      as_of: report.block && asOf(report.block, trust),
      silence: report.silence ? both(`silence.${report.silence}`) : null,
      checks: report.checks.map(said), observations: [], // the rules are the server's
    })),
  };
}

/** The reason to explain (`verifier.verify.Answer.spoken_reason`). */
function spokenReason({ verdict, reason, reports }) {
  if (reason === "chain" && reports[0].silence === "unvouched") return "unvouched";
  const alone = reports.some((report) => report.verdict === verdict && report.reason === reason);
  return alone ? SPOKEN_OF[reports[0].kind]?.[reason] ?? reason : "mixed";
}

function said({ step, name, outcome, code, reason, params }) {
  const shown = params.time ? { ...params, time: localTime(new Date(params.time * 1000)) } : params;
  return { step, name: both(`step.${name}`), outcome, code, reason, params, text: both(code, shown) };
}

function asOf({ number, hash, time }, { code, agreed, endpoints }) {
  return {
    block: number, hash: hex(hash), time: new Date(time * 1000).toISOString(), agreed, endpoints,
    proven: true, trust: both(code, { agreed, endpoints }),
  };
}
