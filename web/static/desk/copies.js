// Certified copies: find the line, ask for a copy of it, hand it over; the copy register as a list.
// The principal approves a copy on the page of its order.
import { button, node } from "../nodes.js";
import { save } from "../saving.js";
import { site, text } from "../texts.js";
import { announce, ask, complain, enter, may } from "./bench.js";
import { empty } from "./empty.js";
import { form } from "./form.js";
import { signing } from "./signers.js";
import { table, whole } from "./table.js";

const find = (id) => document.getElementById(id);
const state = { book: null, found: null, chosen: null, order: null };

/** A birth as typed (07/02/1965, 02/1965, 1965, 00/00/1965) in ISO; "" for what is none. */
function iso(typed) {
  const parts = typed.trim().split("/").reverse();
  if (!parts.every((part) => /^[0-9]{1,4}$/.test(part)) || parts[0].length !== 4) return "";
  return parts.filter((part) => Number(part)).map((part) => part.padStart(2, "0")).join("-");
}

function searching() {
  return form({
    submit: "copies.search",
    fields: [
      { name: "number", code: "copies.number", hint: "copies.number_hint" },
      { name: "name", code: "copies.name" },
      { name: "birth", code: "copies.birth", hint: "copies.birth_hint", attributes: { inputmode: "numeric" } },
    ],
    async send({ number, name, birth }) {
      if (!number.trim() && !(name.trim() && iso(birth))) {
        return { faults: { [name.trim() ? "birth" : "number"]: () => text("copies.needed") } };
      }
      const asked = number.trim() ? { number: number.trim() } : { name: name.trim(), birth: iso(birth) };
      const { answer, trouble } = await ask("POST", "/api/desk/copies/search", asked);
      if (!answer) return { trouble };
      Object.assign(state, { found: answer, chosen: answer.length === 1 ? answer[0] : null, order: null });
      drawFound();
      find("found").focus();
      announce(text("copies.found", { count: answer.length }));
      return null;
    },
  });
}

const LINES = [
  { code: "copies.name", value: (line) => line.name },
  { code: "copies.birth", value: (line) => line.birth.split("/").reverse().join("-"), show: (line) => whole(line.birth) },
  { code: "copies.document", value: (line) => line.document },
  { code: "copies.issuer", value: (line) => line.issuer },
  { code: "copies.year", value: (line) => line.year, number: true },
  { code: "copies.register_no", value: (line) => line.register_no, show: (line) => whole(line.register_no) },
  { code: "copies.serial", value: (line) => line.serial, show: (line) => whole(line.serial) },
  { code: "copies.state", value: (line) => text(`copies.lane_${line.lane}`) },
];

function drawFound() {
  const { found, chosen, order } = state;
  find("found").hidden = !found;
  if (!found) return;
  const parts = [node("h2", {}, text("copies.found", { count: found.length }))];
  if (!found.length) parts.push(node("p", {}, text("copies.found_none")));
  else {
    const lines = table({ caption: "copies.lines", columns: LINES,
                          open: (line) => (line.lane === "active" ? () => choose(line) : null) });
    lines.draw(found);
    parts.push(lines.element);
  }
  if (order) {
    parts.push(node("p", { class: "notice", role: "status" }, text("copies.waits"), " ",
      node("a", { href: `${site.desk.order}#${order}` }, text("copies.to_order"))));
  } else if (chosen?.lane === "active") parts.push(requesting(chosen));
  find("found").replaceChildren(...parts);
}

function choose(line) {
  state.chosen = line;
  state.order = null;
  drawFound();
  find("found").querySelector("form input")?.focus();
}

