// The inventory of blanks: how the year balances, what lies where, what was done; and to receive,
// spoil and destroy, for whoever may.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, may, member } from "./bench.js";
import { empty } from "./empty.js";
import { form, select } from "./form.js";
import { table } from "./table.js";

const find = (id) => document.getElementById(id);
const BALANCE = ["opening", "received", "used", "spoiled", "destroyed", "closing"];
const ASIDE = ["under_way", "spoiled_kept"];
const ACTS = {
  received: ["document"],
  spoiled: ["reason"],
  destroyed: ["document", "council"],
};
const TYPE = "thpt-diploma";
let found = null;

async function read(school, year = new Date().getFullYear(), said = "") {
  const { answer, trouble } = await ask("POST", "/api/desk/blanks/stock", { school, type: TYPE, year });
  complain(trouble ?? null);
  if (!answer) return;
  found = answer;
  draw();
  if (said) announce(said);
}

function acting(act) {
  const wide = { maxlength: "200", autocomplete: "off" };
  const narrow = { maxlength: "40", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" };
  const filled = (given) => Object.fromEntries(Object.entries(given)
    .filter(([name, value]) => name !== "last" && !value.trim()).map(([name]) => [name, () => text("blanks.needed")]));
  const made = form({
    fields: [
      { name: "first", code: "blanks.first", hint: "blanks.first_hint", attributes: narrow },
      { name: "last", code: "blanks.last", hint: "blanks.last_hint", attributes: narrow },
      ...ACTS[act].map((name) => ({ name, code: `blanks.${act}_${name}`, attributes: wide })),
      { name: "on", code: "blanks.on", value: found.today, attributes: { maxlength: "10", inputmode: "numeric" } },
    ],
    submit: `blanks.do_${act}`,
    send: async (given) => {
      const faults = filled(given);
      if (Object.keys(faults).length) return { faults };
      const about = { ...given, on: given.on.trim(), school: found.school, type: TYPE };
      const { answer, trouble } = await ask("POST", `/api/desk/blanks/${act}`, about);
      if (trouble) return { trouble };
      await read(found.school, found.year, text(`blanks.done_${act}`, answer));
      return null;
    },
  });
  return node("details", { class: "card" }, node("summary", {}, text(`blanks.do_${act}`)), made);
}

function drawWhich() {
  const parts = [];
  if (found.schools.length > 1) {
    const schools = found.schools.map((one) => [one.school, one.name]);
    parts.push(select("school", "register_book.school", [["", "–"], ...schools], found.school ?? "",
      (value) => value && read(Number(value), found.year)));
  }
  if (found.school !== null) {
    const now = new Date().getFullYear();
    const years = Array.from({ length: 10 }, (_, at) => [now - at, String(now - at)]);
    parts.push(select("year", "blanks.year", years, found.year, (value) => read(found.school, Number(value))));
  }
  find("which").replaceChildren(node("div", { class: "choosing" }, ...parts));
}

function fact(name) {
  return node("div", {}, node("dt", {}, text(`blanks.sum_${name}`)), node("dd", {}, String(found.balance[name])));
}

function drawStock() {
  const doing = may("blanks") ? Object.keys(ACTS).map(acting) : [];
  if (!found.keeps) {
    return find("stock").replaceChildren(empty({ title: "blanks.nothing", lead: "blanks.nothing_lead" }), ...doing.slice(0, 1));
  }
  const grid = table({
    caption: "blanks.stock",
    columns: [
      { code: "blanks.column_blanks", value: (one) => one.blanks },
      { code: "blanks.column_count", value: (one) => one.count, number: true },
      { code: "blanks.column_fate", value: (one) => text(`blanks.${one.fate}`) },
    ],
  });
  grid.draw(found.spans);
  find("stock").replaceChildren(
    node("section", { class: "card" }, node("h2", {}, text("blanks.of_year", { year: String(found.year) })),
      node("dl", { class: "sums" }, ...BALANCE.map(fact)), node("dl", { class: "sums" }, ...ASIDE.map(fact))),
    ...doing, node("h2", {}, text("blanks.stock")), grid.element);
}

function drawActs() {
  if (!found.keeps) return find("acts").replaceChildren();
  const grid = table({
    caption: "blanks.acts",
    columns: [
      { code: "blanks.on", value: (one) => one.on.split("/").reverse().join(""), show: (one) => one.on },
      { code: "blanks.column_act", value: (one) => text(`blanks.act_${one.fate}`) },
      { code: "blanks.column_blanks", value: (one) => one.blanks },
      { code: "blanks.column_count", value: (one) => one.count, number: true },
      { code: "blanks.column_by", value: (one) => one.by },
      { code: "blanks.column_why", value: (one) => one.why },
    ],
  });
  grid.draw(found.acts);
  find("acts").replaceChildren(node("h2", {}, text("blanks.acts")), grid.element);
}

function draw() {
  drawWhich();
  if (found.school === null) {
    find("acts").replaceChildren();
    return find("stock").replaceChildren(empty({ title: "register_book.choose", lead: "register_book.choose_lead" }));
  }
  drawStock();
  drawActs();
}

enter(() => read(member.school), () => found && draw());
