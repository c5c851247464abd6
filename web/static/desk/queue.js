// The queue of work: what waits for whoever is signed in comes first, then what is at work, then what
// was done lately. It is asked for again while something is at work.
import { node } from "../nodes.js";
import { language, site, text } from "../texts.js";
import { localTime } from "../times.js";
import { ask, complain, enter, may, member } from "./bench.js";
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
  ["approve", (order) => order.state === "prepared" && may("approve")],
  ["failed", ({ job }) => job?.state === "failed"],
  ["returned", (order) => order.state === "returned"],
  ["working", ({ job }) => Boolean(job && isOpen(job))],
  ["waiting", () => true],
];

const COLUMNS = [
  { code: "orders.what", value: (order) => `${text(`kind.${order.type}`)} ${order.year}` },
  { code: "orders.size", value: (order) => order.size, number: true },
  { code: "orders.by", value: (order) => order.prepared_by },
  { code: "orders.state", value: standing },
  { code: "orders.changed", value: (order) => order.changed, show: (order) => at(order.changed) },
];

function standing({ state, job }) {
  if (job?.state === "failed") return text("desk.job_failed");
  return job && isOpen(job) ? saying(job) : text(`orders.state_${state}`);
}

function section(part, orders) {
  const made = table({ caption: `orders.part_${part}`, columns: COLUMNS,
                       open: (order) => `${site.desk.order}#${order.id}` });
  made.draw(orders);
  return node("section", { id: part },
    node("h2", {}, `${text(`orders.part_${part}`)} (${orders.length})`), made.element);
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
  for (const order of queue.open) parts[PARTS.find(([, fits]) => fits(order))[0]].push(order);
  const shown = PARTS.filter(([part]) => parts[part].length).map(([part]) => section(part, parts[part]));
  if (!shown.length) shown.push(nothing());
  if (queue.jobs.length) shown.push(others(queue.jobs));
  if (queue.done.length) shown.push(section("done", queue.done));
  find("sections").replaceChildren(...shown);
  document.documentElement.dataset.drawn = language;
}

function nothing() {
  const imports = site.desk.import && may("import");
  return empty({
    title: "orders.nothing", lead: may("approve") ? "orders.nothing_to_approve" : "orders.nothing_lead",
    action: imports ? { href: site.desk.import, code: "orders.begin" } : null,
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
