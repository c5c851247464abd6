// Saying by hand which column holds what, where no layout was recognised.
import { card, node } from "../nodes.js";
import { text } from "../texts.js";

/** @param read called with the layout's name and our headings → the file's */
export function columns({ headings, layouts }, read) {
  const chooser = node("select", { id: "layout" },
    ...layouts.map(({ name }) => node("option", { value: name }, text(`intake_page.layout_${name}`))));
  const fields = node("div", { class: "matching" });
  const nearest = layouts.reduce((best, one) => (missing(one) < missing(best) ? one : best), layouts[0]);
  chooser.value = nearest.name;

  function draw() {
    const layout = layouts.find(({ name }) => name === chooser.value);
    fields.replaceChildren(...layout.columns.map(({ heading, needed, found }, place) => {
      const id = `column-${place}`;
      const select = node("select", { id, "data-heading": heading },
        node("option", { value: "" }, text("intake_page.columns_none")),
        ...headings.map((one) => node("option", { value: one }, one)));
      select.value = found ?? "";
      return node("div", {}, node("label", { for: id }, needed ? `${heading} *` : heading), select);
    }));
  }

  const press = node("button", { type: "submit", class: "main" }, text("intake_page.columns_go"));
  const form = node("form", { class: "fields" },
    node("label", { for: "layout" }, text("intake_page.columns_layout")), chooser, fields, press);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const named = [...fields.querySelectorAll("select")].filter(({ value }) => value);
    read(chooser.value, Object.fromEntries(named.map(({ dataset, value }) => [dataset.heading, value])));
  });
  chooser.addEventListener("change", draw);
  draw();
  return card(text("intake_page.columns_title"), "", node("p", {}, text("intake_page.columns_lead")), form);
}

const missing = ({ columns: wanted }) => wanted.filter(({ needed, found }) => needed && !found).length;
