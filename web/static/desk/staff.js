// Who works at a school, and which programs may: people and keys.
import { button, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, member } from "./bench.js";
import { onSubmit, table } from "./forms.js";

const PEOPLE = ["staff.person", "staff.login", "staff.role", "staff.where", "staff.state", "staff.acts"];
const KEYS = ["staff.key_name", "staff.where", "staff.key_acts", "staff.until", "staff.state", "staff.acts"];
const ROLES = { officer: ["registrar", "principal", "auditor", "officer"], principal: ["registrar", "auditor"] };
const SCOPES = ["read", "import", "prepare"];
const find = (id) => document.getElementById(id);
let people = [];
let keys = [];

async function read() {
  const [first, second] = await Promise.all([ask("GET", "/api/desk/staff"), ask("GET", "/api/desk/keys")]);
  complain(first.trouble ?? second.trouble ?? null);
  people = first.answer ?? people;
  keys = second.answer ?? keys;
  draw();
}

function draw() {
  find("people").replaceChildren(people.length
    ? table(PEOPLE, people.map((one) => [one.name, one.login, text(`role.${one.role}`), place(one), state(one), acts(one)]))
    : node("p", {}, text("staff.nobody")));
  find("keys").replaceChildren(keys.length
    ? table(KEYS, keys.map((one) => [one.name, place(one), one.acts.map((act) => text(`act.${act}`)).join(", "),
                                     one.expires, one.ended ? text("staff.ended_at", { at: one.ended }) : used(one), ending(one)]))
    : node("p", {}, text("staff.no_keys")));
  const chosen = find("role").value;
  find("role").replaceChildren(...(ROLES[member.role] ?? []).map((role) =>
    node("option", { value: role, selected: role === chosen ? "" : null }, text(`role.${role}`))));
  const ticked = new FormData(find("key")).getAll("act");
  find("scopes").replaceChildren(...SCOPES.map((act) => node("label", { class: "tick" },
    node("input", { type: "checkbox", name: "act", value: act, checked: ticked.includes(act) ? "" : null }),
    node("span", {}, text(`act.${act}`)))));
  for (const one of document.querySelectorAll("[data-city]")) one.hidden = member.school !== null;
}

const place = ({ school, school_name }) => (school === null ? text("staff.city") : school_name ?? String(school));
const used = (key) => (key.seen ? text("staff.seen_at", { at: key.seen }) : text("staff.never_seen"));

function state(one) {
  if (one.ended) return text("staff.ended_at", { at: one.ended });
  if (one.is_new) return text("staff.is_new");
  return text(one.has_factor ? "staff.has_factor" : "staff.has_no_factor");
}

function acts(one) {
  if (!one.mine) return "";
  return node("div", { class: "below" },
    button(text("staff.sign_out"), () => act(one, "sign-out", "staff.sign_out_sure", "staff.signed_out"), "quiet"),
    button(text("staff.reset"), () => reset(one), "quiet"),
    button(text("staff.end"), () => act(one, "end", "staff.end_sure", "staff.ended_now"), "quiet"));
}

function ending(one) {
  return one.ended ? "" : button(text("staff.key_end"), async () => {
    if (!window.confirm(text("staff.key_end_sure", one))) return;
    await done(await ask("DELETE", `/api/desk/keys/${one.id}`), text("staff.key_ended_now"), "keys-title");
  }, "quiet");
}

async function reset(one) {
  if (!window.confirm(text("staff.reset_sure", one))) return;
  const found = await ask("POST", `/api/desk/staff/${one.account}/reset`);
  complain(found.trouble ?? null);
  if (found.answer) tell(text("staff.told_password", found.answer), found.answer.password);
  await read();
}

async function act(one, what, sure, over) {
  if (!window.confirm(text(sure, one))) return;
  await done(await ask("POST", `/api/desk/staff/${one.account}/${what}`), text(over, one), "people-title");
}

async function done(found, sentence, heading) {
  await read();
  complain(found.trouble ?? null);
  if (!found.trouble) announce(sentence);
  find(heading).focus();
}

/** Show a secret once, until it was passed on. */
function tell(sentence, secret) {
  find("told-what").textContent = sentence;
  find("told-secret").textContent = secret;
  find("told").hidden = false;
  find("told").focus();
}

enter(async () => {
  find("told-done").addEventListener("click", () => {
    find("told").hidden = true;
    find("told-secret").textContent = "";
    find("people-title").focus();
  });
  onSubmit("add", (given) => ["POST", "/api/desk/staff", Object.fromEntries(given)], async (answer) => {
    find("add-details").open = false;
    tell(text("staff.told_password", answer), answer.password);
    await read();
  });
  onSubmit("key", (given) => ["POST", "/api/desk/keys", {
    name: given.get("name"), days: Number(given.get("days")), acts: given.getAll("act"), school: given.get("school"),
  }], async (answer) => {
    find("key-details").open = false;
    tell(text("staff.told_key"), answer.key);
    await read();
  });
  await read();
}, draw);