function requesting(line) {
  const capacities = state.book?.capacities ?? [];
  const article = node("p", { class: "small", id: "article" });
  const made = form({
    submit: "copies.ask",
    fields: [
      { name: "applicant", code: "copies.applicant", value: line.name, attributes: { maxlength: "100", autocomplete: "off" } },
      { name: "capacity", code: "copies.capacity", type: "select",
        options: capacities.map(({ capacity }) => [capacity, text(`copy.${capacity}`)]), value: "holder" },
      { name: "proof", code: "copies.proof", attributes: { maxlength: "200" } },
      { name: "fee", code: "copies.fee", value: "0", attributes: { inputmode: "numeric" } },
      { name: "dossier", code: "copies.dossier", hint: "copies.dossier_hint", attributes: { maxlength: "64" } },
      { name: "count", code: "copies.count", value: "1", attributes: { inputmode: "numeric", maxlength: "2" } },
      signing(state.book?.signers ?? []),
    ],
    async send(given) {
      const fee = Number(given.fee.replaceAll(".", ""));
      if (!Number.isInteger(fee) || fee < 0) return { faults: { fee: () => text("copies.fee_wrong") } };
      const { type, school, register_no, version } = line;
      const { answer, trouble } = await ask("POST", "/api/desk/copies", {
        type, school, register_no, version, applicant: given.applicant.trim(), capacity: given.capacity,
        proof: given.proof.trim(), fee, dossier: given.dossier.trim(), count: Number(given.count) || 1,
        signer: given.signer,
      });
      if (!answer) return { trouble };
      state.order = answer.order;
      drawFound();
      announce(text("copies.waits"));
      return null;
    },
  });
  const chooser = made.elements.capacity;
  const say = () => {
    const rule = capacities.find(({ capacity }) => capacity === chooser.value);
    article.textContent = rule ? `${rule.article} · ${rule.proof}` : "";
  };
  chooser.addEventListener("change", say);
  say();
  return node("section", { class: "card" },
    node("h3", {}, text("copies.of", { name: line.name, register_no: line.register_no })), article, made);
}

const BOOK = [
  { code: "copies.copy_no", value: (copy) => copy.number, show: (copy) => whole(copy.number) },
  { code: "copies.name", value: (copy) => copy.holder },
  { code: "copies.original", value: (copy) => copy.of, show: (copy) => whole(copy.of) },
  { code: "copies.issued", value: (copy) => copy.issued.split("/").reverse().join("-"), show: (copy) => whole(copy.issued) },
  { code: "copies.applicant", value: (copy) => `${copy.applicant} (${text(`copy.${copy.capacity}`)})` },
  { code: "copies.fee", value: (copy) => copy.fee, show: (copy) => copy.fee.toLocaleString("vi-VN"), number: true },
  { code: "copies.state", value: standing },
  { code: "copies.paper", value: () => "", fixed: true, show: (copy) => (may("deliver") && copy.lane === "active" && copy.standing === "active"
    ? button(text("copies.take"), () => take(copy), "link") : "–") },
];

/** A copy stands as its original does, if it was not withdrawn alone. */
function standing({ lane, standing: original }) {
  if (lane === "active" && original !== "active") return text("copies.original_ended", { state: text(`copies.lane_${original}`) });
  return text(`copies.lane_${lane}`);
}

async function take({ number }) {
  const { answer, trouble } = await ask("GET", `/api/desk/copies/paper?number=${encodeURIComponent(number)}`);
  complain(trouble ?? null);
  if (answer) save(answer.blob, answer.file);
}

function drawBook() {
  const { copies } = state.book;
  const shown = copies.length ? table({ caption: "copies.book", columns: BOOK }) : null;
  shown?.draw(copies);
  find("book").replaceChildren(node("h2", {}, text("copies.book")),
    shown?.element ?? empty({ title: "copies.none", lead: "copies.none_lead" }));
}

function draw() {
  if (!state.book) return;
  find("search").hidden = !may("copy");
  if (may("copy")) find("search").replaceChildren(node("h2", {}, text("copies.find")), searching());
  drawFound();
  drawBook();
}

async function read() {
  const { answer, trouble } = await ask("GET", "/api/desk/copies");
  complain(trouble ?? null);
  if (!answer) return;
  state.book = answer;
  draw();
}

enter(read, draw);
