// The log of all acts, for reading: by act and day, taken away as a table or whole.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, member } from "./bench.js";
import { table } from "./forms.js";

const COLUMNS = ["staff.audit_seq", "staff.audit_at", "staff.audit_actor", "staff.audit_act", "staff.audit_detail"];
const GROUPS = ["", "staff.", "staff.refused", "service_key.", "batch.", "credential.", "key.", "transaction.", "account.",
                "report.", "transfer.", "claims.", "pupils."];
const find = (id) => document.getElementById(id);
let entries = [];
let more = false;

/** What is searched for, as a query; only days and names of acts, nobody's name. */
function query() {
  const given = Object.fromEntries([...new FormData(find("search"))].filter(([, value]) => value));
  return new URLSearchParams(given);
}

async function read(before = null) {
  const asked = query();
  find("table").href = `/api/desk/audit/table?${asked}`;
  if (before) asked.set("before", before);
  const { answer, trouble } = await ask("GET", `/api/desk/audit?${asked}`);
  complain(trouble ?? null);
  if (!answer) return;
  entries = before ? [...entries, ...answer.entries] : answer.entries;
  more = answer.more;
  draw();
  announce(text("staff.audit_found", { count: entries.length }));
}

function draw() {
  const chosen = find("act").value;
  find("act").replaceChildren(...GROUPS.map((group) => node("option",
    { value: group, selected: group === chosen ? "" : null }, text(`audited.${group.replace(/\.$/, "").replace(".", "_") || "all"}`))));
  find("entries").replaceChildren(entries.length
    ? table(COLUMNS, entries.map((one) => [String(one.seq), one.at, one.actor, one.act, detail(one.detail)]))
    : node("p", {}, text("staff.audit_none")));
  find("more").hidden = !more;
  find("log").hidden = member.school !== null;
}

function detail(found) {
  return Object.entries(found).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(" · ");
}

enter(async () => {
  draw();
  find("search").addEventListener("submit", (event) => {
    event.preventDefault();
    read();
  });
  find("more").addEventListener("click", () => read(entries.at(-1).seq));
  await read();
}, draw);
