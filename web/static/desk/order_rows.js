// The rows of an order: the first few at once, those first about which something was noticed; all of
// them on demand, to be searched and sorted. A row opens to all that its credential will say.
import { button, node } from "../nodes.js";
import { label, site, text } from "../texts.js";
import { ask } from "./bench.js";
import { changed, sentence } from "./order_parts.js";
import { table, whole } from "./table.js";

const FIRST = matchMedia("(max-width: 44rem)").matches ? 3 : 5; // rows that are shown at once
const MARKED = 20; // of those that something was noticed about
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
  const rows = loaded.get(key).map((row) => ({ ...row, noted: noted(order, row) }));
  const marked = rows.filter((row) => row.noted.length);
  const drawn = table({ caption: "orders.rows", columns: columns(rows), open: (row) => opened(order, row) });
  const search = node("input", { type: "search", autocomplete: "off", "aria-label": text("orders.search"),
                                 placeholder: text("orders.search") });
  const only = node("input", { type: "checkbox" });
  const filter = marked.length ? node("label", { class: "choice" }, only, text("orders.only_noted", { count: marked.length })) : null;
  const find = () => drawn.draw((only.checked ? marked : rows).filter((row) =>
    bare([row.name, row.code, row.class_name, row.serial ?? "", row.register_no ?? ""].join(" ")).includes(bare(search.value))));
  search.addEventListener("input", find);
  only.addEventListener("change", find);
  const all = button(text("orders.all_rows", { count: rows.length }), () => {
    place.replaceChildren(...[search, filter, drawn.element].filter(Boolean));
    find();
    search.focus();
  }, "quiet");
  const first = [...marked.slice(0, MARKED), ...rows.filter((row) => !row.noted.length)].slice(0, Math.max(FIRST, Math.min(marked.length, MARKED)));
  drawn.draw(first);
  place.replaceChildren(...[
    node("p", { class: "small" }, text(marked.length ? "orders.rows_noted" : "orders.rows_lead")),
    drawn.element, rows.length > first.length ? all : null].filter(Boolean));
}

/** What was noticed about a row, and what it corrects, as sentences. */
function noted(order, row) {
  const own = order.notices.filter((one) => one.row === row.row).map((one) => sentence(one.text));
  const corrected = order.changes.filter((one) => one.row === row.row).flatMap((one) => one.changes.map(changed));
  return [...own, ...corrected];
}

function columns(rows) {
  const some = (key) => rows.some((row) => row[key]);
  const plain = (key, code = `field.${key}`) => (some(key) ? [{ code, value: (row) => row[key], wide: true }] : []);
  return [
    { code: "orders.name", value: (row) => row.name.split(" ").reverse().join(" "), show: named },
    { code: "orders.birth", value: (row) => row.birth.split("/").reverse().join("-"), show: (row) => whole(row.birth) },
    ...plain("sex"), ...plain("ethnicity"), ...plain("birth_place"),
    ...(some("class_name") ? [{ code: rows[0].request ? "copies.applicant" : "orders.class", value: (row) => row.class_name, ...(rows[0].request ? {} : { show: (row) => whole(row.class_name) }) }] : []),
    ...(some("word") ? [{ code: "orders.word", value: (row) => row.word }] : []),
    ...(some("serial") ? [{ code: "orders.serial", value: (row) => row.serial, show: (row) => whole(row.serial) }] : []),
    ...(some("register_no") ? [{ code: "orders.register_no", value: (row) => row.register_no, show: (row) => whole(row.register_no) }] : []),
    { code: "orders.row", value: (row) => row.row, number: true },
  ];
}

const named = (row) => (row.noted.length ? node("span", { "data-noted": "" }, row.name) : row.name);

/** Below its row: all that will be signed, what was noticed, the results; once more closes it. */
function opened(order, row) {
  return async ({ currentTarget }) => {
    const line = currentTarget.closest("tr");
    if (line.nextElementSibling?.classList.contains("inside")) {
      currentTarget.setAttribute("aria-expanded", "false");
      return void line.nextElementSibling.remove();
    }
    const inside = node("div", {}, ...[
      row.noted.length ? node("ul", { class: "noted" }, ...row.noted.map((one) => node("li", {}, one))) : null,
      said(order, row),
      row.register_no && site.desk.credential ? node("p", {}, node("a", {
        href: `${site.desk.credential}#${order.school}/${order.type}/${encodeURIComponent(row.register_no)}` }, text("orders.to_credential"))) : null,
    ].filter(Boolean));
    currentTarget.setAttribute("aria-expanded", "true");
    line.after(node("tr", { class: "inside", role: "row" },
      node("td", { role: "cell", colspan: String(line.children.length) }, inside)));
    if (!row.says.school_year) return;
    const { answer, trouble } = await ask("GET", `/api/desk/orders/${order.id}/rows/${row.row}/results`);
    inside.append(answer ? results(answer.results) : node("p", { class: "fault" }, trouble()));
  };
}

/** Each field of the credential, by the names that its paper has; then who asked for a copy. */
function said(order, row) {
  const asked = row.request;
  const pairs = [
    ...Object.entries(row.says).map(([name, value]) => [label(name, order.type), value]),
    ...(row.register_no ? [[label("register_no", order.type), row.register_no]] : []),
    ...(row.bound ? [[text("orders.bound"), text("orders.bound_yes")]] : []),
    ...(asked ? [[text("copies.applicant"), `${asked.applicant} (${text(`copy.${asked.capacity}`)})`], [text("copies.proof"), asked.proof],
                 [text("copies.fee"), asked.fee ? String(asked.fee) : null], [text("copies.dossier"), asked.dossier]] : []),
  ].filter(([, value]) => value);
  return node("dl", { class: "signed" }, ...pairs.map(([name, value]) =>
    node("div", {}, node("dt", {}, name), node("dd", {}, value))));
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
