// One order: what it comes to, who did what to it, and the acts of whoever is signed in. Made for a
// principal who approves on a phone: what matters first, the rows on demand, one act at the end.
import { button, card, node } from "../nodes.js";
import { text } from "../texts.js";
import { announce, ask, complain, enter, may, member } from "./bench.js";
import { form } from "./form.js";
import { about, history, noticed, record } from "./order_parts.js";
import { rowsOf } from "./order_rows.js";
import { follow, isOpen, progress } from "./progress.js";

const find = (id) => document.getElementById(id);
let order = null;
let stop = null; // ends following the job
let bar = null;

const number = () => /^#(\d{1,9})$/.exec(location.hash)?.[1];
const path = (rest = "") => `/api/desk/orders/${order?.id ?? number()}${rest}`;

async function read(said = "") {
  stop?.();
  stop = null;
  if (!number()) return complain(() => text("orders.none"));
  const { answer, trouble } = await ask("GET", path());
  complain(trouble ?? null);
  if (!answer) return find("order").replaceChildren();
  take(answer, said);
}

function take(answer, said = "") {
  order = answer;
  draw();
  if (said) announce(said);
  if (order.job && isOpen(order.job)) stop = follow(order.job.id, told);
}

/** What the job tells; once it has ended the order is another. */
function told(job) {
  bar?.draw(job);
  const moved = order.job.state !== job.state || order.job.bound !== job.bound;
  order.job = job;
  if (!isOpen(job)) read(text(`desk.job_${job.state}`));
  else if (moved) read();
}

function draw() {
  if (!order) return;
  const kind = text(`kind.${order.type}`);
  find("title").textContent = text("orders.title", { kind, year: order.year, count: order.size });
  find("order").replaceChildren(...[
    node("p", { class: "lead" }, text(`orders.now_${order.state}`, {
      name: order.state === "prepared" ? order.prepared_by : order.approved_by ?? order.prepared_by })),
    order.job ? working() : null,
    order.changes.length || order.notices.length ? noticed(order) : null,
    order.about ? about(order) : null,
    order.about ? rowsOf(order) : null,
    ...acts(),
    record(order),
    history(order),
  ].filter(Boolean));
}

function working() {
  const { job } = order;
  bar = progress();
  bar.draw(job);
  if (!isOpen(job) && job.state === "done") return null;
  const made = node("section", { class: "card", "aria-live": "polite" }, node("h2", {}, text("orders.work")), bar.element);
  if (job.trouble) made.append(node("p", { class: job.state === "failed" ? "fault" : "small" }, text("orders.because"), " ", said(job)));
  if (job.faults.length) made.append(node("ul", {}, ...job.faults.map((one) =>
    node("li", {}, one.row ? `${text("orders.row")} ${one.row}: ` : "", sentence(one.text)))));
  return made;
}

const said = (job) => sentence(job.trouble);
const sentence = (both) => both[document.documentElement.lang] ?? both.vi;

// --- acts ---

function acts() {
  const open = order.job && isOpen(order.job);
  const failed = order.job?.state === "failed";
  const mine = order.approved_by === member.name;
  const made = [];
  if (may("approve") && order.state === "prepared") {
    made.push(order.prepared_by === member.name ? note("orders.own") : approval(), returning());
  }
  if (may("approve") && failed && mine) made.push(approval("orders.go_on"));
  if (may("give-up") && canEnd(open, failed)) made.push(ending());
  return made;
}

function canEnd(open, failed) {
  if (["prepared", "returned"].includes(order.state)) return true;
  return (open || failed) && !order.job.bound && !(open && order.job.cancel);
}

const note = (code) => node("p", { class: "notice" }, text(code));

function approval(submit = "orders.approve") {
  const { kind, token, demanded } = order.signing;
  const blocked = kind === "none" && demanded;
  const fields = kind === "none" ? [] : [
    { name: "secret", code: kind === "token" ? "orders.pin" : "orders.passphrase", type: "password",
      attributes: { autocomplete: "off", maxlength: "256", ...(kind === "token" ? { inputmode: "numeric" } : {}) } },
  ];
  const made = card(text("orders.approving"), "first act",
    node("p", {}, text("orders.approve_lead", { count: order.size })),
    node("p", { class: "small" }, text(`orders.key_${kind}${blocked ? "_demanded" : ""}`, { token: token ?? "" })),
    kind === "file" ? node("p", { class: "notice" }, text("orders.key_warning")) : null);
  if (!blocked) made.append(form({ fields, submit, send: (values) => approve(values.secret ?? "", false) }));
  return made;
}

async function approve(secret, last) {
  const found = await ask("POST", path("/approve"), { ref: order.ref, seen: order.acts.length, secret, last_try: last });
  if (found.answer) return void take(found.answer, text("orders.approved"));
  if (found.code === "device.pin_last_try" && window.confirm(text("orders.last_try"))) return approve(secret, true);
  const field = ["pen.wrong", "pen.needed", "device.pin_wrong"].includes(found.code);
  return field ? { faults: { secret: found.trouble } } : { trouble: found.trouble };
}

function returning() {
  const made = form({
    fields: [{ name: "reason", code: "orders.reason", type: "textarea", attributes: { maxlength: "1000" } }],
    submit: "orders.return", quiet: true,
    send: async ({ reason }) => {
      const found = await ask("POST", path("/return"), { reason });
      if (!found.trouble) return void read(text("orders.returned"));
      return found.code === "order.no_reason" ? { faults: { reason: found.trouble } } : { trouble: found.trouble };
    },
  });
  return node("details", { class: "card" }, node("summary", {}, text("orders.returning")), made);
}

function ending() {
  const trouble = node("p", { class: "fault", role: "alert", hidden: "" });
  const press = button(text(order.job ? "orders.end" : "orders.give_up"), async () => {
    if (!window.confirm(text("orders.end_sure"))) return;
    press.disabled = true;
    const found = await ask("POST", path("/cancel"), {});
    press.disabled = false;
    trouble.hidden = !found.trouble;
    trouble.textContent = found.trouble?.() ?? "";
    if (!found.trouble) read(text("orders.ended"));
  }, "quiet");
  return node("div", { class: "below" }, press, trouble);
}

enter(read, draw);
window.addEventListener("hashchange", () => {
  order = null;
  read();
});
