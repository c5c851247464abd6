// Papers: the batches that can be handed out, or behind # one of them: its template, ZIP and print sheet,
// notices, and what was handed out to whom.
import { button, card, node } from "../nodes.js";
import { save } from "../saving.js";
import { site, text } from "../texts.js";
import { localTime } from "../times.js";
import { announce, ask, complain, enter, may } from "./bench.js";
import { empty, sampleLink } from "./empty.js";
import { form } from "./form.js";
import { handed, told } from "./papers_told.js";
import { follow, isOpen, progress } from "./progress.js";
import { table } from "./table.js";

const find = (id) => document.getElementById(id);
const at = (seconds) => (seconds ? localTime(new Date(seconds * 1000)) : "–");
const called = ({ school, seq }) => `${school}-${String(seq).padStart(4, "0")}`;
let shown = null; // what the server told last: a list, or one batch
let stops = []; // end following jobs

const place = () => /^#(\d{1,18})-(\d{1,18})$/.exec(location.hash);
const path = (rest = "") => `/api/desk/papers/${shown.school}/${shown.seq}${rest}`;

async function read(said = "") {
  for (const stop of stops) stop();
  stops = [];
  const here = place();
  const { answer, trouble } = await ask("GET", here ? `/api/desk/papers/${here[1]}/${Number(here[2])}` : "/api/desk/papers");
  complain(trouble ?? null);
  shown = answer ?? null;
  draw();
  if (said) announce(said);
}

function draw() {
  find("back").hidden = !place();
  if (!shown) return find("papers").replaceChildren();
  if (shown.batches) return list();
  const kind = text(`kind.${shown.type}`);
  find("title").textContent = text("papers.title", { batch: called(shown), count: shown.size, kind });
  find("papers").replaceChildren(...[
    files(), may("deliver") ? zip() : null, may("deliver") ? sheet() : null, preview(),
    may("deliver") ? notices() : null, told(shown), handed(shown),
  ].filter(Boolean));
}

function list() {
  find("title").textContent = text("desk.page_papers");
  if (!shown.batches.length) {
    return find("papers").replaceChildren(empty({ title: "papers.none", lead: "papers.none_lead",
      action: { href: site.desk.queue, code: "desk.page_queue" } }));
  }
  const made = table({ caption: "papers.caption", open: (row) => `#${called(row)}`, columns: [
    { code: "papers.batch", value: called },
    { code: "papers.kind", value: (row) => text(`kind.${row.type}`) },
    { code: "papers.size", value: (row) => row.size, show: (row) => String(row.size), number: true },
    { code: "papers.final", value: (row) => row.final, show: (row) => at(row.final) },
    { code: "papers.state", value: (row) => text(row.delivered ? "papers.delivered" : "papers.ready") },
  ] });
  made.draw(shown.batches);
  find("papers").replaceChildren(node("p", { class: "lead" }, text("papers.lead")), made.element);
}

// --- files ---

function zip() {
  return card(text("papers.zip"), "", node("p", {}, text("papers.zip_lead")), form({
    fields: [{ name: "slips", code: "papers.slips", hint: "papers.slips_hint", type: "checkbox" }],
    submit: "papers.make_zip", send: ({ slips }) => make({ form: "zip", slips }) }));
}

function sheet() {
  const printers = [["", text("papers.no_printer")], ...shown.printers.map((name) => [name, name])];
  return card(text("papers.sheet"), "", node("p", {}, text("papers.sheet_lead")), form({
    fields: [
      { name: "blank", code: "papers.blank", type: "checkbox" },
      { name: "marks", code: "papers.marks", type: "checkbox" },
      ...(shown.printers.length ? [{ name: "printer", code: "papers.printer", type: "select", options: printers }] : []),
    ],
    submit: "papers.make_sheet", quiet: true,
    send: (given) => make({ form: "sheet", printer: "", ...given }) }));
}

async function make(what) {
  const { answer, trouble } = await ask("POST", path(), what);
  return answer ? void read(text("papers.begun")) : { trouble };
}

