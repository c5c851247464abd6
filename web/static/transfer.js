// The parents' page: a transfer code in, and how far the transfer has come in plain words. The code
// goes into the body of a request to this site and nowhere else; nothing is kept.
import { card, node } from "./nodes.js";
import { plainly } from "./plainly.js";
import { frame, said, text } from "./texts.js";

const STATUS = "/api/transfers/status";
const PATIENCE = 30_000; // milliseconds for an answer
const WAY = ["requested", "sealed", "received", "accepted"];
const find = (id) => document.getElementById(id);

let found = null; // the newest answer
let complaint = null; // the sentence that is shown, when called

function draw() {
  find("trouble").hidden = !complaint;
  find("trouble").textContent = complaint?.() ?? "";
  find("state").hidden = !found;
  find("state").replaceChildren(...(found ? progress(found) : []));
}

function progress(held) {
  return [
    node("div", { class: "card first" },
      node("h2", { id: "state-title", tabindex: "-1" }, said(held.name)),
      facts([
        ["transfer.number", held.id], ["transfer.from", held.from_school], ["transfer.to", held.to_school],
        ["transfer.class", held.class_name], ["transfer.starts", day(held.starts)], ["transfer.why", held.reason],
      ]),
      node("h3", {}, text("transfer.way")),
      node("ol", { class: "steps" }, ...way(held).map(step))),
    card(text("transfer.what_next"), "action", node("p", {}, said(held.next)),
      node("h3", {}, text("transfer.whom")),
      node("p", {}, text("transfer.whom_text", { school: plainly(held.ask), name: held.id }))),
  ];
}

/** The steps that were taken, with their days, and those that are still ahead. */
function way({ steps, state }) {
  const taken = steps.map((one) => ({ state: one.state, on: one.on }));
  const last = WAY.indexOf(state);
  return last < 0 ? taken : [...taken, ...WAY.slice(last + 1).map((one) => ({ state: one, on: null }))];
}

function step({ state, on }) {
  return node("li", { "data-done": on ? "yes" : "no" }, text(`transfer_state.${state}`),
    node("br"), node("span", { class: "small" }, on ? day(on) : text("transfer.ahead")));
}

function facts(rows) {
  return node("dl", { class: "facts" }, ...rows.filter(([, value]) => value).map(([code, value]) =>
    node("div", {}, node("dt", {}, text(code)), node("dd", {}, plainly(value)))));
}

function day(iso) {
  return iso ? iso.split("-").reverse().join("/") : null;
}

async function ask(code) {
  try {
    const response = await fetch(STATUS, {
      method: "POST", body: JSON.stringify({ code }), headers: { "Content-Type": "application/json" },
      cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    const body = await response.json();
    if (response.ok) return { answer: body };
    return { trouble: () => said({ vi: body.detail, en: body.detail_en }) };
  } catch {
    return { trouble: () => text("transfer.lost") };
  }
}

async function look(event) {
  event.preventDefault();
  const code = find("code").value.trim();
  found = null;
  complaint = code ? null : () => text("transfer.empty");
  draw();
  if (code) {
    find("ask").disabled = true;
    const { answer, trouble } = await ask(code);
    find("ask").disabled = false;
    [found, complaint] = [answer ?? null, trouble ?? null];
    draw();
  }
  find(found ? "state-title" : "code").focus();
}

/** Grouped by four as it was printed, once it is all there. */
function tidy() {
  const typed = find("code").value.replace(/[\s-]/g, "").toUpperCase();
  if (/^[0-9A-Z]{20}$/.test(typed)) find("code").value = typed.match(/.{4}/g).join(" ");
}

frame(draw);
find("form").addEventListener("submit", look);
find("code").addEventListener("input", tidy);
