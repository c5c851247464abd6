// Several files at once: a list with one verdict each and a summary; each opens in full.
import { ask } from "./asking.js";
import { begin, conclude, seenIs } from "./flow.js";
import { button, node, sign } from "./nodes.js";
import { plainly } from "./plainly.js";
import { said, text } from "./texts.js";
import { signOf } from "./verdict.js";
import { announce, find, show } from "./views.js";

const AT_ONCE = 2; // files on their way at a time
const COUNTED = { VALID: "valid", INVALID: "invalid", UNDETERMINED: "unknown" };

let running = 0; // the newest list; an older one stops asking

/** Check files: `{ name, fault, about }` each, as `files.js` makes them. */
export async function several(files) {
  const mine = (running += 1);
  const items = files.map((file) => ({ ...file, found: null }));
  const draw = () => {
    if (mine === running && !find("several").hidden) render(items);
  };
  open(items);
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item && mine === running; item = waiting.shift()) {
      item.found = item.fault ? { refusal: () => text(item.fault) } : await ask(item.about);
      draw();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (mine === running && !find("several").hidden) announce(summary(items));
}

function open(items) {
  seenIs(() => render(items));
  render(items);
  show("several");
  find("several-title").focus();
}

function render(items) {
  const active = document.activeElement?.dataset.item;
  find("several").replaceChildren(...[
    node("h1", { id: "several-title", tabindex: "-1" }, text("page.several", { count: items.length })),
    node("p", { class: "lead", id: "several-summary" }, summary(items)),
    progress(items),
    node("ol", { class: "rows" }, ...items.map((item, place) => row(item, place, items))),
    node("div", { class: "below" }, button(text("page.again"), leave, "main"),
      button(text("page.print"), () => window.print(), "quiet")),
  ].filter((part) => part !== null));
  const again = active ? `[data-item="${active}"]` : active === undefined ? null : "#several-title";
  if (again) find("several").querySelector(again)?.focus();
}

function leave() {
  running += 1;
  begin();
}

function progress(items) {
  const done = items.filter((item) => item.found).length;
  if (done === items.length) return null;
  return node("progress", { max: items.length, value: done, "aria-label": text("page.several_progress") });
}

function summary(items) {
  const counts = { valid: 0, invalid: 0, unknown: 0, unread: 0, left: 0 };
  for (const { found } of items) counts[kindOf(found)] += 1;
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.map(([kind, count]) => text(`page.count_${kind}`, { count })).join(" · ");
}

function kindOf(found) {
  if (!found) return "left";
  if (found.refusal) return "unread";
  return found.answer ? COUNTED[found.answer.verdict] : "unknown";
}

function row(item, place, items) {
  const { name, found } = item;
  const [outcome, reason] = found?.answer ? [found.answer.verdict, found.answer.reason] : ["", ""];
  const label = node("span", { class: "file" }, plainly(name));
  if (!found || found.refusal) {
    const sentence = found ? found.refusal() : text("page.several_waiting");
    return node("li", { "data-verdict": found ? "unread" : "" },
      sign(found ? "unknown" : "waiting"), node("div", {}, label, node("p", {}, sentence)));
  }
  const headline = found.answer ? said(found.answer.headline) : found.failure()[0];
  const opened = button(headline, () => openOne(item, items), "link");
  opened.dataset.item = String(place);
  return node("li", { "data-verdict": outcome || "UNDETERMINED", "data-reason": reason },
    sign(signOf(outcome || "UNDETERMINED", reason)),
    node("div", {}, label, opened, who(found)));
}

function who({ answer }) {
  const [report] = answer?.reports ?? [];
  const name = report?.document.name;
  if (!name || report.verdict !== "VALID") return null;
  return node("p", { class: "small" }, `${plainly(name)} · ${said(report.kind_name)} · ${report.school_name}`);
}

function openOne(item, items) {
  const back = () => open(items);
  const again = async () => {
    item.found = null;
    open(items);
    item.found = await ask(item.about);
    if (!find("several").hidden) render(items);
  };
  conclude(item.about, item.found, again, back);
}
