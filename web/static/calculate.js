// The page of calculators: choose one, fill it in, see the result with its steps. The server works
// everything out, by the rules that intake and verification use; nothing is kept, here or there.
import { drawFaults, drawResults } from "./calculated.js";
import { FORMS } from "./calculators.js";
import { fill, paste, typed } from "./cells.js";
import { frame, said, text } from "./texts.js";

const PATIENCE = 30_000; // milliseconds for an answer
const find = (id) => document.getElementById(id);

let which = FORMS[location.hash.slice(1)] ? location.hash.slice(1) : "subject";
let kept = {}; // what was typed, by key: stays when the language or the form changes
let answer = null; // the last results
let refusal = null; // the last problem
let asked = ""; // the body that was answered

function draw() {
  const form = FORMS[which];
  for (const button of document.querySelectorAll("[data-which]")) {
    button.setAttribute("aria-pressed", String(button.dataset.which === which));
  }
  find("form-title").textContent = text(`calculate.${which}_title`);
  find("form-hint").textContent = text(`calculate.${which}_hint`);
  find("when").replaceChildren(...form.when(kept));
  fill(find("when"), kept);
  drawCells();
  if (refusal) complain();
  if (answer) drawResults(find("results"), answer);
}

/** The part of a form that depends on the year and grade chosen. */
function drawCells() {
  keep();
  const { rules, cells } = FORMS[which].cells(kept);
  find("rules").textContent = rules ? text("calculate.by_rules", { circular: rules }) : text("calculate.no_rules");
  find("cells").replaceChildren(...cells);
  find("form").querySelector("[type=submit]").disabled = !rules;
  fill(find("form"), kept);
}

function keep() {
  kept = { ...kept, ...typed(find("form")) };
}

function choose(name) {
  keep();
  which = name;
  history.replaceState(null, "", `#${name}`);
  forget();
  draw();
}

function forget() {
  answer = refusal = null;
  asked = "";
  find("trouble").hidden = true;
  find("changed").hidden = true;
  find("results").replaceChildren(Object.assign(document.createElement("p"), {
    className: "small", textContent: text("calculate.empty"),
  }));
}

async function send(event) {
  event.preventDefault();
  keep();
  const body = JSON.stringify(FORMS[which].body(kept));
  const button = find("form").querySelector("[type=submit]");
  forget();
  drawFaults(find("form"), []);
  button.disabled = true;
  const told = await ask(which, body);
  button.disabled = false;
  if (!told.results) {
    refusal = told;
    complain();
    const faulty = find("form").querySelector("[aria-invalid=true]") ?? find("trouble");
    return faulty.focus();
  }
  answer = told;
  asked = body;
  drawResults(find("results"), answer);
  return find("answer-title").focus();
}

async function ask(name, body) {
  try {
    const response = await fetch(`/api/calculate/${name}`, {
      method: "POST", body, headers: { "Content-Type": "application/json" }, cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return await response.json();
  } catch {
    return {};
  }
}

function complain() {
  const faults = refusal.faults ?? [];
  const placed = drawFaults(find("form"), faults);
  const rest = faults.filter((fault) => !placed.has(fault)).map((fault) => said(fault.text));
  const whole = refusal.detail ? said({ vi: refusal.detail, en: refusal.detail_en }) : text("calculate.lost");
  find("trouble").textContent = faults.length
    ? [text("calculate.to_mend", { count: faults.length }), ...rest].join(" ") : whole;
  find("trouble").hidden = false;
}

/** A cell that changes makes the result one of other cells: it says so. */
function changed() {
  keep();
  find("changed").hidden = !answer || JSON.stringify(FORMS[which].body(kept)) === asked;
}

function pasted(event) {
  const given = event.clipboardData?.getData("text/plain") ?? "";
  const done = paste(event.target, given, (name) => FORMS[which].row?.(kept, name, keepAndDraw));
  if (!done) return;
  event.preventDefault();
  changed();
  const { count, left } = done;
  const rows = left.slice(0, 3).join("; ");
  find("announcement").textContent = [
    text("calculate.pasted", { count }),
    ...(left.length ? [text("calculate.not_pasted", { count: left.length, rows })] : []),
  ].join(" ");
  if (left.length) {
    find("trouble").textContent = find("announcement").textContent;
    find("trouble").hidden = false;
  }
}

function keepAndDraw(more) {
  keep();
  kept = { ...kept, ...more };
  drawCells();
}

function wire() {
  for (const button of document.querySelectorAll("[data-which]")) {
    button.addEventListener("click", () => choose(button.dataset.which));
  }
  find("form").addEventListener("submit", send);
  find("form").addEventListener("input", changed);
  find("when").addEventListener("change", () => {
    forget();
    drawCells();
  });
  find("cells").addEventListener("paste", pasted);
  find("cells").addEventListener("click", (event) => {
    if (event.target.id !== "add") return;
    keepAndDraw({ added: (kept.added ?? 0) + 1 });
    [...find("cells").querySelectorAll("[data-name]")].at(-1)?.focus();
  });
  find("clear").addEventListener("click", () => {
    for (const cell of find("cells").querySelectorAll("input, select")) cell.value = "";
    kept = typed(find("when"));
    forget();
    drawFaults(find("form"), []);
    draw();
    find("form-title").focus();
  });
}

frame(draw);
wire();
draw();
