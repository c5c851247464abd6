// A selection as its recipient sees it; the holder's preview is drawn by this very code.
import { node, sign } from "../nodes.js";
import { plainly } from "../plainly.js";
import { both, text } from "../texts.js";
import { localTime } from "../times.js";
import { verdict } from "../verdict.js";

const NAME = 80; // characters of a recipient's name

/**
 * All of it as nodes: the verdict, that this is a selection, until when. `found` is `{ answer, at }` of
 * verifying it, `shared` `{ count, to }` how many things it shows and for whom it was made, `terms`
 * `{ expires, left }` (null in a preview that has none yet), `actions` the row of buttons.
 */
export function presented({ answer, at }, shared, terms, actions) {
  const next = answer.verdict === "VALID" ? both("share.next") : answer.next; // there is no paper in hand
  const [conclusion, ...rest] = verdict({ ...answer, next }, at, null, actions);
  return [conclusion, selection(answer, shared, terms), ...rest];
}

function selection(answer, { count, to }, terms) {
  const whole = answer.reports.every((report) => !report.partial);
  return node("section", { class: "card selection" },
    sign("unknown"),
    node("div", {},
      node("h2", {}, text(whole ? "share.whole" : "share.selection")),
      node("p", {}, text(whole ? "share.whole_means" : "share.selection_means", { count })),
      node("dl", { class: "facts" }, ...rows(to, terms).map(([code, value]) =>
        node("div", {}, node("dt", {}, text(code)), node("dd", { dir: "auto" }, value)))),
      node("p", { class: "small" }, text("share.end_means"))));
}

function rows(to, terms) {
  return [
    ["share.to", to ? plainly(to.slice(0, NAME)) : ""],
    ["share.until", terms ? localTime(new Date(terms.expires)) : ""],
    ["share.left", terms ? text("share.openings", { count: terms.left }) : ""],
  ].filter(([, value]) => value);
}
