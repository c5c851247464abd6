// How long something has waited and by when it has to be done, in words, on Viet Nam's calendar.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { day } from "./days.js";

const DAY = 86_400_000; // milliseconds
const local = (date) => date.toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
/** Days from one ISO day to another. */
const between = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

/** Since when something waits, in days: today, or how many. */
export function waited(seconds, now = new Date()) {
  const days = between(local(new Date(seconds * 1000)), local(now));
  return days > 0 ? text("orders.waited", { count: days }) : text("orders.waited_today");
}

/** How far away a last day is, or how long it is over. */
export function left(iso, now = new Date()) {
  const days = between(local(now), iso);
  if (days < 0) return text("orders.late", { count: -days });
  return days ? text("orders.left", { count: days }) : text("orders.left_today");
}

/** Last days, each `[code of what is due, ISO day or null]`, as lines; a dash for none. */
export function dues(pairs, now = new Date()) {
  const given = pairs.filter(([, iso]) => iso);
  if (!given.length) return "–";
  return node("div", { class: "dues" }, ...given.map(([code, iso]) =>
    node("p", { "data-late": iso < local(now) ? "yes" : null },
      code ? `${text(code)}: ` : "", node("strong", {}, left(iso, now)), ` (${day(iso)})`)));
}
