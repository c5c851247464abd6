// The eight checks in plain words: outcome, what was found, on whose word and as of when.
import { node, sign } from "./nodes.js";
import { plainly } from "./plainly.js";
import { localTime } from "./times.js";
import { said, text } from "./texts.js";

// On whose word each step stands (docs/ARCHITECTURE.md, "Verify").
const SOURCES = [null, "document", "signature", "store", "chain", "chain", "chain", "registry", "document"];
const OF_CHAIN = ["signature", "store", "chain"]; // these were judged at the named block

/** The checks of a report as a card. `named` adds which artefact they are about. */
export function checks(report, checkedAt, named) {
  const name = named ? ` · ${text(`artefact.${report.artefact}`)}` : "";
  const at = report.as_of;
  return node("section", { class: "card" },
    node("h2", {}, text("page.checks") + name),
    at ? node("p", { class: "small" },
      text("page.as_of", { block: at.block, time: localTime(new Date(at.time)) })) : null,
    at ? node("p", { class: "small" }, said(at.trust)) : null,
    report.silence ? node("p", { class: "small" }, said(report.silence)) : null,
    node("ol", { class: "checks" }, ...report.checks.map((one) => check(one, at, checkedAt))));
}

/** What was noticed beside the checks, as a card of its own: it decides nothing, and says so. */
export function observations(report) {
  if (!report.observations?.length) return null;
  return node("section", { class: "card observations" },
    node("h2", {}, text("page.recomputed")),
    node("ul", {}, ...report.observations.map((one) =>
      node("li", { "data-code": one.code }, plainly(said(one.text))))),
    node("p", { class: "small" }, text("page.recomputed_note")));
}

function check(one, at, checkedAt) {
  return node("li", { "data-outcome": one.outcome },
    sign(one.outcome),
    node("div", {},
      node("p", { class: "what" }, `${one.step}. ${said(one.name)}: `,
        node("span", { class: "outcome" }, text(`outcome.${one.outcome}`))),
      node("p", { class: "why" }, said(one.text)),
      node("p", { class: "source" }, source(one, at, checkedAt))));
}

function source(one, at, checkedAt) {
  const kind = SOURCES[one.step];
  const from = text(`page.from_${kind}`);
  if (one.outcome === "unknown") return text("page.source", { from });
  if (at && OF_CHAIN.includes(kind)) {
    const when = text("page.at_block", { block: at.block, time: localTime(new Date(at.time)) });
    return text("page.source_as_of", { from, when });
  }
  if (kind !== "registry") return text("page.source", { from });
  return text("page.source_as_of", { from, when: text("page.at_time", { time: localTime(checkedAt) }) });
}
