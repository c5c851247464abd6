// A table that is sorted by its headings and walked through by keyboard (arrows, Home, End; Enter
// opens); on a phone its rows are cards. Words are in Vietnamese dictionary order.
import { node } from "../nodes.js";
import { text } from "../texts.js";

const PAGE = 200; // rows that are drawn at once
const FEW = 5; // rows that nobody sorts on a phone
const ORDER = new Intl.Collator("vi", { numeric: true });

/** A number or a day, which is not broken. */
export const whole = (said) => node("span", { class: "whole" }, said ?? "–");

const kind = ({ number, wide }) => (number ? "number" : wide ? "roomy" : null);

/**
 * @param caption the code of what the table is called
 * @param columns each `{ code, value, show?, number?, fixed?, wide? }`: the code of its heading, what a row is
 *   sorted by (text, number or null), what it shows (a node or text; the value itself without),
 *   whether that is a number, that it cannot be sorted by, and that it is left out on a phone
 * @param open  what a row leads to: an address, or a function to be called; null for nothing
 * @returns `{ element, draw(rows) }`; `draw` keeps order and place
 */
export function table({ caption, columns, open = null }) {
  const name = node("caption", { class: "unseen" });
  const head = node("tr", { role: "row" });
  const body = node("tbody", { role: "rowgroup" });
  const more = node("button", { type: "button", class: "quiet", hidden: "" });
  const chooser = node("select", {});
  const chosen = node("label", { class: "sorting" }, node("span", {}), chooser);
  const element = node("div", { class: "grid" }, chosen,
    node("table", { role: "table" }, name, node("thead", { role: "rowgroup" }, head), body), more);
  let rows = [];
  let shown = PAGE;
  let by = null; // { place, down }

  function sorted() {
    if (!by) return rows;
    const { value } = columns[by.place];
    const compared = (a, b) => (typeof a === "number" && typeof b === "number"
      ? a - b : ORDER.compare(String(a), String(b)));
    const filled = rows.filter((row) => (value(row) ?? "") !== "");
    filled.sort((a, b) => compared(value(a), value(b)) * (by.down ? -1 : 1));
    return [...filled, ...rows.filter((row) => (value(row) ?? "") === "")];
  }

  function sort(place) {
    by = { place, down: by?.place === place && !by.down };
    drawAll();
    head.children[place].querySelector("button")?.focus();
  }

  function heading(column, place) {
    const state = by?.place !== place ? "none" : by.down ? "descending" : "ascending";
    const made = node("th", { role: "columnheader", scope: "col", class: kind(column) });
    if (column.fixed) made.append(text(column.code));
    else {
      const press = node("button", { type: "button", class: "link" }, text(column.code));
      press.addEventListener("click", () => sort(place));
      made.setAttribute("aria-sort", state);
      made.append(press);
    }
    return made;
  }

  function cell(row, column, place) {
    const said = column.show ? column.show(row) : column.value(row) ?? "–";
    const inside = open && place === 0 ? leading(row, said) : said;
    const about = { role: place ? "cell" : "rowheader", "data-label": text(column.code),
                    class: kind(column) };
    return place ? node("td", about, inside) : node("th", { ...about, scope: "row" }, inside);
  }

  function leading(row, said) {
    const to = open(row);
    if (typeof to === "string") return node("a", { href: to, "data-row": "" }, said);
    if (!to) return said;
    const press = node("button", { type: "button", class: "link", "data-row": "" }, said);
    press.addEventListener("click", to);
    return press;
  }

  function drawAll() {
    const here = [...body.querySelectorAll("[data-row]")].indexOf(document.activeElement);
    name.textContent = text(caption);
    head.replaceChildren(...columns.map(heading));
    body.replaceChildren(...sorted().slice(0, shown).map((row) =>
      node("tr", { role: "row" }, ...columns.map((column, place) => cell(row, column, place)))));
    more.hidden = rows.length <= shown;
    more.textContent = text("desk.more", { count: rows.length - shown });
    chosen.hidden = rows.length <= FEW;
    chosen.firstChild.textContent = text("desk.sort_by");
    chooser.replaceChildren(node("option", { value: "" }, "–"), ...columns.flatMap((column, place) =>
      column.fixed ? [] : [node("option", { value: place }, text(column.code))]));
    chooser.value = by ? by.place : "";
    rove(Math.max(here, 0), here >= 0);
  }

  /** One row alone is a stop of the tab key; the arrows lead to the others. */
  function rove(place, focus) {
    const stops = [...body.querySelectorAll("[data-row]")];
    const to = Math.min(Math.max(place, 0), stops.length - 1);
    stops.forEach((stop, at) => stop.setAttribute("tabindex", at === to ? "0" : "-1"));
    if (focus) stops[to]?.focus();
  }

  body.addEventListener("keydown", (event) => {
    const stops = [...body.querySelectorAll("[data-row]")];
    const here = stops.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    if (to >= stops.length && rows.length > shown) { // the arrows lead on to rows that were not drawn yet
      shown += PAGE;
      drawAll();
    }
    rove(to, true);
  });
  chooser.addEventListener("change", () => {
    by = chooser.value === "" ? null : { place: Number(chooser.value), down: false };
    drawAll();
  });
  more.addEventListener("click", () => {
    shown += PAGE;
    drawAll();
  });

  return { element, draw: (given) => { rows = given; drawAll(); } };
}
