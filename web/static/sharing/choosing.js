// Choosing what to show: boxes for each field, each outcome and each result, shortcuts for the usual choices.
import { button, node } from "../nodes.js";
import { plainly } from "../plainly.js";
import { mark, shown } from "../paper.js";
import { label, text } from "../texts.js";

const TERMS = ["HK1", "HK2", "CN"];
const OUTCOME = "outcome";
const ALWAYS = ["name", "birth_date"]; // proposed with every choice: without them it is nobody's

/**
 * The boxes for an outline (`verify/selecting.js`) as nodes; `kept` is a Set of paths that they change,
 * `changed` is called after each change. `kind` is the kind of document.
 */
export function choosing(outline, kind, kept, changed) {
  const boxes = new Map(); // by path
  const heads = []; // boxes that stand for several
  const follow = () => {
    for (const [path, box] of boxes) box.checked = kept.has(path);
    for (const { box, paths } of heads) {
      const held = paths.filter((path) => kept.has(path)).length;
      box.checked = held === paths.length;
      box.indeterminate = held > 0 && held < paths.length;
    }
    changed();
  };
  const put = (paths, on) => {
    for (const path of paths) kept[on ? "add" : "delete"](path);
    follow();
  };
  const box = (paths, attributes) => {
    const made = node("input", { type: "checkbox", ...attributes });
    made.addEventListener("change", () => put(paths, made.checked));
    if (paths.length === 1 && !boxes.has(paths[0])) boxes.set(paths[0], made);
    else heads.push({ box: made, paths });
    return made;
  };
  const made = [
    shortcuts(outline, (paths) => {
      kept.clear();
      put(paths, true);
    }),
    fields(outline, kind, box),
    outcomes(outline, box),
    results(outline, box),
  ].filter((part) => part !== null);
  follow();
  return made;
}

const pathsOf = (outline, ...names) => outline.groups.filter(({ name }) => names.includes(name))
  .flatMap(({ rows }) => rows.map(({ path }) => path));
const always = (outline) => outline.fields.map(({ path }) => path).filter((path) => ALWAYS.includes(path));

function shortcuts(outline, choose) {
  const all = () => [...outline.fields.map(({ path }) => path), ...pathsOf(outline, ...TERMS, OUTCOME)];
  const terms = TERMS.filter((term) => pathsOf(outline, term).length);
  const choices = [
    pathsOf(outline, OUTCOME).length ? ["sharing.only_level", () => pathsOf(outline, OUTCOME)] : null,
    ...terms.map((term) => [`sharing.only_${term}`, () => pathsOf(outline, term)]),
    ["sharing.everything", all],
    ["sharing.nothing", () => null],
  ].filter((each) => each !== null);
  return node("div", { class: "picks", role: "group", "aria-label": text("sharing.shortcuts") },
    ...choices.map(([code, paths]) => button(text(code), () => {
      const found = paths();
      choose(found ? [...always(outline), ...found] : []);
    }, "quiet")));
}

function fields(outline, kind, box) {
  return node("fieldset", {}, node("legend", {}, text("sharing.fields")),
    node("div", { class: "boxes" }, ...outline.fields.map(({ path, name, value }) =>
      tick(box([path], {}), label(name, kind), said(name, value)))));
}

/** Dates as papers write them. */
const said = (name, value) => (name === "birth_date" ? value.split("-").reverse().join("/") : shown(name, value));

function outcomes(outline, box) {
  const found = outline.groups.find(({ name }) => name === OUTCOME)?.rows ?? [];
  if (found.length === 0) return null;
  return node("fieldset", {}, node("legend", {}, text("sharing.outcomes")),
    tick(box(found.map(({ path }) => path), {}), text("sharing.all_outcomes"), ""),
    node("div", { class: "boxes" }, ...found.map(({ path, name, value }) =>
      tick(box([path], {}), outcomeName(name), plainly(String(value))))));
}

/** `CN.study` is the year's, `HK1.study` a semester's. */
export function outcomeName(name) {
  const [term, what] = name.includes(".") ? name.split(".") : ["CN", name];
  return text(term === "CN" ? `field.${what}` : `field.${what}_${term.toLowerCase()}`);
}

const tick = (input, name, value) => node("label", { class: "tick" }, input,
  node("span", {}, value ? `${name}: ` : name, value ? node("strong", { dir: "auto" }, value) : null));

/** A table: a row for each subject, a column for each term, a box in each cell. */
function results(outline, box) {
  const groups = TERMS.map((term) => outline.groups.find(({ name }) => name === term)).filter(Boolean);
  if (groups.length === 0) return null;
  const subjects = new Map();
  for (const { name: term, rows } of groups) {
    for (const { path, name: code, value } of rows) {
      if (!subjects.has(code)) subjects.set(code, { name: plainly(String(value.name)), cells: new Map() });
      subjects.get(code).cells.set(term, { path, mark: mark(value) });
    }
  }
  const ordered = [...subjects.values()].sort((one, other) => one.name.localeCompare(other.name, "vi"));
  return node("fieldset", {}, node("legend", {}, text("field.results")),
    node("table", { class: "choose" },
      node("thead", {}, node("tr", {}, node("td", {}), ...groups.map((group) => headOf(group, box)))),
      node("tbody", {}, ...ordered.map((subject) => rowOf(subject, groups, box)))));
}

function headOf({ name: term, rows }, box) {
  const name = text(`page.term_${term}`);
  return node("th", { scope: "col" },
    node("label", { class: "cell" }, name,
      box(rows.map(({ path }) => path), { "aria-label": text("sharing.all_of", { what: name }) })));
}

function rowOf({ name, cells }, groups, box) {
  const paths = [...cells.values()].map(({ path }) => path);
  return node("tr", {},
    node("th", { scope: "row" }, node("label", { class: "cell" },
      box(paths, { "aria-label": text("sharing.all_of", { what: name }) }), node("span", {}, name))),
    ...groups.map(({ name: term }) => {
      const cell = cells.get(term);
      if (!cell) return node("td", {});
      const said = `${name}, ${text(`page.term_${term}`)}: ${cell.mark}`;
      return node("td", {}, node("label", { class: "cell" }, cell.mark, box([cell.path], { "aria-label": said })));
    }));
}
