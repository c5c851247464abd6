// The queue of work: what waits for whoever is signed in comes first, then what is at work, then what
// was done lately. It is asked for again while something is at work.
import { node } from "../nodes.js";
import { language, site, text } from "../texts.js";
import { localTime } from "../times.js";
import { ask, complain, enter, member } from "./bench.js";
import { dues, waited } from "./due.js";
import { empty } from "./empty.js";
import { isOpen, saying } from "./progress.js";
import { table } from "./table.js";

const AGAIN = 4_000; // milliseconds between two questions while something is at work
const find = (id) => document.getElementById(id);
const at = (seconds) => localTime(new Date(seconds * 1000));
let queue = null;
let timer = 0;

/** What stands in which part of the queue; the first that fits has it. */
const PARTS = [
  ["mine", (one) => one.mine],
  ["failed", ({ job }) => job?.state === "failed"],
  ["returned", (one) => one.state === "returned"],
  ["working", ({ job }) => Boolean(job && isOpen(job))],
  ["waiting", () => true],
];

const WAITS = [
  { code: "orders.what", value: (one) => one.what },
  { code: "orders.size", value: (one) => one.size, number: true },
  { code: "orders.by", value: (one) => one.by },
  { code: "orders.since", value: (one) => one.changed, show: (one) => (one.changed ? waited(one.changed) : "–") },
  { code: "orders.deadline", value: soonest, show: (one) => dues(lastDays(one)) },
];
const COLUMNS = [
  ...WAITS.slice(0, 3),
  { code: "orders.state", value: standing },
  { code: "orders.changed", value: (one) => one.changed, show: (one) => at(one.changed) },
];

/** The last days of what waits, with what is due on each. */
function lastDays(one) {
  if (one.kind === "papers") return [["orders.due_paper", one.due]];
  if (one.kind === "review") return [["orders.due_review", one.due]];
  // a diploma has two, a correction one
  const digital = one.type === "certified-copy" ? "orders.due_copy" : one.paper_due ? "orders.due_digital" : "orders.due_correction";
  return [[digital, one.due], ["orders.due_paper", one.paper_due]];
}

function soonest(one) {
  return one.due ?? one.paper_due ?? "";
}

function standing({ state, job }) {
  if (job?.state === "failed") return text("desk.job_failed");
  return job && isOpen(job) ? saying(job) : text(`orders.state_${state}`);
}

/** An order as a row: what there is to do with it where it waits for whoever looks. */
function ofOrder(order) {
  const what = `${text(`kind.${order.type}`)} ${order.year}`;
  const todo = order.state === "prepared" ? "orders.todo_approve" : "orders.todo_mend";
  return { ...order, by: order.prepared_by, what: order.mine ? text(todo, { what }) : what,
           href: `${site.desk.order}#${order.id}` };
}

/** What else waits as a row, in the same words. */
function ofTask({ kind, about, count, ...task }) {
  const row = { kind, ...task, size: count, changed: task.since, state: about.state ?? "prepared" };
  if (about.register_no) {
    row.href = `${site.desk.credential}#${about.school}/${about.type}/${encodeURIComponent(about.register_no)}`;
  }
  if (kind === "review") return { ...row, what: text("orders.todo_review", about) };
  if (kind === "withdrawal") {
    const what = text(`lifecycle.wish_${about.lane}`, about);
    const todo = about.state === "prepared" ? "orders.todo_approve" : "orders.todo_mend";
    return { ...row, what: task.mine ? text(todo, { what }) : what };
  }
  if (kind === "papers") {
    const what = text("orders.batch_of", { kind: text(`kind.${about.type}`), batch: `${about.school}-${about.seq}` });
    return { ...row, what: text("orders.todo_papers", { what }), href: `${site.desk.papers}#${about.school}-${about.seq}` };
  }
  return { ...row, what: text(kind === "mend" ? "orders.todo_remark" : "orders.todo_check", about), href: site.desk.digitise };
}

/** What is due soonest stands first, then what has waited longest. */
function byDeadline(one, other) {
  const [first, second] = [soonest(one) || "9", soonest(other) || "9"];
  return first < second ? -1 : first > second ? 1 : (one.changed ?? 0) - (other.changed ?? 0);
}

function section(part, rows) {
  const waits = part === "mine" || part === "waiting";
  const made = table({ caption: `orders.part_${part}`, columns: waits ? WAITS : COLUMNS, open: (one) => one.href });
  made.draw(waits ? rows.sort(byDeadline) : rows);
  return node("section", { id: part },
    node("h2", {}, `${text(`orders.part_${part}`)} (${rows.length})`), made.element);
}

function others(jobs) {
  const made = table({ caption: "orders.part_jobs", columns: [
    { code: "orders.what", value: (job) => text(`desk.work_${job.kind}`) },
    { code: "orders.by", value: (job) => job.by },
    { code: "orders.state", value: saying },
    { code: "orders.changed", value: (job) => job.created, show: (job) => at(job.created) },
  ] });
  made.draw(jobs);
  return node("section", {}, node("h2", {}, text("orders.part_jobs")), made.element);
}

function draw() {
  find("hello").textContent = text("desk.hello", { name: member.name });
  if (!queue) return;
  const parts = Object.fromEntries(PARTS.map(([part]) => [part, []]));
  for (const one of [...queue.open.map(ofOrder), ...queue.tasks.map(ofTask)]) {
    parts[PARTS.find(([, fits]) => fits(one))[0]].push(one);
  }
  const shown = PARTS.filter(([part]) => parts[part].length).map(([part]) => section(part, parts[part]));
  if (!parts.mine.length) shown.unshift(nothing());
  if (queue.jobs.length) shown.push(others(queue.jobs));
  if (queue.done.length) shown.push(section("done", queue.done.map(ofOrder)));
  find("sections").replaceChildren(...shown);
  document.documentElement.dataset.drawn = language;
}

/** Nothing waits: what will stand here, and where one begins. */
function nothing() {
  const { role } = member;
  const begins = { registrar: ["import", "orders.begin"], officer: ["schools", "orders.to_schools"] }[role];
  return empty({
    title: "orders.nothing_mine", lead: `orders.nothing_${role}`,
    action: begins ? { href: site.desk[begins[0]], code: begins[1] } : null,
  });
}

async function read() {
  clearTimeout(timer);
  const { answer, trouble } = await ask("GET", "/api/desk/queue");
  complain(trouble ?? null);
  const changed = answer && JSON.stringify(answer) !== JSON.stringify(queue);
  if (changed && !busy()) {
    queue = answer;
    draw();
  }
  const working = [...(answer?.open ?? []).map(({ job }) => job), ...(answer?.jobs ?? [])];
  if (working.some((job) => job && isOpen(job))) timer = setTimeout(read, AGAIN);
}

/** Whoever walks through a table is not thrown out of it. */
const busy = () => Boolean(queue && document.activeElement?.closest("#sections"));

enter(read, draw);
document.addEventListener("visibilitychange", () => document.hidden || !member || read());
