// The rows of an order: the first few at once, all of them on demand, to be searched and sorted; the
// results in a row when it is opened.
import { button, node } from "../nodes.js";
import { site, text } from "../texts.js";
import { ask } from "./bench.js";
import { table } from "./table.js";

const FIRST = matchMedia("(max-width: 44rem)").matches ? 3 : 5; // rows that are shown at once
const bare = (word) => word.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
const loaded = new Map(); // rows by the number of their order: an order's rows do not change

/** A card with the rows of an order. */
export function rowsOf(order) {
  const place = node("div", {});
  const made = node("section", { class: "card", id: "rows" }, node("h2", {}, text("orders.rows")), place);
  show(order, place);
  return made;
}

async function show(order, place) {
  const key = `${order.id}/${order.state}`;
  if (!loaded.has(key)) {
    const { answer, trouble } = await ask("GET", `/api/desk/orders/${order.id}/rows`);
    if (!answer) return place.replaceChildren(node("p", { class: "fault" }, trouble()));
    loaded.set(key, answer.rows);
  }
  const rows = loaded.get(key);
  const drawn = table({ caption: "orders.rows", columns: columns(rows), open: opener(order) });
  const search = node("input", { type: "search", autocomplete: "off", "aria-label": text("orders.search"),
                                 placeholder: text("orders.search") });
  const find = () => drawn.draw(rows.filter((row) =>
    bare([row.name, row.code, row.class_name, row.serial ?? "", row.register_no ?? ""].join(" ")).includes(bare(search.value))));
  search.addEventListener("input", find);
  const all = button(text("orders.all_rows", { count: rows.length }), () => {
    place.replaceChildren(search, drawn.element);
    find();
    search.focus();
  }, "quiet");
  drawn.draw(rows.slice(0, FIRST));
  place.replaceChildren(drawn.element, ...(rows.length > FIRST ? [all] : []));
}

/** A number that is not broken. */
const whole = (said) => node("span", { class: "whole" }, said ?? "–");

function columns(rows) {
  const some = (key) => rows.some((row) => row[key]);
  return [
    { code: "orders.name", value: (row) => row.name.split(" ").reverse().join(" "), show: (row) => row.name },
    { code: "orders.birth", value: (row) => row.birth.split("/").reverse().join("-"), show: (row) => row.birth },
    ...(some("class_name") ? [{ code: "orders.class", value: (row) => row.class_name }] : []),
    ...(some("word") ? [{ code: "orders.word", value: (row) => row.word }] : []),
    ...(some("serial") ? [{ code: "orders.serial", value: (row) => row.serial, show: (row) => whole(row.serial) }] : []),
    ...(some("register_no") ? [{ code: "orders.register_no", value: (row) => row.register_no, show: (row) => whole(row.register_no) }] : []),
    { code: "orders.row", value: (row) => row.row, number: true },
  ];
}

/** Results open below the row that they are of; without results, what was issued has its own page. */
function opener(order) {
  if (!["transcript", "transfer-record"].includes(order.type)) {
    return (row) => row.register_no && site.desk.credential
      ? `${site.desk.credential}#${order.school}/${order.type}/${encodeURIComponent(row.register_no)}` : null;
  }
  return (row) => async ({ currentTarget }) => {
    const line = currentTarget.closest("tr");
    if (line.nextElementSibling?.classList.contains("inside")) return void line.nextElementSibling.remove();
    const { answer, trouble } = await ask("GET", `/api/desk/orders/${order.id}/rows/${row.row}/results`);
    const inside = answer ? results(answer.results) : node("p", { class: "fault" }, trouble());
    line.after(node("tr", { class: "inside", role: "row" },
      node("td", { role: "cell", colspan: String(line.children.length) }, inside)));
  };
}

function results(found) {
  const terms = ["HK1", "HK2", "CN"].filter((term) => found.some((one) => one.term === term));
  const subjects = [...new Set(found.map((one) => one.subject))];
  const of = (subject, term) => found.find((one) => one.subject === subject && one.term === term)?.result ?? "–";
  return node("table", { role: "table", class: "marks" },
    node("thead", { role: "rowgroup" }, node("tr", { role: "row" }, node("th", { role: "columnheader", scope: "col" }, text("orders.subject")),
      ...terms.map((term) => node("th", { role: "columnheader", scope: "col" }, term)))),
    node("tbody", { role: "rowgroup" }, ...subjects.map((subject) => node("tr", { role: "row" },
      node("th", { role: "rowheader", scope: "row" }, subject),
      ...terms.map((term) => node("td", { role: "cell", "data-label": term }, of(subject, term)))))));
}
