// How far long work has come. It is told by the server, so that a reload or another device shows the
// same; a page that nobody looks at asks less often.
import { node } from "../nodes.js";
import { text } from "../texts.js";
import { ask } from "./bench.js";

const OPEN = ["waiting", "running"];
const OFTEN = 1_000; // milliseconds between two questions
const SELDOM = 10_000; // the same, while nobody looks or nobody answers

export const isOpen = (job) => OPEN.includes(job.state);

/** What is being done, in words: the stage, and how many of how many. */
export function saying(job) {
  const state = job.cancel && isOpen(job) ? "cancelling" : job.state;
  if (state !== "running") return text(`desk.job_${state}`);
  const stage = text(`desk.stage_${job.stage || "begun"}`, { count: job.total });
  return job.done && job.total ? `${stage} · ${job.done}/${job.total}` : stage;
}

/** A bar with its words. `draw(job)` shows how a job stands. */
export function progress() {
  const words = node("p", { role: "status" });
  const bar = node("progress", { hidden: "", "aria-label": text("desk.progress") });
  const element = node("div", { class: "working" }, words, bar);
  function draw(job) {
    const said = saying(job);
    if (words.textContent !== said) words.textContent = said; // said once by who listens
    bar.hidden = !isOpen(job);
    if (job.total && job.done) Object.assign(bar, { max: job.total, value: job.done });
    else bar.removeAttribute("value");
  }
  return { element, draw };
}

/** Ask for a job until it has ended; `told(job)` at each answer. Returns what stops it. */
export function follow(number, told) {
  let timer = 0;
  let over = false;
  async function look() {
    const { answer } = await ask("GET", `/api/desk/jobs/${number}`);
    if (over) return;
    if (answer) told(answer);
    if (answer && !isOpen(answer)) return;
    timer = setTimeout(look, document.hidden || !answer ? SELDOM : OFTEN);
  }
  look();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
