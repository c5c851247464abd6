// What a file would change, and what is wrong with it: one kind at a time, chosen by radio buttons,
// which the arrow keys move.
import { node } from "../nodes.js";
import { said, text } from "../texts.js";
import { save } from "../saving.js";
import { complain } from "./bench.js";
import { table, whole } from "./table.js";

const GROUPS = ["faulty", "new", "changed", "moved", "noticed"];

/**
 * @param seen what the server found, `name` what the file is called
 * @param mark asks for the marked sheet
 */
export function differences({ seen, name, mark }) {
  const { counts, file, rows, faults, notices } = seen;
  const of = {
    faulty: faults, noticed: notices,
    ...Object.fromEntries(["new", "changed", "moved"].map((group) => [group, rows.filter((row) => row.group === group)])),
  };
  const place = node("div", {});
  const shown = GROUPS.filter((group) => of[group].length);
  const made = node("section", { class: "card", id: "differences" },
    node("h2", { tabindex: "-1" }, text(file && counts.new !== undefined ? "intake_page.summary" : "intake_page.inside")),
    node("p", {}, file ? text("intake_page.read", { ...file, name, layout: text(`intake_page.layout_${file.layout}`) })
      : text("intake_page.nothing_read", { name })),
    seen.faults.length && seen.upload ? mending(counts.faulty, mark) : null,
    shown.length ? filters(shown, of, counts, place) : null, place);
  if (shown.length) draw(shown[0], of, place);
  return made;
}

function mending(count, mark) {
  const press = node("button", { type: "button", id: "marked" }, text("intake_page.marked"));
  press.addEventListener("click", async () => {
    press.disabled = true;
    press.textContent = text("intake_page.marking");
    const { answer, trouble } = await mark();
    press.disabled = false;
    press.textContent = text("intake_page.marked");
    complain(trouble ?? null);
    if (answer?.blob) save(answer.blob, answer.file);
  });
  return node("div", { class: "notice" }, node("p", {}, text("intake_page.mend_lead", { count })), press);
}

function filters(shown, of, counts, place) {
  const choices = shown.map((group, at) => {
    const input = node("input", { type: "radio", name: "shown", value: group });
    input.checked = at === 0;
    input.addEventListener("change", () => draw(group, of, place));
    const count = group === "faulty" ? Math.max(counts.faulty, 1) : of[group].length;
    return node("label", { class: "choice" }, input, `${text(`intake_page.${group}`)} (${count})`);
  });
  const same = counts.unchanged === undefined ? null
    : node("p", { class: "small" }, `${text("intake_page.unchanged")}: ${counts.unchanged}`);
  return node("fieldset", { class: "filters" },
    node("legend", {}, text("intake_page.filter")), ...choices, same);
}

function draw(group, of, place) {
  const found = ["faulty", "noticed"].includes(group);
  const made = table({ caption: `intake_page.${group}`, columns: found ? FINDINGS : columns(group) });
  made.draw(of[group]);
  place.replaceChildren(made.element);
}

const FINDINGS = [
  { code: "intake_page.row", value: (one) => one.row, show: (one) => (one.row ? whole(`${text("intake_page.row")} ${one.row}`) : text("intake_page.general")) },
  { code: "intake_page.column", value: (one) => one.column },
  { code: "intake_page.what", value: (one) => said(one.text) },
];

const columns = (group) => [
  { code: "intake_page.pupil", value: (row) => row.name.split(" ").reverse().join(" "), show: (row) => row.name },
  { code: "intake_page.row", value: (row) => row.row, number: true },
  { code: "intake_page.code", value: (row) => row.code },
  { code: "intake_page.birth", value: (row) => row.birth.split("/").reverse().join("-"), show: (row) => row.birth },
  { code: "intake_page.class", value: (row) => row.class_name },
  ...(group === "new" ? [] : [{ code: "intake_page.what", value: (row) => row.changes.length, show: changes, fixed: true }]),
];

/** Each field as it was and as it would be. */
function changes({ changes: found }) {
  return node("ul", { class: "plain" }, ...found.map((one) => node("li", {},
    `${text(`intake_page.field_${one.field}`)}: `, node("del", {}, one.old || text("intake_page.nothing_known")),
    " → ", node("ins", {}, one.new))));
}
