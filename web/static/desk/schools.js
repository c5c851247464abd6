// Schools for the department's officer: who may sign since when, what they are called, who follows.
import { button, card, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter } from "./bench.js";
import { form } from "./form.js";
import { table } from "./table.js";

const find = (id) => document.getElementById(id);
const LONG = { maxlength: "200", autocomplete: "off" };
let schools = [];
let one = null; // the school that is shown
let signed = null; // what was signed under a mandate that was just noted as void

const number = () => /^#(\d{1,10})$/.exec(location.hash)?.[1];

async function read(said = "") {
  const { answer, trouble } = await ask("GET", "/api/desk/schools");
  schools = answer ?? [];
  one = null;
  const found = number() && !trouble ? await ask("GET", `/api/desk/schools/${number()}`) : {};
  complain(trouble ?? found.trouble ?? null);
  one = found.answer ?? null;
  draw();
  if (said) announce(said);
  else if (one) find("name").focus();
}

function draw() {
  const grid = table({
    caption: "lifecycle.schools",
    columns: [
      { code: "lifecycle.school", value: (each) => each.name },
      { code: "lifecycle.code", value: (each) => each.code },
      { code: "lifecycle.place", value: (each) => each.place },
      { code: "lifecycle.keeper", value: (each) => each.keeper
        && text(`lifecycle.kept_${each.kind}`, { keeper: each.keeper, since: each.since, decision: each.decision }) },
    ],
    open: (each) => `#${each.school}`,
  });
  find("list").replaceChildren(grid.element, node("p", { class: "small" }, text("lifecycle.ends")));
  grid.draw(schools);
  find("school").replaceChildren(...(one ? [
    node("h2", { id: "name", tabindex: "-1" }, one.name ?? String(one.school)),
    card(text("lifecycle.terms"), "", node("ul", { class: "plain" }, ...one.terms.map(term))),
    signed ? listed() : "",
    folded("lifecycle.begin", beginning()),
    folded("lifecycle.rename", renaming()),
  ] : []));
}

function folded(code, inside) {
  return node("details", { class: "card" }, node("summary", {}, text(code)), inside);
}

function term(each) {
  const until = each.until ?? text("lifecycle.open");
  const made = node("li", {}, node("strong", {}, `${each.title} ${each.name}`), ` · ${each.since} – ${until}`,
    each.decision ? ` · ${each.decision}` : "",
    each.void_since ? node("p", { class: "fault" }, text("lifecycle.is_void", { since: each.void_since, decision: each.void_decision })) : null);
  if (!each.void_since) made.append(node("details", {}, node("summary", {}, text("lifecycle.change")),
    ...(each.until ? [] : [ending(each)]), voiding(each)));
  return made;
}

const post = (rest, body, said) => async () => {
  const { answer, trouble } = await ask("POST", `/api/desk/schools/${one.school}/${rest}`, body);
  if (trouble) return { trouble };
  signed = answer ?? null;
  await read(text(said));
  return null;
};
const trimmed = (given) => Object.fromEntries(Object.entries(given)
  .map(([name, value]) => [name, typeof value === "string" ? value.trim() : value]).filter(([, value]) => value !== ""));

function ending(each) {
  return form({ fields: [{ name: "last", code: "lifecycle.last", hint: "lifecycle.day_hint", type: "day" }],
    submit: "lifecycle.end", quiet: true, send: (given) => post("terms/end", { name: each.name, ...trimmed(given) }, "lifecycle.ended")() });
}

function voiding(each) {
  return node("div", {}, node("p", { class: "small" }, text("lifecycle.about_void")), form({
    fields: [{ name: "since", code: "lifecycle.void_from", hint: "lifecycle.day_hint", type: "day" },
             { name: "decision", code: "lifecycle.decision_no", attributes: LONG },
             { name: "decided_on", code: "lifecycle.decided_on", type: "day" }],
    submit: "lifecycle.void", quiet: true,
    send: (given) => post("terms/void", { name: each.name, ...trimmed(given) }, "lifecycle.voided")() }));
}

function beginning() {
  return form({
    fields: [{ name: "name", code: "lifecycle.person", attributes: LONG },
             { name: "title", code: "lifecycle.title", hint: "lifecycle.title_hint", attributes: LONG },
             { name: "deputy", code: "lifecycle.deputy", type: "checkbox" },
             { name: "since", code: "lifecycle.since", hint: "lifecycle.day_hint", type: "day" },
             { name: "until", code: "lifecycle.last", type: "day" },
             { name: "decision", code: "lifecycle.decision_no", hint: "lifecycle.deputy_hint", attributes: LONG }],
    submit: "lifecycle.enter_term", send: (given) => post("terms", trimmed(given), "lifecycle.begun")() });
}

function renaming() {
  return form({
    fields: [{ name: "name", code: "lifecycle.new_name", attributes: LONG },
             { name: "since", code: "lifecycle.since", hint: "lifecycle.day_hint", type: "day" },
             { name: "decision", code: "lifecycle.decision_no", attributes: LONG },
             { name: "place", code: "lifecycle.place", hint: "lifecycle.place_hint", attributes: LONG }],
    submit: "lifecycle.rename", send: (given) => post("name", trimmed(given), "lifecycle.renamed")() });
}

function listed() {
  return card(text("lifecycle.signed_under", { count: signed.length }), "",
    node("p", {}, text("lifecycle.decide")), node("ul", {}, ...signed.map((each) => node("li", {},
      node("a", { href: `/desk/credential#${each.school}/${each.type}/${encodeURIComponent(each.register_no)}` }, each.register_no),
      ` · ${each.serial ?? "–"} · ${each.issued} · ${text(`lifecycle.lane_${each.lane}`)}`))));
}

enter(() => read(), draw);
window.addEventListener("hashchange", () => {
  signed = null;
  read();
});
