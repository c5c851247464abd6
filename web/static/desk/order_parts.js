// The parts of an order that are only read: what it comes to, what was noticed, its record, who did what.
import { card, node } from "../nodes.js";
import { site, text } from "../texts.js";
import { localTime } from "../times.js";

const at = (seconds) => localTime(new Date(seconds * 1000));
const day = (iso) => iso.split("-").reverse().join("/");
export const sentence = (both) => both[document.documentElement.lang] ?? both.vi;
const MOST = 20; // of what was noticed, shown at once

function line(code, value, key = "") {
  return node("div", { "data-field": key || code }, node("dt", {}, text(code)), node("dd", {}, value));
}

/** What the order comes to, and what it takes of the register and of the blanks. */
export function about(order) {
  const { about: told } = order;
  const range = (pair) => (pair[0] === pair[1] ? pair[0] : `${pair[0]} – ${pair[1]}`);
  return card(text("orders.about"), "",
    node("dl", {}, ...[
      line("orders.size", String(order.size), "size"),
      told.corrected ? line("orders.corrected", String(told.corrected)) : null,
      told.decision ? line("orders.decision", `${told.decision.number} · ${day(told.decision.on)}`) : null,
      ...told.annexes.flatMap((one) => [
        line("orders.annex", text("orders.annexed", { number: one.number, on: day(one.on), name: one.signed_by })),
        line("orders.evidence", one.evidence)]),
      told.reason ? line("orders.why", told.reason) : null,
      told.requested ? line("orders.requested", day(told.requested)) : null,
      line("orders.issued", day(told.issued)),
      told.school_name ? line("orders.school", told.school_name) : null,
      line("orders.signer", told.signer ?? "–"),
      told.register ? line(order.batch ? "orders.register" : "orders.register_coming", range(told.register), "register") : null,
      told.serials ? line("orders.serials", range(told.serials), "serials") : null,
      line("orders.prepared", order.prepared_by),
    ].filter(Boolean)),
    comparison(told));
}

/** By class and by outcome, beside the school's last order of the kind. */
function comparison(told) {
  const { last } = told;
  const compared = (rows, before, code) => (rows.length ? node("details", {},
    node("summary", {}, text(code)),
    node("table", {}, node("thead", {}, node("tr", {}, node("th", { scope: "col" }, text(code)),
      node("th", { scope: "col" }, text("orders.now")),
      last ? node("th", { scope: "col" }, text("orders.before", { year: last.year })) : null)),
    node("tbody", {}, ...rows.map(([name, count]) => node("tr", {},
      node("th", { scope: "row" }, name), node("td", {}, String(count)),
      last ? node("td", {}, String(before.get(name) ?? 0)) : null))))) : null);
  const parts = [
    last ? node("p", { class: "small" }, text("orders.compared", { year: last.year, count: last.size })) : null,
    compared(told.words, new Map(last?.words), "orders.by_word"),
    compared(told.classes, new Map(last?.classes), "orders.by_class"),
  ].filter(Boolean);
  return node("div", {}, ...parts);
}

/** What was noticed when it was prepared, and what it corrects. Shown, never decided. */
export function noticed({ notices, changes }) {
  const items = notices.map((one) => node("li", {},
    one.row ? node("strong", {}, `${text("orders.row")} ${one.row} · `) : null, sentence(one.text)));
  const corrections = changes.map((one) => node("li", {}, node("strong", {}, `${one.register_no} · `),
    text("orders.version", { old: one.version, new: one.version + 1 }),
    node("ul", {}, ...one.changes.map((change) => node("li", {}, changed(change))))));
  return card(text("orders.noticed"), "",
    items.length ? list(items) : null, corrections.length ? list(corrections) : null);
}

export function changed({ field, subject, term, old, new: now }) {
  const where = [subject, term, text(`amended.${field}`)].filter(Boolean).join(", ");
  return `${where}: ${old ?? "–"} → ${now ?? "–"}`;
}

function list(items) {
  if (items.length <= MOST) return node("ul", {}, ...items);
  return node("div", {}, node("ul", {}, ...items.slice(0, MOST)),
    node("details", {}, node("summary", {}, text("desk.more", { count: items.length - MOST })),
      node("ul", {}, ...items.slice(MOST))));
}

/** How far its record has come: complete, verified, personally signed, sealed; each with who and when. */
export function record({ batch }) {
  if (!batch) return null;
  const steps = ["complete", "verified", "personally_signed", "sealed"].map((state) => {
    const reached = batch.record.find((one) => one.state === state);
    return node("li", { "data-done": reached ? "yes" : null },
      node("strong", {}, text(`orders.record_${state}`)),
      reached ? node("span", { class: "small of" }, ` ${state === "sealed" ? "" : reached.by} ${at(reached.at)}`) : "");
  });
  return card(text("orders.record"), "", node("ol", { class: "steps" }, ...steps),
    site.desk.register ? node("p", {}, node("a", { href: site.desk.register }, text("orders.to_register"))) : null);
}

/** Who did what, newest last. */
export function history({ acts }) {
  return card(text("orders.history"), "", node("ol", { class: "acts" }, ...acts.map((one) =>
    node("li", {}, node("strong", {}, text(`orders.act_${one.act}`)), ` · ${one.by} · ${at(one.at)}`,
      one.reason ? node("p", { class: "said" }, `“${one.reason}”`) : null))));
}
