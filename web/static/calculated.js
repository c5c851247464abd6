// What a calculator answered: each result with its steps, what it lacks and its articles; and what
// is to be mended, beside the box where it was typed.
import { node } from "./nodes.js";
import { said, text } from "./texts.js";

/** Draw the results into `place`; those of single subjects as one table. */
export function drawResults(place, { results }) {
  const courses = results.filter(({ kind }) => kind === "course");
  const others = results.filter(({ kind }) => kind !== "course");
  place.replaceChildren(...others.map(result), ...(courses.length ? [table(courses)] : []));
}

function result(found) {
  return node("article", { class: "result", "data-kind": found.kind },
    node("h3", {}, said(found.label)),
    found.shown ? node("p", { class: "value" }, said(found.shown)) : null,
    ...list(found.missing, text("calculate.missing")),
    ...following(found.next),
    found.steps.length ? node("details", { class: "steps-of", open: "" },
      node("summary", {}, text("calculate.steps")),
      node("ol", {}, ...items(found.steps))) : null,
    ...found.sources.map((source) => node("p", { class: "small" }, said(source.text))));
}

/** What the next level asks for: the first remark of a level heads the others. */
function following(remarks) {
  const [first] = remarks;
  if (first?.code !== "grading.missing") return list(remarks, null);
  return list(remarks.slice(1), said(first.text).replace(/:$/, ""));
}

function list(remarks, heading) {
  if (!remarks.length) return [];
  return [
    ...(heading ? [node("p", { class: "lacking" }, `${heading}:`)] : []),
    node("ul", {}, ...items(remarks)),
  ];
}

const items = (remarks) => remarks.map((remark) => node("li", {}, said(remark.text)));

function table(courses) {
  return node("table", { class: "courses" },
    node("thead", {}, node("tr", {},
      ...["calculate.subject", "calculate.year"].map((code) => node("th", { scope: "col" }, text(code))))),
    node("tbody", {}, ...courses.map((found) => node("tr", {},
      node("th", { scope: "row" }, said(found.label),
        ...[...found.steps, ...found.missing].map((one) => node("span", { class: "small" }, said(one.text)))),
      node("td", {}, found.shown ? said(found.shown) : "–")))));
}

/** Put each fault below the row of its box and mark the box; gives back those that had a box. */
export function drawFaults(form, faults) {
  for (const old of form.querySelectorAll("[data-fault]")) old.remove();
  for (const box of form.querySelectorAll("[aria-invalid]")) {
    box.removeAttribute("aria-invalid");
    box.removeAttribute("aria-describedby");
  }
  return new Set(faults.filter((fault, number) => beside(form, fault, number)));
}

function beside(form, fault, number) {
  const boxes = [...form.querySelectorAll("[data-at]")];
  const box = boxes.find((one) => one.dataset.at === fault.column)
    ?? boxes.find((one) => one.dataset.at.startsWith(`${fault.column}.`));
  if (!box) return false;
  const id = `fault-${number}`;
  const said_of = node("p", { class: "fault", id, "data-fault": "" }, said(fault.text));
  box.setAttribute("aria-invalid", "true");
  box.setAttribute("aria-describedby", [box.getAttribute("aria-describedby"), id].filter(Boolean).join(" "));
  const row = box.closest("tr");
  if (row) row.after(node("tr", { "data-fault": "" }, node("td", { colspan: row.cells.length, class: "faulty-row" }, said_of)));
  else (box.closest("[data-row]") ?? box).after(said_of);
  return true;
}