function files() {
  if (!shown.jobs.length) return null;
  return card(text("papers.work"), "", node("ul", { class: "plain works" }, ...shown.jobs.map(file)));
}

/** A job and what it made. While it is at work it is followed, by whoever looks at the page. */
function file(job) {
  const line = node("li", { "data-job": job.id });
  const bar = progress();
  const name = `${text(`papers.job_${job.form}`)} · ${at(job.created)} · ${job.by}`;
  line.append(node("strong", {}, name), bar.element);
  bar.draw(job);
  if (isOpen(job)) {
    if (may("deliver") && !job.cancel) line.append(button(text("papers.end"), () => end(job), "quiet"));
    stops.push(follow(job.id, (now) => {
      bar.draw(now);
      if (!isOpen(now)) read(text(`desk.job_${now.state}`));
    }));
  }
  if (job.trouble) line.append(node("p", { class: "fault" }, job.trouble[document.documentElement.lang] ?? job.trouble.vi));
  if (job.result) line.append(...made(job));
  return line;
}

function made({ id, result }) {
  const parts = [text("papers.count", { count: result.count }),
    result.left_out ? text("papers.left_out", { count: result.left_out }) : null];
  const unsigned = result.form === "zip" && !result.signer;
  const size = (result.bytes / 1e6).toLocaleString("vi", { maximumFractionDigits: 1 });
  return [
    node("p", {}, parts.filter(Boolean).join(" · ")),
    result.signer ? node("p", { class: "small" }, text("papers.signed", { name: result.signer })) : null,
    unsigned ? node("p", { class: "notice", "data-tone": "invalid" }, text("papers.unsigned")) : null,
    may("deliver") ? node("p", {}, result.slips ? guarded(id, size) : node("a", { class: "button", href: address(id), download: "" },
      text("papers.fetch", { size }))) : null,
  ].filter(Boolean);
}

const address = (id) => `/api/desk/deliveries/${id}`;

/** Who has the claim slips can claim in the pupils' names: it may be asked again who it is. */
function guarded(id, size) {
  const press = button(text("papers.fetch", { size }), async () => {
    press.disabled = true;
    const { answer, trouble } = await ask("GET", address(id));
    press.disabled = false;
    complain(trouble ?? null);
    if (answer) save(answer.blob, answer.file);
  });
  return press;
}

async function end(job) {
  const { trouble } = await ask("POST", `/api/desk/jobs/${job.id}/cancel`, {});
  complain(trouble ?? null);
  if (!trouble) read(text("papers.ended"));
}

function preview() {
  const template = text(shown.own_template ? "papers.template_own" : "papers.template_default");
  const inside = node("div", {});
  const details = node("details", { class: "card" }, node("summary", {}, text("papers.preview")),
    node("p", {}, text("papers.preview_lead", { template })), inside);
  details.addEventListener("toggle", () => {
    if (!details.open || inside.childElementCount) return;
    inside.append(node("img", { class: "page", src: path("/preview"), alt: text("papers.preview_alt") }));
  });
  return details;
}

// --- notices ---

function notices() {
  const lead = [node("p", {}, text("papers.notices_lead"), " ", sampleLink("dia-chi", "papers.sample"))];
  if (!shown.ways.length) return card(text("papers.notices"), "", ...lead, node("p", { class: "notice" }, text("papers.no_ways")));
  const sending = form({
    fields: [{ name: "table", code: "papers.table", type: "file", attributes: { accept: ".csv,.xlsx,.xls" } }],
    submit: "papers.send", quiet: true,
    send: async () => {
      const [file] = sending.elements.table.files;
      if (!file) return { faults: { table: () => text("papers.no_table") } };
      const { answer, trouble, places } = await ask("POST", path("/notices"), new Blob([file], { type: "application/octet-stream" }));
      if (!answer) return { trouble, places };
      const said = [text("papers.put", { count: answer.put }),
        answer.others ? text("papers.others", { count: answer.others }) : ""];
      return void read(said.join(" ").trim());
    },
  });
  return card(text("papers.notices"), "", ...lead, sending);
}

enter(read, draw);
window.addEventListener("hashchange", () => read());
