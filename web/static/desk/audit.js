// The log of all acts, for reading: by act and day, taken away as a table or whole. Acts, their groups
// and what an entry is about are said in words; the code stands beside for whoever looks closer.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, member } from "./bench.js";
import { DAY, tidied, typedDay } from "./days.js";
import { table } from "./forms.js";

const COLUMNS = ["staff.audit_seq", "staff.audit_at", "staff.audit_actor", "staff.audit_act", "staff.audit_detail"];
const find = (id) => document.getElementById(id);
const DAYS = ["since", "until"];
let entries = [];
let groups = [];
let schools = {};
let more = false;
let chosen = ""; // the act or group that is searched for

/** What is searched for, as a query; only days and names of acts, nobody's name. */
function query() {
  const given = Object.fromEntries([...new FormData(find("search"))].filter(([, value]) => value)
    .map(([name, value]) => [name, DAYS.includes(name) ? typedDay(value) : value]));
  return new URLSearchParams(given);
}

/** Say which day is none, at its field; whether there is one. */
function wrong() {
  const none = DAYS.map(find).filter(({ value }) => value && !typedDay(value));
  for (const id of DAYS) find(id).setAttribute("aria-invalid", String(none.includes(find(id))));
  if (!none.length) return false;
  complain(() => text("date.invalid", { found: none[0].value }));
  none[0].focus();
  return true;
}

async function read(before = null) {
  if (wrong()) return;
  const asked = query();
  find("table").href = `/api/desk/audit/table?${asked}`;
  if (before) asked.set("before", before);
  const { answer, trouble } = await ask("GET", `/api/desk/audit?${asked}`);
  complain(trouble ?? null);
  if (!answer) return;
  entries = before ? [...entries, ...answer.entries] : answer.entries;
  schools = before ? { ...schools, ...answer.schools } : answer.schools;
  ({ more, groups } = answer);
  draw();
  announce(text("staff.audit_found", { count: entries.length }));
}

function draw() {
  if (find("act").options.length) chosen = find("act").value;
  find("act").replaceChildren(option("", text("audited.all")), ...groups.map(({ group, acts }) => {
    const name = text(`audit_group.${group}`);
    const own = acts.length > 1 ? [option(group, text("staff.audit_group", { group: name }))] : [];
    return node("optgroup", { label: name }, ...own, ...acts.map((act) => option(act, words(act))));
  }));
  find("entries").replaceChildren(entries.length
    ? table(COLUMNS, entries.map((one) => [String(one.seq), one.at, who(one.actor), act(one.act), detail(one.detail)]))
    : node("p", {}, text("staff.audit_none")));
  find("more").hidden = !more;
  find("log").hidden = member.school !== null;
}

const option = (value, said) => node("option", { value, selected: value === chosen ? "" : null }, said);
const words = (act) => text(`audited.${act.replace(".", "_")}`);
const act = (code) => node("div", {}, words(code), node("p", { class: "small code" }, code));

/** Who it was: a person by name; programs, accounts and the system itself in words. */
function who(actor) {
  const numbered = /^(account|service):(\d+)$/.exec(actor) ?? /^(key):(.+)$/.exec(actor);
  if (numbered) return text(`audit_actor.${numbered[1]}`, { number: numbered[2] });
  return worded(`audit_actor.${actor}`, actor);
}

/** The sentence of a code, or something else where there is none. */
function worded(code, otherwise) {
  const said = text(code);
  return said === code ? otherwise : said;
}

/** What an entry is about, member by member; schools by name. */
function detail(found) {
  return Object.entries(found).filter(([, value]) => value !== null).map(([name, value]) =>
    `${worded(`audit_field.${name}`, name)}: ${told(name, value)}`).join(" · ");
}

function told(name, value) {
  if (name === "school") return schools[value] ?? String(value);
  if (name === "role") return worded(`role.${value}`, value);
  if (name === "type") return worded(`kind.${value}`, String(value));
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

enter(async () => {
  for (const id of DAYS) {
    for (const [name, value] of Object.entries(DAY)) find(id).setAttribute(name, value);
    tidied(find(id));
  }
  draw();
  find("search").addEventListener("submit", (event) => {
    event.preventDefault();
    chosen = find("act").value;
    read();
  });
  find("more").addEventListener("click", () => read(entries.at(-1).seq));
  await read();
}, draw);
