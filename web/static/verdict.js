// The verdict: one big sentence, what to do next, what the paper should look like, every check.
import { checks, observations } from "./checks.js";
import { differences } from "./differences.js";
import { card, node, sign } from "./nodes.js";
import { paper } from "./paper.js";
import { plainly } from "./plainly.js";
import { localTime } from "./times.js";
import { otherLanguage, said, saidOtherwise, text } from "./texts.js";

const SIGN_OF = { VALID: "passed", INVALID: "failed", UNDETERMINED: "unknown" };
// Where the reason says more than the verdict: genuine once, or nothing that we may judge.
const SIGN_OF_REASON = { revoked: "stopped", superseded: "stopped", expired: "stopped",
                         suspended: "paused", not_final: "waiting", foreign: "unknown" };
const WITHDRAWN = ["revoked", "superseded", "suspended"];
const WORST = ["INVALID", "UNDETERMINED", "VALID"];

/** The sign that stands for a verdict and its reason. */
export const signOf = (outcome, reason) => SIGN_OF_REASON[reason] ?? SIGN_OF[outcome];

/**
 * All of a verdict as nodes. `elsewhere` is the foreign host that a scanned link pointed to,
 * `actions` the row of buttons.
 */
export function verdict(answer, checkedAt, elsewhere, actions) {
  const reports = [...answer.reports].sort((one, other) =>
    WORST.indexOf(one.verdict) - WORST.indexOf(other.verdict)
    || Number(other.artefact === "sd-jwt") - Number(one.artefact === "sd-jwt"));
  const [first, ...others] = reports;
  const several = others.length > 0;
  return [
    conclusion(answer, first),
    elsewhere ? node("p", { class: "notice" }, text("page.other_host", { host: plainly(elsewhere) })) : null,
    node("div", { class: "sheet" },
      node("div", { class: "stack" },
        paper(first), differences(reports), actions, ...others.map((other) => aside(other, checkedAt)),
        ...earlier(answer.others ?? [], checkedAt)),
      node("div", { class: "stack" },
        checks(first, checkedAt, several), observed(reports),
        node("p", { class: "small" },
          text("page.checked_at", { time: localTime(checkedAt), host: location.host })))),
  ].filter((part) => part !== null);
}

/** The observations of whichever artefact has the results: a QR code carries none. */
const observed = (reports) => reports.map(observations).find((card_) => card_) ?? null;

/** A failure that says nothing about the document, in the shape of a verdict. */
export function failure(headline, next, actions) {
  return [node("div", { class: "conclusion" },
    banner("UNDETERMINED", "", headline, null),
    card(text("page.next"), "action", node("p", {}, next))), actions];
}

function conclusion(answer, report) {
  return node("div", { class: "conclusion" },
    banner(answer.verdict, answer.reason, said(answer.headline), saidOtherwise(answer.headline)),
    card(text("page.next"), "action", node("p", {}, said(answer.next)), withdrawal(answer, report)));
}

function banner(outcome, reason, headline, other) {
  return node("div", { class: "verdict", "data-verdict": outcome, "data-reason": reason },
    sign(signOf(outcome, reason)),
    node("h1", { id: "headline", tabindex: "-1" }, headline),
    other ? node("p", { class: "other", lang: otherLanguage() }, other) : null);
}

/** Ground, decision and date of what was withdrawn, where the register tells them. */
function withdrawal(answer, report) {
  const told = report?.checks.find((one) => one.params.decision && WITHDRAWN.includes(one.reason));
  if (!told || !WITHDRAWN.includes(answer.reason)) return null;
  const { ground, decision, on } = told.params;
  const known = text(`ground.${ground}`);
  const rows = [["page.withdrawn_ground", known === `ground.${ground}` ? String(ground) : known],
                ["page.withdrawn_decision", text("page.withdrawn_by", { decision, on })]];
  return node("dl", { class: "facts" }, ...rows.map(([code, value]) =>
    node("div", {}, node("dt", {}, text(code)), node("dd", {}, value))));
}

/** What else bears the same number and birth date: earlier issues, another type. */
function earlier(answers, checkedAt) {
  if (answers.length === 0) return [];
  return [node("h2", {}, text("page.others")), ...answers.map(({ verdict: outcome, reason, headline, reports }) =>
    node("details", { class: "card", "data-verdict": outcome, "data-reason": reason },
      node("summary", {}, sign(signOf(outcome, reason)), said(headline)),
      paper(reports[0]), checks(reports[0], checkedAt, false), observed(reports)))];
}

/** Another artefact of the same file, folded away. */
function aside(report, checkedAt) {
  return node("details", { class: "card", "data-verdict": report.verdict, "data-reason": report.reason },
    node("summary", {}, sign(signOf(report.verdict, report.reason)),
      text(`artefact.${report.artefact}`)),
    paper(report), checks(report, checkedAt, true));
}
