// The report page: a form, the ticket that it gives, and the state of a report by its code. What it
// is about comes from the check page through sessionStorage, never through an address:
//   sessionStorage["report"] = { verdict, reason, digests: [leaf hash…], serial, register_no,
//                                school_name, send? }
// `send` is the text that was verified, so that it can be verified anew. All members may be missing.
import { node } from "./nodes.js";
import { frame, said, text } from "./texts.js";

const SUBJECT = "report";
const PATIENCE = 30_000; // milliseconds for an answer
const PLACES = { "report.contact": "contact", "report.empty": "message" }; // what to mend, and where
const STATES = ["received", "looking", "asked_school", "closed"];
const find = (id) => document.getElementById(id);

let subject = taken();
let key = drawn();
let ticket = null; // the answer to the report that was sent
let state = null; // the answer to a question for the state

/** What the check page left, checked again: another page of this site could have written it. */
function taken() {
  try {
    const found = JSON.parse(sessionStorage.getItem(SUBJECT) ?? "null");
    if (typeof found !== "object" || found === null) return null;
    const words = (value, limit) => (typeof value === "string" ? value.slice(0, limit) : "");
    const digest = words(found.digests?.[0] ?? found.digest, 64);
    const reason = words(found.reason, 40);
    return {
      send: words(found.send, 65_536),
      digest: /^[0-9a-f]{64}$/.test(digest) ? digest : "",
      reason: /^[a-z_]+$/.test(reason) ? reason : "",
      number: words(found.serial, 64) || words(found.register_no, 64),
      school: words(found.school_name, 200),
    };
  } catch {
    return null;
  }
}

/** A name for this report, so that pressing twice gives one ticket. */
function drawn() {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function day(iso) {
  return iso.split("-").reverse().join("/");
}

function say(id, sentence) {
  find(id).hidden = !sentence;
  find(id).textContent = sentence ?? "";
}

function rows(list) {
  return list.filter(([, value]) => value)
    .map(([code, value]) => node("div", {}, node("dt", {}, text(code)), node("dd", {}, value)));
}

function draw() {
  find("about").hidden = !subject;
  find("paper").hidden = Boolean(subject?.number);
  if (subject) {
    const shown = subject.reason ? text(`headline.${subject.reason}`) : "";
    find("subject").replaceChildren(...rows([
      ["report.shown", shown], ["report.number_short", subject.number], ["field.school", subject.school],
    ]));
  }
  if (ticket) {
    const halves = [ticket.grouped.slice(0, 9), ticket.grouped.slice(10)]; // a line breaks between them
    find("code").replaceChildren(node("span", {}, halves[0]), " ", node("span", {}, halves[1]));
    find("due").textContent = text("report.due_on", { deadline: day(ticket.deadline) });
    find("where").textContent = text("report.where", { address: location.host + location.pathname });
  }
  find("copied").textContent = "";
  find("state").replaceChildren(...(state ? progress(state) : []));
}

function progress(found) {
  const at = STATES.indexOf(found.state);
  const steps = STATES.filter((one) => one !== "asked_school" || found.state === one);
  return [
    node("p", { class: "state" }, said(found.state_name)),
    node("ol", { class: "steps", "aria-hidden": "true" }, ...steps.map((one) =>
      node("li", { "data-done": STATES.indexOf(one) <= at ? "yes" : "no" }, text(`report_state.${one}`)))),
    node("dl", {}, ...rows([
      ["report_column.kind", said(found.kind_name)],
      ["report.received_on", day(found.received)],
      ["report.changed_on", day(found.changed)],
      ["report_column.deadline", day(found.deadline)],
    ])),
    node("h3", {}, text("report_column.answer")),
    ...(found.answer || text("report.no_answer_yet")).split("\n").filter(Boolean)
      .map((line) => node("p", {}, line)),
  ];
}

async function ask(address, body) {
  let answer;
  try {
    const response = await fetch(address, {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
      cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
    });
    answer = await response.json();
  } catch {
    return { trouble: () => text("report.lost") };
  }
  if (answer.ticket) return { answer };
  return { code: answer.code, trouble: () => said({ vi: answer.detail, en: answer.detail_en }) };
}

async function send(event) {
  event.preventDefault();
  const given = new FormData(find("form"));
  const button = event.submitter ?? find("form").querySelector("[type=submit]");
  say("form-trouble", null);
  button.disabled = true;
  const paper = subject?.number ? subject : Object.fromEntries(given);
  const { answer, code, trouble } = await ask("/api/reports", {
    key, kind: given.get("kind"), text: subject?.send ?? "", digest: subject?.digest ?? "",
    reason: subject?.reason ?? "", number: paper.number, school: paper.school,
    message: given.get("message"), contact: given.get("contact"),
  });
  button.disabled = false;
  if (trouble) {
    complain("form-trouble", trouble);
    return find(PLACES[code] ?? "form-trouble").focus();
  }
  ticket = answer;
  subject = null;
  forget();
  show("ticket");
}

async function lookUp(event) {
  event.preventDefault();
  const code = find("status-code").value.trim();
  say("status-trouble", null);
  state = null;
  draw();
  const { answer, trouble } = await ask("/api/reports/status", { code });
  if (trouble) {
    complain("status-trouble", trouble);
    return find("status-code").focus();
  }
  state = answer;
  return draw();
}

let complaint = () => {};

function complain(place, trouble) {
  complaint = () => say(place, find(place).hidden ? null : trouble());
  say(place, trouble());
}

function forget() {
  try {
    sessionStorage.removeItem(SUBJECT);
  } catch {
    // Where there is no storage, nothing was left in it.
  }
}

function show(section) {
  find("asking").hidden = section !== "asking";
  find("ticket").hidden = section !== "ticket";
  draw();
  window.scrollTo(0, 0);
  find(section === "ticket" ? "ticket-title" : "title").focus();
}

function another() {
  key = drawn();
  ticket = null;
  find("form").reset();
  show("asking");
}

async function copy() {
  try {
    await navigator.clipboard.writeText(ticket.grouped);
    find("copied").textContent = text("report.copied");
  } catch {
    // Not allowed: the code is selected, so that it can be copied by hand.
    getSelection().selectAllChildren(find("code"));
    find("copied").textContent = text("report.copy_by_hand");
  }
}

function wire() {
  find("form").addEventListener("submit", send);
  find("status-form").addEventListener("submit", lookUp);
  find("copy").addEventListener("click", copy);
  find("print").addEventListener("click", () => window.print());
  find("another").addEventListener("click", another);
}

// What was just found valid is reported for a mistake in it, if anything.
if (subject?.reason === "valid") document.querySelector("[value=mistake]").checked = true;
frame(() => {
  draw();
  complaint();
});
wire();
draw();
