// A receipt that was handed in: what it is, and what it says if it is genuine. Never a verdict on a
// credential, so it has a look of its own. Loaded when a receipt comes.
import { card, node, sign } from "./nodes.js";
import { plainly } from "./plainly.js";
import { label, otherLanguage, said, saidOtherwise, text } from "./texts.js";

const CHECK = "/api/receipts/check";
const SIGNS = { genuine: "passed", forged: "failed", undetermined: "unknown" };
const PATIENCE = 60_000; // milliseconds

/**
 * What the receipt in a request of `asking.js` is: `{ judgement }`, which draws it above a row of
 * buttons, or `{ refusal }` or `{ failure }` as `ask` has them.
 */
export async function judge({ body, type }) {
  try {
    const response = await fetch(CHECK, {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const found = await response.json();
    if (response.ok) return { judgement: (row) => judged(found, row) };
    return { refusal: () => said({ vi: found.detail, en: found.detail_en }) };
  } catch {
    return { failure: () => [text("page.lost_title"), text("page.lost_next")] };
  }
}

function judged({ standing, headline, next, findings, claims }, actions) {
  const outcome = standing === "forged" ? "INVALID" : "UNDETERMINED";
  return [
    node("div", { class: "conclusion" },
      node("div", { class: "verdict", "data-verdict": outcome, "data-reason": `receipt-${standing}` },
        sign(SIGNS[standing]),
        node("h1", { id: "headline", tabindex: "-1" }, said(headline)),
        node("p", { class: "other", lang: otherLanguage() }, saidOtherwise(headline))),
      card(text("page.next"), "action", node("p", {}, said(next)))),
    node("div", { class: "sheet" },
      node("div", { class: "stack" },
        ...(standing === "genuine" ? claims.artefacts.map(about) : []), actions),
      node("div", { class: "stack" },
        node("section", { class: "card" }, node("h2", {}, text("page.receipt_checks")),
          node("ol", { class: "checks" }, ...findings.map(finding))))),
  ];
}

/** Whose document the receipt is of, for comparing with the paper. */
function about({ artefact, ...of }) {
  const rows = ["name", "school_name", "serial", "register_no"].filter((key) => of[key]).map((key) =>
    node("div", {}, node("dt", {}, label(key, of.type)), node("dd", {}, plainly(of[key]))));
  return card(`${text("page.receipt_about")} · ${text(`artefact.${artefact}`)}`, "",
    node("dl", { class: "facts" }, ...rows));
}

function finding({ outcome, text: found }) {
  return node("li", { "data-outcome": outcome }, sign(outcome),
    node("div", {}, node("p", { class: "what" },
      node("span", { class: "outcome" }, text(`outcome.${outcome}`))),
    node("p", { class: "why" }, said(found))));
}
