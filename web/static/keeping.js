// The independent page's third part: preparing this device for when there is no network.
import { button, node } from "./nodes.js";
import { registered } from "./shell.js";
import { dropBundle, fetchList, forgetAll, keepBundle, keptBundles, keptList } from "./stored.js";
import { text } from "./texts.js";
import { localTime } from "./times.js";
import { announce, find } from "./views.js";

const PATIENCE = 60_000; // milliseconds for the worker to keep the large files
let state = ["independent.not_prepared", {}];

function tell(code, params = {}) {
  state = [code, params];
  drawState();
  announce(find("kept-state").textContent);
}

function drawState() {
  find("kept-state").textContent = text(...state);
}

function about(list, code) {
  const time = localTime(new Date(list.as_of.time * 1000));
  return [code, { schools: list.schools.length, time }];
}

/** Keeps the list of keys, then the page with its large files. */
async function prepare() {
  find("prepare").disabled = true;
  tell("independent.preparing");
  try {
    const list = await fetchList();
    const whole = await pageKept().catch(() => false);
    tell(...about(list, whole ? "independent.prepared" : "independent.partly"));
  } catch {
    tell("independent.prepare_failed");
  }
  find("prepare").disabled = false;
  await draw();
}

/** Whether the service worker has kept everything. */
async function pageKept() {
  const { active } = await registered();
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data === "ready");
    setTimeout(resolve, PATIENCE, false);
  });
  active.postMessage("prepare", [port2]);
  return answered;
}

/** Draws what is kept, in the language now chosen. */
export async function draw() {
  drawState();
  const bundles = await keptBundles();
  const rows = bundles.map(row);
  find("kept").replaceChildren(...rows);
  find("kept-title").hidden = rows.length === 0;
  find("forget").hidden = rows.length === 0 && !(await keptList());
}

function row({ id, label, kept }) {
  const remove = button(text("independent.drop_short"), async () => {
    await dropBundle(id);
    await draw();
    find("prepare").focus(); // the pressed button is gone
  }, "quiet");
  remove.setAttribute("aria-label", text("independent.drop", { name: label }));
  return node("li", {}, node("span", {}, `${label} · ${localTime(new Date(kept))}`), remove);
}

/** A button that keeps a proven bundle: `made` gives `{ data, blockHash, label }`. */
export function keeper(made) {
  const pressed = button(text("independent.keep"), async () => {
    pressed.disabled = true;
    try {
      const { data, blockHash, label } = made();
      await keepBundle(data, blockHash, label);
      pressed.textContent = text("independent.kept");
    } catch {
      pressed.textContent = text("independent.keep_failed");
    }
    announce(pressed.textContent);
    await draw().catch(() => {});
  });
  return pressed;
}

/** Shows what is kept; leaves the part hidden where the browser keeps nothing. */
export async function start() {
  const list = await keptList();
  if (list) state = about(list, "independent.prepared");
  find("prepare").addEventListener("click", prepare);
  find("forget").addEventListener("click", async () => {
    await forgetAll();
    tell("independent.not_prepared");
    await draw();
  });
  await draw();
  find("offline").hidden = false;
}
