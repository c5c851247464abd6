// Forms and tables of the staff pages, small as they are.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { ask, complain } from "./bench.js";

const find = (id) => document.getElementById(id);

/** Send a form once: `made` turns what was filled in into `[method, path, body]`; then `done`. */
export function onSubmit(id, made, done) {
  const form = find(id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("[type=submit]");
    complain(null, `${id}-trouble`);
    button.disabled = true;
    const found = await ask(...made(new FormData(form)));
    button.disabled = false;
    if (found.trouble) {
      complain(found.trouble, `${id}-trouble`);
      form.querySelector("input, select").focus();
      return;
    }
    form.reset();
    done(found.answer);
  });
}

/** A table whose rows become blocks on a narrow screen; `columns` are codes of headings. */
export function table(columns, rows) {
  const cells = (row) => row.map((value, at) => node("td", { "data-column": text(columns[at]) }, value ?? ""));
  return node("table", { class: "log" },
    node("thead", {}, node("tr", {}, ...columns.map((code) => node("th", { scope: "col" }, text(code))))),
    node("tbody", {}, ...rows.map((row) => node("tr", {}, ...cells(row)))));
}
