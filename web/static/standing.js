// How far a list is: its progress, how many rows came to what, and the rows that are to be mended.
import { node, sign } from "./nodes.js";
import { said, text } from "./texts.js";
import { localTime } from "./times.js";

const KINDS = { VALID: "passed", INVALID: "failed", UNDETERMINED: "unknown", NOT_FOUND: "unknown", FAULT: "stopped" };
const find = (id) => document.getElementById(id);

/** Draw what the server told of the list; `silence` (a function, or null) says why it is not newer. */
export function drawStanding(told, name, silence) {
  const { done, checked, total } = told;
  find("state").textContent = text(done ? "list.done" : "list.checking", { checked, total });
  find("name").textContent = name;
  find("progress").hidden = done;
  Object.assign(find("progress"), { max: total, value: checked });
  find("silence").hidden = !silence;
  find("silence").textContent = silence ? silence() : "";
  find("counts").replaceChildren(...counted(told).map(([kind, count]) => line(kind, count)));
  find("counts").hidden = !checked;
  for (const id of ["xlsx", "csv"]) find(id).hidden = !done;
  find("delete").textContent = text(done ? "list.delete" : "list.cancel");
  find("kept").textContent = done
    ? text("list.kept", { time: localTime(new Date(told.forgotten * 1000)) }) : text("list.reload");
  find("faults").replaceChildren(...faults(told));
}

/** The list's end in one sentence, for whom hears it. */
export function summary(told) {
  const parts = counted(told).map(([kind, count]) => `${count} ${label(kind)}`);
  return `${text("list.done", told)}. ${parts.join(", ")}.`;
}

const label = (kind) => text(`list.count_${kind.toLowerCase()}`);
const counted = ({ counts }) => Object.keys(KINDS).filter((kind) => counts[kind]).map((kind) => [kind, counts[kind]]);

function line(kind, count) {
  return node("li", { "data-verdict": kind }, sign(KINDS[kind]), node("div", {},
    node("p", { class: "count" }, node("strong", {}, String(count)), ` ${label(kind)}`),
    node("p", { class: "small" }, text(`list.about_${kind.toLowerCase()}`))));
}

function faults({ faults: shown, counts }) {
  if (!shown.length) return [];
  const lines = shown.map((fault) => node("li", {},
    node("strong", {}, [`${text("list.column_row")} ${fault.row}`, fault.column, fault.label].filter(Boolean).join(" · ")),
    node("span", {}, said(fault.text))));
  const more = counts.FAULT > shown.length
    ? node("p", { class: "small" }, text("list.more_faults", { shown: shown.length, count: counts.FAULT })) : null;
  return [node("section", { class: "card", "aria-labelledby": "faults-title" },
    node("h2", { id: "faults-title" }, text("list.faults")),
    node("ul", { class: "faults" }, ...lines), more)];
}
