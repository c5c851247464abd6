// A transfer bundle that was handed in: its seal, and each document in it with a verdict of its own.
// Loaded when one comes.
import { checks } from "./checks.js";
import { card, node, sign } from "./nodes.js";
import { paper } from "./paper.js";
import { plainly } from "./plainly.js";
import { otherLanguage, said, saidOtherwise, text } from "./texts.js";
import { localTime } from "./times.js";
import { signOf } from "./verdict.js";

const CHECK = "/api/transfers/check";
const PATIENCE = 60_000; // milliseconds
const SIGNS = { VALID: "passed", INVALID: "failed", UNDETERMINED: "unknown" };

/**
 * What the bundle in a request of `asking.js` is: `{ judgement }`, which draws it above a row of
 * buttons, or `{ refusal }` or `{ failure }` as `ask` has them.
 */
export async function judge({ body, type }) {
  try {
    const response = await fetch(CHECK, {
      method: "POST", body, headers: { "Content-Type": type }, cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const found = await response.json();
    if (response.ok) return { judgement: drawing(found, new Date()) };
    return { refusal: () => said({ vi: found.detail, en: found.detail_en }) };
  } catch {
    return { failure: () => [text("page.lost_title"), text("page.lost_next")] };
  }
}

function drawing({ verdict, headline, next, transfer, seal, credentials }, at) {
  return (actions) => [
    node("div", { class: "conclusion" },
      node("div", { class: "verdict", "data-verdict": verdict, "data-reason": "transfer" },
        sign(SIGNS[verdict]),
        node("h1", { id: "headline", tabindex: "-1" }, said(headline)),
        node("p", { class: "other", lang: otherLanguage() }, saidOtherwise(headline))),
      card(text("page.next"), "action", node("p", {}, said(next)))),
    node("div", { class: "sheet" },
      node("div", { class: "stack" },
        about(transfer),
        node("h2", {}, text("transferred.inside", { count: credentials.length })),
        ...credentials.map((one, place) => inside(one, place === 0)), actions),
      node("div", { class: "stack" },
        node("section", { class: "card" }, node("h2", {}, text("transferred.seal")),
          node("ol", { class: "checks" }, ...seal.map(finding))),
        ...credentials.map((one) => checked(one, at)),
        node("p", { class: "small" },
          text("page.checked_at", { time: localTime(at), host: location.host })))),
  ];
}

/** What the seal says of the transfer. */
function about(transfer) {
  const rows = [
    ["transferred.number", transfer.id], ["transferred.from", transfer.from_school],
    ["transferred.to", transfer.to_school], ["transferred.why", said(transfer.reason)],
    ["transferred.requested_on", day(transfer.requested)], ["transferred.sealed_on", day(transfer.sealed)],
  ];
  return node("section", { class: "card" }, node("dl", { class: "facts" }, ...rows.map(([code, value]) =>
    node("div", {}, node("dt", {}, text(code)), node("dd", {}, plainly(value))))));
}

/** One document of the bundle: its verdict and what it says, folded away but for the first. */
function inside({ verdict, reason, headline, reports: [report] }, open) {
  return node("details", { class: "card", "data-verdict": verdict, "data-reason": reason, open: open ? "" : null },
    node("summary", {}, sign(signOf(verdict, reason)), `${said(report.kind_name)}: ${said(headline)}`),
    paper(report));
}

/** The checks of one document, folded away; its sign says what came of them. */
function checked({ verdict, reason, reports: [report] }, at) {
  return node("details", { class: "card" },
    node("summary", {}, sign(signOf(verdict, reason)), `${text("page.checks")} · ${said(report.kind_name)}`),
    checks(report, at, false));
}

function finding({ outcome, text: found }) {
  return node("li", { "data-outcome": outcome }, sign(outcome),
    node("div", {}, node("p", { class: "what" },
      node("span", { class: "outcome" }, text(`outcome.${outcome}`))),
    node("p", { class: "why" }, said(found))));
}

function day(iso) {
  return iso.split("-").reverse().join("/");
}
