// A form whose faults stand beside their fields and, summed up with links to them, above it.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { DAY, day, tidied, typedDay } from "./days.js";

let forms = 0;

/**
 * @param fields each `{ name, code, hint?, type?, options?, value?, attributes? }`: codes of label and
 *   hint; `type` as of an input, "textarea", "select" (options `[value, text]`), "checkbox" or "day", which
 *   is typed dd/mm/yyyy and sent as an ISO day
 * @param submit the code on its button; `quiet` makes that a lesser one
 * @param send `async (values)`, which may return `{ trouble, faults, places }`: a sentence when called, such
 *   by the name of the field that it is about, and such about places in a file
 * @returns the form; it is disabled while `send` works
 */
export function form({ fields, submit, send, quiet = false }) {
  const prefix = `form-${(forms += 1)}`;
  const summary = node("div", { class: "notice", "data-tone": "invalid", role: "alert", tabindex: "-1", hidden: "" });
  const press = node("button", { type: "submit", class: quiet ? "quiet" : "main" }, text(submit));
  const made = node("form", { class: "fields", novalidate: "" }, summary,
    ...fields.map((field) => labelled(field, prefix)), press);

  function show({ trouble = null, faults = {}, places = [] } = {}) {
    for (const { name } of fields) {
      const input = made.elements[name];
      const said = made.querySelector(`#${prefix}-${name}-fault`);
      said.textContent = faults[name]?.() ?? "";
      said.hidden = !faults[name];
      if (faults[name]) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    const wrong = fields.filter(({ name }) => faults[name]);
    summary.hidden = !trouble && !wrong.length;
    summary.replaceChildren(
      node("p", {}, trouble ? trouble() : text("desk.to_mend", { count: wrong.length })),
      node("ul", {}, ...wrong.map(({ name, code }) => node("li", {}, to(made.elements[name], text(code)))),
        ...places.map((place) => node("li", {}, place()))));
    if (!summary.hidden) summary.focus();
  }

  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const none = noDays(made, fields);
    if (none) return show({ faults: none });
    press.disabled = true;
    const found = await send(values(made, fields));
    press.disabled = false;
    return show(found ?? {});
  });
  return made;
}

/** A list outside of any form, which acts when something else is chosen: `chosen(value)`. */
export function select(id, code, options, value, chosen) {
  const made = node("select", { id }, ...options.map(([one, said]) => node("option", { value: one }, said)));
  made.value = value;
  made.addEventListener("change", () => chosen(made.value));
  return node("div", {}, node("label", { for: id }, text(code)), made);
}

/** What to say of fields for days that hold something else; null where there is none. */
function noDays(made, fields) {
  const wrong = fields.filter(({ name, type }) => type === "day"
    && made.elements[name].value.trim() && !typedDay(made.elements[name].value));
  return wrong.length ? Object.fromEntries(wrong.map(({ name }) =>
    [name, () => text("date.invalid", { found: made.elements[name].value.trim() })])) : null;
}

function values(made, fields) {
  const value = { checkbox: (input) => input.checked, day: (input) => typedDay(input.value) ?? "" };
  return Object.fromEntries(fields.map(({ name, type }) =>
    [name, (value[type] ?? ((input) => input.value))(made.elements[name])]));
}

function to(input, said) {
  const link = node("a", { href: `#${input.id}` }, said);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    input.focus();
  });
  return link;
}

function labelled({ name, code, hint = null, type = "text", options = [], value = "", attributes = {} }, prefix) {
  const id = `${prefix}-${name}`;
  const about = { id, name, "aria-describedby": `${hint ? `${id}-hint ` : ""}${id}-fault`, ...attributes };
  const input = type === "textarea" ? node("textarea", { rows: "3", ...about })
    : type === "select" ? node("select", about, ...options.map(([one, said]) => node("option", { value: one }, said)))
      : type === "day" ? tidied(node("input", { type: "text", ...DAY, ...about }))
        : node("input", { type, ...about });
  if (type === "checkbox") input.checked = Boolean(value);
  else input.value = type === "day" && value ? day(value) : value;
  const said = node("p", { class: "fault", id: `${id}-fault`, hidden: "" });
  const hinted = hint ? node("p", { class: "small", id: `${id}-hint` }, text(hint)) : null;
  if (type === "checkbox") return node("div", {}, node("label", { class: "choice" }, input, text(code)), hinted, said);
  return node("div", {}, node("label", { for: id }, text(code)), hinted, input, said);
}
