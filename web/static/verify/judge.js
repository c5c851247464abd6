// From texts to a verdict: decode, ask the sources, check, conclude (`verifier/verify.py`).
import { hex } from "./bytes.js";
import { decode } from "./artefact.js";
import { Silence, factsOf } from "./facts.js";
import { combine, conclude, rootFrom, runChecks } from "./steps.js";

/**
 * The answer on artefacts found in one thing: `{verdict, reason, reports}`, never VALID.
 *
 * `sources` are `deployment`; `view()`, the chain as of a block (see `facts.js`); `evidence(artefact)`,
 * a path or null where none is known; `keys(artefact, view)`, raw keys that somebody names. Each may
 * reject: that source was silent. Throws FormatError for a text that is none of ours.
 */
export async function judge(texts, sources) {
  const artefacts = await Promise.all(texts.map((text) => decode(text, sources.deployment)));
  const reports = await Promise.all(artefacts.map((artefact) => reportOn(artefact, sources)));
  return { ...combine(artefacts, reports), reports };
}

async function reportOn(artefact, sources) {
  const answers = artefact.ours ? await gather(artefact, sources) : { facts: null, evidence: null };
  const checks = await runChecks(artefact, answers);
  return report(artefact, checks, answers);
}

/** What is told of an artefact, in the words of `verifier.verdict.Report`. */
export function report(artefact, checks, { facts = null, silence = "" } = {}) {
  return {
    ...conclude(checks), artefact: artefact.kind, kind: artefact.typeKey, partial: artefact.partial,
    document: artefact.document, school: artefact.school, digest: hex(artefact.leaf),
    block: facts?.block ?? null, silence, checks,
  };
}

async function gather(artefact, sources) {
  let [evidence, noEvidence] = [null, false];
  try {
    evidence = await sources.evidence(artefact);
    noEvidence = evidence === null;
  } catch {
    // A store that does not answer has told nothing.
  }
  const root = await rootFrom(artefact, evidence);
  try {
    const view = await sources.view();
    const raws = await sources.keys(artefact, view);
    return { evidence, noEvidence, facts: await factsOf(view, artefact, root, raws), silence: "" };
  } catch (error) {
    const silence = error instanceof Silence ? error.kind : "silent";
    return { evidence, noEvidence, facts: null, silence };
  }
}
